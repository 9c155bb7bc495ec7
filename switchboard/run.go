package switchboard

import (
	"log/slog"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
	"tandem/report"
	"tandem/route"
	"tandem/sdp"
)

// message is one thing in a call's inbox: a signal, a request to stop, silence on a leg, or what the house has done.
type message struct {
	signal  call.Signal
	stop    *call.Stop
	actor   pbx.Actor // with stop: who asked
	silent  pbx.LegID
	betrays pbx.LegID  // its keys were not its own
	key     pbx.LegID  // with signal: a key heard in the sound of a leg
	input   call.Input // what the house or the store tells
	box     pbx.BoxID  // … with call.Unlocked: the mailbox that is open

	seek   []pbx.UserID  // a queue wants these agents to be rung
	recall []pbx.UserID  // … and these no longer
	cause  pbx.Cause     // … why
	how    event.Leaving // with input: how the queue lets the call go

	recorded *media.Recorded // a recording is over
	tag      uint64          // … which
	informed uint64          // somebody has heard that he will be recorded

	taped    *roomTape   // nothing stands against keeping somebody in a conference room any more
	watch    *watchOrder // somebody takes part in the call
	order    *Order      // somebody wants the call moved, with actor
	talks    bool        // … which talked when he wanted it
	arrival  *arrival    // an incoming leg wants to join
	handover *handover   // a leg comes from another call
	alarm    *pbx.Alarm  // calls abroad are stopped
	metered  *metered    // what became of a question about money
	near     bool        // the end that a rule sets is near
	over     *over       // … and is there
	warned   bool        // the tone that told it is over
}

// isVital tells what must not be lost, because the call could not end without it, from what a phone may repeat.
func (m *message) isVital() bool {
	switch m.signal.Kind {
	case call.SignalRang, call.SignalProgress, call.SignalOffered, call.SignalDigit:
		return false
	}
	return true
}

// run is one call being carried. Only its own goroutine touches it, but for inbox and flooded.
type run struct {
	reminder  *pbx.Reminder // this is the call of one that nobody has answered yet
	b         *Board
	id        pbx.CallID
	in        call.Incoming
	asked     route.Request
	plan      route.Plan // of the running stage
	language  string
	stranger  bool // the caller may not see whom he calls
	revision  int64
	state     call.State
	sides     []*side // as state.Legs
	inbox     chan *message
	flooded   atomic.Bool
	timer     *time.Timer
	waits     call.Timer
	most      *time.Timer // ends a call that may last only so long …
	near      *time.Timer // … and this warns of the end
	now       time.Time   // of the input being handled
	live      pbx.LiveCall
	stopper   pbx.Actor // who stopped the call from above
	draft     report.Draft
	facts     []event.Fact // not handed to the journal yet
	ended     bool
	box       pbx.BoxID      // whose messages the caller hears
	deed      chan struct{}  // closed: what was done last to a message is done
	stay      *stay          // in a queue
	shownTo   []pbx.UserID   // who was part of the call when it was shown last
	tape      *tape          // the message being recorded
	rec       *conversation  // of the conversation
	rules     route.Recorded // … and what decides about it
	informing *informing     // … and what is being said of it
	tag       uint64         // of the recording begun last
	opened    []func()       // what to give back at the end
	into      pbx.LegID      // the leg of another call in whose place one of ours is to go
	transit   *handover      // … and is on its way
	kept      []*message     // what happened on it meanwhile, to be handled
	brings    *handover      // the leg that is being taken over
	closed    atomic.Bool    // nobody reads the inbox any more
	opening   opening        // holds the answer back until the beginning is stored
	spot      string         // park position that is taken
	answers   bool           // phones of the next stage are to answer by themselves
	mover     pbx.Actor      // who sends the call on from above
	assembly  *assembly      // conference room that the caller is in, or waits for …
	guest     *guest         // … and how
	name      []media.Sound  // as he said it
	jotting   *jotting       // what he says is being taken down
	watches   *watcher       // how the caller takes part in a call of others …
	target    *run           // … which is this
	over      *overheard     // others take part in this one
	shows     pbx.Party      // whom agents see who are rung for a call back
	summons   *summons       // why the house calls by itself
	pinned    bool           // the caller has typed his PIN …
	typing    typedPIN       // … which is checked, or was
	afresh    bool           // … and has to for this call: who began it may sit elsewhere
	why       []i18n.Text    // by which rules it was refused or cut
}

