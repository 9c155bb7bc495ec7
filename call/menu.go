package call

import (
	"time"

	"tandem/i18n"
	"tandem/pbx"
)

// How long the house waits in a menu: to look it up, and between the digits of an extension.
const (
	menuTime  = 5 * time.Second
	digitTime = 2500 * time.Millisecond
)

// OpenMenu asks for the menu at which the call has arrived; the answer comes as Choices.
type OpenMenu struct{ At pbx.Destination }

// Choices is a menu as far as the machine needs it.
type Choices struct {
	Greeting []Clip
	Keys     []pbx.MenuKey
	Digits   int           // length of the longest extension that may be dialled; 0: none may
	Wait     time.Duration // for a key after the greeting
	Rounds   int           // how often the greeting is said
	Silent   pbx.Destination
	Wrong    pbx.Destination
}

// LookUp asks whom an extension belongs to that was dialled in a menu; the answer comes as Meant.
type LookUp struct{ Number string }

// Meant is where an extension leads; nowhere when it is nobody's.
type Meant struct{ To pbx.Destination }

func (OpenMenu) effect() {}
func (LookUp) effect()   {}
func (Choices) input()   {}
func (Meant) input()     {}

// menu lets the caller choose with a key, or dial an extension.
type menu struct {
	at      pbx.Destination
	stage   menuStage
	choices Choices
	round   int
	pressed bool   // a key that meant nothing was pressed
	dialled string // digits so far
}

type menuStage uint8

const (
	menuOpening menuStage = iota
	menuSays
	menuWaits
	menuDials  // an extension, or a key that could begin one
	menuAsks   // whose the extension is
	menuErrs   // says that the choice means nothing
	menuLeaves // says goodbye
)

func (menu) service() {}

func (s menu) step(m *machine, in Input) {
	switch in := in.(type) {
	case begun:
		m.do(Show{}) // live views tell where the caller chooses
		m.do(OpenMenu{s.at})
		m.wait(HouseTimer, menuTime)
	case Choices:
		if s.stage == menuOpening {
			s.choices = in
			s.greet(m)
		}
	case Played:
		s.played(m)
	case Digit:
		s.digit(m, in.Digit)
	case Meant:
		s.meant(m, in.To)
	case Timeout:
		s.timeout(m)
	}
}

// greet says the greeting, in one round more.
func (s menu) greet(m *machine) {
	s.round++
	s.stage, s.dialled = menuSays, ""
	m.service = s
	if len(s.choices.Greeting) == 0 {
		s.played(m)
		return
	}
	m.say(s.choices.Greeting...)
}

func (s menu) played(m *machine) {
	switch s.stage {
	case menuSays:
		s.stage = menuWaits
		m.service = s
		m.wait(HouseTimer, s.choices.Wait)
	case menuErrs:
		s.greet(m)
	case menuLeaves:
		s.timeout(m)
	}
}

// digit takes a key at any time, also while the greeting is said. What may begin an extension waits a moment for more.
func (s menu) digit(m *machine, key byte) {
	switch s.stage {
	case menuSays, menuWaits, menuDials:
	default:
		return
	}
	m.hush()
	isDigit := key >= '0' && key <= '9'
	switch {
	case isDigit && s.choices.Digits > 0:
		s.dialled += string(key)
		s.stage = menuDials
		m.service = s
		if len(s.dialled) >= s.choices.Digits {
			s.lookUp(m)
			return
		}
		m.wait(HouseTimer, digitTime)
	case s.stage == menuDials && key == '#':
		s.dialledAll(m)
	default:
		s.choose(m, key)
	}
}

// dialledAll is the end of what is dialled: one digit alone is a choice before it is an extension.
func (s menu) dialledAll(m *machine) {
	if len(s.dialled) == 1 {
		if to, ok := s.choice(s.dialled[0]); ok {
			s.leave(m, to, pbx.CauseChosen)
			return
		}
	}
	s.lookUp(m)
}

func (s menu) lookUp(m *machine) {
	s.stage = menuAsks
	m.service = s
	m.do(LookUp{s.dialled})
	m.wait(HouseTimer, menuTime)
}

func (s menu) meant(m *machine, to pbx.Destination) {
	if s.stage != menuAsks {
		return
	}
	if to.IsZero() {
		s.wrong(m)
		return
	}
	s.leave(m, to, pbx.CauseChosen)
}

func (s menu) choice(key byte) (pbx.Destination, bool) {
	for _, k := range s.choices.Keys {
		if k.Key == string(key) {
			return k.To, true
		}
	}
	return pbx.Destination{}, false
}

func (s menu) choose(m *machine, key byte) {
	if to, ok := s.choice(key); ok {
		s.leave(m, to, pbx.CauseChosen)
		return
	}
	s.wrong(m)
}

// wrong says that the choice means nothing; in the last round the call goes to where such callers go.
func (s menu) wrong(m *machine) {
	s.pressed = true
	if s.round >= s.choices.Rounds {
		s.leave(m, s.choices.Wrong, pbx.CauseNoAnswer)
		return
	}
	s.stage, s.dialled = menuErrs, ""
	m.service = s
	m.say(Words("say.menu.invalid"))
}

func (s menu) timeout(m *machine) {
	switch s.stage {
	case menuOpening:
		m.dismiss(pbx.CauseFailed, pbx.Party{}, i18n.T("cause.failed"))
	case menuSays, menuWaits:
		s.silent(m)
	case menuDials:
		s.dialledAll(m)
	case menuAsks:
		s.wrong(m)
	case menuErrs:
		s.greet(m)
	case menuLeaves:
		m.end(pbx.CauseHangup, pbx.Party{}, i18n.T("cause.hangup"))
	}
}

// silent is a round in which no key was pressed.
func (s menu) silent(m *machine) {
	m.hush()
	switch {
	case s.round < s.choices.Rounds:
		s.greet(m)
	case s.pressed:
		s.leave(m, s.choices.Wrong, pbx.CauseNoAnswer)
	default:
		s.leave(m, s.choices.Silent, pbx.CauseNoAnswer)
	}
}

// leave sends the call on; where it goes nowhere, the house says goodbye.
func (s menu) leave(m *machine, to pbx.Destination, cause pbx.Cause) {
	if !to.IsZero() {
		m.goOn(to, "", cause)
		return
	}
	s.stage = menuLeaves
	m.service = s
	m.say(Words("say.goodbye"))
}

// Chooses is the menu in which the caller chooses; empty when he is in none.
func (s *State) Chooses() pbx.MenuID {
	if m, ok := s.service.(menu); ok && s.Phase == Housed {
		return pbx.MenuID(m.at.ID)
	}
	return ""
}
