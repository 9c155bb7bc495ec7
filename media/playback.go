package media

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"tandem/audio"
	"tandem/audio/opus"
)

// ErrCapture is told for what is no capture of a conversation.
var ErrCapture = errors.New("media: not the recording of a conversation")

// Playback makes sound of a capture: two channels of 16-bit samples, the caller left and the callee right – or what all in a room say in both –, at 8 kHz, or at 16 kHz when either
// side spoke wideband. Only what is asked for is decoded. It is not safe for use by several goroutines at once.
type Playback struct {
	from   io.ReaderAt
	rate   int
	length int64 // samples of a channel
	tracks [2]channel
	mixed  bool // there is one track, which both channels play
	packet [captureMost]byte
	room   [2][]int16
	opus   opus.Machine
}

// channel is one side, as packets in the order of their places.
type channel struct {
	pieces []piece
	ear    decoder
}

// piece is one packet: where its sound belongs, and where it lies.
type piece struct {
	at    int64 // in samples at 16 kHz
	where int64
	size  uint16
	codec codec
}

const (
	playbackRate = 16000                     // of places
	warmth       = 100                       // packets decoded before the first one wanted, for codecs that remember; G.722 follows a steady tone slowly
	scanBlock    = 1 << 16                   // bytes read at once
	pieceMost    = playbackRate * 120 / 1000 // the longest packet of any codec (RFC 6716 §2.1.4)
)

// OpenCapture reads where everything lies in a capture. What a crash has cut off in the middle of a packet ends before it.
func OpenCapture(from io.ReaderAt, size int64) (*Playback, error) {
	p := &Playback{from: from, rate: 8000}
	block := make([]byte, 0, scanBlock)
	var anchors [2]anchor
	at := int64(0) // of the block in the file
	for {
		n, err := from.ReadAt(block[len(block):min(int64(cap(block)), size-at)], at+int64(len(block)))
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("media: read a recording: %w", err)
		}
		block = block[:len(block)+n]
		rest := block
		if at == 0 {
			if len(rest) < len(captureHead) || string(rest[:len(captureHead)]) != captureHead {
				return nil, ErrCapture
			}
			rest = rest[len(captureHead):]
		}
		for len(rest) >= captureFrame {
			size := binary.LittleEndian.Uint16(rest[9:])
			if len(rest) < captureFrame+int(size) {
				break
			}
			where := at + int64(len(block)-len(rest)) + captureFrame
			if err := p.place(&anchors, rest, where, size); err != nil {
				return nil, err
			}
			rest = rest[captureFrame+int(size):]
		}
		at += int64(len(block) - len(rest))
		if n == 0 {
			break
		}
		block = block[:copy(block[:cap(block)], rest)]
	}
	for i := range p.tracks {
		c := &p.tracks[i]
		slices.SortStableFunc(c.pieces, func(a, b piece) int { return int(min(max(a.at-b.at, -1), 1)) })
		c.pieces = slices.CompactFunc(c.pieces, func(a, b piece) bool { return a.at == b.at })
		if n := len(c.pieces); n > 0 {
			last, err := p.decode(c, n-1)
			if err != nil {
				return nil, err
			}
			p.length = max(p.length, c.pieces[n-1].at*int64(p.rate)/playbackRate+int64(len(last)))
		}
	}
	return p, nil
}

// anchor ties a side's time stamps to the clock.
type anchor struct {
	on    bool
	stamp uint32
	at    int64
}

// place finds out where a packet belongs: where its time stamp says, unless another clock began or the two are far apart.
func (p *Playback) place(anchors *[2]anchor, frame []byte, where int64, size uint16) error {
	c := codec(frame[0] &^ captureMixed >> 2)
	if c == noCodec || c > codecOpus || size > captureMost {
		return ErrCapture
	}
	a := &anchors[frame[0]&1]
	came := int64(binary.LittleEndian.Uint32(frame[1:])) * playbackRate / 1000
	stamp := binary.LittleEndian.Uint32(frame[5:])
	d := int64(int32(stamp - a.stamp))
	at := a.at + d*playbackRate/int64(c.clock())
	limit := int64(leap.Seconds() * playbackRate)
	if !a.on || frame[0]&2 != 0 || at-came > limit || came-at > limit {
		at = came
	}
	*a = anchor{true, stamp, at}
	p.mixed = p.mixed || frame[0]&captureMixed != 0
	p.rate = max(p.rate, c.rate())
	if at >= 0 {
		p.tracks[frame[0]&1].pieces = append(p.tracks[frame[0]&1].pieces, piece{at, where, size, c})
	}
	return nil
}

// Rate is the samples a second of each channel.
func (p *Playback) Rate() int { return p.rate }

