package queue

import (
	"slices"
	"time"

	"tandem/pbx"
)

// State is one queue at work. It is a value: Step never changes the State it is given.
type State struct {
	Queue   pbx.Queue
	Waiting []Caller // in the order in which they are served
	Agents  []Agent  // in the order of the hunt
	Offers  []Offer
	Talks   []Talk
	Day     Figures
	Pace    time.Duration // how long it lately took from one answer to the next; 0: not known yet
	Shut    bool          // nobody is called back now
	last    pbx.UserID    // who was offered a call last
	served  time.Time     // of the last answer
	seed    uint64
	due     time.Time // when the timer fires; zero: it does not run
}

// Figures count the calls of a day by how they left the queue.
type Figures struct {
	Answered  int
	InTime    int // of the answered, within the time that was promised
	Abandoned int
	Sent      int           // where nobody answers, or the queue is full
	Waited    time.Duration // of the answered, together
	Longest   time.Duration
}

// Caller is a call that waits.
type Caller struct {
	Call     pbx.CallID
	From     pbx.Party
	Priority int
	Since    time.Time
	Told     time.Time    // when he last heard his position
	Position int          // that he last heard; 0: none
	Late     bool         // he has waited longer than promised, and that was noted
	Rings    bool         // his call is offered to somebody
	Gone     bool         // he hung up and wants to be called back; he keeps his place
	Asked    time.Time    // … since when
	Until    time.Time    // … how long it is kept
	Next     time.Time    // … before this he is not called
	Tries    int          // … that did not reach him
	Tried    []pbx.UserID // who was offered the call in this round and did not take it
}

// Duty is what an agent does.
type Duty uint8

// What agents do. Only a free agent is offered calls.
const (
	Out      Duty = iota // not logged in to the queue
	Free                 // waits for a call
	Away                 // logged in, but his status or another call keeps him
	Asked                // his phones ring for a call of this queue
	Talking              // with a caller of this queue
	Wrapping             // writes down what was said
)

var dutyNames = [...]string{"out", "free", "away", "asked", "talking", "wrapping"}

func (d Duty) String() string { return dutyNames[d] }

// Agent is a person who serves the queue, with his figures of the day.
type Agent struct {
	User     pbx.UserID
	Skill    int
	Duty     Duty
	Since    time.Time     // of the duty; of a free agent: since when he waits for a call
	Next     Duty          // what follows a call or its writing down: Free, or what was asked for meanwhile
	Answered int           // calls today
	Talked   time.Duration // today
	Missed   int           // in a row
	Helper   bool          // he is offered only what waits too long
	Rest     time.Time     // before this moment he is offered nothing
}

// Offer is a call that rings at agents.
type Offer struct {
	Call   pbx.CallID
	Agents []pbx.UserID
	Until  time.Time
}

// Talk is a caller with an agent.
type Talk struct {
	Call  pbx.CallID
	Agent pbx.UserID
	Since time.Time
	back  *Caller // of an agent who calls back: whom, until he is reached
}

// Waited is how long a caller has waited on the line.
func (w *Caller) Waited(at time.Time) time.Duration {
	if w.Gone {
		at = w.Asked
	}
	return at.Sub(w.Since)
}

// New is an empty queue. Nobody has been logged in since then; the seed decides what is left to chance.
func New(q pbx.Queue, at time.Time, seed uint64) State {
	s := State{Queue: q, seed: seed | 1}
	for _, a := range q.Agents {
		s.Agents = append(s.Agents, Agent{User: a.User, Skill: a.Skill, Next: Free, Since: at})
	}
	return s
}

// clone is a copy that shares nothing that Step writes to.
func (s State) clone() State {
	s.Waiting, s.Agents, s.Offers, s.Talks = slices.Clone(s.Waiting), slices.Clone(s.Agents), slices.Clone(s.Offers), slices.Clone(s.Talks)
	return s
}

func (s *State) caller(c pbx.CallID) int {
	return slices.IndexFunc(s.Waiting, func(w Caller) bool { return w.Call == c })
}

func (s *State) agent(u pbx.UserID) *Agent {
	i := slices.IndexFunc(s.Agents, func(a Agent) bool { return a.User == u })
	if i < 0 {
		return nil
	}
	return &s.Agents[i]
}

func (s *State) offer(c pbx.CallID) int {
	return slices.IndexFunc(s.Offers, func(o Offer) bool { return o.Call == c })
}

func (s *State) talk(c pbx.CallID) int {
	return slices.IndexFunc(s.Talks, func(t Talk) bool { return t.Call == c })
}

// IsStaffed reports whether any agent is logged in.
func (s *State) IsStaffed() bool {
	return slices.ContainsFunc(s.Agents, func(a Agent) bool { return a.Duty != Out && !a.Helper })
}

// Wait is how long the caller at a position, from 1, can expect to wait; 0 when that is not known.
func (s *State) Wait(position int) time.Duration { return time.Duration(position) * s.Pace }
