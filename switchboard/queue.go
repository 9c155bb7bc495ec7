package switchboard

import (
	"context"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tandem/call"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/queue"
	"tandem/report"
)

// Queues is what the queues need from the rest of the house. All functions may be called from any goroutine; nil ones are left out.
type Queues struct {
	// Today tells what became of the calls of a queue since a moment.
	Today func(ctx context.Context, q pbx.QueueID, since time.Time) ([]report.Stay, error)
	// Places lists who waits in a queue to be called back; Keep writes such a place down, new or changed.
	Places func(ctx context.Context, q pbx.QueueID) ([]pbx.Callback, error)
	Keep   func(ctx context.Context, who pbx.Actor, c pbx.Callback) error
	// Dismiss logs an agent out who missed too many calls.
	Dismiss func(ctx context.Context, q pbx.QueueID, u pbx.UserID, missed int) error
	// Tell tells people about a call: it is important, waits too long, was given up, or the caller wants to be called back.
	Tell func(Alarm)
	// Show brings the live views of a queue up to date.
	Show func(*pbx.LiveQueue)
}

// How a queue waits.
const (
	lookEvery   = 10 * time.Second       // what the clock changes – hours, registrations that end – is looked for while somebody waits
	showEvery   = 250 * time.Millisecond // live views are told no more often
	restoreTime = 10 * time.Second
	alarmEvery  = 10 * time.Minute // people are told no more often that callers wait too long
)

// note is one thing in a queue's inbox.
type note struct {
	in   queue.Input
	from *pbx.Party // with Join: whose call it is
	look bool       // look at the agents anew
	day  *queue.Restore

	places  []pbx.Callback // with day: whose places are kept
	dropped *pbx.Actor     // with queue.Drop: who does it
	reason  i18n.Text      // with queue.Unreached: why not
	run     *run           // … and the call in which it was tried; with queue.Took and queue.Reached too
	place   pbx.CallID     // … for whom
}

// hall is one queue at work. A goroutine runs while anything waits, talks or is due; the state stays.
type hall struct {
	b  *Board
	id pbx.QueueID

	mu      sync.Mutex // guards inbox and running, and is never held while anything is sent
	inbox   []note
	running bool
	wake    chan struct{}

	shown atomic.Pointer[pbx.LiveQueue]

	// of the goroutine
	state   queue.State
	config  *pbx.Queue
	helpers []pbx.UserID
	duties  map[pbx.UserID]queue.Duty // as they were told to the machine
	reasons map[pbx.UserID]queue.Reason
	claimed map[pbx.UserID]bool
	due     time.Time
	looked  time.Time
	day     string
	dirty   bool
	alarmed time.Time
	told    time.Time
	gone    bool // there is no such queue any more

	back    map[pbx.CallID]*pbx.Callback // the places that are kept
	calling map[pbx.CallID]*run          // … for which somebody is being called
	open    bool                         // people are called back now
	hand    note                         // what is being worked on
	writes  chan struct{}                // one at a time, in order
}

// hall finds the queue at work, or begins it.
func (b *Board) hall(id pbx.QueueID) *hall {
	if h, ok := b.halls.Load(id); ok {
		return h.(*hall)
	}
	h, known := b.halls.LoadOrStore(id, &hall{b: b, id: id, wake: make(chan struct{}, 1), duties: map[pbx.UserID]queue.Duty{},
		reasons: map[pbx.UserID]queue.Reason{}, claimed: map[pbx.UserID]bool{}, back: map[pbx.CallID]*pbx.Callback{}, calling: map[pbx.CallID]*run{}, open: true})
	if !known {
		h.(*hall).remember()
	}
	return h.(*hall)
}

// Queue is a queue as live views show it, begun where it was not at work yet; nil where there is no such queue.
func (b *Board) Queue(id pbx.QueueID) *pbx.LiveQueue {
	s, live := b.c.View()
	q := s.Queues[id]
	if q == nil || b.isClosing() {
		return nil
	}
	h := b.hall(id)
	if shown := h.shown.Load(); shown != nil {
		return shown
	}
	h.put(note{look: true})
	return b.still(s, live, q, time.Now())
}

