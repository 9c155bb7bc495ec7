// Package opus speaks Opus (RFC 6716): it codes and decodes with libopus, which lies beside it as Go.
//
// A codec is nothing but its state; the code and its working memory belong to a Machine. So each goroutine that codes has one
// machine, a third of a megabyte, for any number of codecs of 18 (decoder) or 44 kB (encoder):
//
//	var m opus.Machine
//	enc, err := m.NewEncoder(opus.Settings{Rate: 16000, Bitrate: 24000, FEC: true, Loss: 5})
//	packet, err := m.Encode(enc, nil, samples)
//	dec, err := m.NewDecoder(16000, 1)
//	samples, err := m.Decode(dec, nil, packet)
//
// Packets are hostile: one that libopus refuses is ErrPacket. Should one ever break libopus, the machine forgets its memory and the
// decoder starts anew; nothing outside the memory can be reached, because every access is bounded.
package opus

import (
	"encoding/binary"
	"errors"
	"fmt"

	"tandem/audio/opus/libopus"
)

// What can go wrong.
var (
	ErrPacket   = errors.New("opus: not a packet")
	ErrSettings = errors.New("opus: settings outside of what the codec can do")
)

// The limits of the format (RFC 6716 §2.1.4, §3.2.1).
const (
	MostBytes   = 1275 // of a packet that we make
	mostPacket  = 1500 // … that we read
	mostSamples = 5760 // of one channel in a packet: 120 ms at 48 kHz
)

// Machine is the code with its working memory. The zero Machine is ready; it takes its memory when first used. It is for one goroutine
// at a time.
type Machine struct {
	code    *libopus.Module
	memory  []byte
	state   []byte
	samples []byte
	packet  []byte
}

// Settings of an encoder.
type Settings struct {
	Rate       int  // of the samples: 8000, 12000, 16000, 24000 or 48000
	Channels   int  // 1 or 2, by turns in the samples; 0 is 1
	Bitrate    int  // bits a second, 6000 to 510000
	Complexity int  // 0 to 10; speech gains little beyond 5
	FEC        bool // a packet repeats the one before it coarsely, for who lost that one (RFC 6716 §2.1.7)
	Loss       int  // percent of packets that are expected to be lost; FEC spends accordingly
	DTX        bool // silence becomes packets of at most two bytes, which need not be sent (RFC 6716 §2.1.9)
}

// Encoder is the state of one stream that is coded.
type Encoder struct {
	state    []byte
	settings Settings
}

// Decoder is the state of one stream that is decoded.
type Decoder struct {
	state    []byte
	rate     int
	channels int
}

// Requests of opus_encoder_ctl.
const (
	setBitrate    = 4002
	setComplexity = 4010
	setFEC        = 4012
	setLoss       = 4014
	setDTX        = 4016
	setSignal     = 4024
	signalVoice   = 3001
)

// ready takes the memory.
func (m *Machine) ready() {
	if m.code != nil {
		return
	}
	m.code = libopus.New()
	m.memory = *m.code.Xmemory().Slice()
	m.state = m.memory[m.code.Xstate():]
	m.samples = m.memory[m.code.Xsamples():]
	m.packet = m.memory[m.code.Xpacket():][:mostPacket:mostPacket]
}

// call runs code of libopus over a state, which is brought in and taken out again. What broke leaves the state as it was.
func (m *Machine) call(state []byte, run func() int32) (n int32, err error) {
	defer func() {
		if v := recover(); v != nil { // an assertion of libopus, or an address outside of its memory
			*m = Machine{}
			err = fmt.Errorf("%w: libopus stopped: %v", ErrPacket, v)
		}
	}()
	copy(m.state, state)
	if n = run(); n < 0 {
		return n, nil
	}
	copy(state, m.state)
	return n, nil
}

// NewEncoder makes an encoder for speech.
func (m *Machine) NewEncoder(s Settings) (*Encoder, error) {
	m.ready()
	s.Channels = max(s.Channels, 1)
	if s.Channels > 2 {
		return nil, ErrSettings
	}
	e := &Encoder{settings: s, state: make([]byte, m.code.Xencoder_size(int32(s.Channels)))}
	n, err := m.call(e.state, func() int32 {
		if n := m.code.Xencoder_init(int32(s.Rate), int32(s.Channels)); n < 0 {
			return n
		}
		for _, r := range [...][2]int{{setBitrate, s.Bitrate}, {setComplexity, s.Complexity}, {setFEC, flag(s.FEC)},
			{setLoss, s.Loss}, {setDTX, flag(s.DTX)}, {setSignal, signalVoice}} {
			if n := m.code.Xencoder_set(int32(r[0]), int32(r[1])); n < 0 {
				return n
			}
		}
		return 0
	})
	if err != nil || n < 0 {
		return nil, ErrSettings
	}
	return e, nil
}

