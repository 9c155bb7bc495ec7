package audio

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The values are those of the tables in ITU-T G.711, scaled to 16 bits.
func TestG711KnownValues(t *testing.T) {
	for _, tt := range []struct {
		sample int16
		mu, a  byte
	}{
		{0, 0xff, 0xd5},
		{-1, 0x7f, 0x55},
		{8, 0xfe, 0xd5},
		{-8, 0x7e, 0x55},
		{1000, 0xce, 0xfa},
		{-1000, 0x4e, 0x7a},
		{8000, 0xa0, 0x8a},
		{32767, 0x80, 0xaa},
		{-32768, 0x00, 0x2a},
	} {
		if got := EncodeMu(tt.sample); got != tt.mu {
			t.Errorf("µ-law of %d is %#x, want %#x", tt.sample, got, tt.mu)
		}
		if got := EncodeA(tt.sample); got != tt.a {
			t.Errorf("A-law of %d is %#x, want %#x", tt.sample, got, tt.a)
		}
	}
	for _, tt := range []struct {
		b     byte
		mu, a int16
	}{
		{0xff, 0, 848}, {0x7f, 0, -848}, {0x80, 32124, 5504}, {0x00, -32124, -5504},
		{0xd5, 716, 8}, {0x55, -716, -8}, {0xaa, 5372, 32256}, {0x2a, -5372, -32256},
	} {
		if got := DecodeMu(tt.b); got != tt.mu {
			t.Errorf("µ-law %#x is %d, want %d", tt.b, got, tt.mu)
		}
		if got := DecodeA(tt.b); got != tt.a {
			t.Errorf("A-law %#x is %d, want %d", tt.b, got, tt.a)
		}
	}
}

func TestG711EveryCodeSurvives(t *testing.T) {
	for i := range 256 {
		b := byte(i)
		if got := EncodeMu(DecodeMu(b)); got != b && b != 0x7f { // there are two zeros
			t.Errorf("µ-law %#x became %#x", b, got)
		}
		if got := EncodeA(DecodeA(b)); got != b {
			t.Errorf("A-law %#x became %#x", b, got)
		}
	}
}

func TestPropG711StaysNear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.Int16Range(-32000, 32000).Draw(t, "sample")
		for name, got := range map[string]int16{"µ-law": DecodeMu(EncodeMu(s)), "A-law": DecodeA(EncodeA(s))} {
			if off := math.Abs(float64(got) - float64(s)); off > max(16, math.Abs(float64(s))/16) {
				t.Errorf("%s of %d came back as %d", name, s, got)
			}
		}
	})
}

func TestToneIsFoundAfterG711(t *testing.T) {
	for _, rate := range []int{8000, 16000} {
		tone := Tone(1000, rate, rate)
		if l := Level(tone); math.Abs(l) > 0.01 {
			t.Errorf("level %f dB", l)
		}
		for i := range tone {
			tone[i] /= 4
		}
		for name, heard := range map[string][]int16{
			"µ-law": FromMu(nil, ToMu(nil, tone)),
			"A-law": FromA(nil, ToA(nil, tone)),
		} {
			if p := Purity(heard, 1000, rate); p < 0.999 {
				t.Errorf("%s: purity %f", name, p)
			}
			if p := Purity(heard, 700, rate); p > 0.001 {
				t.Errorf("%s: %f of a tone that is not there", name, p)
			}
			if l := Level(heard); math.Abs(l+12.04) > 0.2 {
				t.Errorf("%s: level %f dB", name, l)
			}
		}
	}
}

func TestSilence(t *testing.T) {
	if !math.IsInf(Level(make([]int16, 80)), -1) || !math.IsInf(Level(nil), -1) {
		t.Error("silence has a level")
	}
	if Purity(nil, 440, 8000) != 0 || Purity(make([]int16, 80), 440, 8000) != 0 || Goertzel(nil, 440, 8000) != 0 {
		t.Error("silence has a tone")
	}
}

func TestTwoTones(t *testing.T) {
	a, b := Tone(697, 8000, 4000), Tone(1209, 8000, 4000)
	for i := range a {
		a[i] = a[i]/4 + b[i]/8
	}
	if pa, pb := Purity(a, 697, 8000), Purity(a, 1209, 8000); math.Abs(pa-0.8) > 0.01 || math.Abs(pb-0.2) > 0.01 {
		t.Errorf("shares %f and %f, want 0.8 and 0.2", pa, pb)
	}
}

