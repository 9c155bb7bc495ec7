package switchboard

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
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
