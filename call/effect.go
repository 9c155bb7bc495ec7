package call

import (
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
)

// Effect is something the shell has to do. The list is closed; effects are carried out in order.
type Effect interface{ effect() }

// Dial calls a phone.
type Dial struct{ Leg pbx.LegID }

// Ringback tells the caller's phone that it rings at the other end.
type Ringback struct{ Leg pbx.LegID }

// Early lets the caller hear the sound of a phone that has not answered.
type Early struct{ Caller, Callee pbx.LegID }

// Accept answers the caller and connects him with the phone that answered.
type Accept struct{ Caller, Callee pbx.LegID }

// Refuse ends the caller's leg before it was answered, with the reason in words.
type Refuse struct {
	Leg   pbx.LegID
	Cause pbx.Cause
	Text  i18n.Text
}

// Hangup ends a leg, whatever its state.
type Hangup struct {
	Leg   pbx.LegID
	Cause pbx.Cause
}

// Offer passes a changed session on: from the leg From (empty: nobody waits for the answer) to the leg Leg.
// Joined says that the two have just been joined, so that it is what From agreed to, and nobody waits.
type Offer struct {
	Leg, From pbx.LegID
	Joined    bool
}

// Comfort lets a leg hear music while the leg By holds it, or no more.
type Comfort struct {
	Leg, By pbx.LegID
	On      bool
}

// Reply answers a phone that wanted to change its session. Below 300 the shell applies the change; otherwise the old session goes on.
type Reply struct {
	Leg    pbx.LegID
	Status int
}

// Press plays a key to a phone.
type Press struct {
	Leg   pbx.LegID
	Digit byte
}

// Timer names a reason to wait. A call has one timer at a time, because it waits for one thing at a time.
type Timer uint8

// The timers.
const (
	NoTimer Timer = iota
	RingTimer
	ConfirmTimer
	ReplyTimer
	SettleTimer
	RouteTimer
	HouseTimer
)

var timerNames = [...]string{"none", "ring", "confirm", "reply", "settle", "route", "house"}

func (t Timer) String() string { return timerNames[t] }

// How long a call waits. The first two are a little longer than 64·T1, so that the signalling side, which waits
// for the same thing, is the first to say what is wrong (RFC 3261 §17.1.1.2, §13.3.1.4).
const (
	ConfirmTime = 35 * time.Second
	ReplyTime   = 35 * time.Second
	SettleTime  = 10 * time.Second
)

// SetTimer starts the call's timer, in place of the one that runs; NoTimer stops it.
type SetTimer struct {
	Timer Timer
	After time.Duration
}

// Emit writes a fact. The shell adds the moment and what only it knows: addresses, statistics.
type Emit struct {
	Kind event.Kind
	Leg  pbx.LegID       // who rang, answered or holds
	By   pbx.Party       // who ended the call, or sent it on
	To   pbx.Destination // with call.transferred: where
}

// Show brings the live views up to date.
type Show struct{}

func (Dial) effect()     {}
func (Ringback) effect() {}
func (Early) effect()    {}
func (Accept) effect()   {}
func (Refuse) effect()   {}
func (Hangup) effect()   {}
func (Offer) effect()    {}
func (Comfort) effect()  {}
func (Reply) effect()    {}
func (Press) effect()    {}
func (SetTimer) effect() {}
func (Emit) effect()     {}
func (Show) effect()     {}
