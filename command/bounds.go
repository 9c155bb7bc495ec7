package command

import (
	"strconv"
	"time"

	"tandem/pbx"
	"tandem/policy"
)

// MaxRefs is how many people, groups and things a scope or an exclusion may name.
const MaxRefs = 200

// Bounds say how far and how long something given reaches (N-4, N-6).
type Bounds struct {
	Scope  pbx.Scope
	Except []pbx.Ref
	Since  time.Time // objects older than this stay out of reach
	From   time.Time // zero means now
	Until  time.Time // zero means without end
	Reason string
}

// bounds checks what is asked for. Who and what a scope names must exist, and be known to the actor: a scope is no way to
// find out ids.
func (w *Work) bounds(b Bounds) (Bounds, error) {
	b.Since, b.From, b.Until = millis(b.Since), millis(b.From), millis(b.Until)
	if b.From.IsZero() {
		b.From = w.Now
	}
	switch {
	case b.From.Before(w.Now):
		return b, pbx.Refuse(pbx.Invalid, "from", "interval.past")
	case !b.Until.IsZero() && !b.Until.After(b.From):
		return b, pbx.Refuse(pbx.Invalid, "until", "interval.backwards")
	}
	c := pbx.Scope{Kind: b.Scope.Kind}
	switch c.Kind {
	case pbx.ScopeGroup, pbx.ScopeTree:
		c.Group = b.Scope.Group
		if err := w.known("scope", pbx.Ref{Kind: pbx.KindGroup, ID: string(c.Group)}); err != nil {
			return b, err
		}
	case pbx.ScopeListed:
		c.Refs = b.Scope.Refs
		if len(c.Refs) == 0 {
			return b, pbx.Refuse(pbx.Invalid, "scope", "scope.nobody")
		}
	case pbx.ScopeSelf, pbx.ScopeAll:
	default:
		return b, pbx.Refuse(pbx.Invalid, "scope", "scope.unknown", "value", printable(string(c.Kind)))
	}
	if err := w.known("scope", c.Refs...); err != nil {
		return b, err
	}
	if err := w.known("except", b.Except...); err != nil {
		return b, err
	}
	var err error
	b.Scope = c
	b.Reason, err = cleanReason(b.Reason)
	return b, err
}

// known refuses references to what is not there or is hidden from the actor, both in the same words.
func (w *Work) known(field string, refs ...pbx.Ref) error {
	if len(refs) > MaxRefs {
		return pbx.Refuse(pbx.Exhausted, field, "scope.too_many", "max", strconv.Itoa(MaxRefs))
	}
	for _, r := range refs {
		right := policy.UserSee
		switch r.Kind {
		case pbx.KindUser:
		case pbx.KindGroup:
			right = policy.GroupSee
		default:
			return pbx.Refuse(pbx.Invalid, field, "scope.ref_unknown")
		}
		if w.Snapshot.Find(r) == nil || r != (pbx.Ref{Kind: pbx.KindUser, ID: string(w.Who.User)}) && w.Ask(w.Snapshot, right, policy.Of(r)) != nil {
			return pbx.Refuse(pbx.Invalid, field, "scope.ref_unknown")
		}
	}
	return nil
}

// millis is a moment as it is kept.
func millis(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Millisecond)
}

// newEnd checks an end that something is to get: zero takes the end away; one that has passed means now.
func (w *Work) newEnd(from, until time.Time) (time.Time, error) {
	until = millis(until)
	if until.IsZero() {
		return until, nil
	}
	if until.Before(w.Now) {
		until = w.Now
	}
	if !until.After(from) && from.After(w.Now) {
		return until, pbx.Refuse(pbx.Invalid, "until", "interval.backwards")
	}
	return until, nil
}

// isLonger reports whether an end lies after another; a zero one lies after all.
func isLonger(until, before time.Time) bool { return pbx.Deadline(until) > pbx.Deadline(before) }

// alike reports whether two rows are equal as they are kept.
func alike(a, b pbx.Noun) bool { return Revision(a) == Revision(b) }
