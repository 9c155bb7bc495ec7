package pbx

import (
	"cmp"
	"iter"
	"maps"
	"slices"
)

// NewSnapshot builds a snapshot from all rows of a configuration and checks every invariant.
// The error is an *Error that names the first row at fault.
func NewSnapshot(version int64, nouns ...Noun) (*Snapshot, error) {
	s := empty(len(nouns))
	s.Version = version
	if err := s.write(Change{Put: nouns}, newTouch()); err != nil {
		return nil, err
	}
	if err := s.reindex(); err != nil {
		return nil, err
	}
	all := newTouch()
	for _, n := range nouns {
		all.add(nil, n)
	}
	if err := s.check(all); err != nil {
		return nil, err
	}
	return s, nil
}

func empty(size int) *Snapshot {
	return &Snapshot{
		Users:          make(map[UserID]*User, size/3),
		Groups:         map[GroupID]*Group{},
		Roles:          map[RoleID]*Role{},
		Memberships:    make(map[MembershipID]*Membership, size/3),
		Assignments:    map[AssignmentID]*Assignment{},
		Grants:         map[GrantID]*Grant{},
		Devices:        make(map[DeviceID]*Device, size/3),
		Tokens:         map[TokenID]*Token{},
		Choices:        map[UserID]*Choice{},
		Calendars:      map[UserID]*Calendar{},
		Duties:         map[UserID]*Duty{},
		Forwardings:    map[UserID]*Forwarding{},
		Rings:          map[RingID]*RingGroup{},
		Queues:         map[QueueID]*Queue{},
		Menus:          map[MenuID]*Menu{},
		Parks:          map[ParkID]*Park{},
		Rooms:          map[RoomID]*Room{},
		Accesses:       map[AccessID]*Access{},
		Reviews:        map[ReviewID]*Review{},
		Verdicts:       map[VerdictID]*Verdict{},
		Entrances:      map[GroupID]*Entrance{},
		Prompts:        map[PromptID]*Prompt{},
		Mailboxes:      map[BoxID]*Mailbox{},
		RecordRules:    map[RecordRuleID]*RecordRule{},
		Trunks:         map[TrunkID]*Trunk{},
		DIDs:           map[DIDID]*DID{},
		OutRoutes:      map[OutRouteID]*OutRoute{},
		Restrictions:   map[RestrictionID]*Restriction{},
		Decks:          map[DeckID]*Deck{},
		Budgets:        map[BudgetID]*Budget{},
		Alarms:         map[AlarmID]*Alarm{},
		Regions:        map[RegionID]*Region{},
		Contacts:       map[ContactID]*Contact{},
		Reminders:      map[ReminderID]*Reminder{},
		GuestRooms:     map[UserID]*GuestRoom{},
		TalkLinks:      map[TalkLinkID]*TalkLink{},
		Timetables:     map[HoursID]*Timetable{},
		HoursOverrides: map[HoursID]*HoursOverride{},
	}
}

// bulk is the number of rows from which building the whole index anew is cheaper than mending it row by row.
const bulk = 200

// Apply makes the snapshot that follows from a change, or refuses it with an *Error that names the field at fault.
// Only what changes is copied. The version stays; whoever stores the change sets it.
func (s *Snapshot) Apply(c Change) (*Snapshot, error) {
	next := *s
	t := newTouch()
	if err := next.write(c, t); err != nil {
		return nil, err
	}
	var err error
	if len(t.rows) > bulk {
		err = next.reindex()
	} else {
		err = next.mend(t)
	}
	if err == nil {
		err = next.check(t)
	}
	if err != nil {
		return nil, err
	}
	return &next, nil
}

