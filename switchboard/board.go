package switchboard

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/i18n"
	"tandem/media"
	"tandem/number"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
	"tandem/route"
)

// Config is what a Board works with. All functions must be safe for use by many goroutines.
type Config struct {
	View    func() (*pbx.Snapshot, *pbx.Presence) // the truth of this moment
	SetCall func(*pbx.LiveCall)                   // live views: a call began or changed
	EndCall func(pbx.CallID)                      // live views: a call is over
	Legs    Legs
	Sound   Sound

	// Journal stores records and facts in one transaction; an error means that nothing was stored. It may be called
	// again with the same rows after an error.
	Journal func(context.Context, []report.CDR, []event.Fact) error

	Prompt     func(language string, t i18n.Text) []media.Sound // what a sentence sounds like; nil: the house says nothing
	Sounds     Sounds                                           // keeps what is recorded; nil: nothing is
	Recordings Recordings                                       // keeps recordings of conversations; nil: nothing is recorded
	Boxes      Boxes                                            // mailboxes; nil: nobody has one

	Used   policy.Used // told which rights people make use of; nil is told nothing
	Queues Queues
	Till   *Till   // pays for calls outside; nil: nobody counts
	Alarms *Alarms // what stops calls abroad when they are too many; nil stops none
	// Carry does what a feature code of a person's phone says. It may take its time.
	Carry func(ctx context.Context, who pbx.Actor, action pbx.CodeAction, argument string) call.Carried

	// Woken is told that somebody answered a reminder call, and the moment that it was for.
	Woken func(ctx context.Context, id pbx.ReminderID, due time.Time)

	Say     func(language string, t i18n.Text) string // i18n.Catalog.Say
	Encrypt bool                                      // sound has to be encrypted on every leg; calls that cannot are refused
	Limit   int                                       // calls at the same time; 0: 10,000
	Backlog int                                       // rows the journal may hold before new calls are refused; 0: 20,000
	Log     *slog.Logger
}

// Board carries the calls of one office. New makes it, Drain ends it.
type Board struct {
	c        Config
	journal  *journal
	legs     sync.Map // pbx.LegID → carrier
	calls    sync.Map // pbx.CallID → *run
	halls    sync.Map // pbx.QueueID → *hall
	claims   claims
	pins     pins
	roster   atomic.Pointer[roster]
	spots    sync.Map              // park position → *run
	watches  sync.Map              // *watcher → *run that he watches
	rooms    sync.Map              // pbx.RoomID → *assembly
	building sync.Mutex            // held while a room is made
	music    func() media.Playlist // for who waits
	count    atomic.Int64
	unopened atomic.Int64 // calls answered before their beginning was stored

	dictations sync.Map // id → *dictation

	gate      sync.Mutex // guards closing against calls that begin at the same moment
	closing   bool
	running   sync.WaitGroup
	paying    sync.WaitGroup // questions to the till, and what is settled there
	shut      bool           // no queue begins any more
	attending sync.WaitGroup // what the queues do
	quit      chan struct{}  // closed: the queues end
}

// carrier is what carries a leg: a call, or a dictation.
type carrier interface{ post(*message) }

// callWith is the call that a leg is part of; a dictation is none.
func (b *Board) callWith(leg pbx.LegID) (*run, bool) {
	c, _ := b.legs.Load(leg)
	r, ok := c.(*run)
	return r, ok
}

// New starts a board's journal. Calls come by Incoming.
func New(c Config) *Board {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Limit <= 0 {
		c.Limit = 10_000
	}
	if c.Backlog <= 0 {
		c.Backlog = 20_000
	}
	b := &Board{c: c, music: sync.OnceValue(media.Music), quit: make(chan struct{}), journal: newJournal(c.Journal, c.Backlog, c.Log)}
	b.c.Legs = &threshold{c.Legs, b}
	return b
}

// Calls counts the calls that are up, those that are just ending too.
func (b *Board) Calls() int { return int(b.count.Load()) }

