package api

import (
	"cmp"
	"context"
	"strings"
	"time"

	"tandem/command"
	"tandem/hours"
	"tandem/pbx"
	"tandem/policy"
	"tandem/store"
)

// GuestRoom is an extension that is let to one guest after the other (G-019). Who is there is told to those who check guests in and out.
type GuestRoom struct {
	User      pbx.UserID       `json:"user" doc:"whom the extension stands for"`
	Name      string           `json:"name" doc:"of the extension while it is vacant"`
	Extension string           `json:"extension"`
	Care      pbx.Housekeeping `json:"care" enum:"dirty,clean,inspected"`
	Cared     time.Time        `json:"cared,omitzero" doc:"when that was said"`
	Occupied  bool             `json:"occupied"`
	Stay      *Stay            `json:"stay,omitempty" doc:"shown to those who check guests in and out"`
	Left      *RoomLeft        `json:"left,omitempty" doc:"what the next check-in or check-out clears; likewise"`
	Zone      string           `json:"zone" doc:"in which the departure is meant"`
	Presence  string           `json:"presence,omitempty" enum:"available,available2,away,away2,dnd,ringing,talking,offline" doc:"class status"`
	Revision  string           `json:"revision" doc:"for If-Match"`
	Can       GuestRoomCan     `json:"can" doc:"what the visitor may do with the room"`
}

// GuestRoomCan draws the buttons; each is asked again when it is pressed.
type GuestRoomCan struct {
	Assign    bool `json:"assign" doc:"check in and out, say how the room is looked after"`
	Remove    bool `json:"remove" doc:"make an extension like any other of it"`
	Reminders bool `json:"reminders" doc:"wake-up calls"`
	Status    bool `json:"status" doc:"do not disturb, and the like"`
}

// Stay is a guest at an extension.
type Stay struct {
	Guest     string    `json:"guest"`
	Language  string    `json:"language,omitempty" doc:"in which the house speaks to him; absent: as to everybody there"`
	From      time.Time `json:"from"`
	Until     time.Time `json:"until" doc:"the expected departure"`
	Departure string    `json:"departure" doc:"the same by the clock of the room, YYYY-MM-DDTHH:MM"`
	Overdue   bool      `json:"overdue" doc:"it has passed"`
	By        Named     `json:"by" doc:"who checked him in"`
	Note      string    `json:"note,omitempty"`
	Dialling  string    `json:"dialling" enum:"group,country,house" doc:"what may be called outside meanwhile: whatever the group of the room may, of that cheap numbers in the country, or nothing"`
}

// RoomLeft is what is at an extension and must not reach the next guest.
type RoomLeft struct {
	New       int       `json:"new" doc:"messages that nobody has heard"`
	Old       int       `json:"old" doc:"messages that were heard"`
	Reminders int       `json:"reminders"`
	Wake      time.Time `json:"wake,omitzero" doc:"the next of them"`
	Missed    time.Time `json:"missed,omitzero" doc:"when the last of them was given up that nobody answered today"`
	Contacts  int       `json:"contacts" doc:"in the phone book of the extension"`
	Speed     int       `json:"speed" doc:"short numbers that were not there before"`
	Status    bool      `json:"status" doc:"a status was chosen"`
	Rules     bool      `json:"rules" doc:"what happens to calls is not as it was before"`
	Greeting  bool      `json:"greeting" doc:"how the mailbox works is not as it was before"`
}

