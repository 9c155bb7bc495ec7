package pbx

import (
	"cmp"
	"slices"

	"tandem/hours"
)

// index answers the questions that are asked per call and per request. Apply mends it, NewSnapshot builds it.
type index struct {
	extensions   Table[string, Ref]
	emails       Table[string, UserID]
	usernames    Table[string, *Device]
	hashes       Table[string, *Token]
	memberships  Table[UserID, []*Membership]
	members      Table[GroupID, []*Membership]
	children     Table[GroupID, []*Group]
	assignments  Table[UserID, []*Assignment]
	grants       Table[UserID, []*Grant]
	devices      Table[UserID, []*Device]
	tokens       Table[UserID, []*Token]
	dids         Table[string, *DID]
	standard     GroupID
	restrictions map[Kind]map[string][]*Restriction // by kind and id of what they are put on, so that kinds without any are passed over; without those that are off
	decks        map[TrunkID][]*Deck                // by trunk, newest first
	budgets      map[Kind]map[string][]*Budget      // as restrictions: by kind and id of what they are put on; without those that are off
	alarms       map[Ref]*Alarm                     // that hold, by whom they stop
	regions      map[Ref]*Region                    // by their members
	contacts     map[string][]*Contact              // by their numbers
	calendar     *hours.Zone                        // of the office …
	calendarOf   string                             // … and its name
	clocks       map[string]*hours.Zone             // of the office and its groups, while a rule asks for the time of day
	people       crowd
	nodes        map[GroupID]*Node
	hours        map[HoursID]Kept     // of the office, every group and who keeps his own; nil while nobody keeps any
	bases        map[base]*hours.Plan // compiled timetables
	zones        map[string]*hours.Zone
	fresh        bool // being built: nobody else holds its tables
}

// reindex builds the index of everything anew; a number, address or name that stands twice is an *Error.
func (s *Snapshot) reindex() error {
	s.index = index{fresh: true}
	x := &s.index
	for _, u := range s.Users {
		if err := s.linkUser(u); err != nil {
			return err
		}
	}
	for _, n := range s.dialled() {
		if err := s.linkDialled(n); err != nil {
			return err
		}
	}
	for _, d := range s.Devices {
		if err := s.linkUsername(d); err != nil {
			return err
		}
		push(&x.devices, d.User, d)
	}
	for _, t := range s.Tokens {
		if err := s.linkHash(t); err != nil {
			return err
		}
		push(&x.tokens, t.User, t)
	}
	for _, d := range s.DIDs {
		if err := s.linkDID(d); err != nil {
			return err
		}
	}
	for _, m := range s.Memberships {
		push(&x.memberships, m.User, m)
		push(&x.members, m.Group, m)
	}
	for _, g := range s.Groups {
		push(&x.children, g.Parent, g)
		if g.Default {
			x.standard = g.ID
		}
	}
	for _, a := range s.Assignments {
		push(&x.assignments, a.User, a)
	}
	for _, g := range s.Grants {
		push(&x.grants, g.User, g)
	}
	sortAll(&x.devices, byDevice)
	sortAll(&x.tokens, byToken)
	sortAll(&x.memberships, byMembership)
	sortAll(&x.members, byMembership)
	sortAll(&x.children, byName)
	sortAll(&x.assignments, byAssignment)
	sortAll(&x.grants, byGrant)
	x.fresh = false
	s.indexPeople()
	s.indexHours()
	s.indexRestrictions()
	s.indexDecks()
	s.indexBudgets()
	s.indexAlarms()
	s.indexRegions()
	s.indexContacts()
	return nil
}

// mend brings the index up to the touched rows. The snapshot before keeps its own.
// All rows leave before the first enters, so that two people can swap numbers in one change.
func (s *Snapshot) mend(t *touch) error {
	x := &s.index
	for _, r := range t.rows {
		if r.old != nil {
			x.unlink(r.old)
		}
	}
	for _, r := range t.rows {
		if r.new == nil {
			continue
		}
		if err := s.link(r.new); err != nil {
			return err
		}
	}
	s.mendPeople(t)
	s.mendHours(t)
	s.mendRestrictions(t)
	s.mendDecks(t)
	s.mendBudgets(t)
	s.mendAlarms(t)
	s.mendRegions(t)
	s.mendContacts(t)
	return nil
}

