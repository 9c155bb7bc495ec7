package call

import (
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/route"
)

// How long the house waits. PlayTime bounds what it says at a stretch, the longest message of a mailbox included.
const (
	PlayTime   = 15 * time.Minute
	FinishTime = 5 * time.Second // for a recording to be written after the call
	ToneTime   = 4 * time.Second // of a busy tone before the house hangs up
)

// Tone names a sound that is not speech.
type Tone uint8

// The tones.
const (
	NoTone Tone = iota
	ToneRingback
	ToneBeep
	ToneBusy
	ToneMusic // for who waits; it goes on until something else is played
)

var toneNames = [...]string{"", "ringback", "beep", "busy", "music"}

func (t Tone) String() string { return toneNames[t] }

// Clip is one thing the house plays: a sentence, something that was recorded, or a tone.
type Clip struct {
	Text      i18n.Text
	Sound     string // of what was recorded: its name in the store of sound
	Loop      bool   // … which goes on until something else is played
	Tone      Tone
	Number    int           // is spoken
	Time      time.Duration // is spoken
	Reference bool          // the number of this call is spoken, digit by digit
}

// Words is a clip of a sentence.
func Words(key string, pairs ...string) Clip { return Clip{Text: i18n.T(key, pairs...)} }

// Welcome answers the caller with the house's own session.
type Welcome struct{ Caller pbx.LegID }

// Play lets the caller hear clips, in order, in place of what he hears now; Played with the tag follows when they are over.
type Play struct {
	Leg   pbx.LegID
	Clips []Clip
	Tag   uint64
}

// Hush ends what plays.
type Hush struct{ Leg pbx.LegID }

// Record keeps what the caller says; Recorded follows when it ends.
type Record struct {
	Leg    pbx.LegID
	Max    time.Duration
	Quiet  time.Duration // … or after so much quiet
	StopOn string        // … or at these keys
	Draft  bool          // it lasts only while the call does, until something is made of it
	Brief  bool          // it is kept for the length of the call, and no longer
}

// EndRecord ends the recording that runs.
type EndRecord struct{ Leg pbx.LegID }

// Keep does something lasting with the recording that has ended.
type Keep struct{ As Keeping }

// Keeping says what becomes of a recording.
type Keeping uint8

// What becomes of recordings.
const (
	KeepNothing Keeping = iota // it is forgotten
	KeepMessage                // it is a message in the mailbox
)

var keepingNames = [...]string{"nothing", "message"}

func (k Keeping) String() string { return keepingNames[k] }

// Played says that what the house played is over.
type Played struct{ Tag uint64 }

// Recorded says that a recording is over and wholly written.
type Recorded struct {
	Length time.Duration
	Silent bool // nothing was said
	Failed bool // it could not be written
}

func (Welcome) effect()   {}
func (Play) effect()      {}
func (Hush) effect()      {}
func (Record) effect()    {}
func (EndRecord) effect() {}
func (Keep) effect()      {}
func (Played) input()     {}
func (Recorded) input()   {}

// service is what the house does on a call: a mailbox, a menu, a queue. It is a value with a method
//
//	step(m *machine, in Input)
//
// which moves a copy on and puts it back into the machine. It hears begun when the caller listens, Played, Digit, Recorded, Timeout,
// and the answers to what it asked the shell for. Whatever it does, it leaves a timer running: the house's, or that of what it led to.
type service interface{ service() }

// begun says that the caller listens.
type begun struct{}

func (begun) input() {}

// serve gives an input to the service. The types are listed, because a call through the interface would cost every step of
// every call an allocation.
func (m *machine) serve(in Input) {
	if _, waits := m.service.(queued); m.Phase != Housed && !(waits && m.Phase == Ringing) {
		return
	}
	switch s := m.service.(type) {
	case queued:
		s.step(m, in)
	case mailbox:
		s.step(m, in)
	case menu:
		s.step(m, in)
	case parked:
		s.step(m, in)
	case farewell:
		s.step(m, in)
	case code:
		s.step(m, in)
	case pinned:
		s.step(m, in)
	case fetch:
		s.step(m, in)
	case names:
		s.step(m, in)
	case room:
		s.step(m, in)
	case attending:
		s.step(m, in)
	}
}

// serviceFor makes the service that answers for a place; nil where no such thing answers calls.
func serviceFor(h *route.House) service {
	switch h.At.Kind {
	case pbx.ToMailbox:
		return mailbox{box: h.At}
	case pbx.ToMenu:
		return menu{at: h.At}
	case pbx.ToQueue:
		return queued{at: h.At}
	case pbx.ToCode:
		return code{action: pbx.CodeAction(h.At.ID), argument: h.At.Number}
	case pbx.ToPIN:
		return pinned{number: h.At.Number}
	case pbx.ToNames:
		return names{}
	case pbx.ToFetch:
		return fetch{own: h.At.ID != "", number: h.At.Number}
	case pbx.ToPark:
		return parked{at: h.At, fetch: h.Fetch}
	case pbx.ToRoom:
		return room{at: h.At}
	case pbx.ToWatch:
		return attending{at: h.At}
	}
	return nil
}

// Serves reports whether the house can answer for a kind of place.
func Serves(kind pbx.DestinationKind) bool {
	return serviceFor(&route.House{At: pbx.Destination{Kind: kind}}) != nil
}

