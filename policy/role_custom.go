package policy

import (
	"cmp"
	"slices"

	"tandem/pbx"
)

// RoleOf finds a role, built in or custom; false when there is none.
func RoleOf(s *pbx.Snapshot, id pbx.RoleID) (Role, bool) {
	if b := builtinOf(id); b != nil {
		return Role{b.id, b.class, nil}, true
	}
	if custom := s.Roles[id]; custom != nil {
		return Role{id, classOf(custom), custom}, true
	}
	return Role{}, false
}

// AllRoles lists the built-in roles in the order of the catalogue and then the custom ones in order of name.
func AllRoles(s *pbx.Snapshot) []Role {
	all := Roles()
	for _, custom := range s.Roles {
		all = append(all, Role{custom.ID, classOf(custom), custom})
	}
	slices.SortFunc(all[len(roles):], func(a, b Role) int {
		return cmp.Or(cmp.Compare(pbx.FoldName(a.Custom.Name), pbx.FoldName(b.Custom.Name)), cmp.Compare(a.ID, b.ID))
	})
	return all
}

func classOf(custom *pbx.Role) Class {
	if custom.IsLevel() {
		return ClassLevel
	}
	return ClassGroup
}

// CellScopes lists what a cell of a custom role may say about a right, from narrow to wide. Nothing at all for
// role.system, which stands in the role of a System Owner only, and for admin.access, which is never stored
// (G-024).
func CellScopes(class pbx.RoleClass, r Right) []pbx.ScopeKind {
	if r == RoleSystem || r == AdminAccess || !r.known() {
		return nil
	}
	return slices.DeleteFunc(r.Scopes(), func(k pbx.ScopeKind) bool { return !class.Fits(k) })
}

// shape decides what becomes of a custom role (B-111): the ceiling of who may change roles binds the template, and
// everything it does to the people who hold it is given and taken like any other right.
func (q *asker) shape(d *Decision, token bool) Code {
	m := q.t.more
	if q.uses(q.me, m.was) {
		return Oneself
	}
	system := System()
	o := q.over(&system)
	if code := o.core(RoleEdit, &d.way, &d.need); code != "" {
		return code
	}
	d.way.delegated = true
	more := grown(m.was, m.is)
	holders := q.holders(m.was)
	if token && len(more) > 0 && len(holders) > 0 {
		return ByTokenOnly // a program gives no rights (I-16)
	}
	if m.is == nil || !changed(m.was, m.is) {
		return ""
	}
	for _, x := range holders {
		if !q.reforms(x, m.was.ID) {
			return Standing
		}
	}
	for _, r := range more {
		if !slices.Contains(CellScopes(m.is.Class, r), m.is.Cells[catalogue[r].name]) || !q.owns(r, q.when) {
			return Ceiling
		}
	}
	costs := slices.ContainsFunc(more, Right.IsBillable)
	for _, x := range holders {
		if !q.widens(x, m.is, more) {
			return Ceiling
		}
	}
	for _, x := range holders {
		if costs && !q.pays(x) {
			return Billing
		}
	}
	return ""
}

// changed reports whether two shapes of a role differ in what they give.
func changed(was, is *pbx.Role) bool {
	for r := Right(1); r < rightCount; r++ {
		if cellOf(was, r) != cellOf(is, r) {
			return true
		}
	}
	return false
}

// grown lists the rights that a role has more of than before.
func grown(was, is *pbx.Role) (more []Right) {
	for r := Right(1); r < rightCount; r++ {
		if cellOf(is, r) > cellOf(was, r) {
			more = append(more, r)
		}
	}
	return more
}

func cellOf(custom *pbx.Role, r Right) scope {
	if custom == nil {
		return noScope
	}
	return scopeOf(custom.Cells[catalogue[r].name])
}

// uses reports whether a person holds a role now or will.
func (q *asker) uses(p *pbx.Person, role *pbx.Role) bool {
	if role == nil {
		return false
	}
	for i := range p.Places {
		if l := &p.Places[i]; l.Membership.Role == role.ID && q.at < l.Until {
			return true
		}
	}
	for _, a := range p.Assignments {
		if a.Role == role.ID && q.at < pbx.Deadline(a.Until) {
			return true
		}
	}
	return false
}

// holders lists who holds a role now or will.
func (q *asker) holders(role *pbx.Role) (all []*pbx.Person) {
	if role == nil {
		return nil
	}
	seen := map[pbx.UserID]bool{}
	add := func(u pbx.UserID) {
		if p := q.s.Person(u); p != nil && !seen[u] && q.uses(p, role) {
			seen[u] = true
			all = append(all, p)
		}
	}
	for _, m := range q.s.Memberships {
		if m.Role == role.ID {
			add(m.User)
		}
	}
	for _, a := range q.s.Assignments {
		if a.Role == role.ID {
			add(a.User)
		}
	}
	return all
}

// reforms reports whether the actor could take a role away from somebody wherever he holds it (I-4, I-5).
func (q *asker) reforms(x *pbx.Person, role pbx.RoleID) bool {
	for i := range x.Places {
		l := &x.Places[i]
		if l.Membership.Role == role && q.at < l.Until && !(q.unseats(x, l) && q.tops(x)) {
			return false
		}
	}
	for _, a := range x.Assignments {
		if a.Role == role && q.at < pbx.Deadline(a.Until) && !q.outranks(x) {
			return false
		}
	}
	return true
}

// widens reports whether the actor holds what a role gets more, over everything it then reaches from somebody's place or
// assignment.
func (q *asker) widens(x *pbx.Person, is *pbx.Role, more []Right) bool {
	for i := range x.Places {
		l := &x.Places[i]
		if l.Membership.Role != is.ID || l.Until <= q.at {
			continue
		}
		for _, r := range more {
			if !q.seat(x, r, cellOf(is, r), l.Node, l.Membership.From, l.Membership.Until) {
				return false
			}
		}
	}
	for _, a := range x.Assignments {
		if a.Role != is.ID || pbx.Deadline(a.Until) <= q.at {
			continue
		}
		for _, r := range more {
			if !q.bestow(x, r, cellOf(is, r), a, false) {
				return false
			}
		}
	}
	return true
}