// Size is the bytes of all samples.
func (p *Playback) Size() int64 { return p.length * 4 }

// Length is how long the sound lasts.
func (p *Playback) Length() time.Duration {
	return time.Duration(p.length) * time.Second / time.Duration(p.rate)
}

// ReadAt is the samples, left and right by turns, 16 bits each, little-endian.
func (p *Playback) ReadAt(b []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("media: read before the beginning")
	}
	n := int(min(int64(len(b)), max(p.Size()-off, 0)))
	from, until := off/4, (off+int64(n)+3)/4
	for i := range p.tracks {
		p.room[i] = slices.Grow(p.room[i][:0], int(until-from))[:until-from]
		clear(p.room[i])
		if err := p.render(&p.tracks[i], p.room[i], from); err != nil {
			return 0, err
		}
	}
	if p.mixed {
		copy(p.room[1], p.room[0])
	}
	for i := range n {
		at := off + int64(i)
		v := uint16(p.room[at/2%2][at/4-from])
		b[i] = byte(v >> (at % 2 * 8))
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// render puts the sound of a channel from a sample on into dst, which is silent.
func (p *Playback) render(c *channel, dst []int16, from int64) error {
	scale := int64(playbackRate / p.rate)
	begin, end := from*scale, (from+int64(len(dst)))*scale
	first, _ := slices.BinarySearchFunc(c.pieces, begin-pieceMost, func(x piece, at int64) int { return int(min(max(x.at-at, -1), 1)) })
	for i := first; i < len(c.pieces) && c.pieces[i].at < end; i++ {
		x := c.pieces[i]
		if x.codec != codecOpus && x.at+2*int64(x.size) <= begin { // over before it begins
			continue
		}
		samples, err := p.decode(c, i)
		if err != nil {
			return err
		}
		at := x.at/scale - from
		for k, v := range samples {
			if to := at + int64(k); to >= 0 && to < int64(len(dst)) {
				dst[to] = v
			}
		}
	}
	return nil
}

// decode is the sound of a packet at the rate of the playback. Decoders that remember hear the packets before it first.
func (p *Playback) decode(c *channel, i int) ([]int16, error) {
	if c.ear.next == i+1 { // asked for again: its sound goes on where the last reading ended
		return c.ear.said, nil
	}
	start := i
	if c.ear.next != i || i == 0 || c.ear.codec != c.pieces[i].codec {
		c.ear = decoder{codec: c.pieces[i].codec}
		for start > 0 && i-start < warmth && c.pieces[start-1].codec == c.pieces[i].codec {
			start--
		}
	}
	for k := start; k <= i; k++ {
		x := c.pieces[k]
		payload := p.packet[:x.size]
		if _, err := p.from.ReadAt(payload, x.where); err != nil {
			return nil, fmt.Errorf("media: read a recording: %w", err)
		}
		c.ear.said = c.ear.hear(&p.opus, payload, p.rate)
	}
	c.ear.next = i + 1
	return c.ear.said, nil
}

// decoder decodes one side's packets in order.
type decoder struct {
	codec   codec
	next    int     // the packet that follows
	said    []int16 // the sound of the one before
	hearing hearing
	doubler audio.Doubler
	out     []int16
	other   []int16
}

// hear is the sound of a packet; one of Opus that cannot be read is 20 ms of silence.
func (e *decoder) hear(m *opus.Machine, payload []byte, rate int) []int16 {
	e.out = e.hearing.decode(m, e.codec, e.out[:0], payload, rate)
	switch {
	case e.codec == codecOpus && len(e.out) == 0:
		e.out = slices.Grow(e.out, rate/50)[:rate/50]
		clear(e.out)
		return e.out
	case e.codec == codecOpus, e.codec.rate() == rate:
		return e.out
	}
	e.other = e.doubler.Double(e.other[:0], e.out)
	return e.other
}

// Peaks is how loud each side is over time, in n steps: the largest sample of each, from 0 to 1.
func (p *Playback) Peaks(n int) (sides [2][]float32, err error) {
	sides[0], sides[1] = make([]float32, n), make([]float32, n)
	if n == 0 || p.length == 0 {
		return sides, nil
	}
	scale := int64(playbackRate / p.rate)
	for t := range p.tracks {
		c := &p.tracks[t]
		for i := range c.pieces {
			samples, err := p.decode(c, i)
			if err != nil {
				return sides, err
			}
			at := c.pieces[i].at / scale
			for k, v := range samples {
				if step := (at + int64(k)) * int64(n) / p.length; step < int64(n) {
					sides[t][step] = max(sides[t][step], float32(math.Abs(float64(v))/(1<<15)))
				}
			}
		}
	}
	if p.mixed {
		copy(sides[1], sides[0])
	}
	return sides, nil
}
