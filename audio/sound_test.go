package audio

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"testing"
)

// difficult is a signal without a library's help: a sweep over the whole band, noise at full level, silence, a square wave.
func difficult() []int16 {
	var out []int16
	for i := range 16000 {
		hz := 50 + 7450*float64(i)/16000
		out = append(out, int16(math.Round(20000*math.Sin(math.Pi*hz*float64(i)/16000))))
	}
	seed := uint32(1)
	for range 8000 {
		seed = seed*1664525 + 1013904223
		out = append(out, int16(seed>>16))
	}
	out = append(out, make([]int16, 2000)...)
	for i := range 6000 {
		v := int16(32767)
		if i/40%2 == 1 {
			v = -32768
		}
		out = append(out, v)
	}
	return out
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:8])
}

// The sums are those of an implementation of the Recommendation that is not ours (the one of FFmpeg 5.1), on the same samples.
func TestG722IsTheRecommendation(t *testing.T) {
	in := difficult()
	var e G722Encoder
	coded := e.Encode(nil, in)
	var d G722Decoder
	heard := WAV{16000, d.Decode(nil, coded)}.Encode()[WAVHead:]
	if sum(coded) != "11953fb958381a68" || sum(heard) != "61ec1c6404c503ff" || len(coded) != len(in)/2 || len(heard) != 2*len(in) {
		t.Errorf("coded %s, heard %s", sum(coded), sum(heard))
	}
	var pieces G722Encoder
	var again []byte
	for at := 0; at < len(in); at += 320 {
		again = pieces.Encode(again, in[at:min(at+320, len(in))])
	}
	if sum(again) != sum(coded) {
		t.Error("in pieces it is another stream")
	}
}

// likeness compares a signal with what became of it some samples later, in decibels of signal to difference.
func likeness(in, out []int16, delay int) float64 {
	var signal, noise float64
	for i := 400; i+delay < len(out) && i < len(in); i++ {
		d := float64(out[i+delay]) - float64(in[i])
		signal += float64(in[i]) * float64(in[i])
		noise += d * d
	}
	return decibels(signal / noise)
}

// The quality of single tones over the band; the filters delay by 22 samples.
func TestG722KeepsSound(t *testing.T) {
	for hz := 100.0; hz <= 6900; hz += 100 {
		in := Tones([]float64{hz}, -10, 16000, 8000)
		var e G722Encoder
		var d G722Decoder
		out := d.Decode(nil, e.Encode(nil, in))
		want := 26.0
		if hz > 3600 {
			want = 10 // two bits in the upper band, and both at the crossing
		}
		if got := likeness(in, out, 22); got < want {
			t.Errorf("%.0f Hz: %.1f dB", hz, got)
		}
		if hz > 400 && hz < 3700 {
			if p := Purity(out[400:], hz, 16000); p < 0.995 {
				t.Errorf("%.0f Hz: purity %f", hz, p)
			}
		}
	}
}

