package switchboard

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/media"
	"tandem/pbx"
	"tandem/report"
)

// mix is a mixer in memory.
type mix struct {
	mu        sync.Mutex
	inside    []Stream
	muted     map[Stream]bool
	apart     map[[2]Stream]bool
	announced int
	watch     func(Stream)
	tape      Capture
	kept      map[Stream]bool
}

func (m *mix) Enter(s Stream) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.inside = append(m.inside, s)
	return nil
}

func (m *mix) Leave(s Stream) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.inside = slices.DeleteFunc(m.inside, func(o Stream) bool { return o == s })
}

func (m *mix) Mute(s Stream, muted bool) { m.mu.Lock(); m.muted[s] = muted; m.mu.Unlock() }

func (m *mix) Record(c Capture) { m.mu.Lock(); m.tape = c; m.mu.Unlock() }

func (m *mix) Keep(s Stream, on bool) { m.mu.Lock(); m.kept[s] = on; m.mu.Unlock() }

// keeps counts the streams of which something is kept.
func (m *mix) keeps() (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.inside {
		if m.kept[s] && m.tape != nil {
			n++
		}
	}
	return n
}

func (m *mix) Part(ear, mouth Stream, apart bool) {
	m.mu.Lock()
	m.apart[[2]Stream{ear, mouth}] = apart
	m.mu.Unlock()
}

func (m *mix) Announce([]media.Sound) { m.mu.Lock(); m.announced++; m.mu.Unlock() }
func (m *mix) Watch(f func(Stream))   { m.mu.Lock(); m.watch = f; m.mu.Unlock() }

func (m *mix) count() int { m.mu.Lock(); defer m.mu.Unlock(); return len(m.inside) }

// silent counts the streams that are kept from speaking.
func (m *mix) silent() (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, muted := range m.muted {
		if muted {
			n++
		}
	}
	return n
}

// meeting adds a conference room with the number 790 to an office.
func (o *office) meeting(change func(*pbx.Room)) *pbx.Room {
	o.t.Helper()
	r := &pbx.Room{ID: "rom_1", Name: "Daily", Extension: "790"}
	if change != nil {
		change(r)
	}
	o.put(r)
	return r
}

// press is keys that a phone plays, one after the other.
func (p *phone) press(keys string) {
	for _, k := range []byte(keys) {
		p.send(call.Signal{Kind: call.SignalDigit, Digit: k})
		pause(200 * time.Millisecond)
	}
	pause(time.Second)
}

// in is how the calls of an office are in the room, by who calls.
func (o *office) in() map[string]pbx.Meeting {
	out := map[string]pbx.Meeting{}
	for _, c := range o.liveCalls() {
		if c.Room != nil {
			m := *c.Room
			m.Room, m.Since = "", time.Time{}
			out[c.From.Name] = m
		}
	}
	return out
}

