package command

import (
	"slices"

	"tandem/pbx"
	"tandem/policy"
)

// Place is one group a new person joins, and the role there.
type Place struct {
	Group pbx.GroupID
	Role  pbx.RoleID // empty means user
}

// Person is what is typed about a new person.
type Person struct {
	Name      string
	Email     string
	Extension *string // nil takes the next free number; empty gives none (D-004)
	Mobile    string
	Language  string
	Zone      string
	Groups    []Place     // none means the Default group
	Main      pbx.GroupID // with several groups; empty means the first
}

// CreateUser adds a person (X-002… ). Each group asks for the right to create people there; a role above user
// asks for the right to give it (rights invariant I-13), an office-wide role for that right too.
type CreateUser struct {
	Person
	OfficeRole pbx.RoleID
}

// Need asks for user.create over each group.
func (c CreateUser) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	var needs []Need
	for _, p := range c.places(s) {
		needs = append(needs, Need{policy.UserCreate, policy.Group(p.Group)})
	}
	return needs
}

func (p Person) places(s *pbx.Snapshot) []Place {
	if len(p.Groups) == 0 {
		return []Place{{Group: s.DefaultGroup()}}
	}
	return p.Groups
}

// Change makes the person and the memberships.
func (c CreateUser) Change(w *Work) (pbx.Change, error) {
	u, members, err := w.person(c.Person, newPool(w.Snapshot))
	if err != nil {
		return pbx.Change{}, err
	}
	w.object = u.Ref()
	change, err := w.settle([]*pbx.User{u}, members)
	if err != nil || c.OfficeRole == "" {
		return change, err
	}
	a, err := w.assign(change, u.ID, c.OfficeRole)
	if err != nil {
		return pbx.Change{}, err
	}
	change.Put = append(change.Put, a)
	return change, nil
}

// person checks what is typed and makes the rows; numbers are those that nobody of the same change has taken.
func (w *Work) person(p Person, numbers *pool) (*pbx.User, []*pbx.Membership, error) {
	u := &pbx.User{ID: pbx.UserID(w.ID("usr")), Created: w.Now}
	var err error
	if u.Name, err = cleanName("name", p.Name); err != nil {
		return nil, nil, err
	}
	if u.Email, err = cleanEmail(p.Email); err != nil {
		return nil, nil, err
	}
	if err := w.freeEmail(u.Email, u.ID); err != nil {
		return nil, nil, err
	}
	if p.Extension == nil {
		u.Extension, err = numbers.next()
	} else if u.Extension, err = cleanExtension(*p.Extension, w.Snapshot.Tenant.Country); err == nil {
		err = w.freeExtension(u.Extension, u.ID)
	}
	if err != nil {
		return nil, nil, err
	}
	if u.Language, err = cleanLanguage(p.Language); err != nil {
		return nil, nil, err
	}
	if u.Zone, err = cleanZone(p.Zone); err != nil {
		return nil, nil, err
	}
	members, err := w.memberships(u.ID, p)
	if err != nil {
		return nil, nil, err
	}
	main := members[slices.IndexFunc(members, func(m *pbx.Membership) bool { return m.Main })].Group
	u.Mobile, err = cleanMobile(p.Mobile, w.Snapshot.PlaceOfGroup(main).Country) // where the new person will be
	return u, members, err
}

// memberships makes the rows that put a new person into the groups.
func (w *Work) memberships(u pbx.UserID, p Person) ([]*pbx.Membership, error) {
	places := p.places(w.Snapshot)
	mainGroup := p.Main
	if mainGroup == "" {
		mainGroup = places[0].Group
	}
	var members []*pbx.Membership
	for i, place := range places {
		if w.Snapshot.Groups[place.Group] == nil {
			return nil, pbx.Refuse(pbx.Invalid, "groups", "group.unknown")
		}
		if slices.ContainsFunc(places[:i], func(o Place) bool { return o.Group == place.Group }) {
			return nil, pbx.Refuse(pbx.Invalid, "groups", "group.twice", "name", w.Snapshot.Groups[place.Group].Name)
		}
		if place.Role == "" {
			place.Role = "user"
		}
		if !isGroupRole(w.Snapshot, place.Role) {
			return nil, pbx.Refuse(pbx.Invalid, "groups", "role.unknown", "role", printable(string(place.Role)))
		}
		members = append(members, &pbx.Membership{ID: pbx.MembershipID(w.ID("mem")), User: u, Group: place.Group, Role: place.Role,
			From: w.Now, Main: place.Group == mainGroup})
	}
	if !slices.ContainsFunc(members, func(m *pbx.Membership) bool { return m.Main }) {
		return nil, pbx.Refuse(pbx.Invalid, "main", "group.main_elsewhere")
	}
	return members, nil
}

