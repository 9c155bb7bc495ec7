package sip

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"tandem/call"
	"tandem/pbx"
	"tandem/sip/stack"
)

// reinvite is what goes on about the session of an established leg. At most one offer is under way (RFC 3261 §14.1, RFC 3311 §5.1).
type reinvite struct {
	asked    *stack.ServerTx // far side's request that the switchboard has not answered
	unacked  bool            // our 200 to a re-INVITE waits for its ACK
	offered  bool            // and it carried an offer, so that the ACK carries the answer
	sent     bool            // our own request is under way
	seq      uint32          // and has this number
	next     []byte          // our next offer, the latest wish of the switchboard
	attempts int             // refusals with 491 in a row
	alarm    alarm
	patience alarm // until our own request is withdrawn
}

// offerTime is how long a phone may think about an offer; nobody has to be asked for it.
const offerTime = 32 * time.Second

func (r *reinvite) isBusy() bool { return r.asked != nil || r.unacked || r.sent }

// maxGlare bounds how often an offer is repeated after 491.
const maxGlare = 6

// onReinvite handles a re-INVITE or an UPDATE of the far side.
func (l *leg) onReinvite(tx *stack.ServerTx) {
	req := tx.Request
	r := &l.reinvite
	sdp := sdpOf(req)
	switch {
	case isTooBrief(req):
		m := stack.NewResponse(req, 422, "")
		m.Set(stack.HeaderMinSE, itoa(sessionMinimum))
		l.s.respond(tx, m)
		return
	case req.Method == stack.MethodUpdate && sdp == nil: // a refresh of the session or of the target only (RFC 3311 §5.2)
		l.agree(tx, nil)
		return
	case l.phase != phaseUp: // the first offer has no answer yet
		l.later(tx)
		return
	case r.sent:
		l.s.answer(tx, 491, "")
		return
	case r.isBusy():
		l.later(tx)
		return
	}
	tx.Data = l
	r.asked = tx
	if sameSDP(sdp, l.remoteSDP) && len(l.localSDP) > 0 { // a refresh in the form of an old offer: nothing to decide
		l.reply(200, l.localSDP)
		return
	}
	l.signal(call.Signal{Kind: call.SignalOffered, SDP: sdp, Empty: sdp == nil})
}

// later asks the far side to try again in some seconds (RFC 3261 §14.2).
func (l *leg) later(tx *stack.ServerTx) {
	m := stack.NewResponse(tx.Request, 500, "One Offer At A Time")
	m.Set(stack.HeaderRetryAfter, strconv.Itoa(1+rand.IntN(9)))
	l.s.respond(tx, m)
}

// reply is the switchboard's answer to SignalOffered.
func (l *leg) reply(status int, sdp []byte) {
	r := &l.reinvite
	tx := r.asked
	if tx == nil {
		return
	}
	if status >= 300 {
		l.refuseOffer(status)
		return
	}
	r.asked = nil
	offer := sdpOf(tx.Request)
	if offer != nil {
		l.remoteSDP = offer
	}
	l.localSDP = sdp
	if tx.Request.Method == stack.MethodInvite {
		r.unacked, r.offered = true, offer == nil
	}
	l.agree(tx, sdp)
}

// refuseOffer answers a waiting re-INVITE or UPDATE with no; the session goes on as it was.
func (l *leg) refuseOffer(status int) {
	tx := l.reinvite.asked
	if tx == nil {
		return
	}
	l.reinvite.asked = nil
	l.s.answer(tx, status, "")
	l.nextOffer()
}

// agree sends the 200 to a re-INVITE or UPDATE; both may change target and session timer.
func (l *leg) agree(tx *stack.ServerTx, sdp []byte) {
	req := tx.Request
	l.dialog.refreshTarget(req)
	l.follow(req)
	m := stack.NewResponse(req, 200, "")
	m.Set(stack.HeaderContact, l.dialog.contact)
	m.Set(stack.HeaderAllow, allow)
	m.Set(stack.HeaderSupported, supportedInDialog)
	l.timer = acceptTimer(req)
	l.timer.write(m, req)
	m.SetBody(sdpType, sdp)
	l.s.respond(tx, m)
	if l.phase == phaseUp {
		l.armTimer()
	}
}

// reinviteAcked handles the ACK of our 200 to a re-INVITE. When the offer was ours, it brings the answer.
func (l *leg) reinviteAcked(ack *stack.Message) {
	r := &l.reinvite
	if !r.unacked {
		return
	}
	r.unacked = false
	if r.offered {
		sdp := sdpOf(ack)
		if sdp != nil {
			l.remoteSDP = sdp
		}
		l.signal(call.Signal{Kind: call.SignalReplied, Status: 200, SDP: sdp})
	}
	l.nextOffer()
}

