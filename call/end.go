package call

import (
	"strconv"
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
)

// callerGone ends a call whose caller gave up or was lost while it rang.
func (m *machine) callerGone(cause pbx.Cause) {
	if m.asideLeft(0) {
		return
	}
	by := m.From
	switch cause {
	case "", pbx.CauseHangup, pbx.CauseCancelled:
		cause = pbx.CauseCancelled
	default:
		by = pbx.Party{}
	}
	m.Legs[0].Cause = cause
	m.end(cause, by, sentence(cause, m.From, 0))
}

// hungUp ends a conversation from one of its two sides.
func (m *machine) hungUp(i int, cause pbx.Cause) {
	if i == 0 && m.Callee == 0 {
		m.left(cause)
		return
	}
	if m.peer(i) < 0 || m.asideLeft(i) {
		return
	}
	if cause == "" || cause == pbx.CauseCancelled {
		cause = pbx.CauseHangup
	}
	m.Legs[i].Cause = cause
	by := pbx.Party{}
	if cause == pbx.CauseHangup {
		by = m.Legs[i].Party
	}
	m.end(cause, by, sentence(cause, m.Legs[i].Party, 0))
}

// stop ends the call from above.
func (m *machine) stop(in Stop) {
	if m.Phase >= Closing {
		return
	}
	if m.Phase == Parting || m.isGiving() && m.halt == nil {
		m.halt = &in
		m.do(Withdraw{})
		return
	}
	if m.Phase == Placing {
		m.do(Emit{Kind: event.CallStarted})
	}
	text := in.Text
	if text.Key == "" {
		text = sentence(in.Cause, in.By, 0)
	}
	m.end(in.Cause, in.By, text)
}

// end is the only way into Closing: every leg that is not over is ended, and the end is written exactly
// once. While the house records, the end waits until the recording is written, because what becomes of it belongs to the call.
func (m *machine) end(cause pbx.Cause, by pbx.Party, text i18n.Text) {
	if m.change.on && m.change.to != nobody && m.change.from != nobody && m.Legs[m.change.from].State == LegUp {
		m.do(Reply{m.Legs[m.change.from].ID, statusNoCall})
	}
	m.change = exchange{}
	if m.finishing {
		return
	}
	m.Cause, m.By, m.Text = cause, by, text
	if m.recording && m.Phase == Housed {
		m.finishing = true
		m.do(EndRecord{m.Legs[0].ID})
		m.wait(HouseTimer, FinishTime)
		return
	}
	for i := range m.Legs {
		l := &m.Legs[i]
		switch {
		case i == 0 && l.State == LegDialled && m.Phase != Answering:
			l.State, l.Cause = LegOver, cause
			m.do(Refuse{l.ID, cause, text})
		case i == 0 && l.State == LegDialled || l.State == LegUp:
			l.State, l.Cause = LegOver, cause
			m.do(Hangup{l.ID, cause})
		default:
			m.cancel(i, cause)
		}
	}
	m.decision = decision{}
	m.Phase = Closing
	m.do(Emit{Kind: event.CallEnded, By: by})
	m.settle()
	if m.Phase == Closing {
		m.wait(SettleTimer, SettleTime)
	}
}

// settle leaves Closing as soon as no cancelled phone can answer any more.
func (m *machine) settle() {
	if m.Phase != Closing {
		return
	}
	for _, l := range m.Legs {
		if l.State == LegStopping {
			return
		}
	}
	m.Phase = Over
	m.wait(NoTimer, 0)
}

// ringTime is how long the phones rang in all attempts together, when nobody answered.
func (m *machine) ringTime() (d time.Duration) {
	for i := m.Stage; i <= m.Attempt && i < len(m.Rings); i++ {
		d += m.Rings[i]
	}
	return d
}

// sentence is the reason of an end in words; who is the person it is about.
func sentence(cause pbx.Cause, who pbx.Party, rang time.Duration) i18n.Text {
	name := who.Name
	if name == "" {
		name = who.Number
	}
	switch cause {
	case pbx.CauseNoAnswer:
		return i18n.T("call.no_answer", "name", name, "seconds", strconv.Itoa(int(rang/time.Second)))
	case pbx.CauseHangup, pbx.CauseCancelled, pbx.CauseBusy, pbx.CauseDeclined, pbx.CauseNoMedia, pbx.CauseTimeout,
		pbx.CauseNoCodec, pbx.CauseInsecure, pbx.CauseOffline, pbx.CauseDeflected:
		if name != "" {
			return i18n.T("call."+string(cause), "name", name)
		}
	}
	return i18n.T("cause." + string(cause))
}
