package policy

import (
	"math"
	"slices"
	"time"

	"tandem/pbx"
)

// wish is a right somebody is to get, with its bounds.
type wish struct {
	right        Right
	scope        pbx.Scope
	except       []pbx.Ref
	since, until time.Time
	to           *pbx.Person // who is to get it; nil when a role is given to whoever joins
	taken        bool        // it is taken away, given back or asked about later: how far it reaches into the past does not matter
}

// recalls reports whether the past matters for the wish: whether its right is one over records, or it stands for a role,
// which may hold such rights.
func (w *wish) recalls() bool { return !w.taken && (w.right == NoRight || recalling.has(w.right)) }

// sees is since when objects come into the wish.
func (w *wish) sees() time.Time { return bound(&w.scope, w.since) }

// bound is since when objects come into a scope: one's own past is always open, whatever a row says about it.
func bound(c *pbx.Scope, since time.Time) time.Time {
	if c.Kind == pbx.ScopeSelf {
		return time.Time{}
	}
	return since
}

// covers reports whether the actor holds the wished right over the whole scope, undenied, with no exclusion that is not
// carried over and with no earlier end (I-1, I-10, I-11). A right that comes along with another counts as held.
func (q *asker) covers(w *wish) bool {
	if doors.has(w.right) {
		return q.may(w.right)
	}
	if q.underDeny(w) {
		return false
	}
	if q.coversBy(w) {
		return true
	}
	for more := direct[w.right]; !more.isEmpty(); {
		x := *w
		x.right = more.pop()
		if q.covers(&x) {
			return true
		}
	}
	return false
}

// underDeny reports whether the actor's right is not whole. What he lends over himself is whole unless it is denied
// there, which is asked apart.
func (q *asker) underDeny(w *wish) bool {
	if w.to == q.me {
		return false
	}
	name := catalogue[w.right].name
	for i := range q.me.Places {
		l := &q.me.Places[i]
		if l.From <= q.at && q.at < l.Until && l.Overrides[name] == pbx.OverrideDeny {
			return true
		}
	}
	for _, g := range q.me.Grants {
		if g.Deny && g.Right == name && q.counts(g) {
			return true
		}
	}
	return false
}

// coversBy looks for one grant that holds the whole wish.
func (q *asker) coversBy(w *wish) bool {
	end := pbx.Deadline(w.until)
	for i := range q.me.Places {
		l := &q.me.Places[i]
		if q.at < l.From || l.Until <= q.at || l.Until < end {
			continue
		}
		if c := q.placed(l, w.right); c != noScope && q.within(&field{scope: c, node: l.Node, since: l.From}, w) {
			return true
		}
		if l.Overrides[catalogue[w.right].name] == pbx.OverrideAllow &&
			q.within(&field{scope: q.permission(l, w.right), node: l.Node, since: l.From}, w) {
			return true
		}
	}
	for _, a := range q.me.Assignments {
		c := q.cell(a.Role, w.right)
		if c == noScope || !q.inForce(a) || pbx.Deadline(a.Until) < end || !carriesOver(a.Except, w.except) {
			continue
		}
		f := field{scope: selfScope}
		if c != selfScope {
			if f = q.fieldOf(&a.Scope); w.sees().Before(bound(&a.Scope, a.Since)) {
				continue
			}
			f.since = pbx.Instant(a.Since)
		}
		if q.within(&f, w) {
			return true
		}
	}
	for _, g := range q.me.Grants {
		if g.Deny || g.Right != catalogue[w.right].name || !q.counts(g) || pbx.Deadline(g.Until) < end ||
			w.sees().Before(bound(&g.Scope, g.Since)) || !carriesOver(g.Except, w.except) {
			continue
		}
		f := q.fieldOf(&g.Scope)
		f.since = pbx.Instant(g.Since)
		if q.within(&f, w) {
			return true
		}
	}
	return false
}

