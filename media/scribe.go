package media

import "sync"

// sheet is a page for a sink; with why, the last.
type sheet struct {
	recorder *recorder
	page     *page // may be none with the last
	why      End

	capture *Capture // in place of a recorder
	last    bool     // … with the last
}

// scribe writes what is recorded, for all sessions of an engine, so that no packet waits for a disk.
type scribe struct {
	engine *Engine
	done   chan struct{}
	wake   chan struct{}

	mu      sync.Mutex // taken after a session's lock, never before
	waiting []sheet
}

func newScribe(e *Engine) *scribe {
	return &scribe{engine: e, done: make(chan struct{}), wake: make(chan struct{}, 1)}
}

// post never waits; each recorder bounds how much it has here.
func (c *scribe) post(s sheet) {
	c.mu.Lock()
	c.waiting = append(c.waiting, s)
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// run writes until the engine closes, and then what is left.
func (c *scribe) run() {
	var work []sheet
	failed := map[*recorder]error{}
	for open := true; open; {
		select {
		case <-c.wake:
		case <-c.done:
			open = false
		}
		c.mu.Lock()
		work, c.waiting = c.waiting, work[:0]
		c.mu.Unlock()
		for _, s := range work {
			c.write(s, failed)
		}
		clear(work)
	}
}

// write gives one page to its sink, the page back to its recorder, and after the last one the news to whoever watches.
func (c *scribe) write(s sheet, failed map[*recorder]error) {
	if s.capture != nil {
		s.capture.write(s)
		return
	}
	r := s.recorder
	if s.page != nil && s.page.n > 0 && failed[r] == nil {
		if _, err := r.Sink.Write(s.page.data[:s.page.n]); err != nil {
			failed[r] = err
			c.engine.config.Log.Error("media: a recording cannot be written", "error", err)
			r.session.mu.Lock()
			if r.session.record == r {
				r.session.endRecord(EndSink)
			}
			r.session.mu.Unlock()
		}
	}
	r.session.mu.Lock()
	if s.page != nil {
		s.page.n = 0
		r.free = append(r.free, s.page)
	}
	tell := r.session.watch
	r.session.mu.Unlock()
	if s.why == 0 {
		return
	}
	err := failed[r]
	delete(failed, r)
	if tell != nil {
		if err != nil {
			s.why = EndSink
		}
		told := &Recorded{End: s.why, Rate: r.Rate, Size: r.keep, Length: r.length(r.keep), Level: r.level, Err: err}
		tell(Event{Kind: EventRecorded, Tag: r.Tag, Recorded: told})
	}
}