func TestRoom(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.meeting(func(r *pbx.Room) { r.PIN, r.HostPIN, r.Wait, r.Ends = "1234", "9876", true, true })
		bob := o.dials("bob", "790")
		pause(time.Second)
		bob.press("1111#")
		bob.press("1234#")
		if got := o.in(); len(got) != 1 || got["bob"] != (pbx.Meeting{Waits: true}) {
			t.Fatalf("bob does not wait: %+v\n%s", got, o.logs)
		}
		if len(o.sound.rooms) != 1 || o.sound.rooms[0].count() != 0 {
			t.Fatal("bob is in before the host")
		}
		mona := o.dials("mona", "790")
		pause(time.Second)
		mona.press("9876#")
		room := o.sound.rooms[0]
		if got := o.in(); got["bob"] != (pbx.Meeting{}) || got["mona"] != (pbx.Meeting{Host: true}) || room.count() != 2 || room.announced != 2 {
			t.Fatalf("after the host came: %+v, %d inside, announced %d", got, room.count(), room.announced)
		}
		alice := o.dial("790", false, offer(pcmu, event8))
		pause(time.Second)
		alice.press("1234#")
		room.watch(room.inside[2])
		synctest.Wait()
		if got := o.in(); !got["alice"].Speaks || got["bob"].Speaks {
			t.Errorf("who speaks: %+v", got)
		}
		room.watch(nil)

		mona.press("*3") // all but hosts are muted
		if got := o.in(); !got["bob"].Muted || !got["alice"].Muted || got["mona"].Muted || room.silent() != 2 || got["alice"].Speaks {
			t.Errorf("after all were muted: %+v", got)
		}
		bob.press("*3") // is no host
		alice.press("*1")
		if got := o.in(); !got["bob"].Muted || got["alice"].Muted {
			t.Errorf("after alice let herself be heard: %+v", got)
		}
		mona.press("*4") // locked
		if got := o.in(); !got["bob"].Locked || !got["mona"].Locked {
			t.Errorf("after it was locked: %+v", got)
		}
		late := o.dials("bob", "790")
		pause(time.Second)
		late.press("1234#")
		pause(2 * time.Second)
		if !late.over || room.count() != 3 {
			t.Error("somebody came into a locked room")
		}
		mona.press("*5") // takes out who came last
		if !alice.over || room.count() != 2 {
			t.Errorf("who came last is still there: %d", room.count())
		}
		mona.hangsUp()
		pause(3 * time.Second)
		if !bob.over || room.count() != 0 {
			t.Error("the conference goes on without its host")
		}
		o.drain()
		if n := len(o.ledger.cdrs); n != 4 {
			t.Fatalf("%d records", n)
		}
		slices.SortFunc(o.ledger.cdrs[2:], func(a, b report.CDR) int { return strings.Compare(b.From.Name, a.From.Name) }) // both ended with the conference
		for i, who := range []string{"bob", "alice", "mona"} {
			r := o.ledger.cdrs[i]
			want := who != "bob"
			if (r.From.Name == who) != true || !want != (r.Answered.IsZero()) {
				t.Errorf("record %d %s → %s answered %v", i, r.From.Name, r.To.Name, r.Answered)
			}
		}
		if trace := strings.Join(traceOf(o.ledger.cdrs[2].Trace), "\n"); !strings.Contains(trace, "route.entered") || o.ledger.cdrs[2].To.Name != "Daily" {
			t.Errorf("record of mona: to %+v\n%s", o.ledger.cdrs[2].To, trace)
		}
	})
}

// A room has its size, and takes so many wrong PINs; who guesses from outside does not lock colleagues out.
func TestRoomIsFullAndGuarded(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.meeting(func(r *pbx.Room) { r.Most = 2 })
		a, b := o.dial("790", false, offer(pcmu, event8)), o.dials("bob", "790")
		pause(time.Second)
		c := o.dials("mona", "790")
		pause(3 * time.Second)
		if a.over || b.over || !c.over || o.sound.rooms[0].count() != 2 {
			t.Errorf("a %v b %v c %v, %d inside", a.over, b.over, c.over, o.sound.rooms[0].count())
		}
		o.drain()
	})
	x := &assembly{}
	for i := range guesses + 5 {
		if trusted := x.trusts("", i >= guesses, began); trusted {
			t.Errorf("try %d is trusted", i)
		}
	}
	if !x.trusts("usr_bob", true, began) || x.trusts("", true, began.Add(guessTime-time.Second)) || !x.trusts("", true, began.Add(guessTime+time.Second)) {
		t.Error("a room is locked for the wrong people, or at the wrong time")
	}
}

