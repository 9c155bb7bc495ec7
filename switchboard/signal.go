package switchboard

import (
	"tandem/call"
	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
)

// handle turns a message into an input of the machine: descriptions are read here, so that the machine sees only what they mean.
func (r *run) handle(m *message) {
	switch {
	case r.transit != nil && r.transit.concerns(m):
		r.transit.kept = append(r.transit.kept, m)
	case m.arrival != nil:
		r.arrived(m.arrival)
	case m.handover != nil:
		r.received(m.handover)
	case m.watch != nil:
		r.watched(m.watch)
	case m.order != nil:
		r.ordered(m.order, m.actor, m.talks)
	case m.stop != nil:
		r.stopper = m.actor
		r.step(*m.stop)
	case m.silent != "":
		r.step(call.Silent{Leg: m.silent})
	case m.recorded != nil:
		r.recorded(m.recorded, m.tag)
	case m.betrays != "":
		if i := r.state.Find(m.betrays); i >= 0 {
			r.step(call.Stop{Cause: pbx.CauseInsecure, Text: i18n.T("call.foreign_keys", "name", r.sides[i].record.Party.Name)})
		}
	case m.informed != 0:
		r.heard(m.informed)
	case m.taped != nil:
		r.tapeTime(m.taped)
	case m.alarm != nil:
		r.alarmed(m.alarm)
	case m.metered != nil:
		r.metered(m.metered)
	case m.near:
		r.warn()
	case m.warned:
		r.unwarn()
	case m.over != nil:
		if m.over.rule != "" {
			r.rule(i18n.T("toll.cut.limit", "name", m.over.rule))
		}
		r.cut(m.over.text)
	case len(m.seek) > 0:
		r.seek(m.seek)
	case len(m.recall) > 0:
		r.recall(m.recall, m.cause)
	case m.input != nil:
		if m.how != "" && r.stay != nil {
			r.stay.how = m.how
		}
		if k, ok := m.input.(call.Kept); ok && !k.OK && r.stay != nil {
			r.stay.keeps = false
		}
		if opened, ok := m.input.(call.Unlocked); ok && opened.OK {
			r.unlocked(opened, m.box)
		}
		if checked, ok := m.input.(call.PINChecked); ok && checked.OK {
			r.pinned = true
			r.b.pins.keep(r.typing)
		}
		r.told(m.input)
	case m.key != "":
		switch i := r.state.Find(m.key); {
		case i >= 0 && r.sides[i].shut:
			r.unshut(r.sides[i])
		case r.state.IsHoused() && r.state.Aside == 0 || r.state.IsAsked(m.key) || r.state.AsksConsent(): // otherwise the sound carries it
			r.step(call.Digit{Leg: m.key, Digit: m.signal.Digit})
		case i >= 0:
			if s := r.sides[i]; r.over != nil && r.isTalking(s) && r.peer(s).stream != nil { // … but not through a mixer
				r.peer(s).stream.Press(m.signal.Digit)
			}
			r.keyed(r.sides[i], i, m.signal.Digit)
		}
	default:
		if i := r.wired(m.signal.Leg); i >= 0 {
			r.signal(r.sides[i], i, m.signal)
		} else if other, ok := r.b.callWith(m.signal.Leg); ok && other != r { // the leg is in another call by now
			other.post(m)
		}
	}
}

// told takes in what the house, the store or another call tells.
func (r *run) told(in call.Input) {
	if h, ok := in.(call.Handed); ok {
		if r.transit == nil {
			return
		}
		if !h.OK && !r.transit.settle(withdrawn) {
			return
		}
		r.handed(h.OK)
	}
	if w, ok := in.(call.Watching); ok && w.Into != "" {
		r.into = w.Into
	}
	r.step(in)
}

func (r *run) signal(s *side, i int, sig call.Signal) {
	switch sig.Kind {
	case call.SignalRang:
		r.step(call.Rang{Leg: s.leg})
	case call.SignalProgress:
		r.step(call.Progressed{Leg: s.leg, Fault: r.progress(s, sig.SDP)})
	case call.SignalAnswered:
		r.answered(s, i, sig.SDP)
	case call.SignalFailed:
		if !r.again(s, i, sig) {
			r.step(call.Failed{Leg: s.leg, Cause: sig.Cause, Status: sig.Status})
		}
	case call.SignalEnded:
		r.step(call.Ended{Leg: s.leg, Cause: sig.Cause})
	case call.SignalOffered:
		r.offered(s, sig)
	case call.SignalReplied:
		r.replied(s, i, sig)
	case call.SignalReferred:
		if sig.Refer.Into != "" {
			r.merge(s, i, sig)
		} else {
			r.referred(s, i, sig)
		}
	case call.SignalDigit:
		if s.shut {
			r.unshut(s)
			return
		}
		r.step(call.Digit{Leg: s.leg, Digit: sig.Digit})
		r.keyed(s, i, sig.Digit)
	}
}