// still is a queue at which nothing has happened yet.
func (b *Board) still(s *pbx.Snapshot, live *pbx.Presence, q *pbx.Queue, at time.Time) *pbx.LiveQueue {
	out := &pbx.LiveQueue{ID: q.ID, At: at, Waiting: []pbx.LiveWaiter{}, Agents: []pbx.LiveAgent{}}
	for _, a := range q.Agents {
		duty, why := queue.DutyOf(s, q.ID, a.User, at, queue.Around{Live: live})
		out.Agents = append(out.Agents, pbx.LiveAgent{User: a.User, Duty: duty.String(), Reason: string(why), Since: at})
	}
	return out
}

// Look lets the queues that people serve see that something about them has changed: their status, their phones, their calls.
func (b *Board) Look(users ...pbx.UserID) {
	s, _ := b.c.View()
	if len(s.Queues) == 0 {
		return
	}
	serving := b.serving(s)
	for _, u := range users {
		for _, q := range serving[u] {
			if h, ok := b.halls.Load(q); ok {
				h.(*hall).put(note{look: true})
			}
		}
	}
}

// Changed lets all queues see that the configuration has changed, and asks whether those who take part in calls of others still may.
func (b *Board) Changed() {
	b.askWatchers()
	b.halls.Range(func(_, h any) bool {
		h.(*hall).put(note{look: true})
		return true
	})
}

// put hands something to the queue, without waiting.
func (h *hall) put(n note) {
	h.mu.Lock()
	if n.look && len(h.inbox) > 0 && h.inbox[len(h.inbox)-1].look {
		h.mu.Unlock()
		return
	}
	h.inbox = append(h.inbox, n)
	start := !h.running
	if start {
		if !h.b.enterHall() {
			h.inbox = nil
			h.mu.Unlock()
			return
		}
		h.running = true
	}
	h.mu.Unlock()
	if start {
		go h.loop()
		return
	}
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// take gives what has come; false when the queue may rest.
func (h *hall) take() ([]note, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := h.inbox
	h.inbox = nil
	if len(list) == 0 && h.isIdle() {
		h.running = false
		return nil, false
	}
	return list, true
}

func (h *hall) isIdle() bool {
	return len(h.state.Waiting) == 0 && len(h.state.Talks) == 0 && h.due.IsZero() && !h.dirty
}

// loop carries the queue until nothing waits, talks or is due.
func (h *hall) loop() {
	defer h.b.attending.Done()
	defer h.rescue()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		list, goes := h.take()
		if !goes {
			return
		}
		at := time.Now()
		h.work(list, at)
		wait := h.next(at)
		timer.Stop()
		if wait >= 0 {
			timer.Reset(wait)
		}
		h.mu.Lock()
		more := len(h.inbox) > 0 || h.isIdle()
		h.mu.Unlock()
		if more {
			continue
		}
		select {
		case <-h.wake:
		case <-timer.C:
		case <-h.b.quit:
			return
		}
	}
}

// rescue keeps a fault in one queue from ending everything else: its callers go on as if it had no agents.
func (h *hall) rescue() {
	fault := recover()
	if fault == nil {
		return
	}
	h.log().Error("fault in a queue", "fault", fault, "stack", string(debug.Stack()))
	for _, w := range h.state.Waiting {
		h.to(w.Call, &message{input: call.Release{Cause: pbx.CauseFailed, Text: i18n.T("cause.failed"), Clip: call.Words("say.goodbye")}})
	}
	for u := range h.claimed {
		h.b.claims.free(u, h.id)
	}
	for _, r := range h.calling {
		r.post(&message{stop: &call.Stop{Cause: pbx.CauseFailed}})
	}
	h.b.halls.Delete(h.id)
}

func (h *hall) log() *slog.Logger { return h.b.c.Log.With("queue", h.id) }

