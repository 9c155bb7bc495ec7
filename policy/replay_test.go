package policy

import (
	"maps"
	"slices"
	"testing"

	"tandem/pbx"
)

// forge is a snapshot that need not be one: rows taken out or made otherwise, for the naive evaluator only.
func forge(s *pbx.Snapshot, put ...pbx.Noun) *pbx.Snapshot {
	next := &pbx.Snapshot{Tenant: s.Tenant, Users: s.Users, Groups: maps.Clone(s.Groups), Roles: maps.Clone(s.Roles),
		Memberships: maps.Clone(s.Memberships), Assignments: maps.Clone(s.Assignments), Grants: maps.Clone(s.Grants), Devices: s.Devices, Tokens: s.Tokens, GuestRooms: s.GuestRooms}
	if next.Roles == nil {
		next.Roles = map[pbx.RoleID]*pbx.Role{}
	}
	for _, n := range put {
		switch n := n.(type) {
		case *pbx.Grant:
			next.Grants[n.ID] = n
		case *pbx.Assignment:
			next.Assignments[n.ID] = n
		case *pbx.Membership:
			next.Memberships[n.ID] = n
		}
	}
	return next
}

// bare is the role without some rights, as a custom one.
func (n naive) bare(s *pbx.Snapshot, role pbx.RoleID, without set) pbx.RoleID {
	id := "rol_bare_" + role
	cells := map[string]pbx.ScopeKind{}
	for r := Right(1); r < rightCount; r++ {
		if c := n.cell(role, r); c != "" && !without.has(r) {
			cells[r.String()] = c
		}
	}
	s.Roles[id] = &pbx.Role{ID: id, Cells: cells}
	return id
}

// only leaves of everything that gives a person some rights nothing but one named source.
func only(s *pbx.Snapshot, u pbx.UserID, about set, named Source) *pbx.Snapshot {
	next := forge(s)
	n := naive{s: s}
	for id, m := range s.Memberships {
		if m.User != u {
			continue
		}
		c := *m
		if named.Membership != nil && named.Membership.ID == id {
			continue // an override follows the cell of its role
		}
		c.Role = n.bare(next, m.Role, about)
		c.Overrides = maps.Clone(m.Overrides)
		maps.DeleteFunc(c.Overrides, func(name string, _ pbx.Override) bool { r, _ := ParseRight(name); return about.has(r) })
		next.Memberships[id] = &c
	}
	for id, a := range s.Assignments {
		if a.User == u && (named.Assignment == nil || named.Assignment.ID != id) {
			c := *a
			c.Role = n.bare(next, a.Role, about)
			next.Assignments[id] = &c
		}
	}
	for id, g := range s.Grants {
		if r, _ := ParseRight(g.Right); g.User == u && !g.Deny && about.has(r) && (named.Grant == nil || named.Grant.ID != id) {
			delete(next.Grants, id)
		}
	}
	for id, g := range s.Groups {
		if about.has(UserSee) || about.has(GroupSee) || about.has(PresenceSee) {
			c := *g
			c.Published = named.Kind == FromGroup && named.Group == id
			next.Groups[id] = &c
		}
	}
	return next
}

// The explanation is machine-checked (AZ-30): the row it names, alone, leads the naive evaluator to the same answer.
func TestExplanationsReplay(t *testing.T) {
	met := map[SourceKind]int{}
	for seed := range uint64(offices(t, 400)) {
		d := throw(seed)
		s := d.snapshot(t)
		for range 80 {
			r := d.request()
			e := Explain(s, r)
			q := asker{s: s, when: r.At, at: pbx.Instant(r.At)}
			if !e.OK || r.Target.kind == KindTemplate || e.way.delegated || e.way.interval || e.way.link || isDoor(r.Right) || !q.acts(r.Actor) ||
				slices.Contains([]Right{UserEdit, UserSuspend, UserDelete, LoginReset}, r.Right) || slices.ContainsFunc(r.Right.Needs(), isDoor) {
				continue // a door, handing on and standing rest on everything a person holds, which no single row tells
			}
			about := impliers[r.Right]
			about.add(r.Right)
			if slices.ContainsFunc(r.Right.Needs(), func(n Right) bool { return about.has(n) || !impliers[n].and(about).isEmpty() }) {
				continue
			}
			w := e.way
			named := Decision{OK: true, Code: w.code(w.right), way: w}.Source()
			if code := (naive{only(s, q.me.User.ID, about, named), r.At}).ask(r); code != "" || e.Why[0].Row != named.row() {
				t.Fatalf("%s: %s: told %+v; with nothing else the naive evaluator says %q", d.name, describe(s, r), e.Why, code)
			}
			met[named.Kind]++
		}
	}
	for _, k := range []SourceKind{FromRole, FromOverride, FromAssignment, FromGrant, FromGroup} {
		if met[k] == 0 {
			t.Errorf("no explanation by %q was replayed", k)
		}
	}
}

func (x Source) row() pbx.Ref {
	switch {
	case x.Membership != nil:
		return x.Membership.Ref()
	case x.Assignment != nil:
		return x.Assignment.Ref()
	case x.Grant != nil:
		return x.Grant.Ref()
	}
	return pbx.Ref{Kind: pbx.KindGroup, ID: string(x.Group)}
}
