package policy

import "tandem/pbx"

// filter says which of the actor's grants count.
type filter uint8

const (
	anyWay    filter = iota
	sharedWay        // over somebody who shares with its holder
	wideWay          // reaching further than the holder himself
)

// denied reports whether an explicit deny of the right reaches the target. A deny over a group never reaches the actor
// himself, and no start of the membership bounds it.
func (q *asker) denied(r Right) bool {
	if q.plain {
		return false
	}
	row := &catalogue[r]
	for i := range q.me.Places {
		l := &q.me.Places[i]
		if len(l.Overrides) == 0 || q.at < l.From || l.Until <= q.at ||
			l.Overrides[row.name] != pbx.OverrideDeny {
			continue
		}
		c := q.denial(l, r)
		if q.hits(&field{scope: c, node: l.Node, self: c == selfScope}) {
			return true
		}
	}
	for _, g := range q.me.Grants {
		if !g.Deny || g.Right != row.name || !q.counts(g) {
			continue
		}
		f := q.fieldOf(&g.Scope)
		f.self = f.scope == selfScope || f.scope > treeScope && row.scopes.has(selfScope)
		f.skip = g.Except
		if q.hits(&f) {
			return true
		}
	}
	return false
}

// denial is the scope of a denying override.
func (q *asker) denial(l *pbx.Place, r Right) scope {
	if c := q.placed(l, r); c != noScope {
		return c
	}
	if catalogue[r].scopes.has(groupScope) {
		return groupScope
	}
	return selfScope
}

// permission is the scope of an allowing override.
func (q *asker) permission(l *pbx.Place, r Right) scope {
	if c := q.placed(l, r); c > selfScope {
		return c
	}
	if catalogue[r].scopes.has(groupScope) {
		return groupScope
	}
	return selfScope
}

// cell is how far a right of a role reaches, built in or custom.
func (q *asker) cell(id pbx.RoleID, r Right) scope {
	if b := builtinOf(id); b != nil {
		return b.cells[r]
	}
	if custom := q.s.Roles[id]; custom != nil {
		return scopeOf(custom.Cells[catalogue[r].name])
	}
	return noScope
}

// placed is how far a right of a membership's role reaches. A wider cell than tree gives nothing there: the scope all
// never comes from a group role (I-12).
func (q *asker) placed(l *pbx.Place, r Right) scope {
	c := noScope
	if b := numbered(l.Builtin); b != nil {
		c = b.cells[r]
	} else {
		c = q.cell(l.Membership.Role, r)
	}
	if c <= treeScope {
		return c
	}
	return noScope
}

func (q *asker) counts(g *pbx.Grant) bool {
	return pbx.Instant(g.From) <= q.at && q.at < pbx.Deadline(g.Until)
}

func (q *asker) inForce(a *pbx.Assignment) bool {
	return pbx.Instant(a.From) <= q.at && q.at < pbx.Deadline(a.Until)
}

func (q *asker) fieldOf(c *pbx.Scope) field {
	f := field{scope: scopeOf(c.Kind), refs: c.Refs}
	if f.scope == groupScope || f.scope == treeScope {
		f.node = q.s.Node(c.Group)
	}
	return f
}

// allow looks for a grant of the right that reaches the target, and tells which it was. Grants that imply the right are
// not looked at.
func (q *asker) allow(r Right, want filter, w *way) bool {
	return q.byRole(r, want, w) || !q.plain && q.byOverride(r, want, w) || q.byAssignment(r, want, w) || !q.plain && q.byGrant(r, want, w) ||
		(r == UserSee || r == GroupSee || r == PresenceSee) && q.byPublished(r, want, w)
}

func (q *asker) byRole(r Right, want filter, w *way) bool {
	for i := range q.me.Places {
		l := &q.me.Places[i]
		if q.at < l.From || l.Until <= q.at {
			continue
		}
		c := q.placed(l, r)
		if c == noScope || !q.byPlace(l, c, r, want) {
			continue
		}
		*w = way{right: r, scope: c, membership: l.Membership}
		return true
	}
	return false
}

func (q *asker) byOverride(r Right, want filter, w *way) bool {
	for i := range q.me.Places {
		l := &q.me.Places[i]
		if len(l.Overrides) == 0 || q.at < l.From || l.Until <= q.at ||
			l.Overrides[catalogue[r].name] != pbx.OverrideAllow {
			continue
		}
		if c := q.permission(l, r); q.byPlace(l, c, r, want) {
			*w = way{right: r, scope: c, membership: l.Membership, override: true}
			return true
		}
	}
	return false
}

