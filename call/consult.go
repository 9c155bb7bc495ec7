package call

import (
	"tandem/event"
	"tandem/pbx"
)

// An attended transfer by keys: who talks asks somebody else first, while the other side waits with music. He becomes the caller of what comes next.
// When he hangs up, the side that waits is connected with whom he asked; when that one hangs up, or cannot be reached, the two talk again.

// Consult says that a side of a conversation asks somebody else first (FC-01).
type Consult struct {
	Leg pbx.LegID
	To  pbx.Destination
	By  pbx.Party // who asks, and pays for what leads outside
}

// Rejoin says that who asks somebody else goes back to the side that waits.
type Rejoin struct{ Leg pbx.LegID }

func (Consult) input() {}
func (Rejoin) input()  {}

// consult takes in that a side asks somebody else. Only a settled conversation can be left so, and only once at a time.
func (m *machine) consult(in Consult) {
	i := m.find(in.Leg)
	if i < 0 || m.Phase != Talking || m.change.on || m.peer(i) < 0 || m.IsHeld() || m.Aside > 0 {
		return
	}
	m.traded = i != 0
	m.Aside = m.lead(i)
	m.do(Emit{Kind: event.CallHeld, Leg: in.Leg})
	m.turnTo(passage{in.To, in.By.User}, in.By)
	m.do(Comfort{Leg: m.Legs[m.Aside].ID, By: in.Leg, On: true})
}

// rejoin ends what was begun to ask somebody else; the two talk again.
func (m *machine) rejoin(in Rejoin) {
	if m.Aside == 0 || m.find(in.Leg) != 0 {
		return
	}
	m.forget()
	for i := range m.Legs {
		switch l := &m.Legs[i]; {
		case i == 0 || i == m.Aside:
		case l.State == LegUp:
			l.State, l.Cause = LegOver, pbx.CauseHangup
			m.do(Hangup{l.ID, l.Cause})
		default:
			m.cancel(i, pbx.CauseCancelled)
		}
	}
	m.goBack()
}

// asideLeft goes on when the one who asked, or the one who was asked, has left: it reports whether somebody waited.
func (m *machine) asideLeft(i int) bool {
	switch {
	case m.Aside == 0:
		return false
	case i == 0:
		m.forget()
		m.passOn()
	default:
		m.forget()
		m.goBack()
	}
	return true
}

// goBack lets the two talk again, each in his place.
func (m *machine) goBack() {
	m.hush()
	i := m.comforted()
	if m.traded {
		m.Callee = i
		m.lead(i)
	}
	m.together(i)
}

// passOn connects the side that waits with whom the one who has left asked. Who has not answered yet is called for the side that waits.
func (m *machine) passOn() {
	left, talks := m.Legs[0].ID, m.Callee
	m.Legs[0].Cause = pbx.CauseTransferred
	by := m.Legs[0].Party
	if m.playing = false; talks == 0 {
		for i := range m.Legs {
			if i > 0 {
				m.cancel(i, pbx.CauseElsewhere)
			}
		}
	}
	i := m.comforted()
	m.Callee = i // for a moment: lead takes the two apart
	m.lead(i)
	m.do(Emit{Kind: event.CallTransferred, Leg: left, By: by, To: m.then.to})
	if talks > 0 {
		m.Callee = talks
		m.join()
		return
	}
	m.service = nil
	m.turnTo(m.then, by)
}

// comforted ends the music of the side that waits, and the waiting; it is the index of that side.
func (m *machine) comforted() int {
	i := m.Aside
	m.Aside = 0
	m.do(Comfort{Leg: m.Legs[i].ID, By: m.Legs[0].ID})
	return i
}

// forget gives up a change of a session in a conversation that is being left.
func (m *machine) forget() {
	if c := m.change; c.on && c.to != nobody && c.from != nobody && m.Legs[c.from].State == LegUp {
		m.do(Reply{m.Legs[c.from].ID, statusPending})
	}
	m.change = exchange{}
	m.wait(NoTimer, 0)
}
