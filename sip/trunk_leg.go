package sip

import (
	"strings"

	"tandem/call"
	"tandem/pbx"
	"tandem/sip/stack"
)

// dialTrunk calls a number over a trunk. A trunk that is down is refused at once, so that the next one can be tried.
func (s *Server) dialTrunk(inv call.Invite) error {
	l := &leg{s: s, id: inv.Leg, outgoing: true, trunk: s.trunk(inv.Trunk), localSDP: inv.Offer, onward: inv.Onward}
	l.key = dialogKey{stack.NewToken() + stack.NewToken(), stack.NewToken()}
	up := false
	if l.trunk != nil {
		if l.flow, up = l.trunk.way(); up {
			l.addressTrunk(inv)
		}
	}
	if !s.remember(l) {
		return errClosed
	}
	s.stack.Do(l.key.callID, func() {
		if !up {
			l.fail(pbx.CauseOffline, 0, "trunk is down")
			s.forget(l)
			return
		}
		if l.phase == phaseCalling {
			l.after(&l.alarm, l.trunk.Silence, func() { l.silent(inv.From) })
			l.sendInvite(inv.From, sessionInterval, sessionMinimum)
		}
	})
	return nil
}

// addressTrunk makes the dialog's ends. The carrier sees the number that the office shows for the caller, and no name.
func (l *leg) addressTrunk(inv call.Invite) {
	t := l.trunk
	from := stack.NameAddr{URI: stack.URI{Scheme: "sip", User: stack.EscapeUser(inv.From.Number), Host: t.Domain}}
	to := stack.URI{Scheme: "sip", User: stack.EscapeUser(inv.To.Number), Host: t.Domain}
	l.dialog = dialog{callID: l.key.callID, target: to, local: from.WithTag(l.key.localTag), remote: stack.NameAddr{URI: to}, contact: t.contact(l.flow)}
	if t.Account {
		l.dialog.local.URI.User = stack.EscapeUser(t.Username)
	}
}

// trunkInvite completes an INVITE for a carrier.
func (l *leg) trunkInvite(m *stack.Message, from pbx.Party) {
	if from.Number != "" {
		m.Set("P-Asserted-Identity", "<"+stack.URI{Scheme: "sip", User: stack.EscapeUser(from.Number), Host: l.trunk.Domain}.String()+">")
	}
	if l.onward != "" {
		l.sentOn(m)
	}
	l.show(m)
}

// sentOn tells the carrier for which number of the office the call came before it was sent on.
func (l *leg) sentOn(m *stack.Message) {
	came := stack.URI{Scheme: "sip", User: stack.EscapeUser(l.onward), Host: l.trunk.Domain}
	switch l.trunk.Onward {
	case pbx.OnwardDiversion: // RFC 5806
		m.Set("Diversion", "<"+came.String()+">;reason=unconditional;counter=1")
	case pbx.OnwardHistory: // RFC 7044; the cause is that of RFC 4458 §2.1
		to := l.dialog.target
		to.Params = stack.Params("cause=302")
		m.Set("History-Info", "<"+came.String()+">;index=1, <"+to.String()+">;index=1.1;mp=1")
	}
}

// show puts our proof into a request, where one was asked for.
func (l *leg) show(m *stack.Message) {
	if l.proof.nonce == "" {
		return
	}
	l.proof.prove(m, l.trunk.AuthName, l.trunk.Secret)
	if m.Method == stack.MethodInvite {
		name := stack.HeaderAuthorization
		if l.proof.proxy {
			name = stack.HeaderProxyAuthorization
		}
		l.shown = stack.Header{Name: name, Value: m.Get(name)}
	}
}

// trunkAnswered looks at an answer to our INVITE first: any one ends the wait for a sign of life, and a challenge is met once.
func (l *leg) trunkAnswered(resp *stack.Message, from pbx.Party) bool {
	if l.phase == phaseCalling {
		l.cancelAlarm(&l.alarm)
	}
	if l.phase != phaseCalling || !l.challenged(resp) {
		return false
	}
	l.sendInvite(from, l.timer.seconds, sessionMinimum)
	return true
}

// challenged takes a challenge in; false when it cannot be met, or was met before.
func (l *leg) challenged(resp *stack.Message) bool {
	if resp.Status != 401 && resp.Status != 407 || l.trunk == nil || l.trunk.Secret == "" {
		return false
	}
	p, ok := readChallenge(resp)
	if !ok || l.proved && p.nonce == l.proof.nonce {
		return false
	}
	if l.proved && !isStale(resp) {
		return false
	}
	l.proof, l.proved = p, true
	return true
}

// stray hangs up at a place that answered after the call had been sent elsewhere.
func (l *leg) stray(resp *stack.Message, seq uint32) {
	d := l.dialog.answered(resp)
	l.s.send(resp.Flow, d.ack(seq))
	d.localSeq = max(d.localSeq, seq)
	l.s.stack.Request(resp.Flow, d.request(stack.MethodBye), func(*stack.Message) {})
}

