package switchboard

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
	"tandem/policy"
)

// assembly is a conference room with people in it, or at its door.
type assembly struct {
	b   *Board
	id  pbx.RoomID
	mix Mixer

	mu       sync.Mutex
	guests   []*guest // in the order in which they came
	locked   bool
	hushed   bool                       // all but hosts were muted
	tape     *roomTape                  // the room is recorded
	declined bool                       // … and was, until somebody ended it: no rule begins again before all have left
	misses   map[pbx.UserID][]time.Time // wrong PINs of the last while, by colleague; of all callers from outside together
}

// guest is somebody in a conference room, or who waits for its host.
type guest struct {
	r      *run
	stream Stream
	host   bool
	waits  bool
	muted  bool
	speaks bool
	name   []media.Sound // as he said it
	party  pbx.Party
	taped  taped
}

// Wrong PINs that a room takes within a while, from one colleague or from outside; after that every PIN is wrong until it is over (BAR TF-11).
const (
	guesses   = 20
	guessTime = time.Hour
)

// assembly is the room as it is now. It stays as long as the board does: a room without people costs nothing.
func (b *Board) assembly(id pbx.RoomID) *assembly {
	if a, ok := b.rooms.Load(id); ok {
		return a.(*assembly)
	}
	b.building.Lock() // who comes at the same moment comes into the same room
	defer b.building.Unlock()
	if a, ok := b.rooms.Load(id); ok {
		return a.(*assembly)
	}
	x := &assembly{b: b, id: id, mix: b.c.Sound.Room()}
	x.mix.Watch(x.spoken)
	b.rooms.Store(id, x)
	return x
}

// openRoom receives somebody at the door of a conference room.
func (r *run) openRoom(e call.OpenRoom) call.Input {
	s, _ := r.b.c.View()
	room := s.Rooms[pbx.RoomID(e.At.ID)]
	if room == nil {
		return call.Timeout{Timer: call.HouseTimer} // it went while the call was on its way
	}
	invited := r.summons != nil && r.summons.room == room.ID
	if room.AsksPIN() && !e.Typed && !invited {
		return call.Door{Asks: true}
	}
	a := r.b.assembly(room.ID)
	a.mu.Lock()
	defer a.mu.Unlock()
	in, host := room.Enter(e.PIN)
	if invited {
		in, host = true, room.HostPIN == ""
	}
	if e.Typed && !a.trusts(r.in.Actor.User, in, r.now) || !in {
		return call.Door{Wrong: true}
	}
	switch {
	case len(a.guests) >= room.Seats():
		return call.Door{Full: true}
	case a.locked && !host && !invited:
		return call.Door{Locked: true}
	}
	return call.Door{In: true, Host: host, Others: a.inside(), Names: room.Names && !invited, Waits: room.Wait && !host && !a.hosted()}
}

// trusts takes a typed PIN, right or wrong, from somebody who has not guessed too often. The lock is held.
func (a *assembly) trusts(who pbx.UserID, right bool, now time.Time) bool {
	missed := slices.DeleteFunc(a.misses[who], func(t time.Time) bool { return now.Sub(t) > guessTime })
	trusted := len(missed) < guesses
	if !right && trusted {
		missed = append(missed, now)
	}
	if a.misses == nil {
		a.misses = map[pbx.UserID][]time.Time{}
	}
	a.misses[who] = missed
	return trusted && right
}

// inside counts those who hear each other. The lock is held.
func (a *assembly) inside() (n int) {
	for _, g := range a.guests {
		if !g.waits {
			n++
		}
	}
	return n
}

// hosted reports whether a host is there. The lock is held.
func (a *assembly) hosted() bool {
	return slices.ContainsFunc(a.guests, func(g *guest) bool { return g.host && !g.waits })
}

// room is the configuration of the room; nil when it is gone.
func (a *assembly) room() *pbx.Room {
	s, _ := a.b.c.View()
	return s.Rooms[a.id]
}

