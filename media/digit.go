package media

import (
	"encoding/binary"
	"strings"
)

// event is the payload of one telephone-event packet (RFC 4733 §2.3).
type event struct {
	code     uint8
	end      bool
	volume   uint8 // in -dBm0
	duration uint16
}

// faintest is the volume, in -dBm0, below which an event is no key that anybody pressed: RFC 4733 §2.3.3 asks to accept
// down to -36 and to reject from -55 on.
const faintest = 54

// parseEvent reads the payload and reports whether it is one.
func parseEvent(b []byte) (event, bool) {
	if len(b) < 4 {
		return event{}, false
	}
	return event{b[0], b[1]&0x80 != 0, b[1] & 0x3f, binary.BigEndian.Uint16(b[2:])}, true
}

// keypad is what event codes 0 to 15 mean (RFC 4733 §3.2).
const keypad = "0123456789*#ABCD"

// press follows the events of one stream, so that each press of a key is told once although it is sent many times.
type press struct {
	any   bool
	ended bool
	code  uint8
	ssrc  uint32
	stamp uint32
	span  uint16 // how long it was last said to have lasted, in clock units
}

// take reports the digit when the packet is the first that is seen of a press.
// All packets of a press carry the time stamp of its beginning (RFC 4733 §2.5.1.2). A press that lasts longer than the
// duration field can say is sent in segments that follow without a gap and without an end (§2.5.1.3).
func (p *press) take(h header, e event) (digit byte, first bool) {
	age := int32(h.stamp - p.stamp)
	same := p.any && h.ssrc == p.ssrc
	if same && age <= 0 && age > -1<<24 {
		if age == 0 {
			p.ended = p.ended || e.end
			p.span = max(p.span, e.duration)
		}
		return 0, false
	}
	segment := same && !h.marker && !p.ended && e.code == p.code && p.span >= 1<<15 && age < 1<<16
	*p = press{true, e.end, e.code, h.ssrc, h.stamp, e.duration}
	if segment || int(e.code) >= len(keypad) {
		return 0, false
	}
	return keypad[e.code], true
}

// isEvent reports whether the format is telephone events.
func (f Format) isEvent() bool { return strings.EqualFold(f.Name, "telephone-event") }

// same reports whether two formats are one codec, whatever their numbers.
func (f Format) same(g Format) bool {
	return strings.EqualFold(f.Name, g.Name) && f.Clock == g.Clock && max(f.Channels, 1) == max(g.Channels, 1)
}
