package pbx

import (
	"cmp"
	"slices"
	"time"
)

// GuestRoom is an extension that is let to one guest after the other: a room of a hotel, a bed of a clinic, a desk of a co-working house (G-019). It is keyed by
// the person that the extension stands for; who has no row is no guest room, and nobody is checked in there.
type GuestRoom struct {
	User    UserID       `json:"user"`
	Care    Housekeeping `json:"care"`
	Cared   time.Time    `json:"cared,omitzero"` // when that was said
	Since   time.Time    `json:"since,omitzero"` // the last check-in or check-out: what was at the extension before is not for who is there now
	Stay    *Stay        `json:"stay,omitempty"` // nil: vacant
	Created time.Time    `json:"created"`
}

// Stay is a guest at an extension.
type Stay struct {
	Guest    string    `json:"guest"`              // his name, as phones of the house show it
	Language string    `json:"language,omitempty"` // in which the house speaks to him; empty: as to the extension otherwise
	From     time.Time `json:"from"`
	Until    time.Time `json:"until"`        // the expected departure; nothing happens by itself then
	By       UserID    `json:"by,omitempty"` // who checked him in
	Note     string    `json:"note,omitempty"`
	Dialling Dialling  `json:"dialling,omitempty"` // what may be called outside from there meanwhile

	Before Unlet `json:"before"`
}

// Unlet is how an extension is while no guest is there. It is kept during the stay, and comes back with its end.
type Unlet struct {
	Name       string                  `json:"name"`
	Language   string                  `json:"language,omitempty"`
	Zone       string                  `json:"zone,omitempty"`
	Mobile     string                  `json:"mobile,omitempty"`
	Photo      string                  `json:"photo,omitempty"`
	Speed      SpeedDials              `json:"speed,omitempty"`
	Notices    map[NoticeKind]Channels `json:"notices,omitempty"`
	Forwarding *Forwarding             `json:"forwarding,omitempty"`
	Mailbox    *Mailbox                `json:"mailbox,omitempty"` // its PIN does not come back
	Given      *Given                  `json:"given,omitempty"`   // nil: the stay began before this was kept
}

// Given is what an extension has been given by others. What is given to it during a stay is the guest's, and goes with him.
type Given struct {
	Grants  []GrantID                      `json:"grants,omitempty"`
	Roles   []AssignmentID                 `json:"roles,omitempty"`
	Shares  map[MembershipID]Share         `json:"shares,omitempty"`  // who sees the presence, where that is said
	Excepts map[RestrictionID][]TollExcept `json:"excepts,omitempty"` // of it alone
	Raises  map[BudgetID][]BudgetRaise     `json:"raises,omitempty"`  // likewise
}

// Dialling is what may be called outside from a room, as it is chosen at check-in. It only takes away: what the room's group may not call, no stay opens, and an exception
// that somebody made for the room stands above it.
type Dialling string

// The choices.
const (
	DialGroup   Dialling = ""        // whatever the room's group may
	DialCountry Dialling = "country" // of that, numbers in the country that cost little: those of Basic
	DialHouse   Dialling = "house"   // nothing outside
)

// Diallings lists them, in the order of the digits that stand for them on phones, from 1 on.
func Diallings() []Dialling { return []Dialling{DialHouse, DialCountry, DialGroup} }

// Opens reports whether numbers of a class may be called. Emergency numbers and those inside are no class of these.
func (d Dialling) Opens(class string) bool {
	switch d {
	case DialGroup:
		return true
	case DialCountry:
		return class == "local" || class == "national" || class == "mobile" || class == "toll_free"
	}
	return false
}

// Dialling is what may be called outside from an extension because of who stays there at a moment.
func (s *Snapshot) Dialling(u UserID, at time.Time) Dialling {
	if r := s.GuestRooms[u]; r != nil && r.Stay != nil && !at.Before(r.Stay.From) {
		return r.Stay.Dialling
	}
	return DialGroup
}

// Housekeeping is how a guest room is looked after.
type Housekeeping string

// The states.
const (
	RoomDirty     Housekeeping = "dirty"
	RoomClean     Housekeeping = "clean"
	RoomInspected Housekeeping = "inspected"
)

// CareStates lists them all, in the order of the digits that stand for them on phones, from 1 on.
func CareStates() []Housekeeping { return []Housekeeping{RoomDirty, RoomClean, RoomInspected} }

// MaxStay is how far away a departure may be.
const MaxStay = 366 * 24 * time.Hour

// Ref points at the guest room.
func (r *GuestRoom) Ref() Ref { return Ref{KindGuestRoom, string(r.User)} }

// OwnSince is the moment before which nothing of an extension is for who is there now: calls, messages, recordings, notices. It is zero for people who are no guest room.
func (s *Snapshot) OwnSince(u UserID) time.Time {
	if r := s.GuestRooms[u]; r != nil {
		return r.Since
	}
	return time.Time{}
}

// Unlet is how the extension of somebody is now.
func (s *Snapshot) Unlet(u *User) Unlet {
	return Unlet{Name: u.Name, Language: u.Language, Zone: u.Zone, Mobile: u.Mobile, Photo: u.Photo, Speed: u.Speed, Notices: u.Notices,
		Forwarding: s.Forwardings[u.ID], Mailbox: s.Mailboxes[BoxID(u.ID)], Given: s.given(u.ID)}
}

// given is what an extension has been given by others.
func (s *Snapshot) given(u UserID) *Given {
	g := &Given{}
	for _, x := range s.GrantsOf(u) {
		g.Grants = append(g.Grants, x.ID)
	}
	for _, x := range s.AssignmentsOf(u) {
		g.Roles = append(g.Roles, x.ID)
	}
	for _, m := range s.MembershipsOf(u) {
		if m.Presence != "" {
			keep(&g.Shares, m.ID, m.Presence)
		}
	}
	for _, r := range s.Restrictions {
		if own := r.ExceptsOf(u); len(own) > 0 {
			keep(&g.Excepts, r.ID, own)
		}
	}
	for _, b := range s.Budgets {
		if own := b.RaisesOf(u); len(own) > 0 {
			keep(&g.Raises, b.ID, own)
		}
	}
	return g
}

func keep[K comparable, V any](m *map[K]V, k K, v V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[k] = v
}

// At is the person that an extension stands for while the guest is there.
func (s *Stay) At(u User) *User {
	u.Name, u.Language = s.Guest, cmp.Or(s.Language, s.Before.Language)
	return &u
}

// Restore is the person as he was.
func (b *Unlet) Restore(u User) *User {
	u.Name, u.Language, u.Zone, u.Mobile, u.Photo, u.Speed, u.Notices = b.Name, b.Language, b.Zone, b.Mobile, b.Photo, b.Speed, b.Notices
	return &u
}

func (s *Snapshot) checkGuestRoom(r *GuestRoom) error {
	switch {
	case s.Users[r.User] == nil:
		return Refuse(Invalid, "user", "user.unknown")
	case !slices.Contains(CareStates(), r.Care):
		return Refuse(Invalid, "care", "guestroom.care_unknown", "value", string(r.Care))
	case r.Stay == nil:
		return nil
	case !slices.Contains(Diallings(), r.Stay.Dialling):
		return Refuse(Invalid, "dialling", "guestroom.dialling_unknown", "value", string(r.Stay.Dialling))
	case !r.Stay.Until.After(r.Stay.From):
		return Refuse(Invalid, "departure", "guestroom.departure_bad")
	}
	if err := CheckName("guest", r.Stay.Guest); err != nil {
		return err
	}
	return checkLine("note", r.Stay.Note, 200)
}
