package bus

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"tandem/event"
)

// patience is how long facts wait for an earlier one: those who commit at the same time publish within microseconds of
// each other, and what another process has written is never published here.
const patience = 100 * time.Millisecond

// Local is the Bus of a single process. The zero value is ready; it takes the first fact it sees for the next of the log.
type Local struct {
	mu      sync.Mutex
	subs    map[*Subscription]bool
	begun   bool  // last is known
	last    int64 // place of the last fact that was delivered
	waiting map[int64]event.Fact
	timer   *time.Timer
}

// NewLocal makes a bus that knows the place of the last fact in the log, and so which comes next.
func NewLocal(last int64) *Local { return &Local{begun: true, last: last} }

// Subscribe implements Bus.
func (l *Local) Subscribe(depth int) *Subscription {
	s := &Subscription{facts: make(chan event.Fact, max(depth, 1)), lagged: make(chan struct{})}
	s.leave = func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.drop(s)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.subs == nil {
		l.subs = map[*Subscription]bool{}
	}
	l.subs[s] = true
	return s
}

// drop is called with the lock held.
func (l *Local) drop(s *Subscription) {
	if l.subs[s] {
		delete(l.subs, s)
		close(s.facts)
	}
}

func (l *Local) lose(s *Subscription) {
	if l.subs[s] {
		close(s.lagged)
		l.drop(s)
	}
}

// Publish implements Bus. Live facts go out at once. Stored facts go out in the order of their places: one that is early
// waits for those before it. If these do not come, the listeners are told that something is missing. A listener whose
// queue is full is told so and dropped; it never holds up the others.
func (l *Local) Publish(_ context.Context, facts []event.Fact) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.last
	for _, f := range facts {
		if f.Seq > 0 && !l.begun {
			l.begun, l.last = true, f.Seq-1
		}
		switch {
		case f.Seq <= l.last: // live, or late: who was told of the gap may have read it already
			l.deliver(f)
		case f.Seq == l.last+1:
			l.next(f)
		default:
			if l.waiting == nil {
				l.waiting = map[int64]event.Fact{}
			}
			l.waiting[f.Seq] = f
		}
	}
	switch {
	case len(l.waiting) == 0 && l.timer != nil:
		l.timer.Stop()
		l.timer = nil
	case len(l.waiting) > 0 && l.timer == nil:
		l.timer = time.AfterFunc(patience, l.giveUp)
	case len(l.waiting) > 0 && l.last > before: // what waits now waits for another fact, which has its own time
		l.timer.Reset(patience)
	}
	return nil
}

// next delivers the fact that comes next and those that waited for it.
func (l *Local) next(f event.Fact) {
	for ok := true; ok; f, ok = l.waiting[l.last+1] {
		delete(l.waiting, f.Seq)
		l.last = f.Seq
		l.deliver(f)
	}
}

// giveUp skips the facts that did not come. Everybody reads the log again: what waited is in there, too.
func (l *Local) giveUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.timer = nil
	if len(l.waiting) == 0 {
		return
	}
	l.last = slices.Max(slices.Collect(maps.Keys(l.waiting)))
	clear(l.waiting)
	for s := range l.subs {
		l.lose(s)
	}
}

func (l *Local) deliver(f event.Fact) {
	for s := range l.subs {
		select {
		case s.facts <- f:
		default:
			l.lose(s)
		}
	}
}
