package call

import (
	"slices"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/route"
)

// Phase is how far a call is.
type Phase uint8

// The phases, in the order in which a call goes through them; any of them may be followed by Closing.
const (
	Placing   Phase = iota // Start has not come
	Routing                // it is being decided where the call goes on; timer Route
	Refusing               // the caller hears why his call may not be, before any answer; timer House
	Ringing                // phones of the running attempt ring; timer Ring
	Answering              // a phone or the house answered, the caller's phone has not confirmed; timer Confirm
	Housed                 // the caller talks to the house; timer House
	Talking                // timer Reply while a changed session is being agreed
	Parting                // one side connects the other with another call, which is being asked; timer Route
	Turning                // whom the other side sent on is being given the house's session; timer Reply
	Closing                // the call has ended; phones that were cancelled may still answer; timer Settle
	Over                   // nothing more will come
)

var phaseNames = [...]string{"placing", "routing", "refusing", "ringing", "answering", "housed", "talking", "parting", "turning", "closing", "over"}

func (p Phase) String() string { return phaseNames[p] }

// LegState is how far one leg is.
type LegState uint8

// The states of a leg.
const (
	LegIdle     LegState = iota // its attempt has not begun
	LegUnpaid                   // it leads outside, and is dialled when it is known that it can be paid
	LegDialled                  // no word from the phone yet; the caller's leg before the answer
	LegRinging                  // the phone rings
	LegAsked                    // it was picked up; whoever it is hears who calls, and decides
	LegUp                       // answered
	LegStopping                 // we cancelled it and its end has not been reported
	LegOver
)

// Leg is one phone in the call, as far as decisions need it.
type Leg struct {
	ID      pbx.LegID
	Device  pbx.DeviceID
	Trunk   pbx.TrunkID // over which it is called
	Party   pbx.Party
	Attempt int // of the plan; -1 for the caller
	State   LegState
	Rang    bool // it rang at some time
	Came    bool // it came into the call, in the place of something
	Screen  bool // who picks it up hears who calls, and decides
	Held    bool // it has put the other side on hold
	Cause   pbx.Cause
	Status  int
	Codec   string
	Secure  bool // sound is encrypted
}

// exchange is a session change under way: from asked for it (or nobody, -1), to has to answer it (or nobody, -1).
type exchange struct {
	on       bool
	from, to int
	hold     bool
}

const nobody = -1

// State is one call. It is a value: Step never changes the State it is given.
type State struct {
	Phase   Phase
	From    pbx.Party
	To      pbx.Party
	Legs    []Leg           // the caller's first
	Rings   []time.Duration // ring time of each attempt, of all stages of its way
	Stage   int             // the first attempt of the running stage
	Then    *route.Then     // where the call goes when the running stage is not answered; nil: nowhere
	Attempt int             // the running one
	Callee  int             // index of the leg that talks to the caller; 0 before the answer
	Sender  int             // index of the leg that sent the call on and waits how it goes; 0 for none
	Aside   int             // index of the leg that waits while the caller, who talked to it, asks somebody else; 0 for none
	Early   int             // index of the leg whose sound the caller hears while it rings; 0 for none
	Told    bool            // the caller hears ringing
	Cause   pbx.Cause       // why the call ended
	Text    i18n.Text
	By      pbx.Party // who ended it

	timer     Timer
	change    exchange
	back      route.Then      // in place of the rules of where the call goes next
	then      passage         // of Turning
	traded    bool            // who asks somebody else was called, and gave his place for that time
	leaving   int             // of Parting: who connects
	unpaid    refusal         // why a leg of the running attempt could not be paid
	by        pbx.Party       // … in whose name
	halt      *Stop           // … and what ends the call when the leg stays
	asked     bool            // the phone of the sender waits to be told how it goes
	fitted    int             // sessions changed since two legs were joined
	summons   pbx.Destination // where who answers is wanted; nowhere: a call like others
	home      *route.House    // where the call begins, when the house answers
	barred    refusal         // … and why it ends at once, when it may not be
	service   service         // what the house does on it
	tag       uint64          // of what was played last
	playing   bool
	recording bool
	tape      taping
	decision  decision
	deflect   string // where the caller's carrier is asked to send the call
	finishing bool   // the end waits for the recording; Cause, By and Text are set
}