// awaitRoom lets the caller wait for a host; one may have come meanwhile.
func (r *run) awaitRoom() call.Input {
	a := r.seat(&guest{r: r, waits: true})
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.hosted() {
		return call.Opened{}
	}
	return nil
}

// seat puts the caller into the list of a room's people.
func (r *run) seat(g *guest) *assembly {
	id := pbx.RoomID(r.plan.House.At.ID)
	a := r.b.assembly(id)
	a.mu.Lock()
	defer a.mu.Unlock()
	g.stream, g.name, g.party = r.sides[0].stream, r.name, r.sides[0].record.Party
	if r.guest != nil {
		g.name = r.guest.name
		a.guests = slices.DeleteFunc(a.guests, func(o *guest) bool { return o == r.guest })
	}
	r.name = nil
	a.guests = append(a.guests, g)
	r.assembly, r.guest = a, g
	if r.live.Room == nil {
		r.live.Room = &pbx.Meeting{Room: id, Since: r.now}
	}
	return a
}

// enterRoom lets the caller and everybody in the room hear each other. With its host come those who waited for one.
func (r *run) enterRoom(e call.EnterRoom) call.Input {
	g := &guest{r: r, host: e.Host}
	a := r.seat(g)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tell(g, true)
	if g.stream != nil {
		if err := a.mix.Enter(g.stream); err != nil {
			r.log().Warn("a leg cannot enter a conference room", "leg", r.sides[0].leg, "error", err)
		}
	}
	if e.Host {
		for _, o := range a.guests {
			if o.waits {
				o.r.post(&message{input: call.Opened{}})
			}
		}
	}
	if a.hushed && !e.Host {
		r.post(&message{input: call.Muted{Muted: true}})
	}
	a.comesOnTape(g, r.now)
	if a.locked || a.tape != nil {
		return call.Around{Locked: a.locked, Taping: a.taping()}
	}
	return nil
}

// tell lets those inside hear that somebody came, or went. The lock is held.
func (a *assembly) tell(g *guest, came bool) {
	room := a.room()
	switch {
	case room == nil || room.Quiet:
	case room.Names && len(g.name) > 0:
		key := "say.conf.has_left"
		if came {
			key = "say.conf.has_joined"
		}
		sounds := slices.Clone(g.name)
		if a.b.c.Prompt != nil {
			s, _ := a.b.c.View()
			sounds = append(sounds, a.b.c.Prompt(s.LanguageIn(room.Group), i18n.T(key))...)
		}
		a.mix.Announce(sounds)
	default:
		a.mix.Announce(media.Chime(came))
	}
}

// leaveRoom takes the call out of its conference room when its caller is not in it any more.
func (r *run) leaveRoom() {
	if m := r.state.Meets(); r.assembly != nil && !m.In && !m.Waits {
		r.outOfRoom()
	}
}

// seen brings up to date how the call is in a conference room.
func (r *run) seen() {
	if r.live.Room == nil {
		return
	}
	m, now := r.state.Meets(), *r.live.Room
	now.Waits, now.Host, now.Muted, now.Speaks, now.Locked = m.Waits, m.Host, m.Muted, m.Speaks, m.Close
	if now != *r.live.Room {
		r.live.Room = &now
	}
}

// outOfRoom is the end of it: with the last host the conference may be over, and with the last of all it is as it was in the beginning.
func (r *run) outOfRoom() {
	a, g := r.assembly, r.guest
	if a == nil {
		return
	}
	r.assembly, r.guest, r.live.Room = nil, nil, nil
	a.mu.Lock()
	defer a.mu.Unlock()
	a.guests = slices.DeleteFunc(a.guests, func(o *guest) bool { return o == g })
	if g.stream != nil && !g.waits {
		a.mix.Leave(g.stream)
	}
	if !g.waits {
		a.tell(g, false)
	}
	if room := a.room(); g.host && !a.hosted() && (room == nil || room.Ends) {
		a.close()
	}
	a.leavesTape(g, r.now)
	if len(a.guests) == 0 {
		a.locked, a.hushed = false, false
	}
}

