package media

import "encoding/binary"

// header is what the relay needs of an RTP header (RFC 3550 §5.1).
type header struct {
	marker  bool
	payload uint8
	seq     uint16
	stamp   uint32
	ssrc    uint32
	body    int // where the payload begins
}

// parseRTP reads the header and reports whether the packet is RTP at all. Padding is not looked at,
// because in SRTP it is still encrypted.
func parseRTP(b []byte) (header, bool) {
	if len(b) < 12 || b[0]>>6 != 2 {
		return header{}, false
	}
	h := header{
		marker:  b[1]&0x80 != 0,
		payload: b[1] & 0x7f,
		seq:     binary.BigEndian.Uint16(b[2:]),
		stamp:   binary.BigEndian.Uint32(b[4:]),
		ssrc:    binary.BigEndian.Uint32(b[8:]),
		body:    12 + 4*int(b[0]&0x0f),
	}
	if b[0]&0x10 != 0 {
		if len(b) < h.body+4 {
			return header{}, false
		}
		h.body += 4 + 4*int(binary.BigEndian.Uint16(b[h.body+2:]))
	}
	return h, len(b) >= h.body
}

// content is the payload of a decrypted packet without its padding; ok is false when the padding is nonsense.
func content(b []byte, h header) (payload []byte, ok bool) {
	payload = b[h.body:]
	if b[0]&0x20 == 0 {
		return payload, true
	}
	if len(payload) == 0 {
		return nil, false
	}
	pad := int(payload[len(payload)-1])
	if pad == 0 || pad > len(payload) {
		return nil, false
	}
	return payload[:len(payload)-pad], true
}

// control tells RTCP from RTP on a shared port (RFC 5761 §4).
func control(b []byte) bool {
	return len(b) >= 8 && b[0]>>6 == 2 && b[1] >= 192 && b[1] <= 223
}

// The limits between a gap and a new start of the numbering (RFC 3550 A.1).
const (
	maxGap  = 3000
	maxLate = 100
)

// source follows the numbering of the stream that comes in (RFC 3550 A.1, A.3, A.8).
type source struct {
	started  bool
	ssrc     uint32
	top      uint64 // highest sequence number, extended beyond 16 bits
	base     uint64
	received uint64
	lost     int64 // of earlier streams and numberings

	clock   uint32
	transit uint32
	jitter  float64 // in clock units
}

// take counts a packet.
func (s *source) take(h header) {
	d := int16(h.seq - uint16(s.top))
	if !s.started || h.ssrc != s.ssrc || d > maxGap || d < -maxLate {
		s.lost = s.missing()
		s.started, s.ssrc, s.received = true, h.ssrc, 0
		s.base, s.top, d = uint64(h.seq)|1<<16, uint64(h.seq)|1<<16, 0
		s.clock = 0
	}
	if d > 0 {
		s.top += uint64(d)
	}
	s.received++
}

// missing is the number of packets lost so far, over all streams of the session.
func (s *source) missing() int64 {
	if !s.started {
		return s.lost
	}
	return s.lost + int64(s.top-s.base+1) - int64(s.received)
}

// arrive takes the packet's delay into the jitter (RFC 3550 A.8).
func (s *source) arrive(stamp, clock uint32, now int64) {
	if clock == 0 {
		return
	}
	transit := uint32(now/1000*int64(clock)/1e6) - stamp
	if s.clock == clock {
		d := float64(int32(transit - s.transit))
		s.jitter += (max(d, -d) - s.jitter) / 16
	} else {
		s.jitter = 0
	}
	s.clock, s.transit = clock, transit
}

// stream numbers what goes out: one SSRC and one rising sequence for the whole session, whoever is bridged to it and
// however often that one starts anew. Gaps and order of the incoming stream are kept. No number goes out twice, so that
// no SRTP key stream is ever used twice (RFC 3711 §9.1).
type stream struct {
	ssrc   uint32
	from   uint32 // SSRC of the incoming stream that is being renumbered
	follow bool   // offset is right for that stream
	offset uint16
	shift  uint32 // of its time stamps, so that the outgoing ones go on from what was sent before
	top    uint64 // highest number that went out
	seen   uint64 // bit n: number top-n went out
}

// next gives the outgoing number of an incoming packet. fresh is true at the first packet of a new incoming stream;
// ok is false when the packet is a double or came too late.
func (s *stream) next(h header) (seq uint16, fresh, ok bool) {
	d := int16(h.seq + s.offset - uint16(s.top))
	if !s.follow || h.ssrc != s.from || d > maxGap || d < -maxLate {
		s.follow, s.from, fresh = true, h.ssrc, true
		s.offset, d = uint16(s.top)+1-h.seq, 1
	}
	seq = h.seq + s.offset
	switch {
	case d > 0:
		s.top += uint64(d)
		s.seen = s.seen<<uint(d) | 1
	case d <= -64 || s.seen&(1<<uint(-d)) != 0:
		return 0, false, false
	default:
		s.seen |= 1 << uint(-d)
	}
	return seq, fresh, true
}
