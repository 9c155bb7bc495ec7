package call

import (
	"time"

	"tandem/i18n"
	"tandem/pbx"
)

// What a message has to be, and how long somebody may think before he speaks.
const (
	ShortMessage = time.Second // what is shorter is no message
	QuietMessage = 8 * time.Second
	boxTime      = 5 * time.Second // to look into a mailbox
)

// OpenBox asks for the mailbox at which the call has arrived; the answer comes as Box.
type OpenBox struct{ At pbx.Destination }

// Box is a mailbox as far as the machine needs it.
type Box struct {
	Greeting []Clip          // what a caller hears before the tone
	Max      time.Duration   // of one message
	Full     bool            // it takes no more
	Refusal  []Clip          // what a caller hears when it is full
	Operator pbx.Destination // where 0 leads during the greeting; nowhere when zero
	Owner    pbx.UserID      // whose rule that is
}

func (OpenBox) effect() {}
func (Box) input()      {}

// mailbox takes a message for somebody.
type mailbox struct {
	box   pbx.Destination
	stage boxStage
	max   time.Duration
	to    pbx.Destination // for 0
	owner pbx.UserID
}

type boxStage uint8

const (
	boxOpening boxStage = iota
	boxGreets
	boxBeeps
	boxRecords
	boxParts // says goodbye
)

func (mailbox) service() {}

func (b mailbox) step(m *machine, in Input) {
	switch in := in.(type) {
	case begun:
		m.do(OpenBox{b.box})
		m.wait(HouseTimer, boxTime)
	case Box:
		b.opened(m, in)
	case Played:
		b.played(m)
	case Digit:
		b.digit(m, in.Digit)
	case Recorded:
		b.recorded(m, in)
	case Timeout:
		b.timeout(m)
	}
}

func (b mailbox) opened(m *machine, box Box) {
	if b.stage != boxOpening {
		return
	}
	b.max, b.to, b.owner = box.Max, box.Operator, box.Owner
	if box.Full || box.Max <= 0 {
		b.stage = boxParts
		m.service = b
		m.say(box.Refusal...)
		return
	}
	b.stage = boxGreets
	m.service = b
	if len(box.Greeting) == 0 {
		b.beep(m)
		return
	}
	m.say(box.Greeting...)
}

func (b mailbox) beep(m *machine) {
	b.stage = boxBeeps
	m.service = b
	m.say(Clip{Tone: ToneBeep})
}

func (b mailbox) played(m *machine) {
	switch b.stage {
	case boxGreets:
		b.beep(m)
	case boxBeeps:
		b.stage = boxRecords
		m.service = b
		m.record(Record{Max: b.max, Quiet: QuietMessage, StopOn: "#"})
	case boxParts:
		b.timeout(m)
	}
}

// digit: # goes straight to the tone, 0 to somebody who answers.
func (b mailbox) digit(m *machine, key byte) {
	switch {
	case b.stage != boxGreets:
	case key == '#':
		m.hush()
		b.beep(m)
	case key == '0' && !b.to.IsZero():
		m.hush()
		m.goOn(b.to, b.owner, pbx.CauseNoAnswer)
	}
}

func (b mailbox) recorded(m *machine, in Recorded) {
	if b.stage != boxRecords {
		return
	}
	as := KeepMessage
	if in.Failed || in.Silent || in.Length < ShortMessage {
		as = KeepNothing
	}
	m.do(Keep{as})
	b.stage = boxParts
	m.service = b
	if !m.finishing {
		if as == KeepMessage {
			m.say(Words("say.record.saved"))
		} else {
			m.say(Words("say.record.short"))
		}
	}
}

func (b mailbox) timeout(m *machine) {
	switch b.stage {
	case boxOpening:
		m.dismiss(pbx.CauseFailed, pbx.Party{}, i18n.T("cause.failed"))
	default:
		m.end(pbx.CauseHangup, pbx.Party{}, i18n.T("cause.hangup"))
	}
}