// Incoming takes a call that passed authentication: it is authorised, routed and either refused with a reason or begun.
// It does not block.
func (b *Board) Incoming(in call.Incoming) {
	if in.Replaces != "" {
		b.replace(in)
		return
	}
	intercom := false
	if in.Actor.Kind == pbx.ActorDevice { // codes are for people inside
		s, _ := b.c.View()
		switch f := route.Code(s, in.Dialled); f.Kind {
		case route.Pickup:
			b.pickup(in, f)
			return
		case route.Intercom:
			in.Dialled, intercom = f.Number, true
		}
	}
	// gather
	s, live := b.c.View()
	now := time.Now()

	// decide
	if !b.enter() {
		b.c.Legs.Refuse(in.Leg, pbx.CauseOverload, b.say(s, in.Actor, now, i18n.T("cause.overload")))
		return
	}
	asked := route.Request{Caller: in.Actor, From: callerOf(s, in), Dialled: in.Dialled, Doubt: in.Doubt, Typed: b.pins.typed(s, in.Actor, now), At: now}
	plan := route.Decide(s, live, asked)
	b.used(in.Actor, policy.CallPlace, mayPlace(s, in.Actor, &plan, now), now)
	b.mayDialOut(s, in.Actor, &plan, now)

	if intercom {
		b.intercom(s, in.Actor, in.Dialled, &plan, now)
	}
	r, back, why := b.fetch(s, live, in.Actor, &plan, now)
	if why.Key != "" {
		plan.House, plan.Refuse, plan.Text = nil, pbx.CauseDenied, why
		plan.Trace = append(plan.Trace, why)
	} else if r != nil && plan.Refuse == "" {
		b.leave()
		b.arrive(r, &arrival{in: in, dialled: in.Dialled, back: back})
		return
	}

	// perform
	r = newRun(b, s, in, asked, plan, now)
	for _, callee := range r.sides[1:] {
		callee.answers, callee.shut = intercom, intercom
	}
	if plan.Refuse != "" && !r.isAloud() {
		r.refuse(plan.Refuse, plan.Text)
		b.leave()
		return
	}
	b.legs.Store(in.Leg, r)
	b.carry(r)
}

// carry begins to carry a call.
func (b *Board) carry(r *run) {
	b.calls.Store(r.id, r)
	if b.isClosing() { // Drain may have gone over the calls before this one stood among them
		r.post(farewell())
	}
	go r.loop()
}

// used tells that somebody made use of a right over calls (N-8).
func (b *Board) used(who pbx.Actor, right policy.Right, d policy.Decision, at time.Time) {
	if d.OK && b.c.Used != nil && who.User != "" {
		b.c.Used(who.User, right, d.Via(), at)
	}
}

// callerOf is who calls from outside, with the number as it can be called back.
func callerOf(s *pbx.Snapshot, in call.Incoming) pbx.Party {
	p := in.From
	if n := number.Received(s.PlaceOfTrunk(in.Actor.Trunk).Country, p.Number); n != "" {
		p.Number = string(n)
	}
	return p
}

func (b *Board) isClosing() bool {
	b.gate.Lock()
	defer b.gate.Unlock()
	return b.closing
}

// farewell ends a call because the house closes.
func farewell() *message {
	return &message{stop: &call.Stop{Cause: pbx.CauseInterrupted}, actor: pbx.Actor{Kind: pbx.ActorSystem, Via: "system"}}
}

// enter counts a new call in, unless the board is full, its journal cannot keep up, or it is being stopped.
// New calls are what gives way first; calls that are up never wait for the database.
func (b *Board) enter() bool {
	b.gate.Lock()
	defer b.gate.Unlock()
	if b.closing || b.count.Load() >= int64(b.c.Limit) || b.journal.refuses() {
		return false
	}
	b.count.Add(1)
	b.running.Add(1)
	return true
}

// enterHall counts something that a queue does, unless the board has been stopped.
func (b *Board) enterHall() bool {
	b.gate.Lock()
	defer b.gate.Unlock()
	if b.shut {
		return false
	}
	b.attending.Add(1)
	return true
}

