package house

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"tandem/command"
	"tandem/event"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
)

// A guest whom nobody could wake is the reception's to look after: it is told, though the guest set the call himself, and he is not (G-019). One of the housekeeping
// says by phone how a room is; a guest cannot say that his was inspected.
func TestReceptionByPhone(t *testing.T) {
	var clock atomic.Int64
	clock.Store(unix(t, "2026-03-27T20:00:00Z"))
	w := wakeHouse(t, t.TempDir(), &clock)
	defer w.Close()
	room := w.do(command.CreateUser{Person: command.Person{Name: "Room 7", Email: "room7@example.com"}}).ID
	desk := w.do(command.CreateUser{Person: command.Person{Name: "Rita", Email: "rita@example.com", Groups: []command.Place{{Group: w.snapshot().DefaultGroup(), Role: "receptionist"}}}}).ID
	w.do(command.AddGuestRoom{User: pbx.UserID(room)})
	rita := pbx.Actor{Kind: pbx.ActorUser, User: pbx.UserID(desk), Via: "web"}
	w.by(rita, command.CheckIn{User: pbx.UserID(room), Guest: "Ada", Until: w.Config.Now().Add(48 * time.Hour)})
	phone := func(u string) pbx.Actor {
		r, err := w.Desk.Do(t.Context(), pbx.Actor{Kind: pbx.ActorSystem, Via: "cli"}, command.CreateDevice{User: pbx.UserID(u), Name: "Phone"})
		if err != nil {
			t.Fatal(err)
		}
		return pbx.Actor{Kind: pbx.ActorDevice, User: pbx.UserID(u), Device: pbx.DeviceID(r.Object.ID), Via: "sip"}
	}
	guest, cordless := phone(room), phone(desk)
	number := w.snapshot().Users[pbx.UserID(room)].Extension
	for _, c := range []struct {
		who  pbx.Actor
		dial string
		says string
		then pbx.Housekeeping
	}{
		{guest, "", "say.feature.unknown", pbx.RoomClean}, {guest, "0", "say.feature.unknown", pbx.RoomClean}, {guest, "4", "say.feature.unknown", pbx.RoomClean},
		{guest, "1", "say.feature.done", pbx.RoomDirty}, {guest, "2", "say.feature.done", pbx.RoomClean}, {guest, "3", "say.feature.refused", pbx.RoomClean},
		{cordless, "3" + number, "say.feature.done", pbx.RoomInspected}, {cordless, "1", "say.feature.refused", pbx.RoomInspected},
		{cordless, "1999999", "say.feature.refused", pbx.RoomInspected}, {guest, "1" + w.snapshot().Users[w.guest].Extension, "say.feature.refused", pbx.RoomInspected},
	} {
		said := w.carry(context.Background(), c.who, pbx.CodeHousekeeping, c.dial)
		if got := w.snapshot().GuestRooms[pbx.UserID(room)].Care; len(said.Clips) != 1 || said.Clips[0].Text.Key != c.says || got != c.then {
			t.Errorf("%q by %s: %v, the room is %s", c.dial, c.who.User, said.Clips, got)
		}
	}

	for _, c := range []struct {
		who  pbx.Actor
		dial string
		says string
		then pbx.Dialling
	}{
		{cordless, "", "say.feature.unknown", pbx.DialGroup}, {cordless, "1", "say.feature.unknown", pbx.DialGroup}, {cordless, "4" + number, "say.feature.unknown", pbx.DialGroup},
		{guest, "3" + number, "say.feature.refused", pbx.DialGroup}, {cordless, "1" + number, "say.feature.done", pbx.DialHouse}, {guest, "3" + number, "say.feature.refused", pbx.DialHouse},
		{cordless, "2" + number, "say.feature.done", pbx.DialCountry}, {cordless, "1999999", "say.feature.refused", pbx.DialCountry}, {cordless, "3" + number, "say.feature.done", pbx.DialGroup},
	} {
		said := w.carry(context.Background(), c.who, pbx.CodeRoomCalls, c.dial)
		if got := w.snapshot().Dialling(pbx.UserID(room), w.Config.Now()); len(said.Clips) != 1 || said.Clips[0].Text.Key != c.says || got != c.then {
			t.Errorf("%q by %s: %v, the room may call %q", c.dial, c.who.User, said.Clips, got)
		}
	}

	w.by(pbx.Actor{Kind: pbx.ActorUser, User: pbx.UserID(room), Via: "web"}, command.CreateReminder{User: pbx.UserID(room), Clock: 7 * 60})
	for _, at := range []string{"2026-03-28T06:00:00Z", "2026-03-28T06:03:00Z", "2026-03-28T06:06:00Z", "2026-03-28T06:09:00Z"} {
		clock.Store(unix(t, at))
		w.callReminded(t.Context())
	}
	if got := w.told(pbx.UserID(desk)); !slices.Equal(got, []string{"28 06:00 /reception?peek=" + room}) || w.told(pbx.UserID(room)) != nil {
		t.Errorf("the reception is told %v, the guest %v", got, w.told(pbx.UserID(room)))
	}
}

