package call

import (
	"slices"
	"time"

	"tandem/i18n"
	"tandem/pbx"
)

// The bounds of fetching messages by phone (TF-09).
const (
	fetchTime     = 8 * time.Second // to look something up, or to do it
	keyTime       = 8 * time.Second // to press a key after what was said
	inputTime     = 6 * time.Second // between the digits of a number
	pauseTime     = 5 * time.Minute // of a message that was stopped
	fetchTries    = 5               // wrong PINs in one call
	fetchPatience = 3               // rounds in which nobody presses a key
	longestInput  = 20
	windBy        = 10 * time.Second
	DraftTime     = 2 * time.Minute // of a greeting, and of an introduction
)

// Unlock asks for the messages of a mailbox: the caller's own, or that of an extension with its PIN. Without a PIN it opens only to those who
// may hear it anyway. The answer comes as Unlocked.
type Unlock struct {
	Own    bool
	Number string
	PIN    string
}

// Unlocked is a mailbox that is open, or why it is not.
type Unlocked struct {
	OK       bool
	Ask      bool   // its PIN is wanted
	Blocked  bool   // too many wrong PINs: nothing more is asked
	Language string // in which its owner is spoken to; empty: as before
	Counts   []Clip // "you have two new messages"
	Old      []Clip // said before the first of those that were heard already, when new ones come before it
	Notes    []Note // new ones first, each part the oldest first
	Edit     bool   // messages may be deleted
	Settings bool   // greetings and PIN may be changed
}

// Note is one message in a mailbox that is open.
type Note struct {
	ID    pbx.MessageID
	Intro []Clip          // when it came, and from whom
	Back  pbx.Destination // who left it; nowhere when that is not known, or he cannot be called from here
	New   bool            // nobody has heard it
	Gone  bool            // it was deleted in this call
}

// Treat does something to a message. Nobody waits for it.
type Treat struct {
	ID pbx.MessageID
	As Treatment
}

// Treatment says what becomes of a message.
type Treatment uint8

// What becomes of messages.
const (
	TreatPlayed Treatment = iota // somebody hears it
	TreatHeard                   // it counts as heard
	TreatNew                     // it counts as not heard
	TreatDeleted
	TreatRestored
)

var treatmentNames = [...]string{"played", "heard", "new", "deleted", "restored"}

func (t Treatment) String() string { return treatmentNames[t] }

// Address asks whether the mailbox of an extension takes messages. The answer comes as Done.
type Address struct{ Number string }

// SendOn puts a message into the mailbox of an extension, behind what was recorded last when it is introduced. The answer comes as Done.
type SendOn struct {
	ID     pbx.MessageID
	Number string
	Intro  bool
}

// Greet lets the open mailbox greet with what was recorded last, or with the usual sentence. The answer comes as Done.
type Greet struct {
	For   pbx.Occasion
	Usual bool
}

// SetPIN gives the open mailbox another PIN. The answer comes as Done.
type SetPIN struct{ PIN string }

// Done says whether what was asked for was done.
type Done struct{ OK bool }

// Pause stops what plays where it is, or lets it go on.
type Pause struct {
	Leg pbx.LegID
	On  bool
}

// Wind moves what plays by so much, back when it is negative.
type Wind struct {
	Leg pbx.LegID
	By  time.Duration
}

func (Unlock) effect()  {}
func (Treat) effect()   {}
func (Address) effect() {}
func (SendOn) effect()  {}
func (Greet) effect()   {}
func (SetPIN) effect()  {}
func (Pause) effect()   {}
func (Wind) effect()    {}
func (Unlocked) input() {}
func (Done) input()     {}

// fetch lets somebody hear the messages in a mailbox and treat them (X-054, FC-01).
//
//	1 again   2 stop, go on   3 who and when   4 previous   5 call back   6 next   7 delete, take back   8 send on   9 save, as new again
//	0 greeting and PIN; while a message plays * and # wind it, otherwise * tells the keys and # ends
type fetch struct {
	own    bool   // the caller's own mailbox, from his own phone
	number string // of the mailbox
	stage  fetchStage
	typed  string
	ahead  string // keys that were pressed while something was looked up
	pin    string // the new one, typed once
	to     string // to whom a message is sent on
	on     pbx.Occasion
	tries  int
	quiet  int // rounds without a key
	box    Unlocked
	at     int
}

type fetchStage uint8

