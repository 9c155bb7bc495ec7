package media

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/pion/rtp"
)

// How a key sounds that came by signalling (SIP INFO) and leaves as telephone events.
const (
	keyTick   = 20 * time.Millisecond // between packets
	keyTicks  = 5                     // a key sounds so long: 100 ms, as the shortest that every receiver hears
	keyEnds   = 3                     // the last packet is sent three times (RFC 4733 §2.5.1.4)
	keyGap    = 3                     // ticks of rest before the next key, after the last packet
	keyVolume = 10                    // -10 dBm0
	keyMost   = 32                    // that wait; more than a person or an honest machine types ahead
)

// keyboard plays keys into a stream, one after the other.
type keyboard struct {
	timer   *time.Timer
	waiting []byte // event codes; the first is sounding
	step    int    // packets of the first that are sent
	stamp   uint32 // its beginning
	running bool
}

// pace is where the outgoing stream was in its own time when it last moved, and by which payload number.
type pace struct {
	started bool
	stamp   uint32
	payload uint8
	at      time.Duration
	own     bool // the house spoke last
}

// note follows the time stamps that go out. Events carry the time of their beginning over and over; only what moves on counts.
func (p *pace) note(h header, payload uint8, fresh bool, now time.Duration) {
	if fresh || !p.started || int32(h.stamp-p.stamp) > 0 {
		*p = pace{started: true, stamp: h.stamp, payload: payload, at: now}
	}
}

// Press plays a key – '0'–'9', '*', '#', 'A'–'D' – to the far side as a telephone event (RFC 4733), in one sequence with the sound that is
// relayed to it; keys that come faster than they sound wait. Nothing is sent to a far side that did not agree to events, or is on hold.
func (s *Session) Press(digit byte) {
	code := strings.IndexByte(keypad, digit)
	s.mu.Lock()
	defer s.mu.Unlock()
	k := &s.keys
	if code < 0 || s.closed || len(k.waiting) >= keyMost {
		return
	}
	k.waiting = append(k.waiting, byte(code))
	if k.running {
		return
	}
	if k.step = 0; s.sound() {
		k.running = true
		if k.timer == nil {
			k.timer = time.AfterFunc(keyTick, s.beat)
		} else {
			k.timer.Reset(keyTick)
		}
	}
}

// beat runs every keyTick while a key sounds.
func (s *Session) beat() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := &s.keys; k.running {
		if k.running = !s.closed && s.sound(); k.running {
			k.timer.Reset(keyTick)
		}
	}
}

// stop ends what sounds and forgets what waits. The lock is held.
func (k *keyboard) stop() {
	k.running, k.waiting = false, nil
	if k.timer != nil {
		k.timer.Stop()
	}
}

// sound sends the next packet of the key that sounds, or rests after it, and reports whether there is more to do. The lock is held.
func (s *Session) sound() (more bool) {
	k := &s.keys
	if k.step >= keyTicks-1+keyEnds+keyGap {
		k.waiting, k.step = k.waiting[1:], 0
	}
	if len(k.waiting) == 0 {
		k.waiting = nil
		return false
	}
	f, ok := s.eventFormat()
	if !ok || !s.sends || s.rtp.dest.length == 0 {
		s.stats.Unsent += uint64(len(k.waiting))
		k.waiting = nil
		return false
	}
	if k.step == 0 {
		k.stamp = s.stamp(s.engine.now())
	}
	k.step++
	if k.step < keyTicks+keyEnds {
		s.sendEvent(f, min(k.step, keyTicks), k.step >= keyTicks)
	}
	return true
}

// eventFormat is the number under which the far side understands events: of the clock of the sound, because both share their time stamps,
// else any.
func (s *Session) eventFormat() (Format, bool) {
	clock := s.clock()
	var best Format
	found := false
	for _, f := range s.formats {
		if f.isEvent() && f.Payload < 128 && (!found || f.Clock == clock && best.Clock != clock) {
			best, found = f, true
		}
	}
	if best.Clock <= 0 {
		best.Clock = 8000
	}
	return best, found
}

// clock is that of what is sent: of the last packet, or of what would be sent first.
func (s *Session) clock() int {
	for _, f := range s.formats {
		known := s.pace.started && s.pace.payload != none
		if !f.isEvent() && f.Clock > 0 && (!known || f.Payload == s.pace.payload) {
			return f.Clock
		}
	}
	return 8000
}

// stamp is the time of the outgoing stream now. The lock is held.
func (s *Session) stamp(now time.Duration) uint32 {
	if !s.pace.started {
		s.pace = pace{started: true, stamp: rand.Uint32(), at: now, payload: none}
	}
	return s.pace.stamp + uint32(int64(now-s.pace.at)*int64(s.clock())/int64(time.Second))
}

// sendEvent sends one packet of the key that sounds. It takes the next number, and what is relayed from now on follows it.
func (s *Session) sendEvent(f Format, ticks int, end bool) {
	k := &s.keys
	var space [64]byte
	b := space[:16]
	b[0], b[1] = 0x80, f.Payload
	if k.step == 1 {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], s.stream.insert())
	binary.BigEndian.PutUint32(b[4:], k.stamp)
	binary.BigEndian.PutUint32(b[8:], s.stream.ssrc)
	b[12], b[13] = k.waiting[0], keyVolume
	if end {
		b[13] |= 0x80
	}
	binary.BigEndian.PutUint16(b[14:], uint16(min(int64(ticks)*int64(f.Clock)*int64(keyTick)/int64(time.Second), 1<<16-1)))
	var h rtp.Header
	s.dispatch(b, 4, &h)
}

// insert takes a number for a packet of our own; what is renumbered from now on comes after it.
func (s *stream) insert() uint16 {
	s.top++
	s.seen = s.seen<<1 | 1
	s.offset++
	return uint16(s.top)
}
