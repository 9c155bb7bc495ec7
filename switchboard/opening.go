package switchboard

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tandem/call"
	"tandem/pbx"
)

// openingMost is how long an answer waits for the first fact of its call to be stored.
const openingMost = 2 * time.Second

// opening holds back the answer of a caller, and the confirmation of a phone that answered, until the first fact of the call is stored, so that a kill
// never leaves an answered call without a record (BAR CR-01, ADR 113). Neither the call nor the journal waits: what is to be done on the leg stands here, in its order.
type opening struct {
	free    atomic.Bool // nothing is held back any more
	mu      sync.Mutex
	open    bool
	waiting []deferred
	late    *time.Timer
}

type deferred struct {
	leg pbx.LegID
	do  func()
}

// hold keeps what is to be done on a leg for later and reports true, or reports false: it may be done now.
// An answer, or a confirmation, waits for the opening, all else only behind what already waits on the same leg.
func (o *opening) hold(leg pbx.LegID, answers bool, do func(), late func()) bool {
	if o.free.Load() {
		return false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	behind := slices.ContainsFunc(o.waiting, func(h deferred) bool { return h.leg == leg })
	if !behind && (o.open || !answers) {
		return false
	}
	if !o.open && o.late == nil {
		o.late = time.AfterFunc(openingMost, late)
	}
	o.waiting = append(o.waiting, deferred{leg, do})
	return true
}

// release does what waits; it reports whether it was the first to.
func (o *opening) release() bool {
	if o.free.Load() {
		return false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.open {
		return false
	}
	o.open = true
	if o.late != nil {
		o.late.Stop()
	}
	for len(o.waiting) > 0 {
		do := o.waiting[0].do
		o.mu.Unlock()
		do()
		o.mu.Lock()
		o.waiting = o.waiting[1:]
	}
	o.waiting = nil
	o.free.Store(true)
	return true
}

// threshold is the signalling side as calls see it: every way to answer a caller, and to confirm the answer of a phone that the house calls, leads over
// it.
type threshold struct {
	Legs
	b *Board
}

func (t *threshold) pass(leg pbx.LegID, answers bool, do func()) {
	r, ok := t.b.callWith(leg)
	if !ok || !r.opening.hold(leg, answers, do, r.late) {
		do()
		return
	}
	if answers {
		t.b.journal.hasten()
	}
}

// late goes on without the first fact: people must be able to talk while the disk does not answer.
func (r *run) late() {
	if r.opening.release() {
		r.log().Warn("a call is answered before its beginning is stored; a crash now would lose its record",
			"waited", openingMost, "calls", r.b.unopened.Add(1))
	}
}

func (t *threshold) Accept(leg pbx.LegID, sdp []byte) {
	t.pass(leg, true, func() { t.Legs.Accept(leg, sdp) })
}

func (t *threshold) Confirm(leg pbx.LegID) {
	t.pass(leg, true, func() { t.Legs.Confirm(leg) })
}

func (t *threshold) Hangup(leg pbx.LegID, cause pbx.Cause) {
	t.pass(leg, false, func() { t.Legs.Hangup(leg, cause) })
}

func (t *threshold) Offer(leg pbx.LegID, sdp []byte) {
	t.pass(leg, false, func() { t.Legs.Offer(leg, sdp) })
}

func (t *threshold) Reply(leg pbx.LegID, status int, sdp []byte) {
	t.pass(leg, false, func() { t.Legs.Reply(leg, status, sdp) })
}

func (t *threshold) Report(leg pbx.LegID, how call.Progress) {
	t.pass(leg, false, func() { t.Legs.Report(leg, how) })
}
