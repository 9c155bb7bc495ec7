package command

import (
	"maps"
	"slices"
	"time"

	"tandem/pbx"
	"tandem/policy"
)

// SetMember puts a person into a group, changes the role there, for how long, with which exceptions and what is shared, or
// marks the main group (X-114, X-018, G-021…G-023, N-5). A change of role is a new membership, because a new head does not
// inherit the sight of the past.
type SetMember struct {
	User      pbx.UserID
	Group     pbx.GroupID
	Role      pbx.RoleID // empty keeps the role, or joins as user
	Main      bool       // true makes it the main group; false leaves it as it is
	From      time.Time  // of joining or of the new role; zero means now
	Until     *time.Time // nil leaves it as it is, zero takes the end away
	Overrides map[string]pbx.Override
	Replace   bool // Overrides are the whole set; without it they are not looked at
	Presence  *pbx.Share
	Calls     *pbx.Share
}

// Need asks to see the group; what else is needed depends on the place the person has now, and is asked by Change.
func (c SetMember) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.GroupSee, policy.Group(c.Group)}}
}

func (c SetMember) role() pbx.RoleID {
	if c.Role == "" {
		return "user"
	}
	return c.Role
}

// placeIn is the membership of a person in a group that counts now, or else the next to come; nil if there is none.
func (w *Work) placeIn(u pbx.UserID, g pbx.GroupID) *pbx.Membership {
	var next *pbx.Membership
	for _, m := range w.Snapshot.MembershipsOf(u) {
		switch {
		case m.Group != g:
		case m.IsActive(w.Now):
			return m
		case m.From.After(w.Now) && (next == nil || m.From.Before(next.From)):
			next = m
		}
	}
	return next
}

// Change writes the membership and, with a new main group, the old main one.
func (c SetMember) Change(w *Work) (pbx.Change, error) {
	c.From = millis(c.From)
	if !c.From.IsZero() && c.From.Before(w.Now) {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "from", "interval.past")
	}
	m := w.placeIn(c.User, c.Group)
	next, change, err := c.seat(w, m)
	if err != nil {
		return pbx.Change{}, err
	}
	w.object = next.Ref()
	if c.Until != nil {
		if next.Until, err = w.newEnd(next.From, *c.Until); err != nil {
			return pbx.Change{}, err
		}
		if m != nil && next.ID == m.ID {
			if err := w.askEnd(m, next.Until); err != nil {
				return pbx.Change{}, err
			}
		}
	}
	if c.Main {
		next.Main = true
	}
	if next.Main && (m == nil || !m.Main || isLonger(next.Until, m.Until)) {
		change.Put = append(change.Put, w.notMain(next, m)...)
	}
	if err := w.grace(next, c); err != nil {
		return pbx.Change{}, err
	}
	change.Put = append(change.Put, next)
	return w.keepHome(c.User, change)
}

// seat finds the row to write and asks for the right to put the person there in this role.
func (c SetMember) seat(w *Work, m *pbx.Membership) (*pbx.Membership, pbx.Change, error) {
	var change pbx.Change
	if m != nil && (c.Role == "" || c.Role == m.Role) {
		for _, n := range []Need{{policy.MembershipEdit, policy.Group(c.Group)}, {policy.UserSee, policy.User(c.User)}} {
			if err := w.Ask(w.Snapshot, n.Right, n.Target); err != nil {
				return nil, change, err
			}
		}
		next := *m
		if !c.From.IsZero() && m.From.After(w.Now) {
			next.From = c.From
		}
		return &next, change, nil
	}
	right := policy.MembershipRole
	if m == nil && c.role() == "user" {
		right = policy.MembershipEdit
	}
	if err := w.Ask(w.Snapshot, right, policy.Place(c.User, c.Group, c.role())); err != nil {
		return nil, change, err
	}
	if w.Snapshot.Users[c.User] == nil || w.Snapshot.Groups[c.Group] == nil {
		return nil, change, missing()
	}
	if !isGroupRole(w.Snapshot, c.role()) {
		return nil, change, pbx.Refuse(pbx.Invalid, "role", "role.unknown", "role", printable(string(c.Role)))
	}
	from := c.From
	if from.IsZero() {
		from = w.Now
	}
	if m == nil {
		return &pbx.Membership{ID: pbx.MembershipID(w.ID("mem")), User: c.User, Group: c.Group, Role: c.role(), From: from,
			Overrides: w.leftDenied(c.User, c.Group)}, change, nil
	}
	next := *m
	next.Role, next.Overrides = c.Role, denials(m.Overrides) // what was allowed was given for the old role; what is denied stays so
	if m.From.After(w.Now) {
		if !c.From.IsZero() {
			next.From = from
		}
		return &next, change, nil
	}
	ended := *m
	ended.Until = from
	next.ID, next.From = pbx.MembershipID(w.ID("mem")), from
	change.Put = append(change.Put, &ended)
	return &next, change, nil
}