func (s *Server) guestRoom(v *visit, r *pbx.GuestRoom, boxes map[pbx.BoxID]store.BoxCount) GuestRoom {
	who, u := policy.User(r.User), v.s.Users[r.User]
	zone := v.s.ReminderZone(r.User, v.at)
	out := GuestRoom{User: r.User, Name: u.Name, Extension: u.Extension, Care: r.Care, Cared: r.Cared, Occupied: r.Stay != nil, Zone: zone.Name(), Revision: command.Revision(r),
		Can: GuestRoomCan{Assign: v.can(policy.RoomAssign, who), Remove: v.can(policy.UserEdit, who), Reminders: v.can(policy.ReminderSet, who), Status: v.can(policy.PresenceSet, who)}}
	if may := policy.Fields(v.s, v.who, r.User, v.at); may.Has(policy.FieldStatus) {
		out.Presence = v.presence(r.User, may.Has(policy.FieldTalking))
	}
	before := v.s.Unlet(u)
	if st := r.Stay; st != nil {
		before, out.Name = st.Before, st.Before.Name
		if out.Can.Assign {
			out.Stay = &Stay{Guest: st.Guest, Language: st.Language, From: st.From, Until: st.Until, Departure: st.Until.In(zone.Location()).Format(localMinute), Overdue: !st.Until.After(v.at),
				By: v.named(pbx.Ref{Kind: pbx.KindUser, ID: string(st.By)}), Note: st.Note, Dialling: cmp.Or(string(st.Dialling), diallingGroup)}
		}
	}
	if out.Can.Assign {
		out.Left = v.roomLeft(u, &before, boxes[pbx.BoxID(u.ID)])
	}
	return out
}

// roomLeft counts what is at an extension beside what was there before.
func (v *visit) roomLeft(u *pbx.User, before *pbx.Unlet, box store.BoxCount) *RoomLeft {
	now := v.s.Unlet(u)
	left := &RoomLeft{New: box.New, Old: box.Old, Status: v.s.Choices[u.ID] != nil, Rules: now.Forwarding != before.Forwarding && !isSame(now.Forwarding, before.Forwarding),
		Speed: max(0, len(now.Speed)-len(before.Speed)), Greeting: len(greetings(now.Mailbox)) != len(greetings(before.Mailbox)) || now.Mailbox != nil && now.Mailbox.PIN != ""}
	zone := v.s.ReminderZone(u.ID, v.at)
	for _, m := range v.s.RemindersOf(u.ID) {
		left.Reminders++
		if next := m.Next(zone); !next.IsZero() && (left.Wake.IsZero() || next.Before(left.Wake)) {
			left.Wake = next
		}
		if m.Last == pbx.ReminderMissed && zone.Day(m.Ended) == zone.Day(v.at) && m.Ended.After(left.Missed) {
			left.Missed = m.Ended
		}
	}
	for _, c := range v.s.Contacts {
		if c.User == u.ID {
			left.Contacts++
		}
	}
	return left
}

func greetings(m *pbx.Mailbox) []pbx.Greeting {
	if m == nil {
		return nil
	}
	return m.Greetings
}

// isSame compares the rules of before and of now.
func isSame(a, b *pbx.Forwarding) bool {
	return a != nil && b != nil && command.Revision(a) == command.Revision(b)
}

type guestRoomsIn struct {
	List
	Sort  string `query:"sort" default:"extension" enum:"extension,-extension,departure,-departure"`
	State string `query:"state" enum:"vacant,occupied,dirty,due" doc:"due: the departure is today or has passed"`
}

// listGuestRooms shows the rooms in which the visitor checks guests in, and those whose extension he may change.
func (s *Server) listGuestRooms(ctx context.Context, v *visit, in *guestRoomsIn) (Page[GuestRoom], error) {
	var rows []*pbx.GuestRoom
	assigns, edits := v.sight(policy.RoomAssign), v.sight(policy.UserEdit)
	for id, r := range v.s.GuestRooms {
		who, texts := policy.User(id), []string{v.s.Users[id].Name, v.s.Users[id].Extension}
		if r.Stay != nil {
			texts = append(texts, r.Stay.Before.Name)
		}
		if (assigns.Sees(who) || edits.Sees(who)) && matches(in.Q, texts...) && v.isRoom(r, in.State) {
			rows = append(rows, r)
		}
	}
	key := func(r *pbx.GuestRoom) string {
		switch {
		case strings.HasSuffix(in.Sort, "extension"):
			return byNumber(v.s.Users[r.User].Extension)
		case r.Stay != nil && assigns.Sees(policy.User(r.User)):
			return byTime(r.Stay.Until)
		}
		return "~" // who is nobody leaves last
	}
	part, next, err := pageOf(rows, in.List, in.Sort, key, func(r *pbx.GuestRoom) string { return string(r.User) })
	if err != nil {
		return Page[GuestRoom]{}, err
	}
	boxes, err := s.c.Store.CountBoxes(ctx)
	page := Page[GuestRoom]{Items: make([]GuestRoom, 0, len(part)), Next: next, Total: len(rows)}
	for _, r := range part {
		page.Items = append(page.Items, s.guestRoom(v, r, boxes))
	}
	return page, err
}

