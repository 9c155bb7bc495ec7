package command

import (
	"tandem/pbx"
	"tandem/policy"
)

// SetMember puts a person into a group, changes the role there, or marks the main group. A change of role is
// a new membership, because a new head does not inherit the sight of the past.
type SetMember struct {
	User  pbx.UserID
	Group pbx.GroupID
	Role  pbx.RoleID // empty keeps the role, or joins as user
	Main  bool       // true makes it the main group; false leaves it as it is
}

// Need asks for the right to give this role in this group; policy holds the table of who may give what (I-1…I-8).
func (c SetMember) Need(s *pbx.Snapshot, who pbx.Actor) []Need {
	m := current(s, c.User, c.Group)
	if m != nil && (c.Role == "" || c.Role == m.Role) {
		return []Need{{policy.MembershipEdit, policy.Group(c.Group)}, {policy.UserSee, policy.User(c.User)}}
	}
	right := policy.MembershipRole
	if m == nil && (c.Role == "" || c.Role == "user") {
		right = policy.MembershipEdit
	}
	return []Need{{policy.GroupSee, policy.Group(c.Group)}, {right, policy.Place(c.User, c.Group, c.role())}}
}

func (c SetMember) role() pbx.RoleID {
	if c.Role == "" {
		return "user"
	}
	return c.Role
}

// current is the membership of a person in a group that has no end; nil if there is none.
func current(s *pbx.Snapshot, u pbx.UserID, g pbx.GroupID) *pbx.Membership {
	for _, m := range s.MembershipsOf(u) {
		if m.Group == g && m.Until.IsZero() {
			return m
		}
	}
	return nil
}

// Change writes the membership and, with a new main group, the old main one.
func (c SetMember) Change(w *Work) (pbx.Change, error) {
	if w.Snapshot.Users[c.User] == nil || w.Snapshot.Groups[c.Group] == nil {
		return pbx.Change{}, missing()
	}
	if !isGroupRole(c.role()) {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "role", "role.unknown", "role", printable(string(c.Role)))
	}
	m := current(w.Snapshot, c.User, c.Group)
	switch {
	case m == nil:
		return pbx.Change{Put: w.join(c.User, c.Group, c.role(), c.Main)}, nil
	case c.Role != "" && c.Role != m.Role:
		ended, next := *m, *m
		ended.Until = w.Now
		next.ID, next.Role, next.From, next.Main = pbx.MembershipID(w.ID("mem")), c.Role, w.Now, m.Main || c.Main
		next.Overrides = nil // they were given for the old role
		w.object = next.Ref()
		change := pbx.Change{Put: []pbx.Noun{&ended, &next}}
		if c.Main && !m.Main {
			change.Put = append(change.Put, w.notMain(c.User, m.ID)...)
		}
		return change, nil
	case c.Main && !m.Main:
		next := *m
		next.Main = true
		w.object = next.Ref()
		return pbx.Change{Put: append([]pbx.Noun{&next}, w.notMain(c.User, m.ID)...)}, nil
	}
	w.object = m.Ref()
	return pbx.Change{}, nil
}

// join makes the rows of a new membership.
func (w *Work) join(u pbx.UserID, g pbx.GroupID, role pbx.RoleID, mainGroup bool) []pbx.Noun {
	m := &pbx.Membership{ID: pbx.MembershipID(w.ID("mem")), User: u, Group: g, Role: role, From: w.Now, Main: mainGroup}
	w.objectOnce(m.Ref())
	if mainGroup {
		return append([]pbx.Noun{m}, w.notMain(u, "")...)
	}
	return []pbx.Noun{m}
}

// objectOnce names the object of the command unless it has one.
func (w *Work) objectOnce(r pbx.Ref) {
	if w.object == (pbx.Ref{}) {
		w.object = r
	}
}

// notMain is what becomes of the memberships that were main, but for one.
func (w *Work) notMain(u pbx.UserID, but pbx.MembershipID) []pbx.Noun {
	var rows []pbx.Noun
	for _, m := range w.Snapshot.MembershipsOf(u) {
		if m.Main && m.Until.IsZero() && m.ID != but {
			next := *m
			next.Main = false
			rows = append(rows, &next)
		}
	}
	return rows
}

// RemoveMember takes a person out of a group; without another one he joins Default.
type RemoveMember struct {
	User  pbx.UserID
	Group pbx.GroupID
}

// Need asks for the right to take people out of this group.
func (c RemoveMember) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.GroupSee, policy.Group(c.Group)}, {policy.MembershipEdit, policy.TakeOut(c.User, c.Group)}}
}

// Change ends the membership at this moment; it stays in the past, where records need it.
func (c RemoveMember) Change(w *Work) (pbx.Change, error) {
	m := current(w.Snapshot, c.User, c.Group)
	if m == nil {
		return pbx.Change{}, missing()
	}
	w.object = m.Ref()
	rest := w.others(c.User, c.Group)
	if len(rest) == 0 && c.Group == w.Snapshot.DefaultGroup() {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "", "group.last")
	}
	ended := *m
	ended.Until = w.Now
	change := pbx.Change{Put: []pbx.Noun{&ended}}
	switch {
	case len(rest) == 0:
		change.Put = append(change.Put, &pbx.Membership{ID: pbx.MembershipID(w.ID("mem")), User: c.User,
			Group: w.Snapshot.DefaultGroup(), Role: "user", From: w.Now, Main: true})
	case m.Main:
		heir := *rest[0]
		heir.Main = true
		change.Put = append(change.Put, &heir)
	}
	return change, nil
}
