package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"tandem/pbx"
)

// Line is one line of the rights as text: something that gives or takes rights now or later.
type Line struct {
	Text   string
	Key    string // lines of one key are versions of the same thing
	Number int    // in the file it was read from, from 1; 0 for a line of the office itself
	Role   string // the custom role it gives, by name, because that may come into being with the same file
	Noun   pbx.Noun
}

// Text is everything that gives or takes rights at a moment and later, one line each, in an order that does not depend on
// ids: roles made here, places in groups, levels and office-wide roles, single grants (N-16). What is over is left out;
// suspensions and the tree of groups itself are no rights.
func Text(s *pbx.Snapshot, at time.Time) []string {
	var all []string
	for _, l := range Written(s, at) {
		all = append(all, l.Text)
	}
	return all
}

// Written is Text with the rows behind it.
func Written(s *pbx.Snapshot, at time.Time) []Line {
	w := writer{s: s, at: at}
	w.office(&s.Tenant)
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
		w.level(a)
	}
	for _, g := range s.Grants {
		w.grant(g)
	}
	slices.SortFunc(w.lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(a.Text, b.Text), cmp.Compare(a.Noun.Ref().ID, b.Noun.Ref().ID))
	})
	return w.lines
}

type writer struct {
	s     *pbx.Snapshot
	at    time.Time
	lines []Line
}

// add writes a line unless what it says is over.
func (w *writer) add(key string, n pbx.Noun, role pbx.RoleID, from, until time.Time, more string) {
	if !until.IsZero() && !until.After(w.at) {
		return
	}
	text := key + more
	if from.After(w.at) {
		text += " from " + clock(from)
	}
	if !until.IsZero() {
		text += " until " + clock(until)
	}
	l := Line{Text: text, Key: key, Noun: n}
	if r := w.s.Roles[role]; r != nil {
		l.Role = r.Name
	}
	w.lines = append(w.lines, l)
}

// clock is a moment as finely as it is kept.
func clock(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.999Z07:00") }

// The two lines about the office as a whole; that of replay has a value behind it.
const (
	LineSpread = "office billing.assign may be handed on"
	lineReplay = "office replay"
)

func (w *writer) office(t *pbx.Tenant) {
	if t.Spread {
		w.add(LineSpread, t, "", time.Time{}, time.Time{}, "")
	}
	if t.Replay != "" {
		w.add(lineReplay, t, "", time.Time{}, time.Time{}, "="+string(t.Replay))
	}
}

func (w *writer) role(r *pbx.Role) {
	var cells []string
	for name, c := range r.Cells {
		if c != pbx.ScopeNone {
			cells = append(cells, name+"="+string(c))
		}
	}
	w.add(fmt.Sprintf("role %q", r.Name), r, "", time.Time{}, time.Time{}, " "+string(cmp.Or(r.Class, pbx.RoleGroup))+marked(cells))
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
		w.add("group "+w.path(g.ID), g, "", time.Time{}, time.Time{}, marked(marks))
	}
}

func (w *writer) member(m *pbx.Membership) {
	var marks []string
	for right, v := range m.Overrides {
		marks = append(marks, right+"="+string(v))
	}
	if m.Main {
		marks = append(marks, "main")
	}
	if m.Presence != "" {
		marks = append(marks, "presence="+string(m.Presence))
	}
	if m.Calls != "" {
		marks = append(marks, "calls="+string(m.Calls))
	}
	w.add("member "+w.person(m.User)+" in "+w.path(m.Group), m, m.Role, m.From, m.Until, " as "+w.roleName(m.Role)+marked(marks))
}

func (w *writer) level(a *pbx.Assignment) {
	key := "level " + w.person(a.User) + " " + w.roleName(a.Role) + w.reach(a.Scope, a.Except, a.Since)
	w.add(key, a, a.Role, a.From, a.Until, because(a.Reason))
}

func (w *writer) grant(g *pbx.Grant) {
	verb := "allow "
	if g.Deny {
		verb = "deny "
	}
	w.add(verb+w.person(g.User)+" "+g.Right+w.reach(g.Scope, g.Except, g.Since), g, "", g.From, g.Until, because(g.Reason))
}

// marked writes marks after a colon, sorted.
func marked(marks []string) string {
	if len(marks) == 0 {
		return ""
	}
	slices.Sort(marks)
	return ": " + strings.Join(marks, " ")
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return fmt.Sprintf(" because %q", reason)
}

// reach is how far something given reaches.
func (w *writer) reach(c pbx.Scope, except []pbx.Ref, since time.Time) string {
	text := " over " + string(c.Kind)
	switch c.Kind {
	case pbx.ScopeGroup, pbx.ScopeTree:
		text += ":" + w.path(c.Group)
	case pbx.ScopeListed:
		text += ":" + w.refs(c.Refs)
	}
	if len(except) > 0 {
		text += " except " + w.refs(except)
	}
	if !since.IsZero() {
		text += " since " + clock(since)
	}
	return text
}

// person is the e-mail address, which people and files know.
func (w *writer) person(id pbx.UserID) string {
	if u := w.s.Users[id]; u != nil {
		return u.Email
	}
	return string(id)
}

// escape keeps a slash inside a name apart from those between names.
var escape = strings.NewReplacer(`\`, `\\`, `/`, `\/`)

// path is a group with those above it.
func (w *writer) path(id pbx.GroupID) string {
	var names []string
	for g := w.s.Groups[id]; g != nil && len(names) <= pbx.Depth; g = w.s.Groups[g.Parent] {
		names = append(names, escape.Replace(g.Name))
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

// ReadsText reports whether somebody may read the rights of the office as text: he may change roles, and ask about everybody.
func ReadsText(s *pbx.Snapshot, who pbx.Actor, at time.Time) Decision {
	d := Decide(s, Request{Actor: who, Right: RoleEdit, Target: System(), At: at})
	for id := range s.Users {
		if !d.OK {
			break
		}
		if id != who.User {
			d = Decide(s, Request{Actor: who, Right: RightExplain, Target: User(id), At: at})
		}
	}
	d.Hidden = false // that there is an office is no secret
	return d
}
