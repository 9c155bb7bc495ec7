package media

import (
	"encoding/binary"
	"io"
	"slices"
	"sync"
	"time"

	"tandem/audio"
)

// A room mixes at 16 kHz, so that who speaks wide is heard wide.
const (
	mixRate  = 16000
	mixFrame = mixRate / 50
	mixDelay = 2 * mixFrame // how long a party's sound waits for packets that are late
	mixRing  = 8192         // samples of a party that may wait; a power of two
)

// Room lets several sessions hear each other: each hears all others, and never itself; who does not hear whom beyond that says
// Part. Its methods may be called from any goroutine. What the house plays to one of them is heard in place of the room.
type Room struct {
	engine *Engine

	mu      sync.Mutex // taken before a session's lock, never after
	seats   []*seat
	sum     [mixFrame]int32
	cue     []int16 // what everybody hears beside each other
	running bool
	floor   floor
	watch   func(speaker *Session)
	baton   baton
	choirs  [codecOpus + 1]*choir
	beats   int64
	loud    []*seat // who wants to be heard in this beat
	tape    roomTape

	reader loop       // only the room's goroutine touches it …
	round  []*Session // … and this
}

// seat is one session in a room. What comes in lies in the ring under the session's lock; the rest is the room's.
type seat struct {
	session *Session
	muted   bool
	kept    bool            // what it says is kept, where the room is recorded
	apart   []*seat         // who is not heard here
	own     [mixFrame]int16 // what of it is heard in this beat
	halver  audio.Halver
	loud    int32 // how loud it has been lately
	part    part
	doze    doze

	doubler audio.Doubler
	wide    [2 * earMost]int16
	waits   waits
	ring    [mixRing]int16
	begun   bool
	lost    audio.Concealer
	ssrc    uint32
	clock   int
	stamp   uint32 // of the last packet
	at      int64  // … and its position
	read    int64  // position of the next sample to be mixed
	tail    int64  // end of what came in
}

// NewRoom makes a room; it costs nothing while nobody is in it.
func (e *Engine) NewRoom() *Room {
	return &Room{engine: e, reader: loop{engine: e, epoll: -1, drains: true}}
}

// Watch sets who is told when somebody else speaks; nil is nobody. The function is called on the room's goroutine and must not block.
func (r *Room) Watch(f func(speaker *Session)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watch = f
}

// Enter brings a session in. It ends the bridge that it had. The error is ErrCodec where the house cannot speak to it, or ErrClosed.
func (r *Room) Enter(s *Session) error {
	r.mu.Lock()
	i := r.index(s)
	there := i >= 0 && r.seats[i].isTaken()
	r.mu.Unlock()
	if there {
		return nil
	}
	r.engine.Unbridge(s)
	r.mu.Lock()
	defer r.mu.Unlock()
	if i = r.index(s); i >= 0 { // it was bridged meanwhile
		r.remove(i)
	}
	t := &seat{session: s}
	s.mu.Lock()
	switch {
	case s.closed:
		s.mu.Unlock()
		return ErrClosed
	case s.voice.codec == noCodec:
		s.mu.Unlock()
		return ErrCodec
	}
	s.sit(t)
	s.arrange(r.engine.now())
	s.mu.Unlock()
	r.seats = append(r.seats, t)
	if !r.running {
		r.running = true
		r.engine.done.Go(r.run)
	}
	return nil
}

// isTaken reports whether the session still sits there. The room's lock is held.
func (t *seat) isTaken() bool {
	t.session.mu.Lock()
	defer t.session.mu.Unlock()
	return !t.session.closed && t.session.seat == t
}

// Leave takes a session out.
func (r *Room) Leave(s *Session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := r.index(s); i >= 0 {
		r.remove(i)
	}
}

// Mute keeps everybody from hearing a session.
func (r *Room) Mute(s *Session, muted bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := r.index(s); i >= 0 {
		r.seats[i].muted = muted
	}
}

// Part says whether one session does not hear another one, which it otherwise does. Both are in the room.
func (r *Room) Part(ear, mouth *Session, apart bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, j := r.index(ear), r.index(mouth)
	if i < 0 || j < 0 || i == j {
		return
	}
	t, other := r.seats[i], r.seats[j]
	k := slices.Index(t.apart, other)
	switch {
	case apart && k < 0:
		t.apart = append(t.apart, other)
	case !apart && k >= 0:
		t.apart = slices.Delete(t.apart, k, k+1)
	}
}