// Nothing that arrives makes the decoder leave its bounds or stop: it hears any bytes as some sound, and finds back to the true one.
func TestG722RecoversFromNonsense(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var e G722Encoder
	var d, clean G722Decoder
	in := Tones([]float64{800}, -12, 16000, 48000)
	coded := e.Encode(nil, in)
	noise := make([]byte, 4000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	d.Decode(nil, noise)
	heard, want := d.Decode(nil, coded), clean.Decode(nil, coded)
	if got := likeness(want[24000:], heard[24000:], 0); got < 25 {
		t.Errorf("a second and a half later it is still %.1f dB off", got)
	}
}

func TestRates(t *testing.T) {
	for hz := 100.0; hz <= 3300; hz += 100 {
		wide, narrow := Tones([]float64{hz}, -6, 16000, 16000), Tones([]float64{hz}, -6, 8000, 8000)
		var h Halver
		var d Doubler
		down, up := h.Halve(nil, wide), d.Double(nil, narrow)
		if len(down) != 8000 || len(up) != 16000 {
			t.Fatalf("%d and %d samples", len(down), len(up))
		}
		for name, got := range map[string][]int16{"halved": down[100:], "resampled down": Resample(wide, 16000, 8000)[100:7900], "44.1 kHz": Resample(Tones([]float64{hz}, -6, 44100, 44100), 44100, 8000)[100:7900]} {
			if p, l := Purity(got, hz, 8000), Level(got); p < 0.998 || math.Abs(l+6) > 0.1 {
				t.Errorf("%s, %.0f Hz: purity %f, level %f", name, hz, p, l)
			}
		}
		for name, got := range map[string][]int16{"doubled": up[100:], "resampled up": Resample(narrow, 8000, 16000)[100:15900]} {
			if p, l := Purity(got, hz, 16000), Level(got); p < 0.998 || math.Abs(l+6) > 0.1 {
				t.Errorf("%s, %.0f Hz: purity %f, level %f", name, hz, p, l)
			}
		}
	}
	for hz := 4700.0; hz < 8000; hz += 100 {
		var h Halver
		if l := Level(h.Halve(nil, Tones([]float64{hz}, -6, 16000, 16000))[100:]); l > -60 {
			t.Errorf("%.0f Hz folds down at %.1f dB", hz, l)
		}
	}
}

// Every key, as quiet, as twisted and as far off as phones may send it, is heard once; a longer one is still one, and two are two.
func TestKeypadHearsKeys(t *testing.T) {
	for i := range len(keys) {
		key := keys[i]
		for _, tt := range []struct {
			name         string
			level, twist float64
			off          float64
			n            int
		}{
			{"loud", -6, 0, 1, 800}, {"quiet", -34, 0, 1, 800}, {"column louder", -10, -6, 1, 800}, {"row louder", -10, 6, 1, 800},
			{"1.5 % high", -10, 0, 1.015, 800}, {"1.5 % low", -10, 0, 0.985, 800}, {"short", -10, 0, 1, 400}, {"long", -10, 0, 1, 16000},
		} {
			low := Tones([]float64{rows[i/4] * tt.off}, tt.level+tt.twist/2, 8000, tt.n)
			high := Tones([]float64{columns[i%4] * tt.off}, tt.level-tt.twist/2, 8000, tt.n)
			sound := make([]int16, 333, 20000)
			for j := range low {
				sound = append(sound, low[j]+high[j])
			}
			sound = append(sound, make([]int16, 800)...)
			for name, heard := range map[string][]int16{"": sound, ", µ-law": FromMu(nil, ToMu(nil, sound)), ", A-law": FromA(nil, ToA(nil, sound))} {
				var k Keypad
				if got := string(k.Hear(nil, heard)); got != string(key) {
					t.Errorf("%c %s%s is heard as %q", key, tt.name, name, got)
				}
			}
		}
	}
	var k Keypad
	var sound []int16
	for _, key := range []byte("1123*#00") {
		sound = append(append(sound, KeyTone(key, -12, 560)...), make([]int16, 400)...)
	}
	var got []byte
	for at := 0; at < len(sound); at += 160 {
		got = k.Hear(got, sound[at:min(at+160, len(sound))])
	}
	if string(got) != "1123*#00" {
		t.Errorf("heard %q", got)
	}
}

// Talk-off: what is no key is none – too short, too quiet, one tone, a wrong pair, noise, chords, vowels.
func TestKeypadHearsNothingElse(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	noise := make([]int16, 80000)
	for i := range noise {
		noise[i] = int16(r.NormFloat64() * 6000)
	}
	var vowels []int16
	for pitch := 80.0; pitch < 320; pitch += 7 {
		var parts []float64
		for n := 1.0; n*pitch < 3400; n++ {
			parts = append(parts, n*pitch)
		}
		vowels = append(vowels, Tones(parts, -30, 8000, 1600)...)
	}
	noisy := KeyTone('5', -20, 1600)
	for i := range noisy {
		noisy[i] += noise[i] / 2
	}
	for name, sound := range map[string][]int16{
		"noise": noise, "vowels": vowels, "a key in noise": noisy,
		"20 ms":        append(KeyTone('1', -10, 160), make([]int16, 800)...),
		"quiet":        KeyTone('1', -45, 1600),
		"one tone":     Tones([]float64{941}, -10, 8000, 1600),
		"two rows":     Tones([]float64{697, 941}, -10, 8000, 1600),
		"dial tone":    Tones([]float64{350, 440}, -10, 8000, 8000),
		"a chord":      Tones([]float64{523.25, 659.26, 783.99, 1318.5}, -14, 8000, 8000),
		"a third tone": Tones([]float64{697, 1209, 1800}, -14, 8000, 1600),
	} {
		var k Keypad
		if got := k.Hear(nil, sound); len(got) > 0 {
			t.Errorf("%s dials %q", name, got)
		}
	}
	if KeyTone('x', 0, 10) != nil {
		t.Error("x is a key")
	}
}

func TestWAVHeader(t *testing.T) {
	w := WAV{8000, []int16{1, 2, 3}}
	if b := w.Encode(); string(b[:WAVHead]) != string(WAVHeader(8000, 1, 6)) {
		t.Errorf("% x", WAVHeader(8000, 1, 6))
	}
	if b := WAVHeader(8000, 1, 1<<40); b[40] != 0xff || b[43] != 0xff || b[4] != 0xff {
		t.Errorf("% x", b)
	}
}

func BenchmarkG722(b *testing.B) {
	in := Tones([]float64{440}, -10, 16000, 320)
	b.Run("encode", func(b *testing.B) {
		var e G722Encoder
		out := make([]byte, 0, 160)
		b.ReportAllocs()
		for b.Loop() {
			out = e.Encode(out[:0], in)
		}
	})
	b.Run("decode", func(b *testing.B) {
		var e G722Encoder
		var d G722Decoder
		coded, out := e.Encode(nil, in), make([]int16, 0, 320)
		b.ReportAllocs()
		for b.Loop() {
			out = d.Decode(out[:0], coded)
		}
	})
	b.Run("halve", func(b *testing.B) {
		var h Halver
		out := make([]int16, 0, 160)
		b.ReportAllocs()
		for b.Loop() {
			out = h.Halve(out[:0], in)
		}
	})
	b.Run("keypad", func(b *testing.B) {
		var k Keypad
		tone, found := KeyTone('5', -10, 160), make([]byte, 0, 4)
		b.ReportAllocs()
		for b.Loop() {
			found = k.Hear(found[:0], tone)
		}
	})
}
