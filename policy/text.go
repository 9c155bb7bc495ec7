package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tandem/pbx"
)

// Text is everything that gives or takes rights at a moment and later, one line each, in an order that does not depend on
// ids: roles made here, places in groups, levels and office-wide roles, single grants (N-16). What is over is left out;
// suspensions and the tree of groups itself are no rights.
func Text(s *pbx.Snapshot, at time.Time) []string {
	w := writer{s: s, at: at}
	if s.Tenant.Spread {
		w.add("office", time.Time{}, "billing.assign may be handed on")
	}
	if s.Tenant.Replay != "" {
		w.add("office", time.Time{}, "replay=%s", s.Tenant.Replay)
	}
	for _, r := range s.Roles {
		w.role(r)
	}
	for _, g := range s.Groups {
		w.group(g)
	}
	for _, m := range s.Memberships {
		w.member(m)
	}
	for _, a := range s.Assignments {
		w.add("level", a.Until, "%s %s over %s%s%s", w.person(a.User), w.roleName(a.Role), w.scope(a.Scope), w.except(a.Except), w.since(a.Since))
	}
	for _, g := range s.Grants {
		verb := "allow"
		if g.Deny {
			verb = "deny"
		}
		line := fmt.Sprintf("%s %s over %s%s%s", w.person(g.User), g.Right, w.scope(g.Scope), w.except(g.Except), w.since(g.Since))
		if g.Reason != "" {
			line += fmt.Sprintf(" because %q", g.Reason)
		}
		w.add(verb, g.Until, "%s", line+w.from(g.From))
	}
	slices.Sort(w.lines)
	return w.lines
}

type writer struct {
	s     *pbx.Snapshot
	at    time.Time
	lines []string
}

// add writes a line unless what it says is over.
func (w *writer) add(verb string, until time.Time, format string, args ...any) {
	if !until.IsZero() && !until.After(w.at) {
		return
	}
	line := verb + " " + fmt.Sprintf(format, args...)
	if !until.IsZero() {
		line += " until " + until.UTC().Format(time.RFC3339)
	}
	w.lines = append(w.lines, line)
}

func (w *writer) role(r *pbx.Role) {
	var cells []string
	for name, c := range r.Cells {
		if c != pbx.ScopeNone {
			cells = append(cells, name+"="+string(c))
		}
	}
	slices.Sort(cells)
	w.add("role", time.Time{}, "%q %s: %s", r.Name, r.Class, strings.Join(cells, " "))
}

// group writes what of a group decides about rights.
func (w *writer) group(g *pbx.Group) {
	var marks []string
	if g.Published {
		marks = append(marks, "published")
	}
	if g.Ceiling != "" {
		marks = append(marks, "ceiling="+string(g.Ceiling))
	}
	if g.Replay != "" {
		marks = append(marks, "replay="+string(g.Replay))
	}
	if len(marks) > 0 {
		w.add("group", time.Time{}, "%s: %s", w.path(g.ID), strings.Join(marks, " "))
	}
}

func (w *writer) member(m *pbx.Membership) {
	var marks []string
	for right, v := range m.Overrides {
		marks = append(marks, right+"="+string(v))
	}
	slices.Sort(marks)
	if m.Main {
		marks = append(marks, "main")
	}
	if m.Presence != "" {
		marks = append(marks, "presence="+string(m.Presence))
	}
	if m.Calls != "" {
		marks = append(marks, "calls="+string(m.Calls))
	}
	extra := ""
	if len(marks) > 0 {
		extra = ": " + strings.Join(marks, " ")
	}
	w.add("member", m.Until, "%s in %s as %s%s%s", w.person(m.User), w.path(m.Group), w.roleName(m.Role), extra, w.from(m.From))
}

// person is the e-mail address, which people and files know.
func (w *writer) person(id pbx.UserID) string {
	if u := w.s.Users[id]; u != nil {
		return u.Email
	}
	return string(id)
}

// path is a group with those above it.
func (w *writer) path(id pbx.GroupID) string {
	var names []string
	for g := w.s.Groups[id]; g != nil && len(names) <= pbx.Depth; g = w.s.Groups[g.Parent] {
		names = append(names, g.Name)
	}
	slices.Reverse(names)
	return fmt.Sprintf("%q", strings.Join(names, "/"))
}

func (w *writer) roleName(id pbx.RoleID) string {
	if r := w.s.Roles[id]; r != nil {
		return fmt.Sprintf("%q", r.Name)
	}
	return string(id)
}

func (w *writer) scope(c pbx.Scope) string {
	switch c.Kind {
	case pbx.ScopeGroup, pbx.ScopeTree:
		return string(c.Kind) + ":" + w.path(c.Group)
	case pbx.ScopeListed:
		return string(c.Kind) + ":" + w.refs(c.Refs)
	}
	return string(c.Kind)
}

func (w *writer) refs(refs []pbx.Ref) string {
	var all []string
	for _, r := range refs {
		switch r.Kind {
		case pbx.KindUser:
			all = append(all, w.person(pbx.UserID(r.ID)))
		case pbx.KindGroup:
			all = append(all, w.path(pbx.GroupID(r.ID)))
		default:
			all = append(all, r.String())
		}
	}
	slices.Sort(all)
	return strings.Join(all, ",")
}

func (w *writer) except(refs []pbx.Ref) string {
	if len(refs) == 0 {
		return ""
	}
	return " except " + w.refs(refs)
}

func (w *writer) since(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return " since " + at.UTC().Format(time.RFC3339)
}

// from is written only where something has not begun yet.
func (w *writer) from(at time.Time) string {
	if !at.After(w.at) {
		return ""
	}
	return " from " + at.UTC().Format(time.RFC3339)
}