// isRoom reports whether a room is as a filter wants it. When somebody leaves is told to those who check guests in and out.
func (v *visit) isRoom(r *pbx.GuestRoom, state string) bool {
	switch state {
	case "vacant":
		return r.Stay == nil
	case "occupied":
		return r.Stay != nil
	case "dirty":
		return r.Care == pbx.RoomDirty
	case "due":
		zone := v.s.ReminderZone(r.User, v.at)
		return r.Stay != nil && zone.Day(r.Stay.Until) <= zone.Day(v.at) && v.can(policy.RoomAssign, policy.User(r.User))
	}
	return true
}

func (s *Server) getGuestRoom(ctx context.Context, v *visit, in *userIn) (GuestRoom, error) {
	return s.oneGuestRoom(ctx, v, in.User)
}

// hasRooms reports whether there are guest rooms for the visitor to look after.
func (v *visit) hasRooms() bool {
	for id := range v.s.GuestRooms {
		if v.can(policy.RoomAssign, policy.User(id)) {
			return true
		}
	}
	return false
}

// oneGuestRoom shows a room.
func (s *Server) oneGuestRoom(ctx context.Context, v *visit, u string) (GuestRoom, error) {
	r := v.s.GuestRooms[pbx.UserID(u)]
	if r == nil {
		return GuestRoom{}, missing()
	}
	boxes, err := s.c.Store.CountBoxes(ctx)
	return s.guestRoom(v, r, boxes), err
}

type newGuestRoom struct {
	Body struct {
		User string `json:"user" maxLength:"64" doc:"whose extension it is"`
	}
}

func (s *Server) createGuestRoom(ctx context.Context, v *visit, in *newGuestRoom) (GuestRoom, error) {
	if !v.knows(pbx.UserID(in.Body.User)) {
		return GuestRoom{}, pbx.Refuse(pbx.Invalid, "user", "user.unknown")
	}
	if _, err := s.do(ctx, v, command.AddGuestRoom{User: pbx.UserID(in.Body.User)}); err != nil {
		return GuestRoom{}, err
	}
	return s.oneGuestRoom(ctx, v, in.Body.User)
}

func (s *Server) deleteGuestRoom(ctx context.Context, v *visit, in *userIn) error {
	_, err := s.do(ctx, v, command.RemoveGuestRoom{User: pbx.UserID(in.User)})
	return err
}

// localMinute is how moments are written by the clock of a place.
const localMinute = "2006-01-02T15:04"

// departure reads a moment by the clock of a room.
func (v *visit) departure(u pbx.UserID, written string) (time.Time, error) {
	t, err := time.Parse(localMinute, written)
	if err != nil {
		return time.Time{}, pbx.Refuse(pbx.Invalid, "departure", "guestroom.departure_bad")
	}
	return v.s.ReminderZone(u, v.at).At(hours.DateOf(t.Date()), t.Hour()*60+t.Minute()), nil
}

