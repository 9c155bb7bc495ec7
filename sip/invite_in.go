package sip

import (
	"time"

	"tandem/call"
	"tandem/pbx"
	"tandem/sip/stack"
)

// newIncoming takes an INVITE as a leg (RFC 3261 §13.3), or answers it finally and returns nil. It comes from a device or
// over a trunk; contact is our Contact over a flow.
func (s *Server) newIncoming(tx *stack.ServerTx, device pbx.DeviceID, trunk *uplink, contact func(stack.Flow) string) *leg {
	req := tx.Request
	if p := stack.Hops(req); p != nil {
		s.answer(tx, p.Status, p.Text)
		return nil
	}
	if !req.Contact().URI.IsSIP() {
		s.answer(tx, 400, "Contact Missing")
		return nil
	}
	if isTooBrief(req) {
		m := stack.NewResponse(req, 422, "")
		m.Set(stack.HeaderMinSE, itoa(sessionMinimum))
		s.respond(tx, m)
		return nil
	}
	l := &leg{s: s, id: pbx.LegID(s.cfg.NewID("leg")), device: device, trunk: trunk, dialog: answeringDialog(req), invite: tx,
		canUpdate: req.Has(stack.HeaderAllow, stack.MethodUpdate), timer: acceptTimer(req), remoteSDP: sdpOf(req)}
	l.flow = req.Flow
	if l.flow.Transport == stack.UDP {
		l.flow = wayTo(l.dialog.target, l.flow)
	}
	l.key = dialogKey{l.dialog.callID, l.dialog.local.Tag()}
	l.dialog.contact = contact(l.flow)
	l.reliable.required = req.Has(stack.HeaderRequire, "100rel")
	tx.Data = l
	if !s.remember(l) {
		s.answer(tx, 503, "")
		return nil
	}
	return l
}

// onInvite begins a leg from a device. It has proven who it is.
func (s *Server) onInvite(tx *stack.ServerTx, c Credential) {
	if _, has := tx.Request.Lookup(stack.HeaderReplaces); has {
		s.onInviteReplacing(tx, c)
		return
	}
	s.begin(tx, c, "")
}

// begin makes the leg and announces it; replaces is the leg whose place it wants to take.
func (s *Server) begin(tx *stack.ServerTx, c Credential, replaces pbx.LegID) {
	req := tx.Request
	l := s.newIncoming(tx, c.Device, nil, func(f stack.Flow) string { return s.contact(f, req.URI.Scheme) })
	if l == nil {
		return
	}
	s.cfg.Incoming(call.Incoming{
		Leg: l.id,
		Actor: pbx.Actor{Kind: pbx.ActorDevice, User: c.User, Device: c.Device, Addr: req.Flow.Remote.Addr().Unmap().String(), Via: "sip",
			Request: plain(l.key.callID, 64)},
		Dialled:  dialled(req.URI),
		Offer:    l.remoteSDP,
		Secure:   req.Flow.Secure(),
		Source:   req.Flow.Remote,
		Agent:    plain(req.Get(stack.HeaderUserAgent), 128),
		Replaces: replaces,
	})
}

// dialled is what the caller entered. The user part may hold semicolons and escapes; it is read once and never as a URI again.
func dialled(u stack.URI) string { return u.UserText() }

// progress sends a provisional answer.
func (l *leg) progress(status int, sdp []byte) {
	if l.outgoing || l.phase != phaseCalling {
		return
	}
	if status <= 100 || status > 199 {
		status = 180
	}
	m := l.answer(status, "")
	m.SetBody(sdpType, sdp)
	if len(sdp) > 0 {
		l.localSDP = sdp
	}
	if l.reliable.required {
		l.sendReliably(m)
		return
	}
	l.s.respond(l.invite, m)
}

// answer begins a response to the INVITE with what every response of a dialog carries.
func (l *leg) answer(status int, reason string) *stack.Message {
	m := stack.NewResponse(l.invite.Request, status, reason)
	m.Set(stack.HeaderContact, l.dialog.contact)
	for r := range l.invite.Request.Lines(stack.HeaderRecordRoute) {
		m.Add(stack.HeaderRecordRoute, r)
	}
	return m
}

