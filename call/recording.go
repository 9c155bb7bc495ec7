package call

import (
	"time"

	"tandem/pbx"
)

// Taping is how far the recording of a conversation is.
type Taping uint8

// The states of a recording. TapeKept and TapePaused are those in which there is one.
const (
	TapeNone    Taping = iota // nothing is recorded, and nobody wants it
	TapeAsked                 // the shell is asked what the rules say about these two
	TapeTelling               // the two hear that they will be recorded
	TapeWaiting               // one of them has to agree
	TapeKept
	TapePaused
	TapeRefused // one of them did not want it: nothing is recorded in this conversation any more
)

var tapingNames = [...]string{"none", "asked", "telling", "waiting", "kept", "paused", "refused"}

func (t Taping) String() string { return tapingNames[t] }

// taping is what the machine knows of the recording. It follows the conversation: whenever two other legs talk, the rules are asked again.
type taping struct {
	now    Taping
	pair   [2]pbx.LegID // who talks; empty while nobody does
	open   bool         // something was begun and not ended yet
	wanted bool         // somebody wants it, whatever the rules say about always
	by     pbx.Party    // … who
	mode   pbx.RecordMode
	notice pbx.RecordNotice
	may    bool          // one of them may still object
	untold bool          // paused since before these two talked
	tag    uint64        // of what is being told, or of the pause
	most   time.Duration // how long a pause may last
}

// Keys that answer the question whether one may be recorded.
const (
	KeyAgree  = '1'
	KeyObject = '0'
)

// Consider asks what the rules say about recording the two legs that talk now. The answer comes as Considered.
type Consider struct{ Legs [2]pbx.LegID }

// Inform lets both legs hear that they are going to be recorded, and what they can do about it; Informed follows.
type Inform struct {
	Legs   [2]pbx.LegID
	Notice pbx.RecordNotice
	Tag    uint64
}

// Tape keeps what is said on the two legs, in the recording that is open and maybe paused, or in a new one. Object says that 0 still stops it for a while,
// which Settled ends.
type Tape struct {
	Legs   [2]pbx.LegID
	By     pbx.Party
	Object bool
}

// Untape takes the two legs out of the recording, which stays open: nobody talks for the moment.
type Untape struct{}

// PauseTape stops keeping, or goes on with it. A pause ends with PauseOver when nobody has ended it before.
type PauseTape struct {
	On    bool
	After time.Duration // with On: when it is over
	Tag   uint64
}

// EndTape ends the recording. With Forget nothing of it stays.
type EndTape struct {
	Forget bool
	Leg    pbx.LegID // with Forget: who refused
}

// Considered tells what the rules say about a conversation.
type Considered struct {
	Legs   [2]pbx.LegID
	Mode   pbx.RecordMode
	Notice pbx.RecordNotice
	Pause  time.Duration // how long a pause may last
}

// Informed says that both have heard it.
type Informed struct{ Tag uint64 }

// Settled says that the time to object is over.
type Settled struct{}

// PauseOver says that a pause has lasted as long as it may: who forgets it loses no more of the conversation (BAR PR-02).
type PauseOver struct{ Tag uint64 }

// TapeOrder is what somebody wants done with the recording; the shell has asked whether he may.
type TapeOrder struct {
	Do    TapeDo
	By    pbx.Party
	After time.Duration // of a pause: it is over after that, if not sooner by the rules
}

// TapeDo is an order about a recording.
type TapeDo uint8

// The orders.
const (
	TapeStart TapeDo = iota + 1
	TapeStop
	TapePause
	TapeResume
)

func (Consider) effect()  {}
func (Inform) effect()    {}
func (Tape) effect()      {}
func (Untape) effect()    {}
func (PauseTape) effect() {}
func (EndTape) effect()   {}
func (Considered) input() {}
func (Informed) input()   {}
func (Settled) input()    {}
func (PauseOver) input()  {}
func (TapeOrder) input()  {}

// Taping is how far the recording is, for those who watch the call.
func (s *State) Taping() Taping { return s.tape.now }

// AsksConsent reports whether a key of one of the two who talk is an answer.
func (s *State) AsksConsent() bool {
	t := s.tape.now
	return t == TapeWaiting || t == TapeTelling && s.tape.notice != pbx.RecordTell || s.tape.may
}

// conversation is who talks to whom now; held calls count, because they go on.
func (m *machine) conversation() (pair [2]pbx.LegID) {
	if m.Phase == Talking && m.Callee > 0 && m.Legs[0].State == LegUp && m.Legs[m.Callee].State == LegUp {
		pair = [2]pbx.LegID{m.Legs[0].ID, m.Legs[m.Callee].ID}
	}
	return pair
}

