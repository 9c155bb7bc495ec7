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
		Forwarding: s.Forwardings[u.ID], Mailbox: s.Mailboxes[BoxID(u.ID)]}
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
	case !r.Stay.Until.After(r.Stay.From):
		return Refuse(Invalid, "departure", "guestroom.departure_bad")
	}
	if err := CheckName("guest", r.Stay.Guest); err != nil {
		return err
	}
	return checkLine("note", r.Stay.Note, 200)
}
