package call

import (
	"time"

	"tandem/i18n"
	"tandem/pbx"
)

// watchTime is how long a call may take to let somebody hear it: both its phones may have to change their sessions first.
const watchTime = 15 * time.Second

// Part is what somebody is in a call that is watched.
type Part uint8

// The parts.
const (
	Subject Part = iota // whom it is about
	Other               // whom he talks to
	Watcher
)

// Hears says who hears whom in a call that somebody takes part in (G-014). Nobody hears himself; of several who take part each sees to himself, and
// those whom everybody hears hear each other.
func Hears(w pbx.Watch, ear, mouth Part) bool {
	switch {
	case mouth != Watcher:
		return ear != mouth
	case ear == Subject:
		return w == pbx.WatchWhisper || w == pbx.WatchBarge
	case ear == Other:
		return w == pbx.WatchWhisperOther || w == pbx.WatchBarge
	}
	return false
}

// OpenWatch asks to take part in a call of others, or to do it in another way; the answer comes as Watching.
type OpenWatch struct {
	Number string // extension of whom it is about, or a call; empty: the call that is watched already
	Mode   pbx.Watch
}

// Watching says what came of it. Into is the leg whose place the caller takes when he takes the call over.
type Watching struct {
	OK    bool
	Mode  pbx.Watch
	Into  pbx.LegID
	Clips []Clip // what the caller hears instead
}

// TurnWatch asks from above that a watcher takes part in another way.
type TurnWatch struct{ Mode pbx.Watch }

// Unwatched says that it is over: the call has ended, or the right to it.
type Unwatched struct {
	Cause pbx.Cause
	Text  i18n.Text
}

func (OpenWatch) effect() {}
func (Watching) input()   {}
func (TurnWatch) input()  {}
func (Unwatched) input()  {}

// attending lets the caller take part in a call of others.
type attending struct {
	at    pbx.Destination
	stage watchStage
	mode  pbx.Watch
}

type watchStage uint8

const (
	watchOpening watchStage = iota
	watchOn
	watchGives // the leg is on its way into the other call
	watchRefused
)

func (attending) service() {}

// watchKeys are the keys by which a watcher goes from one way to another.
var watchKeys = [...]struct {
	key  byte
	mode pbx.Watch
}{{'4', pbx.WatchListen}, {'5', pbx.WatchWhisper}, {'6', pbx.WatchBarge}, {'7', pbx.WatchWhisperOther}, {'8', pbx.WatchSteal}}

func (s attending) step(m *machine, in Input) {
	switch in := in.(type) {
	case begun:
		m.do(OpenWatch{s.at.Number, pbx.Watch(s.at.ID)})
		m.wait(HouseTimer, watchTime)
	case Watching:
		s.told(m, in)
	case TurnWatch:
		s.turn(m, in.Mode)
	case Digit:
		for _, k := range watchKeys {
			if k.key == in.Digit {
				s.turn(m, k.mode)
			}
		}
	case Unwatched:
		if s.stage <= watchOn {
			m.end(in.Cause, pbx.Party{}, in.Text)
		}
	case Handed:
		s.handed(m, in)
	case Played, Timeout:
		s.over(m, in)
	}
}

func (s attending) turn(m *machine, mode pbx.Watch) {
	if s.stage == watchOn && mode != s.mode {
		m.do(OpenWatch{Mode: mode})
	}
}

func (s attending) told(m *machine, in Watching) {
	switch {
	case s.stage > watchOn:
	case !in.OK && s.stage == watchOpening:
		s.stage = watchRefused
		m.service = s
		m.say(append(in.Clips, Words("say.goodbye"))...)
	case !in.OK:
		m.say(in.Clips...)
		m.wait(HouseTimer, stayTime)
	case in.Mode == pbx.WatchSteal:
		s.stage = watchGives
		m.service = s
		m.hush()
		m.do(Hand{m.Legs[0].ID})
		m.wait(HouseTimer, partTime)
	default:
		s.stage, s.mode = watchOn, in.Mode
		m.service = s
		m.hush()
		m.do(Show{})
		m.wait(HouseTimer, stayTime)
	}
}

// handed ends this call when the other one has its leg.
func (s attending) handed(m *machine, in Handed) {
	if s.stage != watchGives {
		return
	}
	switch {
	case in.OK:
		m.Legs[0].State, m.Legs[0].Cause = LegOver, pbx.CauseTransferred
		m.end(pbx.CauseTransferred, m.From, i18n.T("cause.transferred"))
	case m.halt != nil:
		s.stage = watchRefused
		m.service = s
		m.stop(*m.halt)
	default:
		s.stage = watchRefused
		m.service = s
		m.say(Words("say.feature.failed"), Words("say.goodbye"))
	}
}

func (s attending) over(m *machine, in Input) {
	_, late := in.(Timeout)
	switch {
	case s.stage == watchOpening && late:
		m.dismiss(pbx.CauseFailed, pbx.Party{}, i18n.T("cause.failed"))
	case s.stage == watchGives && late:
		m.do(Withdraw{})
	case s.stage == watchRefused, s.stage == watchOn && late:
		m.end(pbx.CauseHangup, pbx.Party{}, i18n.T("cause.hangup"))
	}
}

// isGiving reports whether the caller's leg is on its way into another call.
func (m *machine) isGiving() bool {
	w, ok := m.service.(attending)
	return ok && m.Phase == Housed && w.stage == watchGives
}

// Watches is how the caller takes part in a call of others; ok is false when he does not, or not yet.
func (s *State) Watches() (mode pbx.Watch, ok bool) {
	w, is := s.service.(attending)
	if !is || s.Phase != Housed || w.stage > watchGives {
		return "", false
	}
	return w.mode, true
}

// CanBeWatched reports whether two people talk whom somebody could hear.
func (s *State) CanBeWatched() bool { return s.Phase == Talking && s.Callee > 0 && !s.change.on }

// IsTalk reports whether two people talk, whatever is being agreed between them.
func (s *State) IsTalk() bool { return s.Phase == Talking && s.Callee > 0 }