// Diff lists what a change does to the rows of the snapshot, in the order of the change. Rows that stay as they are
// are left out, so that the audit log tells only what changed.
func (s *Snapshot) Diff(c Change) []Difference {
	var all []Difference
	for _, n := range c.Put {
		before := s.Find(n.Ref())
		if before == nil || !same(before, n) {
			all = append(all, Difference{Ref: n.Ref(), Before: before, After: n})
		}
	}
	for _, r := range c.Delete {
		if before := s.Find(r); before != nil {
			all = append(all, Difference{Ref: r, Before: before})
		}
	}
	return all
}

// Find gets a row by its reference; nil if there is none.
func (s *Snapshot) Find(r Ref) Noun {
	switch r.Kind {
	case KindSettings:
		if t := s.Tenant; r == t.Ref() {
			return &t
		}
	case KindUser:
		return found(s.Users, UserID(r.ID))
	case KindGroup:
		return found(s.Groups, GroupID(r.ID))
	case KindRole:
		return found(s.Roles, RoleID(r.ID))
	case KindMembership:
		return found(s.Memberships, MembershipID(r.ID))
	case KindAssignment:
		return found(s.Assignments, AssignmentID(r.ID))
	case KindGrant:
		return found(s.Grants, GrantID(r.ID))
	case KindDevice:
		return found(s.Devices, DeviceID(r.ID))
	case KindToken:
		return found(s.Tokens, TokenID(r.ID))
	case KindCalendar:
		return found(s.Calendars, UserID(r.ID))
	case KindDuty:
		return found(s.Duties, UserID(r.ID))
	case KindStatus:
		return found(s.Choices, UserID(r.ID))
	case KindForwarding:
		return found(s.Forwardings, UserID(r.ID))
	case KindRing:
		return found(s.Rings, RingID(r.ID))
	case KindHours:
		return found(s.Timetables, HoursID(r.ID))
	case KindOverride:
		return found(s.HoursOverrides, HoursID(r.ID))
	case KindQueue:
		return found(s.Queues, QueueID(r.ID))
	case KindMenu:
		return found(s.Menus, MenuID(r.ID))
	case KindPark:
		return found(s.Parks, ParkID(r.ID))
	case KindRoom:
		return found(s.Rooms, RoomID(r.ID))
	case KindAccess:
		return found(s.Accesses, AccessID(r.ID))
	case KindReview:
		return found(s.Reviews, ReviewID(r.ID))
	case KindVerdict:
		return found(s.Verdicts, VerdictID(r.ID))
	case KindEntrance:
		return found(s.Entrances, GroupID(r.ID))
	case KindTrunk:
		return found(s.Trunks, TrunkID(r.ID))
	case KindDID:
		return found(s.DIDs, DIDID(r.ID))
	case KindOutRoute:
		return found(s.OutRoutes, OutRouteID(r.ID))
	case KindRestriction:
		return found(s.Restrictions, RestrictionID(r.ID))
	case KindDeck:
		return found(s.Decks, DeckID(r.ID))
	case KindBudget:
		return found(s.Budgets, BudgetID(r.ID))
	case KindAlarm:
		return found(s.Alarms, AlarmID(r.ID))
	case KindRegion:
		return found(s.Regions, RegionID(r.ID))
	case KindContact:
		return found(s.Contacts, ContactID(r.ID))
	case KindReminder:
		return found(s.Reminders, ReminderID(r.ID))
	case KindGuestRoom:
		return found(s.GuestRooms, UserID(r.ID))
	case KindTalkLink:
		return found(s.TalkLinks, TalkLinkID(r.ID))
	case KindPrompt:
		return found(s.Prompts, PromptID(r.ID))
	case KindMailbox:
		return found(s.Mailboxes, BoxID(r.ID))
	case KindRecordRule:
		return found(s.RecordRules, RecordRuleID(r.ID))
	}
	return nil
}

// found keeps a missing row from becoming a noun that is not nil but holds nothing.
func found[K comparable, V interface {
	comparable
	Noun
}](m map[K]V, k K) Noun {
	if v, ok := m[k]; ok {
		return v
	}
	return nil
}

