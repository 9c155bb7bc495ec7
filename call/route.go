package call

import (
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/route"
)

// RouteTime is how long a call waits to be told where it goes on. The shell answers at once; the timer is for one that cannot.
const RouteTime = 5 * time.Second

// Route asks where the call goes on: package route decides it again for every place, because statuses and hours change
// while it rings. The answer comes as Routed.
type Route struct {
	To    pbx.Destination
	Owner pbx.UserID // whose rule it is
	Cause pbx.Cause  // what became of the call where it was
}

// Join lets the caller, whom the house had answered, and the phone that answered now hear each other.
type Join struct{ Caller, Callee pbx.LegID }

// Routed tells where the call goes on: Legs are the ids of the plan's phones, in order over all attempts.
type Routed struct {
	Plan route.Plan
	Legs []pbx.LegID
}

func (Route) effect() {}
func (Join) effect()  {}
func (Routed) input() {}

// goOn asks where the call goes from here.
func (m *machine) goOn(to pbx.Destination, owner pbx.UserID, cause pbx.Cause) {
	m.Early = 0
	m.Phase = Routing
	m.do(Route{to, owner, cause})
	m.wait(RouteTimer, RouteTime)
}

// routed takes in the next stage of the way: phones that ring, the house, or the end.
func (m *machine) routed(in Routed) {
	if m.Phase != Routing {
		return
	}
	m.To, m.deflect = in.Plan.To, in.Plan.Deflect
	m.Stage = len(m.Rings)
	m.add(in.Plan, in.Legs)
	if m.back != (route.Then{}) {
		back := m.back
		m.back = route.Then{}
		switch {
		case len(in.Plan.Attempts) > 0:
			m.Then = &back
		case in.Plan.Refuse != "":
			m.goOn(back.NoAnswer, "", pbx.CauseReturned)
			return
		}
	}
	m.do(Emit{Kind: event.CallRouted})
	if m.Legs[0].State == LegUp {
		m.do(Show{})
	}
	m.onPlan(in.Plan.House, refusal{cause: in.Plan.Refuse, text: in.Plan.Text, spoken: in.Plan.Spoken})
}

// upRings lets phones ring for a caller whom the house has answered: he hears ringing from the house.
func (m *machine) upRings() {
	m.service = nil
	if m.Legs[0].State == LegUp && !m.IsSummons() {
		m.say(Clip{Tone: ToneRingback})
	}
}

// connected joins a caller whom the house had answered with the phone that answered.
func (m *machine) connected(i int) {
	m.Phase, m.service = Talking, nil
	m.wait(NoTimer, 0)
	m.do(Emit{Kind: event.CallAnswered, Leg: m.Legs[i].ID})
	m.arrived()
	m.join()
}

// matched is the answer to a change that joining made necessary.
func (m *machine) matched(in Replied) {
	if in.Status >= 300 || in.Fault != "" {
		m.end(pbx.CauseNoCodec, pbx.Party{}, sentence(pbx.CauseNoCodec, m.Legs[m.Callee].Party, 0))
		return
	}
	m.do(Join{m.Legs[0].ID, m.Legs[m.Callee].ID})
}
