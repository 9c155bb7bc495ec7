package stack

import (
	"math/bits"
	"time"
)

// A wheel holds many timers of which most are cancelled or run out together: setting and stopping cost a few nanoseconds and no
// allocation (BenchmarkWheel against BenchmarkAfterFunc). Times are rounded up to the tick. A wheel belongs to one shard and is
// guarded by its lock.
type wheel struct {
	now   int64 // in ticks
	slots [wheelLevels][64]timer
	full  [wheelLevels]uint64 // which slots hold anything
	count int
}

const (
	tick        = 4 * time.Millisecond
	wheelLevels = 6 // 4 ms, 256 ms, 16 s, 17 min, 19 h, 50 days per slot: longer than a process lives
)

// timer is one entry; the zero value is stopped.
type timer struct {
	next, prev *timer
	at         int64 // in ticks
	level, idx uint8
	owner      interface{ expire() }
}

func (t *timer) running() bool { return t.next != nil }

// set starts or moves a timer to a moment counted from the start of the stack.
func (w *wheel) set(t *timer, at time.Duration) {
	w.stop(t)
	t.at = max(int64((at+tick-1)/tick), w.now+1)
	w.insert(t)
	w.count++
}

func (w *wheel) insert(t *timer) {
	level := 0
	for d := uint64(t.at ^ w.now); level < wheelLevels-1 && d >= 1<<(6*(level+1)); level++ {
	}
	idx := t.at >> (6 * level) & 63
	head := &w.slots[level][idx]
	if head.next == nil {
		head.next, head.prev = head, head
	}
	t.level, t.idx = uint8(level), uint8(idx)
	t.prev, t.next = head.prev, head
	head.prev.next = t
	head.prev = t
	w.full[level] |= 1 << idx
}

func (w *wheel) remove(t *timer) {
	t.prev.next, t.next.prev = t.next, t.prev
	t.next, t.prev = nil, nil
	if head := &w.slots[t.level][t.idx]; head.next == head {
		w.full[t.level] &^= 1 << t.idx
	}
}

func (w *wheel) stop(t *timer) {
	if t.running() {
		w.remove(t)
		w.count--
	}
}

// next is the earliest moment at which advance has something to do; false when no timer runs.
func (w *wheel) next() (time.Duration, bool) {
	for level := range wheelLevels {
		pos := uint(w.now>>(6*level)) & 63
		if ahead := w.full[level] >> pos >> 1; ahead != 0 {
			slot := int64(pos) + 1 + int64(bits.TrailingZeros64(ahead))
			base := w.now >> (6 * (level + 1)) << (6 * (level + 1))
			return time.Duration(base+slot<<(6*level)) * tick, true
		}
	}
	return 0, false
}

// advance moves to a moment and calls expire of every timer that is due, in order of slots.
func (w *wheel) advance(to time.Duration) {
	end := int64(to / tick)
	for w.now < end {
		at, ok := w.next()
		if step := int64(at / tick); !ok || step > end {
			w.now = end
			return
		} else {
			w.now = step
		}
		for level := wheelLevels - 1; level >= 0; level-- {
			idx := w.now >> (6 * level) & 63
			if level > 0 && w.now&(1<<(6*level)-1) != 0 {
				continue
			}
			if w.full[level]&(1<<idx) == 0 {
				continue
			}
			head := &w.slots[level][idx]
			for t := head.next; t != head; t = head.next {
				w.remove(t)
				if t.at > w.now {
					w.insert(t)
				} else {
					w.count--
					t.owner.expire()
				}
			}
		}
	}
}