// offer asks for another session; while something else is under way it waits, and only the latest wish is sent.
func (l *leg) offer(sdp []byte) {
	if l.phase == phaseOver || len(sdp) == 0 {
		return
	}
	l.reinvite.next = sdp
	l.nextOffer()
}

// nextOffer sends the waiting offer when nothing is under way.
func (l *leg) nextOffer() {
	r := &l.reinvite
	if l.phase != phaseUp || l.unacked || r.isBusy() || r.next == nil || r.alarm.stop != nil {
		return
	}
	sdp := r.next
	r.next = nil
	l.sendOffer(sdp, true)
}

// sendOffer sends a re-INVITE. asked says that the switchboard wants to hear about it; a refresh of the session is our own affair.
func (l *leg) sendOffer(sdp []byte, asked bool) {
	r := &l.reinvite
	m := l.dialog.request(stack.MethodInvite)
	seq := l.dialog.localSeq
	r.sent, r.seq = true, seq
	l.wantTimer(m)
	m.SetBody(sdpType, sdp)
	tx := l.ask(m, func(resp *stack.Message) {
		if resp.Status < 200 {
			return
		}
		seq := seq
		if l.trunk != nil {
			seq, _ = resp.CSeq() // another one after a challenge
		}
		if resp.Status < 300 {
			l.sendAck(&l.dialog, seq)
		}
		if !r.sent || r.seq != seq || l.phase != phaseUp {
			return // a repeated 200
		}
		r.sent = false
		l.cancelAlarm(&r.patience)
		l.offerAnswered(resp, sdp, asked)
	})
	l.after(&r.patience, offerTime, tx.cancel)
}

// offerAnswered handles the final answer to our re-INVITE.
func (l *leg) offerAnswered(resp *stack.Message, sdp []byte, asked bool) {
	r := &l.reinvite
	switch {
	case resp.Status < 300:
		r.attempts = 0
		l.dialog.refreshTarget(resp)
		l.timer = agreedTimer(resp, l.timer.seconds)
		l.armTimer()
		l.localSDP = sdp
		answer := sdpOf(resp)
		changed := !sameSDP(answer, l.remoteSDP)
		if answer != nil {
			l.remoteSDP = answer
		}
		if asked || changed {
			l.signal(call.Signal{Kind: call.SignalReplied, Status: resp.Status, SDP: answer})
		}
	case (resp.Status == 491 || isLater(resp)) && r.attempts < maxGlare:
		r.attempts++
		if r.next == nil && asked {
			r.next = sdp
		}
		wait := l.backOff()
		if isLater(resp) {
			wait = retryAfter(resp)
		}
		l.after(&r.alarm, wait, func() {
			if !asked && r.next == nil {
				l.refresh()
				return
			}
			l.nextOffer()
		})
		return
	case resp.Status == 408 || resp.Status == 481 || resp.Local: // the dialog is no more (RFC 3261 §12.2.1.2)
		l.vanished(resp)
		return
	case resp.Status == 422:
		l.timer.seconds = max(l.timer.seconds, minSE(resp))
		if r.attempts++; r.attempts < maxGlare {
			l.sendOffer(sdp, asked)
			return
		}
		fallthrough
	default:
		r.attempts = 0
		if asked {
			l.signal(call.Signal{Kind: call.SignalReplied, Status: resp.Status, Reason: plain(resp.Reason, 128)})
		}
		if l.phase == phaseUp {
			l.armTimer()
		}
	}
	l.nextOffer()
}

// isLater reports whether a phone says that it is busy with an offer of its own (RFC 3261 §14.2).
func isLater(resp *stack.Message) bool {
	return resp.Status == 500 && resp.Get(stack.HeaderRetryAfter) != ""
}

// retryAfter is how long it wants to be left alone, ten seconds at most: that is what the RFC has it say.
func retryAfter(resp *stack.Message) time.Duration {
	seconds, _, _ := strings.Cut(resp.Get(stack.HeaderRetryAfter), ";")
	seconds, _, _ = strings.Cut(seconds, "(")
	n, err := strconv.Atoi(strings.TrimSpace(seconds))
	if err != nil || n < 0 {
		n = 1
	}
	return time.Duration(min(n, 10)) * time.Second
}

// backOff is how long to wait after two offers met: longer for the side that made the Call-ID, so that they do not meet again
// (RFC 3261 §14.1).
func (l *leg) backOff() time.Duration {
	if l.outgoing {
		return 2100*time.Millisecond + time.Duration(rand.IntN(191))*10*time.Millisecond
	}
	return time.Duration(rand.IntN(201)) * 10 * time.Millisecond
}

// vanished ends a leg whose far side does not know it any more or does not answer.
func (l *leg) vanished(resp *stack.Message) {
	l.over(pbx.CauseTimeout, plain(resp.Reason, 128))
	l.bye(pbx.CauseTimeout)
}
