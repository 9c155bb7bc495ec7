package policy

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"tandem/pbx"
)

// Item is one thing that a review looks at, and what became of it.
type Item struct {
	User    pbx.UserID
	Held    Held
	Verdict *pbx.Verdict // nil while it is open
}

// Key tells the items of a review apart.
func (i *Item) Key() (row pbx.Ref, right string) {
	if i.Verdict != nil {
		return i.Verdict.Row, i.Verdict.Right
	}
	return i.Held.Row(), i.Held.exception()
}

// exception is the right of an exception, by which it is told from the role beside it.
func (h *Held) exception() string {
	if h.Kind == FromOverride {
		return h.Right.String()
	}
	return ""
}

// Items lists what a review looks at, person by person: what was held when it began and is held still, and what was decided
// already. What was given since was looked at when it was given; what has gone by itself needs nobody (N-8, B-087).
func Items(s *pbx.Snapshot, r *pbx.Review, at time.Time) []Item {
	type key struct {
		row   pbx.Ref
		right string
	}
	verdicts := map[key]*pbx.Verdict{}
	people := map[pbx.UserID]bool{}
	for _, v := range s.VerdictsOf(r.ID) {
		verdicts[key{v.Row, v.Right}] = v
		people[v.User] = true
	}
	within := Below(s, r.Group)
	for _, u := range everyoneIn(s, r.Group, within, at) {
		people[u] = true
	}
	var all []Item
	for _, u := range slices.Sorted(maps.Keys(people)) {
		for _, h := range Holdings(s, u, at) {
			if h.From.After(r.Begun) || h.Membership != nil && r.Group != "" && !within[h.Membership.Group] {
				continue
			}
			k := key{h.Row(), h.exception()}
			all = append(all, Item{u, h, verdicts[k]})
			delete(verdicts, k)
		}
	}
	for _, v := range verdicts {
		all = append(all, Item{v.User, written(s, v), v})
	}
	slices.SortStableFunc(all, func(a, b Item) int {
		ra, xa := a.Key()
		rb, xb := b.Key()
		return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(ra.Kind, rb.Kind), cmp.Compare(ra.ID, rb.ID), cmp.Compare(xa, xb))
	})
	return all
}

// Below is a group with everything below it; nothing for no group.
func Below(s *pbx.Snapshot, g pbx.GroupID) map[pbx.GroupID]bool {
	all := map[pbx.GroupID]bool{}
	var add func(pbx.GroupID)
	add = func(g pbx.GroupID) {
		all[g] = true
		for _, c := range s.Children(g) {
			add(c.ID)
		}
	}
	if s.Groups[g] != nil {
		add(g)
	}
	return all
}

// everyoneIn lists who belongs to some groups at a moment; without a group, everybody.
func everyoneIn(s *pbx.Snapshot, g pbx.GroupID, within map[pbx.GroupID]bool, at time.Time) (all []pbx.UserID) {
	if g == "" {
		return slices.Collect(maps.Keys(s.Users))
	}
	for id := range within {
		for _, m := range s.Members(id) {
			if m.IsActive(at) {
				all = append(all, m.User)
			}
		}
	}
	return all
}

// written is what a verdict was about, as far as it is still known.
func written(s *pbx.Snapshot, v *pbx.Verdict) Held {
	h := Held{Kind: FromGrant}
	h.Right, _ = ParseRight(v.Right)
	switch n := s.Find(v.Row).(type) {
	case *pbx.Membership:
		h.Kind, h.Membership, h.From, h.Until, h.Scope = FromRole, n, n.From, n.Until, pbx.Scope{Kind: pbx.ScopeGroup, Group: n.Group}
		if v.Right != "" {
			h.Kind = FromOverride
		}
	case *pbx.Assignment:
		h.Kind, h.Assignment, h.From, h.Until, h.Scope, h.Reason = FromAssignment, n, n.From, n.Until, n.Scope, n.Reason
	case *pbx.Grant:
		h.Grant, h.From, h.Until, h.Scope, h.Reason = n, n.From, n.Until, n.Scope, n.Reason
		h.Right, _ = ParseRight(n.Right)
	}
	return h
}

// MayReview reports whether an actor may look through the rights of everybody in a group and below it, or without a group of
// everybody there is.
func MayReview(s *pbx.Snapshot, actor pbx.Actor, g pbx.GroupID, at time.Time) bool {
	if g == "" {
		return Can(s, actor, at)[RightExplain.String()] == pbx.ScopeAll
	}
	within := Below(s, g)
	for id := range within {
		if !Decide(s, Request{Actor: actor, Right: RightExplain, Target: Group(id), At: at}).OK {
			return false
		}
	}
	return len(within) > 0
}

// MayTake reports whether an actor could take a thing from a person: who confirms could also have removed.
func MayTake(s *pbx.Snapshot, actor pbx.Actor, u pbx.UserID, h *Held, at time.Time) bool {
	right, target := h.Taking(u)
	return Decide(s, Request{Actor: actor, Right: right, Target: target, At: at}).OK
}

// Taking is what one has to be allowed to take a thing from a person.
func (h *Held) Taking(u pbx.UserID) (Right, Target) {
	switch {
	case h.Kind == FromRole && h.Membership != nil:
		return MembershipRole, Place(u, h.Membership.Group, "user")
	case h.Kind == FromOverride && h.Membership != nil:
		return MembershipOverride, Override(u, h.Membership.Group, h.Right, "")
	case h.Assignment != nil:
		if b := builtinOf(h.Assignment.Role); b != nil && b.class == ClassOffice {
			return RoleSystem, Dismiss(h.Assignment)
		}
		return GrantEdit, Dismiss(h.Assignment)
	case h.Grant != nil:
		return GrantEdit, Withdraw(h.Grant)
	}
	return NoRight, Target{}
}

// Reviewers lists for each item who could decide it, those who hold least first. Only people who may take anything from
// anybody are asked.
func Reviewers(s *pbx.Snapshot, items []Item, at time.Time) [][]pbx.UserID {
	type candidate struct {
		actor pbx.Actor
		rank  int
	}
	var some []candidate
	for _, u := range slices.Sorted(maps.Keys(s.Users)) {
		a := pbx.Actor{Kind: pbx.ActorUser, User: u}
		if !slices.ContainsFunc([]Right{MembershipRole, MembershipOverride, GrantEdit, RoleSystem}, func(r Right) bool { return Owns(s, a, r, at) }) {
			continue
		}
		c := candidate{actor: a}
		for _, far := range Can(s, a, at) {
			c.rank += int(scopeOf(far))
		}
		some = append(some, c)
	}
	slices.SortStableFunc(some, func(a, b candidate) int { return cmp.Compare(a.rank, b.rank) })
	all := make([][]pbx.UserID, len(items))
	for i := range items {
		for _, c := range some {
			if c.actor.User != items[i].User && MayTake(s, c.actor, items[i].User, &items[i].Held, at) {
				all[i] = append(all[i], c.actor.User)
			}
		}
	}
	return all
}

// Open are the items that nobody has decided.
func Open(items []Item) []Item {
	return slices.DeleteFunc(slices.Clone(items), func(i Item) bool { return i.Verdict != nil })
}