// From above: who may change the room, or is in it as a host, mutes, removes, locks, ends and invites; for anybody else it does not exist.
func TestRoomFromAbove(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.meeting(func(r *pbx.Room) { r.HostPIN = "9876" })
		o.phone("b1", false, (*phone).answers)
		alice := o.dial("790", false, offer(pcmu, event8))
		pause(time.Second)
		alice.press("9876#")
		yes := true
		user := func(name string) pbx.Actor {
			return pbx.Actor{Kind: pbx.ActorUser, User: pbx.UserID("usr_" + name), Via: "api"}
		}
		if err := o.board.Steer(user("bob"), "rom_1", RoomOrder{Lock: &yes}); err == nil {
			t.Error("bob, who is not there, locks the room")
		}
		if _, err := o.board.Invite(user("bob"), "rom_1", Rings("usr_mona")); err == nil {
			t.Error("bob, who is not there, invites")
		}
		id, err := o.board.Invite(user("alice"), "rom_1", Rings("usr_bob"))
		if err != nil {
			t.Fatal(err)
		}
		pause(2 * time.Second)
		room := o.sound.rooms[0]
		if got := o.in(); room.count() != 2 || got["bob"].Host || !got["alice"].Host {
			t.Fatalf("%+v, %d inside\n%s\n%s", got, room.count(), strings.Join(o.wire.log, "\n"), o.logs)
		}
		if _, err := o.board.Invite(user("alice"), "rom_1", pbx.Destination{Kind: pbx.ToBusy}); err == nil {
			t.Error("nobody was invited")
		}
		if err := o.board.Steer(user("mona"), "rom_1", RoomOrder{Call: id, Mute: &yes}); err != nil { // may change every room
			t.Error(err)
		}
		synctest.Wait()
		if got := o.in(); !got["bob"].Muted {
			t.Errorf("%+v", got)
		}
		if err := o.board.Steer(user("alice"), "rom_1", RoomOrder{Call: id, Remove: true}); err != nil {
			t.Error(err)
		}
		pause(time.Second)
		if room.count() != 1 {
			t.Error("bob is still there")
		}
		if err := o.board.Steer(user("alice"), "rom_1", RoomOrder{Lock: &yes, Close: true}); err != nil {
			t.Error(err)
		}
		pause(3 * time.Second)
		if locked, _ := o.board.Room("rom_1"); !alice.over || locked {
			t.Error("the conference goes on")
		}
		o.drain()
		r := o.ledger.cdrs[0]
		if r.From.Name != "alice" || r.To.Name != "bob" || r.By.Name != "alice" || r.Answered.IsZero() || len(r.Legs) != 2 {
			t.Errorf("record of the invitation: %+v", r)
		}
	})
}

// Who comes says his name, which the others hear.
func TestRoomNames(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.meeting(func(r *pbx.Room) { r.Names = true })
		bob := o.dials("bob", "790")
		pause(2 * time.Second)
		st := o.sound.streams[0]
		st.mu.Lock()
		tape := st.tape
		st.mu.Unlock()
		if tape == nil {
			t.Fatal("bob is not asked for his name")
		}
		_, _ = tape.Sink.Write(make([]byte, 8000))
		st.watch(media.Event{Kind: media.EventRecorded, Tag: tape.Tag, Recorded: &media.Recorded{Size: 8000, Length: 500 * time.Millisecond, Level: -20}})
		pause(2 * time.Second)
		if got := o.in(); len(got) != 1 || o.sound.rooms[0].announced != 1 {
			t.Errorf("%+v, announced %d", got, o.sound.rooms[0].announced)
		}
		bob.hangsUp()
		o.drain()
	})
}

// recordable is an office whose office rule lets conferences be recorded; saying that takes two seconds.
func recordable(t *testing.T, rule pbx.RecordRule) (*office, *archive) {
	o, a := archived(t, pbx.RecordRule{})
	rule.ID = pbx.OfficeRule
	o.put(&rule)
	o.meeting(nil)
	return o, a
}

// orders gives an order about the recording of the room.
func (o *office) orders(u pbx.UserID, do string) error {
	o.t.Helper()
	err := o.board.RecordRoom(o.t.Context(), pbx.Actor{Kind: pbx.ActorUser, User: u}, "rom_1", do, 0)
	synctest.Wait()
	return err
}

