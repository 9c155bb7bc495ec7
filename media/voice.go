package media

import (
	"strings"

	"tandem/audio"
)

// codec is a coding of sound that the house itself can speak and understand; whatever else is relayed.
type codec uint8

const (
	noCodec codec = iota
	codecPCMU
	codecPCMA
	codecG722
)

// codecOf is the codec of a format, if it is one of ours.
func codecOf(f Format) codec {
	if f.Clock != 8000 || f.Channels > 1 || f.Payload >= 128 {
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

// keptAs is what a capture of a format is kept as.
func keptAs(f Format) codec {
	if strings.EqualFold(f.Name, "opus") && f.Clock == 48000 && f.Payload < 128 {
		return codecOpus
	}
	return codecOf(f)
}

// rate is the samples a second that the codec carries.
func (c codec) rate() int {
	if c == codecG722 {
		return 16000
	}
	return 8000
}

// voice codes what the house says on one session. It lasts as long as the session, because the far side's decoder
// follows the encoder's state from one prompt to the next.
type voice struct {
	codec   codec
	payload uint8
	wide    audio.G722Encoder
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

// encode appends 20 ms of sound to dst.
func (v *voice) encode(dst []byte, samples []int16) []byte {
	switch v.codec {
	case codecPCMU:
		return audio.ToMu(dst, samples)
	case codecPCMA:
		return audio.ToA(dst, samples)
	case codecG722:
		return v.wide.Encode(dst, samples)
	}
	return dst
}

// listener understands what a far side says.
type listener struct {
	wide    audio.G722Decoder
	halver  audio.Halver
	doubler audio.Doubler
	keypad  audio.Keypad
	inband  bool // keys are heard in the sound, because nothing better was agreed on
	linear  [2 * earMost]int16
	other   [2 * earMost]int16
	digits  [8]byte
}

// earMost is the most bytes of one packet that are listened to; the longest that phones send are 60 ms, 480 bytes.
const earMost = 640

// decode is the sound of a payload, at the codec's rate. It lies in the listener's own room until the next call.
func (e *listener) decode(c codec, payload []byte) []int16 {
	payload = payload[:min(len(payload), earMost)]
	switch c {
	case codecPCMU:
		return audio.FromMu(e.linear[:0], payload)
	case codecPCMA:
		return audio.FromA(e.linear[:0], payload)
	case codecG722:
		return e.wide.Decode(e.linear[:0], payload)
	}
	return nil
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