// close ends the conference for everybody. The lock is held.
func (a *assembly) close() {
	for _, o := range a.guests {
		o.r.post(&message{input: call.Closed{}})
	}
}

// muteRoom keeps the others in the room from hearing the caller.
func (r *run) muteRoom(e call.MuteRoom) {
	a := r.assembly
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	r.guest.muted = e.Muted
	if r.guest.stream != nil {
		a.mix.Mute(r.guest.stream, e.Muted)
	}
}

// spoken hears from the mixer who speaks now, and tells those whom it concerns.
func (a *assembly) spoken(by Stream) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, g := range a.guests {
		if speaks := by != nil && g.stream == by; speaks != g.speaks {
			g.speaks = speaks
			a.around(g)
		}
	}
}

// around tells somebody what has changed around him. The lock is held.
func (a *assembly) around(g *guest) {
	g.r.post(&message{input: call.Around{Speaks: g.speaks, Locked: a.locked, Taping: a.taping()}})
}

// steerRoom carries out what a host wants by keys.
func (r *run) steerRoom(e call.SteerRoom) call.Input {
	a := r.assembly
	if a == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	say := func(clips ...call.Clip) call.Input { return call.RoomSays{Clips: clips} }
	switch e.Do {
	case call.RoomCount:
		return say(call.Words("say.conf.there_are"), call.Clip{Number: a.inside()})
	case call.RoomMuteAll:
		a.mute(!a.hushed)
		if a.hushed {
			return say(call.Words("say.conf.all_muted"))
		}
		return say(call.Words("say.conf.all_heard"))
	case call.RoomLock:
		a.lock(!a.locked)
		if a.locked {
			return say(call.Words("say.conf.locks"))
		}
		return say(call.Words("say.conf.opens"))
	case call.RoomDropsLast:
		for i := len(a.guests) - 1; i >= 0; i-- {
			if g := a.guests[i]; !g.host && !g.waits {
				r.b.dismiss(g.r, r.in.Actor)
				return nil
			}
		}
	case call.RoomClose:
		a.close()
	}
	return nil
}

// mute mutes all but hosts, or lets them be heard. The lock is held.
func (a *assembly) mute(muted bool) {
	a.hushed = muted
	for _, g := range a.guests {
		if !g.host && !g.waits {
			g.r.post(&message{input: call.Muted{Muted: muted}})
		}
	}
}

// lock lets nobody else in, or opens the room again. The lock of the assembly is held.
func (a *assembly) lock(locked bool) {
	a.locked = locked
	for _, g := range a.guests {
		a.around(g)
	}
}

// emitEntered writes that somebody came into a conference room.
func (r *run) emitEntered() {
	caller := r.sides[0]
	if caller.record.Answered.IsZero() {
		caller.record.Answered = r.now
	}
	caller.record.Codec, caller.record.Secure = caller.name, caller.isEncrypted()
	r.live.To = r.plan.To
	if r.live.Answered.IsZero() {
		r.live.Answered = r.now
	}
	r.live.Codec, r.live.Secure = caller.name, caller.isEncrypted()
	m := r.state.Meets()
	p := event.Entered{Room: r.assembly.id, Name: r.plan.To.Name, Party: caller.record.Party, Host: m.Host}
	r.draft.Entered(r.now, p)
	r.fact(event.CallEntered, r.in.Actor, p)
}

// jotting keeps what the caller says for the length of the call.
type jotting struct {
	buf  bytes.Buffer
	rate int
	tag  uint64
}

// jot begins to take down what the caller says, in memory: his name in a room lasts no longer than he is there.
func (r *run) jot(s *side, e call.Record) call.Input {
	r.tag++
	n := &jotting{tag: r.tag}
	rate, err := s.stream.Record(media.Record{Sink: &n.buf, Max: e.Max, Quiet: e.Quiet, Trim: true, StopOn: e.StopOn, Tag: r.tag})
	if err != nil {
		r.log().Warn("a name cannot be taken down", "leg", s.leg, "error", err)
		return call.Recorded{Failed: true}
	}
	n.rate = rate
	r.jotting = n
	return nil
}

