package opus

import (
	"encoding/binary"
)

// Ogg writes Opus packets as a file that players and browsers read (RFC 3533, RFC 7845). Several mono streams become channels that were
// coded apart: the first is left, the second right.
type Ogg struct {
	streams  int
	serial   uint32
	page     uint32
	position uint64 // in samples at 48 kHz
	laces    []byte
	body     []byte
	pending  uint64 // position at the end of the last packet in body
}

const (
	oggHead     = 27
	oggMost     = 255      // segments of a page
	oggFlush    = 48000    // samples after which a page goes out, so that players seek well
	oggDelay    = 6.5 * 48 // samples that the encoder looks ahead; players leave them out
	oggBegins   = 2
	oggEnds     = 4
	defaultSkip = uint16(oggDelay)
)

// NewOgg begins a file of one or two mono streams, and returns its first pages. The serial number is any.
func NewOgg(streams int, serial uint32) (*Ogg, []byte) {
	o := &Ogg{streams: streams, serial: serial}
	head := append([]byte("OpusHead\x01"), byte(streams))
	head = binary.LittleEndian.AppendUint16(head, defaultSkip)
	head = binary.LittleEndian.AppendUint32(head, 16000)
	head = append(head, 0, 0, 0)
	if streams > 1 { // mapping family 1, nothing coupled (RFC 7845 §5.1.1)
		head[len(head)-1] = 1
		head = append(head, byte(streams), 0)
		for i := range streams {
			head = append(head, byte(i))
		}
	}
	o.lace(head)
	out := o.flush(nil, oggBegins)
	tags := append([]byte("OpusTags"), 6, 0, 0, 0)
	tags = append(tags, "tandem"...)
	o.lace(append(tags, 0, 0, 0, 0))
	return o, o.flush(out, 0)
}

// Add appends what is complete now to dst. There is one packet for each stream, all equally long and of one frame.
func (o *Ogg) Add(dst []byte, packets ...[]byte) []byte {
	var all []byte
	for i, p := range packets {
		if i < len(packets)-1 {
			all = append(all, delimited(p)...)
		} else {
			all = append(all, p...)
		}
	}
	if len(o.laces)+len(all)/255+1 > oggMost || o.pending-o.position >= oggFlush {
		dst = o.flush(dst, 0)
	}
	o.lace(all)
	o.pending += uint64(Samples(packets[0]))
	return dst
}

// End appends the last page.
func (o *Ogg) End(dst []byte) []byte { return o.flush(dst, oggEnds) }

// delimited is a packet of one frame with its length inside (RFC 6716 appendix B).
func delimited(p []byte) []byte {
	if len(p) == 0 {
		return p
	}
	n := len(p) - 1
	out := append(make([]byte, 0, len(p)+2), p[0])
	if n < 252 {
		out = append(out, byte(n))
	} else {
		out = append(out, byte(252+n&3), byte((n-(252+n&3))/4))
	}
	return append(out, p[1:]...)
}

// lace adds a packet to the page.
func (o *Ogg) lace(packet []byte) {
	for n := len(packet); ; n -= 255 {
		o.laces = append(o.laces, byte(min(n, 255)))
		if n < 255 {
			break
		}
	}
	o.body = append(o.body, packet...)
}

// flush writes the page.
func (o *Ogg) flush(dst []byte, flags byte) []byte {
	begin := len(dst)
	o.position = o.pending
	dst = append(dst, 'O', 'g', 'g', 'S', 0, flags)
	dst = binary.LittleEndian.AppendUint64(dst, o.position)
	dst = binary.LittleEndian.AppendUint32(dst, o.serial)
	dst = binary.LittleEndian.AppendUint32(dst, o.page)
	dst = append(dst, 0, 0, 0, 0, byte(len(o.laces)))
	dst = append(append(dst, o.laces...), o.body...)
	binary.LittleEndian.PutUint32(dst[begin+22:], oggSum(dst[begin:]))
	o.page++
	o.laces, o.body = o.laces[:0], o.body[:0]
	return dst
}

// oggSum is the checksum of a page: the polynomial of Ethernet's, but neither reflected nor inverted, so it is not the library's.
func oggSum(page []byte) (sum uint32) {
	for _, b := range page {
		sum = sum<<8 ^ oggTable[byte(sum>>24)^b]
	}
	return sum
}

var oggTable = func() (t [256]uint32) {
	for i := range t {
		r := uint32(i) << 24
		for range 8 {
			if r&0x80000000 != 0 {
				r = r<<1 ^ 0x04c11db7
			} else {
				r <<= 1
			}
		}
		t[i] = r
	}
	return t
}()