// onPlan begins what a plan says: ringing, the house, or the end.
func (m *machine) onPlan(h *route.House, f refusal) {
	switch {
	case f.cause != "":
		f.by = m.blame(f.cause)
		m.turnAway(f)
	case h != nil && m.Aside > 0: // who asks somebody first gets a person, or nobody
		m.goBack()
	case h != nil:
		if m.service = serviceFor(h); m.service == nil {
			m.dismiss(pbx.CauseFailed, pbx.Party{}, i18n.T("cause.failed"))
			return
		}
		m.welcome()
	case m.deflect != "" && m.Legs[0].State == LegDialled:
		m.deflects()
	default:
		m.upRings()
		m.Phase = Ringing
		m.Attempt = m.Stage - 1
		m.next(pbx.CauseOffline)
	}
}

// welcome answers the caller; one who is up already is served at once.
func (m *machine) welcome() {
	if m.Legs[0].State == LegUp {
		m.Phase = Housed
		switch m.service.(type) { // who parks hears whether a position is free, who sends to a room whether it lets him in
		case parked, room:
		default:
			m.arrived()
		}
		m.serve(begun{})
		return
	}
	m.Phase = Answering
	m.do(Welcome{m.Legs[0].ID})
	m.do(Show{})
	m.wait(ConfirmTimer, ConfirmTime)
}

// dismiss ends a call that leads nowhere. A caller who is up hears a busy tone first, for he cannot be refused any more.
func (m *machine) dismiss(cause pbx.Cause, by pbx.Party, text i18n.Text) {
	m.turnAway(refusal{cause: cause, by: by, text: text})
}

// turnAway is dismiss with words for the caller, where there are some.
func (m *machine) turnAway(f refusal) {
	cause, by, text := f.cause, f.by, f.text
	if m.comesBack(cause, text) {
		return
	}
	if m.Legs[0].State != LegUp || m.IsSummons() {
		m.end(cause, by, text)
		return
	}
	m.service = farewell{f}
	m.Phase = Housed
	m.serve(begun{})
}

// say plays clips and waits for their end.
func (m *machine) say(clips ...Clip) {
	m.tag++
	m.playing = true
	m.do(Play{m.Legs[0].ID, clips, m.tag})
	m.wait(HouseTimer, PlayTime)
}

// hush ends what plays.
func (m *machine) hush() {
	if m.playing {
		m.playing = false
		m.do(Hush{m.Legs[0].ID})
	}
}

// record begins to keep what the caller says.
func (m *machine) record(r Record) {
	r.Leg = m.Legs[0].ID
	m.recording = true
	m.do(r)
	m.wait(HouseTimer, r.Max+FinishTime)
}

// answer gives what the shell answers to the service.
func (m *machine) answer(in Input) {
	if !m.finishing {
		m.serve(in)
	}
}

func (m *machine) played(in Played) {
	if in.Tag != m.tag || !m.playing {
		return
	}
	m.playing = false
	if m.Phase == Refusing {
		m.refusedAloud()
		return
	}
	m.answer(in)
}

func (m *machine) recorded(in Recorded) {
	if !m.recording {
		return
	}
	m.recording = false
	m.serve(in)
	m.finished()
}

// finished ends a call whose end waited for its recording.
func (m *machine) finished() {
	if m.finishing && m.Phase < Closing {
		m.finishing = false
		m.end(m.Cause, m.By, m.Text)
	}
}

// left is a caller who hangs up on the house.
func (m *machine) left(cause pbx.Cause) {
	by := m.From
	switch cause {
	case "", pbx.CauseCancelled, pbx.CauseHangup:
		cause = pbx.CauseHangup
	default:
		by = pbx.Party{}
	}
	m.Legs[0].Cause = cause
	m.end(cause, by, sentence(cause, m.From, 0))
}

// IsHoused reports whether the house's own session is in force on the caller's leg.
func (s *State) IsHoused() bool {
	return s.Legs[0].State == LegUp && s.Callee == 0 && s.Phase < Closing
}

// IsServed reports whether it is the house that the caller talks to, or is about to.
func (s *State) IsServed() bool { return s.service != nil && s.Callee == 0 && s.Phase < Closing }

// houseOffered answers a changed session of a caller who talks to the house.
func (m *machine) houseOffered(in Offered) {
	if in.Fault != "" {
		m.do(Reply{m.Legs[0].ID, statusNoCodec})
		return
	}
	m.do(Reply{m.Legs[0].ID, statusOK})
	if !in.Empty {
		m.hold(0, in.Hold)
	}
}

// farewell lets a caller who is up hear that it goes no further, and why.
type farewell struct{ refusal }

func (farewell) service() {}

func (f farewell) step(m *machine, in Input) {
	switch in.(type) {
	case begun:
		if f.spoken != "" {
			m.say(f.clips()...)
			m.wait(HouseTimer, RefusalTime)
			return
		}
		m.say(Clip{Tone: ToneBusy})
		m.wait(HouseTimer, ToneTime)
	case Played:
		if f.spoken != "" {
			m.end(f.cause, f.by, f.text)
		}
	case Timeout:
		m.end(f.cause, f.by, f.text)
	}
}

// houseTimeout is the end of a wait of the house; a recording that is not written in time does not hold its call up.
func (m *machine) houseTimeout() {
	switch {
	case m.Phase == Refusing:
		m.refusedAloud()
	case m.finishing:
		m.recording = false
		m.finished()
	case m.Phase == Housed:
		m.serve(Timeout{HouseTimer})
	}
}
