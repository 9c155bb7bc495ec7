package policy

import (
	"slices"
	"time"

	"tandem/pbx"
)

func (n naive) person(u pbx.UserID) nThing {
	return nThing{kind: KindUser, people: []pbx.UserID{u}, then: n.at}
}

func (n naive) group(g pbx.GroupID) nThing {
	return nThing{kind: KindGroup, groups: []pbx.GroupID{g}, then: n.at}
}

func (n naive) may(u pbx.UserID, r Right, t nThing) bool { return n.decide(u, r, t) == "" }

func (n naive) appointed(u pbx.UserID) (all []*pbx.Assignment) {
	for _, a := range n.s.Assignments {
		if a.User == u && during(a.From, a.Until, n.at) {
			all = append(all, a)
		}
	}
	return all
}

func isCustom(id pbx.RoleID) bool {
	return !slices.ContainsFunc(Roles(), func(r Role) bool { return r.ID == id })
}

// givesPlace reports whether u may give (and so take) a role in a group.
func (n naive) givesPlace(u, x pbx.UserID, role pbx.RoleID, g pbx.GroupID, asked Right) bool {
	if isCustom(role) {
		return n.isOf(role, ClassGroup) && n.byHolding(u, x, role, g)
	}
	for _, h := range handings {
		lists := slices.Contains(h.roles, role)
		if h.granter == "manager" {
			order := []pbx.RoleID{"user", "receptionist", "manager", "group_admin"}
			top := n.s.Groups[g].Ceiling
			if top == "" {
				top = "manager"
			}
			lists = slices.Contains(order, role) && slices.Index(order, role) <= slices.Index(order, top)
		}
		if !lists || h.through != MembershipEdit && h.through != MembershipRole {
			continue
		}
		if !(role == "user" && asked == MembershipEdit) && !n.may(u, h.through, n.group(g)) {
			continue
		}
		for _, m := range n.memberships(u, n.at) {
			if m.Role == h.granter && (h.where == ownGroup && m.Group == g || h.where == ownTree && n.isUnder(g, m.Group)) {
				return true
			}
		}
		for _, a := range n.appointed(u) {
			if a.Role == h.granter && (h.where == office || h.where == asHeld) && n.inScope(g, a.Scope) {
				return true
			}
		}
	}
	reaches := func(r Right) bool {
		return slices.ContainsFunc(n.byCustom(u, r), func(c pbx.Scope) bool { return c.Kind != pbx.ScopeSelf && n.inScope(g, c) })
	}
	if role == "user" && reaches(MembershipEdit) {
		return n.may(u, MembershipEdit, n.group(g))
	}
	return n.isOf(role, ClassGroup) && reaches(MembershipRole) && n.byHolding(u, x, role, g)
}

// givesLevel finds the lines of the table by which u may give an assignment (and, unless giving, take it).
func (n naive) givesLevel(u, x pbx.UserID, a *pbx.Assignment, giving bool) (lines []handing) {
	for _, h := range handings {
		if !slices.Contains(h.roles, a.Role) {
			continue
		}
		for _, mine := range n.appointed(u) {
			if mine.Role != h.granter || !n.inside(u, mine.Scope, a.Scope, x) || giving && !n.remembers(mine.Scope, mine.Since, a.Scope, a.Since) {
				continue
			}
			if giving && (!all(mine.Except, a.Except) || a.Since.Before(mine.Since) || !mine.Until.IsZero() && (a.Until.IsZero() || a.Until.After(mine.Until))) {
				continue
			}
			lines = append(lines, h)
			break
		}
	}
	return lines
}

func all(need, have []pbx.Ref) bool {
	for _, r := range need {
		if !slices.Contains(have, r) {
			return false
		}
	}
	return true
}

// inside reports whether a scope to be given lies in one that is held, for a receiver.
func (n naive) inside(u pbx.UserID, held, given pbx.Scope, x pbx.UserID) bool {
	switch given.Kind {
	case pbx.ScopeNone:
		return false
	case pbx.ScopeSelf:
		if x == u {
			return held.Kind == pbx.ScopeSelf || n.personInScope(x, held, n.at)
		}
		return held.Kind != pbx.ScopeSelf && held.Kind != pbx.ScopeNone && n.personInScope(x, held, n.at)
	case pbx.ScopeAll:
		return held.Kind == pbx.ScopeAll
	}
	if held.Kind == pbx.ScopeAll {
		return true
	}
	switch given.Kind {
	case pbx.ScopeGroup:
		return n.inScope(given.Group, held)
	case pbx.ScopeTree:
		return held.Kind == pbx.ScopeTree && n.inScope(given.Group, held)
	}
	for _, r := range given.Refs {
		ok := held.Kind == pbx.ScopeListed && slices.Contains(held.Refs, r)
		switch r.Kind {
		case pbx.KindUser:
			ok = ok || n.personInScope(pbx.UserID(r.ID), held, n.at)
		case pbx.KindGroup:
			ok = ok || n.inScope(pbx.GroupID(r.ID), held)
		}
		if !ok {
			return false
		}
	}
	return true
}

