package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tandem/pbx"
)

// script writes what one person holds for one right as Cedar policies: a permit for each grant, a forbid for each deny,
// "unless" for exclusions and for denies of the right on the way from an implying one, "when" for times. It reads the rows
// of the snapshot and the tables of roles and of the catalogue, and shares no line with either evaluator.
type script struct {
	s    *pbx.Snapshot
	user pbx.UserID
	strings.Builder
}

// scriptOf is the whole text for one person and right.
func scriptOf(s *pbx.Snapshot, user pbx.UserID, r Right) string {
	c := &script{s: s, user: user}
	for _, v := range s.Users[user].Suspensions {
		c.forbid("", when(v.From, v.Until))
	}
	if denies := c.denies(r); denies != "" {
		c.forbid(r.String(), denies)
	}
	if slices.Contains([]string{"website.access", "admin.access"}, r.String()) {
		c.opens(r, r, nil)
	}
	c.permits(r, r, nil)
	c.states(r)
	c.devices(r)
	for _, t := range s.TokensOf(user) {
		c.token(t, r)
	}
	return c.String()
}

func (c *script) head(effect, action string) {
	fmt.Fprintf(c, "%s (principal == User::%q, action", effect, c.user)
	if action != "" {
		fmt.Fprintf(c, " == Action::%q", action)
	}
	c.WriteString(", resource)")
}

func (c *script) forbid(action, condition string) {
	c.head("forbid", action)
	fmt.Fprintf(c, "\n  when { %s };\n", condition)
}

func moments(name string, from, until time.Time) (all []string) {
	if !from.IsZero() {
		all = append(all, fmt.Sprintf("context.%s >= datetime(%q)", name, from.UTC().Format(time.RFC3339)))
	}
	if !until.IsZero() {
		all = append(all, fmt.Sprintf("context.%s < datetime(%q)", name, until.UTC().Format(time.RFC3339)))
	}
	return all
}

func when(from, until time.Time) string {
	return strings.Join(append(moments("now", from, until), "true"), " && ")
}

// line is one row of the office for one right, as it becomes a policy.
type line struct {
	deny         bool
	scope        pbx.Scope
	except       []pbx.Ref
	from, until  time.Time
	since        time.Time // of the object, where the scope looks at others
	sparesHolder bool      // it never reaches its holder
}

// lines finds the rows of the person that speak about a right.
func (c *script) lines(r Right) (all []line) {
	name, scopes := r.String(), r.Scopes()
	fallback := pbx.ScopeSelf
	if slices.Contains(scopes, pbx.ScopeGroup) {
		fallback = pbx.ScopeGroup
	}
	cell := func(role pbx.RoleID) pbx.ScopeKind {
		if custom := c.s.Roles[role]; custom != nil {
			return custom.Cells[name]
		}
		return Role{ID: role}.Cell(r)
	}
	for _, m := range c.s.MembershipsOf(c.user) {
		held := cell(m.Role)
		if held != pbx.ScopeSelf && held != pbx.ScopeGroup && held != pbx.ScopeTree {
			held = pbx.ScopeNone
		}
		row := line{scope: pbx.Scope{Kind: held, Group: m.Group}, from: m.From, until: m.Until, since: m.From}
		if held != pbx.ScopeNone {
			all = append(all, row)
		}
		switch m.Overrides[name] {
		case pbx.OverrideAllow:
			if held == pbx.ScopeNone || held == pbx.ScopeSelf {
				row.scope.Kind = fallback
			}
			all = append(all, row)
		case pbx.OverrideDeny:
			if held == pbx.ScopeNone {
				row.scope.Kind = fallback
			}
			row.deny = true
			all = append(all, row)
		}
	}
	for _, a := range c.s.AssignmentsOf(c.user) {
		row := line{scope: a.Scope, except: a.Except, from: a.From, until: a.Until, since: a.Since}
		switch cell(a.Role) {
		case pbx.ScopeNone:
			continue
		case pbx.ScopeSelf:
			row.scope = pbx.Scope{Kind: pbx.ScopeSelf}
		}
		all = append(all, row)
	}
	for _, g := range c.s.GrantsOf(c.user) {
		if g.Right == name {
			all = append(all, line{deny: g.Deny, scope: g.Scope, except: g.Except, from: g.From, until: g.Until, since: g.Since})
		}
	}
	if slices.Contains([]string{"user.see", "group.see", "presence.see"}, name) {
		for _, g := range c.s.Groups {
			if g.Published {
				all = append(all, line{scope: pbx.Scope{Kind: pbx.ScopeGroup, Group: g.ID}})
			}
		}
	}
	own := slices.Contains(scopes, pbx.ScopeSelf)
	for i := range all {
		l := &all[i]
		l.sparesHolder = !own && !(l.deny && l.scope.Kind == pbx.ScopeSelf) ||
			l.deny && (l.scope.Kind == pbx.ScopeGroup || l.scope.Kind == pbx.ScopeTree)
		if l.deny {
			l.since = time.Time{} // a deny looks back without end
		}
	}
	return all
}