// Everybody in the room hears that it is recorded before he is kept, who comes later too; who may not is refused; it is paused, and it ends when the last one leaves.
// Who took part, and when, stands in the recording (D-040, PR-01, PR-02).
func TestRoomIsRecorded(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o, a := recordable(t, pbx.RecordRule{Mode: pbx.RecordDemand, Days: 30})
		if err := o.orders("usr_mona", "start"); err == nil {
			t.Error("an empty room is recorded")
		}
		alice := o.dial("790", false, offer(pcmu, event8))
		pause(5 * time.Second)
		if err := o.orders("usr_bob", "start"); err == nil {
			t.Error("bob, who is not there, records the room")
		}
		bob := o.dials("bob", "790")
		pause(5 * time.Second)
		if err := o.orders("usr_mona", "start"); err != nil {
			t.Fatal(err)
		}
		room := o.sound.rooms[0]
		state := func(want string, kept int) {
			t.Helper()
			for _, c := range o.liveCalls() {
				if c.Recording != want {
					t.Errorf("%s is shown %q, want %q", c.From.Name, c.Recording, want)
				}
			}
			if n := room.keeps(); n != kept {
				t.Errorf("%s: %d are kept, want %d", want, n, kept)
			}
		}
		pause(1700 * time.Millisecond)
		state("asking", 0)
		alice.press("*1") // what she hears now begins before the announcement, which she hears again
		if n := room.keeps(); n != 1 {
			t.Errorf("%d are kept: bob, who has heard it", n)
		}
		pause(3 * time.Second)
		state("on", 2)
		begun := time.Now()
		mona := o.dials("mona", "790")
		pause(time.Second)
		state("on", 2)
		pause(3 * time.Second)
		state("on", 3)
		if err := o.orders("usr_mona", "pause"); err != nil {
			t.Fatal(err)
		}
		state("paused", 3)
		pause(5 * time.Second)
		if err := o.orders("usr_mona", "resume"); err != nil {
			t.Fatal(err)
		}
		state("on", 3)
		alice.hangsUp()
		pause(time.Second)
		bob.hangsUp()
		mona.hangsUp()
		pause(time.Second)
		if room.tape != nil {
			t.Error("an empty room is recorded")
		}
		o.drain()
		r := a.last(t)
		if !a.kept[0].Running || r.Running || r.Length != 9*time.Second || r.Room != "rom_1" || r.To.Name != "Daily" || r.By.Name != "mona" || r.Host != "usr_mona" || r.Rule != pbx.OfficeRule ||
			r.Expires != r.Started.AddDate(0, 0, 30) || len(r.Calls) != 3 || len(r.Consent) != 3 {
			t.Errorf("%+v", r)
		}
		if len(r.Voices) != 3 || r.Voices[2].User != "usr_mona" || r.Voices[2].From.Before(begun) || !r.Voices[0].Until.Before(r.Voices[1].Until) && r.Voices[0].User == "usr_alice" {
			t.Errorf("voices %+v", r.Voices)
		}
		if len(r.Pauses) != 1 || r.Pauses[0].Until.Sub(r.Pauses[0].From) != 5*time.Second {
			t.Errorf("pauses %+v", r.Pauses)
		}
		if got := strings.Join(o.sound.talks()[0].log, ", "); got != "pause false, pause true, pause false, pause false, end" {
			t.Error(got)
		}
		if want := []event.Kind{event.RoomRecorded, event.RoomPaused, event.RoomResumed}; !slices.Equal(a.told, want) {
			t.Errorf("the log has %v", a.told)
		}
		for _, c := range o.ledger.cdrs {
			if !slices.Equal(c.Recordings, []pbx.RecordingID{r.ID}) || len(c.Consents) != 1 {
				t.Errorf("record of %s: %v, %+v", c.From.Name, c.Recordings, c.Consents)
			}
		}
	})
}

// Who refuses, or has not agreed, or may never be recorded takes part, but is not kept; the others are. With "object" nobody is kept before the time to object is over,
// because what was mixed cannot be taken out again.
func TestRoomGuestsAnswer(t *testing.T) {
	for notice, wait := range map[pbx.RecordNotice]time.Duration{pbx.RecordAsk: 10 * time.Second, pbx.RecordObject: objectTime} {
		bubble(t, func(t *testing.T) {
			o, a := recordable(t, pbx.RecordRule{Mode: pbx.RecordDemand, Notice: notice})
			o.put(&pbx.RecordRule{ID: "usr_alice", Mode: pbx.RecordNever})
			alice, bob, mona := o.dial("790", false, offer(pcmu, event8)), o.dials("bob", "790"), o.dials("mona", "790")
			pause(10 * time.Second)
			if err := o.orders("usr_mona", "start"); err != nil {
				t.Fatal(err)
			}
			pause(time.Second)
			bob.send(call.Signal{Kind: call.SignalDigit, Digit: '0'})
			pause(9 * time.Second)
			room := o.sound.rooms[0]
			if n := room.keeps(); n != 0 || len(o.sound.talks()) != 0 {
				t.Errorf("%s: %d are kept too early", notice, n)
			}
			if notice == pbx.RecordAsk {
				mona.send(call.Signal{Kind: call.SignalDigit, Digit: '1'})
			}
			pause(wait)
			if n := room.keeps(); n != 1 {
				t.Errorf("%s: %d are kept, want mona alone", notice, n)
			}
			alice.press("1") // she has nothing to agree to
			if err := o.orders("usr_mona", "stop"); err != nil {
				t.Fatal(err)
			}
			if n := room.keeps(); n != 0 {
				t.Errorf("%d are kept after it was stopped", n)
			}
			for _, p := range []*phone{alice, bob, mona} {
				p.hangsUp()
			}
			pause(time.Second)
			o.drain()
			r := a.last(t)
			if len(r.Voices) != 3 || len(r.Consent) != 1 || r.Consent[0].Party.Name != "mona" {
				t.Errorf("%s: voices %+v, consent %+v", notice, r.Voices, r.Consent)
			}
			for _, c := range o.ledger.cdrs {
				if c.From.Name == "bob" && (len(c.Consents) != 1 || c.Consents[0].Answer != pbx.ConsentRefused || len(c.Recordings) != 0) {
					t.Errorf("bob's record: %+v", c.Consents)
				}
			}
		})
	}
}