// New prepares a call after a plan, which is a refusal only when its reason is told aloud; ids are the leg ids of its targets, in order over all attempts.
func New(caller pbx.LegID, device pbx.DeviceID, p route.Plan, ids []pbx.LegID) State {
	s := State{From: p.From, To: p.To, home: p.House, deflect: p.Deflect}
	if p.Refuse != "" {
		s.barred = refusal{cause: p.Refuse, text: p.Text, spoken: p.Spoken}
	}
	s.Legs, s.Rings = make([]Leg, 0, 1+len(ids)), make([]time.Duration, 0, len(p.Attempts))
	s.Legs = append(s.Legs, Leg{ID: caller, Device: device, Party: p.From, Attempt: nobody, State: LegDialled})
	s.add(p, ids)
	return s
}

// add puts the phones of a plan behind those that are there.
func (s *State) add(p route.Plan, ids []pbx.LegID) {
	first := len(s.Rings)
	if s.Then = nil; p.Then != (route.Then{}) {
		then := p.Then
		s.Then = &then
	}
	if first > 0 {
		s.Rings = slices.Clip(s.Rings)
	}
	for i, a := range p.Attempts {
		s.Rings = append(s.Rings, a.Ring)
		for _, t := range a.Targets {
			if len(ids) == 0 {
				return
			}
			s.Legs = append(s.Legs, Leg{ID: ids[0], Device: t.Binding.Device, Trunk: t.Trunk, Party: t.Party, Screen: t.Screen, Attempt: first + i})
			ids = ids[1:]
		}
	}
}

// IsHeld reports whether either side has put the other on hold.
func (s *State) IsHeld() bool {
	return s.Callee > 0 && (s.Legs[0].Held || s.Legs[s.Callee].Held)
}

// LivePhase is what live views show; "" once the call has ended.
func (s *State) LivePhase() pbx.CallPhase {
	switch {
	case s.Phase >= Closing:
		return ""
	case s.Phase < Answering:
		return pbx.PhaseRinging
	case s.isParked():
		return pbx.PhaseParked
	case s.IsHeld():
		return pbx.PhaseHeld
	}
	return pbx.PhaseTalking
}

// Find is the index of a leg; negative when it is not part of the call.
func (s *State) Find(id pbx.LegID) int { return s.find(id) }

func (s *State) isParked() bool { n, _ := s.Parked(); return n != "" }

// find is the index of a leg, or nobody.
func (s *State) find(id pbx.LegID) int {
	return slices.IndexFunc(s.Legs, func(l Leg) bool { return l.ID == id })
}

// peer is the index of the leg at the other end of a conversation, or nobody.
func (s *State) peer(i int) int {
	switch {
	case s.Callee == 0:
		return nobody
	case i == 0:
		return s.Callee
	case i == s.Callee:
		return 0
	}
	return nobody
}

// isPending reports whether a leg has been dialled and may still answer.
func (l *Leg) isPending() bool {
	return l.State == LegDialled || l.State == LegRinging || l.State == LegAsked
}

// IsOn reports whether a leg rings or talks.
func (l *Leg) IsOn() bool { return l.isPending() || l.State == LegUp }

// IsChanging reports whether a changed session is under way in a conversation: whatever else is asked for meanwhile has to wait.
func (s *State) IsChanging() bool { return s.change.on }

// IsAsking reports whether a leg waits for an offer of ours, which its phone had asked for.
func (s *State) IsAsking(id pbx.LegID) bool {
	return s.change.on && s.change.to == nobody && s.change.from >= 0 && s.Legs[s.change.from].ID == id
}