// byPlace reports whether a scope of a membership reaches the target. Over its group a membership gives nothing about
// objects older than itself.
func (q *asker) byPlace(l *pbx.Place, c scope, r Right, want filter) bool {
	if c != selfScope && q.then < l.From {
		return false
	}
	f := field{scope: c, node: l.Node, self: catalogue[r].scopes.has(selfScope)}
	return q.hits(&f) && (want == anyWay || q.wanted(want, &f, r, false))
}

func (q *asker) byAssignment(r Right, want filter, w *way) bool {
	for _, a := range q.me.Assignments {
		if !q.inForce(a) {
			continue
		}
		c := q.cell(a.Role, r)
		if c == noScope {
			continue
		}
		f := field{scope: selfScope}
		if c != selfScope {
			f = q.fieldOf(&a.Scope)
		}
		f.self = catalogue[r].scopes.has(selfScope)
		if !q.hits(&f) || f.scope != selfScope && q.then < pbx.Instant(a.Since) {
			continue
		}
		if q.strikes(a.Except) {
			q.struck = true
			continue
		}
		if want == anyWay || q.wanted(want, &f, r, false) {
			*w = way{right: r, scope: f.scope, assignment: a}
			return true
		}
	}
	return false
}

func (q *asker) byGrant(r Right, want filter, w *way) bool {
	for _, g := range q.me.Grants {
		if g.Deny || g.Right != catalogue[r].name || !q.counts(g) {
			continue
		}
		f := q.fieldOf(&g.Scope)
		f.self = catalogue[r].scopes.has(selfScope)
		if !q.hits(&f) || f.scope != selfScope && q.then < pbx.Instant(g.Since) {
			continue
		}
		if q.strikes(g.Except) {
			q.struck = true
			continue
		}
		if want == anyWay || q.wanted(want, &f, r, false) {
			*w = way{right: r, scope: f.scope, grant: g}
			return true
		}
	}
	return false
}

// byPublished looks for a published group that shows the target to everybody.
func (q *asker) byPublished(r Right, want filter, w *way) bool {
	if want == wideWay {
		return false
	}
	for i := range q.nodes {
		if n := q.node(i); n != nil && n.Group.Published {
			*w = way{right: r, scope: groupScope, published: n.Group.ID}
			return true
		}
	}
	for i := range q.people {
		p := q.person(i)
		if p == nil || p == q.me && !catalogue[r].scopes.has(selfScope) {
			continue
		}
		for j := range p.Places {
			l := &p.Places[j]
			if !l.Node.Group.Published || q.then < l.From || l.Until <= q.then {
				continue
			}
			if q.reached = true; want == sharedWay && q.share(p, l, r) != pbx.ShareEveryone {
				continue
			}
			*w = way{right: r, scope: groupScope, published: l.Node.Group.ID}
			return true
		}
	}
	return false
}

// wanted holds a grant that reaches the target against the filter.
func (q *asker) wanted(want filter, f *field, r Right, outside bool) bool {
	q.reached = true
	if want == wideWay {
		return f.scope != selfScope
	}
	through := false // the grant reaches the target through the group that handled the call
	for i := range q.nodes {
		through = through || f.holds(q.node(i))
	}
	for i := range q.people {
		p := q.person(i)
		if p == nil {
			continue
		}
		for j := range p.Places {
			l := &p.Places[j]
			if q.then < l.From || l.Until <= q.then || !(through || f.scope >= listedScope && q.holds(f, p) || f.holds(l.Node)) {
				continue
			}
			if v := q.share(p, l, r); v == pbx.ShareEveryone || v == pbx.ShareGroup && !outside {
				return true
			}
		}
	}
	return false
}

// share is with whom a person shares his presence or calls as a member of one group: the membership's own word, else that
// of his main group, else the group.
func (q *asker) share(p *pbx.Person, l *pbx.Place, r Right) pbx.Share {
	if v := shareOf(l.Membership, r); v != "" {
		return v
	}
	for i := range p.Places {
		o := &p.Places[i]
		if o.Membership.Main && o.From <= q.then && q.then < o.Until {
			if v := shareOf(o.Membership, r); v != "" {
				return v
			}
		}
	}
	return pbx.ShareGroup
}

func shareOf(m *pbx.Membership, r Right) pbx.Share {
	if r == PresenceSee {
		return m.Presence
	}
	return m.Calls
}