// Announce lets everybody hear sounds beside each other. They lie in memory, or are short.
func (r *Room) Announce(sounds []Sound) {
	var all []int16
	for i := range sounds {
		all = append(all, sounds[i].whole()...)
		all = append(all, make([]int16, int(sounds[i].Gap/time.Millisecond)*mixRate/1000)...)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cue = append(r.cue[:len(r.cue):len(r.cue)], all...)
	if len(r.cue) > 60*mixRate { // many who come at once are not told of one by one for minutes
		r.cue = r.cue[len(r.cue)-len(all):]
	}
}

// whole is all of a sound at the rate of rooms.
func (s *Sound) whole() []int16 {
	samples := s.Samples
	switch {
	case len(s.Coded) > 0:
		var d audio.G722Decoder
		return d.Decode(nil, s.Coded)
	case samples == nil && s.Stream != nil:
		raw := make([]byte, min(s.Size, 60*2*mixRate))
		n, err := s.Stream.ReadAt(raw, 0)
		if err != nil && err != io.EOF {
			return nil
		}
		for i := 0; i+1 < n; i += 2 {
			samples = append(samples, int16(binary.LittleEndian.Uint16(raw[i:])))
		}
	case samples == nil:
		return make([]int16, int(s.Quiet/time.Millisecond)*mixRate/1000)
	}
	if s.rate() == mixRate {
		return samples
	}
	var d audio.Doubler
	return d.Double(nil, samples)
}

// Chime is the two tones by which a room tells that somebody came, or went.
func Chime(came bool) []Sound {
	if came {
		return notes(660, 880)
	}
	return notes(880, 660)
}

// Keeping is the tones by which those who are recorded are told that it goes on, or pauses.
func Keeping(on bool) []Sound {
	if on {
		return notes(392, 494, 587)
	}
	return notes(587, 494, 392)
}

// notes are soft tones of a tenth of a second each.
func notes(hz ...float64) []Sound {
	all := make([]Sound, 0, len(hz))
	for _, f := range hz {
		all = append(all, Sound{Rate: mixRate, Samples: shaped(audio.Tones([]float64{f}, -24, mixRate, mixRate/10))})
	}
	return all
}

func (r *Room) index(s *Session) int {
	return slices.IndexFunc(r.seats, func(t *seat) bool { return t.session == s })
}

// remove is called under the room's lock.
func (r *Room) remove(i int) {
	t := r.seats[i]
	s := t.session
	s.mu.Lock()
	if s.seat == t {
		t.alone(r)
		s.rise()
		s.stream.follow = false
		if !s.closed {
			s.arrange(r.engine.now())
		}
	}
	s.mu.Unlock()
	r.seats = slices.Delete(r.seats, i, i+1)
	for _, o := range r.seats {
		if k := slices.Index(o.apart, t); k >= 0 {
			o.apart = slices.Delete(o.apart, k, k+1)
		}
	}
	if r.floor.has == t {
		r.floor.has = nil
	}
}

// run mixes every 20 ms until the room is empty or the engine closes. Beats have fixed times, so that no delay adds up.
func (r *Room) run() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for due := r.engine.now(); ; {
		due += frame
		now := r.engine.now()
		if now-due > lag {
			due = now
		}
		timer.Reset(due - now)
		select {
		case <-timer.C:
		case <-r.engine.beat.done:
			return
		}
		r.drain(r.engine.now())
		goes, tell, speaker := r.beat()
		if tell != nil {
			tell(speaker)
		}
		if !goes {
			return
		}
	}
}

// beat mixes once; goes is false when the room is empty. tell is who has to be told that somebody else speaks now.
func (r *Room) beat() (goes bool, tell func(*Session), speaker *Session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.sum[:])
	for i := len(r.seats) - 1; i >= 0; i-- {
		if !r.collect(r.seats[i]) {
			r.remove(i)
		}
	}
	if len(r.seats) == 0 {
		r.running, r.cue = false, nil
		return false, nil, nil
	}
	r.beats++
	r.stage()
	r.keep(r.engine.now())
	n := min(len(r.cue), mixFrame)
	for k, v := range r.cue[:n] {
		r.sum[k] += int32(v)
	}
	r.cue = r.cue[n:]
	now := r.engine.now()
	for _, t := range r.seats {
		r.sing(t, now)
	}
	if r.floor.moves(r.seats) && r.watch != nil {
		tell = r.watch
		if r.floor.has != nil {
			speaker = r.floor.has.session
		}
	}
	return true, tell, speaker
}

