package call

import (
	"tandem/i18n"
	"tandem/pbx"
)

// Input is something that happened to a call. The list is closed; Step has an answer to each of them in every phase.
type Input interface{ input() }

// Start begins the call: the caller has been authenticated, authorised and routed.
type Start struct{}

// Rang says that a phone rings.
type Rang struct{ Leg pbx.LegID }

// Progressed says that a phone sends sound before it answers. Fault says why we cannot pass it on.
type Progressed struct {
	Leg   pbx.LegID
	Fault pbx.Cause
}

// Answered says that a phone answered, or, for the caller's leg, that it confirmed our answer.
// It is also the answer of a phone that had asked us to make an offer.
type Answered struct {
	Leg    pbx.LegID
	Codec  string
	Secure bool
	Hold   bool      // it does not want to hear us
	Fault  pbx.Cause // its session cannot be used: no shared codec, or no encryption
}

// Failed says that a leg never came up. For the caller's leg: cancelled or lost.
type Failed struct {
	Leg    pbx.LegID
	Cause  pbx.Cause
	Status int
}

// Ended says that a leg that was up is over.
type Ended struct {
	Leg   pbx.LegID
	Cause pbx.Cause
}

// Offered says that a phone wants to change its session.
type Offered struct {
	Leg   pbx.LegID
	Hold  bool // it does not want to hear the other side
	Same  bool // nothing changes for the other side: a refresh, or a new address of the phone
	Empty bool // it wants us to make the offer
	Fault pbx.Cause
}

// Replied says how a phone answered the change we passed to it.
type Replied struct {
	Leg    pbx.LegID
	Status int
	Fault  pbx.Cause
}

// Digit is a key that came by signalling; keys in the sound stream are relayed there.
type Digit struct {
	Leg   pbx.LegID
	Digit byte
}

// Silent says that no sound came from a phone for too long (RT-09).
type Silent struct{ Leg pbx.LegID }

// Timeout says that the timer of that name ran out.
type Timeout struct{ Timer Timer }

// Stop ends the call from above: a person with the right to do so, or Tandem being stopped.
type Stop struct {
	Cause pbx.Cause
	By    pbx.Party
	Text  i18n.Text // empty: the sentence of the cause
}

func (Start) input()      {}
func (Rang) input()       {}
func (Progressed) input() {}
func (Answered) input()   {}
func (Failed) input()     {}
func (Ended) input()      {}
func (Offered) input()    {}
func (Replied) input()    {}
func (Digit) input()      {}
func (Silent) input()     {}
func (Timeout) input()    {}
func (Stop) input()       {}
