package policy

import (
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
}

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
		if c := q.placed(l, w.right); c != noScope && q.within(&field{scope: c, node: l.Node}, w) {
			return true
		}
		if l.Overrides[catalogue[w.right].name] == pbx.OverrideAllow &&
			q.within(&field{scope: q.permission(l, w.right), node: l.Node}, w) {
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
		if f := q.fieldOf(&g.Scope); q.within(&f, w) {
			return true
		}
	}
	return false
}

// within reports whether a wish lies wholly in a field of the actor.
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
	case f.scope == allScope:
		return c.Kind != pbx.ScopeNone
	case c.Kind == pbx.ScopeGroup:
		return f.holds(q.s.Node(c.Group))
	case c.Kind == pbx.ScopeTree:
		return f.scope == treeScope && f.holds(q.s.Node(c.Group))
	case c.Kind == pbx.ScopeListed:
		for _, r := range c.Refs {
			if !q.lies(f, r) {
				return false
			}
		}
		return true
	}
	return false
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
