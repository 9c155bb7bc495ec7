package pbx

import (
	"cmp"
	"iter"
	"slices"
	"time"
)

// Review is a campaign: for everybody in a scope, what he holds beyond his own is confirmed or taken away by those who could
// take it away, until an end (N-8, B-087). It stays as a record.
type Review struct {
	ID       ReviewID  `json:"id"`
	Name     string    `json:"name"`
	Group    GroupID   `json:"group,omitempty"` // with everything below it; empty is everybody
	By       UserID    `json:"by"`
	Reason   string    `json:"reason"`
	Begun    time.Time `json:"begun"`
	Until    time.Time `json:"until"`
	Reminded time.Time `json:"reminded,omitzero"` // when those concerned were told that the time was up
	Ended    time.Time `json:"ended,omitzero"`    // when somebody closed it
}

// Verdict is what became of one thing that a person held when a review looked at it.
type Verdict struct {
	ID     VerdictID `json:"id"`
	Review ReviewID  `json:"review"`
	User   UserID    `json:"user"`
	Row    Ref       `json:"row"`             // a membership, an assignment or a grant
	Right  string    `json:"right,omitempty"` // of an exception in the membership; empty is its role
	Role   RoleID    `json:"role,omitempty"`  // what it was, if it was a role
	Keep   bool      `json:"keep"`
	Reason string    `json:"reason"`
	By     UserID    `json:"by"`
	At     time.Time `json:"at"`
}

func (s *Snapshot) checkReview(r *Review) error {
	if !r.Until.After(r.Begun) {
		return Refuse(Invalid, "until", "interval.backwards")
	}
	return first(CheckName("name", r.Name), checkLine("reason", r.Reason, 2000))
}

func (s *Snapshot) checkVerdict(v *Verdict) error {
	switch v.Row.Kind {
	case KindMembership, KindAssignment, KindGrant:
	default:
		return Refuse(Invalid, "row", "scope.ref_unknown")
	}
	return first(s.hasUser(v.User), checkLine("reason", v.Reason, 2000))
}

// VerdictsOf lists what was decided in a review, in order of id.
func (s *Snapshot) VerdictsOf(r ReviewID) []*Verdict {
	var all []*Verdict
	for _, v := range s.Verdicts {
		if v.Review == r {
			all = append(all, v)
		}
	}
	slices.SortFunc(all, func(a, b *Verdict) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// verdictsOn lists the verdicts about a person, in order of id.
func (s *Snapshot) verdictsOn(u UserID) iter.Seq[*Verdict] {
	var all []*Verdict
	for _, v := range s.Verdicts {
		if v.User == u {
			all = append(all, v)
		}
	}
	slices.SortFunc(all, func(a, b *Verdict) int { return cmp.Compare(a.ID, b.ID) })
	return slices.Values(all)
}
