package switchboard

import (
	"slices"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/queue"
	"tandem/route"
)

// mostMissed is how many people who did not take a call its record names.
const mostMissed = 50

// seekMargin is how much longer than the queue says phones ring, should its word to stop be lost.
const seekMargin = 5 * time.Second

// stay is the time of a call in a queue, from its first moment until the agent who answered has left.
type stay struct {
	queue  pbx.QueueID
	hall   *hall
	asked  []pbx.UserID // who is being rung for it
	missed []pbx.Party
	how    event.Leaving // as the queue said when it let the call go
	agent  pbx.Party     // who answered
	leg    pbx.LegID     // … and on which phone
	place  pbx.CallID    // under which the queue knows the call
	keeps  bool          // the caller wants his place kept
	calls  bool          // nobody waits on the line: agents are rung, and who answers calls back
	name   string        // … in which queue
	late   int           // … with which promise
}

// enterQueue puts the caller into a queue.
func (r *run) enterQueue(e call.Enter) call.Input {
	s, _ := r.b.c.View()
	q := s.Queues[pbx.QueueID(e.At.ID)]
	if q == nil {
		return call.Release{Cause: pbx.CauseFailed, Text: i18n.T("cause.failed"), Clip: call.Words("say.goodbye")}
	}
	r.stay = &stay{queue: q.ID, hall: r.b.hall(q.ID), place: r.id}
	p := event.Queued{Queue: q.ID, Name: q.Name, Late: q.Late}
	r.draft.Queued(r.now, p)
	r.fact(event.CallQueued, r.in.Actor, p)
	r.flush(nil)
	from := r.plan.From
	r.stay.hall.put(note{in: queue.Join{Call: r.id}, from: &from})
	wait := call.Waits{Callback: q.CanCallBack(from)}
	wait.Music = r.music(q.Music)
	return wait
}

// music is a sound that goes on until something else is played; nothing where there is none, or it cannot be played.
func (r *run) music(sound pbx.Sound) []call.Clip {
	if !r.isThere(sound.Blob) {
		return nil
	}
	return []call.Clip{{Sound: sound.Blob, Loop: true}}
}

// seek rings the phones of agents for a call that waits.
func (r *run) seek(agents []pbx.UserID) {
	t := r.stay
	if t == nil || !r.state.IsQueued() {
		return
	}
	s, live := r.b.c.View()
	asked := r.asked
	asked.At = r.now
	ring := 60 * time.Second
	if q := s.Queues[t.queue]; q != nil {
		ring = time.Duration(q.Ring) * time.Second
	}
	plan := route.Plan{From: r.plan.From, To: r.plan.To, Attempts: []route.Attempt{{Ring: ring + seekMargin}}}
	t.asked = nil
	for _, u := range agents {
		targets := route.Agent(s, live, asked, u)
		if len(targets) == 0 {
			t.hall.put(note{in: queue.Declined{Call: t.place, Agent: u}})
			continue
		}
		t.asked = append(t.asked, u)
		plan.Attempts[0].Targets = append(plan.Attempts[0].Targets, targets...)
	}
	if len(t.asked) > 0 {
		r.step(call.Seek{Plan: plan, Legs: r.enlist(s, plan)})
	}
}

// recall ends the ringing at agents, because the queue wants it.
func (r *run) recall(agents []pbx.UserID, cause pbx.Cause) {
	t := r.stay
	if t == nil {
		return
	}
	t.asked = slices.DeleteFunc(t.asked, func(u pbx.UserID) bool { return slices.Contains(agents, u) })
	in := call.Recall{Cause: cause}
	for i := range r.state.Legs {
		if p := r.sides[i].record.Party; i > 0 && slices.Contains(agents, p.User) && r.state.Legs[i].IsOn() && i != r.state.Callee {
			in.Legs = append(in.Legs, r.sides[i].leg)
			if cause == pbx.CauseNoAnswer {
				r.missedBy(p)
			}
		}
	}
	if len(in.Legs) > 0 {
		r.step(in)
	}
}