// follow brings the recording in line with the conversation; it is called after every input.
func (m *machine) follow() {
	t := &m.tape
	switch pair := m.conversation(); {
	case m.Phase >= Closing:
		if t.open {
			t.open = false
			m.do(EndTape{})
		}
		*t = taping{}
	case pair == t.pair:
	case pair == [2]pbx.LegID{}:
		t.pair = pair
		if t.now == TapeKept || t.now == TapePaused {
			m.do(Untape{})
		}
		if t.now != TapePaused { // who paused does not go on by himself
			t.now = TapeNone
		}
		t.may = false
	default:
		t.pair, t.may = pair, false
		if t.now != TapePaused {
			t.now = TapeAsked
		}
		m.do(Consider{pair})
	}
}

// considered begins, goes on with, or ends the recording as the rules say.
func (m *machine) considered(in Considered) {
	t := &m.tape
	if in.Legs != t.pair || t.pair == [2]pbx.LegID{} {
		return
	}
	t.mode, t.notice, t.most = in.Mode, in.Notice, in.Pause
	wants := in.Mode == pbx.RecordAlways || in.Mode == pbx.RecordDemand && t.wanted
	switch {
	case !wants:
		m.endTape(false)
		if in.Mode == pbx.RecordDemand { // somebody may want it now
			m.do(Show{})
		}
	case t.now == TapePaused:
		t.untold = true
	default:
		m.inform()
	}
}

// inform tells the two before anything of them is kept (PR-01).
func (m *machine) inform() {
	t := &m.tape
	if t.notice == pbx.RecordSilent {
		m.keepTape()
		return
	}
	t.now = TapeTelling
	t.tag++
	m.do(Inform{t.pair, t.notice, t.tag})
	m.do(Show{})
}

func (m *machine) informed(in Informed) {
	t := &m.tape
	if t.now != TapeTelling || in.Tag != t.tag {
		return
	}
	if t.notice == pbx.RecordAsk {
		t.now = TapeWaiting
		return
	}
	m.keepTape()
}

func (m *machine) keepTape() {
	t := &m.tape
	t.now, t.open, t.untold, t.may = TapeKept, true, false, t.notice == pbx.RecordObject
	m.do(Tape{t.pair, t.by, t.may})
	m.do(Show{})
}

func (m *machine) endTape(forget bool) {
	t := &m.tape
	if t.open {
		m.do(EndTape{Forget: forget})
	}
	was := t.now
	t.open, t.now, t.may, t.untold = false, TapeNone, false, false
	if was != TapeNone && was != TapeAsked {
		m.do(Show{})
	}
}

// consent takes a key as an answer to the question whether one may be recorded.
func (m *machine) consent(i int, digit byte) {
	t := &m.tape
	if i < 0 || m.Legs[i].ID != t.pair[0] && m.Legs[i].ID != t.pair[1] || !m.AsksConsent() {
		return
	}
	switch {
	case digit == KeyAgree && t.notice == pbx.RecordAsk:
		m.keepTape()
	case digit == KeyObject:
		m.do(EndTape{Forget: true, Leg: m.Legs[i].ID})
		t.open, t.may, t.wanted, t.now = false, false, false, TapeRefused
		m.do(Show{})
	}
}

// order does what somebody wants with the recording.
func (m *machine) order(in TapeOrder) {
	t := &m.tape
	talks := t.pair != [2]pbx.LegID{}
	switch {
	case in.Do == TapeStart && talks && t.now == TapeNone && (t.mode == pbx.RecordDemand || t.mode == pbx.RecordAlways):
		t.wanted, t.by = true, in.By
		m.inform()
	case in.Do == TapeStop && t.now != TapeNone:
		t.wanted = false
		m.endTape(false)
	case in.Do == TapePause && t.now == TapeKept:
		t.now = TapePaused
		t.tag++
		after := t.most
		if in.After > 0 {
			after = min(after, in.After)
		}
		m.do(PauseTape{On: true, After: after, Tag: t.tag})
		m.do(Show{})
	case in.Do == TapeResume && t.now == TapePaused && talks:
		m.resumeTape()
	}
}

// resumeTape goes on keeping; who has come meanwhile hears first that he is recorded.
func (m *machine) resumeTape() {
	t := &m.tape
	if t.untold {
		m.inform()
		return
	}
	t.now = TapeKept
	m.do(PauseTape{})
	m.do(Show{})
}

// pauseOver ends a pause that nobody has ended. While nobody talks, the rules are asked anew when somebody does.
func (m *machine) pauseOver(in PauseOver) {
	t := &m.tape
	switch {
	case t.now != TapePaused || in.Tag != t.tag:
	case t.pair == [2]pbx.LegID{}:
		t.now = TapeNone
		m.do(Show{})
	default:
		m.resumeTape()
	}
}
