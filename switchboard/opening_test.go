package switchboard

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/pbx"
)

// No caller is answered before the beginning of his call is stored, whoever answers, unless that takes too long; what happens on his leg meanwhile
// comes after the answer (CR-01).
func TestAnswerWaitsForTheOpening(t *testing.T) {
	accepts := func(o *office) int {
		o.wire.mu.Lock()
		defer o.wire.mu.Unlock()
		return slices.Index(o.wire.log, "accept caller")
	}
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
				if accepts(o) >= 0 {
					t.Fatalf("answered before anything was stored: %q", o.wire.log)
				}
				if c.hangs {
					o.board.calls.Range(func(_, r any) bool { o.board.dismiss(r.(*run), pbx.Actor{Kind: pbx.ActorSystem}); return true })
				}
				o.ledger.breaks(c.wait == 0)
				pause(2 * openingMost)
				at, warned := accepts(o), strings.Contains(o.logs.String(), "before its beginning is stored")
				if at < 0 || warned != (c.wait == 0) {
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
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		begun := time.Now()
		o.phone("b1", false, func(p *phone) { p.answers() })
		o.dial("102", false, offer(pcmu))
		for !slices.Contains(o.wire.log, "accept caller") && time.Since(begun) < time.Minute {
			pause(time.Millisecond)
		}
		var r *run
		o.board.calls.Range(func(_, v any) bool { r = v.(*run); return false })
		if r == nil || !r.opening.free.Load() || r.opening.late != nil && time.Since(begun) > gatherTime {
			t.Errorf("after %v: the answer was held back", time.Since(begun))
		}
		synctest.Wait()
		o.drain()
	})
}
