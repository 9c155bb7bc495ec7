package call

import (
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
)

// How long a conference room waits: to be found, for a PIN, for a host, and for people to go home; and how long a name may be.
const (
	roomTime  = 5 * time.Second
	pinTime   = 10 * time.Second
	hostTime  = time.Hour
	stayTime  = 12 * time.Hour
	nameTime  = 4 * time.Second
	nameQuiet = time.Second
	pinTries  = 3
	pinDigits = 12
)

// OpenRoom asks to be let into a conference room; the answer comes as Door.
type OpenRoom struct {
	At    pbx.Destination
	PIN   string
	Typed bool // a PIN was typed; otherwise it is only asked whether one is needed
}

// Door is how a conference room receives somebody.
type Door struct {
	Asks   bool // for a PIN
	Wrong  bool // the PIN is
	Full   bool
	Locked bool
	In     bool
	Host   bool
	Names  bool // who comes says his name, which the others hear
	Others int  // who is there already
	Waits  bool // nobody is let in before a host is there
}

// EnterRoom brings the caller in: from here on he hears the others, and they him.
type EnterRoom struct{ Host bool }

// AwaitRoom says that the caller waits for a host; Opened follows.
type AwaitRoom struct{}

// MuteRoom keeps the others from hearing the caller, or lets them.
type MuteRoom struct{ Muted bool }

// SteerRoom carries out what a host wants by keys; RoomSays follows.
type SteerRoom struct{ Do RoomOrder }

// RoomOrder is what a host can do to a room.
type RoomOrder uint8

// The orders.
const (
	RoomCount     RoomOrder = iota + 1 // how many are there? Everybody may ask
	RoomMuteAll                        // … or let all be heard again
	RoomLock                           // … or open it again
	RoomClose                          // the conference is over
	RoomDropsLast                      // who came last is taken out
)

var roomOrderNames = [...]string{"", "count", "mute_all", "lock", "close", "drop_last"}

func (o RoomOrder) String() string { return roomOrderNames[o] }

// Opened says that a host is there, so that those who wait come in.
type Opened struct{}

// Muted says that somebody who moderates has muted the caller, or let him speak again.
type Muted struct{ Muted bool }

// RoomSays is what the caller hears, he alone.
type RoomSays struct{ Clips []Clip }

// RoomTells is what the caller hears about the recording of the room, he alone. With Tells it is that he will be kept, and TapeTold follows when he has heard
// it; with Asks the keys by which he answers lead to TapeAnswer from now on.
type RoomTells struct {
	Clips       []Clip
	Tells, Asks bool
}

// TapeTold says that the caller has heard that the room is recorded.
type TapeTold struct{}

// TapeAnswer is the key by which the caller answers whether he may be recorded.
type TapeAnswer struct{ Digit byte }

// Around is what has changed around the caller.
type Around struct {
	Speaks bool // he is who speaks
	Locked bool // nobody else comes in
	Taping Taping
}

// Closed says that the conference is over.
type Closed struct{}

func (OpenRoom) effect()   {}
func (EnterRoom) effect()  {}
func (AwaitRoom) effect()  {}
func (MuteRoom) effect()   {}
func (SteerRoom) effect()  {}
func (TapeTold) effect()   {}
func (TapeAnswer) effect() {}
func (Door) input()        {}
func (Opened) input()      {}
func (Muted) input()       {}
func (RoomSays) input()    {}
func (RoomTells) input()   {}
func (Around) input()      {}
func (Closed) input()      {}

// room lets the caller talk with everybody who is in a conference room.
type room struct {
	at     pbx.Destination
	stage  roomStage
	pin    string
	tries  int
	door   Door
	star   bool // the next key is an order
	muted  bool
	around Around
	tells  []Clip // what he hears about the recording, and has to hear to its end
	asks   bool   // keys answer it
}

type roomStage uint8

const (
	roomOpening roomStage = iota
	roomAsks              // for the PIN
	roomAsksName
	roomHears // the name
	roomGreets
	roomWaits // for a host
	roomIn
	roomParts // says goodbye
)

