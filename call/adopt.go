package call

import (
	"slices"
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/route"
)

// A leg that comes takes the place of what is there: of the phones that ring, of the house, or of one side of a conversation.

// Adopt says that a leg comes into the call. It waits for our answer, unless it is up, because it comes from another call.
type Adopt struct {
	Leg    pbx.LegID
	Device pbx.DeviceID
	Party  pbx.Party
	Place  pbx.LegID // whose place it takes; empty: of the phones that ring, or of the house
	By     pbx.Party // who wanted it
	Up     bool
	Held   bool // up, and it holds the other side
	Codec  string
	Secure bool
	Back   pbx.Destination // where the caller goes should the leg never come up; nowhere ends the call
}

// Admit answers a leg that came with what suits the other side; Answered follows.
type Admit struct{ Leg, With pbx.LegID }

// Merge says that one side of the call connects its other side with another call, where it talks itself.
type Merge struct {
	Leg   pbx.LegID
	By    pbx.Party
	Asked bool
}

// Hand gives a leg to another call; Handed follows.
type Hand struct{ Leg pbx.LegID }

// Withdraw takes back the leg that is being handed over, unless the other call has it; Handed follows.
type Withdraw struct{}

// Handed says what became of a leg that was handed over: the other call has it, or it stays, because of a cause, or to go to a place
// where the other call did not talk to anybody yet.
type Handed struct {
	OK    bool
	Cause pbx.Cause
	To    pbx.Destination
}

func (Adopt) input()     {}
func (Merge) input()     {}
func (Handed) input()    {}
func (Admit) effect()    {}
func (Hand) effect()     {}
func (Withdraw) effect() {}

// CanAdopt reports whether a leg could come into the call in that place.
func (s *State) CanAdopt(place pbx.LegID, up bool) bool {
	i := s.find(place)
	switch {
	case i > 0 && s.Phase == Ringing && s.Legs[i].isPending(), place == "":
		return !up && (s.Phase == Ringing || s.Phase == Housed && !s.recording && !s.finishing)
	case i < 0:
		return false
	}
	return s.Phase == Talking && !s.change.on && s.peer(i) >= 0
}

// IsOnItsWay reports whether a leg is the caller of this call and talks to nobody yet.
func (s *State) IsOnItsWay(place pbx.LegID) bool {
	return s.find(place) == 0 && (s.Phase == Ringing || s.Phase == Housed && !s.recording && !s.finishing)
}

func (m *machine) adopt(in Adopt) {
	if m.find(in.Leg) >= 0 || !m.CanAdopt(in.Place, in.Up) {
		return
	}
	l := Leg{ID: in.Leg, Device: in.Device, Party: in.Party, Attempt: nobody, State: LegDialled, Came: true, Held: in.Held, Codec: in.Codec, Secure: in.Secure}
	if in.Up {
		l.State = LegUp
	}
	m.Legs = append(m.Legs, l)
	i := len(m.Legs) - 1
	if m.Phase == Talking {
		m.replace(i, m.find(in.Place), in)
		return
	}
	m.pickUp(i, in)
}

// pickUp lets the leg that came be the only one that may answer; what rings stops, what the house does ends.
func (m *machine) pickUp(i int, in Adopt) {
	for j := range m.Legs {
		if j > 0 && j != i {
			m.cancel(j, pbx.CauseElsewhere)
		}
	}
	m.hush()
	m.service, m.Early = nil, 0
	m.Then = nil
	if !in.Back.IsZero() {
		m.Then = &route.Then{NoAnswer: in.Back, Busy: in.Back, Offline: in.Back}
	}
	m.Rings = append(slices.Clip(m.Rings[:min(m.Attempt+1, len(m.Rings))]), ConfirmTime)
	m.Attempt = len(m.Rings) - 1
	m.Stage = m.Attempt
	m.Legs[i].Attempt = m.Attempt
	m.Phase = Ringing
	m.do(Emit{Kind: event.CallTaken, Leg: in.Leg, By: in.By})
	m.do(Admit{in.Leg, m.Legs[0].ID})
	m.do(Show{})
	m.wait(RingTimer, ConfirmTime)
}

// replace puts the leg that came into the place of one side of a conversation, which is let go of.
func (m *machine) replace(i, place int, in Adopt) {
	if place == 0 {
		m.Legs[0], m.Legs[i] = m.Legs[i], m.Legs[0]
		m.do(Turn{in.Leg})
		m.From = in.Party
		i, place = 0, i
	} else {
		m.Callee = i
	}
	old := &m.Legs[place]
	old.State, old.Cause = LegOver, pbx.CauseElsewhere
	if in.Up {
		old.Cause = pbx.CauseTransferred
	}
	m.do(Emit{Kind: event.CallTaken, Leg: in.Leg, By: in.By})
	m.do(Hangup{old.ID, old.Cause})
	if in.Up {
		m.join()
		return
	}
	m.Phase = Answering
	m.do(Admit{in.Leg, m.Legs[m.peer(i)].ID})
	m.do(Show{})
	m.wait(ConfirmTimer, ConfirmTime)
}

// partTime is how long a leg may be on its way to another call. The shell answers at once; the timer is for one that cannot.
const partTime = 5 * time.Second

// merge begins to hand the other side over.
func (m *machine) merge(in Merge) {
	i := m.find(in.Leg)
	if i < 0 {
		return
	}
	if m.Phase != Talking || m.change.on || m.peer(i) < 0 || m.Aside > 0 {
		if in.Asked {
			m.do(Report{Leg: in.Leg, Status: statusPending})
		}
		return
	}
	m.asked, m.leaving, m.by = in.Asked, i, in.By
	m.report(i, Report{Status: statusAccepted})
	m.Phase = Parting
	m.do(Hand{m.Legs[m.peer(i)].ID})
	m.wait(RouteTimer, partTime)
}

// handed ends the call when the other one has its leg; otherwise it goes on here.
func (m *machine) handed(in Handed) {
	if m.Phase == Housed {
		m.answer(in)
		return
	}
	if m.Phase != Parting {
		return
	}
	i := m.leaving
	rest := m.peer(i)
	m.Phase = Talking
	m.wait(NoTimer, 0)
	switch {
	case in.OK:
		m.Legs[rest].State, m.Legs[rest].Cause = LegOver, pbx.CauseTransferred
		if m.Legs[i].State == LegUp {
			m.report(i, Report{Status: statusOK})
		}
		m.end(pbx.CauseTransferred, m.by, i18n.T("cause.transferred"))
	case m.halt != nil:
		m.stop(*m.halt)
	case m.Legs[rest].State != LegUp:
		m.end(pbx.CauseHangup, m.Legs[rest].Party, sentence(pbx.CauseHangup, m.Legs[rest].Party, 0))
	case m.Legs[i].State != LegUp:
		m.end(pbx.CauseHangup, m.Legs[i].Party, sentence(pbx.CauseHangup, m.Legs[i].Party, 0))
	case !in.To.IsZero():
		m.sendOn(i, Send{Leg: m.Legs[i].ID, To: in.To, By: m.by})
	default:
		m.report(i, Report{Cause: in.Cause, Text: sentence(in.Cause, pbx.Party{}, 0)})
	}
}
