package command

import (
	"cmp"
	"time"

	"tandem/pbx"
	"tandem/policy"
)

// Bounds of wishes for rights.
const (
	mostWishes  = 20                   // open ones of one person
	longestWish = 366 * 24 * time.Hour // how long a right is asked for at most
	told        = 3                    // people who are told
)

// AskAccess asks for what one may not do: the right over the target, and what it needs besides, until an end, for a reason
// (N-7). It reaches those who hold least among the people who could give it.
type AskAccess struct {
	Right  string
	Target policy.Target
	Until  time.Time
	Reason string
}

// Need asks for nothing: everybody may ask for himself. A program does not.
func (AskAccess) Need(*pbx.Snapshot, pbx.Actor) []Need { return nil }

// Change writes the wish.
func (c AskAccess) Change(w *Work) (pbx.Change, error) {
	right, ok := policy.ParseRight(c.Right)
	if !ok {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "right", "grant.right_unknown", "right", printable(c.Right))
	}
	if w.Who.Kind != pbx.ActorUser {
		return pbx.Change{}, pbx.Refuse(pbx.Denied, "", "denied.token")
	}
	reason, err := cleanReason(c.Reason)
	if err != nil {
		return pbx.Change{}, err
	}
	until := millis(c.Until)
	switch {
	case reason == "":
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "reason", "access.reason_missing")
	case !until.After(w.Now):
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "until", "interval.backwards")
	case until.Sub(w.Now) > longestWish:
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "until", "access.too_long")
	}
	e := policy.Explain(w.Snapshot, policy.Request{Actor: w.Who, Right: right, Target: c.Target, At: w.Now})
	switch {
	case e.OK:
		return pbx.Change{}, pbx.Refuse(pbx.Conflict, "", "access.held")
	case e.Hidden || e.Code == policy.Unknown:
		return pbx.Change{}, missing()
	case len(e.Lacks) == 0:
		return pbx.Change{}, &pbx.Error{Code: pbx.Denied, Text: e.Why[len(e.Why)-1].Text}
	}
	a := &pbx.Access{ID: pbx.AccessID(w.ID("acc")), User: w.Who.User, Reason: reason, Asked: w.Now, Until: until}
	for _, g := range e.Lacks {
		a.Grants = append(a.Grants, pbx.Wanted{Right: g.Right, Scope: g.Scope, Since: g.Since})
	}
	if err := w.newWish(a); err != nil {
		return pbx.Change{}, err
	}
	a.To = e.Givers[:min(len(e.Givers), told)]
	w.object, w.reason = a.Ref(), reason
	return pbx.Change{Put: []pbx.Noun{a}}, nil
}

// newWish refuses what is asked for already, and more wishes than anybody would read.
func (w *Work) newWish(a *pbx.Access) error {
	open := 0
	for _, o := range w.Snapshot.Accesses {
		if o.User != a.User || !o.IsOpen(w.Now) {
			continue
		}
		open++
		if o.Grants[0].Right == a.Grants[0].Right && sameScope(o.Grants[0].Scope, a.Grants[0].Scope) && o.Grants[0].Since.Equal(a.Grants[0].Since) {
			return pbx.Refuse(pbx.Conflict, "", "access.asked_already")
		}
	}
	if open >= mostWishes {
		return pbx.Refuse(pbx.Exhausted, "", "access.too_many")
	}
	return nil
}

func sameScope(a, b pbx.Scope) bool {
	if a.Kind != b.Kind || a.Group != b.Group || len(a.Refs) != len(b.Refs) {
		return false
	}
	for i := range a.Refs {
		if a.Refs[i] != b.Refs[i] {
			return false
		}
	}
	return true
}

// Wishes are the grants a wish would lead to when somebody approves it until an end. They reach as far back as what he holds
// himself, if the wish says nothing else.
func Wishes(s *pbx.Snapshot, who pbx.Actor, a *pbx.Access, from, until time.Time) []*pbx.Grant {
	var all []*pbx.Grant
	for _, w := range a.Grants {
		g := &pbx.Grant{User: a.User, Right: w.Right, Scope: w.Scope, Since: w.Since, From: from, Until: until, Reason: a.Reason}
		if g.Since.IsZero() {
			g.Since = policy.Oldest(s, policy.Request{Actor: who, Right: policy.GrantEdit, Target: policy.Give(g), At: from})
		}
		if g.Since.IsZero() {
			g.Since = policy.Oldest(s, policy.Request{Actor: who, Right: policy.RequestApprove, Target: policy.Give(g), At: from})
		}
		all = append(all, g)
	}
	return all
}

// ApproveAccess gives what was asked for until an end, not later than asked. The approver holds it himself, as far and as
// long, and does not decide his own wish.
type ApproveAccess struct {
	ID    pbx.AccessID
	Until time.Time // zero: as asked
	Words string
}

