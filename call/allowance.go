package call

import (
	"tandem/i18n"
	"tandem/pbx"
)

// AskAllowance asks whether the first slice of a leg that leads outside can be paid, before it is dialled (N-11, TF-04). The answer comes as Allowed;
// while it talks, the shell asks for more and stops a call that gets no more.
type AskAllowance struct{ Leg pbx.LegID }

// Allowed is the answer: the slice is reserved, or there is not enough left, or it cannot be written down.
type Allowed struct {
	Leg    pbx.LegID
	OK     bool
	Text   i18n.Text // without OK: why not …
	Spoken string    // … and as the caller hears it
}

func (AskAllowance) effect() {}
func (Allowed) input()       {}

// allowed dials what was asked for while it is still wanted. What cannot be paid is like a phone that cannot be called; where nothing else rings the caller
// is told, and no other line is tried: it would ask the same budgets.
func (m *machine) allowed(i int, in Allowed) {
	l := &m.Legs[i]
	switch {
	case m.Phase != Ringing || l.State != LegUnpaid:
	case in.OK:
		l.State = LegDialled
		m.do(Dial{l.ID})
	default:
		l.State, l.Cause, m.unpaid = LegOver, pbx.CauseDenied, refusal{cause: pbx.CauseDenied, text: in.Text, spoken: in.Spoken}
		m.refused(i)
	}
}

// turnAwayUnpaid ends a call that nobody can pay: the caller hears why, before any answer.
func (m *machine) turnAwayUnpaid() {
	f := m.unpaid
	m.unpaid = refusal{}
	if f.spoken == "" || m.Legs[0].State != LegDialled || m.Told {
		m.turnAway(f)
		return
	}
	m.barred, m.Phase = f, Refusing
	m.do(Announce{m.Legs[0].ID})
	m.say(f.clips()...)
	m.wait(HouseTimer, RefusalTime)
}
