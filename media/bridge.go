package media

// Bridge lets sound flow between two sessions, as far as their flows allow, and ends the bridges they had before.
// A session that is bridged with itself hears itself.
// A session that has not learned its far side's address yet gets a new probation window, because a phone often
// begins to send only when the call is answered. What the house plays to them ends, and they leave the room they are in. Closed sessions are not bridged.
func (e *Engine) Bridge(a, b *Session) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if a.gone() || b.gone() || a.peer == b {
		return
	}
	if a == b {
		e.part(a)
		a.translate(a.join(a))
		return
	}
	e.part(a)
	e.part(b)
	fromA, fromB := a.join(b), b.join(a)
	a.translate(fromB)
	b.translate(fromA)
}

// Unbridge stops the sound between the session and its peer.
func (e *Engine) Unbridge(s *Session) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.part(s)
}

// part ends the bridge of a session. The engine's lock is held, which also guards reading peer here.
func (e *Engine) part(s *Session) {
	if p := s.peer; p != nil {
		p.join(nil)
		s.join(nil) // once more when it heard itself, which changes nothing
	}
}

// join sets the peer, and returns the formats the far side sends.
func (s *Session) join(peer *Session) []Format {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.peer = peer
	s.table = noTable
	s.stream.follow = false
	if peer != nil {
		s.hushed()
		s.rise()
	}
	now := s.engine.now()
	if peer != nil && !s.rtp.locked && s.web == nil {
		s.probe(now)
	}
	s.arrange(now)
	return s.local
}

func (s *Session) gone() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}
