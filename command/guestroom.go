package command

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"tandem/pbx"
	"tandem/policy"
)

// AddGuestRoom makes a guest room of an extension: guests can be checked in there, and what they leave is cleared when they go (G-019). It has to be an extension of
// its own, and nobody's who holds anything over others: his messages would be cleared too.
type AddGuestRoom struct{ User pbx.UserID }

// Need asks for user.edit.
func (c AddGuestRoom) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.UserEdit, policy.User(c.User)}}
}

// Change makes the row.
func (c AddGuestRoom) Change(w *Work) (pbx.Change, error) {
	u := w.Snapshot.Users[c.User]
	if u == nil {
		return pbx.Change{}, missing()
	}
	r := &pbx.GuestRoom{User: c.User, Care: pbx.RoomClean, Created: w.Now}
	w.object = r.Ref()
	switch {
	case w.Snapshot.GuestRooms[c.User] != nil:
		return pbx.Change{}, pbx.Refuse(pbx.Conflict, "user", "guestroom.already", "name", u.Name)
	case u.Extension == "":
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "user", "guestroom.no_extension", "name", u.Name)
	case w.isStaff(c.User):
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "user", "guestroom.staff", "name", u.Name)
	}
	return pbx.Change{Put: []pbx.Noun{r}}, nil
}

// isStaff reports whether somebody holds anything that a plain user does not.
func (w *Work) isStaff(u pbx.UserID) bool {
	for _, m := range w.Snapshot.MembershipsOf(u) {
		if m.Role != "user" && (m.Until.IsZero() || m.Until.After(w.Now)) {
			return true
		}
	}
	return len(w.Snapshot.AssignmentsOf(u)) > 0
}

// RemoveGuestRoom makes an extension like any other of a guest room that is vacant.
type RemoveGuestRoom struct{ User pbx.UserID }

// Need asks for user.edit.
func (c RemoveGuestRoom) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.UserEdit, policy.User(c.User)}}
}

// Change deletes the row.
func (c RemoveGuestRoom) Change(w *Work) (pbx.Change, error) {
	r, err := w.guestRoom(c.User)
	if err != nil {
		return pbx.Change{}, err
	}
	if r.Stay != nil {
		return pbx.Change{}, pbx.Refuse(pbx.Conflict, "", "guestroom.occupied", "guest", r.Stay.Guest)
	}
	return pbx.Change{Delete: []pbx.Ref{r.Ref()}}, nil
}

// guestRoom is the row that a command is about.
func (w *Work) guestRoom(u pbx.UserID) (*pbx.GuestRoom, error) {
	r := w.Snapshot.GuestRooms[u]
	if r == nil {
		return nil, missing()
	}
	w.object = r.Ref()
	return r, nil
}

// roomNeed is what the reception needs.
func roomNeed(u pbx.UserID) []Need { return []Need{{policy.RoomAssign, policy.User(u)}} }

// CheckIn brings a guest to a vacant room: phones of the house show his name, and the house speaks his language. What is left there from before is cleared.
type CheckIn struct {
	User     pbx.UserID
	Guest    string
	Language string // empty: as the extension
	Until    time.Time
	Note     string
	Dialling pbx.Dialling
}

// Need asks for room.assign.
func (c CheckIn) Need(*pbx.Snapshot, pbx.Actor) []Need { return roomNeed(c.User) }

// Change writes the stay, and what it makes of the extension.
func (c CheckIn) Change(w *Work) (pbx.Change, error) {
	old, err := w.guestRoom(c.User)
	if err != nil {
		return pbx.Change{}, err
	}
	if old.Stay != nil {
		return pbx.Change{}, pbx.Refuse(pbx.Conflict, "", "guestroom.occupied", "guest", old.Stay.Guest)
	}
	u := w.Snapshot.Users[c.User]
	r, stay := *old, pbx.Stay{From: w.Now, By: w.Who.User, Dialling: c.Dialling, Before: w.Snapshot.Unlet(u)}
	r.Since, r.Stay = w.Now, &stay
	if err := w.fillStay(&stay, &c.Guest, &c.Language, &c.Until, &c.Note); err != nil {
		return pbx.Change{}, err
	}
	box := w.Snapshot.MailboxOf(pbx.BoxID(u.ID))
	box.PIN, box.PINSince, box.Unlisted = "", time.Time{}, true // callers from outside do not find out who stays here
	return pbx.Change{Put: []pbx.Noun{&r, stay.At(*u), &box}, Delete: w.leftBy(u.ID, time.Time{})}, nil
}

