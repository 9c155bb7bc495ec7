package route

import (
	"tandem/number"
	"tandem/pbx"
)

// Where is the place that a number leads to when somebody sends a call there; nowhere where it is nobody's.
func Where(s *pbx.Snapshot, dialled string) pbx.Destination {
	q := question{s: s, r: &Request{}}
	return q.dialled(number.Read(s.Tenant.Country, dialled))
}

// Called is what people call a place.
func Called(s *pbx.Snapshot, to pbx.Destination) pbx.Party {
	if u := s.Users[pbx.UserID(to.ID)]; u != nil && to.Kind == pbx.ToUser {
		return party(u)
	}
	q := question{s: s, r: &Request{}}
	return pbx.Party{Name: q.name(to), Number: to.Number}
}