// Need asks to see the person; Change asks for each right.
func (c ApproveAccess) Need(s *pbx.Snapshot, _ pbx.Actor) []Need { return seesWisher(s, c.ID) }

func seesWisher(s *pbx.Snapshot, id pbx.AccessID) []Need {
	a := s.Accesses[id]
	if a == nil {
		return seesHolder("")
	}
	return seesHolder(a.User)
}

// Change writes the grants and the answer.
func (c ApproveAccess) Change(w *Work) (pbx.Change, error) {
	a, err := w.openWish(c.ID)
	if err != nil {
		return pbx.Change{}, err
	}
	until := millis(c.Until)
	switch {
	case until.IsZero():
		until = a.Until
	case until.After(a.Until):
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "until", "access.longer_than_asked")
	case !until.After(w.Now):
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "until", "interval.backwards")
	}
	next := *a
	if next.Words, err = cleanReason(c.Words); err != nil {
		return pbx.Change{}, atField(err, "words")
	}
	var change pbx.Change
	for _, g := range Wishes(w.Snapshot, w.Who, a, w.Now, until) {
		if err := w.askWish(g); err != nil {
			return pbx.Change{}, err
		}
		g.ID = pbx.GrantID(w.ID("gnt"))
		next.Given = append(next.Given, g.ID)
		change.Put = append(change.Put, g)
	}
	next.Answer, next.By, next.Decided = pbx.AnswerApproved, w.Who.User, w.Now
	w.object, w.reason = a.Ref(), cmp.Or(next.Words, a.Reason)
	change.Put = append(change.Put, &next)
	return change, nil
}

// openWish is a wish that waits for an answer; one that the actor may not decide does not exist for him, unless it is his own.
func (w *Work) openWish(id pbx.AccessID) (*pbx.Access, error) {
	a := w.Snapshot.Accesses[id]
	if a == nil {
		return nil, missing()
	}
	if !a.IsOpen(w.Now) {
		return nil, pbx.Refuse(pbx.Conflict, "", "access.decided")
	}
	return a, nil
}

// askWish asks by the one right or the other through which a wish can be fulfilled.
func (w *Work) askWish(g *pbx.Grant) error {
	if w.Ask(w.Snapshot, policy.GrantEdit, policy.Give(g)) == nil {
		return nil
	}
	return w.Ask(w.Snapshot, policy.RequestApprove, policy.Give(g))
}

// RefuseAccess says no, with words that the person reads; the record stays.
type RefuseAccess struct {
	ID    pbx.AccessID
	Words string
}

// Need asks to see the person; Change asks whether the actor could have approved at least a little of it.
func (c RefuseAccess) Need(s *pbx.Snapshot, _ pbx.Actor) []Need { return seesWisher(s, c.ID) }

// Change writes the answer.
func (c RefuseAccess) Change(w *Work) (pbx.Change, error) {
	a, err := w.openWish(c.ID)
	if err != nil {
		return pbx.Change{}, err
	}
	next := *a
	if next.Words, err = cleanReason(c.Words); err != nil {
		return pbx.Change{}, atField(err, "words")
	}
	if next.Words == "" {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "words", "access.words_missing")
	}
	if a.User == w.Who.User {
		return pbx.Change{}, pbx.Refuse(pbx.Denied, "", "denied.oneself")
	}
	if err := w.Ask(w.Snapshot, policy.RequestApprove, policy.User(a.User)); err != nil {
		if err := w.Ask(w.Snapshot, policy.GrantEdit, policy.User(a.User)); err != nil {
			return pbx.Change{}, err
		}
	}
	next.Answer, next.By, next.Decided = pbx.AnswerRefused, w.Who.User, w.Now
	w.object, w.reason = a.Ref(), next.Words
	return pbx.Change{Put: []pbx.Noun{&next}}, nil
}

// WithdrawAccess takes one's own wish back.
type WithdrawAccess struct{ ID pbx.AccessID }

// Need asks for nothing: Change looks whether it is one's own.
func (WithdrawAccess) Need(*pbx.Snapshot, pbx.Actor) []Need { return nil }

// Change writes the answer.
func (c WithdrawAccess) Change(w *Work) (pbx.Change, error) {
	a := w.Snapshot.Accesses[c.ID]
	if a == nil || a.User != w.Who.User {
		return pbx.Change{}, missing()
	}
	if !a.IsOpen(w.Now) {
		return pbx.Change{}, pbx.Refuse(pbx.Conflict, "", "access.decided")
	}
	next := *a
	next.Answer, next.By, next.Decided = pbx.AnswerWithdrawn, w.Who.User, w.Now
	w.object = a.Ref()
	return pbx.Change{Put: []pbx.Noun{&next}}, nil
}