// next is how long the queue may sleep; negative: until something comes.
func (h *hall) next(at time.Time) time.Duration {
	wait := time.Duration(-1)
	sooner := func(t time.Time) {
		if d := max(t.Sub(at), 0); wait < 0 || d < wait {
			wait = d
		}
	}
	if !h.due.IsZero() {
		sooner(h.due)
	}
	if len(h.state.Waiting) > 0 {
		sooner(h.looked.Add(lookEvery))
	}
	if h.dirty {
		sooner(h.told.Add(showEvery))
	}
	return wait
}

// work takes in what has come, and what is due.
func (h *hall) work(list []note, at time.Time) {
	s, live := h.b.c.View()
	look := h.looked.IsZero() || len(h.state.Waiting) > 0 && !at.Before(h.looked.Add(lookEvery))
	for i := range list {
		look = look || list[i].look || list[i].in != nil && at.Sub(h.looked) >= time.Second
	}
	if look {
		h.look(s, live, at)
	}
	for _, n := range list {
		switch {
		case n.day != nil:
			h.restore(n, at)
		case n.in != nil:
			if h.hand = n; n.run != nil {
				if _, took := n.in.(queue.Took); took { // also one who answered when others were rung already
					h.calling[n.place] = n.run
				}
			}
			h.join(s, n, at)
			h.hand = note{}
		}
	}
	if !h.due.IsZero() && !h.due.After(at) {
		h.step(queue.Tick{}, at)
	}
	if h.gone {
		h.close(at)
	}
	if h.dirty && !at.Before(h.told.Add(showEvery)) {
		h.show(at)
	}
}

// join is an input from a call; an important caller stands before the others.
func (h *hall) join(s *pbx.Snapshot, n note, at time.Time) {
	if in, ok := n.in.(queue.Join); ok && n.from != nil {
		in.From = *n.from
		if q := s.Queues[h.id]; q != nil && q.IsImportant(n.from.Number) {
			in.Priority = 1
			h.alarm(Alarm{Queue: q, Call: in.Call, From: in.From, Kind: policy.NoticeImportant})
		}
		h.step(in, at)
		return
	}
	h.step(n.in, at)
}

// look gathers what has changed about the queue and its agents.
func (h *hall) look(s *pbx.Snapshot, live *pbx.Presence, at time.Time) {
	h.looked = at
	q := s.Queues[h.id]
	if h.gone = q == nil; h.gone {
		return
	}
	if today := at.In(officeZone(s)).Format(time.DateOnly); today != h.day {
		if h.day != "" {
			h.step(queue.Midnight{}, at)
		}
		h.day = today
	}
	switch help := helpers(s, q, at); {
	case h.config == nil:
		h.config, h.helpers = q, help
		h.state = queue.New(*q, at, uint64(at.UnixNano()))
		h.step(queue.Change{Queue: *q, Helpers: help}, at)
	case h.config != q || !slices.Equal(h.helpers, help):
		h.config, h.helpers = q, help
		h.step(queue.Change{Queue: *q, Helpers: help}, at)
		h.clear()
	}
	if open := callsBack(s, q, at); open != h.open {
		h.open = open
		h.step(queue.Opening{Open: open}, at)
	}
	for _, a := range h.state.Agents {
		duty, why := queue.DutyOf(s, h.id, a.User, at, queue.Around{Live: live, Mine: h.isMine, Elsewhere: h.b.claims.elsewhere(a.User, h.id)})
		if h.reasons[a.User] != why {
			h.reasons[a.User], h.dirty = why, true
		}
		if before, told := h.duties[a.User]; !told || before != duty {
			h.duties[a.User] = duty
			h.step(queue.Set{Agent: a.User, Duty: duty}, at)
		}
	}
}

// isMine reports whether a call belongs to this queue.
func (h *hall) isMine(c pbx.CallID) bool {
	for place, r := range h.calling {
		if r.id == c {
			c = place
		}
	}
	return slices.ContainsFunc(h.state.Talks, func(t queue.Talk) bool { return t.Call == c }) ||
		slices.ContainsFunc(h.state.Offers, func(o queue.Offer) bool { return o.Call == c })
}

