package call

import (
	"time"

	"tandem/i18n"
	"tandem/pbx"
)

// How long a feature code may take: to be carried out, to hear oneself, and to press a key after what was said.
const (
	codeTime = 8 * time.Second
	echoTime = 2 * time.Minute
	askTime  = 6 * time.Second
)

// Carry asks that what a feature code says is done; the answer comes as Carried.
type Carry struct {
	Action   pbx.CodeAction
	Argument string
}

// Carried is what came of a code.
type Carried struct {
	Clips []Clip          // what the caller hears: confirmation, answer or refusal
	To    pbx.Destination // where the call goes on afterwards; nowhere ends it
	Ask   bool            // … only when the caller presses 1
	Echo  bool            // the caller hears himself until he presses #
}

// Echo lets a leg hear itself.
type Echo struct{ Leg pbx.LegID }

func (Carry) effect()  {}
func (Echo) effect()   {}
func (Carried) input() {}

// code does what a feature code says, and tells (FC-01).
type code struct {
	action   pbx.CodeAction
	argument string
	stage    codeStage
	then     Carried
}

type codeStage uint8

const (
	codeCarries codeStage = iota
	codeSays
	codeAsks
	codeEchoes
)

func (code) service() {}

func (s code) step(m *machine, in Input) {
	switch in := in.(type) {
	case begun:
		m.do(Carry{s.action, s.argument})
		m.wait(HouseTimer, codeTime)
	case Carried:
		if s.stage == codeCarries {
			s.stage, s.then = codeSays, in
			m.service = s
			m.say(in.Clips...)
		}
	case Played:
		s.played(m)
	case Digit:
		s.digit(m, in.Digit)
	case Timeout:
		s.timeout(m)
	}
}

func (s code) played(m *machine) {
	if s.stage != codeSays {
		return
	}
	switch {
	case s.then.Echo:
		s.stage = codeEchoes
		m.service = s
		m.do(Echo{m.Legs[0].ID})
		m.wait(HouseTimer, echoTime)
	case s.then.To.IsZero():
		s.stage = codeAsks
		s.timeout(m)
	case s.then.Ask:
		s.stage = codeAsks
		m.service = s
		m.wait(HouseTimer, askTime)
	default:
		m.goOn(s.then.To, "", pbx.CauseChosen)
	}
}

// digit: 1 follows what was offered, also while it is said; # ends.
func (s code) digit(m *machine, key byte) {
	switch {
	case key == '1' && s.then.Ask && (s.stage == codeSays || s.stage == codeAsks):
		m.hush()
		m.goOn(s.then.To, "", pbx.CauseChosen)
	case key == '#' && s.stage != codeCarries:
		m.hush()
		s.stage = codeAsks
		s.timeout(m)
	}
}

func (s code) timeout(m *machine) {
	if s.stage == codeCarries {
		m.dismiss(pbx.CauseFailed, pbx.Party{}, i18n.T("cause.failed"))
		return
	}
	m.end(pbx.CauseHangup, pbx.Party{}, i18n.T("cause.hangup"))
}
