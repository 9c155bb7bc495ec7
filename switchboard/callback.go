package switchboard

import (
	"context"
	"slices"
	"strings"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/queue"
	"tandem/route"
)

// Who waits in a queue may hang up and be called back. The queue keeps his place; when it is his turn it rings an agent, and who answers is
// connected with him. What leads outside is decided like every call there, in the name and at the expense of the queue's payer (N-12).

// backRing is how long somebody who is called back is rung.
const backRing = 60 * time.Second

// callsBack reports whether people are called back now: not while the department of the queue is closed.
func callsBack(s *pbx.Snapshot, q *pbx.Queue, at time.Time) bool {
	if q.Group == "" {
		return true
	}
	state, _ := s.HoursOf(q.Group, at)
	return state == pbx.StateNone || state == pbx.StateOpen
}

// askBack tells a caller whether he can be called back, and under which number. It is the number that he calls from: one that he could type would
// let anybody outside have the office call whom he likes.
func (r *run) askBack() call.Input {
	s, live := r.b.c.View()
	sorry := call.Back{Clips: []call.Clip{call.Words("say.mailbox.no_callback")}}
	if r.stay == nil {
		return sorry
	}
	q := s.Queues[r.stay.queue]
	if q == nil || !q.Callback {
		return sorry
	}
	if text, forGood := r.b.mayCallBack(s, live, q, r.plan.From, r.now); forGood {
		r.why = append(r.why, text)
		return sorry
	}
	clips := []call.Clip{call.Words("say.queue.callback_at")}
	for _, key := range i18n.Say(r.spoken()).Phone(r.plan.From.Number) {
		clips = append(clips, call.Words(key))
	}
	return call.Back{OK: true, Clips: append(clips, call.Words("say.for.callback"), call.Words("say.press.1"), call.Words("say.for.stay"), call.Words("say.press.star"))}
}

// mayCallBack is why somebody cannot be called back now; forGood says that it is no matter of lines.
func (b *Board) mayCallBack(s *pbx.Snapshot, live *pbx.Presence, q *pbx.Queue, from pbx.Party, now time.Time) (text i18n.Text, forGood bool) {
	if from.User != "" {
		return i18n.Text{}, false
	}
	if !strings.HasPrefix(from.Number, "+") {
		return i18n.T("queue.callback_no_number"), true
	}
	if q.Payer == "" {
		return i18n.T("queue.callback_no_payer", "queue", q.Name), true
	}
	payer := pbx.Actor{Kind: pbx.ActorUser, User: q.Payer}
	c := pbx.Callback{From: from}
	plan := route.Decide(s, live, route.Request{Caller: payer, To: c.Place(), Owner: q.Payer, At: now})
	b.mayDialOut(s, payer, &plan, now)
	if plan.Refuse == "" && plan.IsEmergency() {
		return i18n.T("queue.callback_no_number"), true
	}
	return plan.Text, plan.Refuse == pbx.CauseDenied || plan.Refuse == pbx.CauseSuspended
}

// WakeQueues begins the queues, so that people are called back who wanted it before this process began.
func (b *Board) WakeQueues() {
	s, _ := b.c.View()
	for id := range s.Queues {
		b.hall(id).put(note{look: true})
	}
}

// keepPlace asks the queue to keep the caller's place.
func (r *run) keepPlace() {
	if t := r.stay; t != nil {
		t.keeps = true
		t.hall.put(note{in: queue.Hold{Call: t.place}})
	}
}

// restore takes in what was before this process began.
func (h *hall) restore(n note, at time.Time) {
	for i := range n.places {
		c := n.places[i]
		if h.back[c.ID] == nil {
			h.back[c.ID] = &c
			n.day.Places = append(n.day.Places, queue.Caller{Call: c.ID, From: c.From, Priority: c.Priority, Since: c.Since, Asked: c.Asked, Until: c.Until, Next: c.Next, Tries: c.Tries})
		}
	}
	h.step(*n.day, at)
}

