package sip

import (
	"errors"
	"slices"

	"tandem/call"
	"tandem/pbx"
	"tandem/sip/stack"
)

// early is an early dialog: one per To tag of the provisional answers (RFC 3261 §12.1).
type early struct {
	tag    string
	dialog dialog
	rseq   uint32 // last reliable provisional answer (RFC 3262 §4)
	sdp    []byte
}

// errNoOffer refuses an outgoing leg without a description: whoever bridges two legs has one.
var errNoOffer = errors.New("sip: an outgoing leg needs an offer")

// errClosed refuses legs of a server that is stopping.
var errClosed = errors.New("sip: the server is stopping")

// Dial rings one binding or calls a number over a trunk. After a nil error exactly one SignalFailed or SignalEnded will come for the leg, even when the binding
// is gone by now.
func (s *Server) Dial(inv call.Invite) error {
	if len(inv.Offer) == 0 {
		return errNoOffer
	}
	if inv.Trunk != "" {
		return s.dialTrunk(inv)
	}
	l := &leg{s: s, id: inv.Leg, outgoing: true, device: inv.Binding.Device, binding: inv.Binding.ID, localSDP: inv.Offer,
		call: inv.Call, number: inv.To.Number}
	l.key = dialogKey{stack.NewToken() + stack.NewToken(), stack.NewToken()}
	b, ok := s.registrar.find(inv.Binding.ID)
	if ok = ok && (b.flow.Secure() || !inv.Binding.Secure); ok { // what is offered may hold keys, for a way that was encrypted when it was chosen
		l.flow = b.flow
		l.address(b, inv)
		if inv.Answer {
			l.answers = inv.Binding.Agent + " "
		}
	}
	if !s.remember(l) {
		return errClosed
	}
	s.stack.Do(l.key.callID, func() {
		if !ok || !l.flow.Alive() {
			l.fail(pbx.CauseOffline, 0, "not registered")
			s.forget(l)
			return
		}
		if l.phase == phaseCalling {
			l.sendInvite(inv.From, sessionInterval, sessionMinimum)
		}
	})
	return nil
}

// address makes the dialog's ends. The phone sees the caller's name and number at this house, never an address of his.
func (l *leg) address(b reachable, inv call.Invite) {
	host, _ := l.s.stack.SentBy(l.flow)
	if public := l.s.public(); public != "" {
		host = public
	}
	target := b.uri
	target.Headers = ""
	l.dialog = dialog{callID: l.key.callID, target: target, localSeq: 0,
		local:  party(inv.From, host).WithTag(l.key.localTag),
		remote: party(inv.To, host)}
	if l.dialog.remote.URI.User == "" {
		l.dialog.remote.URI.User = target.User
	}
	l.dialog.contact = l.s.contact(l.flow, target.Scheme)
}

// party is a person as an address of this house. Without a number it is anonymous (RFC 3323 §4.1).
func party(p pbx.Party, host string) stack.NameAddr {
	a := stack.NameAddr{URI: stack.URI{Scheme: "sip", User: stack.EscapeUser(p.Number), Host: host}}
	if p.Name != "" {
		a.Display = stack.Quote(p.Name)
	}
	return a
}

// sendInvite sends the INVITE, the second time with a longer interval after a 422 (RFC 4028 §7.4).
func (l *leg) sendInvite(from pbx.Party, interval, least uint32) {
	if l.dialog.local.URI.User == "" {
		l.dialog.local.URI = stack.URI{Scheme: "sip", User: "anonymous", Host: "anonymous.invalid"}
	}
	m := l.dialog.request(stack.MethodInvite)
	m.Set(stack.HeaderSupported, supported)
	l.inviteSeq = l.dialog.localSeq
	if from.Number != "" {
		asserted := l.dialog.local
		asserted.Params = ""
		m.Set("P-Asserted-Identity", asserted.String())
	} else {
		m.Set("Privacy", "id")
	}
	if l.trunk != nil {
		l.trunkInvite(m, from)
	}
	m.Set(stack.HeaderSessionExpires, itoa(int(interval)))
	m.Set(stack.HeaderMinSE, itoa(int(least)))
	if l.answers != "" {
		autoAnswer(m, l.answers)
	}
	m.SetBody(sdpType, l.localSDP)
	l.timer.seconds = interval
	l.client = l.s.stack.Request(l.flow, m, func(resp *stack.Message) {
		switch seq, _ := resp.CSeq(); {
		case seq == l.inviteSeq:
			l.onResponse(resp, from)
		case resp.Status/100 == 2 && l.trunk != nil:
			l.stray(resp, seq)
		}
	})
}

// onResponse handles an answer to our INVITE.
func (l *leg) onResponse(resp *stack.Message, from pbx.Party) {
	if l.trunk != nil && l.trunkAnswered(resp, from) {
		return
	}
	switch {
	case resp.Status == 100:
	case resp.Status < 200:
		l.provisional(resp)
	case resp.Status < 300:
		l.accepted(resp)
	case l.phase == phaseOver: // 487 to our CANCEL, mostly
		l.s.forget(l)
	case l.phase != phaseCalling:
	case resp.Status == 422 && !l.tried422:
		l.tried422 = true
		least := minSE(resp)
		l.sendInvite(from, max(sessionInterval, least), least)
	default:
		l.failed(resp, from)
	}
}

