package call

import (
	"slices"
	"time"

	"tandem/event"
	"tandem/pbx"
)

// Step moves a call on by one input. It is total: an input that means nothing in a phase changes nothing.
// The given State is not changed.
func Step(s State, in Input) (State, []Effect) {
	m := machine{State: s}
	m.Legs = slices.Clone(s.Legs)
	m.step(in)
	m.follow()
	return m.State, m.effects
}

// machine is a State being moved on.
type machine struct {
	State
	effects []Effect
}

func (m *machine) do(e Effect) {
	if m.effects == nil {
		m.effects = make([]Effect, 0, 6)
	}
	m.effects = append(m.effects, e)
}

func (m *machine) wait(t Timer, d time.Duration) {
	if m.timer == NoTimer && t == NoTimer {
		return
	}
	m.timer = t
	m.do(SetTimer{t, d})
}

func (m *machine) step(in Input) {
	switch in := in.(type) {
	case Start:
		m.start()
	case Rang:
		m.on(in.Leg, func(i int) { m.rang(i) })
	case Progressed:
		m.on(in.Leg, func(i int) { m.progressed(i, in.Fault) })
	case Answered:
		m.on(in.Leg, func(i int) { m.answered(i, in) })
	case Failed:
		m.on(in.Leg, func(i int) { m.gone(i, in.Cause, in.Status) })
	case Ended:
		m.on(in.Leg, func(i int) { m.gone(i, in.Cause, 0) })
	case Offered:
		m.on(in.Leg, func(i int) { m.offered(i, in) })
	case Replied:
		m.on(in.Leg, func(i int) { m.replied(i, in) })
	case Digit:
		m.on(in.Leg, func(i int) { m.digit(i, in.Digit) })
	case Silent:
		m.on(in.Leg, func(i int) { m.silent(i) })
	case Timeout:
		m.timeout(in.Timer)
	case Routed:
		m.routed(in)
	case Allowed:
		m.on(in.Leg, func(i int) { m.allowed(i, in) })
	case Played:
		m.played(in)
	case Recorded:
		m.recorded(in)
	case Box:
		m.answer(in)
	case Position:
		m.answer(in)
	case Choices:
		m.answer(in)
	case Carried:
		m.answer(in)
	case Unlocked:
		m.answer(in)
	case PINChecked:
		m.answer(in)
	case Done:
		m.answer(in)
	case Named:
		m.answer(in)
	case Meant:
		m.meant(in)
	case Waits:
		m.answer(in)
	case Back:
		m.answer(in)
	case Kept:
		m.answer(in)
	case Seek:
		m.answer(in)
	case Recall:
		if m.IsSummons() {
			m.recalled(in)
			return
		}
		m.answer(in)
	case Tell:
		m.answer(in)
	case Release:
		m.answer(in)
	case Watching:
		m.answer(in)
	case TurnWatch:
		m.answer(in)
	case Unwatched:
		m.answer(in)
	case Door:
		m.answer(in)
	case Opened:
		m.answer(in)
	case Muted:
		m.answer(in)
	case RoomSays:
		m.answer(in)
	case RoomTells:
		m.answer(in)
	case Around:
		m.answer(in)
	case Closed:
		m.answer(in)
	case Send:
		m.send(in)
	case Consult:
		m.consult(in)
	case Rejoin:
		m.rejoin(in)
	case Adopt:
		m.adopt(in)
	case Merge:
		m.merge(in)
	case Handed:
		m.handed(in)
	case Differs:
		m.on(in.Leg, func(i int) { m.differs(i) })
	case Considered:
		m.considered(in)
	case Informed:
		m.informed(in)
	case Settled:
		m.tape.may = false
	case PauseOver:
		m.pauseOver(in)
	case TapeOrder:
		m.order(in)
	case Stop:
		m.stop(in)
	}
}

func (m *machine) on(id pbx.LegID, f func(i int)) {
	if i := m.find(id); i >= 0 {
		f(i)
	}
}

// answered tells apart who answered what: a phone our call, the caller's phone our answer, or anybody an offer he asked for.
func (m *machine) answered(i int, in Answered) {
	l := &m.Legs[i]
	switch {
	case l.State == LegStopping: // it answered while our cancel was on its way
		l.State = LegOver
		m.do(Hangup{l.ID, l.Cause})
		m.settle()
	case m.Phase == Ringing && i > 0 && l.Screen && l.isPending():
		m.ask(i, in)
	case m.Phase == Ringing && i > 0 && l.isPending():
		m.pickedUp(i, in)
	case m.Phase == Answering && (i == 0 || i == m.Callee) && l.State == LegDialled:
		m.confirmed(i, in)
	case m.Phase == Talking && m.change.on && m.change.from == i && m.change.to == nobody:
		m.counter(i, in)
	}
}

// gone takes a leg out, however it went.
func (m *machine) gone(i int, cause pbx.Cause, status int) {
	l := &m.Legs[i]
	was := l.State
	if was == LegOver || was == LegIdle || was == LegUnpaid {
		return
	}
	l.State = LegOver
	if was == LegStopping {
		m.settle()
		return
	}
	if was == LegAsked { // whoever hangs up, or the voicemail that took the call, has not accepted it
		cause = pbx.CauseNoAnswer
	}
	l.Cause, l.Status = cause, status
	if i > 0 && (i == m.Sender || i == m.Aside) {
		m.Sender, m.Aside = 0, 0 // never both
		m.do(Show{})
		return
	}
	switch m.Phase {
	case Placing: // only the caller's leg exists yet
		m.do(Emit{Kind: event.CallStarted})
		m.callerGone(cause)
	case Refusing:
		m.refusedAloud()
	case Routing, Ringing, Turning:
		if i == 0 {
			m.callerGone(cause)
		} else {
			m.refused(i)
		}
	case Answering, Talking, Housed:
		m.hungUp(i, cause)
	case Parting: // it is known only now whether the other side stays
		m.do(Withdraw{})
	}
}

// timeout answers the running timer; one that was stopped meanwhile means nothing.
func (m *machine) timeout(t Timer) {
	if t != m.timer || t == NoTimer {
		return
	}
	m.timer = NoTimer
	switch t {
	case RouteTimer:
		if m.Phase == Parting {
			m.do(Withdraw{})
			m.wait(RouteTimer, partTime)
			return
		}
		m.dismiss(pbx.CauseFailed, pbx.Party{}, sentence(pbx.CauseFailed, m.To, 0))
	case HouseTimer:
		m.houseTimeout()
	case RingTimer:
		m.rungOut()
	case ConfirmTimer:
		m.end(pbx.CauseTimeout, pbx.Party{}, sentence(pbx.CauseTimeout, m.From, 0))
	case ReplyTimer:
		m.unanswered()
	case SettleTimer:
		for i := range m.Legs {
			m.Legs[i].State = LegOver
		}
		m.Phase = Over
	}
}

// digit passes a key to whoever hears the presser.
func (m *machine) digit(i int, digit byte) {
	switch {
	case m.Legs[i].State == LegAsked:
		m.decide(i, digit)
	case m.Phase == Ringing && i == 0 && m.Early > 0:
		m.do(Press{m.Legs[m.Early].ID, digit})
	case (m.Phase == Housed || m.Phase == Ringing) && i == 0 && !m.finishing:
		m.serve(Digit{m.Legs[0].ID, digit})
	case m.Phase == Answering || m.Phase == Talking:
		m.consent(i, digit)
		if p := m.peer(i); p >= 0 {
			m.do(Press{m.Legs[p].ID, digit})
		}
	}
}
