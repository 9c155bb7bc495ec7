package sip

import (
	"tandem/pbx"
	"tandem/sip/stack"
)

// Progress sends 180 or 183 on an incoming leg, with early media when there is SDP.
func (s *Server) Progress(id pbx.LegID, status int, sdp []byte) {
	s.do(id, func(l *leg) { l.progress(status, sdp) })
}

// Accept answers an incoming leg. SignalAnswered follows when the caller has acknowledged.
func (s *Server) Accept(id pbx.LegID, sdp []byte) { s.do(id, func(l *leg) { l.accept(sdp) }) }

// Confirm acknowledges the answer of an outgoing leg, of which SignalAnswered told. Until then its phone repeats the answer, for 32 seconds at most
// (RFC 3261 §13.3.1.4). On any other leg it does nothing.
func (s *Server) Confirm(id pbx.LegID) { s.do(id, (*leg).confirm) }

// Refuse answers an incoming leg finally; the text is for the person who called. SignalFailed follows with the same cause.
func (s *Server) Refuse(id pbx.LegID, cause pbx.Cause, text string) {
	s.do(id, func(l *leg) { l.refuse(cause, text) })
}

// Deflect asks the carrier of an incoming leg to send the call to another number by itself (RFC 3261 §21.3.3). SignalFailed follows.
func (s *Server) Deflect(id pbx.LegID, number string) {
	s.do(id, func(l *leg) { l.deflect(number) })
}

// Hangup ends a leg as its state asks: a refusal, CANCEL, BYE, or nothing. SignalFailed or SignalEnded follows with the same cause.
func (s *Server) Hangup(id pbx.LegID, cause pbx.Cause) { s.do(id, func(l *leg) { l.hangup(cause) }) }

// Offer sends a re-INVITE on an established leg, as soon as nothing else is under way. SignalReplied follows.
func (s *Server) Offer(id pbx.LegID, sdp []byte) { s.do(id, func(l *leg) { l.offer(sdp) }) }

// Reply answers SignalOffered: 200 with SDP, or a refusal that leaves the session as it was. When the far side had sent no offer,
// the SDP is ours, and SignalReplied brings the answer.
func (s *Server) Reply(id pbx.LegID, status int, sdp []byte) {
	s.do(id, func(l *leg) { l.reply(status, sdp) })
}

// do runs something on the worker of a leg; an unknown leg is ignored, because it may have ended a moment ago.
func (s *Server) do(id pbx.LegID, f func(*leg)) {
	s.mu.Lock()
	l := s.legs[id]
	s.mu.Unlock()
	if l != nil {
		s.stack.Do(l.key.callID, func() { f(l) })
	}
}

// remember makes a leg findable; false when the server is stopping.
func (s *Server) remember(l *leg) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.legs[l.id] = l
	s.dialogs[l.key] = l
	s.enter(l)
	return true
}

func (s *Server) enter(l *leg) {
	set := s.byFlow[l.flow]
	if set == nil {
		set = map[*leg]struct{}{}
		s.byFlow[l.flow] = set
	}
	set[l] = struct{}{}
}

func (s *Server) leave(l *leg) {
	if set := s.byFlow[l.flow]; set != nil {
		delete(set, l)
		if len(set) == 0 {
			delete(s.byFlow, l.flow)
		}
	}
}

// moveLeg notes that the phone is reached another way from now on. A leg that began encrypted never moves into the clear: descriptions carry the
// keys of its sound (RT-04).
func (s *Server) moveLeg(l *leg, f stack.Flow) {
	if l.flow.Secure() && !f.Secure() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leave(l)
	l.flow = f
	if s.dialogs[l.key] == l {
		s.enter(l)
	}
}

// moveCalls lets the calls of a device follow it to the way it registered by just now.
func (s *Server) moveCalls(device pbx.DeviceID, from, to stack.Flow) {
	for _, l := range s.legsBy(from) {
		if l.device == device {
			s.stack.Do(l.key.callID, func() {
				if l.flow == from {
					s.moveLeg(l, to)
				}
			})
		}
	}
}

// legsBy lists the legs that are reached over a flow.
func (s *Server) legsBy(f stack.Flow) []*leg {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]*leg, 0, len(s.byFlow[f]))
	for l := range s.byFlow[f] {
		list = append(list, l)
	}
	return list
}

// legOf finds the leg of a dialog; nil when there is none.
func (s *Server) legOf(k dialogKey) *leg {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dialogs[k]
}

// forgetID makes a leg unknown to the switchboard while its last messages are still under way.
func (s *Server) forgetID(l *leg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.legs, l.id)
}

// forget drops the dialog.
func (s *Server) forget(l *leg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.legs, l.id)
	delete(s.dialogs, l.key)
	s.leave(l)
	if s.idle != nil && len(s.dialogs) == 0 {
		close(s.idle)
		s.idle = nil
	}
}