// leftDenied is what was denied to a person in a group when he last left it: leaving and coming back lifts nothing.
func (w *Work) leftDenied(u pbx.UserID, g pbx.GroupID) map[string]pbx.Override {
	var last *pbx.Membership
	for _, m := range w.Snapshot.MembershipsOf(u) {
		if m.Group == g && isOver(m.Until, w) && (last == nil || m.Until.After(last.Until)) {
			last = m
		}
	}
	if last == nil {
		return nil
	}
	return denials(last.Overrides)
}

// denials are the exceptions that deny: a change of role is no way around the question whether a deny may be lifted (N-10).
func denials(all map[string]pbx.Override) map[string]pbx.Override {
	var kept map[string]pbx.Override
	for right, v := range all {
		if v == pbx.OverrideDeny {
			if kept == nil {
				kept = map[string]pbx.Override{}
			}
			kept[right] = v
		}
	}
	return kept
}

// askEnd asks for another end of a membership: an earlier one takes the person out, a later one gives the role for longer.
func (w *Work) askEnd(m *pbx.Membership, until time.Time) error {
	switch {
	case isLonger(m.Until, until):
		return w.Ask(w.Snapshot, policy.MembershipEdit, policy.TakeOut(m.User, m.Group))
	case isLonger(until, m.Until) && m.Role != "user":
		s, err := w.probe(m, "user")
		if err != nil {
			return err
		}
		return w.Ask(s, policy.MembershipRole, policy.Place(m.User, m.Group, m.Role))
	}
	return nil
}

// probe is the configuration in which a membership counts already, with a role and without exceptions, so that questions
// about a place to come can be asked now.
func (w *Work) probe(m *pbx.Membership, role pbx.RoleID) (*pbx.Snapshot, error) {
	now := *m
	now.Role, now.Overrides, now.Until = role, nil, time.Time{}
	if now.From.After(w.Now) {
		now.From = w.Now
	}
	change := pbx.Change{Put: []pbx.Noun{&now}}
	for _, o := range w.Snapshot.MembershipsOf(m.User) {
		if o.ID == m.ID || o.Until.IsZero() && o.Group != m.Group && !(o.Main && m.Main) {
			continue
		}
		other := *o
		if other.Main = other.Main && !m.Main; other.Group == m.Group && (other.Until.IsZero() || other.Until.After(w.Now)) {
			if other.Until = w.Now; other.From.After(w.Now) {
				other.From = w.Now
			}
		}
		change.Put = append(change.Put, &other)
	}
	return w.Snapshot.Apply(change)
}

// grace writes exceptions and sharing into a membership, each asked for where the membership counts already.
func (w *Work) grace(next *pbx.Membership, c SetMember) error {
	if !c.Replace && c.Presence == nil && c.Calls == nil {
		return nil
	}
	s, err := w.probe(next, next.Role)
	if err != nil {
		return err
	}
	if c.Replace {
		before := *next
		if next.Overrides, err = cleanOverrides(c.Overrides); err != nil {
			return err
		}
		if err := w.askOverrides(s, &before, next.Overrides); err != nil {
			return atField(err, "overrides")
		}
	}
	return w.share(s, next, c.Presence, c.Calls)
}

// cleanOverrides refuses what is no exception; inherit is the same as none.
func cleanOverrides(all map[string]pbx.Override) (map[string]pbx.Override, error) {
	var clean map[string]pbx.Override
	for name, v := range all {
		if _, ok := policy.ParseRight(name); !ok {
			return nil, pbx.Refuse(pbx.Invalid, "overrides", "grant.right_unknown", "right", printable(name))
		}
		switch v {
		case "", "inherit":
			continue
		case pbx.OverrideAllow, pbx.OverrideDeny:
		default:
			return nil, pbx.Refuse(pbx.Invalid, "overrides", "membership.override_unknown", "value", printable(string(v)))
		}
		if clean == nil {
			clean = map[string]pbx.Override{}
		}
		clean[name] = v
	}
	return clean, nil
}

// askOverrides asks for every exception that differs. The snapshot holds the membership without any; those it has are put
// there first, one after the other being asked on them.
func (w *Work) askOverrides(s *pbx.Snapshot, m *pbx.Membership, next map[string]pbx.Override) error {
	now := *s.Memberships[m.ID]
	now.Overrides = m.Overrides
	s, err := s.Apply(pbx.Change{Put: []pbx.Noun{&now}})
	if err != nil {
		return err
	}
	for _, r := range policy.AllRights() {
		if v := next[r.String()]; v != m.Overrides[r.String()] {
			if err := w.Ask(s, policy.MembershipOverride, policy.Override(m.User, m.Group, r, v)); err != nil {
				return err
			}
		}
	}
	return nil
}

