package sip

import (
	"bytes"
	"time"

	"tandem/call"
	"tandem/pbx"
	"tandem/sip/stack"
)

// phase is how far a leg is.
type phase uint8

const (
	phaseCalling  phase = iota // no final answer yet
	phaseAnswered              // incoming: our 2xx is out and waits for its ACK
	phaseUp                    // established
	phaseOver                  // the switchboard has been told; what is left is manners
)

// leg is one side of a call: an INVITE dialog with one phone. Everything in it belongs to the worker of its Call-ID, which runs
// the stack's callbacks, our timers and the switchboard's wishes one after the other; so it needs no lock, and signals leave in
// the order of the wire.
type leg struct {
	s        *Server
	id       pbx.LegID
	key      dialogKey
	device   pbx.DeviceID
	guest    *Guest // of a visitor
	outgoing bool
	call     pbx.CallID // of an outgoing leg: the call it rings for …
	number   string     // … and the number of the person it rings at
	phase    phase
	dialog   dialog
	flow     stack.Flow // way to the phone; changes when the phone comes back from elsewhere

	// incoming
	invite   *stack.ServerTx
	reliable reliableOut // provisional answers that want a PRACK

	// outgoing
	client    *stack.ClientTx
	inviteSeq uint32
	early     []early
	forks     []string // To tags of other phones that answered too
	binding   pbx.BindingID
	trunk     *uplink
	proof     proof
	shown     stack.Header // the proof in the INVITE; its ACK carries it too (RFC 3261 §22.1)
	proved    bool
	answers   string // non-empty: its phone, of this make, is to answer by itself
	rang      int    // last provisional status that was reported
	onward    string // over a trunk: the number of the office that the call came for before it was sent on
	moves     int    // over a trunk: to how many places it was sent beside the first
	tried422  bool   // the interval was corrected once (RFC 4028 §7.4)

	// both, once up
	localSDP  []byte // what we said last that was accepted or is offered
	remoteSDP []byte
	canUpdate bool // far side's Allow names UPDATE
	reinvite  reinvite
	referral  referral
	timer     sessionTimer
	alarm     alarm
	byeOnAck  pbx.Cause // hang up as soon as the ACK is here
	unacked   bool      // the phone's 200 to our INVITE waits for Confirm
}

// alarm is a timer on the worker of a leg. Setting it again forgets the time before.
type alarm struct {
	stop  func()
	epoch uint64
}

func (l *leg) after(a *alarm, d time.Duration, f func()) {
	l.cancelAlarm(a)
	epoch := a.epoch
	a.stop = l.s.stack.After(l.key.callID, d, func() {
		if a.epoch == epoch {
			a.stop = nil
			f()
		}
	})
}

func (l *leg) cancelAlarm(a *alarm) {
	a.epoch++
	if a.stop != nil {
		a.stop()
		a.stop = nil
	}
}

// signal reports to the switchboard. After the end nothing is reported.
func (l *leg) signal(g call.Signal) {
	if l.phase == phaseOver {
		return
	}
	g.Leg = l.id
	l.s.cfg.Signal(g)
}

// end reports the end once and stops everything that waits. It sends nothing.
func (l *leg) end(kind call.SignalKind, cause pbx.Cause, status int, reason string) {
	if l.phase == phaseOver {
		return
	}
	l.signal(call.Signal{Kind: kind, Cause: cause, Status: status, Reason: reason})
	l.phase = phaseOver
	l.cancelAlarm(&l.alarm)
	l.cancelAlarm(&l.reliable.alarm)
	l.cancelAlarm(&l.reinvite.alarm)
	l.cancelAlarm(&l.reinvite.patience)
	l.refuseOffer(487)
	l.endReferral()
	l.s.forgetID(l)
	if l.guest != nil {
		l.guest.End()
	}
}

// fail ends a leg that never came up, over ends an established one.
func (l *leg) fail(cause pbx.Cause, status int, reason string) {
	l.end(call.SignalFailed, cause, status, reason)
}

