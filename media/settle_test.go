package media

import (
	"bytes"
	"errors"
	"io"
	"math"
	"testing"
	"time"

	"tandem/audio"
)

// settledOf is a conversation after it was written anew, and its bytes.
func settledOf(t testing.TB, p *Playback) (*Playback, int) {
	t.Helper()
	var b bytes.Buffer
	if err := p.Settle(&b, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	q, err := OpenCapture(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return q, b.Len()
}

// What settles is much smaller, even where there is hardly a pause; each side is still in its own channel, at its moment, with its tone; pauses are pauses.
func TestSettle(t *testing.T) {
	for _, f := range []Format{pcmu, g722} {
		x := capture(t, f)
		var wide [2]audio.G722Encoder
		rate := codecOf(f).rate()
		one, two := audio.Tone(500, rate, rate*6), audio.Tone(1200, rate, rate*6)
		coded := func(i int, s []int16) []byte {
			if f == g722 {
				return wide[i].Encode(nil, s)
			}
			return audio.ToMu(nil, s)
		}
		for n := range 300 {
			at := n * rate / 50
			a, b := coded(0, one[at:at+rate/50]), coded(1, two[at:at+rate/50])
			if n >= 100 && n < 150 {
				a = nil // silent for a second
			}
			if n < 200 {
				b = nil // joins late
			}
			x.both(f.Payload, a, b)
		}
		before := x.done()
		if before.IsSettled() {
			t.Error("it is called settled before")
		}
		p, size := settledOf(t, before)
		if raw := x.sink.Len(); size > raw*2/5 {
			t.Errorf("%s: %d bytes of %d", f.Name, size, raw)
		}
		if d := p.Length() - before.Length(); !p.IsSettled() || d < 0 || d > 60*time.Millisecond || p.Rate() != 16000 {
			t.Errorf("%s: %v longer, %d Hz", f.Name, d, p.Rate())
		}
		left, right := channels(t, p)
		second := func(c []int16, n int) []int16 { return c[n*16000+3200 : n*16000+12800] }
		for n := range 6 {
			spoke := [2]bool{n != 2, n >= 4}
			for side, c := range [][]int16{left, right} {
				hz := []float64{500, 1200}[side]
				if got := audio.Purity(second(c, n), hz, 16000) > 0.98 && audio.Level(second(c, n)) > -30; got != spoke[side] {
					t.Errorf("%s: in second %d side %d speaks: %v (%.3f, %.0f dB)", f.Name, n, side, got, audio.Purity(second(c, n), hz, 16000), audio.Level(second(c, n)))
				}
			}
		}
		// in place to less than a millisecond: against the sound from before
		old, _ := channels(t, before)
		if before.Rate() == 8000 {
			var d audio.Doubler
			old = d.Double(nil, old)
			old = old[48:] // the doubler is late by so much
		}
		best, where := math.Inf(-1), 0
		for shift := -15; shift <= 15; shift++ { // the tone repeats after 32 samples

			var sum float64
			for i := 80000; i < 84000; i++ {
				sum += float64(old[i]) * float64(left[i+shift])
			}
			if sum > best {
				best, where = sum, shift
			}
		}
		if where > 8 || where < -8 { // half a millisecond
			t.Errorf("%s: shifted by %d samples", f.Name, where)
		}
	}
}

// A side that came in Opus is not coded again: every packet is there as it came, and settling what has settled changes nothing.
func TestOpusSettlesAsItCame(t *testing.T) {
	x := capture(t, opus9)
	k := &talker{c: codecOpus, hz: 800}
	for range 100 {
		x.p[0].time += 800 // 160 are added
		x.both(111, []byte(k.payload()), nil)
	}
	before := x.done()
	if !before.IsSettled() {
		t.Error("Opus has not settled")
	}
	p, _ := settledOf(t, before)
	a, _ := channels(t, before)
	b, _ := channels(t, p)
	match(t, "what was copied", b, a)
}

// Whatever ends the work ends it at once, and says why.
func TestSettleEnds(t *testing.T) {
	x := capture(t, pcmu)
	for range 200 {
		x.both(0, audio.ToMu(nil, audio.Tone(500, 8000, 160)), nil)
	}
	p := x.done()
	stop := errors.New("stop")
	if err := p.Settle(io.Discard, func() error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
	if err := p.Settle(failing{}, func() error { return nil }); err == nil {
		t.Error(err)
	}
}

// BenchmarkSettle is a minute of two who talk at once, in G.711.
func BenchmarkSettle(b *testing.B) {
	x := capture(b, pcmu)
	for n := range 3000 {
		x.both(0, audio.ToMu(nil, audio.Tone(300+float64(n%200), 8000, 160)), audio.ToMu(nil, audio.Tone(500+float64(n%170), 8000, 160)))
	}
	p := x.done()
	for b.Loop() {
		if err := p.Settle(io.Discard, func() error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
