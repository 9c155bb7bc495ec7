package call

import (
	"tandem/i18n"
	"tandem/pbx"
)

// CheckPIN asks whether the caller has typed his PIN. The answer comes as PINChecked.
type CheckPIN struct{ PIN string }

// PINChecked says whether a PIN was right, or that nothing more is asked because too many were wrong.
type PINChecked struct {
	OK      bool
	Blocked bool
}

func (CheckPIN) effect()  {}
func (PINChecked) input() {}

// pinned asks a caller for his PIN before a number outside is called, and then goes on to it.
type pinned struct {
	number string
	typed  string
	stage  pinStage
	tries  int
	quiet  int // rounds without a key
}

type pinStage uint8

const (
	pinAsks pinStage = iota
	pinChecks
	pinParts // says why it goes no further
)

func (pinned) service() {}

func (s pinned) step(m *machine, in Input) {
	switch in := in.(type) {
	case begun:
		s.ask(m, Words("say.pin.enter"))
	case Digit:
		s.digit(m, in.Digit)
	case Played:
		switch s.stage {
		case pinAsks:
			m.wait(HouseTimer, inputTime)
		case pinParts:
			s.end(m)
		}
	case PINChecked:
		if s.stage == pinChecks {
			s.checked(m, in)
		}
	case Timeout:
		s.timeout(m)
	}
}

func (s pinned) ask(m *machine, clips ...Clip) {
	s.stage, s.typed = pinAsks, ""
	m.service = s
	m.say(clips...)
}

// digit takes a PIN, up to a hash; a star begins anew.
func (s pinned) digit(m *machine, key byte) {
	if s.stage != pinAsks {
		return
	}
	m.hush()
	s.quiet = 0
	switch {
	case key == '#':
		s.check(m)
		return
	case key == '*':
		s.typed = ""
	case len(s.typed) < longestInput:
		s.typed += string(key)
	}
	m.service = s
	m.wait(HouseTimer, inputTime)
}

func (s pinned) check(m *machine) {
	s.stage = pinChecks
	m.service = s
	m.do(CheckPIN{s.typed})
	m.wait(HouseTimer, fetchTime)
}

func (s pinned) checked(m *machine, in PINChecked) {
	switch {
	case in.OK:
		m.goOn(pbx.Destination{Kind: pbx.ToOutside, Number: s.number}, "", pbx.CauseChosen)
		return
	case in.Blocked:
		s.part(m, Words("say.pin.blocked"))
		return
	}
	if s.tries++; s.tries >= pinTries {
		s.part(m, Words("say.pin.wrong"))
		return
	}
	s.ask(m, Words("say.pin.wrong"), Words("say.pin.enter"))
}

func (s pinned) part(m *machine, clips ...Clip) {
	s.stage = pinParts
	m.service = s
	m.say(append(clips, Words("say.goodbye"))...)
}

func (s pinned) end(m *machine) {
	m.end(pbx.CauseDenied, pbx.Party{}, i18n.T("toll.refused.pin_wrong", "number", s.number))
}

// timeout takes what was typed without a hash, and lets nobody wait who types nothing.
func (s pinned) timeout(m *machine) {
	switch {
	case s.stage == pinAsks && s.typed != "":
		s.check(m)
	case s.stage == pinAsks && s.quiet == 0:
		s.quiet++
		s.ask(m, Words("say.pin.enter"))
	case s.stage == pinChecks:
		s.part(m, Words("say.refused.failed"))
	default:
		s.end(m)
	}
}