// fillStay takes what was typed about a stay; nil fields stay as they are.
func (w *Work) fillStay(s *pbx.Stay, guest, language *string, until *time.Time, note *string) (err error) {
	if guest != nil {
		if s.Guest, err = cleanName("guest", *guest); err != nil {
			return err
		}
	}
	if language != nil {
		if s.Language, err = cleanLanguage(*language); err != nil {
			return err
		}
	}
	if until != nil {
		s.Until = until.UTC().Truncate(time.Minute)
		if !s.Until.After(w.Now) || s.Until.After(w.Now.Add(pbx.MaxStay)) {
			return pbx.Refuse(pbx.Invalid, "departure", "guestroom.departure_bad")
		}
	}
	if note != nil {
		s.Note = oneLine(*note)
	}
	return nil
}

// leftBy lists the rows at an extension that are of whoever was there: what he is called for, his status, breaks, calendar and hours by hand, his phone book, what he
// asked to be allowed and was, and since a moment the soft phones and browsers that he connected.
func (w *Work) leftBy(u pbx.UserID, since time.Time) (all []pbx.Ref) {
	s := w.Snapshot
	for _, m := range s.RemindersOf(u) {
		all = append(all, m.Ref())
	}
	if c := s.Choices[u]; c != nil {
		all = append(all, c.Ref())
	}
	if c := s.Calendars[u]; c != nil {
		all = append(all, c.Ref())
	}
	if o := s.HoursOverrides[pbx.HoursID(u)]; o != nil {
		all = append(all, o.Ref())
	}
	for _, id := range slices.Sorted(maps.Keys(s.Contacts)) {
		if c := s.Contacts[id]; c.User == u {
			all = append(all, c.Ref())
		}
	}
	for _, t := range s.TokensOf(u) {
		all = append(all, t.Ref())
	}
	if l := s.TalkOf(u); l != nil { // whoever was given the address would call the next guest
		all = append(all, l.Ref())
	}
	if d := s.Duties[u]; d != nil {
		all = append(all, d.Ref())
	}
	for _, id := range slices.Sorted(maps.Keys(s.Accesses)) {
		a := s.Accesses[id]
		if a.User != u {
			continue
		}
		all = append(all, a.Ref())
		for _, g := range a.Given {
			if s.Grants[g] != nil {
				all = append(all, s.Grants[g].Ref())
			}
		}
	}
	for _, d := range s.DevicesOf(u) {
		if d.Kind != pbx.DeviceDesk && !since.IsZero() && !d.Created.Before(since) {
			all = append(all, d.Ref())
		}
	}
	return all
}

// EditStay changes what is known of the guest who is there; nil fields stay.
type EditStay struct {
	User     pbx.UserID
	Guest    *string
	Language *string
	Until    *time.Time
	Note     *string
	Dialling *pbx.Dialling
}

// Need asks for room.assign.
func (c EditStay) Need(*pbx.Snapshot, pbx.Actor) []Need { return roomNeed(c.User) }

// Change writes the new fields.
func (c EditStay) Change(w *Work) (pbx.Change, error) {
	old, err := w.occupied(c.User)
	if err != nil {
		return pbx.Change{}, err
	}
	r, stay := *old, *old.Stay
	r.Stay = &stay
	set(&stay.Dialling, c.Dialling)
	if err := w.fillStay(&stay, c.Guest, c.Language, c.Until, c.Note); err != nil {
		return pbx.Change{}, err
	}
	change := pbx.Change{Put: []pbx.Noun{&r}}
	if c.Guest != nil || c.Language != nil {
		change.Put = append(change.Put, stay.At(*w.Snapshot.Users[c.User]))
	}
	return change, nil
}

func (w *Work) occupied(u pbx.UserID) (*pbx.GuestRoom, error) {
	r, err := w.guestRoom(u)
	if err == nil && r.Stay == nil {
		err = pbx.Refuse(pbx.Conflict, "", "guestroom.vacant")
	}
	return r, err
}

// CheckOut ends a stay. The extension is again as it was before, nothing of the guest reaches the next one, and the room is to be cleaned. Records of calls stay for
// those who may see them.
type CheckOut struct{ User pbx.UserID }

