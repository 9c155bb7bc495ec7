package call

import (
	"time"

	"tandem/pbx"
)

// How long a dictation waits: for the phone to answer, for a key when everything has been said, and how often it asks.
const (
	DictateRing  = 30 * time.Second
	dictateWait  = 8 * time.Second
	dictateTries = 3
	QuietDictate = 6 * time.Second
)

// Dictation is a phone that the house calls so that somebody speaks a sentence into it: he hears a tone, speaks, hears himself, and
// keeps it or speaks again by key. It is a value; Step never changes the one it is given.
type Dictation struct {
	Stage DictateStage
	Cause pbx.Cause // why it is over without a sound that was kept
	Kept  bool

	leg   pbx.LegID
	max   time.Duration
	tag   uint64
	tries int
}

// DictateStage is how far a dictation is.
type DictateStage uint8

// The stages.
const (
	DictateRings   DictateStage = iota // the phone rings
	DictateAsks                        // he is told what to do, and hears the tone
	DictateRecords                     // he speaks
	DictateReviews                     // he hears himself, and what the keys mean
	DictateWaits                       // for a key
	DictateSaves                       // what he said is being stored
	DictateParts                       // the house says how it went
	DictateOver
)

var dictateNames = [...]string{"ringing", "asking", "recording", "reviewing", "waiting", "saving", "parting", "over"}

func (s DictateStage) String() string { return dictateNames[s] }

// PlayBack lets the phone hear what was recorded, and then clips; Played with the tag follows.
type PlayBack struct {
	Clips []Clip
	Tag   uint64
}

// Store keeps what was recorded for good; Stored follows.
type Store struct{}

// Stored says whether what was recorded could be kept.
type Stored struct{ Failed bool }

func (PlayBack) effect() {}
func (Store) effect()    {}
func (Stored) input()    {}

// NewDictation prepares a dictation on a leg.
func NewDictation(leg pbx.LegID, most time.Duration) Dictation { return Dictation{leg: leg, max: most} }

// Step moves a dictation on by one input. It is total: what means nothing in a stage changes nothing.
func (d Dictation) Step(in Input) (Dictation, []Effect) {
	m := dictating{Dictation: d}
	m.step(in)
	return m.Dictation, m.effects
}

// dictating is a Dictation being moved on.
type dictating struct {
	Dictation
	effects []Effect
}

func (m *dictating) do(e ...Effect) { m.effects = append(m.effects, e...) }

func (m *dictating) step(in Input) {
	if m.Stage == DictateOver {
		return
	}
	switch in := in.(type) {
	case Start:
		m.do(Dial{m.leg}, SetTimer{HouseTimer, DictateRing})
	case Answered:
		m.answered(in)
	case Failed:
		m.end(in.Cause)
	case Ended:
		m.end(in.Cause)
	case Stop:
		m.hangUp(in.Cause)
	case Played:
		m.played(in)
	case Recorded:
		m.recorded(in)
	case Digit:
		m.digit(in.Digit)
	case Stored:
		m.stored(in)
	case Timeout:
		m.timeout()
	}
}

// end notes that the phone is gone; what was not kept until then is not kept.
func (m *dictating) end(cause pbx.Cause) {
	if !m.Kept {
		m.Cause = cause
	}
	m.Stage = DictateOver
	m.do(SetTimer{NoTimer, 0})
}

func (m *dictating) hangUp(cause pbx.Cause) {
	m.do(Hangup{m.leg, pbx.CauseHangup})
	m.end(cause)
}

func (m *dictating) answered(in Answered) {
	if m.Stage != DictateRings {
		return
	}
	if in.Fault != "" {
		m.hangUp(in.Fault)
		return
	}
	m.ask()
}

func (m *dictating) say(clips ...Clip) {
	m.tag++
	m.do(Play{m.leg, clips, m.tag}, SetTimer{HouseTimer, PlayTime})
}

// ask says what to do, then the tone.
func (m *dictating) ask(before ...Clip) {
	m.Stage = DictateAsks
	m.say(append(before, Words("say.record.tone"), Clip{Tone: ToneBeep})...)
}

// choices are what the keys mean after somebody heard himself.
func choices() []Clip {
	return []Clip{Words("say.for.keep"), Words("say.press.1"), Words("say.for.again"), Words("say.press.2"), Words("say.for.record"), Words("say.press.3")}
}

func (m *dictating) review() {
	m.Stage = DictateReviews
	m.tag++
	m.do(PlayBack{choices(), m.tag}, SetTimer{HouseTimer, PlayTime})
}

func (m *dictating) played(in Played) {
	if in.Tag != m.tag {
		return
	}
	switch m.Stage {
	case DictateAsks:
		m.Stage = DictateRecords
		m.do(Record{Leg: m.leg, Max: m.max, Quiet: QuietDictate, StopOn: "#"}, SetTimer{HouseTimer, m.max + FinishTime})
	case DictateReviews:
		m.Stage = DictateWaits
		m.do(SetTimer{HouseTimer, dictateWait})
	case DictateParts:
		m.hangUp(m.Cause)
	}
}

func (m *dictating) recorded(in Recorded) {
	if m.Stage != DictateRecords {
		return
	}
	switch {
	case in.Failed:
		m.part(pbx.CauseFailed, "say.record.failed")
	case (in.Silent || in.Length < ShortMessage/2) && m.again():
		m.ask(Words("say.record.short"))
	case in.Silent || in.Length < ShortMessage/2:
		m.part(pbx.CauseNoAnswer)
	default:
		m.tries = 0
		m.review()
	}
}

// again counts how often the house asks for the same thing.
func (m *dictating) again() bool {
	m.tries++
	return m.tries < dictateTries
}

// digit takes a key as soon as he has begun to hear himself.
func (m *dictating) digit(key byte) {
	if m.Stage == DictateRecords && key == '#' { // in the sound it has ended the recording already; by signalling it has not
		m.do(EndRecord{m.leg})
		return
	}
	if m.Stage != DictateReviews && m.Stage != DictateWaits {
		return
	}
	switch key {
	case '1':
		m.Stage = DictateSaves
		m.do(Hush{m.leg}, Store{}, SetTimer{HouseTimer, PlayTime})
	case '2':
		m.review()
	case '3':
		m.ask()
	default:
		m.Stage = DictateReviews
		m.say(append([]Clip{Words("say.menu.invalid")}, choices()...)...)
	}
}

func (m *dictating) stored(in Stored) {
	if m.Stage != DictateSaves {
		return
	}
	if in.Failed {
		m.part(pbx.CauseFailed, "say.record.failed")
		return
	}
	m.Kept = true
	m.part("", "say.feature.done")
}

// part says how it went and hangs up.
func (m *dictating) part(cause pbx.Cause, keys ...string) {
	m.Stage, m.Cause = DictateParts, cause
	var clips []Clip
	for _, k := range append(keys, "say.goodbye") {
		clips = append(clips, Words(k))
	}
	m.say(clips...)
}

func (m *dictating) timeout() {
	switch m.Stage {
	case DictateWaits:
		if m.again() {
			m.Stage = DictateReviews
			m.say(choices()...)
			return
		}
		m.part(pbx.CauseNoAnswer)
	case DictateRings:
		m.hangUp(pbx.CauseNoAnswer)
	case DictateParts:
		m.hangUp(m.Cause)
	default:
		m.hangUp(pbx.CauseFailed)
	}
}
