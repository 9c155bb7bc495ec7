package route

import (
	"cmp"

	"tandem/number"
	"tandem/pbx"
)

// Outsider makes of a question the call of somebody outside, as a line would bring it that such a call comes over: his number is read at the place of the
// number of the office that he dials, else at that of the person whose extension it is – which from outside is dialled only in questions –, else at the
// office. False where from is no number outside.
func Outsider(s *pbx.Snapshot, r *Request, from string) bool {
	r.Caller = pbx.Actor{Kind: pbx.ActorTrunk}
	place := s.PlaceOf("", "", r.At)
	if to, ok := s.Reached(r.Dialled); ok {
		if to.Kind == pbx.ToUser {
			place = s.PlaceOf(pbx.UserID(to.ID), "", r.At)
		}
	} else if d := calledAs(s, r.Dialled); d != nil {
		place, r.Dialled, r.Caller.Trunk = s.PlaceOfDID(d), d.Number, lineOf(s, d)
	}
	n := place.Read(from)
	r.From = pbx.Party{Number: cmp.Or(string(n.E164), n.Digits)}
	return n.Class.IsOutside()
}

// calledAs is the number of the office that is meant by what is written as it is where that number is; nil if there is none.
func calledAs(s *pbx.Snapshot, dialled string) *pbx.DID {
	for _, d := range s.DIDsInOrder() {
		if string(number.Received(s.PlaceOfDID(d).Country, dialled)) == d.Number {
			return d
		}
	}
	return nil
}

// lineOf is a line over which calls for a number can come: its own, else one of its place, else any.
func lineOf(s *pbx.Snapshot, d *pbx.DID) pbx.TrunkID {
	if d.Trunk != "" {
		return d.Trunk
	}
	if r := s.Regions[d.Region]; r != nil && len(r.Trunks) > 0 {
		return r.Trunks[0]
	}
	for _, t := range s.TrunksInOrder() {
		return t.ID
	}
	return ""
}
