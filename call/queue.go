package call

import (
	"slices"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/route"
)

// queueTime is how long the house waits to be told what a caller in a queue hears.
const queueTime = 5 * time.Second

// Enter puts the caller into a queue; the answer comes as Waits, or as Release where there is no such queue.
type Enter struct{ At pbx.Destination }

// Waits is what a caller hears while he waits: ringing where there is no music. Callback says that he may ask to be called back.
type Waits struct {
	Music    []Clip
	Callback bool
}

// AskBack asks how the caller could be called back; the answer comes as Back.
type AskBack struct{}

// Back is what he hears: his number, and what to press; or why that cannot be.
type Back struct {
	OK    bool
	Clips []Clip
}

// KeepPlace keeps the caller's place for a call back; the answer comes as Kept.
type KeepPlace struct{}

// Kept says whether the place is kept, so that the caller may hang up.
type Kept struct{ OK bool }

// Seek rings the phones of agents while the caller goes on hearing what he hears: Legs are the ids of the plan's phones.
type Seek struct {
	Plan route.Plan
	Legs []pbx.LegID
}

// Recall ends the ringing of phones.
type Recall struct {
	Legs  []pbx.LegID
	Cause pbx.Cause
}

// Tell lets a waiting caller hear something; then the music goes on.
type Tell struct{ Clips []Clip }

// Release lets a caller go from the queue: to another place, or with a sentence to the end.
type Release struct {
	To    pbx.Destination
	Cause pbx.Cause
	Text  i18n.Text // of the record
	Clip  Clip      // what he hears before the end
}

// Drop says that phones which rang in vain are part of the call no more: somebody who waits long would else carry all of them along.
type Drop struct{ Legs []pbx.LegID }

// manyLegs is how many legs a waiting call keeps.
const manyLegs = 24

func (Enter) effect()     {}
func (Drop) effect()      {}
func (AskBack) effect()   {}
func (KeepPlace) effect() {}
func (Back) input()       {}
func (Kept) input()       {}
func (Waits) input()      {}
func (Seek) input()       {}
func (Recall) input()     {}
func (Tell) input()       {}
func (Release) input()    {}

// queued lets the caller wait for an agent. Who is rung, and for how long, is decided by the queue (package queue), which
// package switchboard runs beside the call: the call tells what became of the ringing by the state of its legs.
type queued struct {
	at    pbx.Destination
	stage queueStage
	music []Clip
	back  bool    // he may ask to be called back
	end   Release // of queueLeaves
}

// keyBack asks to be called back, and says that it shall be so.
const keyBack = '1'

type queueStage uint8

const (
	queueEnters queueStage = iota
	queueWaits
	queueTells
	queueAsks   // whether, and where, he could be called back
	queueOffers // says so, and waits for his key
	queueKeeps  // his place
	queueLeaves // says why it ends
)

func (queued) service() {}

func (s queued) step(m *machine, in Input) {
	switch in := in.(type) {
	case begun:
		m.do(Enter{s.at})
		m.wait(HouseTimer, queueTime)
	case Waits:
		if s.stage == queueEnters {
			s.music, s.back = in.Music, in.Callback
			s.listen(m)
		}
	case Tell:
		if s.stage == queueWaits || s.stage == queueTells {
			s.stage = queueTells
			s.play(m, in.Clips...)
		}
	case Digit:
		s.digit(m, in.Digit)
	case Back:
		if s.stage == queueAsks {
			if s.stage = queueTells; in.OK {
				s.stage = queueOffers
			}
			s.play(m, in.Clips...)
		}
	case Kept:
		s.kept(m, in.OK)
	case Seek:
		if s.stage != queueLeaves {
			s.seek(m, in)
		}
	case Recall:
		s.recall(m, in)
	case Release:
		s.release(m, in)
	case Played:
		s.played(m)
	case Timeout:
		s.timeout(m)
	}
}

// play lets the caller hear clips. While phones ring, the timer is theirs.
func (s queued) play(m *machine, clips ...Clip) {
	m.service = s
	if m.Phase == Ringing {
		m.tag++
		m.playing = true
		m.do(Play{m.Legs[0].ID, clips, m.tag})
		return
	}
	m.say(clips...)
}

// listen lets the caller hear what there is to hear while he waits.
func (s queued) listen(m *machine) {
	s.stage = queueWaits
	if len(s.music) == 0 {
		s.music = []Clip{{Tone: ToneRingback}}
	}
	s.play(m, s.music...)
}

