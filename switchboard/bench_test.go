package switchboard

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/pbx"
	"tandem/report"
	"tandem/sdp"
)

// null is a signalling side that answers every call at once and writes nothing down.
type null struct {
	board  *Board
	answer []byte
	done   chan struct{}

	talking chan struct{}
}

func (n *null) Dial(inv call.Invite) error {
	n.board.Signal(call.Signal{Leg: inv.Leg, Kind: call.SignalRang})
	n.board.Signal(call.Signal{Leg: inv.Leg, Kind: call.SignalAnswered, SDP: n.answer})
	return nil
}
func (n *null) Confirm(pbx.LegID)                   {}
func (n *null) Progress(pbx.LegID, int, []byte)     {}
func (n *null) Refuse(pbx.LegID, pbx.Cause, string) { panic("refused") }
func (n *null) Deflect(pbx.LegID, string)           { n.done <- struct{}{} }
func (n *null) Hangup(pbx.LegID, pbx.Cause)         { n.done <- struct{}{} }
func (n *null) Offer(pbx.LegID, []byte)             {}
func (n *null) Reply(pbx.LegID, int, []byte)        {}
func (n *null) Report(pbx.LegID, call.Progress)     {}
func (n *null) Accept(leg pbx.LegID, _ []byte) {
	n.board.Signal(call.Signal{Leg: leg, Kind: call.SignalAnswered})
	n.talking <- struct{}{}
}

func benchOffice(b *testing.B) (*office, *null) {
	n := &null{answer: (&phone{port: 7000}).describe(sdp.SendRecv, []sdp.Codec{pcmu}, nil), done: make(chan struct{}, 1), talking: make(chan struct{}, 1)}
	o := newOffice(b, func(c *Config) {
		c.Legs = n
		c.SetCall, c.EndCall = func(*pbx.LiveCall) {}, func(pbx.CallID) {}
		c.Journal = func(context.Context, []report.CDR, []event.Fact) error { return nil }
		c.Limit, c.Backlog = 1<<30, 1<<30
	})
	o.phone("b1", false, func(*phone) {})
	n.board = o.board
	return o, n
}

func (o *office) incoming(leg pbx.LegID, invite []byte) {
	o.board.Incoming(call.Incoming{Leg: leg, Actor: pbx.Actor{Kind: pbx.ActorDevice, User: "usr_alice", Device: "dev_alice1"}, Dialled: "102", Offer: invite})
}

// BenchmarkCall is a whole call – right, route, ringing, answer, hang-up, record – without the cost of wires and disk.
func BenchmarkCall(b *testing.B) {
	o, n := benchOffice(b)
	invite := offer(pcmu, pcma, event8)
	b.ReportAllocs()
	for b.Loop() {
		o.sound.mu.Lock()
		o.sound.streams = o.sound.streams[:0]
		o.sound.mu.Unlock()
		o.incoming("leg_a", invite)
		<-n.talking
		o.board.Signal(call.Signal{Leg: "leg_a", Kind: call.SignalEnded, Cause: pbx.CauseHangup})
		<-n.done
		for o.board.Calls() > 0 {
			runtime.Gosched()
		}
	}
	b.StopTimer()
	o.drain()
}

// BenchmarkCallMemory says how much a conversation holds, goroutine and stack included, wires and ports not.
func BenchmarkCallMemory(b *testing.B) {
	const calls = 2000
	invite := offer(pcmu, pcma, event8)
	for b.Loop() {
		o, n := benchOffice(b)
		n.done, n.talking = make(chan struct{}, 2*calls), make(chan struct{}, calls)
		before := held()
		for i := range calls {
			o.incoming(pbx.LegID(newID("leg", time.UnixMilli(int64(i)))), invite)
		}
		for len(n.talking) < calls {
			runtime.Gosched()
		}
		b.ReportMetric(float64(held()-before)/calls, "B/call")
		o.drain()
	}
}

func held() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// BenchmarkQueue holds 1,000 callers in a queue of 50 agents who all talk: one caller leaves and one comes.
func BenchmarkQueue(b *testing.B) {
	const waiting = 1000
	o, n := benchOffice(b)
	n.done, n.talking = make(chan struct{}, 1<<16), make(chan struct{}, 1<<16)
	q := &pbx.Queue{ID: "que_1", Name: "Desk", Extension: "200", Strategy: pbx.ServeIdle, Ring: 20, Late: 60, MaxWait: 3600, Every: 60}
	nouns := []pbx.Noun{q}
	for i := range 50 {
		u := pbx.UserID(fmt.Sprintf("usr_%d", i))
		q.Agents = append(q.Agents, pbx.QueueAgent{User: u})
		nouns = append(nouns, &pbx.User{ID: u, Name: "Agent", Email: fmt.Sprintf("a%d@example.org", i)},
			&pbx.Membership{ID: pbx.MembershipID(fmt.Sprintf("mem_%d", i)), User: u, Group: "grp_all", Role: "user", From: began})
	}
	o.put(nouns...)
	invite := offer(pcmu, pcma, event8)
	count := 0
	join := func() pbx.LegID {
		count++
		leg := pbx.LegID(fmt.Sprintf("leg_%d", count))
		o.board.Incoming(call.Incoming{Leg: leg, Actor: pbx.Actor{Kind: pbx.ActorDevice, User: "usr_alice", Device: "dev_alice1"}, Dialled: "200", Offer: invite})
		<-n.talking
		return leg
	}
	var legs []pbx.LegID
	for range waiting {
		legs = append(legs, join())
	}
	for since := time.Now(); len(o.board.Queue("que_1").Waiting) < waiting; {
		if time.Since(since) > 20*time.Second {
			b.Fatalf("%d wait: %+v", len(o.board.Queue("que_1").Waiting), o.board.Calls())
		}
		runtime.Gosched()
	}
	b.ReportAllocs()
	for b.Loop() {
		o.board.Signal(call.Signal{Leg: legs[0], Kind: call.SignalEnded, Cause: pbx.CauseHangup})
		for o.board.Calls() >= waiting {
			runtime.Gosched()
		}
		legs = append(legs[1:], join())
	}
	b.StopTimer()
	o.drain()
}