func (b *Board) leave() {
	b.count.Add(-1)
	b.running.Done()
}

func (b *Board) say(s *pbx.Snapshot, who pbx.Actor, at time.Time, t i18n.Text) string {
	return b.c.Say(s.LanguageOf(who.User, at), t)
}

// Signal takes what happened on a leg to its call. It does not block. A phone that answers a call that is long over is hung up.
func (b *Board) Signal(sig call.Signal) {
	r, ok := b.legs.Load(sig.Leg)
	if !ok {
		switch sig.Kind {
		case call.SignalAnswered:
			b.c.Legs.Hangup(sig.Leg, pbx.CauseElsewhere)
		case call.SignalOffered:
			b.c.Legs.Reply(sig.Leg, 481, nil)
		}
		return
	}
	if sig.Kind == call.SignalAnswered {
		b.c.Legs.Confirm(sig.Leg)
	}
	r.(carrier).post(&message{signal: sig})
}

// reach finds a live call for somebody who has a right over it, which he makes use of. Calls he may not see are not found.
func (b *Board) reach(who pbx.Actor, id pbx.CallID, right policy.Right) (*pbx.Snapshot, *pbx.LiveCall, *run, error) {
	s, live := b.c.View()
	lc := live.Call(id)
	r, ok := b.calls.Load(id)
	missing := pbx.Refuse(pbx.NotFound, "", "call.not_found")
	if lc == nil || !ok {
		return nil, nil, nil, missing
	}
	now := time.Now()
	d := policy.Decide(s, policy.Request{Actor: who, Right: right, Target: policy.Call(lc), At: now})
	switch {
	case d.OK:
		b.used(who, right, d, now)
		return s, lc, r.(*run), nil
	case d.Hidden:
		return nil, nil, nil, missing
	}
	return nil, nil, nil, &pbx.Error{Code: pbx.Denied, Text: d.Reason(), Right: right.String(), About: policy.Call(lc).Ref()}
}

// Hangup ends a call for somebody who has the right to. Calls the actor may not see are not found.
func (b *Board) Hangup(_ context.Context, who pbx.Actor, id pbx.CallID) error {
	_, _, r, err := b.reach(who, id, policy.CallHangup)
	if err != nil {
		return err
	}
	b.dismiss(r, who)
	return nil
}

// dismiss ends a call in somebody's name.
func (b *Board) dismiss(r *run, who pbx.Actor) {
	s, _ := b.c.View()
	stop := call.Stop{Cause: pbx.CauseHangup}
	if u := s.Users[who.User]; u != nil {
		stop.By = u.Party()
		stop.Text = i18n.T("call.hung_up_by", "name", u.Name)
	}
	r.post(&message{stop: &stop, actor: who})
}

// ErrUnwritten says that facts could not be stored before the time was up; a fact of every open call was stored when it began.
var ErrUnwritten = errors.New("switchboard: facts are not stored")

// Drain refuses new calls, ends all others with the cause interrupted, and waits until everything is stored or ctx is done.
// The board is of no use afterwards.
func (b *Board) Drain(ctx context.Context) error {
	b.gate.Lock()
	b.closing = true
	b.gate.Unlock()
	b.calls.Range(func(_, r any) bool {
		r.(*run).post(farewell())
		return true
	})
	b.dictations.Range(func(id, _ any) bool {
		b.EndDictation(id.(string))
		return true
	})
	done := make(chan struct{})
	go func() {
		b.running.Wait()
		b.paying.Wait()
		b.gate.Lock()
		b.shut = true
		b.gate.Unlock()
		close(b.quit)
		b.attending.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	return b.journal.stop(ctx)
}

// newID makes an id of this moment.
func newID(prefix string, at time.Time) string {
	var entropy [10]byte
	_, _ = rand.Read(entropy[:]) // never fails since Go 1.24
	return pbx.NewID(prefix, at, entropy)
}