const (
	fetchOpens   fetchStage = iota // waits for Unlocked
	fetchNumber                    // whose mailbox
	fetchPIN                       // its PIN
	fetchTells                     // says something, and then goes on with the message it is at
	fetchPlays                     // a message
	fetchPauses                    // in a message
	fetchChooses                   // a key after it
	fetchHelps                     // says what keys do
	fetchSends                     // to which extension
	fetchAddress                   // waits whether that can be
	fetchIntro                     // with an introduction or without
	fetchSending                   // waits for Done
	fetchOptions                   // greeting or PIN
	fetchGreets                    // which greeting
	fetchGreet                     // record it, or the usual one
	fetchBeeps                     // before something is recorded
	fetchRecords                   // a greeting, or an introduction
	fetchReviews                   // keep it, hear it, record it again
	fetchNewPIN
	fetchAgainPIN
	fetchSetting // waits for Done
	fetchParts   // says goodbye
)

func (fetch) service() {}

func (f fetch) step(m *machine, in Input) {
	switch in := in.(type) {
	case begun:
		if f.own || f.number != "" {
			f.open(m)
			return
		}
		f.ask(m, fetchNumber, Words("say.mailbox.number"))
	case Unlocked:
		f.opened(m, in)
	case Done:
		f.done(m, in.OK)
	case Played:
		f.played(m)
	case Recorded:
		f.recorded(m, in)
	case Digit:
		f.digit(m, in.Digit)
	case Timeout:
		f.timeout(m)
	}
}

// go to a stage; the value that is in force is the machine's.
func (f *fetch) turn(m *machine, stage fetchStage) {
	f.stage = stage
	m.service = *f
}

// ask says something and then waits for digits.
func (f fetch) ask(m *machine, stage fetchStage, clips ...Clip) {
	f.typed = ""
	f.turn(m, stage)
	m.say(clips...)
}

// offer says something and then waits for one key.
func (f fetch) offer(m *machine, stage fetchStage, clips ...Clip) {
	f.turn(m, stage)
	m.say(clips...)
}

// await waits for the shell to do something.
func (f fetch) await(m *machine, stage fetchStage, e Effect) {
	f.turn(m, stage)
	m.do(e)
	m.wait(HouseTimer, fetchTime)
}

func (f fetch) open(m *machine) {
	f.await(m, fetchOpens, Unlock{f.own, f.number, f.typed})
}

// opened goes on with what is known now; keys that were pressed meanwhile count then.
func (f fetch) opened(m *machine, in Unlocked) {
	if f.stage != fetchOpens {
		return
	}
	ahead := f.ahead
	f.ahead = ""
	f.unlocked(m, in)
	for i := range len(ahead) {
		m.serve(Digit{m.Legs[0].ID, ahead[i]})
	}
}

func (f fetch) unlocked(m *machine, in Unlocked) {
	switch {
	case in.OK:
		f.box, f.at, f.quiet, f.typed = in, 0, 0, ""
		f.then(m, in.Counts...)
	case in.Blocked:
		f.part(m, Words("say.pin.blocked"))
	case f.own:
		f.part(m, Words("say.feature.refused"))
	case in.Ask:
		f.ask(m, fetchPIN, Words("say.pin.enter"))
	default:
		if f.tries++; f.tries >= fetchTries {
			f.part(m, Words("say.pin.blocked"))
			return
		}
		f.ask(m, fetchPIN, Words("say.pin.wrong"), Words("say.pin.enter"))
	}
}

func (f fetch) part(m *machine, clips ...Clip) {
	f.turn(m, fetchParts)
	m.say(append(clips, Words("say.goodbye"))...)
}

func (f fetch) end(m *machine) { m.end(pbx.CauseHangup, pbx.Party{}, i18n.T("cause.hangup")) }

// then says something and goes on with the message at which the caller is.
func (f fetch) then(m *machine, clips ...Clip) { f.offer(m, fetchTells, clips...) }

// note is the message at which the caller is; false behind the last one.
func (f *fetch) note() (Note, bool) {
	if f.at < len(f.box.Notes) {
		return f.box.Notes[f.at], true
	}
	return Note{}, false
}

// put notes what became of the message at which the caller is.
func (f *fetch) put(n Note) {
	f.box.Notes = slices.Clone(f.box.Notes)
	f.box.Notes[f.at] = n
}

// play says when the message came and from whom, and then what was said; behind the last one the caller hears that there are no more.
func (f fetch) play(m *machine) {
	f.at = max(f.at, 0)
	n, ok := f.note()
	if !ok {
		f.at = len(f.box.Notes)
		f.offer(m, fetchChooses, Words("say.mailbox.end"))
		return
	}
	clips := slices.Clone(n.Intro)
	if f.at > 0 && !n.New && f.box.Notes[f.at-1].New {
		clips = append(slices.Clone(f.box.Old), clips...)
	}
	m.do(Treat{n.ID, TreatPlayed})
	f.offer(m, fetchPlays, append(clips, Clip{Sound: string(n.ID)})...)
}

