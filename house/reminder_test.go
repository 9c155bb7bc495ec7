package house

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"tandem/call"
	"tandem/command"
	"tandem/pbx"
	"tandem/store"
	"tandem/switchboard"
)

// inn is a house whose clock the test holds, with a guest in it and somebody who sets calls for others.
type inn struct {
	*House
	t           *testing.T
	guest, desk pbx.UserID
}

func wakeHouse(t *testing.T, data string, clock *atomic.Int64) *inn {
	t.Helper()
	h, err := Build(t.Context(), Config{Data: data, HTTP: "127.0.0.1:0", SIP: "127.0.0.1:0", Public: "127.0.0.1", Now: func() time.Time { return time.Unix(clock.Load(), 0).UTC() }})
	if err != nil {
		t.Fatal(err)
	}
	w := &inn{House: h, t: t}
	if len(h.snapshot().Users) == 0 {
		w.do(command.Claim{Name: "Olga", Email: "olga@example.com", Company: "Hotel", Country: "DE", Zone: "Europe/Berlin", Language: "en"})
		w.do(command.CreateUser{Person: command.Person{Name: "Gast", Email: "gast@example.com"}})
	}
	w.guest, w.desk = h.snapshot().ByEmail("gast@example.com").ID, h.snapshot().ByEmail("olga@example.com").ID
	return w
}

func (w *inn) do(c command.Command) pbx.Ref {
	w.t.Helper()
	return w.by(pbx.Actor{Kind: pbx.ActorSystem, Via: "cli"}, c)
}

func (w *inn) by(who pbx.Actor, c command.Command) pbx.Ref {
	w.t.Helper()
	r, err := w.Desk.Do(w.t.Context(), who, c)
	if err != nil {
		w.t.Fatalf("%T: %v", c, err)
	}
	return r.Object
}

// state is what became of the guest's only reminder.
func (w *inn) state() *pbx.Reminder {
	w.t.Helper()
	list := w.snapshot().RemindersOf(w.guest)
	if len(list) != 1 {
		w.t.Fatalf("%d reminders", len(list))
	}
	return list[0]
}

// told lists the moments that somebody was told nobody was reached at.
func (w *inn) told(u pbx.UserID) (at []string) {
	w.t.Helper()
	page, err := w.Store.Notices(w.t.Context(), store.NoticeQuery{User: u})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, n := range page.Items {
		if n.Kind == "reminder" {
			at = append(at, n.Says.Times["at"].UTC().Format("02 15:04")+" "+n.Page)
		}
	}
	slices.Sort(at)
	return at
}

func unix(t *testing.T, at string) int64 {
	t.Helper()
	m, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t.Fatal(err)
	}
	return m.Unix()
}

