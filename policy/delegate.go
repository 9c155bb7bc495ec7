package policy

import (
	"time"

	"tandem/pbx"
)

// delegate decides a wish to hand something on or to take it away: a place in a group, an override, a grant, a level or
// an office-wide role. An empty code allows.
func (q *asker) delegate(r *Request, d *Decision, token bool) Code {
	t := &q.t
	x := q.s.Person(t.user)
	if !t.speaks(r.Right) {
		return Unknown
	}
	if token && t.gives() {
		return ByTokenOnly // a program never gives single rights, levels or office-wide roles (I-16)
	}
	if x == q.me {
		return Oneself
	}
	ground := q.ground(r.Right)
	o := q.over(&ground)
	if code := o.core(r.Right, &d.way, &d.need); code != "" {
		return code
	}
	d.way.delegated = true
	switch {
	case t.kind == KindRole:
		return q.appoint(x, r.Right)
	case t.kind == KindGrant && r.Right == DelegateGive:
		return q.lend(t.more.grant)
	case t.kind == KindGrant && r.Right == RequestApprove:
		return q.approve(x, t.more.grant)
	case t.kind == KindGrant:
		return q.give(x, t.more.grant, t.more.taken)
	case t.more.right != NoRight:
		return q.override(x)
	}
	return q.place(x, r.Right)
}

// speaks reports whether the wish makes sense at all for the right it is asked of.
func (t *Target) speaks(r Right) bool {
	switch t.kind {
	case KindMembership:
		if r == MembershipOverride {
			return t.more.right.known()
		}
		return t.more.right == NoRight && (r == MembershipEdit || r == MembershipRole)
	case KindGrant:
		g := t.more.grant
		if g == nil {
			return false
		}
		right, ok := ParseRight(g.Right)
		return ok && (t.more.taken || catalogue[right].scopes.has(scopeOf(g.Scope.Kind)) || r == DelegateGive)
	case KindRole:
		return t.more.assign != nil && (r == GrantEdit || r == RoleSystem)
	}
	return false
}

// gives reports whether the wish gives a single right, a level or an office-wide role.
func (t *Target) gives() bool {
	switch {
	case t.kind == KindMembership:
		return t.more.right != NoRight && t.more.override != pbx.OverrideDeny
	case t.kind == KindGrant:
		return t.more.grant.Deny == t.more.taken
	}
	return !t.more.taken
}

// ground is where the actor must hold the right to hand on.
func (q *asker) ground(r Right) Target {
	switch {
	case r == DelegateGive:
		return User(q.me.User.ID)
	case r == RoleSystem:
		return System()
	case q.t.kind == KindMembership:
		return Group(q.t.group)
	}
	return User(q.t.user)
}

// place decides joining and leaving a group and a change of the role in it. Changing a place looks at that place and at
// office-wide roles only.
func (q *asker) place(x *pbx.Person, r Right) Code {
	n := q.s.Node(q.t.group)
	now := q.placeOf(x, n)
	if now == nil && q.t.more.role != "" && !q.mayPull(x) {
		return PullIn
	}
	if now != nil && !q.unseats(x, now) {
		return Standing
	}
	if !q.tops(x) {
		return Standing
	}
	if q.t.more.role == "" || now != nil && now.Membership.Role == q.t.more.role {
		return ""
	}
	if n.Group.Default && q.t.more.role != "user" && q.t.more.role != "receptionist" {
		return DefaultGroup
	}
	if !q.seats(x, q.t.more.role, n, r) {
		return NotAssignable
	}
	if q.costs(q.t.more.role) && !q.pays(x) {
		g := Group(q.t.group)
		if o := q.over(&g); !o.may(BillingAssign) {
			return Billing
		}
	}
	return ""
}

// tops reports whether the actor could take away every office-wide role of a person.
func (q *asker) tops(x *pbx.Person) bool {
	for _, a := range x.Assignments {
		if b := builtinOf(a.Role); b != nil && b.class == ClassOffice && q.inForce(a) && !q.revokes(x, a) {
			return false
		}
	}
	return true
}

// placeOf is the place a person has in a group now; nil if none.
func (q *asker) placeOf(x *pbx.Person, n *pbx.Node) *pbx.Place {
	for i := range x.Places {
		if l := &x.Places[i]; l.Node == n && l.From <= q.at && q.at < l.Until {
			return l
		}
	}
	return nil
}

// mayPull reports whether a person may join a group of the actor: he belongs to no group but the default one, or to one
// whose members the actor may edit (I-6).
func (q *asker) mayPull(x *pbx.Person) bool {
	elsewhere := false
	for i := range x.Places {
		l := &x.Places[i]
		if q.at < l.From || l.Until <= q.at {
			continue
		}
		g := Group(l.Node.Group.ID)
		if o := q.over(&g); o.may(MembershipEdit) {
			return true
		}
		elsewhere = elsewhere || !l.Node.Group.Default
	}
	return !elsewhere
}

