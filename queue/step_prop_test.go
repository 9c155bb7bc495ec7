package queue

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/pbx"
)

// TestAnySequence throws random inputs at random queues. Whatever happens: the given state stays as it was, nobody is rung
// twice, every call leaves in one way, who is free does not sit beside a caller whom he could serve, and the oldest of the
// most important callers is offered first.
func TestAnySequence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := pbx.Queue{
			Strategy: rapid.SampledFrom(pbx.Strategies()).Draw(t, "strategy"),
			Ring:     rapid.IntRange(1, 30).Draw(t, "ring"), WrapUp: rapid.IntRange(0, 20).Draw(t, "wrap"),
			MaxWait: rapid.IntRange(0, 90).Draw(t, "wait"), MaxCalls: rapid.IntRange(0, 4).Draw(t, "calls"),
			Late: rapid.IntRange(0, 30).Draw(t, "late"), Misses: rapid.IntRange(0, 3).Draw(t, "misses"),
			Every: rapid.IntRange(0, 30).Draw(t, "every"), Callback: rapid.Bool().Draw(t, "callback"), Tries: rapid.IntRange(1, 3).Draw(t, "tries"), Pause: rapid.IntRange(0, 40).Draw(t, "pause"), Keep: rapid.IntRange(1, 200).Draw(t, "keep"),
		}
		if rapid.Bool().Draw(t, "nobody") {
			q.Nobody = pbx.Destination{Kind: pbx.ToMailbox, ID: "usr_x"}
		}
		for i := range rapid.IntRange(0, 5).Draw(t, "agents") {
			q.Agents = append(q.Agents, pbx.QueueAgent{User: pbx.UserID(fmt.Sprintf("a%d", i)), Skill: rapid.IntRange(0, 2).Draw(t, "skill")})
		}
		w := &watch{left: map[pbx.CallID]int{}, joined: map[pbx.CallID]bool{}, rings: map[pbx.UserID]pbx.CallID{}}
		s, now, calls := New(q, nine, rapid.Uint64().Draw(t, "seed")), nine, 0
		for range rapid.IntRange(1, 60).Draw(t, "inputs") {
			now = now.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "seconds")) * time.Second)
			in := w.input(t, s, &calls)
			if _, tick := in.(Tick); tick && !s.due.IsZero() && s.due.After(now) {
				now = s.due
			}
			if took, ok := in.(Took); ok && w.rings[took.Agent] == took.Call && s.caller(took.Call) >= 0 && s.Waiting[s.caller(took.Call)].Gone {
				delete(w.rings, took.Agent) // he answered, and now it rings at who asked to be called back; nothing is said of it yet
			}
			before := s.clone()
			next, effects := Step(s, now, in)
			if !reflect.DeepEqual(s, before) {
				t.Fatalf("%#v changed the state it was given", in)
			}
			s = next
			w.effects(t, effects)
			w.state(t, s, now)
		}
		for c := range w.joined {
			if n := w.left[c]; n > 1 || n == 0 && s.caller(c) < 0 && s.talk(c) < 0 {
				t.Fatalf("%s left %d times", c, n)
			}
		}
	})
}

type watch struct {
	joined map[pbx.CallID]bool
	left   map[pbx.CallID]int
	rings  map[pbx.UserID]pbx.CallID
	timer  time.Time
}

func (w *watch) input(t *rapid.T, s State, calls *int) Input {
	any := pbx.CallID(fmt.Sprintf("c%d", rapid.IntRange(0, max(*calls, 1)).Draw(t, "call")))
	who := pbx.UserID(fmt.Sprintf("a%d", rapid.IntRange(0, 5).Draw(t, "agent")))
	if len(s.Offers) > 0 && rapid.Bool().Draw(t, "of an offer") {
		o := s.Offers[rapid.IntRange(0, len(s.Offers)-1).Draw(t, "offer")]
		any, who = o.Call, o.Agents[rapid.IntRange(0, len(o.Agents)-1).Draw(t, "asked")]
	}
	switch rapid.IntRange(0, 19).Draw(t, "input") {
	case 0, 1, 2:
		*calls++
		return Join{Call: pbx.CallID(fmt.Sprintf("c%d", *calls)), Priority: rapid.IntRange(0, 2).Draw(t, "priority"),
			From: pbx.Party{Number: rapid.SampledFrom([]string{"", "1", "2"}).Draw(t, "number")}}
	case 3:
		return Leave{any}
	case 4:
		return Hold{any}
	case 5:
		return Declined{any, who}
	case 6, 7:
		return Took{any, who}
	case 8:
		return Over{any}
	case 9, 10:
		return Set{who, rapid.SampledFrom([]Duty{Out, Free, Free, Away, Talking}).Draw(t, "duty")}
	case 11:
		return Ready{who}
	case 12:
		return Engaged{any, who}
	case 13:
		return Return{any}
	case 14, 15:
		return Reached{any}
	case 16:
		return Unreached{any, rapid.Bool().Draw(t, "for good")}
	case 17:
		return Drop{any}
	case 18:
		return Opening{rapid.Bool().Draw(t, "open")}
	}
	return Tick{}
}