// Nobody answers: three tries, three minutes apart, then who set the call is told once, with the time it was meant for, and the next comes the day after. The house
// is put down and up again between the tries, and over two mornings: it goes on with the tries, and wakes nobody hours late, but tells it (G-019).
func TestRemindersOverRestarts(t *testing.T) {
	var clock atomic.Int64
	clock.Store(unix(t, "2026-03-27T20:00:00Z"))
	data := t.TempDir()
	w := wakeHouse(t, data, &clock)
	again := func(at string) {
		t.Helper()
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		clock.Store(unix(t, at))
		w = wakeHouse(t, data, &clock)
		w.callReminded(t.Context())
	}
	look := func(at string, tries int, last pbx.ReminderEnd) {
		t.Helper()
		clock.Store(unix(t, at))
		for range 2 { // what is done is not done again
			w.callReminded(t.Context())
		}
		if m := w.state(); m.Tries != tries || m.Last != last {
			t.Errorf("%s: %+v", at, m)
		}
	}
	w.by(pbx.Actor{Kind: pbx.ActorUser, User: w.desk, Via: "web"}, command.CreateReminder{User: w.guest, Clock: 7 * 60, Days: []time.Weekday{0, 1, 2, 3, 4, 5, 6}})
	look("2026-03-28T05:59:59Z", 0, "")
	look("2026-03-28T06:00:00Z", 1, "")
	look("2026-03-28T06:02:59Z", 1, "")
	again("2026-03-28T06:03:00Z")
	look("2026-03-28T06:03:01Z", 2, "")
	look("2026-03-28T06:06:01Z", 3, "")
	look("2026-03-28T06:09:00Z", 3, "")
	look("2026-03-28T06:09:05Z", 0, pbx.ReminderMissed)
	page := "/people/" + string(w.guest) + "?tab=reminders"
	if got := w.told(w.desk); !slices.Equal(got, []string{"28 06:00 " + page}) || w.told(w.guest) != nil {
		t.Errorf("told: %v, the guest %v", got, w.told(w.guest))
	}

	// The house is down on the morning on which clocks were put forward: seven o'clock is an hour earlier for the world.
	again("2026-03-29T05:30:00Z")
	if got := w.told(w.desk); !slices.Equal(got, []string{"28 06:00 " + page, "29 05:00 " + page}) {
		t.Errorf("after a morning without a house: %v", got)
	}
	if next := w.state().Next(w.snapshot().ReminderZone(w.guest, w.Config.Now())); !next.Equal(time.Date(2026, 3, 30, 5, 0, 0, 0, time.UTC)) {
		t.Errorf("next %v", next)
	}
	again("2026-03-30T05:14:00Z") // late, but not too late
	if m := w.state(); m.Tries != 1 || !m.For.Equal(time.Date(2026, 3, 30, 5, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", m)
	}

	// Who set it is gone: who was to be called is told himself.
	w.do(command.CreateUser{Person: command.Person{Name: "Other", Email: "other@example.com"}})
	other := w.snapshot().ByEmail("other@example.com").ID
	w.do(command.DeleteReminder{ID: w.state().ID})
	w.by(pbx.Actor{Kind: pbx.ActorSystem, Via: "cli", User: other}, command.CreateReminder{User: w.guest, Clock: 12 * 60})
	w.do(command.DeleteUser{User: other})
	again("2026-03-30T18:00:00Z")
	if got := w.told(w.guest); !slices.Equal(got, []string{"30 10:00 /profile?tab=reminders"}) {
		t.Errorf("the guest is told %v", got)
	}
	look("2026-03-31T12:00:00Z", 0, pbx.ReminderMissed) // once
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// What the guest's phone does: he sets a call by four digits, hears when it is; answers, puts it off, hears when the next is; takes it away. What is not a time sets
// nothing (G-019, FC-01).
func TestRemindersByPhone(t *testing.T) {
	var clock atomic.Int64
	clock.Store(unix(t, "2026-03-27T20:00:00Z"))
	w := wakeHouse(t, t.TempDir(), &clock)
	defer w.Close()
	who := pbx.Actor{Kind: pbx.ActorUser, User: w.guest, Via: "phone"}
	said := func(action pbx.CodeAction, argument string) (keys []string, c call.Carried) {
		c = w.carry(context.Background(), who, action, argument)
		for _, clip := range c.Clips {
			keys = append(keys, clip.Text.Key)
		}
		return keys, c
	}
	begins := func(action pbx.CodeAction, argument, key string) call.Carried {
		t.Helper()
		keys, c := said(action, argument)
		if len(keys) == 0 || keys[0] != key {
			t.Errorf("%s %s: %v, want %s", action, argument, keys, key)
		}
		return c
	}
	for _, bad := range []string{"", "7", "2400", "0760", "07000"} {
		begins(pbx.CodeWake, bad, "say.wake.enter")
	}
	begins(pbx.CodeWakeOff, "", "say.wake.none")
	begins(pbx.CodeWake, "0700", "say.wake.set")
	if m := w.state(); m.By != w.guest || m.Clock != 7*60 || m.Date.String() != "2026-03-28" {
		t.Fatalf("%+v", m)
	}
	id := string(w.state().ID)
	begins(switchboard.CodeSnooze, id, "say.feature.failed") // he was not called yet
	clock.Store(unix(t, "2026-03-28T06:00:02Z"))
	w.callReminded(t.Context())
	c := begins(switchboard.CodeReminder, id, "say.wake.call")
	if !c.Ask || c.To != (pbx.Destination{Kind: pbx.ToCode, ID: string(switchboard.CodeSnooze), Number: id}) {
		t.Errorf("%+v", c)
	}
	if m := w.state(); m.Last != pbx.ReminderAnswered || !m.For.IsZero() {
		t.Errorf("answered: %+v", m)
	}
	clock.Add(5)
	begins(switchboard.CodeSnooze, id, "say.wake.set")
	if m := w.state(); m.Last != pbx.ReminderSnoozed || m.Again.Unix() != unix(t, "2026-03-28T06:10:07Z") {
		t.Errorf("put off: %+v", m)
	}
	clock.Store(unix(t, "2026-03-28T06:10:07Z"))
	w.callReminded(t.Context())
	if m := w.state(); m.Tries != 1 {
		t.Errorf("called again: %+v", m)
	}
	begins(pbx.CodeWakeOff, "", "say.wake.cleared")
	if len(w.snapshot().RemindersOf(w.guest)) != 0 || w.told(w.guest) != nil {
		t.Error("something is left")
	}

	// In the afternoon it is no good morning.
	begins(pbx.CodeWake, "1500", "say.wake.set")
	clock.Store(unix(t, "2026-03-28T14:00:00Z"))
	w.callReminded(t.Context())
	begins(switchboard.CodeReminder, string(w.state().ID), "say.time.is")
}