// clear forgets what was told about people who serve no longer.
func (h *hall) clear() {
	for u := range h.duties {
		if !slices.ContainsFunc(h.state.Agents, func(a queue.Agent) bool { return a.User == u }) {
			delete(h.duties, u)
			delete(h.reasons, u)
		}
	}
}

// close lets everybody go from a queue that was taken out.
func (h *hall) close(at time.Time) {
	if len(h.state.Waiting)+len(h.state.Talks)+len(h.state.Agents) == 0 {
		return
	}
	for _, w := range slices.Clone(h.state.Waiting) {
		if w.Gone {
			h.step(queue.Drop{Call: w.Call}, at)
			continue
		}
		h.send(queue.Send{Call: w.Call, Why: queue.Nobody})
		h.step(queue.Leave{Call: w.Call}, at)
	}
	for _, t := range slices.Clone(h.state.Talks) {
		h.step(queue.Over{Call: t.Call}, at)
	}
	h.step(queue.Change{}, at)
	h.due = time.Time{}
}

// step moves the machine on and carries out what it wants; who could not be rung is the next input.
func (h *hall) step(in queue.Input, at time.Time) {
	for inputs := []queue.Input{in}; len(inputs) > 0; inputs = inputs[1:] {
		state, effects := queue.Step(h.state, at, inputs[0])
		h.state, h.dirty = state, true
		for _, e := range effects {
			inputs = append(inputs, h.perform(e)...)
		}
		h.claim()
	}
}

// mayControl is whether somebody may say what an agent does: the agent himself may, by presence.set.
func mayControl(s *pbx.Snapshot, who pbx.Actor, u pbx.UserID, at time.Time) error {
	right := policy.PresenceSet
	if who.User != u {
		right = policy.AgentControl
	}
	if d := policy.Decide(s, policy.Request{Actor: who, Right: right, Target: policy.User(u), At: at}); !d.OK {
		if d.Hidden {
			return pbx.Refuse(pbx.NotFound, "", "error.not_found")
		}
		return &pbx.Error{Code: pbx.Denied, Text: d.Reason()}
	}
	return nil
}

// Ready ends the time after a call of an agent.
func (b *Board) Ready(_ context.Context, who pbx.Actor, u pbx.UserID) error {
	s, _ := b.c.View()
	if err := mayControl(s, who, u, time.Now()); err != nil {
		return err
	}
	for _, q := range b.serving(s)[u] {
		if h, ok := b.halls.Load(q); ok {
			h.(*hall).put(note{in: queue.Ready{Agent: u}})
		}
	}
	return nil
}

// officeZone is where midnight ends the day of the figures.
func officeZone(s *pbx.Snapshot) *time.Location {
	if zone, err := time.LoadLocation(s.Tenant.Zone); err == nil {
		return zone
	}
	return time.UTC
}

// show tells the live views.
func (h *hall) show(at time.Time) {
	h.dirty, h.told = false, at
	out := &pbx.LiveQueue{ID: h.id, At: at, Waiting: make([]pbx.LiveWaiter, 0, len(h.state.Waiting)), Agents: make([]pbx.LiveAgent, 0, len(h.state.Agents)), Day: pbx.QueueDay(h.state.Day)}
	for _, w := range h.state.Waiting {
		out.Waiting = append(out.Waiting, pbx.LiveWaiter{Call: w.Call, From: w.From, Since: w.Since, Important: w.Priority > 0, Rings: w.Rings, Callback: w.Gone, Tries: w.Tries, Next: w.Next})
	}
	for _, a := range h.state.Agents {
		row := pbx.LiveAgent{User: a.User, Duty: a.Duty.String(), Since: a.Since, Helper: a.Helper, Answered: a.Answered, Talked: a.Talked}
		switch a.Duty {
		case queue.Out, queue.Away:
			row.Reason = string(h.reasons[a.User])
		case queue.Wrapping:
			row.Until = a.Since.Add(time.Duration(h.state.Queue.WrapUp) * time.Second)
		}
		out.Agents = append(out.Agents, row)
	}
	h.shown.Store(out)
	if h.b.c.Queues.Show != nil {
		h.b.c.Queues.Show(out)
	}
}