func (l *leg) over(cause pbx.Cause, reason string) {
	kind := call.SignalEnded
	if l.phase != phaseUp {
		kind = call.SignalFailed
	}
	l.end(kind, cause, 0, reason)
}

// bye says goodbye and forgets the dialog when the far side has answered or cannot.
func (l *leg) bye(cause pbx.Cause) {
	l.confirm()
	m := l.dialog.request(stack.MethodBye)
	if cause == pbx.CauseElsewhere {
		m.Set(stack.HeaderReason, reasonElsewhere)
	} else if a, ok := answers[cause]; ok && cause != pbx.CauseHangup {
		m.Set(stack.HeaderReason, "SIP;cause="+itoa(a.status)+";text="+stack.Quote(a.reason))
	}
	l.ask(m, func(resp *stack.Message) {
		if resp.Status >= 200 {
			l.s.forget(l)
		}
	})
}

// way is the flow to the phone. When its connection is gone and the phone has registered again, requests follow it there.
func (l *leg) way() stack.Flow {
	if !l.flow.Alive() && l.trunk != nil {
		if f, up := l.trunk.way(); up {
			l.s.moveLeg(l, f)
		}
	} else if !l.flow.Alive() {
		if f, ok := l.s.registrar.flowOf(l.device); ok {
			l.s.moveLeg(l, f)
		}
	}
	return l.flow
}

// follow notes where the far side speaks from now. Only requests that carry both tags of the dialog get here.
func (l *leg) follow(req *stack.Message) {
	f := req.Flow
	if f.Transport == stack.UDP {
		f = wayTo(l.dialog.target, f)
	}
	if f != l.flow {
		l.s.moveLeg(l, f)
	}
}

// flowLost handles a connection that is gone. A leg that still rings is over; a talking one gets time to come back, because
// sound flows without signalling (RFC 5626 §4.4).
func (l *leg) flowLost(f stack.Flow) {
	if l.phase == phaseOver {
		l.s.forget(l)
		return
	}
	if l.flow != f {
		return
	}
	switch {
	case l.phase == phaseUp && l.guest != nil: // he cannot come back
		l.over(pbx.CauseHangup, "connection lost")
		l.s.forget(l)
		return
	case l.phase == phaseUp:
	case l.outgoing:
		l.fail(pbx.CauseOffline, 0, "connection lost")
		l.cancel(pbx.CauseOffline) // nobody will hear it, but the transaction ends in time
		return
	default:
		waiting := l.phase == phaseCalling
		l.fail(pbx.CauseCancelled, 0, "connection lost")
		if waiting {
			l.s.respond(l.invite, stack.NewResponse(l.invite.Request, 487, ""))
		}
		l.s.forget(l)
		return
	}
	var grace alarm
	l.after(&grace, l.s.grace, func() {
		if l.phase == phaseUp && !l.way().Alive() {
			l.over(pbx.CauseTimeout, "connection lost")
			l.s.forget(l)
		}
	})
}

// hangup ends the leg as its phase asks (RFC 3261 §15).
func (l *leg) hangup(cause pbx.Cause) {
	switch l.phase {
	case phaseCalling:
		if l.outgoing {
			l.fail(cause, 0, "")
			l.cancel(cause)
		} else {
			l.refuse(cause, "")
		}
	case phaseAnswered: // BYE has to wait for the ACK (RFC 3261 §15)
		l.byeOnAck = cause
		l.fail(cause, 0, "")
	case phaseUp:
		l.over(cause, "")
		l.bye(cause)
	}
}

// up makes the leg an established one.
func (l *leg) up(g call.Signal) {
	l.phase = phaseUp
	l.armTimer()
	g.Kind = call.SignalAnswered
	l.signal(g)
	l.nextOffer()
}

// sdpOf is the description a message carries, or nil. The bytes are the packet's own and are not changed by anybody.
func sdpOf(m *stack.Message) []byte {
	if len(m.Body) == 0 || m.ContentType() != sdpType {
		return nil
	}
	return m.Body
}

func sameSDP(a, b []byte) bool { return len(a) > 0 && bytes.Equal(a, b) }
