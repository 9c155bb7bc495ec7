package pbx

import (
	"cmp"
	"iter"
	"slices"
	"time"
)

// Access is somebody's wish to be given rights for a while, and what became of it (N-7). It stays as a record, also when it
// was refused.
type Access struct {
	ID      AccessID  `json:"id"`
	User    UserID    `json:"user"`   // who asks, for himself
	Grants  []Wanted  `json:"grants"` // the right asked for first, then what it needs besides
	Reason  string    `json:"reason"`
	Asked   time.Time `json:"asked"`
	Until   time.Time `json:"until"`            // until when he wants it
	To      []UserID  `json:"to,omitempty"`     // who was told; everybody who may decide it sees it
	Answer  Answer    `json:"answer,omitempty"` // empty while it is open
	By      UserID    `json:"by,omitempty"`     // who decided it
	Decided time.Time `json:"decided,omitzero"`
	Words   string    `json:"words,omitempty"` // what he said to it
	Given   []GrantID `json:"given,omitempty"` // what it led to
}

// Wanted is one right at a scope.
type Wanted struct {
	Right string    `json:"right"`
	Scope Scope     `json:"scope"`
	Since time.Time `json:"since,omitzero"` // nothing older is asked for; zero leaves it to who approves
}

// Answer is what became of a wish.
type Answer string

// The answers. An approval ends by the end of its grants, and an open wish by the end that was wished for.
const (
	AnswerOpen      Answer = ""
	AnswerApproved  Answer = "approved"
	AnswerRefused   Answer = "refused"
	AnswerWithdrawn Answer = "withdrawn"
)

// IsOpen reports whether a wish waits for an answer at a moment.
func (a *Access) IsOpen(at time.Time) bool { return a.Answer == AnswerOpen && at.Before(a.Until) }

func (s *Snapshot) checkAccess(a *Access) error {
	if len(a.Grants) == 0 || len(a.Grants) > 10 {
		return Refuse(Invalid, "right", "access.right_missing")
	}
	for _, g := range a.Grants {
		if g.Right == "" {
			return Refuse(Invalid, "right", "access.right_missing")
		}
	}
	if !a.Until.After(a.Asked) {
		return Refuse(Invalid, "until", "interval.backwards")
	}
	switch a.Answer {
	case AnswerOpen, AnswerApproved, AnswerRefused, AnswerWithdrawn:
	default:
		return Refuse(Invalid, "", "access.answer_bad")
	}
	return first(s.hasUser(a.User), checkLine("reason", a.Reason, 2000), checkLine("words", a.Words, 2000))
}

// wishesOf lists the wishes of a person, in order of id.
func (s *Snapshot) wishesOf(u UserID) iter.Seq[*Access] {
	var all []*Access
	for _, a := range s.Accesses {
		if a.User == u {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(a, b *Access) int { return cmp.Compare(a.ID, b.ID) })
	return slices.Values(all)
}