type checkIn struct {
	User  string `path:"user"`
	Match string `header:"If-Match" doc:"revision that was shown"`
	Body  struct {
		Guest     string `json:"guest" maxLength:"200"`
		Language  string `json:"language,omitempty" maxLength:"20" doc:"in which the house speaks to him; absent: as to everybody there"`
		Departure string `json:"departure" maxLength:"16" doc:"YYYY-MM-DDTHH:MM by the clock of the room"`
		Note      string `json:"note,omitempty" maxLength:"400"`
		Dialling  string `json:"dialling,omitempty" enum:"group,country,house" doc:"what may be called outside meanwhile; absent: whatever the group of the room may"`
	}
}

// diallingGroup is the choice that takes nothing away, as it is written here.
const diallingGroup = "group"

func dialling(written string) pbx.Dialling {
	if written == diallingGroup {
		return pbx.DialGroup
	}
	return pbx.Dialling(written)
}

func (s *Server) checkIn(ctx context.Context, v *visit, in *checkIn) (GuestRoom, error) {
	c := command.CheckIn{User: pbx.UserID(in.User), Guest: in.Body.Guest, Language: in.Body.Language, Note: in.Body.Note, Dialling: dialling(in.Body.Dialling)}
	var err error
	if c.Until, err = v.departure(c.User, in.Body.Departure); err != nil {
		return GuestRoom{}, err
	}
	if _, err := s.do(ctx, v, matching(pbx.KindGuestRoom, in.User, in.Match, "", c)); err != nil {
		return GuestRoom{}, err
	}
	return s.oneGuestRoom(ctx, v, in.User)
}

type editStay struct {
	User  string `path:"user"`
	Match string `header:"If-Match" doc:"revision that was shown"`
	Body  struct {
		Guest     *string `json:"guest,omitempty" maxLength:"200"`
		Language  *string `json:"language,omitempty" maxLength:"20"`
		Departure *string `json:"departure,omitempty" maxLength:"16" doc:"YYYY-MM-DDTHH:MM by the clock of the room"`
		Note      *string `json:"note,omitempty" maxLength:"400"`
		Dialling  *string `json:"dialling,omitempty" enum:"group,country,house"`
	}
}

func (s *Server) patchStay(ctx context.Context, v *visit, in *editStay) (GuestRoom, error) {
	c := command.EditStay{User: pbx.UserID(in.User), Guest: in.Body.Guest, Language: in.Body.Language, Note: in.Body.Note}
	if in.Body.Dialling != nil {
		to := dialling(*in.Body.Dialling)
		c.Dialling = &to
	}
	if in.Body.Departure != nil {
		until, err := v.departure(c.User, *in.Body.Departure)
		if err != nil {
			return GuestRoom{}, err
		}
		c.Until = &until
	}
	if _, err := s.do(ctx, v, matching(pbx.KindGuestRoom, in.User, in.Match, "", c)); err != nil {
		return GuestRoom{}, err
	}
	return s.oneGuestRoom(ctx, v, in.User)
}

type checkOut struct {
	User  string `path:"user"`
	Match string `header:"If-Match" doc:"revision that was shown"`
}

func (s *Server) checkOut(ctx context.Context, v *visit, in *checkOut) (GuestRoom, error) {
	if _, err := s.do(ctx, v, matching(pbx.KindGuestRoom, in.User, in.Match, "", command.CheckOut{User: pbx.UserID(in.User)})); err != nil {
		return GuestRoom{}, err
	}
	return s.oneGuestRoom(ctx, v, in.User)
}

type housekeepingIn struct {
	User string `path:"user"`
	Body struct {
		Care pbx.Housekeeping `json:"care" enum:"dirty,clean,inspected"`
	}
}

func (s *Server) putHousekeeping(ctx context.Context, v *visit, in *housekeepingIn) (GuestRoom, error) {
	if _, err := s.do(ctx, v, command.SetHousekeeping{User: pbx.UserID(in.User), Care: in.Body.Care}); err != nil {
		return GuestRoom{}, err
	}
	return s.oneGuestRoom(ctx, v, in.User)
}