// override decides a change of one right of a person inside one group.
func (q *asker) override(x *pbx.Person) Code {
	m := q.t.more
	l := q.placeOf(x, q.s.Node(q.t.group))
	if l == nil {
		return Unknown
	}
	if !q.outranks(x) {
		return Standing
	}
	if m.right == RoleSystem && m.override == pbx.OverrideAllow {
		return NotAssignable // only inside the role of a System Owner, as with single grants
	}
	c := noScope
	switch {
	case m.override == pbx.OverrideAllow:
		c = q.permission(l, m.right)
	case m.override == "" && l.Overrides[m.right.String()] == pbx.OverrideDeny:
		c = q.placed(l, m.right) // lifting a deny gives back what the role says
	}
	if c == noScope {
		return ""
	}
	w := wish{right: m.right, scope: pbx.Scope{Kind: c.kind(), Group: q.t.group}, to: x, taken: m.override == ""}
	if c != selfScope {
		w.since = l.Membership.From // nothing older than his place comes into it
	}
	if !q.covers(&w) {
		return Ceiling
	}
	if (catalogue[m.right].billable || m.right == BillingAssign) && !q.pays(x) || m.right == BillingAssign && !q.spreads() {
		return Billing
	}
	return ""
}

// spreads reports whether the actor may hand on the right to assign what costs (D-044).
func (q *asker) spreads() bool { return q.s.Tenant.Spread || q.carries("system_owner") }

// give decides a single grant or deny, and taking one away.
func (q *asker) give(x *pbx.Person, g *pbx.Grant, taken bool) Code {
	if !q.outranks(x) {
		return Standing
	}
	right, _ := ParseRight(g.Right)
	if g.Deny != taken { // a deny is given, or an allow is taken away
		if g.Deny && (right == RoleSystem || doors.has(right)) && q.lastOwner(x.User.ID, nil) {
			return LastOwner
		}
		return ""
	}
	return q.spares(x, g, right)
}

// approve decides what a person gives because he was asked for it (N-7): never a deny and never without end. It asks for no
// standing, because nothing happens to anybody against his will.
func (q *asker) approve(x *pbx.Person, g *pbx.Grant) Code {
	right, _ := ParseRight(g.Right)
	if g.Deny || q.t.more.taken || g.Until.IsZero() {
		return Ceiling
	}
	return q.spares(x, g, right)
}

// spares reports whether the actor holds what he gives, as far and as long, and may give what costs.
func (q *asker) spares(x *pbx.Person, g *pbx.Grant, right Right) Code {
	if right == RoleSystem {
		return NotAssignable // only inside the role of a System Owner
	}
	w := wish{right: right, scope: g.Scope, except: g.Except, since: g.Since, until: g.Until, to: x, taken: q.t.more.recent}
	if !q.covers(&w) {
		return Ceiling
	}
	if (catalogue[right].billable || right == BillingAssign) && !q.pays(x) ||
		right == BillingAssign && !q.spreads() {
		return Billing
	}
	return ""
}

// lend decides what a person lets a deputy do for him (N-21). It asks for no standing: everybody may have his head as
// deputy.
func (q *asker) lend(g *pbx.Grant) Code {
	right, _ := ParseRight(g.Right)
	if !lendable.has(right) || g.Deny || g.Scope.Kind != pbx.ScopeListed || len(g.Scope.Refs) != 1 ||
		g.Scope.Refs[0] != q.me.User.Ref() {
		return Deputy
	}
	if q.t.more.taken {
		return ""
	}
	if g.Until.IsZero() {
		return Deputy
	}
	if right == CallPickup {
		right = CallReceive // over his ringing calls: whom they ring may lend them
	}
	me := User(q.me.User.ID)
	o := q.over(&me)
	if o.denied(right) || !o.lasts(right, g.Until) {
		return Ceiling
	}
	return ""
}

// appoint decides an office-wide role, level or permission, and its end.
func (q *asker) appoint(x *pbx.Person, r Right) Code {
	a := q.t.more.assign
	if !q.outranks(x) {
		return Standing
	}
	if q.t.more.taken {
		if !q.revokes(x, a) {
			return Standing
		}
		if a.Role == "system_owner" && q.lastOwner(x.User.ID, a) {
			return LastOwner
		}
		return ""
	}
	return q.assigns(x, a, r)
}

// lasts reports whether the actor holds a right over the target at least until an end.
func (q *asker) lasts(r Right, until time.Time) bool {
	w := wish{right: r, scope: pbx.Scope{Kind: pbx.ScopeSelf}, until: until, to: q.me}
	return q.covers(&w)
}

// costs reports whether a role carries something billable.
func (q *asker) costs(id pbx.RoleID) bool {
	if b := builtinOf(id); b != nil {
		return b.billed
	}
	return Billed(q.s.Roles[id])
}

// Billed reports whether a custom role carries something billable.
func Billed(custom *pbx.Role) bool {
	if custom != nil {
		for name, c := range custom.Cells {
			if r, ok := ParseRight(name); ok && c != pbx.ScopeNone && catalogue[r].billable {
				return true
			}
		}
	}
	return false
}

// pays reports whether billing.assign reaches a person (I-9).
func (q *asker) pays(x *pbx.Person) bool {
	t := User(x.User.ID)
	o := q.over(&t)
	return o.may(BillingAssign)
}

// lastOwner reports whether a person is the only active System Owner whose role has no end, when the given assignment or,
// without one, all of his are left out.
func (q *asker) lastOwner(x pbx.UserID, without *pbx.Assignment) bool {
	is := false
	for _, a := range q.s.Assignments {
		if a.Role != "system_owner" || a.Scope.Kind != pbx.ScopeAll || !a.Until.IsZero() || !q.inForce(a) {
			continue
		}
		switch u := q.s.Users[a.User]; {
		case u == nil || u.IsSuspended(q.when):
		case a.User == x && (without == nil || a.ID == without.ID):
			is = true
		default:
			return false
		}
	}
	return is
}
