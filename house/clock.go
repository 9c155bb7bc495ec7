package house

import (
	"context"
	"sync/atomic"
	"time"

	"tandem/api"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

const (
	clockOff   = 2 * time.Second // how far the clock of the machine may be set at once before somebody should know (BAR TZ-07). Slewing, as time services do, stays below.
	clockStale = 24 * time.Hour  // how long it is shown where nothing says that the clock is right again
	clockTold  = time.Hour       // no oftener are people told
)

// watched compares the clock of the machine with the reading that nobody sets.
type watched struct {
	kept  func() bool // whether a time service vouches for the clock
	last  time.Time
	off   time.Duration // how far it was set since it was right, all in all
	since time.Duration // how long nobody has set it since
	quiet time.Duration // how long nobody was told
	wrong atomic.Pointer[api.ClockSet]
}

// set tells by how much the clock was set since it was looked at last; what is no more than clockOff is nothing.
func (w *watched) set(now time.Time) time.Duration {
	last := w.last
	w.last = now
	if last.IsZero() {
		w.quiet = clockTold
		return 0
	}
	passed := now.Sub(last)
	w.since, w.quiet = w.since+passed, w.quiet+passed
	off := now.Round(0).Sub(last.Round(0)) - passed
	if off.Abs() <= clockOff {
		return 0
	}
	w.off, w.since = w.off+off, 0
	return off
}

// right reports whether the clock can be taken for right: it is back where it was, or a time service vouches for it, or it has been left alone for long.
func (w *watched) right() bool { return w.off.Abs() <= clockOff || w.since >= clockStale || w.kept() }

// watchClock looks at the clock of the machine every second, until ctx ends.
func (h *House) watchClock(ctx context.Context) {
	h.every(ctx, time.Second, "telling of the clock", func() error { h.lookAtClock(time.Now()); return nil })
}

// lookAtClock warns when the clock of the machine was set: hours, ends of rights and records follow it. What is shown of it goes when the clock is right again.
func (h *House) lookAtClock(now time.Time) {
	w := &h.clock
	by := w.set(now)
	if by == 0 && w.off == 0 {
		return
	}
	right := w.right()
	if right {
		w.off = 0
		w.wrong.Store(nil)
	} else if by != 0 {
		w.wrong.Store(&api.ClockSet{At: now, By: w.off})
	}
	if by == 0 {
		return
	}
	h.log.Warn("the clock of this machine was set: calls and phones go on, but office hours, ends of rights and records follow it; check its time service (NTP)",
		"by", by.Round(time.Millisecond).String(), "now", now.UTC().Format(time.RFC3339), "right_again", right)
	if w.quiet < clockTold {
		return
	}
	w.quiet = 0
	h.informNow(clockNotice(by, right, now))
}

// clockNotice tells that the clock was set, and whether it is right with that.
func clockNotice(by time.Duration, right bool, at time.Time) notice {
	then := "clock.check"
	if right {
		then = "clock.right"
	}
	return notice{Happening: policy.Happening{Kind: policy.NoticeClock, Over: policy.System()}, page: "/", says: pbx.Says{
		Words: map[string]i18n.Text{"what": api.ClockText(by), "then": i18n.T(then)}, Times: map[string]time.Time{"at": at}}}
}