func newRun(b *Board, s *pbx.Snapshot, in call.Incoming, asked route.Request, plan route.Plan, now time.Time) *run {
	now = now.UTC().Truncate(time.Millisecond)
	r := &run{
		b: b, id: pbx.CallID(newID("cal", now)), in: in, asked: asked, plan: plan, now: now,
		language: s.LanguageOf(in.Actor.User, now), revision: s.Version,
	}
	r.stranger = b.isStranger(s, in.Actor, plan.To.User, now)
	caller := &side{leg: in.Leg, wire: in.Leg, actor: in.Actor, secure: in.Secure, source: in.Source.Addr().Unmap(), id: uint64(now.UnixMilli())}
	caller.web = in.Actor.Kind == pbx.ActorGuest // sound that was not asked for could be sent to anybody otherwise
	caller.record = event.Leg{ID: in.Leg, Device: in.Actor.Device, Trunk: in.Actor.Trunk, Party: plan.From, Started: now}
	r.sides = append(r.sides, caller)
	r.live = pbx.LiveCall{ID: r.id, From: plan.From, To: plan.To, Users: []pbx.UserID{}, Started: now}
	if plan.From.User != "" {
		r.live.Users = append(r.live.Users, plan.From.User)
	}
	if in.Actor.Trunk != "" {
		r.live.Trunks = []pbx.TrunkID{in.Actor.Trunk}
	}
	ids := r.enlist(s, plan)
	r.state = call.New(in.Leg, in.Actor.Device, plan, ids)
	if h := plan.House; h != nil && h.Group != "" {
		r.live.Groups = append(r.live.Groups, h.Group)
	}
	r.inbox = make(chan *message, 16+4*len(r.sides))
	return r
}

// words is what the caller's phone shows. Names, and how many phones somebody has, are for those who may see the person: dialling every number
// must not give away who works here. The record keeps the whole sentence; package api covers it for each reader.
func (r *run) words(cause pbx.Cause, text i18n.Text) string {
	if r.stranger {
		text = i18n.T("cause." + string(cause))
	}
	words := r.b.c.Say(r.language, text)
	if r.plan.Spoken != "" && cause == pbx.CauseDenied {
		words = r.b.c.Say(r.language, i18n.T("call.with_reference", "text", words, "reference", r.id.Reference()))
	}
	return words
}

// refuse records a call that the plan refuses; no goroutine begins.
func (r *run) refuse(cause pbx.Cause, text i18n.Text) {
	r.b.c.Legs.Refuse(r.in.Leg, cause, r.words(cause, text))
	r.emitStarted()
	r.state.Cause, r.state.Text = cause, text
	r.state.Legs[0].Cause = cause
	r.emitEnded()
}

// isAloud reports whether the caller of a refused call can be told why, in sound that his phone takes before an answer.
func (r *run) isAloud() bool {
	return r.plan.Spoken != "" && r.b.c.Prompt != nil && len(r.in.Offer) > 0
}

// post puts a message into the inbox without ever waiting. A phone that floods its call loses what may be repeated;
// if even what is vital finds no room, the call is ended.
func (r *run) post(m *message) {
	if !m.isVital() && len(r.inbox) >= cap(r.inbox)/2 {
		if m.signal.Kind == call.SignalOffered {
			r.b.c.Legs.Reply(m.signal.Leg, 491, nil)
		}
		return
	}
	select {
	case r.inbox <- m:
	default:
		r.flooded.Store(true)
		r.bounce(m)
	}
	if r.closed.Load() {
		r.drain()
	}
}

// drain turns away who wanted to join a call that is over.
func (r *run) drain() {
	for {
		select {
		case m := <-r.inbox:
			r.bounce(m)
		default:
			return
		}
	}
}

// bounce gives back what a message brought.
func (r *run) bounce(m *message) {
	switch {
	case m.arrival != nil:
		r.b.turnAway(m.arrival, pbx.CauseGone, i18n.T("cause.gone"))
	case m.handover != nil:
		m.handover.from.post(&message{input: call.Handed{Cause: pbx.CauseGone}})
	}
}

// loop carries the call from its first input to its last.
func (r *run) loop() {
	defer r.b.leave()
	defer r.forget()
	defer r.rescue()
	r.timer = time.NewTimer(time.Hour)
	r.timer.Stop()
	defer func() {
		r.timer.Stop()
		r.unlimit()
	}()
	r.begin()
	for r.state.Phase != call.Over {
		select {
		case m := <-r.inbox:
			r.tick()
			r.handle(m)
		case <-r.timer.C:
			r.tick()
			r.step(call.Timeout{Timer: r.waits})
		}
		for len(r.kept) > 0 {
			m := r.kept[0]
			r.kept = r.kept[1:]
			r.handle(m)
		}
		r.limit()
		r.pay()
		if r.flooded.Swap(false) {
			r.step(call.Stop{Cause: pbx.CauseFailed})
		}
	}
}

func (r *run) tick() { r.now = time.Now().UTC().Truncate(time.Millisecond) }

// begin reads the caller's offer and reserves his ports; a call that can have no sound is refused at once.
func (r *run) begin() {
	caller := r.sides[0]
	if caller.ghost {
		r.step(call.Start{})
		return
	}
	var fault pbx.Cause
	if len(r.in.Offer) > 0 {
		fault = r.b.read(caller, r.in.Offer)
	} else if r.b.insecure(caller) {
		fault = pbx.CauseInsecure
	}
	if fault == "" && !r.openStream(caller) {
		fault = pbx.CauseOverload
	}
	if fault != "" {
		r.step(call.Stop{Cause: fault})
		return
	}
	r.step(call.Start{})
}