func (x *index) unlink(n Noun) {
	switch n := n.(type) {
	case *User:
		if n.Extension != "" {
			x.extensions = x.extensions.Without(n.Extension)
		}
		x.emails = x.emails.Without(foldEmail(n.Email))
	case dialled:
		for _, number := range numbers(n) {
			x.extensions = x.extensions.Without(number)
		}
	case *Device:
		x.usernames = x.usernames.Without(n.Username)
		leave(&x.devices, n.User, n)
	case *Token:
		x.hashes = x.hashes.Without(n.Hash)
		leave(&x.tokens, n.User, n)
	case *DID:
		x.dids = x.dids.Without(n.Number)
	case *Membership:
		leave(&x.memberships, n.User, n)
		leave(&x.members, n.Group, n)
	case *Group:
		leave(&x.children, n.Parent, n)
		if x.standard == n.ID {
			x.standard = ""
		}
	case *Assignment:
		leave(&x.assignments, n.User, n)
	case *Grant:
		leave(&x.grants, n.User, n)
	}
}

func (s *Snapshot) link(n Noun) error {
	x := &s.index
	switch n := n.(type) {
	case *User:
		return s.linkUser(n)
	case dialled:
		return s.linkDialled(n)
	case *Device:
		enter(&x.devices, n.User, n, byDevice)
		return s.linkUsername(n)
	case *Token:
		enter(&x.tokens, n.User, n, byToken)
		return s.linkHash(n)
	case *DID:
		return s.linkDID(n)
	case *Membership:
		enter(&x.memberships, n.User, n, byMembership)
		enter(&x.members, n.Group, n, byMembership)
	case *Group:
		enter(&x.children, n.Parent, n, byName)
		if n.Default {
			x.standard = n.ID
		}
	case *Assignment:
		enter(&x.assignments, n.User, n, byAssignment)
	case *Grant:
		enter(&x.grants, n.User, n, byGrant)
	}
	return nil
}

func (s *Snapshot) linkUser(u *User) error {
	x := &s.index
	if err := s.linkExtension(u.Extension, u.Ref()); err != nil {
		return err
	}
	email := foldEmail(u.Email)
	if id, taken := x.emails.Get(email); taken {
		return Refuse(Conflict, "email", "user.email_taken", "email", u.Email, "name", s.NameOf(Ref{KindUser, string(id)}))
	}
	store(x, &x.emails, email, u.ID)
	return nil
}

// dialled is what has an internal number besides people.
type dialled interface {
	Noun
	number() string
}

func (g *RingGroup) number() string { return g.Extension }
func (q *Queue) number() string     { return q.Extension }
func (m *Menu) number() string      { return m.Extension }
func (e *Entrance) number() string  { return e.Extension }
func (p *Park) number() string      { return p.Extension }
func (r *Room) number() string      { return r.Extension }

// numbers are all internal numbers of something: of park positions more than one.
func numbers(n dialled) []string {
	if n.number() == "" {
		return nil
	}
	all := []string{n.number()}
	if p, ok := n.(*Park); ok {
		all = append(all, p.Positions()...)
	}
	return all
}

// linkDialled gives something its internal numbers.
func (s *Snapshot) linkDialled(n dialled) error {
	for _, number := range numbers(n) {
		if err := s.linkExtension(number, n.Ref()); err != nil {
			return err
		}
	}
	return nil
}

// dialled lists everything besides people that may have an internal number.
func (s *Snapshot) dialled() []dialled {
	var all []dialled
	for _, g := range s.Rings {
		all = append(all, g)
	}
	for _, q := range s.Queues {
		all = append(all, q)
	}
	for _, m := range s.Menus {
		all = append(all, m)
	}
	for _, e := range s.Entrances {
		all = append(all, e)
	}
	for _, p := range s.Parks {
		all = append(all, p)
	}
	for _, r := range s.Rooms {
		all = append(all, r)
	}
	return all
}

// linkExtension gives an internal number to a person, a ring group, a queue, a menu or a group; an empty one is nobody's.
func (s *Snapshot) linkExtension(extension string, r Ref) error {
	if extension == "" {
		return nil
	}
	if holder, taken := s.index.extensions.Get(extension); taken {
		return Refuse(Conflict, "extension", "user.extension_taken", "extension", extension, "name", s.NameOf(holder))
	}
	store(&s.index, &s.index.extensions, extension, r)
	return nil
}

