package officetest

import (
	"context"
	"math"
	"os"
	"strings"
	"testing"

	"tandem/audio"
)

// Two real phones without a codec in common hear each other through the house, and the record says that it was translated.
func TestPhonesWithNothingInCommon(t *testing.T) {
	for _, tt := range []struct {
		caller, callee string
		least          float64 // decibels of the tone over everything else
	}{
		{"opus", "PCMU", 26}, {"PCMA", "opus", 26}, {"opus", "G722", 26}, {"G722", "PCMU", 26}, {"PCMU", "PCMA", 26},
	} {
		t.Run(tt.caller+"-"+tt.callee, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
			defer cancel()
			s := start(t)
			s.claim()
			a, b := s.tuned(ctx, "Alice", "101", 440, tt.caller), s.tuned(ctx, "Bob", "102", 700, tt.callee)
			eventually(t, "both phones shown as registered", func() bool { return s.call(200, "GET", "/v1/overview", nil).At("registered") == 2.0 })
			do(t, a, "dial", "sip:102@"+s.reach("udp"))
			expect(t, ctx, b, "CALL_INCOMING")
			do(t, b, "accept", "")
			expect(t, ctx, a, "CALL_ESTABLISHED")
			expect(t, ctx, b, "CALL_ESTABLISHED")
			for _, side := range []struct {
				codec string
				phone *Baresip
				hz    float64
			}{{tt.caller, a, 700}, {tt.callee, b, 440}} {
				if side.codec == "G722" { // this phone's own decoder is broken
					eventually(t, "sound arrives", func() bool { return strings.Contains(side.phone.Log(), "incoming rtp for 'audio' established") })
					continue
				}
				best := 0.0
				eventually(t, "a clean tone at the phone with "+side.codec, func() bool {
					best = max(best, clean(side.phone, side.hz))
					return best >= tt.least
				})
				t.Logf("the phone with %s hears the other's tone with %.0f dB", side.codec, best)
			}
			want := tt.caller + " ⇄ " + tt.callee
			if got := s.call(200, "GET", "/v1/calls/live", nil).Text("items", 0, "codec"); got != want {
				t.Errorf("live, the codec is %q, want %q", got, want)
			}
			do(t, a, "hangup", "")
			expect(t, ctx, b, "CALL_CLOSED")
			eventually(t, "a record of it", func() bool { return s.call(200, "GET", "/v1/calls", nil).At("total") == 1.0 })
			if got := s.call(200, "GET", "/v1/calls", nil).Text("items", 0, "codec"); got != want {
				t.Errorf("recorded as %q, want %q", got, want)
			}
		})
	}
}

// clean is how much louder a tone is than everything else in the cleanest second that a phone has recorded, in decibels.
func clean(b *Baresip, hz float64) (best float64) {
	for _, name := range b.Heard() {
		raw, err := os.ReadFile(name)
		if err != nil || len(raw) < 1000 {
			continue
		}
		w := leftChannel(raw)
		for from := 0; w.Rate > 0 && from+w.Rate <= len(w.Samples); from += w.Rate / 4 {
			p := audio.Purity(w.Samples[from:from+w.Rate], hz, w.Rate)
			best = max(best, 10*math.Log10(p/max(1-p, 1e-9)))
		}
	}
	return best
}
