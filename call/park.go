package call

import (
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/route"
)

// parkTime is how long a position may take to be found.
const parkTime = 5 * time.Second

// OpenPark asks for a park position; the answer comes as Position.
type OpenPark struct{ At pbx.Destination }

// Position is the park position that a call was given.
type Position struct {
	Number string          // empty: none is free
	Wait   time.Duration   // until the call comes back to who parked it
	Then   pbx.Destination // where it goes when he does not answer; nowhere parks it again
	Music  []Clip          // what is heard there; nothing: the music of the house
}

func (p Position) music() []Clip {
	if len(p.Music) > 0 {
		return p.Music
	}
	return []Clip{{Tone: ToneMusic}}
}

func (OpenPark) effect() {}
func (Position) input()  {}

// parked lets the caller wait, with music, until somebody fetches him. The call comes back to who parked it.
type parked struct {
	at     pbx.Destination
	fetch  bool // the caller dialled the position: he wants who is there, and nobody is
	by     pbx.Party
	number string
	wait   time.Duration
	then   pbx.Destination
}

func (parked) service() {}

func (s parked) step(m *machine, in Input) {
	switch in := in.(type) {
	case begun:
		if s.fetch {
			m.say(Words("say.park.empty"))
			return
		}
		s.by = m.by
		m.service = s
		m.do(OpenPark{s.at})
		m.wait(HouseTimer, parkTime)
	case Position:
		s.given(m, in)
	case Played:
		s.timeout(m)
	case Timeout:
		s.timeout(m)
	}
}

func (s parked) given(m *machine, in Position) {
	switch {
	case s.number != "" || s.fetch:
	case in.Number == "":
		m.dismiss(pbx.CauseBusy, pbx.Party{}, i18n.T("call.park_full"))
	default:
		s.number, s.wait, s.then = in.Number, in.Wait, in.Then
		m.service = s
		m.arrived()
		m.do(Emit{Kind: event.CallParked, By: s.by})
		m.say(in.music()...)
		m.do(Show{})
		m.wait(HouseTimer, s.wait)
	}
}

// timeout brings the call back to who parked it, and, should he not answer, to where the position sends it then.
func (s parked) timeout(m *machine) {
	switch {
	case s.number == "" && s.fetch:
		m.end(pbx.CauseGone, pbx.Party{}, i18n.T("call.park_empty"))
	case s.number == "":
		m.dismiss(pbx.CauseFailed, pbx.Party{}, i18n.T("cause.failed"))
	case s.by.User != "":
		back := s.then
		if back.IsZero() {
			back = s.at
		}
		m.back = route.Then{NoAnswer: back, Busy: back, Offline: back}
		m.hush()
		m.goOn(pbx.Destination{Kind: pbx.ToUser, ID: string(s.by.User)}, s.by.User, pbx.CauseReturned)
	case !s.then.IsZero():
		m.hush()
		m.goOn(s.then, "", pbx.CauseReturned)
	default:
		m.wait(HouseTimer, s.wait)
	}
}

// Parked is the position on which the caller waits, and who parked him; empty when he is not parked.
func (s *State) Parked() (string, pbx.Party) {
	if p, ok := s.service.(parked); ok && s.Phase == Housed {
		return p.number, p.by
	}
	return "", pbx.Party{}
}
