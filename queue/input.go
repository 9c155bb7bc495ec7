package queue

import (
	"time"

	"tandem/pbx"
)

// Input is something that happened to a queue. The list is closed; Step has an answer to each of them in every state.
type Input interface{ input() }

// Join says that a call arrived.
type Join struct {
	Call     pbx.CallID
	From     pbx.Party
	Priority int // higher is served first
}

// Leave says that a waiting caller hung up, or was taken away by somebody who may.
type Leave struct{ Call pbx.CallID }

// Hold says that a waiting caller hung up and wants to be called back when it is his turn.
type Hold struct{ Call pbx.CallID }

// Return says that a caller who wanted to be called back stays on the line after all, because his place could not be kept.
type Return struct{ Call pbx.CallID }

// Reached says that who is called back answered the agent.
type Reached struct{ Call pbx.CallID }

// Unreached says that who is called back did not answer, or could not be called. For good: he may not be called.
type Unreached struct {
	Call    pbx.CallID
	ForGood bool
}

// Drop says that somebody takes a place out that is kept for a call back.
type Drop struct{ Call pbx.CallID }

// Opening says whether people are called back now: only while the hours of the queue's department let calls in.
type Opening struct{ Open bool }

// Declined says that an agent did not take a call that he was offered: he pressed decline, or his phones could not be reached.
type Declined struct {
	Call  pbx.CallID
	Agent pbx.UserID
}

// Engaged says that an agent could not be rung, because another queue has him. It is no miss of his.
type Engaged struct {
	Call  pbx.CallID
	Agent pbx.UserID
}

// Took says that an agent answered a call of this queue. It counts also where the offer has just ended: who talks, talks.
type Took struct {
	Call  pbx.CallID
	Agent pbx.UserID
}

// Over says that the conversation of a caller with an agent has ended.
type Over struct{ Call pbx.CallID }

// Set says what an agent does from now on: Free, Away or Out. During a call it counts from its end.
type Set struct {
	Agent pbx.UserID
	Duty  Duty
}

// Ready says that an agent has written down what was said.
type Ready struct{ Agent pbx.UserID }

// Tick says that the timer fired.
type Tick struct{}

// Change says that the queue was configured anew, or that other people may help. Agents who serve no longer are out; their calls go on.
type Change struct {
	Queue   pbx.Queue
	Helpers []pbx.UserID // who is offered calls that wait too long, in this order
}

// Restore brings back the figures of a day that began before this state.
type Restore struct {
	Day    Figures
	Agents []Served
	Places []Caller // kept for calls back, in order
}

// Served is what an agent has done today.
type Served struct {
	Agent    pbx.UserID
	Answered int
	Talked   time.Duration
	Last     time.Time // when his last call of the queue ended
}

// Midnight begins a new day of figures.
type Midnight struct{}

func (Join) input()      {}
func (Leave) input()     {}
func (Hold) input()      {}
func (Return) input()    {}
func (Reached) input()   {}
func (Unreached) input() {}
func (Drop) input()      {}
func (Opening) input()   {}
func (Declined) input()  {}
func (Engaged) input()   {}
func (Took) input()      {}
func (Restore) input()   {}
func (Over) input()      {}
func (Set) input()       {}
func (Ready) input()     {}
func (Tick) input()      {}
func (Change) input()    {}
func (Midnight) input()  {}
