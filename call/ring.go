package call

import (
	"slices"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
)

// start begins the first attempt, or tells why there is none. A plan without one and without words is not started by the shell.
func (m *machine) start() {
	if m.Phase != Placing {
		return
	}
	if m.barred.cause != "" {
		m.refuseAloud()
		return
	}
	m.Phase = Routing
	m.do(Emit{Kind: event.CallStarted})
	if m.home == nil {
		m.do(Show{})
	}
	m.onPlan(m.home, refusal{})
}

// next begins the attempt after the one that failed with the given cause; after the last, the call goes on to where the
// plan's rules send it for that cause, or ends with it.
func (m *machine) next(cause pbx.Cause) {
	m.Early, m.decision = 0, decision{}
	final := m.isFinal(cause)
	for !final && m.Attempt+1 < len(m.Rings) {
		m.Attempt++
		dialled := false
		for i := range m.Legs {
			if l := &m.Legs[i]; i > 0 && l.Attempt == m.Attempt {
				dialled = true
				if l.Trunk != "" {
					l.State = LegUnpaid
					m.do(AskAllowance{l.ID})
					continue
				}
				l.State = LegDialled
				m.do(Dial{l.ID})
			}
		}
		if dialled {
			m.Phase = Ringing
			m.wait(RingTimer, m.Rings[m.Attempt])
			return
		}
	}
	if q, ok := m.service.(queued); ok {
		q.unanswered(m)
		return
	}
	if m.Then != nil {
		if to := m.Then.After(cause); !to.IsZero() {
			m.goOn(to, m.Then.Owner, cause)
			return
		}
	}
	if cause == pbx.CauseDenied && m.unpaid.cause != "" && m.isOutward() {
		m.turnAwayUnpaid()
		return
	}
	m.dismiss(cause, m.blame(cause), m.verdict(cause))
}

// isOutward reports whether the running attempt goes over a trunk, and rings no phone of the house beside.
func (m *machine) isOutward() bool {
	on := func(trunk bool) bool {
		return slices.ContainsFunc(m.Legs[1:], func(l Leg) bool { return l.Attempt == m.Attempt && (l.Trunk != "") == trunk })
	}
	return on(true) && !on(false)
}

// isFinal reports whether a cause is the answer of the called person, and not of a carrier who could not reach him: then no other
// line is tried (BAR CR-10).
func (m *machine) isFinal(cause pbx.Cause) bool { return m.isOutward() && !isCarriers(cause) }

func isCarriers(cause pbx.Cause) bool {
	switch cause {
	case pbx.CauseOffline, pbx.CauseTimeout, pbx.CauseOverload, pbx.CauseFailed, pbx.CauseInsecure:
		return true
	}
	return false
}

// verdict is the sentence about a call that reached nobody.
func (m *machine) verdict(cause pbx.Cause) i18n.Text {
	switch {
	case !m.isOutward():
	case isCarriers(cause):
		return i18n.T("call.no_line", "number", m.To.Number)
	case cause == pbx.CauseUnknown:
		return i18n.T("call.number_unknown", "number", m.To.Number)
	}
	return sentence(cause, m.To, m.ringTime())
}

// blame names the person behind a refusal that a person pronounced.
func (m *machine) blame(cause pbx.Cause) pbx.Party {
	if cause == pbx.CauseDeclined {
		for _, l := range m.Legs[1:] {
			if l.Cause == cause {
				return l.Party
			}
		}
	}
	return pbx.Party{}
}

// ringing counts the legs of the running attempt that may still answer.
func (m *machine) ringing() (n int) {
	for i := range m.Legs {
		if i > 0 && (m.Legs[i].isPending() || m.Legs[i].State == LegUnpaid) {
			n++
		}
	}
	return n
}

func (m *machine) rang(i int) {
	l := &m.Legs[i]
	if m.Phase != Ringing || i == 0 || l.State != LegDialled {
		return
	}
	l.State, l.Rang = LegRinging, true
	m.do(Emit{Kind: event.CallRang, Leg: l.ID})
	if m.Sender > 0 {
		m.report(m.Sender, Report{Status: statusRings})
	}
	if !m.Told && m.Legs[0].State != LegUp {
		m.Told = true
		m.do(Ringback{m.Legs[0].ID})
	}
}

