package media

import (
	"encoding/binary"
	"fmt"
	"io"

	"tandem/audio/opus"
)

// At rest a conversation lies in Opus packets of 60 ms: nobody waits for them.
const (
	restFrame     = 60 // ms
	restBits      = 20000
	restBitsSmall = 14000
	restAhead     = 13 // half milliseconds that the encoder looks ahead; its sound is given to it as much earlier
)

// Settle writes a conversation anew, small: both sides apart in Opus, silence not at all. Sides that came in Opus stay as they came. What it writes
// is again a capture, equally long, with everything in its place. rest is called after each second of sound, so that the work can be spread
// out; when it fails, Settle ends with its error.
func (p *Playback) Settle(to io.Writer, rest func() error) error {
	out := &settled{to: to, mixed: p.mixed, buffer: append(make([]byte, 0, 2*batch), captureHead...)}
	var next [2]int // of the pieces of a side that is copied
	var encoders [2]*opus.Encoder
	for i := range p.tracks {
		if c := &p.tracks[i]; !c.isOpus() {
			bits := restBits
			if p.rate == 8000 {
				bits = restBitsSmall
			}
			e, err := p.opus.NewEncoder(opus.Settings{Rate: p.rate, Bitrate: bits, Complexity: 5, DTX: true})
			if err != nil {
				return err
			}
			encoders[i] = e
		}
	}
	size := int64(p.rate * restFrame / 1000)
	ahead := int64(p.rate * restAhead / 2000)
	sound, packet := make([]int16, size), make([]byte, 0, opus.MostBytes)
	frames := (p.length + size - 1) / size
	for n := range frames {
		begin, last := n*size, n == frames-1
		for i := range p.tracks {
			c := &p.tracks[i]
			if encoders[i] == nil {
				end := (begin + size) * int64(playbackRate/p.rate)
				for ; next[i] < len(c.pieces) && (last || c.pieces[next[i]].at < end); next[i]++ {
					x := c.pieces[next[i]]
					if _, err := p.from.ReadAt(p.packet[:x.size], x.where); err != nil {
						return fmt.Errorf("media: read a recording: %w", err)
					}
					out.put(i, x.at, p.packet[:x.size])
				}
				continue
			}
			clear(sound)
			if err := p.render(c, sound, begin+ahead); err != nil {
				return err
			}
			if !last && isSilent(sound) {
				continue
			}
			packet, err := p.opus.Encode(encoders[i], packet[:0], sound)
			if err != nil {
				return err
			}
			if len(packet) > 2 || last {
				out.put(i, begin*int64(playbackRate/p.rate), packet)
			}
		}
		if begin/int64(p.rate) != (begin+size)/int64(p.rate) {
			if err := out.flush(); err != nil {
				return err
			}
			if err := rest(); err != nil {
				return err
			}
		}
	}
	return out.flush()
}

// isOpus reports whether a side needs no coding.
func (c *channel) isOpus() bool {
	for _, x := range c.pieces {
		if x.codec != codecOpus {
			return false
		}
	}
	return true
}

// IsSettled reports whether nothing would become smaller.
func (p *Playback) IsSettled() bool { return p.tracks[0].isOpus() && p.tracks[1].isOpus() }

func isSilent(sound []int16) bool {
	for _, v := range sound {
		if v != 0 {
			return false
		}
	}
	return true
}

// settled is a capture that is written afterwards.
type settled struct {
	to     io.Writer
	buffer []byte
	begun  [2]bool
	mixed  bool
}

// put adds a packet at a place, in samples at 16 kHz.
func (s *settled) put(track int, at int64, packet []byte) {
	flags := byte(track) | byte(codecOpus)<<2
	if s.mixed {
		flags |= captureMixed
	}
	if !s.begun[track] {
		flags |= 2
		s.begun[track] = true
	}
	s.buffer = append(s.buffer, flags)
	s.buffer = binary.LittleEndian.AppendUint32(s.buffer, uint32(at*1000/playbackRate))
	s.buffer = binary.LittleEndian.AppendUint32(s.buffer, uint32(at*3))
	s.buffer = binary.LittleEndian.AppendUint16(s.buffer, uint16(len(packet)))
	s.buffer = append(s.buffer, packet...)
}

func (s *settled) flush() error {
	_, err := s.to.Write(s.buffer)
	s.buffer = s.buffer[:0]
	return err
}