// All goes over every row: settings, groups, roles, users, memberships, assignments, grants, devices, tokens,
// statuses, calendars, forwardings, ring groups, queues, duties, menus, entrances, wishes for rights, reviews and verdicts, prompts, mailboxes, rules about recording, hours, overrides,
// trunks, numbers, out routes, restrictions, price lists, budgets, alarms, contacts, reminders, guest rooms, Talk links, park positions, rooms, regions, each in order of id. NewSnapshot of the same rows is the same snapshot.
func (s *Snapshot) All() iter.Seq[Noun] {
	return func(yield func(Noun) bool) {
		t := s.Tenant
		_ = yield(&t) && each(s.Groups, yield) && each(s.Roles, yield) && each(s.Users, yield) &&
			each(s.Memberships, yield) && each(s.Assignments, yield) && each(s.Grants, yield) &&
			each(s.Devices, yield) && each(s.Tokens, yield) && each(s.Choices, yield) && each(s.Calendars, yield) && each(s.Forwardings, yield) &&
			each(s.Rings, yield) && each(s.Queues, yield) && each(s.Duties, yield) && each(s.Menus, yield) && each(s.Entrances, yield) && each(s.Accesses, yield) && each(s.Reviews, yield) && each(s.Verdicts, yield) && each(s.Prompts, yield) && each(s.Mailboxes, yield) && each(s.RecordRules, yield) &&
			each(s.Timetables, yield) && each(s.HoursOverrides, yield) &&
			each(s.Parks, yield) && each(s.Rooms, yield) &&
			each(s.Trunks, yield) && each(s.DIDs, yield) && each(s.OutRoutes, yield) && each(s.Restrictions, yield) && each(s.Decks, yield) && each(s.Budgets, yield) && each(s.Alarms, yield) && each(s.Regions, yield) && each(s.Contacts, yield) && each(s.Reminders, yield) && each(s.GuestRooms, yield) && each(s.TalkLinks, yield)
	}
}

func each[K cmp.Ordered, V Noun](m map[K]V, yield func(Noun) bool) bool {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if !yield(m[k]) {
			return false
		}
	}
	return true
}

