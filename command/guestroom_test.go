package command

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
)

// A stay from end to end: what the guest brings with him is gone when he goes, what the room had is back, and nobody but the reception does it (G-019).
func TestStay(t *testing.T) {
	o := full(t)
	mark, uwe, olga := o.actor("mark"), o.actor("uwe"), o.actor("olga")
	made := o.must(olga, CreateUser{Person: Person{Name: "Room 7", Email: "room7@example.com", Groups: []Place{{Group: o.group("sales")}}}})
	room := pbx.UserID(made.Object.ID)
	guest := pbx.Actor{Kind: pbx.ActorUser, User: room, Via: "web"}
	leave := o.now.Add(48 * time.Hour)

	in := CheckIn{User: room, Guest: " Ada   Łęcka ", Language: "PL", Until: leave, Note: "late", Dialling: pbx.DialHouse}
	o.refused(mark, in, pbx.NotFound) // no guest room yet
	o.refused(uwe, AddGuestRoom{room}, pbx.Denied)
	o.refused(olga, AddGuestRoom{o.user("mark")}, pbx.Invalid) // he holds something over others
	o.refused(olga, AddGuestRoom{o.user("olga")}, pbx.Denied)
	o.must(olga, AddGuestRoom{room})
	o.refused(olga, AddGuestRoom{room}, pbx.Conflict)

	o.must(guest, SetSpeed{User: room, Speed: pbx.SpeedDials{{Short: "1", Number: "102"}}}) // as the house set it up
	short, days, pin := 30, 9, "$argon2id$"
	o.must(olga, SetMailbox{ID: pbx.BoxID(room), Longest: &short})
	before := keptOf(t, o, room)
	o.must(guest, SetMailbox{ID: pbx.BoxID(room), PIN: &pin}) // by the last one who was there
	o.must(guest, CreateReminder{User: room, Clock: 420})

	for _, bad := range []CheckIn{{User: room, Guest: "Ada", Until: leave, Dialling: "moon"}, {User: room, Until: leave}, {User: room, Guest: "Ada", Until: o.now}, {User: room, Guest: "Ada", Until: o.now.AddDate(2, 0, 0)},
		{User: room, Guest: "Ada", Until: leave, Language: "xx"}, {User: room, Guest: "Ada", Until: leave, Note: strings.Repeat("x", 201)}, {User: room, Guest: strings.Repeat("x", 200), Until: leave}} {
		o.refused(mark, bad, pbx.Invalid)
	}
	o.refused(uwe, in, pbx.Denied)
	o.refused(guest, in, pbx.Denied)
	o.refused(o.actor("mia"), in, pbx.NotFound)
	arrived := o.must(mark, in)
	r, u, box := o.view().GuestRooms[room], o.view().Users[room], o.view().Mailboxes[pbx.BoxID(room)]
	if u.Name != "Ada Łęcka" || u.Language != "pl" || r.Stay == nil || r.Stay.By != mark.User || !r.Since.Equal(o.now) || r.Stay.Before.Name != "Room 7" {
		t.Errorf("%+v %+v", u, r)
	}
	if box.PIN != "" || !box.Unlisted || box.Longest != short || len(o.view().RemindersOf(room)) != 0 {
		t.Errorf("the mailbox is not clean: %+v", box)
	}
	o.refused(mark, in, pbx.Conflict)
	o.refused(olga, RemoveGuestRoom{room}, pbx.Conflict)
	o.refused(olga, Undo{Facts: arrived.Facts}, pbx.Conflict)

	if d := o.view().Dialling(room, o.now); d != pbx.DialHouse {
		t.Errorf("the room may call %q", d)
	}

	// The guest settles in.
	o.now = o.now.Add(time.Hour)
	name, number := "Mother", []pbx.ContactNumber{{Number: "+4930111222"}}
	o.must(guest, CreateContact{Contact{Name: &name, User: &room, Numbers: &number}})
	o.must(guest, SetStatus{User: room, Status: pbx.StatusDND})
	o.must(guest, SetForwarding{User: room, Exceptions: &[]pbx.Exception{{To: pbx.Destination{Kind: pbx.ToMailbox, ID: string(room)}}}})
	o.must(guest, SetSpeed{User: room, Speed: pbx.SpeedDials{{Short: "2", Number: "103"}}})
	o.must(guest, SetMailbox{ID: pbx.BoxID(room), PIN: &pin, Words: map[pbx.Occasion]string{"": "Hello"}})
	o.must(olga, SetMailbox{ID: pbx.BoxID(room), Days: &days})
	o.must(guest, CreateReminder{User: room, Clock: 400, Days: []time.Weekday{1}})
	phone := o.must(guest, CreateDevice{User: room, Name: "Mobile", Kind: pbx.DeviceMobile}).Object
	later, called := leave.Add(time.Hour), "Ada Nowak"
	o.refused(uwe, EditStay{User: room, Until: &later}, pbx.Denied)
	o.must(mark, EditStay{User: room, Until: &later, Guest: &called})
	if u := o.view().Users[room]; u.Name != called || u.Language != "pl" || !o.view().GuestRooms[room].Stay.Until.Equal(later) {
		t.Errorf("%+v", u)
	}

	country := pbx.DialCountry
	o.refused(uwe, EditStay{User: room, Dialling: &country}, pbx.Denied)
	o.refused(guest, EditStay{User: room, Dialling: &country}, pbx.Denied)
	o.must(mark, EditStay{User: room, Dialling: &country})
	if d := o.view().Dialling(room, o.now); d != country {
		t.Errorf("the room may call %q", d)
	}

	o.refused(uwe, CheckOut{room}, pbx.Denied)
	o.now = o.now.Add(time.Hour)
	gone := o.must(mark, CheckOut{room})
	if after := keptOf(t, o, room); !bytes.Equal(before, after) {
		t.Errorf("the room is not as before:\n%s\n%s", before, after)
	}
	s := o.view()
	r = s.GuestRooms[room]
	if d := s.Dialling(room, o.now); d != pbx.DialGroup {
		t.Errorf("the choice outlasts the stay: %q", d)
	}
	if r.Stay != nil || r.Care != pbx.RoomDirty || !r.Since.Equal(o.now) || s.Choices[room] != nil || len(s.RemindersOf(room)) != 0 || s.Devices[pbx.DeviceID(phone.ID)] != nil {
		t.Errorf("something is left: %+v", r)
	}
	for _, c := range s.Contacts {
		if c.User == room {
			t.Error("the guest's phone book is left")
		}
	}
	if !slices.ContainsFunc(gone.Differences, func(d pbx.Difference) bool { return d.Ref == r.Ref() }) {
		t.Error("the log does not tell of it")
	}
	o.refused(olga, Undo{Facts: gone.Facts}, pbx.Conflict)
	o.refused(mark, CheckOut{room}, pbx.Conflict)
	o.refused(mark, EditStay{User: room, Until: &later}, pbx.Conflict)
}

