package policy

import (
	"time"

	"tandem/pbx"
)

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
		return q.isClass(role, ClassGroup) && q.fills(x, role, n, &o)
	}
	for i := range handings {
		h := &handings[i]
		if h.through != MembershipEdit && h.through != MembershipRole {
			continue
		}
		ok := h.roles.has(role)
		if h.on == ceiling || h.granter == "manager" {
			ok = q.climbs(n, role)
		}
		if ok && q.presides(h, n) && (role == "user" && r == MembershipEdit || o.may(h.through)) {
			return true
		}
	}
	// The table speaks of holders of built-in roles. Who adds people or changes roles by a custom one gives what he holds.
	if role == "user" && q.serves(n, MembershipEdit) {
		return o.may(MembershipEdit)
	}
	return q.isClass(role, ClassGroup) && q.serves(n, MembershipRole) && q.fills(x, role, n, &o)
}

func (q *asker) isClass(id pbx.RoleID, c Class) bool {
	role, ok := RoleOf(q.s, id)
	return ok && role.Class == c
}

// serves reports whether a custom role gives the actor a right over a group.
func (q *asker) serves(n *pbx.Node, r Right) bool {
	for i := range q.me.Places {
		l := &q.me.Places[i]
		if l.Builtin != 0 || q.at < l.From || l.Until <= q.at {
			continue
		}
		if f := (field{scope: q.placed(l, r), node: l.Node}); f.holds(n) {
			return true
		}
	}
	for _, a := range q.me.Assignments {
		if builtinOf(a.Role) != nil || !q.inForce(a) || q.cell(a.Role, r) <= selfScope {
			continue
		}
		if f := q.fieldOf(&a.Scope); f.holds(n) {
			return true
		}
	}
	return false
}

// fills reports whether the actor may give a role in a group by holding it: he may change roles there, and holds each of
// its rights over as much; who may do so only in the group itself stays below its ceiling (C-2).
func (q *asker) fills(x *pbx.Person, id pbx.RoleID, n *pbx.Node, o *asker) bool {
	if !o.may(MembershipRole) || q.isLocal(n) && !q.fitsUnder(id, n) {
		return false
	}
	for r := Right(1); r < rightCount; r++ {
		if c := q.cell(id, r); c != noScope && !q.seat(x, r, c, n, q.when, time.Time{}) {
			return false
		}
	}
	return true
}

// seat reports whether the actor holds a right as far as it reaches from a place in a group, which has begun at some moment
// and ends at another. What reaches no further than
// the receiver himself may be given by whoever holds it at all.
func (q *asker) seat(x *pbx.Person, r Right, c scope, n *pbx.Node, since, until time.Time) bool {
	if c == selfScope {
		return q.owns(r, until)
	}
	return r != RoleSystem && q.covers(&wish{right: r, scope: pbx.Scope{Kind: c.kind(), Group: n.Group.ID}, since: since, until: until, to: x})
}

// bestow is seat for an assignment.
func (q *asker) bestow(x *pbx.Person, r Right, c scope, a *pbx.Assignment, taken bool) bool {
	if c == selfScope {
		return q.owns(r, a.Until)
	}
	return r != RoleSystem && q.covers(&wish{right: r, scope: a.Scope, except: a.Except, since: a.Since, until: a.Until, to: x, taken: taken})
}

// owns reports whether the actor holds a right at all, undenied and until an end, by itself or with one that brings it
// along.
func (q *asker) owns(r Right, until time.Time) bool {
	w := wish{right: r}
	switch {
	case doors.has(r):
		return q.may(r)
	case q.underDeny(&w):
		return false
	}
	end := pbx.Deadline(until)
	for i := range q.me.Places {
		l := &q.me.Places[i]
		if l.From <= q.at && q.at < l.Until && end <= l.Until &&
			(q.placed(l, r) != noScope || l.Overrides[catalogue[r].name] == pbx.OverrideAllow) {
			return true
		}
	}
	for _, a := range q.me.Assignments {
		if q.inForce(a) && end <= pbx.Deadline(a.Until) && q.cell(a.Role, r) != noScope {
			return true
		}
	}
	for _, g := range q.me.Grants {
		if !g.Deny && g.Right == catalogue[r].name && q.counts(g) && end <= pbx.Deadline(g.Until) {
			return true
		}
	}
	for more := direct[r]; !more.isEmpty(); {
		if q.owns(more.pop(), until) {
			return true
		}
	}
	return false
}

// isLocal reports whether the actor changes roles in a group only as somebody who runs this one group.
func (q *asker) isLocal(n *pbx.Node) bool {
	for i := range q.me.Places {
		l := &q.me.Places[i]
		if l.From <= q.at && q.at < l.Until && q.placed(l, MembershipRole) == treeScope && l.Node.Holds(n) {
			return false
		}
	}
	for _, a := range q.me.Assignments {
		if f := q.fieldOf(&a.Scope); q.inForce(a) && q.cell(a.Role, MembershipRole) > selfScope && f.holds(n) {
			return false
		}
	}
	for _, g := range q.me.Grants {
		if f := q.fieldOf(&g.Scope); !g.Deny && g.Right == catalogue[MembershipRole].name && q.counts(g) && f.holds(n) {
			return false
		}
	}
	return true
}

// fitsUnder reports whether a role carries nothing beyond one of the roles that managers of the group may give.
func (q *asker) fitsUnder(id pbx.RoleID, n *pbx.Node) bool {
	for _, top := range ladder {
		if !q.climbs(n, top) {
			continue
		}
		within := true
		for r := Right(1); r < rightCount; r++ {
			within = within && q.cell(id, r) <= builtinOf(top).cells[r]
		}
		if within {
			return true
		}
	}
	return false
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
		return q.bestows(x, a, r, q.t.more.recent)
	}
	if r == GrantEdit && q.isClass(a.Role, ClassLevel) && q.dispenses() && q.bestows(x, a, r, q.t.more.recent) == "" {
		return ""
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
	if o := q.over(&person); (builtinOf(a.Role) == nil || q.dispenses()) && o.may(GrantEdit) && q.bestows(x, a, GrantEdit, true) == "" {
		return true
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
		f.since = pbx.Instant(mine.Since)
		w := wish{scope: a.Scope, except: a.Except, since: a.Since, until: a.Until, to: x, taken: !giving || q.t.more.recent}
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

// dispenses reports whether a custom role lets the actor give levels: the table speaks of holders of built-in ones.
func (q *asker) dispenses() bool {
	for i := range q.me.Places {
		l := &q.me.Places[i]
		if l.Builtin == 0 && l.From <= q.at && q.at < l.Until && q.placed(l, GrantEdit) != noScope {
			return true
		}
	}
	for _, a := range q.me.Assignments {
		if builtinOf(a.Role) == nil && q.inForce(a) && q.cell(a.Role, GrantEdit) != noScope {
			return true
		}
	}
	return false
}

// bestows decides an assignment of a level by what the actor holds: every right of it must be his to give.
func (q *asker) bestows(x *pbx.Person, a *pbx.Assignment, r Right, taken bool) Code {
	if r != GrantEdit || !q.isClass(a.Role, ClassLevel) {
		return NotAssignable
	}
	for right := Right(1); right < rightCount; right++ {
		if c := q.cell(a.Role, right); c != noScope && !q.bestow(x, right, c, a, taken) {
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
