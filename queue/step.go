package queue

import (
	"slices"
	"time"

	"tandem/pbx"
)

// Step moves a queue on by one input at a moment. It is total: an input that means nothing changes nothing. Moments must
// not go backwards. The given State is not changed.
func Step(s State, at time.Time, in Input) (State, []Effect) {
	m := machine{State: s.clone(), at: at}
	m.take(in)
	m.expire()
	m.dispatch()
	m.announce()
	m.wake()
	return m.State, m.effects
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// machine is a State being moved on.
type machine struct {
	State
	at      time.Time
	effects []Effect
}

func (m *machine) do(e Effect) { m.effects = append(m.effects, e) }

func (m *machine) take(in Input) {
	switch in := in.(type) {
	case Join:
		m.join(in)
	case Leave:
		m.leave(in.Call)
	case Hold:
		m.hold(in.Call)
	case Return:
		m.unhold(in.Call)
	case Reached:
		m.reached(in.Call)
	case Unreached:
		m.unreached(in)
	case Drop:
		if i := m.caller(in.Call); i >= 0 && m.Waiting[i].Gone {
			m.lapse(i, Dropped)
		}
	case Opening:
		m.Shut = !in.Open
	case Declined:
		m.declined(in)
	case Engaged:
		m.engaged(in)
	case Took:
		m.took(in)
	case Restore:
		m.restore(in)
	case Over:
		m.over(in.Call)
	case Set:
		m.set(in)
	case Ready:
		if a := m.agent(in.Agent); a != nil && a.Duty == Wrapping {
			m.turn(a, a.Next)
		}
	case Change:
		m.change(in)
	case Midnight:
		for i := range m.Agents {
			m.Agents[i].Answered, m.Agents[i].Talked = 0, 0
		}
		m.Day = Figures{}
	}
}

// join gives a call its place: behind those who are as important and came before.
func (m *machine) join(in Join) {
	if m.caller(in.Call) >= 0 || m.talk(in.Call) >= 0 {
		return
	}
	switch {
	case m.again(in):
		return
	case m.Queue.MaxCalls > 0 && len(m.Waiting)-m.kept() >= m.Queue.MaxCalls:
		m.send(in.Call, m.Queue.Full, Full, 0)
		return
	case !m.IsStaffed() && !m.Queue.Nobody.IsZero():
		m.send(in.Call, m.Queue.Nobody, Nobody, 0)
		return
	}
	i := len(m.Waiting)
	for i > 0 && m.Waiting[i-1].Priority < in.Priority {
		i--
	}
	m.Waiting = slices.Insert(m.Waiting, i, Caller{Call: in.Call, From: in.From, Priority: in.Priority, Since: m.at})
	m.do(Note{Kind: Joined, Call: in.Call})
}

// send takes a call out of the queue to somewhere else.
func (m *machine) send(c pbx.CallID, to pbx.Destination, why Why, waited time.Duration) {
	m.Day.Sent++
	m.do(Note{Kind: Sent, Call: c, Waited: waited})
	m.do(Send{Call: c, To: to, Why: why})
}

func (m *machine) leave(c pbx.CallID) {
	i := m.caller(c)
	if i < 0 {
		m.over(c)
		return
	}
	if m.Waiting[i].Gone {
		return
	}
	m.Day.Abandoned++
	m.do(Note{Kind: Abandoned, Call: c, From: m.Waiting[i].From, Waited: m.at.Sub(m.Waiting[i].Since)})
	m.withdraw(c, pbx.CauseCancelled)
	m.Waiting = slices.Delete(m.Waiting, i, i+1)
}

// withdraw ends the ringing for a call; the agents wait for another one as long as before.
func (m *machine) withdraw(c pbx.CallID, cause pbx.Cause) {
	i := m.offer(c)
	if i < 0 {
		return
	}
	o := m.Offers[i]
	m.drop(i)
	if len(o.Agents) == 0 {
		return
	}
	m.do(Stop{Call: c, Agents: o.Agents, Cause: cause})
	for _, u := range o.Agents {
		if a := m.agent(u); a != nil && a.Duty == Asked {
			a.Duty = Free
			m.settle(a)
		}
	}
}

// drop takes an offer away.
func (m *machine) drop(i int) {
	if w := m.caller(m.Offers[i].Call); w >= 0 {
		m.Waiting[w].Rings = false
	}
	m.Offers = slices.Delete(m.Offers, i, i+1)
}

// settle brings an agent to what was asked for while he could not.
func (m *machine) settle(a *Agent) {
	if a.Next != Free {
		m.turn(a, a.Next)
	}
}

// turn gives an agent a new duty.
func (m *machine) turn(a *Agent, d Duty) {
	if a.Duty == d {
		return
	}
	a.Duty, a.Since = d, m.at
	if d == Free || d == Out {
		a.Next = Free
	}
}

func (m *machine) declined(in Declined) {
	i := m.offer(in.Call)
	if i < 0 || !slices.Contains(m.Offers[i].Agents, in.Agent) {
		return
	}
	m.Offers[i].Agents = slices.DeleteFunc(slices.Clone(m.Offers[i].Agents), func(u pbx.UserID) bool { return u == in.Agent })
	m.miss(in.Call, in.Agent)
	if len(m.Offers[i].Agents) == 0 {
		m.drop(i)
	}
}

// Rest is how long an agent is left in peace after he missed a call.
const Rest = 5 * time.Second

// miss notes that an agent did not take a call; too many in a row take him out.
func (m *machine) miss(c pbx.CallID, u pbx.UserID) {
	if i := m.caller(c); i >= 0 {
		w := &m.Waiting[i]
		w.Tried = append(slices.Clone(w.Tried), u)
		m.do(Note{Kind: Missed, Call: c, Agent: u, Waited: w.Waited(m.at)})
	}
	a := m.agent(u)
	if a == nil {
		return
	}
	a.Missed++
	a.Duty, a.Rest = Free, m.at.Add(Rest)
	switch {
	case m.Queue.Misses > 0 && a.Missed >= m.Queue.Misses:
		m.do(Dismiss{Agent: u, Missed: a.Missed})
		a.Missed = 0
		m.turn(a, Out)
	default:
		m.settle(a)
	}
}

// engaged takes an agent out of an offer that never reached him.
func (m *machine) engaged(in Engaged) {
	a := m.agent(in.Agent)
	if i := m.offer(in.Call); i < 0 || a == nil || !slices.Contains(m.Offers[i].Agents, in.Agent) {
		return
	}
	m.abandon(a)
	a.Duty = Free
	m.turn(a, Away)
}

func (m *machine) took(in Took) {
	i := m.caller(in.Call)
	a := m.agent(in.Agent)
	if i < 0 {
		return
	}
	w := m.Waiting[i]
	waited := w.Waited(m.at)
	if a != nil && a.Duty == Asked {
		m.unask(a, in.Call)
	}
	m.withdraw(in.Call, pbx.CauseElsewhere)
	m.Waiting = slices.Delete(m.Waiting, i, i+1)
	t := Talk{Call: in.Call, Agent: in.Agent, Since: m.at}
	if a != nil {
		a.Missed = 0
		m.turn(a, Talking)
	}
	if w.Gone { // he calls
		t.back = &w
		m.Talks = append(m.Talks, t)
		return
	}
	m.Talks = append(m.Talks, t)
	if a != nil {
		a.Answered++
	}
	m.count(waited)
	m.do(Note{Kind: Answered, Call: in.Call, Agent: in.Agent, Waited: waited})
	m.spare(w.From)
}

// count notes in the figures of the day that somebody was served.
func (m *machine) count(waited time.Duration) {
	m.pace()
	m.Day.Answered++
	m.Day.Waited += waited
	m.Day.Longest = max(m.Day.Longest, waited)
	if m.Queue.Late == 0 || waited < seconds(m.Queue.Late) {
		m.Day.InTime++
	}
}

// unask takes an agent who answered a call out of what rings at him; the ringing for another call is stopped.
func (m *machine) unask(a *Agent, took pbx.CallID) {
	for i := range m.Offers {
		o := &m.Offers[i]
		if o.Call == took && slices.Contains(o.Agents, a.User) {
			o.Agents = slices.DeleteFunc(slices.Clone(o.Agents), func(u pbx.UserID) bool { return u == a.User })
			return
		}
	}
	m.abandon(a)
}

// restore adds what happened before this state began, and lets agents wait since their last call.
func (m *machine) restore(in Restore) {
	d := &m.Day
	d.Answered += in.Day.Answered
	d.InTime += in.Day.InTime
	d.Abandoned += in.Day.Abandoned
	d.Sent += in.Day.Sent
	d.Waited += in.Day.Waited
	d.Longest = max(d.Longest, in.Day.Longest)
	for _, s := range in.Agents {
		a := m.agent(s.Agent)
		if a == nil {
			continue
		}
		if a.Duty != Talking && a.Duty != Wrapping && a.Answered == 0 && !s.Last.IsZero() && s.Last.Before(m.at) {
			a.Since = s.Last
		}
		a.Answered += s.Answered
		a.Talked += s.Talked
	}
	for _, w := range in.Places {
		if m.caller(w.Call) < 0 && m.talk(w.Call) < 0 {
			w.Gone, w.Rings, w.Tried = true, false, nil
			m.keep(w)
		}
	}
}

// pace follows how quickly callers are served: the newest distance counts a quarter.
func (m *machine) pace() {
	if !m.served.IsZero() {
		d := m.at.Sub(m.served)
		if m.Pace == 0 {
			m.Pace = d
		} else {
			m.Pace += (d - m.Pace) / 4
		}
	}
	m.served = m.at
}

func (m *machine) over(c pbx.CallID) {
	i := m.talk(c)
	if i < 0 {
		return
	}
	t := m.Talks[i]
	if t.back != nil {
		m.unreached(Unreached{Call: c})
		return
	}
	m.Talks = slices.Delete(m.Talks, i, i+1)
	m.do(Note{Kind: Finished, Call: c, Agent: t.Agent, Waited: m.at.Sub(t.Since)})
	a := m.agent(t.Agent)
	if a == nil || a.Duty != Talking {
		return
	}
	a.Talked += m.at.Sub(t.Since)
	if m.Queue.WrapUp > 0 && a.Next != Out {
		next := a.Next
		m.turn(a, Wrapping)
		a.Next = next
		return
	}
	m.turn(a, a.Next)
}

func (m *machine) set(in Set) {
	a := m.agent(in.Agent)
	if a == nil || in.Duty != Free && in.Duty != Away && in.Duty != Out {
		return
	}
	switch a.Duty {
	case Talking, Wrapping:
		a.Next = in.Duty
	case Asked:
		if in.Duty == Out {
			m.abandon(a)
			m.turn(a, Out)
			return
		}
		a.Next = in.Duty
	default:
		m.turn(a, in.Duty)
	}
}

// abandon takes an agent out of the offer that rings at him.
func (m *machine) abandon(a *Agent) {
	for i := range m.Offers {
		o := &m.Offers[i]
		if !slices.Contains(o.Agents, a.User) {
			continue
		}
		o.Agents = slices.DeleteFunc(slices.Clone(o.Agents), func(u pbx.UserID) bool { return u == a.User })
		m.do(Stop{Call: o.Call, Agents: []pbx.UserID{a.User}, Cause: pbx.CauseCancelled})
		if len(o.Agents) == 0 {
			m.drop(i)
		}
		return
	}
}

// helping marks a helper; no agent has that skill.
const helping = 1000

// change takes over new settings: agents keep what they do, newcomers are out until they log in.
func (m *machine) change(in Change) {
	old := m.Agents
	m.Queue, m.Agents = in.Queue, nil
	serving := slices.Clone(in.Queue.Agents)
	for _, u := range in.Helpers {
		if !in.Queue.Serves(u) {
			serving = append(serving, pbx.QueueAgent{User: u, Skill: helping})
		}
	}
	for _, n := range serving {
		a := Agent{User: n.User, Next: Free, Since: m.at}
		if i := slices.IndexFunc(old, func(a Agent) bool { return a.User == n.User }); i >= 0 {
			a = old[i]
			old = slices.Delete(slices.Clone(old), i, i+1)
		}
		a.Skill, a.Helper = n.Skill, n.Skill == helping
		m.Agents = append(m.Agents, a)
	}
	for i := range old {
		if old[i].Duty == Asked {
			m.abandon(&old[i])
		}
	}
}

// expire does what is due at this moment: offers that rang long enough, callers who waited too long, promises that were
// not kept, and agents who have had their time to write.
func (m *machine) expire() {
	for i := 0; i < len(m.Offers); {
		o := m.Offers[i]
		if o.Until.After(m.at) {
			i++
			continue
		}
		m.drop(i)
		m.do(Stop{Call: o.Call, Agents: o.Agents, Cause: pbx.CauseNoAnswer})
		for _, u := range o.Agents {
			m.miss(o.Call, u)
		}
	}
	for i := 0; i < len(m.Waiting); {
		w := &m.Waiting[i]
		if w.Gone && !w.Until.After(m.at) {
			m.lapse(i, Expired)
			continue
		}
		waited := m.at.Sub(w.Since)
		if m.Queue.Late > 0 && waited >= seconds(m.Queue.Late) && !w.Late && !w.Gone {
			w.Late = true
			m.do(Note{Kind: Late, Call: w.Call, Waited: waited})
		}
		why, to := Why(""), pbx.Destination{}
		switch {
		case m.Queue.MaxWait > 0 && waited >= seconds(m.Queue.MaxWait) && !w.Gone:
			why, to = Waited, m.Queue.Full
		case !m.IsStaffed() && !m.Queue.Nobody.IsZero() && !w.Gone:
			why, to = Nobody, m.Queue.Nobody
		}
		if why == "" {
			i++
			continue
		}
		c := w.Call
		m.withdraw(c, pbx.CauseCancelled)
		m.Waiting = slices.Delete(m.Waiting, i, i+1)
		m.send(c, to, why, waited)
	}
	for i := range m.Agents {
		if a := &m.Agents[i]; a.Duty == Wrapping && !m.at.Before(a.Since.Add(seconds(m.Queue.WrapUp))) {
			m.turn(a, a.Next)
		}
	}
}

// offerEvery is how often callers hear that they may be called back, where they hear nothing else.
const offerEvery = 60

// tells is how often callers are told something, in seconds; 0: never.
func (s *State) tells() int {
	if s.Queue.Every == 0 && s.Queue.Callback {
		return offerEvery
	}
	return s.Queue.Every
}

// announce tells callers where they stand, and that they may be called back: at first, when the time has come, and never while their call rings
// at somebody.
func (m *machine) announce() {
	every := m.tells()
	if every <= 0 {
		return
	}
	for i := range m.Waiting {
		w := &m.Waiting[i]
		if w.Gone || w.Rings || !w.Told.IsZero() && m.at.Before(w.Told.Add(seconds(every))) {
			continue
		}
		w.Told = m.at
		e := Announce{Call: w.Call, Callback: m.Queue.Callback}
		if m.Queue.Every > 0 {
			w.Position, e.Position = i+1, i+1
			if m.Queue.Tell {
				e.Wait = m.Wait(i + 1)
			}
		}
		m.do(e)
	}
}

// wake sets the timer to the next moment at which something is due.
func (m *machine) wake() {
	var next time.Time
	due := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	for _, o := range m.Offers {
		due(o.Until)
	}
	every := m.tells()
	for i := range m.Waiting {
		w := &m.Waiting[i]
		if w.Gone {
			if due(w.Until); w.Next.After(m.at) && !m.Shut {
				due(w.Next)
			}
			continue
		}
		if m.Queue.MaxWait > 0 {
			due(w.Since.Add(seconds(m.Queue.MaxWait)))
		}
		if m.Queue.Late > 0 && !w.Late {
			due(w.Since.Add(seconds(m.Queue.Late)))
		}
		if at := w.Since.Add(seconds(m.Queue.Escalate)); m.Queue.Escalate > 0 && at.After(m.at) {
			due(at)
		}
		if every > 0 && !w.Told.IsZero() && !w.Rings {
			due(w.Told.Add(seconds(every)))
		}
	}
	for i := range m.Agents {
		switch a := &m.Agents[i]; {
		case a.Duty == Wrapping:
			due(a.Since.Add(seconds(m.Queue.WrapUp)))
		case a.Duty == Free && a.Rest.After(m.at) && len(m.Waiting) > len(m.Offers):
			due(a.Rest)
		}
	}
	if !next.Equal(m.due) {
		m.due = next
		m.do(SetTimer{At: next})
	}
}
