package sip

import (
	"slices"

	"tandem/call"
	"tandem/pbx"
	"tandem/sip/stack"
)

// onInDialog handles a request that names a dialog by its To tag. The tag is 80 random bits that only the far side was told, so
// it stands for the digest that the INVITE was made with.
func (s *Server) onInDialog(tx *stack.ServerTx) {
	req := tx.Request
	if req.Method == stack.MethodSubscribe {
		if n := s.events.find(dialogKey{req.CallID(), req.To().Tag()}); n != nil && n.dialog.remote.Tag() == req.From().Tag() {
			n.onRefresh(tx)
			return
		}
	}
	l := s.legOf(dialogKey{req.CallID(), req.To().Tag()})
	if l == nil || !l.isFrom(req) {
		if req.Method == stack.MethodInvite || !slices.Contains(ofDialogs, req.Method) {
			s.onUnoffered(tx) // strangers are asked who they are before they learn that there is no such dialog
			return
		}
		_ = tx.ReplyStateless(stack.NewResponse(req, 481, ""))
		return
	}
	if !l.mayAsk(req) {
		_ = tx.ReplyStateless(stack.NewResponse(req, 403, ""))
		return
	}
	switch req.Method {
	case stack.MethodSubscribe, stack.MethodMessage, stack.MethodPublish, stack.MethodNotify:
		s.onUnoffered(tx) // asks for the digest first
		return
	}
	if seq, _ := req.CSeq(); !l.dialog.isNext(seq) {
		s.answer(tx, 500, "CSeq Out Of Order")
		return
	}
	l.follow(req)
	switch req.Method {
	case stack.MethodInvite:
		l.onReinvite(tx)
	case stack.MethodUpdate:
		l.onReinvite(tx)
	case stack.MethodBye:
		l.onBye(tx)
	case stack.MethodInfo:
		l.onInfo(tx)
	case stack.MethodPrack:
		l.onPrack(tx)
	case stack.MethodRefer:
		l.onRefer(tx)
	case stack.MethodOptions:
		s.onOptions(tx)
	default:
		s.answer(tx, 405, "")
	}
}

// ofDialogs are the methods that mean nothing outside a dialog.
var ofDialogs = []string{stack.MethodBye, stack.MethodInfo, stack.MethodUpdate, stack.MethodPrack, stack.MethodOptions, stack.MethodInvite}

// isFrom reports whether the request comes from the far side of this dialog: the From tag is that of the confirmed dialog, or of
// an early one while nothing is confirmed.
func (l *leg) isFrom(req *stack.Message) bool {
	tag := req.From().Tag()
	if confirmed := l.dialog.remote.Tag(); confirmed != "" || !l.outgoing {
		return tag == confirmed
	}
	for i := range l.early {
		if l.early[i].tag == tag {
			return true
		}
	}
	return false
}

// onBye ends a leg from the far side (RFC 3261 §15.1.2).
func (l *leg) onBye(tx *stack.ServerTx) {
	l.s.answer(tx, 200, "")
	cause := pbx.CauseHangup
	switch {
	case l.phase == phaseUp:
	case !l.outgoing && l.phase == phaseCalling: // a caller may end an early dialog with BYE; the INVITE needs its answer all the same
		cause = pbx.CauseCancelled
		l.s.respond(l.invite, stack.NewResponse(l.invite.Request, 487, ""))
	case !l.outgoing && l.phase == phaseAnswered:
		cause = pbx.CauseCancelled
	default: // a called phone must not do this before it has answered
		cause = pbx.CauseFailed
		l.cancel(cause)
	}
	l.over(cause, plain(tx.Request.Get(stack.HeaderReason), 128))
	l.byeOnAck = ""
	l.s.forget(l)
}

// onInfo reads keys. Other bodies are refused by name; an empty INFO only asks whether we are there (RFC 2976 §2.2).
func (l *leg) onInfo(tx *stack.ServerTx) {
	req := tx.Request
	digit, known := digitOf(req)
	switch {
	case known:
		l.s.answer(tx, 200, "")
		if digit != 0 && l.phase == phaseUp {
			l.signal(call.Signal{Kind: call.SignalDigit, Digit: digit})
		}
	case len(req.Body) == 0 && req.Get("Info-Package") == "":
		l.s.answer(tx, 200, "")
	case req.Get("Info-Package") != "":
		m := stack.NewResponse(req, 469, "Bad Info Package")
		m.Set("Recv-Info", "")
		l.s.respond(tx, m)
	default:
		m := stack.NewResponse(req, 415, "")
		m.Set(stack.HeaderAccept, "application/dtmf-relay, application/dtmf")
		l.s.respond(tx, m)
	}
}
