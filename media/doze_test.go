package media

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"tandem/audio/opus"
)

// sayings is something like speech, a sentence of 0.7 s every three seconds that begins softly, over the noise of a quiet microphone.
func sayings(rate, seconds int) []int16 {
	noise := rand.New(rand.NewPCG(1, 2))
	out := make([]int16, rate*seconds)
	for i := range out {
		s := float64(i) / float64(rate)
		v := float64(noise.IntN(41) - 20)
		if at := math.Mod(s, 3); at > 1.6 && at < 2.3 {
			open := math.Sin(math.Pi*(at-1.6)/0.7) * (0.6 + 0.4*math.Sin(2*math.Pi*4*at))
			pitch := 120 + 20*math.Sin(2*math.Pi*0.9*s)
			for k := 1.0; k < 25; k++ {
				v += 2500 * open * math.Exp(-math.Pow((k*pitch-700)/400, 2)) * math.Sin(2*math.Pi*k*pitch*s)
			}
		}
		out[i] = int16(v)
	}
	return out
}

// What a room hears of somebody is the same whether all of his packets are decoded or, while he is silent, nearly none: not a beat later, and the
// difference is 40 dB below it. Silence costs a tenth of the decoding.
func TestRestIsNotHeard(t *testing.T) {
	for _, tt := range []struct{ rate, bits int }{{8000, 16000}, {16000, 24000}, {48000, 32000}} {
		t.Run(fmt.Sprintf("%d Hz", tt.rate), func(t *testing.T) {
			var m opus.Machine
			e, err := m.NewEncoder(opus.Settings{Rate: tt.rate, Bitrate: tt.bits, Complexity: 5, FEC: true, Loss: 5})
			if err != nil {
				t.Fatal(err)
			}
			type ear struct {
				hearing hearing
				part    part
				doze    doze
			}
			var whole, rests ear
			var signal, difference float64
			var silent, skipped, other int
			room := make([]int16, 0, soundMax)
			hears := func(x *ear, payload []byte) []int16 {
				samples := x.hearing.decode(&m, codecOpus, make([]int16, 0, soundMax), payload, mixRate)
				level := int32(0)
				for _, v := range samples {
					level += max(int32(v), -int32(v))
				}
				x.part.sounds(level / mixFrame)
				return samples
			}
			for in := sayings(tt.rate, 30); len(in) > 0; in = in[tt.rate/50:] {
				payload, err := m.Encode(e, nil, in[:tt.rate/50])
				if err != nil {
					t.Fatal(err)
				}
				want, got := hears(&whole, payload), make([]int16, mixFrame)
				if rests.doze.skips(rests.part.sounding, payload) {
					skipped++
					rests.part.sounds(0)
				} else {
					rests.doze.wake(&rests.hearing, &m, room, mixRate)
					got = hears(&rests, payload)
				}
				if whole.part.sounding == 0 {
					silent++
				}
				if (whole.part.sounding > 0) != (rests.part.sounding > 0) {
					other++
				}
				for k := range want {
					a, b := 0.0, 0.0
					if whole.part.sounding > 0 {
						a = float64(want[k])
					}
					if rests.part.sounding > 0 {
						b = float64(got[k])
					}
					signal += a * a
					difference += (a - b) * (a - b)
				}
			}
			ratio := 10 * math.Log10(signal/max(difference, 1))
			t.Logf("of %d silent packets %d were not decoded; the difference is %.0f dB below what is heard", silent, skipped, ratio)
			if other > 0 || ratio < 40 || skipped < silent*8/10 || silent < 300 {
				t.Errorf("of %d silent packets %d were not decoded, %d beats were heard otherwise, the difference is %.1f dB below", silent, skipped, other, ratio)
			}
		})
	}
}

// A noise that its coder takes for silence, but that is loud enough to be heard, is heard within half a second.
func TestNoiseEndsRest(t *testing.T) {
	var r doze
	silence := []byte{0x48, 0x00, 0x00} // SILK at 16 kHz, no voice in it
	if !opus.IsSilent(silence) {
		t.Fatal("this packet is not silent")
	}
	n := 0
	for r.skips(0, silence) {
		n++
	}
	if n != restLook {
		t.Errorf("%d packets are passed over at once, want %d", n, restLook)
	}
	for _, tt := range []struct {
		name     string
		sounding int
		payload  []byte
	}{{"who is heard", 1, silence}, {"voice", 0, []byte{0x48, 0x80, 0}}, {"a repeated voice", 0, []byte{0x48, 0x40, 0}}, {"a large packet", 0, append(silence, make([]byte, restBytes)...)}} {
		var fresh doze
		if fresh.skips(tt.sounding, tt.payload) {
			t.Errorf("%s is passed over", tt.name)
		}
	}
}
