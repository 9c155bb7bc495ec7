package call

import (
	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
)

// A party whose other side sends it on becomes the caller of what comes next: it takes the first place among the legs, and from there on
// the call is one that the house had answered. Who sent it on stays on the line until somebody answers; when nobody does, the two talk again.

// Send says that somebody sends a call on: the other side of Leg goes to another place. Without a leg it is the caller of a call that
// rings or that talks to the house, sent from above.
type Send struct {
	Leg   pbx.LegID
	To    pbx.Destination
	By    pbx.Party // who sends it on, and pays for what leads outside
	Asked bool      // the phone of Leg waits to be told how it goes
}

// Turn says that another leg is the caller from now on.
type Turn struct{ Caller pbx.LegID }

// Take gives a party whose other side has left the house's own session; Replied follows.
type Take struct{ Leg pbx.LegID }

// Report tells a phone how it goes with the call that it wanted to send on: 202 that it is tried, 180 that it rings, 200 that it is done.
// A cause in place of the status says why it did not come to be.
type Report struct {
	Leg    pbx.LegID
	Status int
	Cause  pbx.Cause
	Text   i18n.Text
}

// Differs says that two legs were joined and that the session of one does not fit the other's yet: its codecs, or who may hear whom.
type Differs struct{ Leg pbx.LegID }

func (Send) input()    {}
func (Differs) input() {}
func (Turn) effect()   {}
func (Take) effect()   {}
func (Report) effect() {}

// passage is where a call goes once the party that stays hears the house.
type passage struct {
	to    pbx.Destination
	owner pbx.UserID
}

// send takes in that a call is sent on. Only a settled conversation can be; a phone tries again after a moment.
func (m *machine) send(in Send) {
	switch i := m.find(in.Leg); {
	case in.Leg == "":
		m.divert(in)
	case i < 0:
	case m.Phase != Talking || m.change.on || m.peer(i) < 0 || m.Aside > 0:
		if in.Asked {
			m.do(Report{Leg: in.Leg, Status: statusPending})
		}
	default:
		m.asked = in.Asked
		m.report(i, Report{Status: statusAccepted})
		m.sendOn(i, in)
	}
}

// sendOn takes a side out of a conversation; the other goes on.
func (m *machine) sendOn(i int, in Send) {
	m.Sender = m.lead(m.peer(i))
	m.do(Emit{Kind: event.CallTransferred, Leg: in.Leg, By: in.By, To: in.To})
	m.turnTo(passage{in.To, in.By.User}, in.By)
}

// turnTo gives the caller the house's session; from there the call goes on.
func (m *machine) turnTo(then passage, by pbx.Party) {
	m.Phase = Turning
	m.then, m.by = then, by
	m.change = exchange{on: true, from: nobody, to: 0}
	m.do(Take{m.Legs[0].ID})
	m.do(Show{})
	m.wait(ReplyTimer, ReplyTime)
}

// divert sends on a caller who talks to nobody yet: what rings stops, what the house does ends.
func (m *machine) divert(in Send) {
	switch {
	case m.Phase == Ringing:
		for i := range m.Legs {
			if i > 0 {
				m.cancel(i, pbx.CauseElsewhere)
			}
		}
	case m.Phase == Housed && !m.recording && !m.finishing:
	default:
		return
	}
	m.hush()
	m.service, m.by = nil, in.By
	m.do(Emit{Kind: event.CallTransferred, By: in.By, To: in.To})
	m.goOn(in.To, in.By.User, pbx.CauseTransferred)
}

// lead makes a side of a conversation the caller of what comes next; the other waits beside.
func (m *machine) lead(i int) (beside int) {
	beside = m.Callee
	if i != 0 {
		m.Legs[0], m.Legs[i] = m.Legs[i], m.Legs[0]
		m.do(Turn{m.Legs[0].ID})
	}
	m.From = m.Legs[0].Party
	m.Legs[0].Attempt, m.Legs[beside].Attempt = nobody, nobody
	m.Callee, m.Early = 0, 0
	return beside
}

// turned goes on when the party that stays hears the house; should its phone refuse, it goes on in silence.
func (m *machine) turned() {
	m.change = exchange{}
	m.goOn(m.then.to, m.then.owner, pbx.CauseTransferred)
}

// report tells a phone that waits to be told.
func (m *machine) report(i int, r Report) {
	if m.asked {
		r.Leg = m.Legs[i].ID
		m.do(r)
	}
}

// arrived lets go of who sent the call on: it has been answered.
func (m *machine) arrived() {
	if m.Sender == 0 {
		return
	}
	i := m.Sender
	m.Sender = 0
	m.report(i, Report{Status: statusOK})
	m.Legs[i].State, m.Legs[i].Cause = LegOver, pbx.CauseTransferred
	m.do(Hangup{m.Legs[i].ID, pbx.CauseTransferred})
}

// comesBack lets the two talk again when nobody answered where the call was sent, or who was asked first.
func (m *machine) comesBack(cause pbx.Cause, text i18n.Text) bool {
	switch {
	case m.Aside > 0:
		m.goBack()
	case m.Sender > 0:
		i := m.Sender
		m.Sender = 0
		m.report(i, Report{Cause: cause, Text: text})
		m.together(i)
	default:
		return false
	}
	return true
}

// together lets the caller talk to the leg again that waited beside.
func (m *machine) together(i int) {
	m.Callee = i
	m.hush()
	m.service = nil
	m.Phase = Talking
	m.wait(NoTimer, 0)
	m.do(Emit{Kind: event.CallReturned, Leg: m.Legs[i].ID})
	m.join()
}

// join lets caller and callee hear each other, both being up. Where a session does not fit, the shell says Differs.
func (m *machine) join() {
	m.playing = false
	m.fitted = 0
	m.do(Join{m.Legs[0].ID, m.Legs[m.Callee].ID})
	m.do(Show{})
}

// differs changes the session of one side so that it fits the other's; each side once.
func (m *machine) differs(i int) {
	p := m.peer(i)
	if m.Phase != Talking || m.change.on || p < 0 || m.fitted > 1 {
		return
	}
	m.fitted++
	m.change = exchange{on: true, from: nobody, to: i}
	m.do(Offer{Leg: m.Legs[i].ID, From: m.Legs[p].ID, Joined: true})
	m.wait(ReplyTimer, ReplyTime)
}