// envelope says again when the message came, and from whom.
func (f fetch) envelope(m *machine) {
	n, _ := f.note()
	f.offer(m, fetchChooses, n.Intro...)
}

func (f fetch) played(m *machine) {
	switch f.stage {
	case fetchTells:
		f.play(m)
	case fetchPlays:
		f.heard(m)
		f.turn(m, fetchChooses)
		m.wait(HouseTimer, keyTime)
	case fetchBeeps:
		f.turn(m, fetchRecords)
		m.record(Record{Max: DraftTime, Quiet: QuietMessage, StopOn: "#", Draft: true})
	case fetchParts:
		f.end(m)
	case fetchNumber, fetchPIN, fetchSends, fetchNewPIN, fetchAgainPIN:
		m.wait(HouseTimer, inputTime)
	case fetchChooses, fetchHelps, fetchIntro, fetchOptions, fetchGreets, fetchGreet, fetchReviews:
		m.wait(HouseTimer, keyTime)
	}
}

// heard notes that the caller has heard a message to its end, or saved it. It stays among the new ones of this call.
func (f *fetch) heard(m *machine) {
	if n, ok := f.note(); ok && !n.Gone {
		m.do(Treat{n.ID, TreatHeard})
	}
}

// recorded lets the caller keep what he has said, hear it, or say it again.
func (f fetch) recorded(m *machine, in Recorded) {
	switch {
	case f.stage != fetchRecords:
	case m.finishing:
		m.do(Keep{KeepNothing})
	case in.Failed || in.Silent || in.Length < ShortMessage:
		m.do(Keep{KeepNothing})
		if f.to != "" {
			f.introduce(m, Words("say.record.short"))
			return
		}
		f.options(m, Words("say.record.short"))
	default:
		f.review(m)
	}
}

func (f fetch) review(m *machine) {
	f.turn(m, fetchReviews)
	m.tag++
	m.playing = true
	m.do(PlayBack{Clips: choices(), Tag: m.tag})
	m.wait(HouseTimer, PlayTime)
}

func (f fetch) done(m *machine, ok bool) {
	switch f.stage {
	case fetchAddress:
		if ok {
			f.introduce(m)
			return
		}
		f.to = ""
		f.ask(m, fetchSends, Words("say.refused.number"), Words("say.mailbox.send_to"))
	case fetchSending:
		said := Words("say.feature.failed")
		if f.to = ""; ok {
			said = Words("say.mailbox.sent")
		}
		f.offer(m, fetchChooses, said)
	case fetchSetting:
		said := Words("say.feature.failed")
		switch {
		case f.pin != "" && ok:
			said = Words("say.pin.changed")
		case f.pin != "":
			said = Words("say.pin.weak")
		case ok:
			said = Words("say.greeting.saved")
		}
		f.pin = ""
		f.options(m, said)
	}
}

func (f fetch) timeout(m *machine) {
	switch f.stage {
	case fetchOpens, fetchAddress, fetchSending, fetchSetting:
		m.dismiss(pbx.CauseFailed, pbx.Party{}, i18n.T("cause.failed"))
	case fetchParts:
		f.end(m)
	case fetchNumber, fetchPIN, fetchSends, fetchNewPIN, fetchAgainPIN:
		if f.typed != "" {
			f.entered(m)
			return
		}
		f.part(m)
	case fetchChooses:
		if f.quiet++; f.quiet >= fetchPatience {
			f.part(m)
			return
		}
		if _, on := f.note(); on && f.at+1 < len(f.box.Notes) {
			f.quiet = 0 // he listens
			f.at++
			f.play(m)
			return
		}
		f.help(m)
	case fetchHelps, fetchIntro, fetchOptions, fetchGreets, fetchGreet, fetchReviews:
		if f.quiet++; f.quiet >= fetchPatience {
			f.part(m)
			return
		}
		f.again(m)
	default:
		f.part(m)
	}
}

// again says what can be done here.
func (f fetch) again(m *machine) {
	switch f.stage {
	case fetchIntro:
		f.introduce(m)
	case fetchOptions:
		f.options(m)
	case fetchGreets:
		f.greetings(m)
	case fetchGreet:
		f.greeting(m)
	case fetchReviews:
		f.review(m)
	default:
		f.help(m)
	}
}
