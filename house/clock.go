package house

import "time"

// clockOff is how far the clock of the machine may be put at once before somebody should know (BAR TZ-07). Slewing, as time servers do, stays below.
const clockOff = 2 * time.Second

// watched compares the clock of the machine with the reading that nobody sets.
type watched struct{ last time.Time }

// put tells by how much the clock was put since it was looked at last; what is no more than clockOff is nothing.
func (w *watched) put(now time.Time) time.Duration {
	last := w.last
	w.last = now
	if last.IsZero() {
		return 0
	}
	off := now.Round(0).Sub(last.Round(0)) - now.Sub(last)
	if off.Abs() <= clockOff {
		return 0
	}
	return off
}

// lookAtClock warns when the clock of the machine was put: hours, ends of rights and records follow it.
func (h *House) lookAtClock(w *watched, now time.Time) {
	if off := w.put(now); off != 0 {
		h.log.Warn("the clock of this machine was put: calls and phones go on, but office hours, ends of rights and records follow it; check its time synchronisation (NTP)",
			"by", off.Round(time.Millisecond).String(), "now", now.UTC().Format(time.RFC3339))
	}
}
