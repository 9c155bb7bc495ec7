package route

import (
	"time"

	"tandem/number"
	"tandem/pbx"
)

// Where is the place that a number leads to when somebody sends a call there; nowhere where it is nobody's.
func Where(s *pbx.Snapshot, dialled string) pbx.Destination {
	return where(s, s.PlaceOf("", "", time.Time{}), dialled)
}

func where(s *pbx.Snapshot, at number.Place, dialled string) pbx.Destination {
	q := question{s: s, r: &Request{}}
	return q.dialled(at.Read(dialled))
}

// Sent is Where for a person who may also send a call to the code for parking.
func Sent(s *pbx.Snapshot, by pbx.UserID, dialled string, at time.Time) pbx.Destination {
	place := s.PlaceOf(by, "", at)
	n := place.Read(dialled)
	if n.Class == number.Feature {
		if action, argument, _ := s.Tenant.Codes.Read(n.Digits); action == pbx.CodePark {
			return parkAt(s, by, argument, at)
		}
	}
	return where(s, place, dialled)
}

// Called is what people call a place.
func Called(s *pbx.Snapshot, to pbx.Destination) pbx.Party {
	if u := s.Users[pbx.UserID(to.ID)]; u != nil && to.Kind == pbx.ToUser {
		return u.Party()
	}
	q := question{s: s, r: &Request{}}
	return pbx.Party{Name: q.name(to), Number: to.Number}
}
