package call

import (
	"strconv"
	"time"

	"tandem/i18n"
	"tandem/pbx"
)

// The bounds of dialling by name.
const (
	lettersTime   = 3 * time.Second // without a key: the letters are all
	lettersTries  = 3
	lettersChoice = 8 // so many are offered by key
)

// FindName asks who is called what somebody typed on the letters of his keypad. The answer comes as Named.
type FindName struct{ Keys string }

// Named are the people whom the keys may mean. With too many nobody is listed.
type Named struct {
	Found []Somebody
	Many  bool
}

// Somebody is a person with what is said in place of his name.
type Somebody struct {
	Said []Clip
	To   pbx.Destination
}

func (FindName) effect() {}
func (Named) input()     {}

// names lets a caller find somebody by the letters of his name.
type names struct {
	stage namesStage
	keys  string
	tries int
	found []Somebody
}

type namesStage uint8

const (
	namesAsks   namesStage = iota // for letters
	namesFinds                    // waits for Named
	namesOffers                   // a key for each who was found
	namesParts
)

func (names) service() {}

func (s names) step(m *machine, in Input) {
	switch in := in.(type) {
	case begun:
		s.ask(m)
	case Named:
		s.named(m, in)
	case Played:
		s.played(m)
	case Digit:
		s.digit(m, in.Digit)
	case Timeout:
		s.timeout(m)
	}
}

// ask says what to do; keys that were typed before stay when more of them are wanted.
func (s names) ask(m *machine, first ...Clip) {
	s.stage = namesAsks
	m.service = s
	m.say(append(first, Words("say.names.enter"))...)
}

func (s names) played(m *machine) {
	switch s.stage {
	case namesParts:
		s.timeout(m)
	case namesAsks, namesOffers:
		m.wait(HouseTimer, keyTime)
	}
}

func (s names) digit(m *machine, key byte) {
	switch {
	case s.stage == namesOffers:
		m.hush()
		s.choose(m, key)
	case s.stage != namesAsks:
	case key == '#':
		m.hush()
		s.find(m)
	case key == '*':
		m.hush()
		s.keys = ""
		m.service = s
		m.wait(HouseTimer, keyTime)
	case len(s.keys) < longestInput:
		m.hush()
		s.keys += string(key)
		m.service = s
		m.wait(HouseTimer, lettersTime)
	}
}

func (s names) find(m *machine) {
	if s.keys == "" {
		s.again(m, Words("say.menu.none"))
		return
	}
	s.stage = namesFinds
	m.service = s
	m.do(FindName{s.keys})
	m.wait(HouseTimer, fetchTime)
}

// named offers those who were found; too many are asked for more letters.
func (s names) named(m *machine, in Named) {
	switch {
	case s.stage != namesFinds:
	case in.Many:
		s.again(m, Words("say.names.many"))
	case len(in.Found) == 0:
		s.keys = ""
		s.again(m, Words("say.names.none"))
	default:
		s.found = in.Found[:min(len(in.Found), lettersChoice)]
		s.offer(m)
	}
}

func (s names) offer(m *machine, first ...Clip) {
	s.stage = namesOffers
	m.service = s
	clips := first
	for i, who := range s.found {
		clips = append(append(append(clips, Words("say.names.for")), who.Said...), Words("say.press."+strconv.Itoa(i+1)))
	}
	m.say(append(clips, pressing("say.names.other", "star")...)...)
}

func (s names) choose(m *machine, key byte) {
	switch i := int(key - '1'); {
	case key >= '1' && i < len(s.found):
		m.goOn(s.found[i].To, "", pbx.CauseChosen)
	case key == '*':
		s.keys, s.found = "", nil
		s.ask(m)
	default:
		if s.tries++; s.tries >= lettersTries {
			s.part(m)
			return
		}
		s.offer(m, Words("say.menu.invalid"))
	}
}

// again asks once more, until it has been asked often enough.
func (s names) again(m *machine, first Clip) {
	if s.tries++; s.tries >= lettersTries {
		s.part(m, first)
		return
	}
	s.ask(m, first)
}

func (s names) part(m *machine, clips ...Clip) {
	s.stage = namesParts
	m.service = s
	m.say(append(clips, Words("say.goodbye"))...)
}

func (s names) timeout(m *machine) {
	switch s.stage {
	case namesAsks:
		s.find(m)
	case namesFinds:
		m.dismiss(pbx.CauseFailed, pbx.Party{}, i18n.T("cause.failed"))
	case namesOffers:
		if s.tries++; s.tries >= lettersTries {
			s.part(m)
			return
		}
		s.offer(m)
	case namesParts:
		m.end(pbx.CauseHangup, pbx.Party{}, i18n.T("cause.hangup"))
	}
}