func (s *Snapshot) linkUsername(d *Device) error {
	if _, taken := s.index.usernames.Get(d.Username); taken {
		return Refuse(Conflict, "username", "device.username_taken", "username", d.Username)
	}
	store(&s.index, &s.index.usernames, d.Username, d)
	return nil
}

func (s *Snapshot) linkDID(d *DID) error {
	if _, taken := s.index.dids.Get(d.Number); taken {
		return Refuse(Conflict, "number", "did.taken", "number", d.Number)
	}
	store(&s.index, &s.index.dids, d.Number, d)
	return nil
}

func (s *Snapshot) linkHash(t *Token) error {
	if _, taken := s.index.hashes.Get(t.Hash); taken {
		return Refuse(Conflict, "", "token.taken")
	}
	store(&s.index, &s.index.hashes, t.Hash, t)
	return nil
}

// NameOf is what a person, a group or a ring group is called; the id of anything else.
func (s *Snapshot) NameOf(r Ref) string {
	switch n := s.Find(r).(type) {
	case *User:
		return n.Name
	case *Group:
		return n.Name
	case *RingGroup:
		return n.Name
	case *Queue:
		return n.Name
	case *Menu:
		return n.Name
	case *Park:
		return n.Name
	case *Room:
		return n.Name
	case *Trunk:
		return n.Name
	case *DID:
		return n.Number
	case *OutRoute:
		return n.Name
	case *Restriction:
		return n.Name
	case *Deck:
		return n.Name
	case *Budget:
		return n.Name
	case *Token:
		return n.Name
	case *Alarm:
		return s.NameOf(n.On)
	case *Region:
		return n.Name
	case *Contact:
		return n.Name
	case *TalkLink:
		return n.Name
	case *GuestRoom:
		return s.NameOf(Ref{KindUser, string(n.User)})
	case *Reminder:
		return s.NameOf(Ref{KindUser, string(n.User)})
	case *Timetable, *HoursOverride:
		if r.ID == string(OfficeHours) {
			return s.Tenant.Name
		}
		if s.Users[UserID(r.ID)] != nil {
			return s.NameOf(Ref{KindUser, r.ID})
		}
		return s.NameOf(Ref{KindGroup, r.ID})
	case *Entrance:
		return s.NameOf(Ref{KindGroup, r.ID})
	}
	return r.ID
}

// store writes in place while the index is new, and into a copy when it comes from an older snapshot.
func store[K ~string, V any](x *index, t *Table[K, V], k K, v V) {
	if x.fresh {
		t.put(k, v)
	} else {
		*t = t.With(k, v)
	}
}

// push is for a new index only.
func push[K ~string, V any](t *Table[K, []V], k K, v V) {
	list, _ := t.Get(k)
	t.put(k, append(list, v))
}

// leave and enter copy the list they change: the one before belongs to the snapshot before.
func leave[K ~string, V comparable](t *Table[K, []V], k K, v V) {
	list, _ := t.Get(k)
	list = slices.DeleteFunc(slices.Clone(list), func(o V) bool { return o == v })
	if len(list) == 0 {
		*t = t.Without(k)
		return
	}
	*t = t.With(k, list)
}

func enter[K ~string, V any](t *Table[K, []V], k K, v V, order func(a, b V) int) {
	list, _ := t.Get(k)
	i, _ := slices.BinarySearchFunc(list, v, order)
	*t = t.With(k, slices.Insert(slices.Clone(list), i, v))
}

func sortAll[K ~string, V any](t *Table[K, []V], order func(a, b V) int) {
	for _, list := range t.All() {
		if len(list) > 1 {
			slices.SortFunc(list, order)
		}
	}
}

func byDevice(a, b *Device) int         { return cmp.Compare(a.ID, b.ID) }
func byToken(a, b *Token) int           { return cmp.Compare(a.ID, b.ID) }
func byMembership(a, b *Membership) int { return cmp.Compare(a.ID, b.ID) }
func byAssignment(a, b *Assignment) int { return cmp.Compare(a.ID, b.ID) }
func byGrant(a, b *Grant) int           { return cmp.Compare(a.ID, b.ID) }
func byName(a, b *Group) int            { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) }