// share writes with whom a member shares; each asks for a right of its own.
func (w *Work) share(s *pbx.Snapshot, m *pbx.Membership, presence, calls *pbx.Share) error {
	if presence != nil && *presence != m.Presence {
		if err := w.Ask(s, policy.PresenceShare, policy.User(m.User)); err != nil {
			return atField(err, "presence")
		}
		m.Presence = *presence
	}
	if calls != nil && *calls != m.Calls {
		if *calls == pbx.ShareEveryone {
			return pbx.Refuse(pbx.Invalid, "calls", "membership.share_unknown", "value", string(*calls))
		}
		if err := w.Ask(s, policy.CallShare, policy.User(m.User)); err != nil {
			return atField(err, "calls")
		}
		m.Calls = *calls
	}
	return nil
}

// keepHome lets a person whose last membership ends join the default group at that moment, so that nobody stands nowhere
//
func (w *Work) keepHome(u pbx.UserID, change pbx.Change) (pbx.Change, error) {
	after := map[pbx.MembershipID]*pbx.Membership{}
	for _, m := range w.Snapshot.MembershipsOf(u) {
		after[m.ID] = m
	}
	for _, n := range change.Put {
		if m, ok := n.(*pbx.Membership); ok && m.User == u {
			after[m.ID] = m
		}
	}
	for _, r := range change.Delete {
		delete(after, pbx.MembershipID(r.ID))
	}
	if !isSomewhere(after, w.Now) {
		return w.takeIn(u, after, change), nil
	}
	last := w.Now
	for _, m := range after {
		if m.Until.IsZero() {
			return change, nil
		}
		if m.Until.After(last) {
			last = m.Until
		}
	}
	for _, m := range after {
		if m.Group == w.Snapshot.DefaultGroup() && m.Until.Equal(last) {
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, "until", "group.last")
		}
	}
	change.Put = append(change.Put, &pbx.Membership{ID: pbx.MembershipID(w.ID("mem")), User: u, Group: w.Snapshot.DefaultGroup(),
		Role: "user", From: last, Main: true, Overrides: w.leftDenied(u, w.Snapshot.DefaultGroup())})
	return change, nil
}

// isSomewhere reports whether one of the memberships counts at a moment, or comes to count at it.
func isSomewhere(all map[pbx.MembershipID]*pbx.Membership, at time.Time) bool {
	for _, m := range all {
		if m.IsActive(at) {
			return true
		}
	}
	return false
}

// takeIn lets a person who is nowhere now be in the default group from now on, until a place there that is to come anyway.
func (w *Work) takeIn(u pbx.UserID, all map[pbx.MembershipID]*pbx.Membership, change pbx.Change) pbx.Change {
	home := &pbx.Membership{ID: pbx.MembershipID(w.ID("mem")), User: u, Group: w.Snapshot.DefaultGroup(), Role: "user", From: w.Now, Main: true,
		Overrides: w.leftDenied(u, w.Snapshot.DefaultGroup())}
	for _, m := range all {
		if m.Group == home.Group && m.From.After(w.Now) && isLonger(home.Until, m.From) {
			home.Until = m.From
		}
	}
	for _, m := range all {
		home.Main = home.Main && !(m.Main && m.From.After(w.Now) && isLonger(home.Until, m.From))
	}
	change.Put = append(change.Put, home)
	return change
}

// SetOverride allows or denies one right of a person inside one group, or leaves it to his role again (G-021…G-023).
type SetOverride struct {
	User  pbx.UserID
	Group pbx.GroupID
	Right string
	Value pbx.Override // empty or "inherit" leaves it to the role
}

// Need asks to see group and person; Change asks for the exception itself.
func (c SetOverride) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.GroupSee, policy.Group(c.Group)}, {policy.UserSee, policy.User(c.User)}}
}

// Change writes the exception.
func (c SetOverride) Change(w *Work) (pbx.Change, error) {
	m := w.placeIn(c.User, c.Group)
	if m == nil {
		return pbx.Change{}, missing()
	}
	all := maps.Clone(m.Overrides)
	if all == nil {
		all = map[string]pbx.Override{}
	}
	all[c.Right] = c.Value
	next := *m
	w.object = m.Ref()
	if err := w.grace(&next, SetMember{Overrides: all, Replace: true}); err != nil {
		return pbx.Change{}, err
	}
	return pbx.Change{Put: []pbx.Noun{&next}}, nil
}

// SetShare says with whom a member shares presence and calls (G-011, G-012, C-11). Presence is everybody's own to share;
// calls are the group's administration's. Nil stays; empty follows the main group.
type SetShare struct {
	User     pbx.UserID
	Group    pbx.GroupID
	Presence *pbx.Share
	Calls    *pbx.Share
}

