package policy

import (
	"time"

	"tandem/pbx"
)

// SourceKind says in which form something written gives or denies a right.
type SourceKind string

// The forms; the zero value is none.
const (
	FromRole       SourceKind = "role"       // of a membership
	FromOverride   SourceKind = "override"   // of a membership
	FromAssignment SourceKind = "assignment" // an office-wide role, a level or a permission
	FromGrant      SourceKind = "grant"
	FromRight      SourceKind = "implied" // another right brings it along
	FromGroup      SourceKind = "published"
)

// Source is one written thing that a right of a person comes from, or is denied by.
type Source struct {
	Kind       SourceKind
	Deny       bool
	Scope      pbx.Scope
	Until      time.Time // zero means without end
	Membership *pbx.Membership
	Assignment *pbx.Assignment
	Grant      *pbx.Grant
	Group      pbx.GroupID // of FromGroup
	By         Right       // of FromRight
}

// Sources lists everything written that gives a person a right or denies it at a moment, whether or not it decides
// anything: roles, overrides, assignments, direct grants, published groups, and the rights that bring it along (X-111, G-022).
func Sources(s *pbx.Snapshot, user pbx.UserID, right Right, at time.Time) []Source {
	q := asker{s: s, when: at, at: pbx.Instant(at)}
	if q.become(s.Person(user)); q.me == nil || !right.known() {
		return nil
	}
	all := q.written(right)
	if right == UserSee || right == GroupSee || right == PresenceSee {
		for _, c := range s.Children("") {
			all = q.shown(c, all)
		}
	}
	for x := direct[right]; !x.isEmpty(); {
		by := x.pop()
		if q.comes(by) {
			all = append(all, Source{Kind: FromRight, By: by})
		}
	}
	return all
}

// shown adds the published groups at and below a group.
func (q *asker) shown(g *pbx.Group, all []Source) []Source {
	if g.Published {
		all = append(all, Source{Kind: FromGroup, Group: g.ID, Scope: pbx.Scope{Kind: pbx.ScopeGroup, Group: g.ID}})
	}
	for _, c := range q.s.Children(g.ID) {
		all = q.shown(c, all)
	}
	return all
}

// comes reports whether a right is given by anything written, or brought along by one that is.
func (q *asker) comes(r Right) bool {
	for _, x := range q.written(r) {
		if !x.Deny {
			return true
		}
	}
	for x := direct[r]; !x.isEmpty(); {
		if q.comes(x.pop()) {
			return true
		}
	}
	return false
}

// written lists what is stored about a right itself.
func (q *asker) written(r Right) (all []Source) {
	name := catalogue[r].name
	for i := range q.me.Places {
		l := &q.me.Places[i]
		if q.at < l.From || l.Until <= q.at {
			continue
		}
		m := l.Membership
		if c := q.placed(l, r); c != noScope {
			all = append(all, Source{Kind: FromRole, Scope: at(c, m.Group), Until: m.Until, Membership: m})
		}
		switch l.Overrides[name] {
		case pbx.OverrideAllow:
			all = append(all, Source{Kind: FromOverride, Scope: at(q.permission(l, r), m.Group), Until: m.Until, Membership: m})
		case pbx.OverrideDeny:
			all = append(all, Source{Kind: FromOverride, Deny: true, Scope: at(q.denial(l, r), m.Group), Until: m.Until, Membership: m})
		}
	}
	for _, a := range q.me.Assignments {
		if c := q.cell(a.Role, r); c != noScope && q.inForce(a) {
			x := Source{Kind: FromAssignment, Scope: a.Scope, Until: a.Until, Assignment: a}
			if c == selfScope {
				x.Scope = pbx.Scope{Kind: pbx.ScopeSelf}
			}
			all = append(all, x)
		}
	}
	for _, g := range q.me.Grants {
		if g.Right == name && q.counts(g) {
			all = append(all, Source{Kind: FromGrant, Deny: g.Deny, Scope: g.Scope, Until: g.Until, Grant: g})
		}
	}
	return all
}

// at is a scope of a role where its membership lies.
func at(c scope, g pbx.GroupID) pbx.Scope {
	if c == groupScope || c == treeScope {
		return pbx.Scope{Kind: c.kind(), Group: g}
	}
	return pbx.Scope{Kind: c.kind()}
}

// Source is the written thing an allowing decision rests on; its zero value with any other decision.
func (d Decision) Source() Source {
	w := &d.way
	x := Source{Membership: w.membership, Assignment: w.assignment, Grant: w.grant, Group: w.published}
	switch {
	case !d.OK || w.link || w.delegated:
		return Source{}
	case d.Code == ByImplied:
		return Source{Kind: FromRight, By: w.right}
	case w.override:
		x.Kind, x.Until, x.Scope = FromOverride, w.membership.Until, at(w.scope, w.membership.Group)
	case w.membership != nil:
		x.Kind, x.Until, x.Scope = FromRole, w.membership.Until, at(w.scope, w.membership.Group)
	case w.assignment != nil:
		x.Kind, x.Until, x.Scope = FromAssignment, w.assignment.Until, w.assignment.Scope
	case w.grant != nil:
		x.Kind, x.Until, x.Scope = FromGrant, w.grant.Until, w.grant.Scope
	case w.published != "":
		x.Kind, x.Scope = FromGroup, at(groupScope, w.published)
	}
	return x
}

// OverGroup is a target that stands for a group and what is its, of the kind the right speaks about. It fits no right that
// does not speak about groups.
func OverGroup(right Right, group pbx.GroupID, at time.Time) Target {
	if !right.known() {
		return Target{}
	}
	return collective(right, group, at)
}