func (room) service() {}

func (s room) step(m *machine, in Input) {
	switch in := in.(type) {
	case begun:
		m.do(OpenRoom{At: s.at})
		m.wait(HouseTimer, roomTime)
	case Door:
		s.received(m, in)
	case Digit:
		s.digit(m, in.Digit)
	case Played:
		s.played(m)
	case Recorded:
		if s.stage == roomHears && !m.finishing {
			s.greet(m)
		}
	case Opened:
		if s.stage == roomWaits {
			m.hush()
			s.enter(m)
		}
	case Muted:
		s.mute(m, in.Muted)
	case RoomSays:
		if s.stage == roomIn && len(in.Clips) > 0 {
			s.say(m, in.Clips...)
			m.wait(HouseTimer, stayTime)
		}
	case RoomTells:
		if s.stage == roomIn {
			if s.tells, s.asks = nil, in.Asks; in.Tells {
				s.tells = in.Clips
			}
			m.service = s
			m.say(in.Clips...)
			m.wait(HouseTimer, stayTime)
		}
	case Around:
		if s.stage == roomIn && s.around != in {
			s.around = in
			m.service = s
			m.do(Show{})
		}
	case Closed:
		if s.stage >= roomGreets && s.stage < roomParts {
			m.hush()
			s.leave(m, Words("say.conf.ended"))
		}
	case Timeout:
		s.timeout(m)
	}
}

func (s room) received(m *machine, d Door) {
	if s.stage != roomOpening {
		return
	}
	switch {
	case (d.Full || d.Locked) && m.Sender > 0: // whoever sent him there has him again
		m.dismiss(pbx.CauseBusy, pbx.Party{}, i18n.T("cause.busy"))
	case d.Full:
		s.leave(m, Words("say.conf.full"))
	case d.Locked:
		s.leave(m, Words("say.conf.locked"))
	case d.In && d.Names:
		s.door, s.stage = d, roomAsksName
		m.service = s
		m.arrived()
		m.say(Words("say.conf.name"), Clip{Tone: ToneBeep})
	case d.In:
		s.door = d
		m.arrived()
		s.greet(m)
	case d.Wrong && s.tries >= pinTries:
		s.leave(m, Words("say.pin.blocked"))
	case d.Wrong:
		s.ask(m, Words("say.pin.wrong"), Words("say.pin.again"))
	case d.Asks:
		m.arrived()
		s.ask(m, Words("say.pin.enter"))
	default:
		m.dismiss(pbx.CauseFailed, pbx.Party{}, i18n.T("cause.failed"))
	}
}

func (s room) ask(m *machine, clips ...Clip) {
	s.stage, s.pin = roomAsks, ""
	m.service = s
	m.say(clips...)
}

// greet says who is there already, or that somebody has to come first.
func (s room) greet(m *machine) {
	s.stage = roomGreets
	m.service = s
	switch {
	case s.door.Waits:
		m.say(Words("say.conf.wait"))
	case s.door.Others == 0:
		m.say(Words("say.conf.alone"))
	default:
		m.say(Words("say.conf.there_are"), Clip{Number: s.door.Others})
	}
}

// digit takes a PIN, up to a hash; inside, a star and a key are an order.
func (s room) digit(m *machine, key byte) {
	switch {
	case s.stage == roomAsks && key == '#', s.stage == roomAsks && len(s.pin) == pinDigits:
		m.hush()
		s.tries++
		s.stage = roomOpening
		m.service = s
		m.do(OpenRoom{At: s.at, PIN: s.pin, Typed: true})
		m.wait(HouseTimer, roomTime)
	case s.stage == roomAsks && key >= '0' && key <= '9':
		m.hush()
		s.pin += string(key)
		m.service = s
		m.wait(HouseTimer, pinTime)
	case s.stage == roomGreets && key == '#' && !s.door.Waits:
		m.hush()
		s.enter(m)
	case s.stage == roomIn && s.star:
		s.star = false
		m.service = s
		s.order(m, key)
	case s.stage == roomIn && s.asks && (key == KeyAgree || key == KeyObject):
		m.do(TapeAnswer{key})
	case s.stage == roomIn && key == '*':
		s.star = true
		m.service = s
	}
}