// Need asks to see the group.
func (c SetShare) Need(_ *pbx.Snapshot, who pbx.Actor) []Need {
	if who.User == c.User {
		return nil
	}
	return []Need{{policy.GroupSee, policy.Group(c.Group)}, {policy.UserSee, policy.User(c.User)}}
}

// Change writes what is shared.
func (c SetShare) Change(w *Work) (pbx.Change, error) {
	m := w.placeIn(c.User, c.Group)
	if m == nil {
		return pbx.Change{}, missing()
	}
	next := *m
	w.object = m.Ref()
	if err := w.share(w.Snapshot, &next, c.Presence, c.Calls); err != nil {
		return pbx.Change{}, err
	}
	return pbx.Change{Put: []pbx.Noun{&next}}, nil
}

// join makes the rows of a new membership.
func (w *Work) join(u pbx.UserID, g pbx.GroupID, role pbx.RoleID, mainGroup bool) []pbx.Noun {
	m := &pbx.Membership{ID: pbx.MembershipID(w.ID("mem")), User: u, Group: g, Role: role, From: w.Now, Main: mainGroup, Overrides: w.leftDenied(u, g)}
	w.objectOnce(m.Ref())
	if mainGroup {
		return append([]pbx.Noun{m}, w.notMain(m, nil)...)
	}
	return []pbx.Noun{m}
}

// objectOnce names the object of the command unless it has one.
func (w *Work) objectOnce(r pbx.Ref) {
	if w.object == (pbx.Ref{}) {
		w.object = r
	}
}

// notMain is what becomes of the memberships that are main while another one is to be, but for the one it comes from.
func (w *Work) notMain(main, but *pbx.Membership) []pbx.Noun {
	var rows []pbx.Noun
	for _, m := range w.Snapshot.MembershipsOf(main.User) {
		if !m.Main || isOver(m.Until, w) || but != nil && m.ID == but.ID ||
			pbx.Instant(m.From) >= pbx.Deadline(main.Until) || pbx.Instant(main.From) >= pbx.Deadline(m.Until) {
			continue
		}
		next := *m
		next.Main = false
		rows = append(rows, &next)
	}
	return rows
}

// RemoveMember takes a person out of a group; without another one he joins Default.
type RemoveMember struct {
	User    pbx.UserID
	Group   pbx.GroupID
	Planned bool // takes back only the role that is to come; the one that counts now goes on in its place
}

// Need asks for the right to take people out of this group.
func (c RemoveMember) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.GroupSee, policy.Group(c.Group)}, {policy.MembershipEdit, policy.TakeOut(c.User, c.Group)}}
}

// Change ends the membership at this moment; it stays in the past, where records need it. One that has not begun goes.
func (c RemoveMember) Change(w *Work) (pbx.Change, error) {
	if c.Planned {
		return c.unplan(w)
	}
	m := w.placeIn(c.User, c.Group)
	if m == nil {
		return pbx.Change{}, missing()
	}
	w.object = m.Ref()
	rest := w.others(c.User, c.Group)
	if len(rest) == 0 && c.Group == w.Snapshot.DefaultGroup() {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "", "group.last")
	}
	var change pbx.Change
	moves := len(rest) > 0 && m.Main
	if m.From.After(w.Now) {
		change.Delete = append(change.Delete, m.Ref())
	} else {
		ended := *m
		ended.Until = w.Now
		ended.Main = m.Main && !moves // the heir has been there for a while, and there are never two
		change.Put = append(change.Put, &ended)
	}
	if moves {
		change.Put = append(change.Put, heir(rest))
	}
	return w.keepHome(c.User, change)
}

// heir is the membership that becomes the main one: of several the first that does not end.
func heir(rest []*pbx.Membership) *pbx.Membership {
	next := *rest[max(0, slices.IndexFunc(rest, func(m *pbx.Membership) bool { return m.Until.IsZero() }))]
	next.Main = true
	return &next
}

// unplan takes back a role that is to come.
func (c RemoveMember) unplan(w *Work) (pbx.Change, error) {
	now := w.placeIn(c.User, c.Group)
	for _, m := range w.Snapshot.MembershipsOf(c.User) {
		if now == nil || m.Group != c.Group || !m.From.Equal(now.Until) || m.Until.Equal(m.From) {
			continue
		}
		w.object = m.Ref()
		s, err := w.probe(m, m.Role)
		if err != nil {
			return pbx.Change{}, err
		}
		if err := w.Ask(s, policy.MembershipEdit, policy.TakeOut(c.User, c.Group)); err != nil {
			return pbx.Change{}, err
		}
		if err := w.askEnd(now, m.Until); err != nil {
			return pbx.Change{}, err
		}
		next := *now
		next.Until = m.Until
		return pbx.Change{Put: []pbx.Noun{&next}, Delete: []pbx.Ref{m.Ref()}}, nil
	}
	return pbx.Change{}, missing()
}