// kept writes down what becomes of a place that is kept.
func (h *hall) kept(e queue.Note) {
	c := h.back[e.Call]
	now := time.Now().UTC().Truncate(time.Millisecond)
	if e.Kind == queue.Held {
		i := slices.IndexFunc(h.state.Waiting, func(w queue.Caller) bool { return w.Call == e.Call })
		w := &h.state.Waiting[i]
		c = &pbx.Callback{ID: w.Call, Queue: h.id, From: w.From, Priority: w.Priority, Since: w.Since, Asked: w.Asked, Until: w.Until, State: pbx.CallbackWaits, Next: w.Next}
		h.back[c.ID] = c
		h.write(*c, pbx.Actor{Kind: pbx.ActorSystem}, true)
		return
	}
	if e.Kind == queue.Unheld {
		h.to(e.Call, &message{input: call.Kept{}})
		return
	}
	if c == nil {
		return
	}
	who := pbx.Actor{Kind: pbx.ActorSystem}
	if n := h.hand; n.run != nil && n.place == e.Call {
		c.Call = n.run.id
		c.Reason = n.reason
		if u := h.b.party(e.Agent); u.User != "" {
			c.Agent = u
		}
	}
	switch e.Kind {
	case queue.Found:
		c.State, c.Reason = pbx.CallbackDone, i18n.Text{}
	case queue.GaveUp:
		c.State = pbx.CallbackGaveUp
		c.Tries++
	case queue.Refused:
		c.State = pbx.CallbackRefused
		c.Tries++
	case queue.Expired:
		c.State = pbx.CallbackExpired
	case queue.Again:
		c.State = pbx.CallbackAgain
	case queue.Dropped:
		c.State = pbx.CallbackDropped
		if h.hand.dropped != nil {
			who = *h.hand.dropped
		}
	case queue.Failed:
		c.Tries++
		if i := slices.IndexFunc(h.state.Waiting, func(w queue.Caller) bool { return w.Call == e.Call }); i >= 0 {
			c.Next = h.state.Waiting[i].Next
		}
	default:
		return
	}
	if c.State != pbx.CallbackWaits {
		c.Ended = now
		delete(h.back, e.Call)
	}
	h.write(*c, who, false)
}

// party is who somebody is called.
func (b *Board) party(id pbx.UserID) pbx.Party {
	s, _ := b.c.View()
	if u := s.Users[id]; u != nil {
		return u.Party()
	}
	return pbx.Party{}
}

// write keeps a place without holding the queue up; a caller whose place is new hears when it is written, so that he does not hang up before.
func (h *hall) write(c pbx.Callback, who pbx.Actor, fresh bool) {
	before := h.writes
	done := make(chan struct{})
	h.writes = done
	tell := func(ok bool) {
		if !fresh {
			return
		}
		if r, there := h.b.calls.Load(c.ID); there {
			r.(*run).post(&message{input: call.Kept{OK: ok}})
		}
		if !ok {
			h.put(note{in: queue.Return{Call: c.ID}})
		}
	}
	if h.b.c.Queues.Keep == nil || !h.b.enterHall() {
		close(done)
		tell(h.b.c.Queues.Keep == nil)
		return
	}
	go func() {
		defer h.b.attending.Done()
		defer close(done)
		if before != nil {
			<-before
		}
		ctx, cancel := context.WithTimeout(context.Background(), keepTime)
		defer cancel()
		err := h.b.c.Queues.Keep(ctx, who, c)
		if err != nil {
			h.log().Error("a place of somebody who wants to be called back cannot be written down", "call", c.ID, "error", err)
		}
		tell(err == nil)
	}()
}

// callBack rings agents for somebody who is not on the line. What could not be decided otherwise later is decided before: nobody is rung for a
// call that may not be.
func (h *hall) callBack(place pbx.CallID, agents []pbx.UserID) (next []queue.Input) {
	s, live := h.b.c.View()
	now := time.Now()
	c, q := h.back[place], s.Queues[h.id]
	if c == nil || q == nil || c.Asked.Before(s.OwnSince(c.From.User)) { // the guest who asked for it has left the room (G-019)
		return []queue.Input{queue.Drop{Call: place}}
	}
	if text, forGood := h.b.mayCallBack(s, live, q, c.From, now); text.Key != "" {
		c.Reason = text
		return []queue.Input{queue.Unreached{Call: place, ForGood: forGood}}
	}
	desk := pbx.Party{Name: q.Name, Number: q.Extension}
	plan := route.Plan{From: desk, To: c.From, Attempts: []route.Attempt{{Ring: time.Duration(q.Ring)*time.Second + seekMargin}}}
	plan.Passed = []route.Stop{{At: pbx.Destination{Kind: pbx.ToQueue, ID: string(q.ID)}}}
	plan.Trace = []i18n.Text{i18n.T("route.queue.calls_back", "queue", q.Name, "name", c.From.Label(), "user", string(c.From.User))}
	who := pbx.Actor{Kind: pbx.ActorSystem, Via: "queue"}
	asked := route.Request{Caller: who, From: desk, At: now}
	t := &stay{queue: q.ID, hall: h, place: place, calls: true, name: q.Name, late: q.Late}
	for _, u := range agents {
		targets := route.Agent(s, live, asked, u)
		if len(targets) == 0 || u == c.From.User {
			next = append(next, queue.Declined{Call: place, Agent: u})
			continue
		}
		t.asked = append(t.asked, u)
		plan.Attempts[0].Targets = append(plan.Attempts[0].Targets, targets...)
	}
	if len(t.asked) == 0 {
		return next
	}
	if !h.b.enter() {
		for _, u := range t.asked {
			next = append(next, queue.Declined{Call: place, Agent: u})
		}
		return next
	}
	r := h.b.calling(s, who, asked, plan, now)
	r.stay, r.shows = t, pbx.Party{Name: c.From.Label() + " · " + q.Name, Number: c.From.Number}
	if q.Group != "" {
		r.live.Groups = append(r.live.Groups, q.Group)
	}
	r.state.Summon(c.Place(), pbx.Party{User: q.Payer})
	h.calling[place] = r
	h.b.carry(r)
	return next
}

