package officetest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Bob's real phone answers by itself when Alice speaks on it: he hears her, she hears nothing of his room until he presses a key, in either way in which phones
// tell keys (X-084, G-015).
func TestBaresipIntercom(t *testing.T) {
	for _, keys := range []string{"rtpevent", "info"} {
		t.Run(keys, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
			defer cancel()
			s := start(t)
			s.claim()
			phone := func(name, extension string, hz float64, answers bool) (string, *Baresip) {
				id, a := s.person(name, extension)
				a.Server, a.Transport, a.Keys, a.Answers = s.reach("udp"), "udp", keys, answers
				b, err := StartBaresip(ctx, filepath.Join(t.TempDir(), name), toneFile(t, hz, 8000, 1), a, "PCMU/8000/1")
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { b.Close() })
				eventually(t, name+"'s phone registers", func() bool { return strings.Contains(b.Log(), "[1 binding]") })
				return id, b
			}
			id, alice := phone("Alice", "101", 440, false)
			_, bob := phone("Bob", "102", 700, true)
			_, mallory := phone("Mallory", "103", 550, false)
			for _, right := range []string{"call.see", "call.intercom"} {
				s.call(201, "POST", "/v1/users/"+id+"/grants", object{"right": right, "scope": object{"kind": "all"}, "reason": "reception"})
			}
			do(t, mallory, "dial", "sip:*80102@"+s.reach("udp"))
			expect(t, ctx, mallory, "CALL_CLOSED")

			do(t, alice, "dial", "sip:*80102@"+s.reach("udp"))
			expect(t, ctx, bob, "CALL_ESTABLISHED")
			expect(t, ctx, alice, "CALL_ESTABLISHED")
			both := []float64{440, 700}
			hearsTones(t, "Bob", bob, both, 440)
			eventually(t, "Bob's speaker has been open for two seconds", func() bool { return recorded(bob) > 2*8000 })
			if best := clean(alice, 700); best > 0 {
				t.Errorf("Alice heard a room in which nobody has pressed a key: %.2f", best)
			}
			if c := s.call(200, "GET", "/v1/calls/live", nil); c.At("items", 0, "one_way") != true {
				t.Errorf("the live calls do not show that Bob is not heard: %v", c)
			}
			do(t, bob, "sndcode", "5")
			eventually(t, "the live calls show that he is", func() bool { return s.call(200, "GET", "/v1/calls/live", nil).At("items", 0, "one_way") == nil })
			hearsTones(t, "Alice", alice, both, 700)
			hearsTones(t, "Bob", bob, both, 440)
			do(t, alice, "hangup", "")
			expect(t, ctx, bob, "CALL_CLOSED")
		})
	}
}

// recorded is how many samples a phone has written of what it heard, in its longest recording.
func recorded(b *Baresip) (most int) {
	for _, name := range b.Heard() {
		if raw, err := os.ReadFile(name); err == nil && len(raw) > 1000 {
			most = max(most, len(leftChannel(raw).Samples))
		}
	}
	return most
}