type nWish struct {
	right        Right
	scope        pbx.Scope
	except       []pbx.Ref
	since, until time.Time
	to           pbx.UserID
	taken        bool // or given back: the past is not asked
}

// speaksOfPast reports whether a right is one over calls or recordings that are over, or brings such a one along.
func speaksOfPast(r Right) bool {
	if (r.fits(KindCall) || r.fits(KindRecording)) && !live.has(r) {
		return true
	}
	return slices.ContainsFunc(r.Implies(), speaksOfPast)
}

// remembers reports whether everybody whom a scope that is given reaches is reached by the one that is held as far back:
// through a group only since he has been in it.
func (n naive) remembers(held pbx.Scope, since time.Time, given pbx.Scope, asked time.Time) bool {
	if given.Kind == pbx.ScopeSelf {
		return true
	}
	if asked.Before(since) {
		return false
	}
	for _, r := range given.Refs {
		if given.Kind == pbx.ScopeListed && r.Kind == pbx.KindUser && !n.everSince(pbx.UserID(r.ID), held, asked) {
			return false
		}
	}
	return true
}

// everSince reports whether a person lay in a scope at every moment from a given one until now.
func (n naive) everSince(u pbx.UserID, c pbx.Scope, since time.Time) bool {
	moments := []time.Time{since, n.at}
	for _, m := range n.s.MembershipsOf(u) {
		moments = append(moments, m.From, m.Until)
	}
	for _, at := range moments {
		if !at.Before(since) && !at.After(n.at) && !n.personInScope(u, c, at) {
			return false
		}
	}
	return true
}

// holds reports whether u holds a wish whole: undenied, exclusions carried over, not ending earlier.
func (n naive) holds(u pbx.UserID, w nWish) bool {
	if isDoor(w.right) {
		return n.door(u, w.right) == ""
	}
	var ways []nGrant
	var gather func(r Right)
	gather = func(r Right) {
		list := n.grants(u, r)
		if w.to != u && slices.ContainsFunc(list, func(g nGrant) bool { return g.deny }) {
			return
		}
		for _, g := range list {
			if !g.deny && !g.outside {
				ways = append(ways, g)
			}
		}
		for x := Right(1); x < rightCount; x++ {
			if slices.Contains(x.Implies(), r) {
				gather(x)
			}
		}
	}
	list := n.grants(u, w.right)
	if w.to != u && slices.ContainsFunc(list, func(g nGrant) bool { return g.deny }) {
		return false
	}
	gather(w.right)
	for _, g := range ways {
		if !g.until.IsZero() && (w.until.IsZero() || w.until.After(g.until)) || !all(g.except, w.except) {
			continue
		}
		own := w.scope.Kind == pbx.ScopeSelf // which opens the whole past, whatever stands in the wish
		if !g.place && g.scope.Kind != pbx.ScopeSelf && (own && !g.since.IsZero() || !own && w.since.Before(g.since)) {
			continue
		}
		if !w.taken && speaksOfPast(g.right) && g.scope.Kind != pbx.ScopeSelf && !n.remembers(g.scope, g.since, w.scope, w.since) {
			continue // what is given reaches no further back than what it is given from
		}
		selfOnly := len(g.right.Scopes()) == 1 && knows(g.right, pbx.ScopeSelf)
		if selfOnly || n.inside(u, g.scope, w.scope, w.to) {
			return true
		}
	}
	return false
}

func (n naive) takesRole(u, x pbx.UserID, m *pbx.Membership) bool {
	if m.Role != "user" && !n.givesPlace(u, x, m.Role, m.Group, MembershipRole) {
		return false
	}
	for _, v := range m.Overrides {
		if v == pbx.OverrideAllow && !n.may(u, MembershipOverride, n.group(m.Group)) {
			return false
		}
	}
	return true
}