// forget lets go of calls in which somebody was called back.
func (h *hall) forget() {
	for place, r := range h.calling {
		if r.closed.Load() && !h.isMine(r.id) {
			delete(h.calling, place)
		}
	}
}

// shownAs is whom a phone of the house shows that rings for the call.
func (r *run) shownAs() pbx.Party {
	if r.shows != (pbx.Party{}) {
		return r.shows
	}
	return r.plan.From
}

// hurry lets somebody who is called back ring no longer than an agent wants to wait; nobody is rung in his place.
func (r *run) hurry(p *route.Plan) {
	if r.stay == nil || !r.stay.calls {
		return
	}
	p.Then = route.Then{}
	if p.House != nil {
		p.House, p.Refuse, p.Text = nil, pbx.CauseAway, p.Trace[len(p.Trace)-1]
	}
	for i := range p.Attempts {
		p.Attempts[i].Ring = min(p.Attempts[i].Ring, backRing)
	}
	r.shows = pbx.Party{}
}

// attendBack tells the queue what becomes of a call back: who will not take it, who has, and whether it reached anybody.
func (r *run) attendBack(t *stay) {
	over := r.state.Phase >= call.Closing
	switch {
	case over && t.agent == (pbx.Party{}):
		r.stay = nil
		for _, u := range t.asked {
			t.hall.put(note{in: queue.Declined{Call: t.place, Agent: u}, run: r, place: t.place})
		}
	case over:
		r.stay = nil
		reason := r.state.Text
		if r.plan.Refuse != "" {
			reason = r.plan.Text
		}
		t.hall.put(note{in: queue.Unreached{Call: t.place, ForGood: r.plan.Refuse == pbx.CauseDenied}, run: r, place: t.place, reason: reason})
	case r.state.IsSummons():
		r.declined()
	case t.agent == (pbx.Party{}):
		t.agent = r.sides[0].record.Party
		t.hall.put(note{in: queue.Took{Call: t.place, Agent: t.agent.User}, run: r, place: t.place})
	case r.state.Phase == call.Talking && r.state.Callee > 0:
		t.calls, t.leg = false, r.sides[0].leg
		p := event.Queued{Queue: t.queue, Name: t.name, Late: t.late}
		r.draft.Queued(r.now, p)
		r.fact(event.CallQueued, r.in.Actor, p)
		r.dequeued(event.LeftAnswered)
		t.hall.put(note{in: queue.Reached{Call: t.place}, run: r, place: t.place})
	}
}

// DropCallbacks takes the places that are kept for calls back to somebody inside out of all queues: who asked for them is no longer there.
func (b *Board) DropCallbacks(ctx context.Context, who pbx.Actor, u pbx.UserID) error {
	s, _ := b.c.View()
	for id := range s.Queues {
		places, err := b.c.Queues.Places(ctx, id)
		if err != nil {
			return err
		}
		for _, p := range places {
			if p.From.User == u {
				b.hall(id).put(note{in: queue.Drop{Call: p.ID}, dropped: &who})
			}
		}
	}
	return nil
}

// DropCallback takes a place out of a queue that is kept for a call back, for somebody who may change the queue.
func (b *Board) DropCallback(_ context.Context, who pbx.Actor, q pbx.QueueID, place pbx.CallID) error {
	s, _ := b.c.View()
	of := s.Queues[q]
	missing := pbx.Refuse(pbx.NotFound, "", "error.not_found")
	if of == nil {
		return missing
	}
	now := time.Now()
	d := policy.Decide(s, policy.Request{Actor: who, Right: policy.QueueEdit, Target: policy.Owned(policy.KindQueue, string(of.ID), "", of.Group), At: now})
	switch {
	case d.Hidden:
		return missing
	case !d.OK:
		return &pbx.Error{Code: pbx.Denied, Text: d.Reason(), Right: policy.QueueEdit.String()}
	}
	b.used(who, policy.QueueEdit, d, now)
	b.hall(q).put(note{in: queue.Drop{Call: place}, dropped: &who})
	return nil
}