// missedBy notes who did not take the call, once for all of his phones.
func (r *run) missedBy(p pbx.Party) {
	t := r.stay
	if n := len(t.missed); n < mostMissed && (n == 0 || t.missed[n-1] != p) {
		t.missed = append(t.missed, p)
	}
}

// attend tells the queue what has become of the call: who of those who are rung will not come, who has answered, that the
// caller has left, that the agent has. It looks at the state after every step, so that no way out of the queue can be forgotten.
func (r *run) attend() {
	t := r.stay
	switch {
	case t == nil:
	case t.calls:
		r.attendBack(t)
	case t.leg != "":
		if i := r.state.Find(t.leg); i < 0 || !r.state.Legs[i].IsOn() || r.state.Phase >= call.Closing {
			r.served()
		}
	case r.state.Phase == call.Talking && r.state.Callee > 0 && slices.Contains(t.asked, r.sides[r.state.Callee].record.Party.User):
		s := r.sides[r.state.Callee]
		t.agent, t.leg = s.record.Party, s.leg
		r.dequeued(event.LeftAnswered)
		t.hall.put(note{in: queue.Took{Call: t.place, Agent: t.agent.User}})
	case !r.state.IsQueued():
		r.dequeued(r.leaving())
		t.hall.put(note{in: queue.Leave{Call: t.place}})
		r.stay = nil
	default:
		r.declined()
	}
}

// declined tells the queue who of those who are rung has no phone ringing any more.
func (r *run) declined() {
	t := r.stay
	for _, u := range slices.Clone(t.asked) {
		last := pbx.Party{}
		on := false
		for i := range r.state.Legs {
			if p := r.sides[i].record.Party; i > 0 && p.User == u {
				on = on || r.state.Legs[i].IsOn() || r.state.Legs[i].State == call.LegIdle
				last = p
			}
		}
		if !on {
			t.asked = slices.DeleteFunc(t.asked, func(o pbx.UserID) bool { return o == u })
			r.missedBy(last)
			t.hall.put(note{in: queue.Declined{Call: t.place, Agent: u}})
		}
	}
}

// leaving says how a call left the queue that nobody answered.
func (r *run) leaving() event.Leaving {
	switch {
	case r.stay.how != "":
		return r.stay.how
	case r.stay.keeps:
		return event.LeftCallback
	case r.state.Phase < call.Closing:
		return event.LeftTaken
	case r.state.Cause == pbx.CauseHangup || r.state.Cause == pbx.CauseCancelled:
		return event.LeftAbandoned
	}
	return event.LeftCut
}

func (r *run) dequeued(how event.Leaving) {
	p := event.Dequeued{Queue: r.stay.queue, How: how, Agent: r.stay.agent, Missed: r.stay.missed}
	r.draft.Dequeued(r.now, p)
	r.fact(event.CallDequeued, r.in.Actor, p)
}

// served ends the agent's part of the call.
func (r *run) served() {
	p := event.Served{Queue: r.stay.queue, Agent: r.stay.agent}
	r.draft.Served(r.now, p)
	r.fact(event.CallServed, r.in.Actor, p)
	r.stay.hall.put(note{in: queue.Over{Call: r.stay.place}})
	r.stay = nil
}

// drop forgets phones that rang in vain; what they were is told by the stay.
func (r *run) drop(legs []pbx.LegID) {
	r.sides = slices.DeleteFunc(r.sides, func(s *side) bool {
		if !slices.Contains(legs, s.leg) {
			return false
		}
		if s.stream != nil {
			s.stream.Close()
		}
		r.b.legs.Delete(s.wire)
		return true
	})
}

// onlookers are the people about whom the call says something to the queues that they serve.
func (r *run) onlookers(before, after []pbx.UserID) []pbx.UserID {
	all := slices.Clone(after)
	for _, u := range before {
		if !slices.Contains(all, u) {
			all = append(all, u)
		}
	}
	return all
}