// settle joins the rows of new people to a change. Roles above user are asked for on the configuration in which the
// people already exist as plain members: what somebody may hand on depends on who receives it.
func (w *Work) settle(users []*pbx.User, members []*pbx.Membership) (pbx.Change, error) {
	var plain, real pbx.Change
	for _, u := range users {
		plain.Put, real.Put = append(plain.Put, u), append(real.Put, u)
	}
	var taken []string
	for _, u := range users {
		if w.Snapshot.Tenant.Talk {
			l := w.personalLink(u, taken)
			taken = append(taken, l.Slug)
			real.Put = append(real.Put, l)
		}
	}
	raised := false
	for _, m := range members {
		low := *m
		low.Role = "user"
		raised = raised || m.Role != "user"
		plain.Put, real.Put = append(plain.Put, &low), append(real.Put, m)
	}
	if !raised || w.Who.Kind == pbx.ActorSystem {
		return real, nil
	}
	s, err := w.Snapshot.Apply(plain)
	if err != nil {
		return pbx.Change{}, err
	}
	for _, m := range members {
		if m.Role == "user" {
			continue
		}
		if err := w.Ask(s, policy.MembershipRole, policy.Place(m.User, m.Group, m.Role)); err != nil {
			return pbx.Change{}, atField(err, "groups")
		}
	}
	return real, nil
}

// EditUser changes what is set for a person; nil fields stay. What is a person's own particulars asks for user.profile,
// everything else for user.edit (rights catalogue).
type EditUser struct {
	User      pbx.UserID
	Name      *string
	Email     *string
	Extension *string
	Mobile    *string
	Language  *string
	Zone      *string
	Photo     *string   // content hash; empty takes the picture away
	Networks  *[]string // addresses and networks from which the phones may sign in; empty means everywhere
}

// Need asks for the narrowest right that covers the fields.
func (c EditUser) Need(_ *pbx.Snapshot, who pbx.Actor) []Need {
	right := policy.UserProfile
	if c.Email != nil || c.Extension != nil || c.Networks != nil || c.Mobile != nil && who.User != c.User {
		right = policy.UserEdit
	}
	return []Need{{right, policy.User(c.User)}}
}

// Change writes the new fields.
func (c EditUser) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Users[c.User]
	if old == nil {
		return pbx.Change{}, missing()
	}
	u := *old
	w.object = u.Ref()
	country := w.Snapshot.Tenant.Country
	for _, edit := range []struct {
		field *string
		to    *string
		clean func(string) (string, error)
	}{
		{&u.Name, c.Name, func(s string) (string, error) { return cleanName("name", s) }},
		{&u.Email, c.Email, cleanEmail},
		{&u.Extension, c.Extension, func(s string) (string, error) { return cleanExtension(s, country) }},
		{&u.Mobile, c.Mobile, func(s string) (string, error) { return cleanMobile(s, w.Snapshot.PlaceOf(u.ID, "", w.Now).Country) }},
		{&u.Language, c.Language, cleanLanguage},
		{&u.Zone, c.Zone, cleanZone},
		{&u.Photo, c.Photo, func(s string) (string, error) { return s, nil }},
	} {
		if edit.to == nil {
			continue
		}
		v, err := edit.clean(*edit.to)
		if err != nil {
			return pbx.Change{}, err
		}
		*edit.field = v
	}
	if c.Networks != nil {
		var err error
		if u.Networks, err = networks(*c.Networks); err != nil {
			return pbx.Change{}, err
		}
	}
	if err := w.freeExtension(u.Extension, u.ID); err != nil {
		return pbx.Change{}, err
	}
	if err := w.freeEmail(u.Email, u.ID); err != nil {
		return pbx.Change{}, err
	}
	return pbx.Change{Put: []pbx.Noun{&u}}, nil
}

