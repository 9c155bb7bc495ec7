package media

import (
	"io"
	"time"

	"tandem/audio"
)

// Sound is one piece of a playlist: samples in memory, coded sound in memory, samples that are read piece by piece, or quiet.
type Sound struct {
	Rate    int           // of Samples or Stream: 8000 or 16000 a second
	Samples []int16       // must not change while they play
	Coded   []byte        // G.722 at 64 kbit/s, from a fresh encoder; must not change while it plays
	Stream  io.ReaderAt   // 16-bit little-endian samples; reading may take its time, another goroutine does it ahead
	Size    int64         // of Stream, in bytes
	Quiet   time.Duration // without any of the above: silence so long
	Gap     time.Duration // silence after the sound
}

// Length is how long the sound lasts, with its gap.
func (s *Sound) Length() time.Duration {
	n, rate := s.samples()
	return time.Duration(n)*time.Second/time.Duration(rate) + s.Gap
}

// samples is how many samples there are, and how many make a second.
func (s *Sound) samples() (n int64, rate int) {
	switch {
	case len(s.Coded) > 0:
		return 2 * int64(len(s.Coded)), 16000
	case len(s.Samples) > 0:
		return int64(len(s.Samples)), s.rate()
	case s.Stream != nil:
		return s.Size / 2, s.rate()
	}
	return int64(s.Quiet / time.Millisecond * 8), 8000
}

func (s *Sound) rate() int {
	if s.Rate == 16000 {
		return 16000
	}
	return 8000
}

// Playlist is what a session plays to its far side, one sound after the other.
type Playlist struct {
	Sounds []Sound
	Loop   bool   // begins anew after the last, until it is stopped or replaced
	Tag    uint64 // comes back with EventPlayed
}

// Quiet is silence of that length.
func Quiet(d time.Duration) Playlist { return Playlist{Sounds: []Sound{{Quiet: d}}} }

// Ringback is the tone of a phone that rings, as in most of Europe (ITU-T E.180): 425 Hz for one second in five.
func Ringback() Playlist { return cadence(1000, 4000) }

// Busy is the tone of an occupied line (ITU-T E.180).
func Busy() Playlist { return cadence(480, 480) }

// Congestion is the tone of a call that cannot be carried (ITU-T E.180).
func Congestion() Playlist { return cadence(240, 240) }

// Beep is the tone after which one speaks.
func Beep() Playlist {
	return Playlist{Sounds: []Sound{{Rate: 8000, Samples: shaped(audio.Tones([]float64{1000}, -12, 8000, 2400))}}}
}

// Warning is two short tones: something is about to happen to the call.
func Warning() Playlist {
	tone := shaped(audio.Tones([]float64{1400}, -16, 8000, 1200))
	return Playlist{Sounds: []Sound{{Rate: 8000, Samples: tone, Gap: 150 * time.Millisecond}, {Rate: 8000, Samples: tone}}}
}

// Music is for who waits, until he is fetched: chords that are broken slowly, twelve seconds of them, again and again.
func Music() Playlist {
	const note = 3000 // samples
	var all []int16
	for _, chord := range [4][4]float64{
		{261.63, 329.63, 392.00, 523.25}, // C
		{220.00, 261.63, 329.63, 440.00}, // A minor
		{174.61, 220.00, 261.63, 349.23}, // F
		{196.00, 246.94, 293.66, 392.00}, // G
	} {
		for _, i := range [8]int{0, 1, 2, 3, 2, 1, 2, 1} {
			tone := audio.Tones([]float64{chord[i], 2 * chord[i]}, -22, 8000, note)
			for n := range tone { // it fades like a string
				tone[n] = int16(int64(tone[n]) * int64(note-n) / note)
			}
			all = append(all, shaped(tone)...)
		}
	}
	return Playlist{Sounds: []Sound{{Rate: 8000, Samples: all}}, Loop: true}
}

// cadence is 425 Hz with the given milliseconds on and off.
func cadence(on, off int) Playlist {
	tone := shaped(audio.Tones([]float64{425}, -13, 8000, on*8))
	return Playlist{Sounds: []Sound{{Rate: 8000, Samples: tone, Gap: time.Duration(off) * time.Millisecond}}, Loop: true}
}

// shaped lets a tone begin and end within 5 ms instead of at once, which would click.
func shaped(tone []int16) []int16 {
	const edge = 40
	for i := range min(edge, len(tone)/2) {
		for _, at := range [2]int{i, len(tone) - 1 - i} {
			tone[at] = int16(int32(tone[at]) * int32(i) / edge)
		}
	}
	return tone
}
