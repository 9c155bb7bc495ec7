package policy

import "tandem/pbx"

// door decides website.access and admin.access: stored, or implied by holding any right that names them, at any scope,
// unless that right is denied at self or all. A deny on the door itself wins.
func (q *asker) door(r Right, w *way) Code {
	site := Site()
	o := q.over(&site)
	if o.denied(r) {
		return Deny
	}
	if o.allow(r, anyWay, w) {
		return ""
	}
	if x := o.opener(r, o.held(false)); x != NoRight {
		*w = o.holding(x)
		return ""
	}
	return NoGrant
}

// opener finds a right that names the door and is held; NoRight if there is none.
func (q *asker) opener(r Right, held set) Right {
	if impliers[r].and(held).isEmpty() {
		return NoRight
	}
	for more := direct[r]; !more.isEmpty(); {
		x := more.pop()
		if q.shut(x) {
			continue
		}
		if held.has(x) && q.holding(x).right != NoRight {
			return x
		}
		if y := q.opener(x, held); y != NoRight {
			return y
		}
	}
	return NoRight
}

// shut reports whether a right is denied at self or all, so that it opens no door.
func (q *asker) shut(r Right) bool {
	name := catalogue[r].name
	for i := range q.me.Places {
		l := &q.me.Places[i]
		if len(l.Overrides) != 0 && l.From <= q.at && q.at < l.Until &&
			l.Overrides[name] == pbx.OverrideDeny && q.denial(l, r) == selfScope {
			return true
		}
	}
	for _, g := range q.me.Grants {
		if g.Deny && g.Right == name && q.counts(g) && (g.Scope.Kind == pbx.ScopeSelf || g.Scope.Kind == pbx.ScopeAll) {
			return true
		}
	}
	return false
}

// holding finds a grant by which the actor holds the right at any scope; its right is NoRight if there is none.
func (q *asker) holding(r Right) way {
	for i := range q.me.Places {
		l := &q.me.Places[i]
		if q.at < l.From || l.Until <= q.at {
			continue
		}
		if c := q.placed(l, r); c != noScope {
			return way{right: r, scope: c, membership: l.Membership}
		}
		if len(l.Overrides) != 0 && l.Overrides[catalogue[r].name] == pbx.OverrideAllow {
			return way{right: r, scope: q.permission(l, r), membership: l.Membership, override: true}
		}
	}
	for _, a := range q.me.Assignments {
		if !q.inForce(a) {
			continue
		}
		switch c := q.cell(a.Role, r); c {
		case noScope:
		case selfScope:
			return way{right: r, scope: c, assignment: a}
		default:
			return way{right: r, scope: scopeOf(a.Scope.Kind), assignment: a}
		}
	}
	for _, g := range q.me.Grants {
		if !g.Deny && g.Right == catalogue[r].name && q.counts(g) {
			return way{right: r, scope: scopeOf(g.Scope.Kind), grant: g}
		}
	}
	return way{}
}
