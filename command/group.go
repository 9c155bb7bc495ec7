package command

import (
	"maps"
	"slices"

	"tandem/pbx"
	"tandem/policy"
)

// CreateGroup adds a group with its first members.
type CreateGroup struct {
	Name     string
	Parent   pbx.GroupID // empty makes a top group
	Language string
	Zone     string
	Members  []pbx.UserID
}

// Need asks for group.create over the parent, or over the house for a top group.
func (c CreateGroup) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.GroupCreate, place(c.Parent)}}
}

// place is the target for something that happens below a group, or at the top of the house.
func place(g pbx.GroupID) policy.Target {
	if g == "" {
		return policy.System()
	}
	return policy.Group(g)
}

// Change makes the group; each member asks for the right to put him there, on the configuration that has the group.
func (c CreateGroup) Change(w *Work) (pbx.Change, error) {
	g := &pbx.Group{ID: pbx.GroupID(w.ID("grp")), Parent: c.Parent, Created: w.Now}
	w.object = g.Ref()
	var err error
	if g.Name, err = cleanName("name", c.Name); err != nil {
		return pbx.Change{}, err
	}
	if g.Language, err = cleanLanguage(c.Language); err != nil {
		return pbx.Change{}, err
	}
	if g.Zone, err = cleanZone(c.Zone); err != nil {
		return pbx.Change{}, err
	}
	change := pbx.Change{Put: []pbx.Noun{g}}
	next, err := w.Snapshot.Apply(change)
	if err != nil {
		return pbx.Change{}, err
	}
	for i, u := range c.Members {
		if slices.Contains(c.Members[:i], u) {
			continue
		}
		if err := w.Ask(next, policy.MembershipEdit, policy.Place(u, g.ID, "user")); err != nil {
			return pbx.Change{}, atField(err, "members")
		}
		change.Put = append(change.Put, w.join(u, g.ID, "user", false)...)
	}
	return change, nil
}

// EditGroup changes a group; nil fields stay. A new parent moves it with everything below (I-14).
type EditGroup struct {
	Group     pbx.GroupID
	Name      *string
	Parent    *pbx.GroupID
	Language  *string
	Zone      *string
	Published *bool
	Ceiling   *pbx.RoleID // the highest role that managers of the group may give; empty is manager (C-2)
	Replay    *pbx.Replay // how much of a conference its guests hear again; empty follows the office (D-040)
}

// Need asks for group.edit here and at both parents, and for group.publish to show the members to everybody.
func (c EditGroup) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	var needs []Need
	if c.Name != nil || c.Parent != nil || c.Language != nil || c.Zone != nil || c.Ceiling != nil || c.Replay != nil || c.Published == nil {
		needs = append(needs, Need{policy.GroupEdit, policy.Group(c.Group)})
	}
	if c.Published != nil {
		needs = append(needs, Need{policy.GroupPublish, policy.Group(c.Group)})
	}
	if g := s.Groups[c.Group]; g != nil && c.Parent != nil && *c.Parent != g.Parent {
		needs = append(needs, Need{policy.GroupEdit, place(g.Parent)}, Need{policy.GroupEdit, place(*c.Parent)})
	}
	return needs
}

// Change writes the new fields.
func (c EditGroup) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Groups[c.Group]
	if old == nil {
		return pbx.Change{}, missing()
	}
	g := *old
	w.object = g.Ref()
	var err error
	if c.Name != nil {
		if g.Name, err = cleanName("name", *c.Name); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Parent != nil {
		g.Parent = *c.Parent
	}
	if c.Language != nil {
		if g.Language, err = cleanLanguage(*c.Language); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Zone != nil {
		if g.Zone, err = cleanZone(*c.Zone); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Published != nil {
		g.Published = *c.Published
	}
	if c.Ceiling != nil && *c.Ceiling != g.Ceiling {
		if err := w.askCeiling(g, *c.Ceiling); err != nil {
			return pbx.Change{}, err
		}
		g.Ceiling = *c.Ceiling
	}
	if c.Replay != nil {
		g.Replay = *c.Replay
	}
	return pbx.Change{Put: []pbx.Noun{&g}}, nil
}

// askCeiling lets change what managers may give whoever may give it himself, however low the ceiling of the group is: so
// nobody moves the bound that binds him.
func (w *Work) askCeiling(g pbx.Group, ceiling pbx.RoleID) error {
	if g.Default {
		return pbx.Refuse(pbx.Invalid, "ceiling", "group.default_ceiling")
	}
	if ceiling == "" {
		ceiling = "manager"
	}
	switch {
	case !slices.Contains([]pbx.RoleID{"user", "receptionist", "manager", "group_admin"}, ceiling):
		return pbx.Refuse(pbx.Invalid, "ceiling", "role.unknown", "role", printable(string(ceiling)))
	case w.Who.Kind != pbx.ActorSystem && !slices.Contains(policy.Ceilings(w.Snapshot, w.Who, &g, w.Now), ceiling):
		return pbx.Refuse(pbx.Denied, "ceiling", "group.ceiling_denied")
	}
	return nil
}

// DeleteGroup takes a group out. Members who are in no other group move to Default, so that nobody stands nowhere.
type DeleteGroup struct{ Group pbx.GroupID }

// Need asks for group.create, which also deletes, and for taking people out when there are any.
func (c DeleteGroup) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	needs := []Need{{policy.GroupCreate, policy.Group(c.Group)}}
	if len(s.Members(c.Group)) > 0 {
		needs = append(needs, Need{policy.MembershipEdit, policy.Group(c.Group)})
	}
	return needs
}

// Change deletes the group and what is scoped to it, and moves the members.
func (c DeleteGroup) Change(w *Work) (pbx.Change, error) {
	g := w.Snapshot.Groups[c.Group]
	if g == nil {
		return pbx.Change{}, missing()
	}
	w.object = g.Ref()
	if g.Default {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "", "group.default_stays", "name", g.Name)
	}
	if len(w.Snapshot.Children(g.ID)) > 0 {
		return pbx.Change{}, pbx.Refuse(pbx.Conflict, "", "group.has_children", "name", g.Name)
	}
	change := pbx.Change{Put: w.orphans(g), Delete: append([]pbx.Ref{g.Ref()}, w.Snapshot.Cascade(g.Ref())...)}
	change.Put = append(change.Put, w.leftWays(g.ID)...)
	homeless := map[pbx.UserID]bool{}
	for _, m := range w.Snapshot.Members(g.ID) {
		if !m.IsActive(w.Now) || homeless[m.User] {
			continue
		}
		rest := w.others(m.User, g.ID)
		if len(rest) == 0 {
			homeless[m.User] = true
			change.Put = append(change.Put, &pbx.Membership{ID: pbx.MembershipID(w.ID("mem")), User: m.User,
				Group: w.Snapshot.DefaultGroup(), Role: "user", From: w.Now, Main: true})
			continue
		}
		if m.Main {
			change.Put = append(change.Put, heir(rest))
		}
	}
	return change, nil
}

