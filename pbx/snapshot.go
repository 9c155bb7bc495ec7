package pbx

import (
	"strings"
	"time"
)

// Snapshot is the whole configuration of one tenant at one version. It is never changed: Apply makes the next one.
// Every map and everything it points to is to be read only.
type Snapshot struct {
	Version        int64
	Tenant         Tenant
	Users          map[UserID]*User
	Groups         map[GroupID]*Group
	Roles          map[RoleID]*Role
	Memberships    map[MembershipID]*Membership
	Assignments    map[AssignmentID]*Assignment
	Grants         map[GrantID]*Grant
	Devices        map[DeviceID]*Device
	Tokens         map[TokenID]*Token
	Choices        map[UserID]*Choice
	Calendars      map[UserID]*Calendar
	Duties         map[UserID]*Duty
	Forwardings    map[UserID]*Forwarding
	Rings          map[RingID]*RingGroup
	Queues         map[QueueID]*Queue
	Menus          map[MenuID]*Menu
	Parks          map[ParkID]*Park
	Rooms          map[RoomID]*Room
	Accesses       map[AccessID]*Access
	Reviews        map[ReviewID]*Review
	Verdicts       map[VerdictID]*Verdict
	Entrances      map[GroupID]*Entrance
	Prompts        map[PromptID]*Prompt
	Mailboxes      map[BoxID]*Mailbox
	RecordRules    map[RecordRuleID]*RecordRule
	Trunks         map[TrunkID]*Trunk
	DIDs           map[DIDID]*DID
	OutRoutes      map[OutRouteID]*OutRoute
	Restrictions   map[RestrictionID]*Restriction
	Decks          map[DeckID]*Deck
	Budgets        map[BudgetID]*Budget
	Alarms         map[AlarmID]*Alarm
	Regions        map[RegionID]*Region
	Contacts       map[ContactID]*Contact
	Reminders      map[ReminderID]*Reminder
	GuestRooms     map[UserID]*GuestRoom
	TalkLinks      map[TalkLinkID]*TalkLink
	Timetables     map[HoursID]*Timetable
	HoursOverrides map[HoursID]*HoursOverride

	index index
}

// ByExtension finds what an internal number belongs to.
func (s *Snapshot) ByExtension(number string) (Ref, bool) {
	return s.index.extensions.Get(number)
}

// Reached is where a number inside leads; false when it is nobody's.
func (s *Snapshot) Reached(number string) (Destination, bool) {
	r, ok := s.ByExtension(number)
	if !ok {
		return Destination{}, false
	}
	switch r.Kind {
	case KindUser:
		return Destination{Kind: ToUser, ID: r.ID}, true
	case KindRing:
		return Destination{Kind: ToRing, ID: r.ID}, true
	case KindQueue:
		return Destination{Kind: ToQueue, ID: r.ID}, true
	case KindMenu:
		return Destination{Kind: ToMenu, ID: r.ID}, true
	case KindEntrance:
		return Destination{Kind: ToGroup, ID: r.ID}, true
	case KindPark:
		p := s.Parks[ParkID(r.ID)]
		if number == p.Extension {
			number = ""
		}
		return p.At(number), true
	case KindRoom:
		return Destination{Kind: ToRoom, ID: r.ID}, true
	}
	return Destination{}, false
}

// LongestExtension is the number of digits of the longest number inside; 0 when there is none.
func (s *Snapshot) LongestExtension() int {
	most := 0
	for number := range s.index.extensions.All() {
		most = max(most, len(number))
	}
	return most
}

// ByEmail finds a user by e-mail address, without regard to case.
func (s *Snapshot) ByEmail(email string) *User {
	id, _ := s.index.emails.Get(foldEmail(email))
	return s.Users[id]
}

// ByUsername finds a device by its SIP user name; nil if there is none.
func (s *Snapshot) ByUsername(name string) *Device { v, _ := s.index.usernames.Get(name); return v }

// ByTokenHash finds an API token by the SHA-256 of its secret in hex; nil if there is none.
func (s *Snapshot) ByTokenHash(hash string) *Token { v, _ := s.index.hashes.Get(hash); return v }

// MembershipsOf lists a user's memberships, past and future ones too, in order of id.
func (s *Snapshot) MembershipsOf(u UserID) []*Membership {
	v, _ := s.index.memberships.Get(u)
	return v
}

// Members lists a group's own memberships, past and future ones too, in order of id; sub-groups are not looked into.
func (s *Snapshot) Members(g GroupID) []*Membership { v, _ := s.index.members.Get(g); return v }

// Children lists the groups directly below, in order of name; an empty id asks for the top.
func (s *Snapshot) Children(g GroupID) []*Group { v, _ := s.index.children.Get(g); return v }

// AssignmentsOf lists a user's office-wide roles, in order of id.
func (s *Snapshot) AssignmentsOf(u UserID) []*Assignment {
	v, _ := s.index.assignments.Get(u)
	return v
}

// GrantsOf lists a user's direct grants, in order of id.
func (s *Snapshot) GrantsOf(u UserID) []*Grant { v, _ := s.index.grants.Get(u); return v }

// DevicesOf lists a user's devices, in order of id.
func (s *Snapshot) DevicesOf(u UserID) []*Device { v, _ := s.index.devices.Get(u); return v }

// TokensOf lists a user's API tokens, in order of id.
func (s *Snapshot) TokensOf(u UserID) []*Token { v, _ := s.index.tokens.Get(u); return v }

// DefaultGroup is the group that people join who are put into no other.
func (s *Snapshot) DefaultGroup() GroupID { return s.index.standard }

// MainMembership is the membership whose group decides hours, language and zone of a user at a moment:
// the one marked as main, else the oldest active one; nil without an active membership.
func (s *Snapshot) MainMembership(u UserID, at time.Time) *Membership {
	var first *Membership
	for _, m := range s.MembershipsOf(u) {
		if !m.IsActive(at) {
			continue
		}
		if m.Main {
			return m
		}
		if first == nil {
			first = m
		}
	}
	return first
}

// IsBelow reports whether group g is top or lies somewhere below it.
func (s *Snapshot) IsBelow(g, top GroupID) bool {
	for range len(s.Groups) + 1 {
		if g == top {
			return true
		}
		group := s.Groups[g]
		if group == nil || group.Parent == "" {
			return false
		}
		g = group.Parent
	}
	return false
}

// LanguageOf is the language a user reads: own, main group's, office's, English.
func (s *Snapshot) LanguageOf(u UserID, at time.Time) string {
	return s.inherited(u, at, func(u *User) string { return u.Language }, func(g *Group) string { return g.Language }, s.Tenant.Language, "en")
}

// ZoneOf is the time zone a user lives in: own, main group's, office's, UTC.
func (s *Snapshot) ZoneOf(u UserID, at time.Time) string {
	return s.inherited(u, at, func(u *User) string { return u.Zone }, func(g *Group) string { return g.Zone }, s.Tenant.Zone, "UTC")
}

func (s *Snapshot) inherited(id UserID, at time.Time, own func(*User) string, group func(*Group) string, office, last string) string {
	if u := s.Users[id]; u != nil && own(u) != "" {
		return own(u)
	}
	if m := s.MainMembership(id, at); m != nil {
		for g := s.Groups[m.Group]; g != nil; g = s.Groups[g.Parent] {
			if v := group(g); v != "" {
				return v
			}
		}
	}
	if office != "" {
		return office
	}
	return last
}

func foldEmail(e string) string { return strings.ToLower(strings.TrimSpace(e)) }