// order is what a key means after a star; those from 3 on are for hosts.
func (s room) order(m *machine, key byte) {
	do := map[byte]RoomOrder{'2': RoomCount, '3': RoomMuteAll, '4': RoomLock, '5': RoomDropsLast, '0': RoomClose}[key]
	switch {
	case key == '1':
		s.mute(m, !s.muted)
	case do == RoomCount, do != 0 && s.door.Host:
		m.do(SteerRoom{do})
	}
}

func (s room) enter(m *machine) {
	s.stage = roomIn
	m.service = s
	m.do(EnterRoom{Host: s.door.Host})
	m.do(Emit{Kind: event.CallEntered})
	m.do(Show{})
	m.wait(HouseTimer, stayTime)
}

func (s room) mute(m *machine, muted bool) {
	if s.stage != roomIn || s.muted == muted {
		return
	}
	s.muted = muted
	m.service = s
	m.do(MuteRoom{muted})
	if muted {
		s.say(m, Words("say.conf.muted"))
	} else {
		s.say(m, Words("say.conf.unmuted"))
	}
	m.do(Show{})
	m.wait(HouseTimer, stayTime)
}

// say lets the caller hear something inside. What he has to hear about the recording and has not to its end, he hears again.
func (s room) say(m *machine, clips ...Clip) {
	m.say(append(clips, s.tells...)...)
}

func (s room) played(m *machine) {
	switch {
	case s.stage == roomAsks:
		m.wait(HouseTimer, pinTime)
	case s.stage == roomAsksName:
		s.stage = roomHears
		m.service = s
		m.record(Record{Max: nameTime, Quiet: nameQuiet, StopOn: "#", Brief: true})
	case s.stage == roomGreets && s.door.Waits:
		s.stage = roomWaits
		m.service = s
		m.do(AwaitRoom{})
		m.do(Show{})
		m.say(Clip{Tone: ToneMusic})
		m.wait(HouseTimer, hostTime)
	case s.stage == roomGreets:
		s.enter(m)
	case s.stage == roomIn && len(s.tells) > 0:
		s.tells = nil
		m.service = s
		m.do(TapeTold{})
	case s.stage == roomParts:
		s.timeout(m)
	}
}

func (s room) leave(m *machine, clips ...Clip) {
	s.stage = roomParts
	m.service = s
	m.say(append(clips, Words("say.goodbye"))...)
}

func (s room) timeout(m *machine) {
	switch s.stage {
	case roomOpening:
		m.dismiss(pbx.CauseFailed, pbx.Party{}, i18n.T("cause.failed"))
	case roomAsks, roomWaits:
		m.hush()
		s.leave(m)
	case roomHears:
		m.recording = false
		s.greet(m)
	case roomAsksName, roomGreets:
		s.played(m)
	default:
		m.end(pbx.CauseHangup, pbx.Party{}, i18n.T("cause.hangup"))
	}
}

// Meeting is how a caller is in a conference room.
type Meeting struct {
	In, Waits     bool // for a host
	Host, Muted   bool
	Speaks, Close bool // nobody else comes in
	Taping        Taping
}

// Meets is how the caller is in a conference room, or nothing.
func (s *State) Meets() Meeting {
	r, ok := s.service.(room)
	if !ok || s.Phase != Housed || r.stage != roomIn && r.stage != roomWaits {
		return Meeting{}
	}
	return Meeting{In: r.stage == roomIn, Waits: r.stage == roomWaits, Host: r.door.Host, Muted: r.muted, Speaks: r.around.Speaks, Close: r.around.Locked, Taping: r.around.Taping}
}