func (n naive) takesLevel(u, x pbx.UserID, a *pbx.Assignment) bool {
	free := isCustom(a.Role) || len(n.byCustom(u, GrantEdit)) > 0
	if free && n.may(u, GrantEdit, n.person(x)) && n.levelByHolding(u, x, a, true) == "" {
		return true
	}
	for _, h := range n.givesLevel(u, x, a, false) {
		where := n.person(x)
		if h.through == RoleSystem {
			where = nThing{kind: KindSystem, then: n.at}
		}
		if (h.on != spread || n.s.Tenant.Spread) && n.may(u, h.through, where) {
			return true
		}
	}
	return false
}

// stands reports whether u could take away everything x holds above a plain user.
func (n naive) stands(u, x pbx.UserID) bool {
	for _, m := range n.memberships(x, n.at) {
		if !n.takesRole(u, x, m) {
			return false
		}
	}
	for _, a := range n.appointed(x) {
		if !n.takesLevel(u, x, a) {
			return false
		}
	}
	for _, g := range n.s.Grants {
		if g.User == x && !g.Deny && during(g.From, g.Until, n.at) && !n.may(u, GrantEdit, n.person(x)) {
			return false
		}
	}
	return true
}

// owning are the assignments that make somebody a System Owner without end.
func (n naive) owning() (all []*pbx.Assignment) {
	for _, a := range n.s.Assignments {
		if a.Role == "system_owner" && a.Scope.Kind == pbx.ScopeAll && a.Until.IsZero() && !n.at.Before(a.From) && !n.s.Users[a.User].IsSuspended(n.at) {
			all = append(all, a)
		}
	}
	return all
}

func (n naive) isLastOwner(x pbx.UserID) bool {
	all := n.owning()
	return len(all) > 0 && !slices.ContainsFunc(all, func(a *pbx.Assignment) bool { return a.User != x })
}

// costly reports whether a role carries something billable.
func (n naive) costly(role pbx.RoleID) bool {
	for r := Right(1); r < rightCount; r++ {
		if r.IsBillable() && n.cell(role, r) != "" {
			return true
		}
	}
	return false
}

// delegate answers for a wish to hand on.
func (n naive) delegate(u pbx.UserID, r Right, t Target) Code {
	if !t.speaks(r) {
		return Unknown
	}
	x := t.user
	if x == u {
		return Oneself
	}
	ground := n.person(x)
	switch {
	case r == DelegateGive:
		ground = n.person(u)
	case r == RoleSystem:
		ground = nThing{kind: KindSystem, then: n.at}
	case t.kind == KindMembership:
		ground = n.group(t.group)
	}
	if code := n.decide(u, r, ground); code != "" {
		return code
	}
	var now *pbx.Membership
	for _, m := range n.memberships(x, n.at) {
		if m.Group == t.group {
			now = m
		}
	}
	switch {
	case t.kind == KindRole:
		return n.level(u, r, t)
	case t.kind == KindGrant && r == DelegateGive:
		return n.deputy(u, t)
	case t.kind == KindGrant && r == RequestApprove:
		if t.more.grant.Deny || t.more.taken || t.more.grant.Until.IsZero() {
			return Ceiling
		}
		return n.held(u, t)
	case t.kind == KindGrant:
		return n.single(u, t)
	case t.more.right != NoRight:
		return n.override(u, t, now)
	}
	// a place
	if now == nil && t.more.role != "" {
		foreign, mine := false, false
		for _, m := range n.memberships(x, n.at) {
			foreign = foreign || !n.s.Groups[m.Group].Default
			mine = mine || n.may(u, MembershipEdit, n.group(m.Group))
		}
		if foreign && !mine {
			return PullIn
		}
	}
	if now != nil && !n.takesRole(u, x, now) {
		return Standing
	}
	if !n.takesOffice(u, x) {
		return Standing
	}
	switch {
	case t.more.role == "" || now != nil && now.Role == t.more.role:
		return ""
	case n.s.Groups[t.group].Default && t.more.role != "user" && t.more.role != "receptionist":
		return DefaultGroup
	case !n.givesPlace(u, x, t.more.role, t.group, r):
		return NotAssignable
	case n.costly(t.more.role) && !n.may(u, BillingAssign, n.person(x)) && !n.may(u, BillingAssign, n.group(t.group)):
		return Billing
	}
	return ""
}

