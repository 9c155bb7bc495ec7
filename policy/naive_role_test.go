package policy

import (
	"slices"

	"tandem/pbx"
)

// isOf reports whether a role exists and is given as groups give roles, or as levels are given.
func (n naive) isOf(role pbx.RoleID, class Class) bool {
	for _, b := range Roles() {
		if b.ID == role {
			return b.Class == class
		}
	}
	custom := n.s.Roles[role]
	return custom != nil && (custom.Class == pbx.RoleLevel) == (class == ClassLevel) && class != ClassOffice
}

// handsOn reports whether u holds what a cell of a role gives x: at all for what reaches only x himself, else over all of it.
func (n naive) handsOn(u, x pbx.UserID, r Right, cell pbx.ScopeKind, w nWish) bool {
	if cell != pbx.ScopeSelf {
		w.right, w.to = r, x
		return r != RoleSystem && n.holds(u, w)
	}
	if isDoor(r) {
		return n.door(u, r) == ""
	}
	list := n.grants(u, r)
	if slices.ContainsFunc(list, func(g nGrant) bool { return g.deny }) {
		return false
	}
	for _, g := range list {
		if !g.outside && (g.until.IsZero() || !w.until.IsZero() && !w.until.After(g.until)) {
			return true
		}
	}
	for y := Right(1); y < rightCount; y++ {
		if slices.Contains(y.Implies(), r) && n.handsOn(u, x, y, cell, w) {
			return true
		}
	}
	return false
}

// byCustom lists how far custom roles carry a right for u.
func (n naive) byCustom(u pbx.UserID, r Right) (scopes []pbx.Scope) {
	for _, m := range n.memberships(u, n.at) {
		if k := n.cell(m.Role, r); isCustom(m.Role) && k != "" {
			scopes = append(scopes, pbx.Scope{Kind: k, Group: m.Group})
		}
	}
	for _, a := range n.appointed(u) {
		switch k := n.cell(a.Role, r); {
		case !isCustom(a.Role) || k == "":
		case k == pbx.ScopeSelf:
			scopes = append(scopes, pbx.Scope{Kind: k})
		default:
			scopes = append(scopes, a.Scope)
		}
	}
	return scopes
}

// byHolding reports whether u may give a role in a group because he holds all of it there.
func (n naive) byHolding(u, x pbx.UserID, role pbx.RoleID, g pbx.GroupID) bool {
	if !n.may(u, MembershipRole, n.group(g)) || n.onlyHere(u, g) && !n.underCeiling(role, g) {
		return false
	}
	for r := Right(1); r < rightCount; r++ {
		k := n.cell(role, r)
		if k != "" && !n.handsOn(u, x, r, k, nWish{scope: pbx.Scope{Kind: k, Group: g}, since: n.at}) {
			return false
		}
	}
	return true
}

// onlyHere reports whether u changes roles in a group by nothing that reaches there from above.
func (n naive) onlyHere(u pbx.UserID, g pbx.GroupID) bool {
	for _, w := range n.grants(u, MembershipRole) {
		above := !w.place || w.from == "role" && w.scope.Kind == pbx.ScopeTree
		if !w.deny && above && w.scope.Kind != pbx.ScopeSelf && n.inScope(g, w.scope) {
			return false
		}
	}
	return true
}

// underCeiling reports whether some role that managers of the group may give has all that a role has.
func (n naive) underCeiling(role pbx.RoleID, g pbx.GroupID) bool {
	order := []pbx.RoleID{"user", "receptionist", "manager", "group_admin"}
	width := []pbx.ScopeKind{"", pbx.ScopeSelf, pbx.ScopeGroup, pbx.ScopeTree, pbx.ScopeListed, pbx.ScopeAll}
	top := n.s.Groups[g].Ceiling
	if top == "" {
		top = "manager"
	}
	for _, o := range order[:slices.Index(order, top)+1] {
		more := false
		for r := Right(1); r < rightCount; r++ {
			more = more || slices.Index(width, n.cell(role, r)) > slices.Index(width, n.cell(o, r))
		}
		if !more {
			return true
		}
	}
	return false
}

