package sip

import (
	"strconv"

	"tandem/call"
	"tandem/pbx"
	"tandem/sip/stack"
)

// referral is a REFER that goes its way, and the subscription that it made (RFC 3515). A leg has one at a time.
type referral struct {
	tx     *stack.ServerTx // until it is answered
	seq    uint32          // names the subscription when a phone sends several
	silent bool            // the phone wants to hear nothing of it (RFC 4488)
	open   bool
}

// sipfrag is the type of what tells how it goes (RFC 3420).
const sipfrag = "message/sipfrag;version=2.0"

// onRefer handles a phone that wants its other side to be sent on. Its tags stand for the digest that the dialog was made with; who
// the user is, and whether he may, is for the switchboard.
func (l *leg) onRefer(tx *stack.ServerTx) {
	req, r := tx.Request, &l.referral
	seq, _ := req.CSeq()
	values := req.Addrs(stack.HeaderReferTo)
	switch {
	case l.phase != phaseUp, r.tx != nil, r.open:
		l.s.answer(tx, 491, "")
		return
	case len(values) != 1: // RFC 3515 §2.4.2
		l.s.answer(tx, 400, "One Refer-To")
		return
	case !values[0].URI.IsSIP():
		l.s.answer(tx, 416, "")
		return
	}
	if method, ok := values[0].URI.Params.Get("method"); ok && method != stack.MethodInvite {
		l.s.answer(tx, 603, "")
		return
	}
	*r = referral{tx: tx, seq: seq, silent: req.Get("Refer-Sub") == "false"}
	with, has, ok := replacesIn(values[0].URI)
	switch {
	case !has:
		l.signal(call.Signal{Kind: call.SignalReferred, Refer: call.Refer{Dialled: dialled(values[0].URI)}})
	case !ok:
		l.report(call.Progress{Cause: pbx.CauseGone})
	default: // RFC 5589 §7
		l.s.replaced(l.key.callID, with, func(id pbx.LegID, _ bool) {
			if id == "" {
				l.report(call.Progress{Cause: pbx.CauseGone})
				return
			}
			l.signal(call.Signal{Kind: call.SignalReferred, Refer: call.Refer{Into: id}})
		})
	}
}

// Report answers SignalReferred and then tells how it goes.
func (s *Server) Report(id pbx.LegID, how call.Progress) { s.do(id, func(l *leg) { l.report(how) }) }

func (l *leg) report(how call.Progress) {
	r := &l.referral
	status, reason := how.Status, stack.ReasonPhrase(how.Status)
	if how.Cause != "" {
		a := answerFor(how.Cause)
		status, reason = a.status, phraseFrom(how.Text, a.reason)
	}
	if tx := r.tx; tx != nil {
		r.tx = nil
		m := stack.NewResponse(tx.Request, status, reason)
		if status >= 300 {
			if how.Text != "" {
				m.Set(stack.HeaderWarning, warning(how.Text))
			}
			l.s.respond(tx, m)
			return
		}
		m = stack.NewResponse(tx.Request, 202, "")
		m.Set(stack.HeaderContact, l.dialog.contact)
		if r.silent {
			m.Set("Refer-Sub", "false")
		}
		l.s.respond(tx, m)
		r.open = true
		status, reason = 100, "Trying" // RFC 3515 §2.4.4: the first comes at once
	}
	if !r.open {
		return
	}
	r.open = status < 200
	if !r.silent {
		l.notify(status, reason)
	}
}

// notify sends one report; the last ends the subscription. A phone that does not want it keeps its call all the same.
func (l *leg) notify(status int, reason string) {
	m := l.dialog.request(stack.MethodNotify)
	m.Set(stack.HeaderContact, l.dialog.contact)
	m.Set(stack.HeaderEvent, "refer;id="+strconv.FormatUint(uint64(l.referral.seq), 10))
	state := "active;expires=120"
	if status >= 200 {
		state = "terminated;reason=noresource"
	}
	m.Set(stack.HeaderSubscriptionState, state)
	m.SetBody(sipfrag, []byte("SIP/2.0 "+itoa(status)+" "+reason+"\r\n"))
	l.s.stack.Request(l.way(), m, func(*stack.Message) {})
}

// endReferral answers a REFER that nobody will answer any more, because the leg is over.
func (l *leg) endReferral() {
	if tx := l.referral.tx; tx != nil {
		l.referral.tx = nil
		l.s.answer(tx, 481, "")
	}
}
