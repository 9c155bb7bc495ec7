package media

import (
	"encoding/binary"
	"time"
)

// The RTCP packet types that are read (RFC 3550 §12.1).
const (
	typeSR   = 200
	typeRR   = 201
	typeSDES = 202
)

// report is what is taken from a compound RTCP packet. Only these figures travel on; the packet itself, with names
// and private addresses of the far side, or a BYE, does not (RT-03, RT-12).
type report struct {
	ssrc   uint32 // of the sender
	sender bool   // it is a sender report: ntp and stamp are set
	ntp    uint64
	stamp  uint32

	found bool // there was a report block about the wanted stream
	about block
}

// block is one reception report (RFC 3550 §6.4.1).
type block struct {
	fraction uint8
	lost     int32 // 24 bits, signed
	top      uint32
	jitter   uint32
	last     uint32
	delay    uint32
}

// parseRTCP reads a compound packet, with the report block about one stream if there is one.
// Every part must be well-formed and the first be a report (RFC 3550 A.2).
func parseRTCP(b []byte, want uint32) (report, bool) {
	var r report
	if len(b) < 8 || b[1] != typeSR && b[1] != typeRR || b[0]&0x20 != 0 {
		return r, false
	}
	first := b
	for len(b) > 0 {
		if len(b) < 4 || b[0]>>6 != 2 {
			return report{}, false
		}
		size := 4 + 4*int(binary.BigEndian.Uint16(b[2:]))
		if size > len(b) {
			return report{}, false
		}
		b = b[size:]
	}
	return r.read(first[:4+4*int(binary.BigEndian.Uint16(first[2:]))], want)
}

func (r report) read(b []byte, want uint32) (report, bool) {
	count, body := int(b[0]&0x1f), 8
	if len(b) < 8 {
		return r, false
	}
	r.ssrc = binary.BigEndian.Uint32(b[4:])
	if b[1] == typeSR {
		if len(b) < 28 {
			return r, false
		}
		r.sender = true
		r.ntp = binary.BigEndian.Uint64(b[8:])
		r.stamp = binary.BigEndian.Uint32(b[16:])
		body = 28
	}
	if len(b) < body+24*count {
		return r, false
	}
	for i := range count {
		p := b[body+24*i:]
		if binary.BigEndian.Uint32(p) != want {
			continue
		}
		r.found = true
		r.about = block{
			fraction: p[4],
			lost:     int32(binary.BigEndian.Uint32(p[4:])<<8) >> 8,
			top:      binary.BigEndian.Uint32(p[8:]),
			jitter:   binary.BigEndian.Uint32(p[12:]),
			last:     binary.BigEndian.Uint32(p[16:]),
			delay:    binary.BigEndian.Uint32(p[20:]),
		}
		break
	}
	return r, true
}

// hearRTCP judges and opens a compound packet, and keeps what it says about our stream, with the sequence number
// in terms of the stream that the peer's far side sends. The lock is held.
func (s *Session) hearRTCP(l *loop, k *socket, b []byte, now time.Duration) (r report, ok bool) {
	from := l.from.source()
	if k.locked && from != k.remote || s.web == nil && !s.expects(from.Addr()) || s.web != nil && (k.rtcp || !k.locked || s.open == nil) {
		s.stats.Foreign++
		if !k.junk.take(now) {
			s.over(l, k, now)
		}
		return r, false
	}
	if !k.rate.take(now) {
		s.over(l, k, now)
		return r, false
	}
	if len(b) < 8 {
		s.stats.Invalid++
		return r, false
	}
	if s.open != nil {
		if b, ok = s.open.openRTCP(b, binary.BigEndian.Uint32(b[4:])); !ok {
			s.stats.Rejected++
			return r, false
		}
	}
	if r, ok = parseRTCP(b, s.stream.ssrc); !ok {
		s.stats.Invalid++
		return r, false
	}
	if k == &s.rtp { // shared port: only from where the voice comes
		ok = k.locked
	} else {
		ok = s.judgeRTCP(k, from, r.ssrc, s.open != nil)
	}
	if !ok {
		s.stats.Foreign++
		return r, false
	}
	s.reporting.hears(&r, &s.source, now, s.engine.start.Add(now))
	if r.found {
		s.stats.Sent.Lost = int64(r.about.lost)
		if f := s.lastFormat(); f.Clock > 0 {
			s.stats.Sent.Jitter = time.Duration(float64(r.about.jitter) / float64(f.Clock) * float64(time.Second))
		}
		r.about.top -= uint32(s.stream.offset)
	}
	return r, true
}

// lastFormat is the first voice format, whose clock the far side's jitter is most likely counted in.
func (s *Session) lastFormat() Format {
	for _, f := range s.formats {
		if !f.isEvent() {
			return f
		}
	}
	return Format{}
}

// passRTCP writes a new compound packet to our far side: what the peer's far side said, in the names and numbers
// that our far side knows. Where the house translates between the two, it reports itself.
func (s *Session) passRTCP(l *loop, from *Session, r report, now time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.peer != from || s.translation != nil {
		return
	}
	s.reporting.passed = now
	s.sendRTCP(s.writeRTCP(l.in[:0], r), now)
}

func (s *Session) writeRTCP(b []byte, r report) []byte {
	w := written{sender: r.sender && s.stream.follow && r.ssrc == s.stream.from, ntp: r.ntp, stamp: r.stamp + s.stream.shift}
	if r.found && s.source.started {
		w.about = &r.about
		w.about.top = near(uint16(w.about.top), s.source.top)
	}
	return s.writeReport(b, &w)
}

// near is the extended number next to top that ends in seq.
func near(seq uint16, top uint64) uint32 {
	return uint32(int64(top) + int64(int16(seq-uint16(top))) - 1<<16)
}
