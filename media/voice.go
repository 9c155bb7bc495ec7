package media

import (
	"strings"

	"tandem/audio"
	"tandem/audio/opus"
)

// codec is a coding of sound that the house itself can speak and understand; whatever else is relayed. The numbers stand in captures.
type codec uint8

const (
	noCodec codec = iota
	codecPCMU
	codecPCMA
	codecG722
	codecOpus
)

// codecOf is the codec of a format, if it is one of ours.
func codecOf(f Format) codec {
	if f.Payload >= 128 {
		return noCodec
	}
	if f.Clock == 48000 && strings.EqualFold(f.Name, "opus") {
		return codecOpus
	}
	if f.Clock != 8000 || f.Channels > 1 {
		return noCodec
	}
	switch {
	case strings.EqualFold(f.Name, "PCMU"):
		return codecPCMU
	case strings.EqualFold(f.Name, "PCMA"):
		return codecPCMA
	case strings.EqualFold(f.Name, "G722"):
		return codecG722
	}
	return noCodec
}

// rate is the samples a second that the house takes from the codec and gives to it.
func (c codec) rate() int {
	if c == codecG722 || c == codecOpus {
		return 16000
	}
	return 8000
}

// clock is that of the codec's time stamps, in Hz.
func (c codec) clock() int {
	if c == codecOpus {
		return 48000
	}
	return 8000
}

// lasts is how long the sound of a payload is, in the codec's clock.
func (c codec) lasts(payload []byte) int {
	if c == codecOpus {
		return opus.Samples(payload)
	}
	return len(payload)
}

// voice codes what the house says on one session. It lasts as long as the session, because the far side's decoder
// follows the encoder's state from one prompt to the next.
type voice struct {
	codec   codec
	payload uint8
	wide    audio.G722Encoder
	opus    *opus.Encoder
	at      int // rate of opus

	complexity int // of Opus, in place of the usual one
	still      still
}

// continues lets a voice go on where another one of the same codec is: a far side that has heard that one hears this one without a seam.
func (v *voice) continues(o *voice) {
	v.wide = o.wide
	v.still.follow(&o.still)
	if o.opus == nil {
		v.opus = nil
		return
	}
	v.at = o.at
	v.opus = o.opus.Clone(v.opus)
}

// choose takes the first format of the far side's that the house speaks.
func (v *voice) choose(formats []Format) {
	for _, f := range formats {
		if c := codecOf(f); c != noCodec {
			v.codec, v.payload = c, f.Payload
			return
		}
	}
	v.codec = noCodec
}

// spoken are the settings of Opus that is sent: clear speech at any rate, and each packet helps when the one before it was lost.
func spoken(rate int) opus.Settings {
	bits := 24000
	if rate == 8000 {
		bits = 16000
	}
	return opus.Settings{Rate: rate, Bitrate: bits, Complexity: 5, FEC: true, Loss: 5}
}

// encode appends 20 ms of sound at the codec's rate to dst.
func (v *voice) encode(m *opus.Machine, dst []byte, samples []int16) []byte {
	return v.encodeAt(m, dst, samples, v.codec.rate())
}

// encodeAt does so at another rate, which only Opus takes.
func (v *voice) encodeAt(m *opus.Machine, dst []byte, samples []int16, rate int) []byte {
	switch v.codec {
	case codecPCMU:
		return audio.ToMu(dst, samples)
	case codecPCMA:
		return audio.ToA(dst, samples)
	case codecG722:
		return v.wide.Encode(dst, samples)
	case codecOpus:
		quiet := v.still.takes(samples)
		if v.still.holds() && v.at == rate {
			return append(dst, v.still.packet...)
		}
		settings := spoken(rate)
		if v.complexity > 0 {
			settings.Complexity = v.complexity
		}
		if v.opus == nil || v.at != rate {
			e, err := m.NewEncoder(settings)
			if err != nil {
				return dst
			}
			v.opus, v.at = e, rate
		}
		if err := m.SetComplexity(v.opus, settings.Complexity); err != nil {
			return dst
		}
		if out, err := m.Encode(v.opus, dst, samples); err == nil {
			if quiet {
				v.still.keep(out[len(dst):])
			}
			return out
		}
		v.opus = nil
	}
	return dst
}

// The limits of one packet that is listened to.
const (
	earMost  = 640  // bytes of G.711 and G.722; the longest that phones send are 60 ms, 480 bytes
	soundMax = 1920 // samples of any packet: 120 ms of Opus
)

// hearing decodes what one side says, packet by packet.
type hearing struct {
	wide audio.G722Decoder
	opus *opus.Decoder
	at   int             // rate of opus
	lost audio.Concealer // of the other codecs
}

// decode appends the sound of a payload, at the codec's rate; Opus comes at any. What cannot be read is no sound.
func (e *hearing) decode(m *opus.Machine, c codec, dst []int16, payload []byte, rate int) []int16 {
	if c == codecOpus {
		if d := e.decoder(m, rate); d != nil {
			dst, _ = m.Decode(d, dst, payload)
		}
		return dst
	}
	payload = payload[:min(len(payload), earMost)]
	old := len(dst)
	switch c {
	case codecPCMU:
		dst = audio.FromMu(dst, payload)
	case codecPCMA:
		dst = audio.FromA(dst, payload)
	case codecG722:
		dst = e.wide.Decode(dst, payload)
	}
	e.lost.Heard(dst[old:], c.rate())
	return dst
}

// decoder is that of Opus at a rate.
func (e *hearing) decoder(m *opus.Machine, rate int) *opus.Decoder {
	if e.opus == nil || e.at != rate {
		d, err := m.NewDecoder(rate, 1)
		if err != nil {
			return nil
		}
		e.opus, e.at = d, rate
	}
	return e.opus
}

// listener understands what a far side says.
type listener struct {
	hearing hearing
	gap     gap
	halver  audio.Halver
	doubler audio.Doubler
	keypad  audio.Keypad
	inband  bool // keys are heard in the sound, because nothing better was agreed on
	linear  [soundMax]int16
	other   [2 * earMost]int16
	digits  [8]byte
}

// at brings sound from one rate to another.
func (e *listener) at(samples []int16, from, to int) []int16 {
	switch {
	case from > to:
		return e.halver.Halve(e.other[:0], samples)
	case from < to && len(samples) <= earMost:
		return e.doubler.Double(e.other[:0], samples)
	}
	return samples
}