// accept sends the 200; the stack repeats it until the ACK (RFC 3261 §13.3.1.4).
func (l *leg) accept(sdp []byte) {
	if l.outgoing || l.phase != phaseCalling {
		return
	}
	if l.reliable.isOpen() { // RFC 3262 §3: first the PRACK of an answer that carried the description
		l.reliable.then = func() { l.accept(sdp) }
		return
	}
	m := l.answer(200, "")
	m.Set(stack.HeaderAllow, allow)
	m.Set(stack.HeaderSupported, supported)
	l.timer.write(m, l.invite.Request)
	m.SetBody(sdpType, sdp)
	if len(sdp) > 0 {
		l.localSDP = sdp
	}
	l.phase = phaseAnswered
	l.s.respond(l.invite, m)
}

// refuse answers finally without a call.
func (l *leg) refuse(cause pbx.Cause, text string) {
	if l.outgoing || l.phase != phaseCalling {
		return
	}
	a := answerFor(cause)
	m := stack.NewResponse(l.invite.Request, a.status, phraseFrom(text, a.reason))
	if text != "" {
		m.Set(stack.HeaderWarning, warning(text))
	}
	if reason := reasonFor(a, text); reason != "" {
		m.Set(stack.HeaderReason, reason)
	}
	if a.status == 503 {
		m.Set(stack.HeaderRetryAfter, "10")
	}
	l.fail(cause, a.status, "")
	l.s.respond(l.invite, m)
	l.s.forget(l)
}

// deflect answers with where else the call goes. Only a carrier is told that; it finds the number at its own address.
func (l *leg) deflect(number string) {
	if l.trunk == nil {
		l.refuse(pbx.CauseDeflected, "")
		return
	}
	if l.outgoing || l.phase != phaseCalling {
		return
	}
	m := stack.NewResponse(l.invite.Request, 302, "")
	m.Set(stack.HeaderContact, "<"+stack.URI{Scheme: "sip", User: stack.EscapeUser(number), Host: l.trunk.Domain}.String()+">")
	l.fail(pbx.CauseDeflected, 302, "")
	l.s.respond(l.invite, m)
	l.s.forget(l)
}

// onAck handles the first ACK of a 2xx of ours.
func (s *Server) onAck(tx *stack.ServerTx, ack *stack.Message) {
	l, ok := tx.Data.(*leg)
	if !ok {
		return
	}
	if tx != l.invite {
		l.reinviteAcked(ack)
		return
	}
	l.follow(ack)
	switch {
	case l.byeOnAck != "":
		l.bye(l.byeOnAck)
		l.byeOnAck = ""
	case l.phase == phaseAnswered:
		sdp := sdpOf(ack)
		late := len(l.remoteSDP) == 0
		if late {
			l.remoteSDP = sdp
		}
		if late && sdp == nil { // we offered, and the caller did not answer (RFC 3264 §4)
			l.over(pbx.CauseNoCodec, "ACK without SDP")
			l.bye(pbx.CauseNoCodec)
			return
		}
		if !late {
			sdp = nil
		}
		l.up(call.Signal{SDP: sdp})
	}
	l.invite = nil // the packet can go
}

// onUnacked handles a 2xx that nobody acknowledged (RFC 3261 §13.3.1.4).
func (s *Server) onUnacked(tx *stack.ServerTx) {
	l, ok := tx.Data.(*leg)
	if !ok || s.legOf(l.key) != l {
		return // the far side has said goodbye meanwhile
	}
	l.over(pbx.CauseTimeout, "no ACK")
	l.bye(pbx.CauseTimeout)
}

// onCancel handles a caller who gives up (RFC 3261 §9.2). The stack has answered the CANCEL and knows that it was in time.
func (s *Server) onCancel(tx *stack.ServerTx, cancel *stack.Message) {
	l, ok := tx.Data.(*leg)
	if w, is := tx.Data.(*waiting); is {
		w.cancelled = true
	}
	if !ok {
		_ = tx.Respond(stack.NewResponse(tx.Request, 487, ""))
		return
	}
	if tx != l.invite { // a re-INVITE was withdrawn
		l.refuseOffer(487)
		return
	}
	if l.phase != phaseCalling {
		return
	}
	l.fail(pbx.CauseCancelled, 487, plain(cancel.Get(stack.HeaderReason), 128))
	s.respond(tx, stack.NewResponse(tx.Request, 487, ""))
	s.forget(l)
}

// graceTime is how long a talking phone may be without a connection.
const graceTime = 32 * time.Second