// Cascade lists what must go along when a row is deleted, because it points at it and means nothing without it:
// memberships, assignments, grants, devices, tokens, status, calendar, duty, forwarding, mailbox, rule about recording, hours, budgets, alarms, contacts, reminders, guest room and Talk link of a user; memberships of a group, its Talk links and what is scoped to it;
// assignments of a custom role; budgets of a token. The sub-groups of a group are not in the list: they have to be moved or deleted first.
func (s *Snapshot) Cascade(r Ref) []Ref {
	var all []Ref
	switch r.Kind {
	case KindUser:
		u := UserID(r.ID)
		all = refs(all, s.MembershipsOf(u))
		all = refs(all, s.AssignmentsOf(u))
		all = refs(all, s.GrantsOf(u))
		all = refs(all, s.DevicesOf(u))
		all = refs(all, s.TokensOf(u))
		if c := s.Choices[u]; c != nil {
			all = append(all, c.Ref())
		}
		if c := s.Calendars[u]; c != nil {
			all = append(all, c.Ref())
		}
		if d := s.Duties[u]; d != nil {
			all = append(all, d.Ref())
		}
		if f := s.Forwardings[u]; f != nil {
			all = append(all, f.Ref())
		}
		for a := range s.wishesOf(u) {
			all = append(all, a.Ref())
		}
		for v := range s.verdictsOn(u) {
			all = append(all, v.Ref())
		}
		all = append(all, s.hoursRows(r.ID)...)
		if b := s.Mailboxes[BoxID(r.ID)]; b != nil {
			all = append(all, b.Ref())
		}
		all = append(all, s.recordRules(r.ID)...)
		if g := s.GuestRooms[u]; g != nil {
			all = append(all, g.Ref())
		}
	case KindGroup:
		all = refs(all, s.Members(GroupID(r.ID)))
		if e := s.Entrances[GroupID(r.ID)]; e != nil {
			all = append(all, e.Ref())
		}
		if b := s.Mailboxes[BoxID(r.ID)]; b != nil {
			all = append(all, b.Ref())
		}
		all = append(all, s.recordRules(r.ID)...)
		all = append(all, s.hoursRows(r.ID)...)
		for n := range s.scoped(GroupID(r.ID)) {
			all = append(all, n.Ref())
		}
	case KindQueue:
		all = append(all, s.recordRules(r.ID)...)
	case KindRole:
		for _, n := range s.Assignments {
			if n.Role == RoleID(r.ID) {
				all = append(all, n.Ref())
			}
		}
	}
	for _, b := range s.Budgets {
		if b.On == r || r.Kind == KindUser && b.On.Kind == KindToken && s.BudgetOwner(b) == UserID(r.ID) {
			all = append(all, b.Ref())
		}
	}
	for _, a := range s.Alarms {
		if a.On == r {
			all = append(all, a.Ref())
		}
	}
	if r.Kind == KindUser {
		for _, m := range s.RemindersOf(UserID(r.ID)) {
			all = append(all, m.Ref())
		}
	}
	for _, l := range s.TalkLinks {
		if r.Kind == KindUser && l.User == UserID(r.ID) || r.Kind == KindGroup && l.Group == GroupID(r.ID) {
			all = append(all, l.Ref())
		}
	}
	if r.Kind == KindUser || r.Kind == KindGroup {
		for _, c := range s.Contacts {
			if c.Owner() == r {
				all = append(all, c.Ref())
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Ref) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) })
	return all
}

func refs[N Noun](all []Ref, nouns []N) []Ref {
	for _, n := range nouns {
		all = append(all, n.Ref())
	}
	return all
}

// scoped goes over the assignments and grants that reach as far as one group or its tree.
func (s *Snapshot) scoped(g GroupID) iter.Seq[Noun] {
	return func(yield func(Noun) bool) {
		for _, a := range s.Assignments {
			if a.Scope.Group == g && !yield(a) {
				return
			}
		}
		for _, a := range s.Grants {
			if a.Scope.Group == g && !yield(a) {
				return
			}
		}
	}
}

// touch collects what a change touches, so that only this is checked.
type touch struct {
	rows   []row
	seen   map[Ref]bool
	cloned map[Kind]bool
}

// row is one row before and after a change; either may be nil.
type row struct{ old, new Noun }

func newTouch() *touch { return &touch{seen: map[Ref]bool{}, cloned: map[Kind]bool{}} }

func (t *touch) add(old, new Noun) { t.rows = append(t.rows, row{old, new}) }

// write puts and deletes the rows of a change; maps are copied before their first change.
func (s *Snapshot) write(c Change, t *touch) error {
	for _, n := range c.Put {
		r := n.Ref()
		if r.ID == "" || t.seen[r] {
			return Refuse(Invalid, "", "change.twice", "ref", r.String())
		}
		t.seen[r] = true
		old := s.Find(r)
		if !s.put(n, t) {
			return Refuse(Invalid, "", "change.unknown", "ref", r.String())
		}
		t.add(old, n)
	}
	for _, r := range c.Delete {
		if t.seen[r] {
			return Refuse(Invalid, "", "change.twice", "ref", r.String())
		}
		t.seen[r] = true
		old := s.Find(r)
		if old == nil {
			return Refuse(NotFound, "", "change.missing", "ref", r.String())
		}
		if r.Kind == KindSettings {
			return Refuse(Invalid, "", "change.unknown", "ref", r.String())
		}
		s.remove(r, t)
		t.add(old, nil)
	}
	return nil
}

