package opus

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
)

// ErrOgg is told for files that are not Ogg Opus, are cut off or damaged, or have more than one stream of sound.
var ErrOgg = errors.New("opus: not an Ogg Opus file that can be read")

const (
	oggHead   = 27 // octets of a page before its table of segments
	oggBegins = 2  // the page begins a stream
	oggEnds   = 4  // … ends it
	oggGoesOn = 1  // it begins inside a packet
)

// ReadFile decodes an Ogg Opus file (RFC 3533, RFC 7845) of one or two channels to one channel at a rate that Decoder knows. It ends as soon as there are
// more than most samples, and gives these. Every octet is hostile: the checksum and the number of each page must be right, and nothing is taken from the
// file's own word for a length.
func ReadFile(b []byte, rate, most int) ([]int16, error) {
	r := oggReader{rate: rate, most: most}
	if err := r.read(b); err != nil {
		return nil, err
	}
	return r.out, nil
}

// oggReader is how far a file has been read.
type oggReader struct {
	rate, most int
	m          Machine
	decoder    *Decoder
	serial     uint32
	page       uint32 // the next
	skip, gain int    // of the head
	headers    int    // packets before the sound that have been read
	packet     []byte // the beginning of one that goes on
	out        []int16
	decoded    int64 // samples at 48 kHz so far
	begins     int64 // position before the first, at 48 kHz
	timed      bool  // … is known
	over       bool  // the stream has ended
}

// read takes in all pages.
func (r *oggReader) read(b []byte) error {
	for len(b) > 0 && !r.over && len(r.out) <= r.most {
		n, err := r.takePage(b)
		if err != nil {
			return err
		}
		b = b[n:]
	}
	if r.decoder == nil || len(r.out) == 0 || len(r.packet) > 0 && len(r.out) <= r.most {
		return ErrOgg
	}
	return nil
}

// takePage reads one page and tells its length.
func (r *oggReader) takePage(b []byte) (int, error) {
	if len(b) < oggHead || string(b[:4]) != "OggS" || b[4] != 0 || len(b) < oggHead+int(b[26]) {
		return 0, ErrOgg
	}
	flags, laces := b[5], b[oggHead:][:b[26]]
	size := 0
	for _, n := range laces {
		size += int(n)
	}
	whole := oggHead + len(laces) + size
	if len(b) < whole || !isOggSum(b[:whole]) {
		return 0, ErrOgg
	}
	position, serial, number := int64(binary.LittleEndian.Uint64(b[6:])), binary.LittleEndian.Uint32(b[14:]), binary.LittleEndian.Uint32(b[18:])
	switch {
	case r.page == 0 && flags&oggBegins == 0, r.page > 0 && (serial != r.serial || number != r.page || flags&oggBegins != 0):
		return 0, ErrOgg // another stream, or pages are missing
	case (flags&oggGoesOn != 0) != (len(r.packet) > 0):
		return 0, ErrOgg
	}
	r.serial, r.page = serial, number+1
	before := r.decoded
	body := b[oggHead+len(laces) : whole]
	for _, n := range laces {
		r.packet = append(r.packet, body[:n]...)
		body = body[n:]
		if n == 255 {
			continue
		}
		packet := r.packet
		r.packet = r.packet[:0]
		if err := r.takePacket(packet); err != nil {
			return 0, err
		}
		if len(r.out) > r.most {
			return whole, nil
		}
	}
	return whole, r.time(position, before, flags&oggEnds != 0)
}

// takePacket reads the head, passes over the comments, and decodes what is sound.
func (r *oggReader) takePacket(p []byte) error {
	switch r.headers {
	case 0:
		r.headers++
		return r.takeHead(p)
	case 1:
		r.headers++
		if !bytes.HasPrefix(p, []byte("OpusTags")) {
			return ErrOgg
		}
		return nil
	}
	n := len(r.out)
	var err error
	if r.out, err = r.m.Decode(r.decoder, r.out, p); err != nil {
		return ErrOgg
	}
	r.decoded += int64(Samples(p))
	if r.gain != 0 {
		r.amplify(r.out[n:])
	}
	if r.skip > 0 {
		drop := min(r.skip, len(r.out))
		r.out, r.skip = r.out[drop:], r.skip-drop
	}
	return nil
}

// takeHead reads the identification header (RFC 7845 §5.1).
func (r *oggReader) takeHead(p []byte) error {
	if len(p) < 19 || string(p[:8]) != "OpusHead" || p[8]&0xf0 != 0 {
		return ErrOgg
	}
	channels, family := p[9], p[18]
	if channels < 1 || channels > 2 || family > 1 || family == 1 && (len(p) < 21 || p[19] != 1) { // one stream, which libopus makes one channel of
		return ErrOgg
	}
	r.skip = int(binary.LittleEndian.Uint16(p[10:])) * r.rate / 48000
	r.gain = int(int16(binary.LittleEndian.Uint16(p[16:])))
	var err error
	r.decoder, err = r.m.NewDecoder(r.rate, 1)
	return err
}

// amplify applies the gain of the head, in 1/256 dB.
func (r *oggReader) amplify(samples []int16) {
	by := math.Pow(10, float64(r.gain)/(20*256))
	for i, v := range samples {
		samples[i] = int16(max(-32768, min(32767, math.Round(float64(v)*by))))
	}
}

// time takes in the position at the end of a page: the first tells where the sound begins, the last where it ends, which may be before its
// last packet does (RFC 7845 §4.4).
func (r *oggReader) time(position, before int64, ends bool) error {
	r.over = ends
	if position < 0 || r.decoded == before { // nothing ends on the page, or nothing is heard yet
		return nil
	}
	if !r.timed {
		r.timed = true
		if r.begins = position - r.decoded; r.begins < 0 || ends {
			r.begins = 0
		}
	}
	if beyond := r.decoded - (position - r.begins); ends && beyond > 0 {
		drop := beyond * int64(r.rate) / 48000
		r.out = r.out[:max(0, int64(len(r.out))-drop)]
	}
	return nil
}

// isOggSum checks the checksum of a page.
func isOggSum(page []byte) bool {
	sum := oggSum(page[:22])
	sum = oggAdd(sum, []byte{0, 0, 0, 0})
	return oggAdd(sum, page[26:]) == binary.LittleEndian.Uint32(page[22:])
}

// oggSum is the checksum of a page: the polynomial of Ethernet's, but neither reflected nor inverted, so it is not the library's.
func oggSum(page []byte) uint32 { return oggAdd(0, page) }

func oggAdd(sum uint32, b []byte) uint32 {
	for _, v := range b {
		sum = sum<<8 ^ oggTable[byte(sum>>24)^v]
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
