package media

import (
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"
)

// carry takes one packet from a socket and brings it across; it reports whether there may be more. First the receiving session's lock is held, then
// the sending one's, never both; every descriptor is used under the lock of its session, so none is used after Close.
func (l *loop) carry(k *socket, now time.Duration) bool {
	s := k.session
	s.mu.Lock()
	if s.closed || !k.rtcp && s.drained != l.drains {
		s.mu.Unlock()
		return false
	}
	n, errno := k.receive(l.in[:], &l.from)
	if errno != 0 { // nothing there, or news that an earlier packet was refused
		s.mu.Unlock()
		return errno == unix.ECONNREFUSED
	}
	if l.drains {
		now = k.arrived(now)
	}
	b := l.in[:n]
	var peer *Session
	var h header
	var f kind
	var r report
	var ok bool
	isControl := k.rtcp || s.mux && control(b)
	switch {
	case n == len(l.in): // may be cut off
		s.stats.Invalid++
	case s.web != nil && (isSTUN(b) || isDTLS(b)):
		if !k.rtcp {
			s.hearWeb(l, b, now)
		}
	case isControl:
		r, ok = s.hearRTCP(l, k, b, now)
	default:
		b, h, ok = s.hearRTP(l, b, now)
	}
	if ok {
		peer = s.peer
	}
	if ok && !isControl {
		f = s.kinds[s.index[h.payload]-1]
	}
	tell := s.watch
	s.mu.Unlock()

	switch {
	case peer == nil:
	case isControl:
		peer.passRTCP(l, s, r, now)
	default:
		peer.passRTP(l, s, b, h, f, now)
	}
	for _, e := range l.events {
		if tell != nil {
			tell(e)
		}
	}
	l.events = l.events[:0]
	return true
}

// over counts a packet above the cap and closes the ear for a while (RT-07).
func (s *Session) over(l *loop, k *socket, now time.Duration) {
	s.stats.Over++
	l.hush(k, now)
}

// hearRTP judges, opens and counts a packet; ok says that it may go on to the peer. The lock is held.
func (s *Session) hearRTP(l *loop, b []byte, now time.Duration) (_ []byte, h header, ok bool) {
	from := l.from.source()
	who := s.judge(from, now)
	if who == foreign {
		s.stats.Foreign++
		if !s.rtp.junk.take(now) {
			s.over(l, &s.rtp, now)
		}
		return nil, h, false
	}
	if !s.rtp.rate.take(now) {
		s.over(l, &s.rtp, now)
		return nil, h, false
	}
	h, ok = parseRTP(b)
	if !ok || s.index[h.payload] == 0 {
		s.stats.Invalid++
		return nil, h, false
	}
	if s.web != nil && s.open == nil { // nothing of a browser's is believed without keys
		s.stats.Rejected++
		return nil, h, false
	}
	if s.open != nil {
		if b, ok = s.open.openRTP(b, h.ssrc, &l.header); !ok {
			s.stats.Rejected++
			return nil, h, false
		}
	}
	payload, ok := content(b, h)
	if !ok {
		s.stats.Invalid++
		return nil, h, false
	}
	accepted, locked := s.settle(who, from, h, now, s.open != nil)
	if locked {
		l.events = append(l.events, Event{Kind: EventLocked, Addr: from})
	}
	if !accepted {
		return nil, h, false
	}
	s.count(l, h, payload, now)
	return b, h, s.receives && !s.gagged
}

// count takes an accepted packet into the figures and looks for digits.
func (s *Session) count(l *loop, h header, payload []byte, now time.Duration) {
	s.heard(now)
	s.stats.Received.Packets++
	s.stats.Received.Bytes += uint64(len(payload))
	s.source.take(h)
	f := &s.kinds[s.index[h.payload]-1]
	if !f.event {
		s.source.arrive(h.stamp, f.clock, int64(now))
		if s.ear != nil && f.codec != noCodec && s.receives && !s.gagged {
			s.listen(l, f.codec, h, payload, now)
		}
		if s.capture != nil && f.codec != noCodec && s.receives && !s.gagged {
			s.capture.put(s.track, f.codec, h, payload, now)
		}
		return
	}
	if e, ok := parseEvent(payload); ok && s.receives && e.volume <= faintest {
		if digit, first := s.press.take(h, e); first {
			s.pressed(l, digit)
		}
	}
}

// pressed tells of a key, and ends a recording that waits for it. The lock is held.
func (s *Session) pressed(l *loop, digit byte) {
	l.events = append(l.events, Event{Kind: EventDigit, Digit: digit})
	if s.record != nil && s.record.stops(digit) {
		s.endRecord(EndDigit)
	}
}

// passRTP sends a packet of the peer's far side to ours: renumbered, with our payload number, sealed if need be. What our far side has
// not agreed to is brought to what it has.
func (s *Session) passRTP(l *loop, from *Session, b []byte, h header, f kind, now time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || !s.sends || s.peer != from {
		return
	}
	number := s.table[h.payload]
	if s.player != nil { // the house speaks
		s.stream.follow = false
		return
	}
	if s.rtp.dest.length == 0 || s.mute(now) {
		s.stats.Unsent++
		return
	}
	switch {
	case f.event && s.translation != nil, !f.event && number == none && f.codec != noCodec && s.voice.codec != noCodec:
		if payload, ok := content(b, h); !ok || !s.engine.transcoder.post(s, from, h, f, payload) {
			s.stats.Unsent++
		}
		return
	case number == none:
		s.stats.Unsent++
		return
	case !f.event:
		s.translation = nil
	}
	seq, fresh, ok := s.stream.next(h)
	if !ok {
		return
	}
	if fresh { // time goes on from what was sent before
		s.stream.shift = 0
		if s.pace.started {
			s.stream.shift = s.onward(now) - h.stamp
		}
	}
	h.stamp += s.stream.shift
	s.pace.note(h, number, fresh, now)
	b[1] = b[1]&0x80 | number
	if fresh {
		b[1] |= 0x80 // another clock begins here, which the marker tells (RFC 3551 §4.1)
	}
	binary.BigEndian.PutUint16(b[2:], seq)
	binary.BigEndian.PutUint32(b[4:], h.stamp)
	binary.BigEndian.PutUint32(b[8:], s.stream.ssrc)
	out, size := b, len(b)-h.body
	if s.seal != nil {
		sealed, err := s.seal.context.EncryptRTP(b, b, &l.header)
		if err != nil {
			s.stats.Unsent++
			return
		}
		out = sealed
	}
	if !s.rtp.send(out) {
		s.stats.Unsent++
		return
	}
	s.stats.Sent.Packets++
	s.stats.Sent.Bytes += uint64(size)
}