// After check-out nothing of the guest is heard, shown or called back at the extension, not even a message that was being left when he went; who may see the log
// still sees his calls.
func TestNothingReachesTheNextGuest(t *testing.T) {
	var clock atomic.Int64
	clock.Store(time.Now().Unix())
	w := wakeHouse(t, t.TempDir(), &clock)
	defer w.Close()
	room := pbx.UserID(w.do(command.CreateUser{Person: command.Person{Name: "Room 7", Email: "room7@example.com"}}).ID)
	w.do(command.AddGuestRoom{User: room})
	w.do(command.CheckIn{User: room, Guest: "Ada", Until: w.Config.Now().Add(48 * time.Hour)})
	began := w.Config.Now()
	message := func(id pbx.MessageID, at time.Time) {
		t.Helper()
		file, err := w.Blobs.Create(string(id))
		if err == nil {
			_, err = file.Write(make([]byte, 100))
		}
		if err == nil {
			err = file.Finish(100)
		}
		if err == nil {
			err = mailboxes{w.House}.Keep(t.Context(), pbx.Message{ID: id, User: room, From: pbx.Party{Name: "Bob"}, At: at, Length: time.Second, Rate: 8000})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	heard := func(id string) bool {
		r, err := w.Blobs.Open(id)
		if err == nil {
			_ = r.Close()
		}
		return err == nil
	}
	called := report.CDR{ID: "cal_1", Users: []pbx.UserID{room}, From: w.snapshot().Users[room].Party(), To: pbx.Party{Number: "+4930111222"}, Dialled: "030111222", Started: began, Ended: began.Add(time.Minute)}
	if _, err := w.Store.Append(t.Context(), []report.CDR{called}, nil); err != nil {
		t.Fatal(err)
	}
	phone := pbx.Actor{Kind: pbx.ActorDevice, User: room, Via: "sip"}
	sees := func(u pbx.UserID) bool {
		who := pbx.Actor{Kind: pbx.ActorUser, User: u, Via: "web"}
		return policy.Sight(w.snapshot(), who, policy.CallDetail, w.Config.Now()).Sees(policy.Record("cal_1", []pbx.UserID{room}, nil, began))
	}
	message("msg_1", began.Add(time.Second))
	if k := (&keypad{h: w.House, who: phone, at: w.Config.Now()}); !heard("msg_1") || !sees(room) || k.redial(t.Context()).To.IsZero() {
		t.Fatalf("the guest himself hears what is his: %v, sees it: %v, calls again: %v", heard("msg_1"), sees(room), k.redial(t.Context()))
	}

	clock.Add(60)
	turned := w.Bus.Subscribe(16)
	defer turned.Close()
	w.do(command.CheckOut{User: room})
	message("msg_2", began.Add(time.Second)) // it was being left
	for f := range turned.Facts() {
		if f.Kind == event.GuestRoomCheckedOut {
			w.roomTurned(t.Context(), f)
			break
		}
	}
	if heard("msg_1") || heard("msg_2") {
		t.Error("a message is left")
	}
	if fresh, old, err := w.Store.CountMessages(t.Context(), room, ""); err != nil || fresh+old != 0 {
		t.Errorf("%d new, %d old, %v", fresh, old, err)
	}
	if sees(room) || !sees(w.desk) {
		t.Errorf("the next guest sees his calls: %v, the owner: %v", sees(room), sees(w.desk))
	}
	k := &keypad{h: w.House, who: phone, at: w.Config.Now()}
	if !k.redial(t.Context()).To.IsZero() || !k.lastCaller(t.Context()).To.IsZero() {
		t.Error("the phone still knows whom the guest called")
	}
}
