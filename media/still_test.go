package media

import (
	"bytes"
	"math"
	"testing"

	"tandem/audio"
	"tandem/audio/opus"
)

// Silence that lasts is coded once: from then on the far side gets the same packet, hears nothing, and what is said afterwards as well as from a coder that has
// coded every frame of the silence.
func TestSilenceIsCodedOnce(t *testing.T) {
	const rate, n = 16000, 320
	said := sayings(rate, 30)
	for i := range said { // the house's own silence, without a microphone's noise
		if at := math.Mod(float64(i)/rate, 3); at < 1.5 || at > 2.4 {
			said[i] = 0
		}
	}
	var m opus.Machine
	house := voice{codec: codecOpus, complexity: thrift}
	settings := spoken(rate)
	settings.Complexity = thrift
	plain, err := m.NewEncoder(settings)
	if err != nil {
		t.Fatal(err)
	}
	var ears [2]hearing
	var heard [2][]int16
	var last []byte
	again, silent := 0, 0
	for in := said; len(in) >= n; in = in[n:] {
		one := house.encode(&m, nil, in[:n])
		two, err := m.Encode(plain, nil, in[:n])
		if err != nil {
			t.Fatal(err)
		}
		if audio.Level(in[:n]) == math.Inf(-1) {
			silent++
			if house.still.holds() && bytes.Equal(one, last) {
				again++
			}
		}
		last = one
		for i, p := range [][]byte{one, two} {
			heard[i] = ears[i].decode(&m, codecOpus, heard[i], p, rate)
		}
	}
	if again < silent*7/10 || silent < 500 {
		t.Errorf("of %d silent frames %d were the packet before once more", silent, again)
	}
	const late = rate / 1000 * 65 / 10 // SILK's delay at 16 kHz
	for start := 0; start+3*rate <= len(said); start += 3 * rate {
		if l := audio.Level(heard[0][start+rate/2 : start+rate]); l > -70 {
			t.Errorf("silence after %d s is heard at %.0f dB", start/rate, l)
		}
		var off [2]float64
		for i, h := range heard {
			var signal, noise float64
			for k := start + 16*rate/10; k < start+18*rate/10 && k+late < len(h); k++ { // the first 200 ms of a sentence
				s, d := float64(said[k]), float64(said[k])-float64(h[k+late])
				signal, noise = signal+s*s, noise+d*d
			}
			off[i] = 10 * math.Log10(signal/noise)
		}
		t.Logf("%2d s: %.1f dB, coded throughout %.1f dB", start/rate, off[0], off[1])
		if off[0] < off[1]-1 {
			t.Errorf("the sentence after %d s has %.1f dB, coded throughout %.1f dB", start/rate, off[0], off[1])
		}
	}
}

// Who is in a room is coded with less effort, and as everybody else afterwards.
func TestRoomEffort(t *testing.T) {
	e := engine(t)
	p, s := ring(t, "127.0.0.1"), open(t, e)
	set(t, s, p.flow(opus9))
	r := e.NewRoom()
	effort := func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.voice.complexity
	}
	if err := r.Enter(s); err != nil || effort() != thrift {
		t.Errorf("in the room %d, want %d: %v", effort(), thrift, err)
	}
	if r.Leave(s); effort() != 0 {
		t.Errorf("afterwards %d, want the usual", effort())
	}
}
