package command

import (
	"slices"
	"time"

	"tandem/pbx"
	"tandem/policy"
)

// GiveGrant gives a person one right directly or, with Deny, takes it away, over a scope with exclusions, for a time, for a
// reason (G-023, N-4, N-6). Nobody gives what he does not hold that far and that long (N-10). Where nothing is said about the
// past, it reaches as far back as what the giver holds himself (N-5).
type GiveGrant struct {
	User  pbx.UserID
	Right string
	Deny  bool
	Bounds
}

// Need asks for the right to give this grant; Change asks again, once it is known how far it reaches back. What makes no sense
// at all asks for the right to give anything.
func (c GiveGrant) Need(*pbx.Snapshot, pbx.Actor) []Need {
	t := policy.User(c.User)
	if right, ok := policy.ParseRight(c.Right); ok && slices.Contains(right.Scopes(), c.Scope.Kind) {
		t = policy.Give(c.grant("", c.Bounds)).Recent()
	}
	return []Need{{policy.UserSee, policy.User(c.User)}, {policy.GrantEdit, t}}
}

func (c GiveGrant) grant(id string, b Bounds) *pbx.Grant {
	return &pbx.Grant{ID: pbx.GrantID(id), User: c.User, Right: c.Right, Deny: c.Deny, Scope: b.Scope, Except: b.Except,
		Since: b.Since, From: b.From, Until: b.Until, Reason: b.Reason}
}

// Change makes the grant. What is risky wants a reason.
func (c GiveGrant) Change(w *Work) (pbx.Change, error) {
	right, ok := policy.ParseRight(c.Right)
	if !ok {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "right", "grant.right_unknown", "right", printable(c.Right))
	}
	b, err := w.bounds(c.Bounds)
	if err != nil {
		return pbx.Change{}, err
	}
	if !slices.Contains(right.Scopes(), b.Scope.Kind) {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "scope", "grant.scope_unfit")
	}
	if b.Reason == "" && right.Risk() == policy.RiskHigh && !c.Deny {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "reason", "grant.reason_missing")
	}
	g := c.grant(w.ID("gnt"), b)
	w.object, w.reason = g.Ref(), b.Reason
	if !g.Deny && g.Since.IsZero() {
		g.Since = policy.Oldest(w.Snapshot, policy.Request{Actor: w.Who, Right: policy.GrantEdit, Target: policy.Give(g), At: w.Now})
	}
	if err := w.Ask(w.Snapshot, policy.GrantEdit, policy.Give(g)); err != nil {
		return pbx.Change{}, err
	}
	return pbx.Change{Put: []pbx.Noun{g}}, nil
}

// ChangeGrant moves the end of a grant, or says the reason anew; nil stays.
type ChangeGrant struct {
	Grant  pbx.GrantID
	Until  *time.Time // zero takes the end away
	Reason *string
}

// Need asks to see the person; Change asks the rest, which depends on the moment.
func (c ChangeGrant) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	return seesHolder(holderOf(s, c.Grant))
}

func holderOf(s *pbx.Snapshot, id pbx.GrantID) pbx.UserID {
	if g := s.Grants[id]; g != nil {
		return g.User
	}
	return ""
}

func seesHolder(u pbx.UserID) []Need { return []Need{{policy.UserSee, policy.User(u)}} }

// Change writes the new end. A later one is given, an earlier one is taken.
func (c ChangeGrant) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Grants[c.Grant]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	next := *old
	var err error
	if c.Reason != nil {
		if next.Reason, err = cleanReason(*c.Reason); err != nil {
			return pbx.Change{}, err
		}
		w.reason = next.Reason
	}
	if c.Until != nil {
		if next.Until, err = w.newEnd(old.From, *c.Until); err != nil {
			return pbx.Change{}, err
		}
	}
	if err := w.askGrant(w.Snapshot, old, &next); err != nil {
		return pbx.Change{}, err
	}
	if isOver(old.Until, w) && c.Until != nil {
		return pbx.Change{}, pbx.Refuse(pbx.Conflict, "until", "grant.over")
	}
	return pbx.Change{Put: []pbx.Noun{&next}}, nil
}

// EndGrant takes a grant away now; one that has not begun goes without a trace but the log.
type EndGrant struct{ Grant pbx.GrantID }