// Need asks for room.assign.
func (c CheckOut) Need(*pbx.Snapshot, pbx.Actor) []Need { return roomNeed(c.User) }

// Change restores the extension, and deletes what the guest left.
func (c CheckOut) Change(w *Work) (pbx.Change, error) {
	old, err := w.occupied(c.User)
	if err != nil {
		return pbx.Change{}, err
	}
	r, before, s := *old, old.Stay.Before, w.Snapshot
	r.Stay, r.Since, r.Care, r.Cared = nil, w.Now, pbx.RoomDirty, w.Now
	change := pbx.Change{Put: []pbx.Noun{&r, before.Restore(*s.Users[c.User])}, Delete: w.leftBy(c.User, old.Stay.From)}
	if before.Forwarding != nil {
		change.Put = append(change.Put, before.Forwarding)
	} else if f := s.Forwardings[c.User]; f != nil {
		change.Delete = append(change.Delete, f.Ref())
	}
	if before.Mailbox != nil {
		box := *before.Mailbox
		box.PIN, box.PINSince = "", time.Time{}
		change.Put = append(change.Put, &box)
	} else if b := s.Mailboxes[pbx.BoxID(c.User)]; b != nil {
		change.Delete = append(change.Delete, b.Ref())
	}
	if before.Given != nil {
		w.takeBack(&change, c.User, before.Given)
	}
	return change, nil
}

// takeBack takes away what was given to an extension since: rights, exceptions, more of a budget; and who sees its presence is as it was.
func (w *Work) takeBack(change *pbx.Change, u pbx.UserID, before *pbx.Given) {
	s := w.Snapshot
	for _, g := range s.GrantsOf(u) {
		if !slices.Contains(before.Grants, g.ID) && !slices.Contains(change.Delete, g.Ref()) {
			change.Delete = append(change.Delete, g.Ref())
		}
	}
	for _, a := range s.AssignmentsOf(u) {
		if !slices.Contains(before.Roles, a.ID) {
			change.Delete = append(change.Delete, a.Ref())
		}
	}
	for _, m := range s.MembershipsOf(u) {
		if was := before.Shares[m.ID]; m.Presence != was {
			next := *m
			next.Presence = was
			change.Put = append(change.Put, &next)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.Restrictions)) {
		r := *s.Restrictions[id]
		if r.Except = without(r.Except, r.ExceptsOf(u), before.Excepts[id]); len(r.Except) < len(s.Restrictions[id].Except) {
			change.Put = append(change.Put, &r)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.Budgets)) {
		b := *s.Budgets[id]
		if b.Raises = without(b.Raises, b.RaisesOf(u), before.Raises[id]); len(b.Raises) < len(s.Budgets[id].Raises) {
			change.Put = append(change.Put, &b)
		}
	}
}

// without is a list without some of its rows, but for those that are kept.
func without[T any](list, some, kept []T) []T {
	has := func(in []T, x T) bool {
		a, _ := json.Marshal(x)
		return slices.ContainsFunc(in, func(y T) bool { b, _ := json.Marshal(y); return bytes.Equal(a, b) })
	}
	return slices.DeleteFunc(slices.Clone(list), func(x T) bool { return has(some, x) && !has(kept, x) })
}

// SetHousekeeping says how a room is looked after.
type SetHousekeeping struct {
	User pbx.UserID
	Care pbx.Housekeeping
}

// Need asks for room.assign; whoever stands in the room may say on its phone that it is clean or not.
func (c SetHousekeeping) Need(_ *pbx.Snapshot, who pbx.Actor) []Need {
	if who.Kind == pbx.ActorDevice && who.User == c.User && c.Care != pbx.RoomInspected {
		return nil
	}
	return roomNeed(c.User)
}

// Change writes it.
func (c SetHousekeeping) Change(w *Work) (pbx.Change, error) {
	old, err := w.guestRoom(c.User)
	if err != nil {
		return pbx.Change{}, err
	}
	r := *old
	if r.Care != c.Care {
		r.Care, r.Cared = c.Care, w.Now
	}
	return pbx.Change{Put: []pbx.Noun{&r}}, nil
}

// guestRoomNeeds are those of taking a change of a guest room back.
func guestRoomNeeds(d pbx.Difference) []Need {
	if d.Before == nil || d.After == nil {
		return AddGuestRoom{ownerOf(d)}.Need(nil, pbx.Actor{})
	}
	return roomNeed(ownerOf(d))
}