func (s *Snapshot) put(n Noun, t *touch) bool {
	k := n.Ref().Kind
	switch n := n.(type) {
	case *Tenant:
		s.Tenant = *n
	case *User:
		own(&s.Users, k, t)[n.ID] = n
	case *Group:
		own(&s.Groups, k, t)[n.ID] = n
	case *Role:
		own(&s.Roles, k, t)[n.ID] = n
	case *Membership:
		own(&s.Memberships, k, t)[n.ID] = n
	case *Assignment:
		own(&s.Assignments, k, t)[n.ID] = n
	case *Grant:
		own(&s.Grants, k, t)[n.ID] = n
	case *Device:
		own(&s.Devices, k, t)[n.ID] = n
	case *Token:
		own(&s.Tokens, k, t)[n.ID] = n
	case *Calendar:
		own(&s.Calendars, k, t)[n.User] = n
	case *Duty:
		own(&s.Duties, k, t)[n.User] = n
	case *Choice:
		own(&s.Choices, k, t)[n.User] = n
	case *Forwarding:
		own(&s.Forwardings, k, t)[n.User] = n
	case *RingGroup:
		own(&s.Rings, k, t)[n.ID] = n
	case *Timetable:
		own(&s.Timetables, k, t)[n.ID] = n
	case *HoursOverride:
		own(&s.HoursOverrides, k, t)[n.ID] = n
	case *Queue:
		own(&s.Queues, k, t)[n.ID] = n
	case *Menu:
		own(&s.Menus, k, t)[n.ID] = n
	case *Park:
		own(&s.Parks, k, t)[n.ID] = n
	case *Room:
		own(&s.Rooms, k, t)[n.ID] = n
	case *Access:
		own(&s.Accesses, k, t)[n.ID] = n
	case *Review:
		own(&s.Reviews, k, t)[n.ID] = n
	case *Verdict:
		own(&s.Verdicts, k, t)[n.ID] = n
	case *Entrance:
		own(&s.Entrances, k, t)[n.Group] = n
	case *Trunk:
		own(&s.Trunks, k, t)[n.ID] = n
	case *DID:
		own(&s.DIDs, k, t)[n.ID] = n
	case *OutRoute:
		own(&s.OutRoutes, k, t)[n.ID] = n
	case *Restriction:
		own(&s.Restrictions, k, t)[n.ID] = n
	case *Deck:
		own(&s.Decks, k, t)[n.ID] = n
	case *Budget:
		own(&s.Budgets, k, t)[n.ID] = n
	case *Alarm:
		own(&s.Alarms, k, t)[n.ID] = n
	case *Region:
		own(&s.Regions, k, t)[n.ID] = n
	case *Contact:
		own(&s.Contacts, k, t)[n.ID] = n
	case *Reminder:
		own(&s.Reminders, k, t)[n.ID] = n
	case *GuestRoom:
		own(&s.GuestRooms, k, t)[n.User] = n
	case *TalkLink:
		own(&s.TalkLinks, k, t)[n.ID] = n
	case *Prompt:
		own(&s.Prompts, k, t)[n.ID] = n
	case *Mailbox:
		own(&s.Mailboxes, k, t)[n.ID] = n
	case *RecordRule:
		own(&s.RecordRules, k, t)[n.ID] = n
	default:
		return false
	}
	return true
}