// isStale reports whether a challenge says that only its nonce was too old (RFC 7616 §3.3).
func isStale(resp *stack.Message) bool {
	for _, name := range [...]string{stack.HeaderWWWAuthenticate, stack.HeaderProxyAuthenticate} {
		for v := range resp.Lines(name) {
			if strings.Contains(strings.ReplaceAll(strings.ToLower(v), " ", ""), "stale=true") || strings.Contains(strings.ToLower(v), `stale="true"`) {
				return true
			}
		}
	}
	return false
}

// silent gives a place up that does not even say that it tries (CR-10).
func (l *leg) silent(from pbx.Party) {
	if l.phase != phaseCalling {
		return
	}
	old := l.client
	if l.elsewhere(from) {
		old.Cancel()
		return
	}
	l.s.stack.Do(l.trunk.callID, l.trunk.suspect)
	l.fail(pbx.CauseTimeout, 0, "no answer from the carrier")
	l.cancel(pbx.CauseTimeout)
}

// trunkFailed looks at a final refusal over a trunk. One that is out of order there, or is not there, is tried at the next place that DNS names
// (RFC 3263 §4.3); true when that is under way. Otherwise the line is told what a failed call says about it.
func (l *leg) trunkFailed(resp *stack.Message, from pbx.Party) bool {
	if (resp.Local || resp.Status == 503) && l.rang == 0 && l.elsewhere(from) {
		return true
	}
	if resp.Local {
		l.s.stack.Do(l.trunk.callID, l.trunk.suspect)
	}
	return false
}

// elsewhere moves the line to the next place that DNS names, and the call after it; false where there is none, or the call has been
// sent to as many as it may be.
func (l *leg) elsewhere(from pbx.Party) bool {
	if l.moves++; l.moves >= maxMoves || !l.trunk.hasNext() {
		return false
	}
	l.client, l.inviteSeq, l.proof, l.proved = nil, 0, proof{}, false // what the old place says counts no more
	failed := l.flow
	l.after(&l.alarm, l.trunk.Silence, func() {
		if l.phase == phaseCalling {
			l.fail(pbx.CauseTimeout, 0, "no answer from the carrier")
			l.s.forget(l)
		}
	})
	l.s.stack.Do(l.trunk.callID, func() {
		l.trunk.moveFrom(failed, func(f stack.Flow) { l.s.stack.Do(l.key.callID, func() { l.sendAgain(f, from) }) })
	})
	return true
}

// maxMoves is to how many places one call is sent over one line.
const maxMoves = 3

// sendAgain sends the call to the place that the line moved to.
func (l *leg) sendAgain(f stack.Flow, from pbx.Party) {
	if l.phase != phaseCalling {
		return
	}
	l.s.moveLeg(l, f)
	l.dialog.contact, l.early = l.trunk.contact(f), nil
	l.after(&l.alarm, l.trunk.Silence, func() { l.silent(from) })
	l.sendInvite(from, sessionInterval, sessionMinimum)
}

// carrierCause reads the final status of a call over a trunk. What the called person says ends the call; what only the carrier says
// – it is full, out of order, or does not let us – leaves the next line to be tried (CR-10).
func carrierCause(status int) pbx.Cause {
	switch status {
	case 404, 410, 416, 484, 485, 604:
		return pbx.CauseUnknown
	case 401, 402, 403, 407:
		return pbx.CauseFailed
	}
	return causeOf(status)
}

// sendAck acknowledges a 2xx.
func (l *leg) sendAck(d *dialog, seq uint32) {
	m := d.ack(seq)
	if l.shown.Name != "" {
		m.Set(l.shown.Name, l.shown.Value)
	}
	l.s.send(l.flow, m)
}

// asking is a request inside a dialog that waits for its answer.
type asking struct{ tx *stack.ClientTx }

func (a *asking) cancel() { a.tx.Cancel() }

// ask sends a request inside the dialog. A carrier may want our proof again.
func (l *leg) ask(m *stack.Message, on func(*stack.Message)) *asking {
	a := &asking{}
	if l.trunk == nil {
		a.tx = l.s.stack.Request(l.way(), m, on)
		return a
	}
	l.show(m)
	l.proved = false
	a.tx = l.s.stack.Request(l.way(), m, func(resp *stack.Message) {
		if !l.challenged(resp) {
			on(resp)
			return
		}
		next := l.dialog.request(m.Method)
		for name, value := range m.Headers() {
			switch name {
			case stack.HeaderSessionExpires, stack.HeaderMinSE, stack.HeaderReason, stack.HeaderContentType:
				next.Set(name, value)
			}
		}
		next.SetBody(m.ContentType(), m.Body)
		if r := &l.reinvite; r.sent && m.Method == stack.MethodInvite {
			r.seq = l.dialog.localSeq
		}
		l.show(next)
		a.tx = l.s.stack.Request(l.way(), next, on)
	})
	return a
}