// progress reads early sound. A caller without an offer has nowhere to hear it.
func (r *run) progress(s *side, body []byte) pbx.Cause {
	if s.stream == nil || r.sides[0].asked == nil {
		return pbx.CauseNoCodec
	}
	if s.open {
		return ""
	}
	offered := s.offered
	fault := r.b.take(s, body)
	s.offered = offered // the final answer may repeat it
	return fault
}

// answered is a phone's final answer, the caller's confirmation, or the answer of a phone that had asked for an offer.
func (r *run) answered(s *side, i int, body []byte) {
	in := call.Answered{Leg: s.leg}
	reads := s.offered != nil && s.stream != nil && !r.stopping(i)
	switch {
	case reads && len(body) > 0:
		in.Fault = r.b.take(s, body)
	case reads && !s.open:
		in.Fault = pbx.CauseNoCodec // no early description, and none now
	}
	s.offered = nil
	if i == 0 && reads && in.Fault == "" && r.state.Callee == 0 {
		r.sound(s) // the house speaks at once
	}
	in.Codec, in.Secure, in.Hold = s.name, s.isEncrypted(), s.open && !s.theirs.Direction.Receives()
	confirms := r.state.Phase == call.Answering
	r.step(in)
	if confirms && r.state.Phase == call.Talking && r.isOneWay() {
		r.chime(media.Beep())
	}
	if reads && in.Fault == "" && (i == 0 || r.state.Phase == call.Talking) {
		r.sound(s)
		if i == 0 && r.state.Callee > 0 { // his description came with the confirmation only
			r.live.Secure = s.isEncrypted() && r.sides[r.state.Callee].isEncrypted()
			r.show()
		}
	}
}

// settled reports whether a side has a session that it may change.
func (r *run) settled(s *side) bool {
	return r.state.Phase == call.Talking || s == r.sides[0] && r.state.IsHoused()
}

func (r *run) stopping(i int) bool { return r.state.Legs[i].State >= call.LegStopping }

// again calls a phone a second time, without encryption, when it refused our encrypted offer and the office allows it.
func (r *run) again(s *side, i int, sig call.Signal) bool {
	l := &r.state.Legs[i]
	came := i == 0 || s.actor.Kind != pbx.ActorNobody || s.trunk != ""
	if came || !s.encrypt || s.retried || r.b.c.Encrypt || sig.Cause != pbx.CauseNoCodec && sig.Cause != pbx.CauseInsecure {
		return false
	}
	if l.State != call.LegDialled && l.State != call.LegRinging {
		return false
	}
	r.b.legs.Delete(s.wire)
	s.retried, s.wire, s.local, s.offered = true, pbx.LegID(newID("leg", r.now)), nil, nil
	if err := r.dial(s, false); err != nil {
		return false
	}
	return true
}

// offered reads a changed session; whether it concerns the other side is what the machine has to know.
func (r *run) offered(s *side, sig call.Signal) {
	in := call.Offered{Leg: s.leg, Empty: sig.Empty}
	s.empty = sig.Empty
	if !sig.Empty && s.stream != nil && r.settled(s) && !r.state.IsChanging() && s.offered == nil {
		before := s.asked
		in.Fault = r.b.read(s, sig.SDP)
		if s.asked == nil {
			s.asked = before
		} else {
			in.Hold = !s.asked.stream.Direction.Receives()
			in.Same = s.isSame()
		}
	}
	r.step(in)
}

// replied reads the answer to a changed session that we passed on.
func (r *run) replied(s *side, i int, sig call.Signal) {
	if sig.Status < 300 && r.settled(s) && s.offered != nil {
		if r.state.IsAsking(s.leg) || r.state.IsHoused() && r.state.Phase != call.Turning {
			r.answered(s, i, sig.SDP)
			return
		}
		fault := r.b.take(s, sig.SDP)
		s.offered = nil
		if fault == "" && r.state.Phase == call.Turning {
			r.sound(s)
		}
		r.step(call.Replied{Leg: s.leg, Status: sig.Status, Fault: fault})
		return
	}
	if sig.Status >= 300 {
		s.offered = nil
	}
	if sig.Status < 300 && s.offered == nil && len(sig.SDP) > 0 {
		r.refreshed(s, sig.SDP)
		return
	}
	r.step(call.Replied{Leg: s.leg, Status: sig.Status})
}

// refreshed takes in a changed answer to a session refresh, which the signalling side sends by itself with our last
// description. It can be a new address of the phone, which does not concern the other side.
func (r *run) refreshed(s *side, body []byte) {
	if !r.settled(s) || s.local == nil || s.stream == nil {
		return
	}
	s.offered = &offered{*s.local, s.ours, s.facing, s.theirs.Secure()}
	fault := r.b.take(s, body)
	s.offered = nil
	if fault == "" {
		r.sound(s)
	}
}