// leftWays are the ways out of the house without a group. One that was for nobody else is switched off: nobody gets it who did
// not have it, and while it stands the others are not tried in its place.
func (w *Work) leftWays(g pbx.GroupID) (ways []pbx.Noun) {
	for _, id := range slices.Sorted(maps.Keys(w.Snapshot.OutRoutes)) {
		r := w.Snapshot.OutRoutes[id]
		if !slices.Contains(r.Groups, g) {
			continue
		}
		next := *r
		next.Groups = slices.DeleteFunc(slices.Clone(r.Groups), func(o pbx.GroupID) bool { return o == g })
		if len(next.Groups) == 0 {
			next.Groups, next.Off = nil, true
		}
		ways = append(ways, &next)
	}
	return ways
}

// orphans are the ring groups, queues, menus, trunks and other things that the deletion of a group touches: they no longer ring its members, and
// what belonged to the group itself belongs to the group above it afterwards.
func (w *Work) orphans(g *pbx.Group) []pbx.Noun {
	all := withoutMember(w.Snapshot, g.Ref())
	for _, r := range w.Snapshot.Rings {
		if r.Group != g.ID {
			continue
		}
		next := *r
		i := slices.IndexFunc(all, func(n pbx.Noun) bool { return n.Ref() == r.Ref() })
		if i >= 0 {
			next = *all[i].(*pbx.RingGroup)
		}
		next.Group = g.Parent
		next.Escalate = next.Escalate && g.Parent != ""
		if i >= 0 {
			all[i] = &next
		} else {
			all = append(all, &next)
		}
	}
	all = bequeathed(all, w.Snapshot.Queues, g, func(x *pbx.Queue) *pbx.GroupID { return &x.Group })
	all = bequeathed(all, w.Snapshot.Menus, g, func(x *pbx.Menu) *pbx.GroupID { return &x.Group })
	all = bequeathed(all, w.Snapshot.Parks, g, func(x *pbx.Park) *pbx.GroupID { return &x.Group })
	all = bequeathed(all, w.Snapshot.Rooms, g, func(x *pbx.Room) *pbx.GroupID { return &x.Group })
	all = bequeathed(all, w.Snapshot.Restrictions, g, func(x *pbx.Restriction) *pbx.GroupID { return &x.Group })
	all = bequeathed(all, w.Snapshot.Regions, g, func(x *pbx.Region) *pbx.GroupID { return &x.Group })
	all = bequeathed(all, w.Snapshot.Trunks, g, func(x *pbx.Trunk) *pbx.GroupID { return &x.Group })
	all = bequeathed(all, w.Snapshot.DIDs, g, func(x *pbx.DID) *pbx.GroupID { return &x.Group })
	return all
}

// bequeathed adds the rows of a kind that belong to a group, as those of the group above it.
func bequeathed[K ~string, T any, P interface {
	*T
	pbx.Noun
}](all []pbx.Noun, rows map[K]P, g *pbx.Group, group func(P) *pbx.GroupID) []pbx.Noun {
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		if old := rows[id]; *group(old) == g.ID {
			next := P(new(T))
			*next = *old
			*group(next) = g.Parent
			all = append(all, next)
		}
	}
	return all
}

// others lists a person's active memberships in other groups.
func (w *Work) others(u pbx.UserID, g pbx.GroupID) []*pbx.Membership {
	var rest []*pbx.Membership
	for _, m := range w.Snapshot.MembershipsOf(u) {
		if m.Group != g && m.IsActive(w.Now) {
			rest = append(rest, m)
		}
	}
	return rest
}