// Clone is an encoder in the same state: what it codes goes on where this one is. The memory of another encoder is used for it, if that is given.
func (e *Encoder) Clone(into *Encoder) *Encoder {
	if into == nil || into == e {
		into = &Encoder{}
	}
	into.state, into.settings = append(into.state[:0], e.state...), e.settings
	return into
}

// SetComplexity changes how much work an encoder takes for each packet, 0 to 10, from the next one on.
func (m *Machine) SetComplexity(e *Encoder, complexity int) error {
	if e.settings.Complexity == complexity {
		return nil
	}
	m.ready()
	n, err := m.call(e.state, func() int32 { return m.code.Xencoder_set(setComplexity, int32(complexity)) })
	if err != nil || n < 0 {
		return ErrSettings
	}
	e.settings.Complexity = complexity
	return nil
}

func flag(on bool) int {
	if on {
		return 1
	}
	return 0
}

// Encode appends the packet of one frame to dst: 2.5, 5, 10, 20, 40 or 60 ms of samples. With DTX, a packet of at most two bytes need
// not be sent.
func (m *Machine) Encode(e *Encoder, dst []byte, samples []int16) ([]byte, error) {
	m.ready()
	if len(samples) > 2*mostSamples {
		return dst, ErrSettings
	}
	for i, v := range samples {
		binary.LittleEndian.PutUint16(m.samples[2*i:], uint16(v))
	}
	n, err := m.call(e.state, func() int32 { return m.code.Xencode(int32(len(samples)/e.settings.Channels), MostBytes) })
	if err != nil {
		return dst, err
	}
	if n < 0 {
		return dst, fmt.Errorf("%w: %d samples", ErrSettings, len(samples))
	}
	return append(dst, m.packet[:n]...), nil
}

// NewDecoder makes a decoder that gives samples at 8000, 12000, 16000, 24000 or 48000 a second, whatever was coded; with two channels
// by turns.
func (m *Machine) NewDecoder(rate, channels int) (*Decoder, error) {
	m.ready()
	if channels < 1 || channels > 2 {
		return nil, ErrSettings
	}
	d := &Decoder{rate: rate, channels: channels, state: make([]byte, m.code.Xdecoder_size(int32(channels)))}
	n, err := m.call(d.state, func() int32 { return m.code.Xdecoder_init(int32(rate), int32(channels)) })
	if err != nil || n < 0 {
		return nil, ErrSettings
	}
	return d, nil
}

// Decode appends the sound of a packet to dst.
func (m *Machine) Decode(d *Decoder, dst []int16, packet []byte) ([]int16, error) {
	if len(packet) == 0 || len(packet) > mostPacket {
		return dst, ErrPacket
	}
	m.ready()
	copy(m.packet, packet)
	return m.decode(d, dst, len(packet), mostSamples, 0)
}

// Conceal appends what a packet that never came may have sounded like: n samples of each channel, of whole 2.5 ms. Longer gaps fade.
func (m *Machine) Conceal(d *Decoder, dst []int16, n int) ([]int16, error) {
	m.ready()
	return m.decode(d, dst, 0, n, 0)
}

// Recover appends the last n samples before a packet, out of what the packet repeats of them; where it repeats nothing, they are
// concealed. The packet itself is decoded after that.
func (m *Machine) Recover(d *Decoder, dst []int16, packet []byte, n int) ([]int16, error) {
	if len(packet) == 0 || len(packet) > mostPacket {
		return dst, ErrPacket
	}
	m.ready()
	copy(m.packet, packet)
	return m.decode(d, dst, len(packet), n, 1)
}

func (m *Machine) decode(d *Decoder, dst []int16, size, most, fec int) ([]int16, error) {
	n, err := m.call(d.state, func() int32 { return m.code.Xdecode(int32(size), int32(most), int32(fec)) })
	if err != nil {
		if fresh, err := m.NewDecoder(d.rate, d.channels); err == nil {
			*d = *fresh
		}
		return dst, err
	}
	if n < 0 {
		return dst, ErrPacket
	}
	for i := range int(n) * d.channels {
		dst = append(dst, int16(binary.LittleEndian.Uint16(m.samples[2*i:])))
	}
	return dst, nil
}

// HasFEC reports whether a packet repeats the one before it.
func (m *Machine) HasFEC(packet []byte) bool {
	if len(packet) == 0 || len(packet) > mostPacket {
		return false
	}
	m.ready()
	n := int32(0)
	copy(m.packet, packet)
	_, err := m.call(nil, func() int32 { n = m.code.Xhas_fec(int32(len(packet))); return 0 })
	return err == nil && n > 0
}