// digit lets a caller ask to be called back, and say whether that is right. Any other key lets him wait on.
func (s queued) digit(m *machine, key byte) {
	switch {
	case !s.back:
	case key == keyBack && (s.stage == queueWaits || s.stage == queueTells):
		s.stage = queueAsks
		s.ask(m, AskBack{})
	case key == keyBack && s.stage == queueOffers:
		s.stage = queueKeeps
		s.ask(m, KeepPlace{})
	case s.stage == queueOffers:
		s.listen(m)
	}
}

// ask asks the shell. While phones ring, the timer is theirs.
func (s queued) ask(m *machine, e Effect) {
	m.service = s
	m.hush()
	m.do(e)
	if m.Phase == Housed {
		m.wait(HouseTimer, queueTime)
	}
}

// kept lets a caller go whose place is kept.
func (s queued) kept(m *machine, ok bool) {
	switch {
	case s.stage == queueLeaves:
	case ok:
		s.release(m, Release{Cause: pbx.CauseHangup, Text: i18n.T("call.queue.callback"), Clip: Words("say.queue.callback_set")})
	case s.stage == queueKeeps:
		s.stage = queueTells
		s.play(m, Words("say.feature.failed"))
	}
}

func (s queued) played(m *machine) {
	switch s.stage {
	case queueOffers:
		if m.Phase == Housed {
			m.wait(HouseTimer, askTime)
			return
		}
		s.listen(m)
	case queueWaits, queueTells:
		s.listen(m)
	case queueLeaves:
		s.timeout(m)
	}
}

// seek rings phones of agents; what rang before for this call is over.
func (s queued) seek(m *machine, in Seek) {
	for i := range m.Legs {
		if i > 0 {
			m.cancel(i, pbx.CauseElsewhere)
		}
	}
	if s.stage == queueEnters {
		s.stage = queueWaits
		m.service = s
	}
	m.drop()
	m.Stage = len(m.Rings)
	m.add(in.Plan, in.Legs)
	m.Phase = Ringing
	m.Attempt = m.Stage - 1
	m.next(pbx.CauseOffline)
	m.do(Show{})
}

// drop forgets phones that are over, when there are many.
func (m *machine) drop() {
	if len(m.Legs) < manyLegs || m.Sender > 0 || m.Aside > 0 || m.Callee > 0 || m.change.on {
		return
	}
	var gone []pbx.LegID
	kept := m.Legs[:1]
	for _, l := range m.Legs[1:] {
		if l.State == LegOver {
			gone = append(gone, l.ID)
		} else {
			kept = append(kept, l)
		}
	}
	m.Legs = kept
	if len(gone) > 0 {
		m.do(Drop{gone})
	}
}

func (s queued) recall(m *machine, in Recall) {
	for i := range m.Legs {
		if i > 0 && slices.Contains(in.Legs, m.Legs[i].ID) {
			m.cancel(i, in.Cause)
		}
	}
	if m.Phase == Ringing && m.ringing() == 0 {
		s.unanswered(m)
	}
}

// unanswered lets the caller wait on: nobody whose phones rang took the call.
func (s queued) unanswered(m *machine) {
	m.Phase = Housed
	m.do(Show{})
	if m.playing {
		m.wait(HouseTimer, PlayTime)
		return
	}
	s.listen(m)
}

// release takes the caller out of the queue.
func (s queued) release(m *machine, in Release) {
	if s.stage == queueLeaves {
		return
	}
	for i := range m.Legs {
		if i > 0 {
			m.cancel(i, pbx.CauseCancelled)
		}
	}
	m.Phase = Housed
	m.hush()
	if !in.To.IsZero() {
		m.goOn(in.To, "", in.Cause)
		return
	}
	s.stage, s.end = queueLeaves, in
	m.service = s
	m.say(in.Clip)
}

func (s queued) timeout(m *machine) {
	switch s.stage {
	case queueEnters:
		m.dismiss(pbx.CauseFailed, pbx.Party{}, i18n.T("cause.failed"))
	case queueLeaves:
		m.end(s.end.Cause, pbx.Party{}, s.end.Text)
	default:
		s.listen(m)
	}
}

// Queue is the queue in which the caller waits; empty when he waits in none.
func (s *State) Queue() pbx.QueueID {
	if q, ok := s.service.(queued); ok && s.IsQueued() {
		return pbx.QueueID(q.at.ID)
	}
	return ""
}

// IsQueued reports whether the caller waits in a queue, phones of agents ringing or not.
func (s *State) IsQueued() bool {
	q, ok := s.service.(queued)
	return ok && q.stage != queueLeaves && (s.Phase == Housed || s.Phase == Ringing || s.Phase == Answering)
}