// keptOf is what a room keeps over a stay.
func keptOf(t *testing.T, o *office, room pbx.UserID) []byte {
	t.Helper()
	u := o.view().Users[room]
	b, err := encode(&pbx.GuestRoom{Stay: &pbx.Stay{Before: o.view().Unlet(u)}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Whoever stands in the room says on its phone that it is clean or not; that it was inspected says the reception, from wherever it is. It can be taken back.
func TestHousekeeping(t *testing.T) {
	o := full(t)
	room := o.user("uwe")
	made := o.must(o.actor("olga"), AddGuestRoom{room})
	phone := pbx.Actor{Kind: pbx.ActorDevice, User: room, Device: pbx.DeviceID(o.must(o.actor("olga"), CreateDevice{User: room, Name: "Phone"}).Object.ID), Via: "sip"}
	is := func(want pbx.Housekeeping) {
		t.Helper()
		if got := o.view().GuestRooms[room].Care; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	is(pbx.RoomClean)
	dirty := o.must(phone, SetHousekeeping{room, pbx.RoomDirty})
	is(pbx.RoomDirty)
	o.refused(phone, SetHousekeeping{room, pbx.RoomInspected}, pbx.Denied)
	o.refused(o.actor("uwe"), SetHousekeeping{room, pbx.RoomClean}, pbx.Denied) // in the app he is a guest like any other
	o.refused(phone, SetHousekeeping{o.user("nina"), pbx.RoomClean}, pbx.Denied)
	o.refused(o.actor("mia"), SetHousekeeping{room, pbx.RoomClean}, pbx.NotFound)
	o.refused(o.actor("mark"), SetHousekeeping{room, "gold"}, pbx.Invalid)
	o.refused(o.actor("uwe"), Undo{Facts: dirty.Facts}, pbx.Denied)
	o.must(o.actor("mark"), Undo{Facts: dirty.Facts})
	is(pbx.RoomClean)
	o.must(o.actor("mark"), SetHousekeeping{room, pbx.RoomInspected})
	is(pbx.RoomInspected)
	o.must(o.actor("mark"), Undo{Facts: o.must(o.actor("mark"), SetHousekeeping{room, pbx.RoomDirty}).Facts})
	o.refused(o.actor("olga"), Undo{Facts: made.Facts}, pbx.Conflict)
	taken := o.must(o.actor("olga"), RemoveGuestRoom{room})
	o.must(o.actor("olga"), Undo{Facts: taken.Facts})
	is(pbx.RoomInspected)
}