// reach is the condition under which a scope meets the resource. A user is in the Members of his groups, these are in
// their Tree, a Tree in the Tree above it, and everything in the House. resource.others is the resource without the asker.
func reach(scope pbx.Scope, sparesHolder bool) string {
	what := "resource"
	if sparesHolder {
		what = "resource.others"
	}
	switch scope.Kind {
	case pbx.ScopeSelf:
		if sparesHolder {
			return "false"
		}
		return "(resource in principal || resource has shared)"
	case pbx.ScopeGroup:
		return fmt.Sprintf("%s in Members::%q", what, scope.Group)
	case pbx.ScopeTree:
		return fmt.Sprintf("%s in Tree::%q", what, scope.Group)
	case pbx.ScopeListed:
		return anyOf(append(named(scope.Refs), fmt.Sprintf("%s in [%s]", what, entities(scope.Refs, "Members"))))
	case pbx.ScopeAll:
		return what + ` in House::"house"`
	}
	return "false"
}

// entities writes the people and groups of a list, groups as the given type.
func entities(refs []pbx.Ref, group string) string {
	var all []string
	for _, r := range refs {
		switch r.Kind {
		case pbx.KindUser:
			all = append(all, fmt.Sprintf("User::%q", r.ID))
		case pbx.KindGroup:
			all = append(all, fmt.Sprintf("%s::%q", group, r.ID))
		}
	}
	return strings.Join(all, ", ")
}

// named are the things a list names.
func named(refs []pbx.Ref) (all []string) {
	for _, r := range refs {
		if r.Kind != pbx.KindUser && r.Kind != pbx.KindGroup {
			all = append(all, fmt.Sprintf("resource == %s::%q", title(string(r.Kind)), r.ID))
		}
	}
	return all
}

func title(kind string) string { return strings.ToUpper(kind[:1]) + kind[1:] }

func anyOf(list []string) string { return "(" + strings.Join(list, " || ") + ")" }

// denies is the condition under which a deny of the right meets the resource; empty without one.
func (c *script) denies(r Right) string {
	var all []string
	for _, l := range c.lines(r) {
		if !l.deny {
			continue
		}
		cond := reach(l.scope, l.sparesHolder)
		if people := entities(l.except, "Tree"); people != "" {
			cond += fmt.Sprintf(" && !(resource.others in [%s])", people)
			if l.scope.Kind == pbx.ScopeListed {
				cond = anyOf(append(named(l.scope.Refs), cond))
			}
		}
		all = append(all, "("+when(l.from, l.until)+" && "+cond+")")
	}
	return strings.Join(all, " || ")
}

// permits writes the grants of a right as permits of the asked one, and those of every right that implies it.
func (c *script) permits(asked, r Right, unless []string) {
	for _, l := range c.lines(r) {
		if l.deny {
			continue
		}
		cond := []string{reach(l.scope, l.sparesHolder)}
		if l.scope.Kind != pbx.ScopeSelf {
			cond = append(cond, moments("began", l.since, time.Time{})...)
		}
		c.head("permit", asked.String())
		fmt.Fprintf(c, "\n  when { %s && %s }", when(l.from, l.until), strings.Join(cond, " && "))
		if len(l.except) > 0 {
			fmt.Fprintf(c, "\n  unless { %s }", anyOf(append(named(l.except), fmt.Sprintf("resource.others in [%s]", entities(l.except, "Tree")))))
		}
		for _, u := range unless {
			fmt.Fprintf(c, "\n  unless { %s }", u)
		}
		fmt.Fprintf(c, "; // by %s\n", r)
	}
	if asked == WebsiteAccess || asked == AdminAccess {
		return // what opens a door is written apart
	}
	for x := Right(1); x < rightCount; x++ {
		if slices.Contains(x.Implies(), r) {
			way := unless
			if d := c.denies(x); d != "" {
				way = append(slices.Clone(unless), d)
			}
			c.permits(asked, x, way)
		}
	}
}

