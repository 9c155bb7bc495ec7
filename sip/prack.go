package sip

import (
	"strconv"
	"strings"
	"time"

	"tandem/pbx"
	"tandem/sip/stack"
)

// acknowledge answers a reliable provisional response with PRACK (RFC 3262 §4). It is false for repetitions and for those that
// arrive before their predecessor; the far side sends them again.
func (l *leg) acknowledge(e *early, resp *stack.Message) bool {
	n, err := strconv.ParseUint(strings.TrimSpace(resp.Get(stack.HeaderRSeq)), 10, 32)
	if err != nil || n == 0 {
		return true // not reliable after all
	}
	rseq := uint32(n)
	if e.rseq != 0 && rseq != e.rseq+1 {
		return false
	}
	e.rseq = rseq
	e.dialog.localSeq = max(e.dialog.localSeq, l.dialog.localSeq)
	m := e.dialog.request(stack.MethodPrack)
	m.Set(stack.HeaderRAck, itoa(int(rseq))+" "+itoa(int(l.inviteSeq))+" "+stack.MethodInvite)
	if l.trunk != nil { // a carrier that asked for a proof of the call may want it here too
		l.show(m)
	}
	l.s.stack.Request(l.flow, m, func(*stack.Message) {})
	return true
}

// reliableOut is our side of reliable provisional answers, for callers that demand them (Require: 100rel).
type reliableOut struct {
	required bool
	rseq     uint32
	waiting  []*stack.Message // the first is out and waits for its PRACK
	pause    time.Duration
	began    time.Time
	alarm    alarm
	then     func() // what waits until all are acknowledged
}

func (r *reliableOut) isOpen() bool { return len(r.waiting) > 0 }

// sendReliably sends one provisional answer at a time (RFC 3262 §3).
func (l *leg) sendReliably(m *stack.Message) {
	r := &l.reliable
	if r.rseq == 0 {
		r.rseq = 1 + uint32(time.Now().UnixNano()&0xffff) // RFC 3262 §3: not always the same
	} else {
		r.rseq++
	}
	m.Set(stack.HeaderRequire, "100rel")
	m.Set(stack.HeaderRSeq, itoa(int(r.rseq)))
	if len(r.waiting) >= 8 {
		return
	}
	r.waiting = append(r.waiting, m)
	if len(r.waiting) == 1 {
		l.beginReliable()
	}
}

func (l *leg) beginReliable() {
	r := &l.reliable
	r.pause, r.began = l.s.t1, time.Now()
	l.repeatReliable()
}

func (l *leg) repeatReliable() {
	r := &l.reliable
	if l.phase != phaseCalling || !r.isOpen() {
		return
	}
	if time.Since(r.began) >= 64*l.s.t1 { // RFC 3262 §3: the caller is gone
		l.refuse(pbx.CauseTimeout, "")
		return
	}
	l.s.respond(l.invite, r.waiting[0])
	l.after(&r.alarm, r.pause, l.repeatReliable)
	r.pause *= 2
}

// onPrack matches a PRACK with what waits for it (RFC 3262 §3).
func (l *leg) onPrack(tx *stack.ServerTx) {
	r := &l.reliable
	rack := strings.Fields(tx.Request.Get(stack.HeaderRAck))
	if l.outgoing || l.invite == nil || !r.isOpen() || len(rack) != 3 || rack[0] != r.waiting[0].Get(stack.HeaderRSeq) {
		l.s.answer(tx, 481, "")
		return
	}
	if n, _ := l.invite.Request.CSeq(); rack[1] != itoa(int(n)) || rack[2] != stack.MethodInvite {
		l.s.answer(tx, 481, "")
		return
	}
	l.cancelAlarm(&r.alarm)
	if sdp := sdpOf(tx.Request); sdp != nil && len(l.remoteSDP) == 0 {
		l.remoteSDP = sdp
	}
	l.s.answer(tx, 200, "")
	r.waiting = r.waiting[1:]
	if r.isOpen() {
		l.beginReliable()
		return
	}
	if then := r.then; then != nil {
		r.then = nil
		then()
	}
}
