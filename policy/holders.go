package policy

import (
	"maps"
	"slices"
	"time"

	"tandem/pbx"
)

// Holders lists everybody who may do something to a target at a moment, in order of id.
func Holders(s *pbx.Snapshot, right Right, target Target, at time.Time) []pbx.UserID {
	var all []pbx.UserID
	for _, id := range slices.Sorted(maps.Keys(s.Users)) {
		if Decide(s, Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: id}, Right: right, Target: target, At: at}).OK {
			all = append(all, id)
		}
	}
	return all
}

// Can is what an actor may do at a moment at all: the name of each right he holds, with the widest scope he holds it at.
// Menus are drawn after it; it decides nothing.
func Can(s *pbx.Snapshot, actor pbx.Actor, at time.Time) map[string]pbx.ScopeKind {
	can := map[string]pbx.ScopeKind{}
	q := asker{s: s, when: at, at: pbx.Instant(at)}
	if !q.is(actor) {
		return can
	}
	for r := Right(1); r < rightCount; r++ {
		c := q.width(r)
		switch actor.Kind {
		case pbx.ActorDevice:
			if !phone.has(r) {
				c = noScope
			}
		case pbx.ActorToken:
			c = carriedWidth(s.Tokens[actor.Token], r, c)
		}
		if c != noScope {
			can[r.String()] = c.kind()
		}
	}
	return can
}

// width is the widest scope at which the actor holds a right, by itself or with one that implies it.
func (q *asker) width(r Right) scope {
	if doors.has(r) {
		if q.may(r) {
			return selfScope
		}
		return noScope
	}
	widest := q.stored(r)
	for x := direct[r]; !x.isEmpty(); {
		widest = max(widest, q.width(x.pop()))
	}
	if widest == noScope && (r == UserSee || r == GroupSee || r == PresenceSee) {
		for _, g := range q.s.Groups {
			if g.Published {
				widest = groupScope
			}
		}
	}
	return q.clip(r, widest)
}

// stored is the widest scope of the actor's own grants of a right.
func (q *asker) stored(r Right) scope {
	widest := noScope
	for i := range q.me.Places {
		l := &q.me.Places[i]
		if q.at < l.From || l.Until <= q.at {
			continue
		}
		widest = max(widest, q.placed(l, r))
		if l.Overrides[catalogue[r].name] == pbx.OverrideAllow {
			widest = max(widest, q.permission(l, r))
		}
	}
	for _, a := range q.me.Assignments {
		if c := q.cell(a.Role, r); q.inForce(a) && c != noScope {
			if c != selfScope {
				c = scopeOf(a.Scope.Kind)
			}
			widest = max(widest, c)
		}
	}
	for _, g := range q.me.Grants {
		if !g.Deny && g.Right == catalogue[r].name && q.counts(g) {
			widest = max(widest, scopeOf(g.Scope.Kind))
		}
	}
	return widest
}

// clip takes away what is denied altogether: everything by a deny over all, one's own by a deny over oneself.
func (q *asker) clip(r Right, c scope) scope {
	for _, g := range q.me.Grants {
		if g.Deny && g.Right == catalogue[r].name && q.counts(g) &&
			(g.Scope.Kind == pbx.ScopeAll && len(g.Except) == 0 || g.Scope.Kind == pbx.ScopeSelf && c == selfScope) {
			return noScope
		}
	}
	for i := range q.me.Places {
		l := &q.me.Places[i]
		if l.From <= q.at && q.at < l.Until && l.Overrides[catalogue[r].name] == pbx.OverrideDeny &&
			q.denial(l, r) == selfScope && c == selfScope {
			return noScope
		}
	}
	return c
}

// carriedWidth bounds a scope to what a token carries.
func carriedWidth(t *pbx.Token, r Right, c scope) scope {
	switch {
	case neverByToken.has(r):
		return noScope
	case len(t.Rights) == 0:
		return c
	}
	widest := noScope
	for _, name := range t.Rights {
		x, ok := ParseRight(name)
		if !ok || x != r && !impliers[r].has(x) {
			continue
		}
		if narrow, ok := t.Narrow[name]; ok {
			widest = max(widest, scopeOf(narrow.Kind))
		} else {
			widest = allScope
		}
	}
	return min(c, widest)
}

// Owns reports whether an actor holds a right at all at a moment, undenied, so that he may write it into a template.
func Owns(s *pbx.Snapshot, actor pbx.Actor, right Right, at time.Time) bool {
	q := asker{s: s, when: at, at: pbx.Instant(at)}
	return right.known() && q.is(actor) && q.owns(right, at)
}

// NextTurn is the next moment after a given one at which something that gives or takes rights of a person begins or ends by
// the clock (N-6): a place, a level, a grant, a suspension. Zero when nothing does.
func NextTurn(s *pbx.Snapshot, u pbx.UserID, after time.Time) time.Time {
	var next time.Time
	look := func(from, until time.Time) {
		for _, t := range [...]time.Time{from, until} {
			if t.After(after) && (next.IsZero() || t.Before(next)) {
				next = t
			}
		}
	}
	for _, m := range s.MembershipsOf(u) {
		look(m.From, m.Until)
	}
	for _, a := range s.AssignmentsOf(u) {
		look(a.From, a.Until)
	}
	for _, g := range s.GrantsOf(u) {
		look(g.From, g.Until)
	}
	if p := s.Users[u]; p != nil {
		for _, i := range p.Suspensions {
			look(i.From, i.Until)
		}
	}
	return next
}

// Assignable lists the roles, built in and custom, that an actor may give in a group at a moment to somebody who holds
// nothing yet, in the order of AllRoles.
func Assignable(s *pbx.Snapshot, actor pbx.Actor, group pbx.GroupID, at time.Time) []pbx.RoleID {
	q := asker{s: s, when: at, at: pbx.Instant(at)}
	return q.assignable(actor, group)
}

func (q *asker) assignable(actor pbx.Actor, group pbx.GroupID) (given []pbx.RoleID) {
	t := Group(group)
	if actor.Kind == pbx.ActorDevice || !q.is(actor) || !q.resolve(&t) {
		return nil
	}
	may := func(r Right) bool {
		return (actor.Kind != pbx.ActorToken || q.carried(q.s.Tokens[actor.Token], r) == "") && q.may(r)
	}
	adds, changes, pays := may(MembershipEdit), may(MembershipRole), q.may(BillingAssign)
	n := q.s.Node(group)
	for _, b := range AllRoles(q.s) {
		if b.Class != ClassGroup || !pays && q.costs(b.ID) || n.Group.Default && b.ID != "user" && b.ID != "receptionist" {
			continue
		}
		if adds && q.seats(nil, b.ID, n, MembershipEdit) || changes && q.seats(nil, b.ID, n, MembershipRole) {
			given = append(given, b.ID)
		}
	}
	return given
}
