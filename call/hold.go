package call

import (
	"tandem/event"
	"tandem/pbx"
)

// SIP statuses with which a changed session is answered here; others come from the far side.
const (
	statusOK       = 200
	statusAccepted = 202
	statusRings    = 180
	statusNoCall   = 481 // RFC 3261 §12.2.2: the call is over
	statusNoCodec  = 488
	statusPending  = 491 // RFC 3261 §14.2: another change is under way; both sides try again after a while
	statusNoReply  = 500
)

// offered handles a phone that wants another session: hold, resume, a new address or codec.
// What concerns the other side is passed to it, and its answer comes back.
func (m *machine) offered(i int, in Offered) {
	l := &m.Legs[i]
	p := m.peer(i)
	switch {
	case m.Phase >= Closing || l.State == LegOver || l.State == LegStopping:
		m.do(Reply{l.ID, statusNoCall})
	case i == 0 && m.IsHoused():
		m.houseOffered(in)
	case i > 0 && i == m.Aside && in.Same && in.Hold == l.Held && in.Fault == "": // it keeps its session alive
		m.do(Reply{l.ID, statusOK})
	case m.Phase != Talking || p < 0 || m.change.on:
		m.do(Reply{l.ID, statusPending})
	case in.Fault != "":
		m.do(Reply{l.ID, statusNoCodec})
	case in.Empty:
		m.change = exchange{on: true, from: i, to: nobody}
		m.do(Reply{l.ID, statusOK})
		m.wait(ReplyTimer, ReplyTime)
	case in.Same && in.Hold == l.Held:
		m.do(Reply{l.ID, statusOK})
	default:
		m.change = exchange{on: true, from: i, to: p, hold: in.Hold}
		m.do(Offer{Leg: m.Legs[p].ID, From: l.ID})
		m.wait(ReplyTimer, ReplyTime)
	}
}

// replied brings the other side's answer back to the one who asked.
func (m *machine) replied(i int, in Replied) {
	c := m.change
	if m.Phase != Talking && m.Phase != Turning || !c.on || c.to != i || in.Status < 200 {
		return
	}
	if m.Phase == Turning {
		m.turned()
		return
	}
	m.change = exchange{}
	m.wait(NoTimer, 0)
	if c.from == nobody {
		m.matched(in)
		return
	}
	status := in.Status
	if status < 300 && in.Fault != "" {
		status = statusNoCodec
	}
	m.do(Reply{m.Legs[c.from].ID, status})
	if status < 300 {
		m.hold(c.from, c.hold)
	}
}

// counter is the answer of a phone that had asked us for an offer. Its hold state is known only now;
// the other side's sound is opened and closed by our own relay, so it need not be asked.
func (m *machine) counter(i int, in Answered) {
	m.change = exchange{}
	m.wait(NoTimer, 0)
	if in.Fault == "" {
		m.hold(i, in.Hold)
	}
}

// unanswered gives up on a change; the old session goes on.
func (m *machine) unanswered() {
	c := m.change
	m.change = exchange{}
	switch {
	case m.Phase == Turning:
		m.turned()
	case c.on && c.from == nobody:
		m.matched(Replied{Status: statusNoReply})
	case c.on && c.to != nobody:
		m.do(Reply{m.Legs[c.from].ID, statusNoReply})
	}
}

func (m *machine) hold(i int, held bool) {
	l := &m.Legs[i]
	if l.Held == held {
		return
	}
	l.Held = held
	kind := event.CallResumed
	if held {
		kind = event.CallHeld
	}
	m.do(Emit{Kind: kind, Leg: l.ID})
	m.comfort(i)
	m.do(Show{})
}

// comfort lets a side that is held hear music, as long as it does not hold the other itself.
func (m *machine) comfort(i int) {
	p := m.peer(i)
	if p < 0 {
		return
	}
	one, other := &m.Legs[i], &m.Legs[p]
	m.do(Comfort{Leg: other.ID, By: one.ID, On: one.Held && !other.Held})
	if other.Held {
		m.do(Comfort{Leg: one.ID, By: other.ID, On: !one.Held})
	}
}

// silent ends a call of which one side has gone without a word. On hold silence is what was asked for.
func (m *machine) silent(i int) {
	housed := m.Phase == Housed && i == 0 && !m.Legs[0].Held
	if !housed && (m.Phase != Talking || m.peer(i) < 0 || m.IsHeld()) {
		return
	}
	if m.Aside > 0 {
		m.Legs[i].State, m.Legs[i].Cause = LegOver, pbx.CauseNoMedia
		m.do(Hangup{m.Legs[i].ID, pbx.CauseNoMedia})
		m.asideLeft(i)
		return
	}
	m.end(pbx.CauseNoMedia, pbx.Party{}, sentence(pbx.CauseNoMedia, m.Legs[i].Party, 0))
}
