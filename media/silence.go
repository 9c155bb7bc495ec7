package media

import "time"

// silence watches a far side that should send (RT-09). Its timer only looks at the clock when it fires,
// so packets cost no timer work.
type silence struct {
	timer *time.Timer
	on    bool
	told  bool
	since time.Duration // last packet, or when it began to be due
}

// arm starts or stops the watch as the session's state asks. The session's lock is held.
func (s *Session) arm(now time.Duration) {
	w := &s.silence
	limit := s.engine.config.Silence
	w.on = !s.closed && (s.peer != nil || s.house) && s.receives && limit > 0
	w.told, w.since = false, now
	switch {
	case !w.on:
		w.stop()
	case w.timer == nil:
		w.timer = time.AfterFunc(limit, s.hearken)
	default:
		w.timer.Reset(limit)
	}
}

func (w *silence) stop() {
	w.on = false
	if w.timer != nil {
		w.timer.Stop()
	}
}

// heard notes an accepted packet.
func (s *Session) heard(now time.Duration) {
	w := &s.silence
	w.since = now
	if w.told && w.on {
		w.told = false
		w.timer.Reset(s.engine.config.Silence)
	}
}

// hearken runs when the timer fires.
func (s *Session) hearken() {
	s.mu.Lock()
	w := &s.silence
	if !w.on || w.told {
		s.mu.Unlock()
		return
	}
	if left := w.since + s.engine.config.Silence - s.engine.now(); left > 0 {
		w.timer.Reset(left)
		s.mu.Unlock()
		return
	}
	w.told = true
	tell := s.watch
	s.mu.Unlock()
	if tell != nil {
		tell(Event{Kind: EventSilence})
	}
}
