package switchboard

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
)

// acceptedAt is the place in the log at which the caller was answered, or -1.
func acceptedAt(o *office) int {
	o.wire.mu.Lock()
	defer o.wire.mu.Unlock()
	return slices.Index(o.wire.log, "accept caller")
}

// isConfirmed reports whether the answer of bob's phone was confirmed.
func isConfirmed(o *office) bool {
	o.wire.mu.Lock()
	defer o.wire.mu.Unlock()
	for _, p := range o.wire.legs {
		if p.name() == "b1" {
			return p.confirmed
		}
	}
	return false
}

// No caller is answered, and no phone that answered is confirmed, before the beginning of the call is stored, whoever answers, unless that takes too
// long; what happens on their legs meanwhile comes after the answer (CR-01).
func TestAnswerWaitsForTheOpening(t *testing.T) {
	for _, c := range []struct {
		name  string
		wait  time.Duration // until the disk works again; 0: it never does
		hangs bool          // the call is ended before
	}{{"stored", time.Second, false}, {"never stored", 0, false}, {"ended before", time.Second, true}} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				o := newOffice(t, nil)
				o.ledger.breaks(true)
				o.phone("b1", false, func(p *phone) { p.answers() })
				o.dial("102", false, offer(pcmu))
				pause(openingMost / 2)
				if acceptedAt(o) >= 0 || isConfirmed(o) {
					t.Fatalf("answered before anything was stored: %q", o.wire.log)
				}
				if c.hangs {
					o.board.calls.Range(func(_, r any) bool { o.board.dismiss(r.(*run), pbx.Actor{Kind: pbx.ActorSystem}); return true })
				}
				o.ledger.breaks(c.wait == 0)
				pause(2 * openingMost)
				at, warned := acceptedAt(o), strings.Contains(o.logs.String(), "before its beginning is stored")
				if at < 0 || !isConfirmed(o) || warned != (c.wait == 0) {
					t.Errorf("accepted at %d, warned: %v\n%q", at, warned, o.wire.log)
				}
				if c.hangs && slices.IndexFunc(o.wire.log, func(s string) bool { return strings.HasPrefix(s, "hangup caller") }) < at {
					t.Errorf("hung up before the answer: %q", o.wire.log)
				}
				o.ledger.breaks(false)
				pause(10 * time.Second)
				o.drain()
			})
		})
	}
}

// A phone that rings costs the answer nothing: the beginning was stored meanwhile. One that answers at once waits for the write alone, not for others
// to share it.
func TestOpeningCostsNoTime(t *testing.T) {
	for _, rings := range []time.Duration{0, time.Second} {
		bubble(t, func(t *testing.T) {
			o := newOffice(t, nil)
			o.phone("b1", false, func(p *phone) {
				time.Sleep(rings)
				p.answers()
			})
			begun := time.Now()
			o.dial("102", false, offer(pcmu))
			pause(rings)
			var r *run
			o.board.calls.Range(func(_, v any) bool { r = v.(*run); return false })
			for acceptedAt(o) < 0 && time.Since(begun) < time.Minute {
				pause(time.Millisecond)
			}
			r.opening.mu.Lock()
			heldBack := r.opening.late != nil
			r.opening.mu.Unlock()
			if took := time.Since(begun); took-rings >= gatherTime || heldBack != (rings == 0) {
				t.Errorf("rings %v, answered after %v, held back: %v", rings, took, heldBack)
			}
			o.drain()
		})
	}
}