func (n naive) level(u pbx.UserID, r Right, t Target) Code {
	x, a := t.user, t.more.assign
	if !n.stands(u, x) {
		return Standing
	}
	if t.more.taken {
		if !n.takesLevel(u, x, a) {
			return Standing
		}
		if all := n.owning(); a.Role == "system_owner" && len(all) == 1 && all[0].User == x && all[0].ID == a.ID {
			return LastOwner
		}
		return ""
	}
	if isCustom(a.Role) {
		if r != GrantEdit {
			return NotAssignable
		}
		return n.levelByHolding(u, x, a, false)
	}
	if r == GrantEdit && len(n.byCustom(u, GrantEdit)) > 0 && n.levelByHolding(u, x, a, false) == "" {
		return ""
	}
	code := NotAssignable
	for _, h := range n.givesLevel(u, x, a, true) {
		if h.through != r {
			continue
		}
		paid := !n.costly(a.Role) || n.may(u, BillingAssign, n.person(x))
		if h.on == spread {
			paid = paid && n.s.Tenant.Spread
		}
		if h.on == billed {
			paid = paid && n.holds(u, nWish{right: BillingAssign, scope: a.Scope, except: a.Except, until: n.at, to: x})
		}
		if paid {
			return ""
		}
		code = Billing
	}
	return code
}

func (n naive) deputy(u pbx.UserID, t Target) Code {
	g := t.more.grant
	can := []string{"presence.set", "forwarding.edit", "voicemail.play", "voicemail.edit", "call.see", "call.pickup", "call.divert",
		"call.transfer", "call.originate"}
	me := pbx.Ref{Kind: pbx.KindUser, ID: string(u)}
	if !slices.Contains(can, g.Right) || g.Deny || g.Scope.Kind != pbx.ScopeListed || !slices.Equal(g.Scope.Refs, []pbx.Ref{me}) ||
		g.Until.IsZero() && !t.more.taken {
		return Deputy
	}
	if t.more.taken {
		return ""
	}
	r, _ := ParseRight(g.Right)
	if r == CallPickup {
		r = CallReceive
	}
	if n.denies(u, r, n.person(u)) || !n.holds(u, nWish{right: r, scope: pbx.Scope{Kind: pbx.ScopeSelf}, until: g.Until, to: u}) {
		return Ceiling
	}
	return ""
}

func (n naive) single(u pbx.UserID, t Target) Code {
	g := t.more.grant
	r, _ := ParseRight(g.Right)
	if !n.stands(u, t.user) {
		return Standing
	}
	if g.Deny != t.more.taken {
		if g.Deny && (r == RoleSystem || isDoor(r)) && n.isLastOwner(t.user) {
			return LastOwner
		}
		return ""
	}
	return n.held(u, t)
}

// held is about giving what one holds oneself.
func (n naive) held(u pbx.UserID, t Target) Code {
	g := t.more.grant
	r, _ := ParseRight(g.Right)
	if r == RoleSystem {
		return NotAssignable
	}
	if !n.holds(u, nWish{r, g.Scope, g.Except, g.Since, g.Until, t.user, false}) {
		return Ceiling
	}
	owner := slices.ContainsFunc(n.appointed(u), func(a *pbx.Assignment) bool { return a.Role == "system_owner" })
	if (r.IsBillable() || r == BillingAssign) && !n.may(u, BillingAssign, n.person(t.user)) || r == BillingAssign && !owner && !n.s.Tenant.Spread {
		return Billing
	}
	return ""
}

func (n naive) override(u pbx.UserID, t Target, now *pbx.Membership) Code {
	if now == nil {
		return Unknown
	}
	if !n.stands(u, t.user) {
		return Standing
	}
	r := t.more.right
	if r == RoleSystem && t.more.override == pbx.OverrideAllow {
		return NotAssignable
	}
	cell := n.cell(now.Role, r)
	if cell == pbx.ScopeAll || cell == pbx.ScopeListed {
		cell = ""
	}
	switch {
	case t.more.override == pbx.OverrideDeny:
		return ""
	case t.more.override == "" && now.Overrides[r.String()] != pbx.OverrideDeny || t.more.override == "" && cell == "":
		return ""
	case t.more.override == pbx.OverrideAllow && (cell == "" || cell == pbx.ScopeSelf):
		cell = pbx.ScopeSelf
		if knows(r, pbx.ScopeGroup) {
			cell = pbx.ScopeGroup
		}
	}
	w := nWish{right: r, scope: pbx.Scope{Kind: cell, Group: t.group}, to: t.user, taken: t.more.override == ""}
	if cell != pbx.ScopeSelf {
		w.since = now.From
	}
	if !n.holds(u, w) {
		return Ceiling
	}
	owner := slices.ContainsFunc(n.appointed(u), func(a *pbx.Assignment) bool { return a.Role == "system_owner" })
	if (r.IsBillable() || r == BillingAssign) && !n.may(u, BillingAssign, n.person(t.user)) || r == BillingAssign && !owner && !n.s.Tenant.Spread {
		return Billing
	}
	return ""
}