// shape answers for a wish to change a custom role.
func (n naive) shape(u pbx.UserID, t Target, token bool) Code {
	was, is := t.more.was, t.more.is
	var places []*pbx.Membership
	var levels []*pbx.Assignment
	if was != nil {
		for _, m := range n.s.Memberships {
			if m.Role == was.ID && (m.Until.IsZero() || n.at.Before(m.Until)) {
				places = append(places, m)
			}
		}
		for _, a := range n.s.Assignments {
			if a.Role == was.ID && (a.Until.IsZero() || n.at.Before(a.Until)) {
				levels = append(levels, a)
			}
		}
	}
	if slices.ContainsFunc(places, func(m *pbx.Membership) bool { return m.User == u }) ||
		slices.ContainsFunc(levels, func(a *pbx.Assignment) bool { return a.User == u }) {
		return Oneself
	}
	if code := n.decide(u, RoleEdit, nThing{kind: KindSystem, then: n.at}); code != "" {
		return code
	}
	said := func(r *pbx.Role, x Right) pbx.ScopeKind {
		if r == nil {
			return ""
		}
		return r.Cells[x.String()]
	}
	width := []pbx.ScopeKind{"", pbx.ScopeSelf, pbx.ScopeGroup, pbx.ScopeTree, pbx.ScopeListed, pbx.ScopeAll}
	var more []Right
	same := true
	for r := Right(1); r < rightCount; r++ {
		same = same && said(was, r) == said(is, r)
		if slices.Index(width, said(is, r)) > slices.Index(width, said(was, r)) {
			more = append(more, r)
		}
	}
	switch {
	case token && len(more) > 0 && len(places)+len(levels) > 0:
		return ByTokenOnly
	case is == nil || same:
		return ""
	}
	for _, m := range places {
		if !n.takesRole(u, m.User, m) || !n.takesOffice(u, m.User) {
			return Standing
		}
	}
	for _, a := range levels {
		if !n.stands(u, a.User) {
			return Standing
		}
	}
	costs := false
	for _, r := range more {
		k := said(is, r)
		costs = costs || r.IsBillable()
		fits := k == pbx.ScopeSelf || (k == pbx.ScopeAll) == (is.Class == pbx.RoleLevel)
		if r == RoleSystem || r == AdminAccess || !knows(r, k) || !fits || !n.handsOn(u, "", r, pbx.ScopeSelf, nWish{until: n.at}) {
			return Ceiling
		}
		for _, m := range places {
			if !n.handsOn(u, m.User, r, k, nWish{scope: pbx.Scope{Kind: k, Group: m.Group}, since: m.From, until: m.Until}) {
				return Ceiling
			}
		}
		for _, a := range levels {
			if !n.handsOn(u, a.User, r, k, nWish{scope: a.Scope, except: a.Except, since: a.Since, until: a.Until}) {
				return Ceiling
			}
		}
	}
	unpaid := func(x pbx.UserID) bool { return !n.may(u, BillingAssign, n.person(x)) }
	if costs && (slices.ContainsFunc(places, func(m *pbx.Membership) bool { return unpaid(m.User) }) ||
		slices.ContainsFunc(levels, func(a *pbx.Assignment) bool { return unpaid(a.User) })) {
		return Billing
	}
	return ""
}

// takesOffice reports whether u could take away every office-wide role of x.
func (n naive) takesOffice(u, x pbx.UserID) bool {
	for _, a := range n.appointed(x) {
		if n.isOf(a.Role, ClassOffice) && !n.takesLevel(u, x, a) {
			return false
		}
	}
	return true
}

// levelByHolding answers whether u may give x a level because he holds all of it over as much.
func (n naive) levelByHolding(u, x pbx.UserID, a *pbx.Assignment, taken bool) Code {
	if !n.isOf(a.Role, ClassLevel) {
		return NotAssignable
	}
	costs := false
	for r := Right(1); r < rightCount; r++ {
		k := n.cell(a.Role, r)
		if k != "" && !n.handsOn(u, x, r, k, nWish{scope: a.Scope, except: a.Except, since: a.Since, until: a.Until, taken: taken}) {
			return Ceiling
		}
		costs = costs || k != "" && r.IsBillable()
	}
	if costs && !n.may(u, BillingAssign, n.person(x)) {
		return Billing
	}
	return ""
}