// jotted takes in that it is over.
func (r *run) jotted(told *media.Recorded) {
	n := r.jotting
	r.jotting = nil
	silent := told.Level < silentMessage || told.Err != nil
	if !silent {
		raw := n.buf.Bytes()[:min(told.Size, int64(n.buf.Len()))]
		samples := make([]int16, len(raw)/2)
		for i := range samples {
			samples[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
		}
		r.name = []media.Sound{{Rate: n.rate, Samples: samples, Gap: breath}}
	}
	r.step(call.Recorded{Length: told.Length, Silent: silent, Failed: told.Err != nil})
}

// RoomOrder is what somebody wants of a conference room, or of one call in it, from above.
type RoomOrder struct {
	Call   pbx.CallID // who; nobody: the room as a whole
	Mute   *bool
	Lock   *bool
	Remove bool // of Call
	Close  bool // … of all
}

// Moderates reports whether somebody may steer what goes on in a conference room: who may change it, and who is in it as a host.
func Moderates(s *pbx.Snapshot, live *pbx.Presence, who pbx.Actor, room *pbx.Room, at time.Time) bool {
	if policy.Decide(s, policy.Request{Actor: who, Right: policy.QueueEdit, Target: policy.Owned(policy.KindQueue, string(room.ID), "", room.Group), At: at}).OK {
		return true
	}
	for _, id := range live.CallsOf(who.User) {
		c := live.Call(id)
		if who.User != "" && c != nil && c.InRoom(room.ID) && c.Room.Host && c.From.User == who.User {
			return policy.Decide(s, policy.Request{Actor: who, Right: policy.CallPlace, Target: policy.User(who.User), At: at}).OK
		}
	}
	return false
}

// Steer carries out what somebody wants of a conference room who moderates it. For anybody else it does not exist, nor does a call that is not
// in it.
func (b *Board) Steer(who pbx.Actor, id pbx.RoomID, o RoomOrder) error {
	// gather
	s, live := b.c.View()
	room := s.Rooms[id]
	missing := pbx.Refuse(pbx.NotFound, "", "error.not_found")
	if room == nil {
		return missing
	}

	// decide
	d := Moderates(s, live, who, room, time.Now())
	if !d {
		return missing
	}

	// perform
	a := b.assembly(id)
	if o.Call != "" {
		lc := live.Call(o.Call)
		r, ok := b.calls.Load(o.Call)
		if lc == nil || !ok || !lc.InRoom(id) {
			return pbx.Refuse(pbx.NotFound, "", "call.not_found")
		}
		if o.Mute != nil {
			r.(*run).post(&message{input: call.Muted{Muted: *o.Mute}})
		}
		if o.Remove {
			b.dismiss(r.(*run), who)
		}
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if o.Mute != nil {
		a.mute(*o.Mute)
	}
	if o.Lock != nil {
		a.lock(*o.Lock)
	}
	if o.Close {
		a.close()
	}
	return nil
}

// Room is how a conference room is now: whether it is locked, and whether all but its hosts are muted.
func (b *Board) Room(id pbx.RoomID) (locked, hushed bool) {
	x, ok := b.rooms.Load(id)
	if !ok {
		return false, false
	}
	a := x.(*assembly)
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.locked, a.hushed
}

// People are the calls in a conference room, in the order in which they came.
func People(live *pbx.Presence, id pbx.RoomID) []*pbx.LiveCall {
	var all []*pbx.LiveCall
	for _, c := range live.Calls() {
		if c.InRoom(id) {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *pbx.LiveCall) int {
		return cmp.Or(a.Room.Since.Compare(b.Room.Since), cmp.Compare(a.ID, b.ID))
	})
	return all
}