func (w *watch) effects(t *rapid.T, effects []Effect) {
	for _, e := range effects {
		switch e := e.(type) {
		case Ring:
			for _, u := range e.Agents {
				if c, rings := w.rings[u]; rings {
					t.Fatalf("%s is rung for %s while %s rings at him", u, e.Call, c)
				}
				w.rings[u] = e.Call
			}
		case Stop:
			for _, u := range e.Agents {
				delete(w.rings, u)
			}
		case Note:
			switch e.Kind {
			case Joined:
				w.joined[e.Call] = true
			case Missed:
				delete(w.rings, e.Agent)
			case Answered:
				delete(w.rings, e.Agent)
			case Abandoned, Sent, Finished, GaveUp, Expired, Refused, Again, Dropped:
				w.left[e.Call]++
			}
		case SetTimer:
			w.timer = e.At
		}
	}
}

func (w *watch) state(t *rapid.T, s State, now time.Time) {
	if !w.timer.Equal(s.due) || !s.due.IsZero() && !s.due.After(now) {
		t.Fatalf("at %v the timer stands at %v, the state says %v", now.Sub(nine), w.timer, s.due)
	}
	for _, o := range s.Offers {
		if s.caller(o.Call) < 0 || len(o.Agents) == 0 {
			t.Fatalf("an offer of %s to %v rings for nobody", o.Call, o.Agents)
		}
		for _, u := range o.Agents {
			if a := s.agent(u); a == nil || a.Duty != Asked {
				t.Fatalf("%s is offered %s and is %v", u, o.Call, a)
			}
		}
	}
	for i := range s.Agents {
		a := &s.Agents[i]
		if (a.Duty == Asked) != (w.rings[a.User] != "") {
			t.Fatalf("%s is %s, and %q rings at him", a.User, a.Duty, w.rings[a.User])
		}
		if a.Duty == Free && !a.Rest.After(now) && slices.ContainsFunc(s.Waiting, func(c Caller) bool { return s.offer(c.Call) < 0 && isDue(s, c, now) }) &&
			s.Queue.Strategy != pbx.ServeSkillAll {
			for _, c := range s.Waiting {
				if s.offer(c.Call) < 0 && isDue(s, c, now) && !slices.Contains(c.Tried, a.User) {
					t.Fatalf("%s is free while %s waits", a.User, c.Call)
				}
			}
		}
	}
	seen := map[pbx.CallID]bool{}
	for i, c := range s.Waiting {
		if c.Rings != (s.offer(c.Call) >= 0) {
			t.Fatalf("%+v, but offers %+v", c, s.Offers)
		}
		if seen[c.Call] || i > 0 && s.Waiting[i-1].Priority < c.Priority {
			t.Fatalf("waiting in the wrong order or twice: %+v", s.Waiting)
		}
		seen[c.Call] = true
	}
}

func isDue(s State, c Caller, now time.Time) bool { return !c.Gone || !s.Shut && !c.Next.After(now) }

// Live views tell since when agents are as they are, also at a queue to which nobody has come yet.
func TestANewQueueKnowsSinceWhen(t *testing.T) {
	for _, a := range New(pbx.Queue{Agents: []pbx.QueueAgent{{User: "a"}, {User: "b"}}}, nine, 1).Agents {
		if a.Duty != Out || !a.Since.Equal(nine) {
			t.Errorf("%s is %v since %v", a.User, a.Duty, a.Since)
		}
	}
}

// BenchmarkStep is a queue of 1,000 callers and 100 agents: one caller leaves, one comes.
func BenchmarkStep(b *testing.B) {
	q := pbx.Queue{Strategy: pbx.ServeIdle, Ring: 20, MaxWait: 3600, Late: 60, Every: 30}
	for i := range 100 {
		q.Agents = append(q.Agents, pbx.QueueAgent{User: pbx.UserID(fmt.Sprintf("a%d", i))})
	}
	s, now := New(q, nine, 1), nine
	for i := range 100 {
		s, _ = Step(s, now, Set{pbx.UserID(fmt.Sprintf("a%d", i)), Free})
	}
	for i := range 1000 {
		s, _ = Step(s, now, Join{Call: pbx.CallID(fmt.Sprintf("c%d", i))})
	}
	b.ReportAllocs()
	i := 1000
	for b.Loop() {
		now = now.Add(time.Millisecond)
		s, _ = Step(s, now, Join{Call: pbx.CallID(fmt.Sprintf("c%d", i))})
		s, _ = Step(s, now, Leave{Call: s.Waiting[len(s.Waiting)/2].Call})
		i++
	}
}