// step moves the machine on and carries out what it wants; carrying out may itself be an input.
func (r *run) step(in call.Input) {
	for queue := []call.Input{in}; len(queue) > 0; queue = queue[1:] {
		state, effects := call.Step(r.state, queue[0])
		r.state = state
		r.vacate()
		r.leaveRoom()
		r.leaveWatch()
		for _, e := range effects {
			if next := r.perform(e); next != nil {
				queue = append(queue, next)
			}
		}
		for i := range r.state.Legs {
			if r.state.Legs[i].State >= call.LegStopping {
				r.release(i)
			}
		}
		r.attend()
	}
	r.overhear()
}

// openStream reserves the ports of a side.
func (r *run) openStream(s *side) bool {
	stream, err := r.b.c.Sound.Open()
	if err != nil {
		r.b.c.Log.Warn("no ports for a leg", "call", r.id, "leg", s.leg, "error", err)
		return false
	}
	s.stream = stream
	stream.Gag(s.shut)
	leg := s.leg
	stream.Watch(func(e media.Event) { r.noticed(leg, e) })
	return true
}

// release gives the ports of a leg back and keeps its figures.
func (r *run) release(i int) {
	s := r.sides[i]
	if s.record.Ended.IsZero() && !s.record.Started.IsZero() {
		s.record.Ended = r.now
	}
	if s.stream == nil {
		return
	}
	st := s.stream.Stats()
	s.stream.Close()
	s.stream = nil
	s.record.Packets, s.record.Lost = int(st.Received.Packets), int(max(st.Received.Lost, 0))
	if st.Sent.Jitter > 0 || st.Sent.Lost != 0 { // it has told
		s.record.FarPackets, s.record.FarLost, s.record.FarJitter = int(st.Sent.Packets), int(max(st.Sent.Lost, 0)), int(st.Sent.Jitter/time.Millisecond)
	}
	if st.Trip > 0 {
		s.record.RTT = max(int(st.Trip/time.Millisecond), 1)
	}
	s.record.Jitter = int(st.Received.Jitter / time.Millisecond)
}

// forget takes the call out of the board's tables.
func (r *run) forget() {
	for _, s := range r.sides {
		r.settle(s)
		r.land(s)
		r.b.legs.Delete(s.wire)
	}
	r.b.calls.Delete(r.id)
	r.b.spots.CompareAndDelete(r.spot, r)
	r.outOfRoom()
	r.unwatchAll()
	r.outOfWatch()
	r.closed.Store(true)
	r.drain()
	r.unplug()
}

// rescue keeps a fault in one call from ending all others: the call is ended and recorded as failed.
func (r *run) rescue() {
	fault := recover()
	if fault == nil {
		return
	}
	r.b.c.Log.Error("fault in a call", "call", r.id, "fault", fault, "stack", string(debug.Stack()))
	for i, s := range r.sides {
		if i == 0 || !s.record.Started.IsZero() {
			r.b.c.Legs.Hangup(s.wire, pbx.CauseFailed)
		}
		r.release(i)
	}
	if !r.ended {
		r.state.Cause, r.state.Text = pbx.CauseFailed, i18n.T("cause.failed")
		r.emitEnded()
	}
}

func (r *run) log() *slog.Logger { return r.b.c.Log.With("call", r.id) }

func (r *run) side(leg pbx.LegID) (*side, int) {
	i := slices.IndexFunc(r.sides, func(s *side) bool { return s.leg == leg })
	return r.sides[i], i
}

// peer is the side at the other end of the conversation.
func (r *run) peer(s *side) *side {
	if s != r.sides[0] {
		return r.sides[0]
	}
	if r.state.Callee > 0 {
		return r.sides[r.state.Callee]
	}
	return r.sides[r.state.Early]
}

// isTalking reports whether a side is in the conversation.
func (r *run) isTalking(s *side) bool {
	return s == r.sides[0] || r.state.Callee > 0 && s == r.sides[r.state.Callee]
}

// sound tells the media side what is in force on both sides of a conversation.
func (r *run) sound(sides ...*side) {
	for _, s := range sides {
		if !s.open || s.stream == nil {
			continue
		}
		if err := s.stream.Set(s.flow()); err != nil {
			r.log().Warn("sound of a leg cannot be set", "leg", s.leg, "error", err)
		}
	}
}

// offerFor is what is offered to a phone on behalf of a side: its codecs in its order, or all we know when it made no offer.
// For a caller whom the house has answered it is what he agreed to, and whether he listens.
func (r *run) offerFor(s *side) ([]sdp.Codec, sdp.Direction) {
	switch {
	case s == r.sides[0] && r.state.IsHoused():
		return s.agreed, s.theirs.Direction
	case s.asked == nil:
		return sdp.Known(), sdp.SendRecv
	}
	return s.asked.common, s.asked.stream.Direction
}