// collect takes a party's sound; false when it has gone.
func (r *Room) collect(t *seat) bool {
	s := t.session
	s.mu.Lock()
	here := !s.closed && s.seat == t
	if here {
		t.take(&t.own)
	}
	s.mu.Unlock()
	if t.muted || !here {
		clear(t.own[:])
		t.loud -= t.loud / 8
		t.part.sounds(0)
		return here
	}
	level := int32(0)
	for _, v := range t.own {
		level += max(int32(v), -int32(v))
	}
	level /= mixFrame
	t.loud += (level - t.loud) / 8
	t.part.sounds(level)
	return true
}

// put places the sound of a packet where its time stamp says, which counts in a clock. The session's lock is held.
func (t *seat) put(h header, clock int, samples []int16, rate int) {
	if rate != mixRate {
		samples = t.doubler.Double(t.wide[:0], samples[:min(len(samples), earMost)])
	}
	same := t.clock == clock && t.ssrc == h.ssrc
	at := t.at + int64(int32(h.stamp-t.stamp))*mixRate/int64(max(clock, 1))
	switch {
	case t.begun && same && at+int64(len(samples)) <= t.read:
		return // its time has passed
	case !t.begun || !same || at < t.read-mixFrame || at+int64(len(samples)) > t.read+mixRing-waitMost:
		if same && at < t.read && t.read-at < waitMost {
			t.waits.late(t.read - at)
		}
		at = t.read + t.waits.begin() // another clock, or it has run dry, or much too early: it begins anew
		t.begun = true
	default:
		if t.waits.early(at-t.read) && isQuiet(samples) {
			at -= t.waits.shorten()
		}
	}
	t.ssrc, t.clock, t.stamp, t.at = h.ssrc, clock, h.stamp, at
	end := at + int64(len(samples))
	if at < t.read {
		samples, at = samples[min(t.read-at, int64(len(samples))):], t.read
	}
	n := copy(t.ring[at%mixRing:], samples)
	copy(t.ring[:], samples[n:])
	t.tail = max(t.tail, end)
}

// take gives the next 20 ms. Where nothing has come in time, what was heard goes on and fades. The session's lock is held.
func (t *seat) take(f *[mixFrame]int16) {
	if t.tail <= t.read {
		t.begun = false
	}
	if t.tail-t.read > mixRing/2 { // its clock runs faster than ours: the waiting is caught up
		t.drop(t.tail - t.read - t.waits.begin())
	}
	came := int(min(max(t.tail-t.read, 0), mixFrame))
	n := copy(f[:], t.ring[t.read%mixRing:])
	copy(f[n:], t.ring[:])
	t.drop(mixFrame)
	t.lost.Heard(f[:came], mixRate)
	if came < mixFrame {
		t.lost.Fill(f[:came], mixFrame-came, mixRate)
	}
	t.tail = max(t.tail, t.read)
}

// drop forgets the oldest samples, so that whatever is not written again is silence.
func (t *seat) drop(n int64) {
	from := t.read % mixRing
	clear(t.ring[from:min(from+n, mixRing)])
	clear(t.ring[:max(from+n-mixRing, 0)])
	t.read += n
}

// floor is who speaks: the loudest, once he has clearly been that for a while.
type floor struct {
	has   *seat
	rival *seat // who is louder
	since int   // beats that he is
}

const (
	speaks  = 160 // mean of a sample's size above which somebody speaks: about -42 dB
	takeFor = 15  // beats that somebody is the loudest before he has the floor
	restFor = 75  // … and that nobody speaks before it is said so
)

// moves looks who speaks; true says that it is somebody else now.
func (f *floor) moves(seats []*seat) bool {
	var most *seat
	for _, t := range seats {
		if t.loud > speaks && (most == nil || t.loud > most.loud) {
			most = t
		}
	}
	if most != nil && f.has != nil && most.loud < f.has.loud+f.has.loud/4 {
		most = f.has
	}
	if most == f.has || most != f.rival {
		f.rival, f.since = most, 0
		return false
	}
	f.since++
	if most == nil && f.since < restFor || most != nil && f.since < takeFor {
		return false
	}
	f.has, f.since = most, 0
	return true
}