// Need asks to see the person; Change asks the rest.
func (c EndGrant) Need(s *pbx.Snapshot, _ pbx.Actor) []Need { return seesHolder(holderOf(s, c.Grant)) }

// Change ends the grant.
func (c EndGrant) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Grants[c.Grant]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	if err := w.askGrant(w.Snapshot, old, nil); err != nil {
		return pbx.Change{}, err
	}
	switch {
	case isOver(old.Until, w):
		return pbx.Change{}, pbx.Refuse(pbx.Conflict, "", "grant.over")
	case old.From.After(w.Now):
		return pbx.Change{Delete: []pbx.Ref{old.Ref()}}, nil
	}
	next := *old
	next.Until = w.Now
	return pbx.Change{Put: []pbx.Noun{&next}}, nil
}

// steps says whether the way from one version of something lent to another takes something, gives something, or both. plain takes end and reason out of a
// copy, and returns the end.
func steps[T any, P interface {
	*T
	pbx.Noun
}](old, next P, plain func(P) time.Time) (taken, given bool) {
	if old == nil || next == nil {
		return old != nil, next != nil
	}
	a, b := *old, *next
	was, is := plain(&a), plain(&b)
	if !alike(P(&a), P(&b)) {
		return true, true
	}
	longer := isLonger(is, was)
	return !longer, longer
}

// askGrant asks whether one version of a grant may become another; a nil one is no grant. What reaches further, or longer,
// is given; what reaches less is taken; and a grant that differs in anything else is taken and given anew.
func (w *Work) askGrant(s *pbx.Snapshot, old, next *pbx.Grant) error {
	taken, given := steps(old, next, func(g *pbx.Grant) time.Time {
		until := g.Until
		g.Until, g.Reason = time.Time{}, ""
		return until
	})
	if taken {
		if err := w.askLent(s, old, policy.Withdraw(old)); err != nil {
			return err
		}
	}
	if given {
		return w.askLent(s, next, policy.Give(next))
	}
	return nil
}

// askLent asks by the one right or the other through which a grant is handed on: what somebody lends over himself needs no
// right over the one who gets it (N-21).
func (w *Work) askLent(s *pbx.Snapshot, g *pbx.Grant, t policy.Target) error {
	if g.Scope.Kind == pbx.ScopeListed && len(g.Scope.Refs) == 1 && g.Scope.Refs[0].ID == string(w.Who.User) &&
		w.Ask(s, policy.DelegateGive, t) == nil {
		return nil
	}
	return w.Ask(s, policy.GrantEdit, t)
}

// Lend lets another person act for the actor for a while: set the status, change forwarding, hear voicemail (N-21).
type Lend struct {
	To     pbx.UserID
	Rights []string
	Until  time.Time
	Reason string
}

// Need asks for delegate.give over oneself, and that one sees whom one trusts.
func (c Lend) Need(_ *pbx.Snapshot, who pbx.Actor) []Need {
	return []Need{{policy.UserSee, policy.User(c.To)}, {policy.DelegateGive, policy.User(who.User)}}
}

// Change makes one grant for each right.
func (c Lend) Change(w *Work) (pbx.Change, error) {
	if len(c.Rights) == 0 {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "rights", "deputy.no_rights")
	}
	if c.Until.IsZero() {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "until", "deputy.no_end")
	}
	me := pbx.Ref{Kind: pbx.KindUser, ID: string(w.Who.User)}
	b, err := w.bounds(Bounds{Scope: pbx.Scope{Kind: pbx.ScopeListed, Refs: []pbx.Ref{me}}, Until: c.Until, Reason: c.Reason})
	if err != nil {
		return pbx.Change{}, err
	}
	var change pbx.Change
	for i, name := range c.Rights {
		if _, ok := policy.ParseRight(name); !ok {
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, "rights", "grant.right_unknown", "right", printable(name))
		}
		if slices.Contains(c.Rights[:i], name) {
			continue
		}
		g := GiveGrant{User: c.To, Right: name}.grant(w.ID("gnt"), b)
		if err := w.Ask(w.Snapshot, policy.DelegateGive, policy.Give(g)); err != nil {
			return pbx.Change{}, atField(err, "rights")
		}
		w.objectOnce(g.Ref())
		change.Put = append(change.Put, g)
	}
	w.reason = b.Reason
	return change, nil
}