// SuspendUser closes every door to a person at once (WB-07); what belongs to the person stays.
type SuspendUser struct {
	User   pbx.UserID
	Reason string
}

// Need asks for user.suspend; nobody suspends himself, and the last System Owner stays (I-2, I-3).
func (c SuspendUser) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.UserSuspend, policy.User(c.User)}}
}

// Change opens an interval without end. Who is suspended already stays as he is.
func (c SuspendUser) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Users[c.User]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	var err error
	if w.reason, err = cleanReason(c.Reason); err != nil || openSuspension(old, w) {
		return pbx.Change{}, err
	}
	if err := keepOwner(w, c.User); err != nil {
		return pbx.Change{}, err
	}
	u := *old
	u.Suspensions = append(slices.Clone(closedSuspensions(old, w)), pbx.Interval{From: w.Now})
	return pbx.Change{Put: []pbx.Noun{&u}}, nil
}

func openSuspension(u *pbx.User, w *Work) bool {
	return slices.ContainsFunc(u.Suspensions, func(i pbx.Interval) bool { return i.Contains(w.Now) && i.Until.IsZero() })
}

// closedSuspensions is the history with nothing left open after this moment.
func closedSuspensions(u *pbx.User, w *Work) []pbx.Interval {
	var past []pbx.Interval
	for _, i := range u.Suspensions {
		if !i.From.Before(w.Now) {
			continue
		}
		if i.Until.IsZero() || i.Until.After(w.Now) {
			i.Until = w.Now
		}
		past = append(past, i)
	}
	return past
}

// RestoreUser ends a suspension.
type RestoreUser struct {
	User   pbx.UserID
	Reason string
}

// Need asks for user.suspend.
func (c RestoreUser) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.UserSuspend, policy.User(c.User)}}
}

// Change closes the open interval, and drops those that have not begun.
func (c RestoreUser) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Users[c.User]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	var err error
	if w.reason, err = cleanReason(c.Reason); err != nil {
		return pbx.Change{}, err
	}
	u := *old
	u.Suspensions = closedSuspensions(old, w)
	return pbx.Change{Put: []pbx.Noun{&u}}, nil
}

// DeleteUser takes a person out with memberships, roles, devices, tokens, status and forwarding, and out of ring groups and queues. Call
// records keep the name of their time; what led to him in the rules of others stays, and is listed as a problem.
type DeleteUser struct {
	User   pbx.UserID
	Reason string
}

// Need asks for user.delete.
func (c DeleteUser) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.UserDelete, policy.User(c.User)}}
}

// Change deletes the person and what means nothing without him.
func (c DeleteUser) Change(w *Work) (pbx.Change, error) {
	u := w.Snapshot.Users[c.User]
	if u == nil {
		return pbx.Change{}, missing()
	}
	w.object = u.Ref()
	var err error
	if w.reason, err = cleanReason(c.Reason); err != nil {
		return pbx.Change{}, err
	}
	if err := keepOwner(w, c.User); err != nil {
		return pbx.Change{}, err
	}
	return pbx.Change{Put: append(withoutMember(w.Snapshot, u.Ref()), withoutAgent(w.Snapshot, u.ID)...), Delete: append([]pbx.Ref{u.Ref()}, w.Snapshot.Cascade(u.Ref())...)}, nil
}

// keepOwner refuses to lose the last System Owner who is active and whose role has no end, whoever asks (I-3).
func keepOwner(w *Work, leaving pbx.UserID) error {
	if !isLastingOwner(w, leaving) {
		return nil
	}
	for id := range w.Snapshot.Users {
		if id != leaving && isLastingOwner(w, id) {
			return nil
		}
	}
	return pbx.Refuse(pbx.Denied, "", "user.last_owner")
}

func isLastingOwner(w *Work, id pbx.UserID) bool {
	u := w.Snapshot.Users[id]
	if u == nil || u.IsSuspended(w.Now) {
		return false
	}
	return slices.ContainsFunc(w.Snapshot.AssignmentsOf(id), func(a *pbx.Assignment) bool {
		return a.Role == "system_owner" && a.Scope.Kind == pbx.ScopeAll && a.Until.IsZero() && !a.From.After(w.Now)
	})
}
