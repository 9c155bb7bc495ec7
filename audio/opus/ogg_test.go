package opus

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"
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
	oggMost     = 255      // segments of a page
	oggFlush    = 48000    // samples after which a page goes out, so that players seek well
	oggDelay    = 6.5 * 48 // samples that the encoder looks ahead; players leave them out
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

// tooled is a file as opusenc makes it, of a tone of a second.
func tooled(t testing.TB, channels int, args ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	source, result := filepath.Join(dir, "in.raw"), filepath.Join(dir, "out.opus")
	var pcm []byte
	for i := range 48000 {
		for range channels {
			pcm = binary.LittleEndian.AppendUint16(pcm, uint16(int16(8000*math.Sin(2*math.Pi*440*float64(i)/48000))))
		}
	}
	if err := os.WriteFile(source, pcm, 0o600); err != nil {
		t.Fatal(err)
	}
	args = append(args, "--quiet", "--raw", "--raw-rate", "48000", "--raw-chan", string('0'+rune(channels)), source, result)
	run(t, "opusenc", args...)
	b, err := os.ReadFile(result)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What opusenc wrote is read to the sample, in one channel, however long its comments are; what is cut off, damaged, out of order or of several
// streams is refused.
func TestOggIsRead(t *testing.T) {
	for name, file := range map[string][]byte{"one channel": tooled(t, 1), "two channels": tooled(t, 2), "60 ms": tooled(t, 1, "--framesize", "60"),
		"long comments": tooled(t, 1, "--comment", "X="+string(bytes.Repeat([]byte("y"), 90000)))} {
		got, err := ReadFile(file, 16000, 1<<20)
		if err != nil || len(got) != 16000 {
			t.Errorf("%s: %d samples, %v", name, len(got), err)
			continue
		}
		ups := 0
		for i := 4001; i <= 12000; i++ {
			if got[i-1] < 0 && got[i] >= 0 {
				ups++
			}
		}
		if ups < 218 || ups > 222 {
			t.Errorf("%s: %d Hz", name, 2*ups)
		}
		if some, err := ReadFile(file, 16000, 3000); err != nil || len(some) < 3000 || len(some) > 3000+1920 {
			t.Errorf("%s: bounded: %d samples, %v", name, len(some), err)
		}
	}
	file := tooled(t, 1)
	pages := bytes.Split(file, []byte("OggS"))[1:]
	if len(pages) < 4 {
		t.Fatalf("%d pages", len(pages))
	}
	join := func(order ...int) (out []byte) {
		for _, i := range order {
			out = append(append(out, "OggS"...), pages[i]...)
		}
		return out
	}
	damaged := bytes.Clone(file)
	damaged[len(damaged)-9] ^= 1
	_, two := NewOgg(2, 7)
	for name, bad := range map[string][]byte{"nothing": {}, "a word": []byte("OggS"), "cut off": file[:len(file)-20], "damaged": damaged, "no sound": join(0, 1),
		"a page is missing": join(0, 1, 3), "twice the beginning": join(0, 0), "no beginning": join(1, 2, 3), "streams of their own": two} {
		if got, err := ReadFile(bad, 16000, 1<<20); err == nil {
			t.Errorf("%s is read as %d samples", name, len(got))
		}
	}
}

// FuzzOgg throws octets at the reader, with right checksums too: it refuses or reads, within its bound.
func FuzzOgg(f *testing.F) {
	f.Add(tooled(f, 1), true)
	f.Add(tooled(f, 2, "--framesize", "60"), false)
	f.Fuzz(func(t *testing.T, b []byte, sums bool) {
		if sums {
			b = summed(b)
		}
		const most = 48000
		if got, err := ReadFile(b, 16000, most); err == nil && (len(got) == 0 || len(got) > most+16*120) {
			t.Errorf("%d samples", len(got))
		}
	})
}

// summed writes the right checksum into every page.
func summed(b []byte) []byte {
	b = bytes.Clone(b)
	for at := 0; len(b)-at >= oggHead && len(b)-at >= oggHead+int(b[at+26]); {
		page := b[at:]
		size := oggHead + int(page[26])
		for _, n := range page[oggHead:size] {
			size += int(n)
		}
		if len(page) < size {
			break
		}
		page = page[:size]
		binary.LittleEndian.PutUint32(page[22:], 0)
		binary.LittleEndian.PutUint32(page[22:], oggSum(page))
		at += size
	}
	return b
}