// failed reads a final refusal. A phone that redirects or challenges is one that does not take the call.
func (l *leg) failed(resp *stack.Message, from pbx.Party) {
	if l.trunk != nil && l.trunkFailed(resp, from) {
		return
	}
	cause := causeOf(resp.Status)
	if l.trunk != nil {
		cause = carrierCause(resp.Status)
	}
	if resp.Local { // silence, or a dead connection
		cause = pbx.CauseOffline
		if resp.Status == 408 && l.rang != 0 {
			cause = pbx.CauseTimeout
		}
	}
	if l.trunk == nil && !l.flow.Alive() {
		l.s.registrar.unbind(l.binding)
	}
	l.fail(cause, resp.Status, plain(resp.Reason, 128))
	l.s.forget(l)
}

// provisional handles 101–199, each To tag by itself.
func (l *leg) provisional(resp *stack.Message) {
	if l.phase != phaseCalling {
		return
	}
	sdp := sdpOf(resp)
	if tag := resp.To().Tag(); tag != "" {
		e := l.earlyDialog(tag, resp)
		if e == nil {
			return // more forks than any phone has
		}
		if resp.Has(stack.HeaderRequire, "100rel") && !l.acknowledge(e, resp) {
			return // repeated, or out of order
		}
		if sdp != nil {
			e.sdp = sdp
		}
	}
	switch {
	case sdp != nil:
		l.signal(call.Signal{Kind: call.SignalProgress, Status: resp.Status, SDP: sdp})
		l.rang = resp.Status
	case resp.Status != l.rang:
		l.rang = resp.Status
		l.signal(call.Signal{Kind: call.SignalRang, Status: resp.Status})
	}
}

// maxEarly bounds the early dialogs of one INVITE; a phone has one, a proxy in front of phones a handful.
const maxEarly = 16

func (l *leg) earlyDialog(tag string, resp *stack.Message) *early {
	for i := range l.early {
		if l.early[i].tag == tag {
			l.early[i].dialog.refreshTarget(resp)
			return &l.early[i]
		}
	}
	if len(l.early) == maxEarly {
		return nil
	}
	d := l.dialog.answered(resp)
	l.early = append(l.early, early{tag: d.remote.Tag(), dialog: d})
	return &l.early[len(l.early)-1]
}

// accepted handles a 2xx. The first makes the dialog, and its ACK waits for Confirm; a repeated one gets its ACK again; another tag is a fork that lost
// (RFC 3261 §13.2.2.4) and is hung up at once, as is a phone that answered after we had given up.
func (l *leg) accepted(resp *stack.Message) {
	tag := resp.To().Tag()
	if confirmed := l.dialog.remote.Tag(); confirmed != "" && tag == confirmed {
		if !l.unacked || l.phase != phaseUp {
			l.sendAck(&l.dialog, l.inviteSeq)
		}
		return
	}
	d, sdp := l.dialog.answered(resp), sdpOf(resp)
	for i := range l.early {
		if l.early[i].tag == tag {
			d.localSeq = max(d.localSeq, l.early[i].dialog.localSeq)
			if sdp == nil {
				sdp = l.early[i].sdp // the answer came in a reliable provisional response (RFC 3262 §5)
			}
		}
	}
	if l.dialog.remote.Tag() != "" {
		l.lostFork(d)
		return
	}
	l.dialog, l.early = d, nil
	if l.flow.Transport == stack.UDP && len(d.routes) == 0 {
		l.s.moveLeg(l, wayTo(d.target, resp.Flow))
	}
	l.unacked = true
	if l.phase != phaseCalling { // it crossed our CANCEL
		l.bye(pbx.CauseCancelled)
		return
	}
	l.canUpdate = resp.Has(stack.HeaderAllow, stack.MethodUpdate)
	l.timer = agreedTimer(resp, l.timer.seconds)
	l.remoteSDP = sdp
	if sdp == nil {
		l.over(pbx.CauseNoCodec, "200 without SDP")
		l.bye(pbx.CauseNoCodec)
		return
	}
	l.up(call.Signal{Status: resp.Status, SDP: sdp})
}

// confirm acknowledges the phone's 200, once.
func (l *leg) confirm() {
	if !l.unacked {
		return
	}
	l.unacked = false
	l.sendAck(&l.dialog, l.inviteSeq)
	l.nextOffer()
}

// lostFork hangs up another phone that answered the same INVITE; its repeated 2xx only gets the ACK again.
func (l *leg) lostFork(d dialog) {
	l.sendAck(&d, l.inviteSeq)
	tag := d.remote.Tag()
	if slices.Contains(l.forks, tag) || len(l.forks) == maxEarly {
		return
	}
	l.forks = append(l.forks, tag)
	m := d.request(stack.MethodBye)
	m.Set(stack.HeaderReason, reasonElsewhere)
	l.s.stack.Request(l.flow, m, func(*stack.Message) {})
}

// cancel gives up an INVITE that has no final answer yet. If a 200 crosses the CANCEL, accepted hangs up.
func (l *leg) cancel(cause pbx.Cause) {
	if l.client == nil {
		l.s.forget(l)
		return
	}
	if cause == pbx.CauseElsewhere {
		l.client.Cancel(stack.Header{Name: stack.HeaderReason, Value: reasonElsewhere})
		return
	}
	l.client.Cancel()
}