// A paused recording of a room goes on by itself, everybody hears that, and the log tells who did it: nobody (PR-02).
func TestRoomGoesOnBeingRecorded(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o, a := recordable(t, pbx.RecordRule{Mode: pbx.RecordAlways, Pause: 3})
		alice := o.dial("790", false, offer(pcmu, event8))
		bob, mona := o.dials("bob", "790"), o.dials("mona", "790")
		pause(10 * time.Second)
		for _, do := range []string{"pause", "resume", "pause"} {
			if err := o.orders("usr_mona", do); err != nil {
				t.Fatal(err)
			}
			pause(2 * time.Minute)
		}
		if state := o.liveCalls()[0].Recording; state != "paused" {
			t.Errorf("it is %q", state)
		}
		pause(61 * time.Second)
		if state := o.liveCalls()[0].Recording; state != "on" {
			t.Errorf("it is %q", state)
		}
		if want := []event.Kind{event.RoomPaused, event.RoomResumed, event.RoomPaused, event.RoomResumed}; !slices.Equal(a.told, want) {
			t.Errorf("the log has %v", a.told)
		}
		for _, p := range []*phone{alice, bob, mona} {
			p.hangsUp()
		}
		pause(time.Hour)
		o.drain()
		if r := a.last(t); len(r.Pauses) != 2 || r.Pauses[1].Until.Sub(r.Pauses[1].From) != 3*time.Minute {
			t.Errorf("pauses %+v", r.Pauses)
		}
	})
}

// A rule that records always begins when two are there, and does not begin again after somebody ended it; without a rule nobody records a room.
func TestRoomIsRecordedByARule(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o, a := recordable(t, pbx.RecordRule{Mode: pbx.RecordAlways})
		alice := o.dial("790", false, offer(pcmu, event8))
		pause(10 * time.Second)
		if len(o.sound.talks()) != 0 {
			t.Error("one who is alone is recorded")
		}
		bob := o.dials("bob", "790")
		pause(10 * time.Second)
		if n := o.sound.rooms[0].keeps(); n != 2 {
			t.Fatalf("%d are kept", n)
		}
		if err := o.orders("usr_mona", "stop"); err != nil {
			t.Fatal(err)
		}
		mona := o.dials("mona", "790")
		pause(10 * time.Second)
		if n := o.sound.rooms[0].keeps(); n != 0 || len(o.sound.talks()) != 1 {
			t.Error("it begins again")
		}
		for _, p := range []*phone{alice, bob, mona} {
			p.hangsUp()
		}
		pause(time.Second)
		o.drain()
		if r := a.last(t); r.By != (pbx.Party{}) || r.From.Name != "alice" && r.From.Name != "bob" {
			t.Errorf("%+v", r)
		}
	})
	bubble(t, func(t *testing.T) {
		o, _ := recordable(t, pbx.RecordRule{})
		alice := o.dial("790", false, offer(pcmu, event8))
		pause(10 * time.Second)
		if err := o.orders("usr_mona", "start"); err == nil {
			t.Error("a room is recorded without a rule")
		}
		alice.hangsUp()
		o.drain()
	})
}