func (s *Snapshot) remove(r Ref, t *touch) {
	switch r.Kind {
	case KindUser:
		delete(own(&s.Users, r.Kind, t), UserID(r.ID))
	case KindGroup:
		delete(own(&s.Groups, r.Kind, t), GroupID(r.ID))
	case KindRole:
		delete(own(&s.Roles, r.Kind, t), RoleID(r.ID))
	case KindMembership:
		delete(own(&s.Memberships, r.Kind, t), MembershipID(r.ID))
	case KindAssignment:
		delete(own(&s.Assignments, r.Kind, t), AssignmentID(r.ID))
	case KindGrant:
		delete(own(&s.Grants, r.Kind, t), GrantID(r.ID))
	case KindDevice:
		delete(own(&s.Devices, r.Kind, t), DeviceID(r.ID))
	case KindToken:
		delete(own(&s.Tokens, r.Kind, t), TokenID(r.ID))
	case KindCalendar:
		delete(own(&s.Calendars, r.Kind, t), UserID(r.ID))
	case KindDuty:
		delete(own(&s.Duties, r.Kind, t), UserID(r.ID))
	case KindStatus:
		delete(own(&s.Choices, r.Kind, t), UserID(r.ID))
	case KindForwarding:
		delete(own(&s.Forwardings, r.Kind, t), UserID(r.ID))
	case KindRing:
		delete(own(&s.Rings, r.Kind, t), RingID(r.ID))
	case KindHours:
		delete(own(&s.Timetables, r.Kind, t), HoursID(r.ID))
	case KindOverride:
		delete(own(&s.HoursOverrides, r.Kind, t), HoursID(r.ID))
	case KindQueue:
		delete(own(&s.Queues, r.Kind, t), QueueID(r.ID))
	case KindMenu:
		delete(own(&s.Menus, r.Kind, t), MenuID(r.ID))
	case KindPark:
		delete(own(&s.Parks, r.Kind, t), ParkID(r.ID))
	case KindRoom:
		delete(own(&s.Rooms, r.Kind, t), RoomID(r.ID))
	case KindAccess:
		delete(own(&s.Accesses, r.Kind, t), AccessID(r.ID))
	case KindReview:
		delete(own(&s.Reviews, r.Kind, t), ReviewID(r.ID))
	case KindVerdict:
		delete(own(&s.Verdicts, r.Kind, t), VerdictID(r.ID))
	case KindEntrance:
		delete(own(&s.Entrances, r.Kind, t), GroupID(r.ID))
	case KindTrunk:
		delete(own(&s.Trunks, r.Kind, t), TrunkID(r.ID))
	case KindDID:
		delete(own(&s.DIDs, r.Kind, t), DIDID(r.ID))
	case KindOutRoute:
		delete(own(&s.OutRoutes, r.Kind, t), OutRouteID(r.ID))
	case KindRestriction:
		delete(own(&s.Restrictions, r.Kind, t), RestrictionID(r.ID))
	case KindDeck:
		delete(own(&s.Decks, r.Kind, t), DeckID(r.ID))
	case KindBudget:
		delete(own(&s.Budgets, r.Kind, t), BudgetID(r.ID))
	case KindAlarm:
		delete(own(&s.Alarms, r.Kind, t), AlarmID(r.ID))
	case KindRegion:
		delete(own(&s.Regions, r.Kind, t), RegionID(r.ID))
	case KindContact:
		delete(own(&s.Contacts, r.Kind, t), ContactID(r.ID))
	case KindReminder:
		delete(own(&s.Reminders, r.Kind, t), ReminderID(r.ID))
	case KindGuestRoom:
		delete(own(&s.GuestRooms, r.Kind, t), UserID(r.ID))
	case KindTalkLink:
		delete(own(&s.TalkLinks, r.Kind, t), TalkLinkID(r.ID))
	case KindPrompt:
		delete(own(&s.Prompts, r.Kind, t), PromptID(r.ID))
	case KindMailbox:
		delete(own(&s.Mailboxes, r.Kind, t), BoxID(r.ID))
	case KindRecordRule:
		delete(own(&s.RecordRules, r.Kind, t), RecordRuleID(r.ID))
	}
}

// own makes a map the change's own before it is written to.
func own[K comparable, V any](m *map[K]V, k Kind, t *touch) map[K]V {
	if !t.cloned[k] {
		t.cloned[k] = true
		if *m == nil {
			*m = map[K]V{}
		} else {
			*m = maps.Clone(*m)
		}
	}
	return *m
}