func TestWAVRoundTrip(t *testing.T) {
	w := WAV{8000, []int16{0, 1, -1, 32767, -32768}}
	got, err := ParseWAV(w.Encode())
	if err != nil || got.Rate != 8000 || !slices.Equal(got.Samples, w.Samples) {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = ParseWAV(w.Encode8())
	if err != nil || !slices.Equal(got.Samples, []int16{0, 0, -256, 32512, -32768}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWAVFromOthers(t *testing.T) {
	plain := WAV{16000, []int16{7, 8, 9}}.Encode()
	list := []byte("LIST\x03\x00\x00\x00abc\x00")
	for _, tt := range []struct {
		name string
		b    []byte
		want []int16
	}{
		{"a chunk of odd size before the format", slices.Concat(plain[:12], list, plain[12:]), []int16{7, 8, 9}},
		{"a chunk between format and data", slices.Concat(plain[:36], list, plain[36:]), []int16{7, 8, 9}},
		{"a file that is still being written", slices.Concat(plain[:40], []byte{0xff, 0xff, 0xff, 0xff}, plain[44:]), []int16{7, 8, 9}},
		{"cut off within a sample", plain[:len(plain)-1], []int16{7, 8}},
		{"no samples", plain[:44], []int16{}},
		{"two channels", patch(WAV{16000, []int16{100, 300, -7, -8}}.Encode(), 22, 2), []int16{200, -7}},
		{"24 bits", patch(slices.Concat(plain[:44], []byte{0xff, 0x02, 0x01, 0, 0xff, 0xff}), 34, 24), []int16{0x0102, -1}},
		{"A-law", patch(patch(slices.Concat(plain[:44], []byte{0xd5, 0x55}), 20, 6), 34, 8), []int16{DecodeA(0xd5), DecodeA(0x55)}},
		{"µ-law", patch(patch(slices.Concat(plain[:44], []byte{0xff, 0x00}), 20, 7), 34, 8), []int16{DecodeMu(0xff), DecodeMu(0x00)}},
		{"linear, told in the extension", slices.Concat(plain[:16], []byte{40, 0, 0, 0, 0xfe, 0xff}, plain[22:36], make([]byte, 8), []byte{1, 0}, make([]byte, 14), plain[36:]), []int16{7, 8, 9}},
	} {
		if got, err := ParseWAV(tt.b); err != nil || !slices.Equal(got.Samples, tt.want) || got.Rate != 16000 {
			t.Errorf("%s: %+v, %v", tt.name, got, err)
		}
	}
	for name, b := range map[string][]byte{
		"empty":             nil,
		"other format":      []byte("OggS0000WAVEfmt "),
		"only a head":       plain[:12],
		"no data":           plain[:36],
		"data before fmt":   slices.Concat(plain[:12], plain[36:]),
		"short fmt":         slices.Concat(plain[:16], []byte{4, 0, 0, 0, 1, 0, 1, 0}),
		"three channels":    patch(plain, 22, 3),
		"float":             patch(plain, 20, 3),
		"12 bits":           patch(plain, 34, 12),
		"A-law of 16 bits":  patch(plain, 20, 6),
		"no rate":           patch(patch(plain, 24, 0), 25, 0),
		"extensible format": patch(plain, 20, 0xfe),
	} {
		if _, err := ParseWAV(b); !errors.Is(err, ErrWAV) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func patch(b []byte, at int, v byte) []byte {
	b = bytes.Clone(b)
	b[at] = v
	return b
}

func FuzzParseWAV(f *testing.F) {
	f.Add(WAV{8000, []int16{1, 2, 3}}.Encode())
	f.Add(WAV{8000, []int16{1, 2, 3}}.Encode8())
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVELIST\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		w, err := ParseWAV(b)
		if err != nil {
			return
		}
		again, err := ParseWAV(w.Encode())
		if err != nil || again.Rate != w.Rate || !slices.Equal(again.Samples, w.Samples) {
			t.Fatalf("%v: %+v became %+v", err, w, again)
		}
	})
}

func BenchmarkToMu(b *testing.B) {
	tone, out := Tone(440, 8000, 160), make([]byte, 0, 160)
	b.ReportAllocs()
	for b.Loop() {
		out = ToMu(out[:0], tone)
	}
}

func BenchmarkGoertzel(b *testing.B) {
	tone := Tone(440, 8000, 8000)
	b.ReportAllocs()
	for b.Loop() {
		Goertzel(tone, 440, 8000)
	}
}

// BenchmarkRate is 20 ms of sound from one rate to the other.
func BenchmarkRate(b *testing.B) {
	narrow, wide := Tone(440, 8000, 160), Tone(440, 16000, 320)
	room := make([]int16, 0, 320)
	b.Run("double", func(b *testing.B) {
		var d Doubler
		for b.Loop() {
			room = d.Double(room[:0], narrow)
		}
	})
	b.Run("halve", func(b *testing.B) {
		var h Halver
		for b.Loop() {
			room = h.Halve(room[:0], wide)
		}
	})
}

// BenchmarkKeypad is 20 ms of sound in which keys are looked for: noise, a voice of one tone, and a key.
func BenchmarkKeypad(b *testing.B) {
	noise := make([]int16, 160)
	for i, r := range rand.New(rand.NewPCG(1, 2)).Perm(len(noise)) {
		noise[i] = int16(r*300 - 24000)
	}
	for _, c := range []struct {
		name  string
		sound []int16
	}{{"noise", noise}, {"tone", Tone(440, 8000, 160)}, {"key", KeyTone('5', -12, 160)}} {
		b.Run(c.name, func(b *testing.B) {
			var k Keypad
			var found [8]byte
			for b.Loop() {
				k.Hear(found[:0], c.sound)
			}
		})
	}
}