// within reports whether a wish lies wholly in a field of the actor: what is given reaches no further back than what it is
// given from (I-1, N-5). One's own past is open to everybody, so that what reaches nobody but the receiver may reach back, and so may what is given
// from what the actor holds over himself.
func (q *asker) within(f *field, w *wish) bool {
	if w.right != NoRight && catalogue[w.right].scopes == selfBit {
		return true // who holds it himself may give it
	}
	c := &w.scope
	switch {
	case c.Kind == pbx.ScopeSelf && w.to == q.me:
		return f.scope == selfScope || q.holds(f, q.me)
	case c.Kind == pbx.ScopeSelf:
		return f.scope == allScope || f.scope != selfScope && w.to != nil && q.isIn(f, w.to)
	case w.recalls() && f.scope != selfScope && pbx.Instant(w.since) < f.since:
		return false
	case f.scope == allScope:
		return c.Kind != pbx.ScopeNone
	case c.Kind == pbx.ScopeGroup:
		return f.holds(q.s.Node(c.Group))
	case c.Kind == pbx.ScopeTree:
		return f.scope == treeScope && f.holds(q.s.Node(c.Group))
	case c.Kind == pbx.ScopeListed:
		for _, r := range c.Refs {
			if !q.lies(f, r) || w.recalls() && r.Kind == pbx.KindUser && pbx.Instant(w.since) < q.joined(f, pbx.UserID(r.ID)) {
				return false
			}
		}
		return true
	}
	return false
}

// joined is since when a person has lain in a field without a break: who is named is reached at all times, who is reached
// through a group only while he is in it.
func (q *asker) joined(f *field, u pbx.UserID) int64 {
	if f.scope == allScope || f.scope == listedScope && lists(f.refs, pbx.KindUser, string(u)) {
		return math.MinInt64
	}
	since := q.at + 1
	p := q.s.Person(u)
	for earlier := true; earlier; {
		earlier = false
		for i := range p.Places {
			if l := &p.Places[i]; l.From < since && since <= l.Until && f.holds(l.Node) {
				since, earlier = l.From, true
			}
		}
	}
	return since
}

// lies reports whether a named person, group or thing lies in a field.
func (q *asker) lies(f *field, r pbx.Ref) bool {
	if f.scope == listedScope && lists(f.refs, r.Kind, r.ID) {
		return true
	}
	switch r.Kind {
	case pbx.KindUser:
		return q.isIn(f, q.s.Person(pbx.UserID(r.ID)))
	case pbx.KindGroup:
		return f.holds(q.s.Node(pbx.GroupID(r.ID)))
	}
	return false
}

// isIn reports whether a person lies in a field now.
func (q *asker) isIn(f *field, p *pbx.Person) bool {
	now := *q
	now.then = q.at
	return now.holds(f, p)
}

// Oldest is since when an actor may let objects come into a grant or an assignment, at the earliest: from what stands in it,
// or from where what he holds himself begins – since when he, and those he names, have been in the group by which he reaches
// them (I-1, N-5). What he may not give at all stays as it is. The request is one with Give or Appoint as its target.
func Oldest(s *pbx.Snapshot, r Request) time.Time {
	m := r.Target.more
	var asked time.Time
	var scope pbx.Scope
	switch r.Target.kind {
	case KindGrant:
		asked, scope = m.grant.Since, m.grant.Scope
	case KindRole:
		asked, scope = m.assign.Since, m.assign.Scope
	}
	q := asker{s: s, when: r.At, at: pbx.Instant(r.At)}
	if !q.is(r.Actor) {
		return asked
	}
	for _, since := range q.beginnings(&scope) {
		if since.Before(asked) {
			continue
		}
		with := *m
		if m.grant != nil {
			g := *m.grant
			g.Since, with.grant = since, &g
		} else {
			a := *m.assign
			a.Since, with.assign = since, &a
		}
		r.Target.more = &with
		if Decide(s, r).OK {
			return since
		}
	}
	return asked
}

// beginnings are the moments at which something of the actor's, or of those whom a scope names, begins; the earliest first,
// and no bound before all.
func (q *asker) beginnings(c *pbx.Scope) []time.Time {
	all := []time.Time{{}}
	places := func(p *pbx.Person) {
		for i := range p.Places {
			all = append(all, p.Places[i].Membership.From)
		}
	}
	places(q.me)
	for _, a := range q.me.Assignments {
		all = append(all, a.Since)
	}
	for _, g := range q.me.Grants {
		all = append(all, g.Since)
	}
	for _, r := range c.Refs {
		if p := q.s.Person(pbx.UserID(r.ID)); r.Kind == pbx.KindUser && p != nil {
			places(p)
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	return slices.CompactFunc(all, time.Time.Equal)
}