// progressed lets the caller hear a phone that rings alone. Of several at once he hears none: they would differ.
func (m *machine) progressed(i int, fault pbx.Cause) {
	l := &m.Legs[i]
	if m.Phase != Ringing || i == 0 || !l.isPending() {
		return
	}
	if fault != "" || l.Screen || m.ringing() > 1 || m.Legs[0].State == LegUp {
		m.rang(i)
		return
	}
	if l.State == LegDialled {
		l.State, l.Rang = LegRinging, true
		m.do(Emit{Kind: event.CallRang, Leg: l.ID})
	}
	if m.Early == 0 {
		m.Early, m.Told = i, true
		m.do(Early{m.Legs[0].ID, l.ID})
	}
}

// pickedUp ends the ringing: the first answer wins.
func (m *machine) pickedUp(i int, in Answered) {
	l := &m.Legs[i]
	if in.Fault != "" {
		l.State, l.Cause = LegOver, in.Fault
		m.do(Hangup{l.ID, in.Fault})
		m.refused(i)
		return
	}
	l.Codec, l.Secure = in.Codec, in.Secure
	m.takes(i)
}

// takes gives the call to a leg that was picked up; all others are told that it was taken elsewhere.
func (m *machine) takes(i int) {
	l := &m.Legs[i]
	l.State = LegUp
	m.Callee = i
	m.decision = decision{}
	for j := range m.Legs {
		if j > 0 && j != i {
			m.cancel(j, pbx.CauseElsewhere)
		}
	}
	if m.IsSummons() {
		m.summoned(i)
		return
	}
	if m.Legs[0].State == LegUp {
		m.connected(i)
		return
	}
	m.Phase = Answering
	m.do(Accept{m.Legs[0].ID, l.ID})
	m.do(Emit{Kind: event.CallAnswered, Leg: l.ID})
	m.do(Show{})
	m.wait(ConfirmTimer, ConfirmTime)
}

// confirmed is the ACK of the caller, or of a leg that came. It carries his session when his INVITE had none.
func (m *machine) confirmed(i int, in Answered) {
	c := &m.Legs[i]
	if in.Fault != "" {
		m.end(in.Fault, pbx.Party{}, sentence(in.Fault, c.Party, 0))
		return
	}
	c.State = LegUp
	if in.Codec != "" {
		c.Codec, c.Secure = in.Codec, in.Secure
	}
	if m.service != nil {
		m.Phase = Housed
		m.serve(begun{})
		return
	}
	m.Phase = Talking
	m.wait(NoTimer, 0)
	if c.Came {
		m.join()
	}
}

// refused looks at what is left after a phone dropped out. A person who declines on one phone
// declines on all of his; a busy phone does not speak for the others.
func (m *machine) refused(i int) {
	if m.Early == i {
		m.Early = 0
	}
	if l := m.Legs[i]; l.Cause == pbx.CauseDeclined {
		for j := range m.Legs {
			if j > 0 && m.Legs[j].Party == l.Party {
				m.cancel(j, pbx.CauseDeclined)
			}
		}
	}
	if m.ringing() == 0 {
		m.next(m.outcome())
	}
}

// rungOut ends an attempt that nobody answered. If no phone so much as rang, they are not reachable any more.
func (m *machine) rungOut() {
	cause := pbx.CauseTimeout
	for i := range m.Legs {
		if l := &m.Legs[i]; i > 0 && l.Attempt == m.Attempt && (l.Rang || l.State == LegAsked) {
			cause = pbx.CauseNoAnswer
		}
	}
	if m.lingers(cause) {
		return
	}
	for i := range m.Legs {
		if i > 0 {
			m.cancel(i, cause)
		}
	}
	m.next(cause)
}

// cancel stops a leg that may still answer.
func (m *machine) cancel(i int, cause pbx.Cause) {
	l := &m.Legs[i]
	if l.State == LegUnpaid { // nobody was called
		l.State, l.Cause = LegOver, cause
		return
	}
	if !l.isPending() {
		return
	}
	l.State, l.Cause = LegStopping, cause
	m.do(Hangup{l.ID, cause})
}

// telling orders the causes of failed phones by how much they tell the caller (after RFC 3261 §16.7).
var telling = [...]pbx.Cause{
	pbx.CauseDeclined, pbx.CauseBusy, pbx.CauseNoAnswer, pbx.CauseUnknown, pbx.CauseNoCodec, pbx.CauseInsecure, pbx.CauseDenied,
	pbx.CauseOverload, pbx.CauseFailed, pbx.CauseTimeout, pbx.CauseOffline,
}

// outcome is the cause of the running attempt as a whole.
func (m *machine) outcome() pbx.Cause {
	for _, c := range telling {
		for _, l := range m.Legs[1:] {
			if l.Attempt == m.Attempt && l.Cause == c {
				return c
			}
		}
	}
	return pbx.CauseFailed
}
