package policy

import "tandem/pbx"

// outranks reports whether the actor could take away everything a person holds above a plain user (I-4).
func (q *asker) outranks(x *pbx.Person) bool {
	for i := range x.Places {
		if l := &x.Places[i]; l.From <= q.at && q.at < l.Until && !q.unseats(x, l) {
			return false
		}
	}
	for _, a := range x.Assignments {
		if q.inForce(a) && !q.revokes(x, a) {
			return false
		}
	}
	for _, g := range x.Grants {
		if g.Deny || !q.counts(g) {
			continue
		}
		t := User(x.User.ID)
		if o := q.over(&t); !o.may(GrantEdit) {
			return false
		}
	}
	return true
}

// unseats reports whether the actor could take away the role of a membership and what was allowed beside it.
func (q *asker) unseats(x *pbx.Person, l *pbx.Place) bool {
	if l.Membership.Role != "user" && !q.seats(x, l.Membership.Role, l.Node, MembershipRole) {
		return false
	}
	for _, v := range l.Overrides {
		if v != pbx.OverrideAllow {
			continue
		}
		g := Group(l.Node.Group.ID)
		o := q.over(&g)
		return o.may(MembershipOverride)
	}
	return true
}

// seats reports whether the actor may give, and so take away, a role in a group. Who adds people gives them the role user
// by that very right.
func (q *asker) seats(x *pbx.Person, role pbx.RoleID, n *pbx.Node, r Right) bool {
	g := Group(n.Group.ID)
	o := q.over(&g)
	if builtinOf(role) == nil {
		return q.fills(x, role, n, &o)
	}
	for i := range handings {
		h := &handings[i]
		if h.through != MembershipEdit && h.through != MembershipRole {
			continue
		}
		ok := h.roles.has(role)
		if h.on == ceiling || h.granter == "manager" {
			ok = climbs(n, role)
		}
		if ok && q.presides(h, n) && (role == "user" && r == MembershipEdit || o.may(h.through)) {
			return true
		}
	}
	return false
}

// fills reports whether the actor may give a custom role in a group: he may change roles there, and holds each of its
// rights over as much.
func (q *asker) fills(x *pbx.Person, id pbx.RoleID, n *pbx.Node, o *asker) bool {
	custom := q.s.Roles[id]
	if custom == nil || !o.may(MembershipRole) {
		return false
	}
	for name, c := range custom.Cells {
		if c == pbx.ScopeNone {
			continue
		}
		right, ok := ParseRight(name)
		w := wish{right: right, scope: pbx.Scope{Kind: c, Group: n.Group.ID}, to: x}
		if !ok || right == RoleSystem || !q.covers(&w) {
			return false
		}
	}
	return true
}

// presides reports whether the actor holds the granter's role where a group lies.
func (q *asker) presides(h *handing, n *pbx.Node) bool {
	if h.where == ownGroup || h.where == ownTree {
		for i := range q.me.Places {
			l := &q.me.Places[i]
			if l.Membership.Role == h.granter && l.From <= q.at && q.at < l.Until &&
				(l.Node == n || h.where == ownTree && l.Node.Holds(n)) {
				return true
			}
		}
		return false
	}
	for _, a := range q.me.Assignments {
		if a.Role != h.granter || !q.inForce(a) {
			continue
		}
		f := q.fieldOf(&a.Scope)
		if f.holds(n) {
			return true
		}
	}
	return false
}

// assigns decides whether the actor may give an office-wide role, level or permission.
func (q *asker) assigns(x *pbx.Person, a *pbx.Assignment, r Right) Code {
	if builtinOf(a.Role) == nil {
		return q.bestows(x, a, r)
	}
	code := NotAssignable
	for i := range handings {
		h := &handings[i]
		if h.through != r || !h.roles.has(a.Role) || !q.oversees(h, x, a, true) {
			continue
		}
		paid := true
		switch {
		case h.on == spread:
			paid = q.s.Tenant.Spread
		case h.on == billed:
			paid = q.covers(&wish{right: BillingAssign, scope: a.Scope, except: a.Except, until: q.when, to: x})
		}
		if paid && (!q.costs(a.Role) || q.pays(x)) {
			return ""
		}
		code = Billing
	}
	return code
}

// revokes reports whether the actor could take away an office-wide role, level or permission.
func (q *asker) revokes(x *pbx.Person, a *pbx.Assignment) bool {
	system, person := System(), User(x.User.ID)
	if builtinOf(a.Role) == nil {
		return q.bestows(x, a, GrantEdit) == ""
	}
	for i := range handings {
		h := &handings[i]
		if !h.roles.has(a.Role) || !q.oversees(h, x, a, false) || h.on == spread && !q.s.Tenant.Spread {
			continue
		}
		o := q.over(&person)
		if h.through == RoleSystem {
			o = q.over(&system)
		}
		if o.may(h.through) {
			return true
		}
	}
	return false
}

// oversees reports whether the actor holds the granter's role over as much as an assignment reaches. What is given
// carries his exclusions and ends with his role (I-10).
func (q *asker) oversees(h *handing, x *pbx.Person, a *pbx.Assignment, giving bool) bool {
	for _, mine := range q.me.Assignments {
		if mine.Role != h.granter || !q.inForce(mine) {
			continue
		}
		f := q.fieldOf(&mine.Scope)
		w := wish{scope: a.Scope, except: a.Except, since: a.Since, until: a.Until, to: x}
		if !q.within(&f, &w) {
			continue
		}
		if !giving || carriesOver(mine.Except, a.Except) && !a.Since.Before(mine.Since) &&
			pbx.Deadline(a.Until) <= pbx.Deadline(mine.Until) {
			return true
		}
	}
	return false
}

// bestows decides an assignment of a custom role: every right of it must be the actor's to give.
func (q *asker) bestows(x *pbx.Person, a *pbx.Assignment, r Right) Code {
	custom := q.s.Roles[a.Role]
	if custom == nil || r != GrantEdit {
		return NotAssignable
	}
	for name, c := range custom.Cells {
		if c == pbx.ScopeNone {
			continue
		}
		right, ok := ParseRight(name)
		w := wish{right: right, scope: a.Scope, except: a.Except, since: a.Since, until: a.Until, to: x}
		if c == pbx.ScopeSelf {
			w.scope = pbx.Scope{Kind: pbx.ScopeSelf}
		}
		if !ok || right == RoleSystem || !q.covers(&w) {
			return Ceiling
		}
	}
	if q.costs(a.Role) && !q.pays(x) {
		return Billing
	}
	return ""
}

// carries reports whether the actor holds an office-wide role now.
func (q *asker) carries(role pbx.RoleID) bool {
	for _, a := range q.me.Assignments {
		if a.Role == role && q.inForce(a) {
			return true
		}
	}
	return false
}

// carriesOver reports whether what is given leaves out everything the giver's own grant leaves out.
func carriesOver(mine, given []pbx.Ref) bool {
	for _, r := range mine {
		if !lists(given, r.Kind, r.ID) {
			return false
		}
	}
	return true
}