// opens writes that holding a right that names a door, anywhere, opens it, unless that right is denied at self or all.
func (c *script) opens(door, r Right, unless []string) {
	for x := Right(1); x < rightCount; x++ {
		if !slices.Contains(x.Implies(), r) {
			continue
		}
		way := slices.Clone(unless)
		for _, l := range c.lines(x) {
			if l.deny && (l.scope.Kind == pbx.ScopeSelf || l.scope.Kind == pbx.ScopeAll) {
				way = append(way, when(l.from, l.until))
			}
		}
		for _, l := range c.lines(x) {
			if l.deny {
				continue
			}
			c.head("permit", door.String())
			fmt.Fprintf(c, "\n  when { %s }", when(l.from, l.until))
			for _, u := range way {
				fmt.Fprintf(c, "\n  unless { %s }", u)
			}
			fmt.Fprintf(c, "; // by %s\n", x)
		}
		c.opens(door, x, way)
	}
}

// states writes what is true of calls whoever asks.
func (c *script) states(r Right) {
	c.head("forbid", "")
	c.WriteString("\n  when { resource has start && context.now < resource.start };\n")
	if strings.HasPrefix(r.String(), "call.") && r != CallDetail && slices.Contains([]string{"see", "divert", "transfer", "pickup", "park", "menu",
		"hangup", "listen", "whisper", "barge", "steal"}, strings.TrimPrefix(r.String(), "call.")) || r.String() == "recording.control" {
		c.head("forbid", r.String())
		c.WriteString("\n  when { resource is Call && !resource.living };\n")
	}
	if r == CallDetail {
		c.head("forbid", r.String())
		c.WriteString("\n  when { resource is Call && resource.living };\n")
	}
}

// devices writes what a phone may do for its user (PHONE of the description).
func (c *script) devices(r Right) {
	if !slices.Contains([]string{"call.receive", "call.place", "call.out", "call.see", "call.divert", "call.transfer", "call.pickup",
		"call.park", "call.intercom", "call.hangup", "call.number", "presence.see", "presence.set", "forwarding.edit", "forwarding.outside", "reminder.set",
		"voicemail.play", "voicemail.edit", "hours.override", "recording.control", "user.see", "call.listen", "call.whisper", "call.barge", "call.steal", "room.assign"}, r.String()) {
		c.forbid(r.String(), `context has device`)
	}
}

// token writes what an API token takes away from its owner (NEVER_BY_TOKEN, times, its own rights).
func (c *script) token(t *pbx.Token, r Right) {
	mine := fmt.Sprintf("context has token && context.token == Token::%q", t.ID)
	c.head("forbid", "")
	fmt.Fprintf(c, "\n  when { %s }\n  unless { %s };\n", mine, when(t.From, t.Until))
	if slices.Contains([]string{"token.create", "login.edit", "role.system", "backup.restore", "delegate.give", "client.use",
		"website.access", "admin.access"}, r.String()) {
		c.forbid(r.String(), mine)
		return
	}
	if len(t.Rights) == 0 {
		return
	}
	carried := []string{"false"}
	for _, name := range t.Rights {
		x, _ := ParseRight(name)
		if x != r && !brings(x, r) {
			continue
		}
		if narrow, ok := t.Narrow[name]; ok {
			carried = append(carried, reach(narrow, !slices.Contains(x.Scopes(), pbx.ScopeSelf)))
		} else {
			carried = append(carried, "true")
		}
	}
	c.head("forbid", r.String())
	fmt.Fprintf(c, "\n  when { %s }\n  unless { %s };\n", mine, anyOf(carried))
}

// brings reports whether a right implies another, directly or through others.
func brings(x, r Right) bool {
	return slices.ContainsFunc(x.Implies(), func(y Right) bool { return y == r || brings(y, r) })
}
