package switchboard

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
)

// desk is a queue of bob and mona, who are called in this order; change may make it another one.
func (o *office) desk(change func(*pbx.Queue)) *pbx.Queue {
	q := &pbx.Queue{ID: "que_1", Name: "Desk", Extension: "200", Group: "grp_all", Strategy: pbx.ServeHunt, Ring: 15,
		Agents: []pbx.QueueAgent{{User: "usr_bob"}, {User: "usr_mona"}}}
	if change != nil {
		change(q)
	}
	o.reconfigure(q)
	return q
}

// reconfigure changes the configuration while calls are up.
func (o *office) reconfigure(nouns ...pbx.Noun) {
	o.mu.Lock()
	o.put(nouns...)
	o.mu.Unlock()
	o.board.Changed()
}

func (o *office) queue() *pbx.LiveQueue {
	synctest.Wait()
	q := o.board.Queue("que_1")
	if q == nil {
		o.t.Fatal("no such queue")
	}
	return q
}

func (o *office) duty(u pbx.UserID) string {
	for _, a := range o.queue().Agents {
		if a.User == u {
			return strings.TrimSpace(a.Duty + " " + a.Reason)
		}
	}
	return ""
}

func (o *office) record(i int) report.CDR {
	o.ledger.mu.Lock()
	defer o.ledger.mu.Unlock()
	if len(o.ledger.cdrs) <= i {
		o.t.Fatalf("%d records", len(o.ledger.cdrs))
	}
	return o.ledger.cdrs[i]
}

func keys(c report.CDR) (all []string) {
	for _, line := range c.Trace {
		all = append(all, line.Key)
	}
	return all
}

// TestAQueueServes: the first agent lets it ring, the second answers; the record tells who waited, who missed and who served.
func TestAQueueServes(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.desk(func(q *pbx.Queue) { q.Late, q.WrapUp = 10, 30 })
		o.phone("b1", false, (*phone).rings)
		o.phone("m1", false, func(p *phone) { p.rings(); p.waits(3 * time.Second); p.answers() })
		a := o.dial("200", false, offer(pcmu, event8))
		pause(10 * time.Second)
		if q := o.queue(); len(q.Waiting) != 1 || !q.Waiting[0].Rings || q.Waiting[0].From.Name != "alice" || o.duty("usr_bob") != "asked" || o.duty("usr_mona") != "free" {
			t.Errorf("%+v", q)
		}
		pause(30 * time.Second)
		if q := o.queue(); len(q.Waiting) != 0 || o.duty("usr_bob") != "free" || o.duty("usr_mona") != "talking" || q.Day.Answered != 1 || q.Day.InTime != 0 {
			t.Errorf("%+v", q)
		}
		a.hangsUp()
		pause(time.Second)
		if o.duty("usr_mona") != "wrapping" {
			t.Errorf("mona after the call: %s", o.duty("usr_mona"))
		}
		if err := o.board.Ready(t.Context(), pbx.Actor{Kind: pbx.ActorUser, User: "usr_bob"}, "usr_mona"); err == nil {
			t.Error("bob says what mona does")
		}
		if err := o.board.Ready(t.Context(), pbx.Actor{Kind: pbx.ActorUser, User: "usr_mona"}, "usr_mona"); err != nil {
			t.Error(err)
		}
		pause(time.Second)
		if o.duty("usr_mona") != "free" {
			t.Errorf("mona is %s", o.duty("usr_mona"))
		}
		o.drain()

		c := o.only()
		if c.To.Name != "mona" || c.Missed() || len(c.Stays) != 1 {
			t.Fatalf("%+v", c)
		}
		s := c.Stays[0]
		if s.How != event.LeftAnswered || s.Waited() != 18*time.Second || !s.Late || s.Agent.Name != "mona" || s.Talked() != 22*time.Second || len(s.Missed) != 1 || s.Missed[0].Name != "bob" {
			t.Errorf("%+v", s)
		}
		if got := keys(c); !slices.Equal(got[len(got)-3:], []string{"route.queue.missed", "route.queue.answered", "route.queue.late"}) {
			t.Errorf("the story: %v", got)
		}
		if again := report.Record(o.ledger.facts); len(again.Stays) != 1 || again.Stays[0].Talked() != s.Talked() || !again.Stays[0].Late {
			t.Errorf("the facts tell %+v", again.Stays)
		}
		if got := o.ledger.kinds(); !slices.Equal(got, []string{"started", "queued", "rang", "rang", "answered", "dequeued", "served", "ended"}) {
			t.Errorf("facts %v", got)
		}
	})
}

// TestAQueueWithoutLuck: how calls leave a queue that nobody answers.
func TestAQueueWithoutLuck(t *testing.T) {
	mailbox := pbx.Destination{Kind: pbx.ToMailbox, ID: "usr_bob"}
	declines := func(p *phone) { p.rings(); p.fails(pbx.CauseDeclined, 603) }
	tests := []struct {
		name   string
		change func(*pbx.Queue)
		more   []pbx.Noun
		phone  func(*phone)
		caller func(*phone)
		how    event.Leaving
		waited time.Duration
		cause  pbx.Cause
		story  string
	}{
		{name: "the caller hangs up", phone: (*phone).rings, caller: func(a *phone) { time.Sleep(5 * time.Second); a.hangsUp() }, how: event.LeftAbandoned, waited: 5 * time.Second, cause: pbx.CauseCancelled, story: "route.queue.abandoned"},
		{name: "it takes too long", change: func(q *pbx.Queue) { q.MaxWait, q.Full = 20, mailbox }, phone: (*phone).rings, how: event.LeftWaited, waited: 20 * time.Second, cause: pbx.CauseHangup, story: "route.house.mailbox"},
		{name: "it takes too long, and there is nowhere to go", change: func(q *pbx.Queue) { q.MaxWait = 20 }, phone: declines, how: event.LeftWaited, waited: 20 * time.Second, cause: pbx.CauseNoAnswer, story: "route.queue.waited"},
		{name: "nobody is logged in", change: func(q *pbx.Queue) { q.Nobody = mailbox }, phone: (*phone).rings, how: event.LeftNobody, cause: pbx.CauseHangup, story: "route.house.mailbox",
			more: []pbx.Noun{&pbx.Duty{User: "usr_bob", Out: []pbx.QueueID{"que_1"}}, &pbx.Duty{User: "usr_mona", Out: []pbx.QueueID{"que_1"}}}},
		{name: "a queue of nobody", change: func(q *pbx.Queue) { q.Agents, q.Nobody = nil, mailbox }, how: event.LeftNobody, cause: pbx.CauseHangup, story: "route.house.mailbox"},
		{name: "everybody is on a break", change: func(q *pbx.Queue) { q.MaxWait = 30 }, phone: (*phone).answers, how: event.LeftWaited, waited: 30 * time.Second, cause: pbx.CauseNoAnswer,
			story: "route.queue.waited", more: []pbx.Noun{&pbx.Duty{User: "usr_bob", Pause: "lunch"}, &pbx.Duty{User: "usr_mona", Pause: "lunch"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				o := newOffice(t, nil)
				o.desk(tt.change)
				o.reconfigure(tt.more...)
				if tt.phone != nil {
					o.phone("b1", false, tt.phone)
					o.phone("m1", false, tt.phone)
				}
				a := o.dial("200", false, offer(pcmu, event8))
				if tt.caller != nil {
					tt.caller(a)
				}
				pause(40 * time.Second)
				a.hangsUp()
				pause(time.Second)
				if q := o.queue(); len(q.Waiting) != 0 {
					t.Errorf("still waiting: %+v", q.Waiting)
				}
				o.drain()
				c := o.only()
				if len(c.Stays) != 1 || c.Stays[0].How != tt.how || c.Stays[0].Waited() != tt.waited || c.Cause != tt.cause || !slices.Contains(keys(c), tt.story) || !c.Missed() {
					t.Errorf("%+v\n%s %v", c.Stays, c.Cause, keys(c))
				}
			})
		})
	}
}

// TestAgentsAreNotDisturbed: who is away, talks elsewhere or has another queue's caller is not offered a call until he is free.
func TestAgentsAreNotDisturbed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.desk(func(q *pbx.Queue) { q.Agents = q.Agents[:1] })
		o.reconfigure(&pbx.Queue{ID: "que_2", Name: "Other", Extension: "201", Strategy: pbx.ServeAll, Ring: 15, WrapUp: 20, Agents: []pbx.QueueAgent{{User: "usr_bob"}}})
		o.phone("b1", false, func(p *phone) { p.rings(); p.waits(time.Second); p.answers() })
		other := o.dial("201", false, offer(pcmu))
		pause(5 * time.Second)
		a := o.dial("200", false, offer(pcmu))
		pause(5 * time.Second)
		if d := o.duty("usr_bob"); d != "away in_call" {
			t.Errorf("bob talks for the other queue: %s", d)
		}
		other.hangsUp()
		pause(5 * time.Second)
		if d := o.duty("usr_bob"); d != "away elsewhere" {
			t.Errorf("bob writes down what was said in the other queue: %s", d)
		}
		pause(20 * time.Second)
		if d := o.duty("usr_bob"); d != "talking" {
			t.Errorf("bob is free of the other queue: %s", d)
		}
		o.reconfigure(&pbx.Choice{User: "usr_bob", Status: pbx.StatusDND, At: time.Now()})
		a.hangsUp()
		pause(5 * time.Second)
		if d := o.duty("usr_bob"); d != "away status" {
			t.Errorf("bob wants not to be disturbed: %s", d)
		}
		o.drain()
		if w := o.record(1).Stays[0].Waited(); w < 25*time.Second || w > 27*time.Second {
			t.Errorf("alice waited %v", w)
		}
	})
}

// TestTwoQueuesWantOneAgent: calls come to two queues at the same moment, and their only agent is rung for one of them.
func TestTwoQueuesWantOneAgent(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.desk(func(q *pbx.Queue) { q.Agents = q.Agents[:1] })
		o.reconfigure(&pbx.Queue{ID: "que_2", Name: "Other", Extension: "201", Strategy: pbx.ServeAll, Ring: 15, Agents: []pbx.QueueAgent{{User: "usr_bob"}}})
		var mu sync.Mutex
		most, now := 0, 0
		o.phone("b1", false, func(p *phone) {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			p.rings()
			p.waits(2 * time.Second)
			p.answers()
			p.waits(10 * time.Second)
			p.hangsUp()
			mu.Lock()
			now--
			mu.Unlock()
		})
		o.dial("200", false, offer(pcmu))
		o.dial("201", false, offer(pcmu))
		pause(60 * time.Second)
		o.drain()
		if first, second := o.record(0), o.record(1); most != 1 || first.Missed() || second.Missed() {
			t.Errorf("%d calls rang at once; %d records", most, len(o.ledger.cdrs))
		}
	})
}

// TestAQueueChangesAtWork: an agent logs out while his phone rings, another is added, and the queue is deleted under a caller.
func TestAQueueChangesAtWork(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		q := o.desk(func(q *pbx.Queue) { q.Agents = q.Agents[:1] })
		o.phone("b1", false, (*phone).rings)
		o.phone("m1", false, (*phone).rings)
		o.dial("200", false, offer(pcmu))
		pause(5 * time.Second)
		o.reconfigure(&pbx.Duty{User: "usr_bob", Out: []pbx.QueueID{"que_1"}, Since: time.Now()})
		pause(time.Second)
		if d := o.duty("usr_bob"); d != "out logged_out" {
			t.Errorf("bob has logged out: %s", d)
		}
		more := *q
		more.Agents = []pbx.QueueAgent{{User: "usr_bob"}, {User: "usr_mona"}}
		o.reconfigure(&more)
		pause(time.Second)
		if d := o.duty("usr_mona"); d != "asked" {
			t.Errorf("mona was added: %s", d)
		}
		o.mu.Lock()
		s, err := o.s.Apply(pbx.Change{Delete: []pbx.Ref{q.Ref()}})
		if err != nil {
			t.Fatal(err)
		}
		o.s = s
		o.mu.Unlock()
		o.board.Changed()
		pause(time.Minute)
		h, _ := o.board.halls.Load(q.ID)
		if h.(*hall).mu.Lock(); h.(*hall).running {
			t.Error("a queue that was deleted goes on")
		}
		h.(*hall).mu.Unlock()
		o.drain()
		if c := o.only(); c.Stays[0].How != event.LeftNobody || c.Cause != pbx.CauseOffline {
			t.Errorf("%+v", c)
		}
		o.expectLog("accept caller", "dial b1", "hangup b1 cancelled", "dial m1", "hangup m1 cancelled", "hangup caller offline")
	})
}

// TestWhatAWaitingCallerHears: the position, the wait, and music in between, in his language.
func TestWhatAWaitingCallerHears(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.desk(func(q *pbx.Queue) {
			q.Agents, q.Every, q.Tell, q.Music = nil, 30, true, pbx.Sound{Blob: "prm_piano", Rate: 8000, Samples: 8000}
		})
		o.dial("200", false, offer(pcmu))
		pause(time.Second)
		o.dial("200", false, offer(pcmu))
		pause(40 * time.Second)
		second := o.sound.streams[1]
		second.mu.Lock()
		n := 0
		for _, p := range second.plays {
			if p.Loop {
				n++
			}
		}
		if n < 2 {
			t.Errorf("%d times music in %d", n, len(second.plays))
		}
		second.mu.Unlock()
		o.drain()
		if len(o.ledger.cdrs) != 2 || o.record(0).Stays[0].How != event.LeftCut {
			t.Errorf("%+v", o.ledger.cdrs)
		}
	})
}

// TestAQueueRemembersItsDay: figures and idle times of before a restart count; too many misses log an agent out; people are told.
func TestAQueueRemembersItsDay(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var mu sync.Mutex
		var alarms []Alarm
		var out []pbx.UserID
		o := newOffice(t, func(c *Config) {
			c.Queues.Today = func(context.Context, pbx.QueueID, time.Time) ([]report.Stay, error) {
				at := time.Now()
				bob := pbx.Party{User: "usr_bob"}
				return []report.Stay{{How: event.LeftAnswered, Joined: at.Add(-3 * time.Minute), Left: at.Add(-2 * time.Minute), Served: at.Add(-time.Minute), Agent: bob}, {How: event.LeftAbandoned}}, nil
			}
			c.Queues.Tell = func(a Alarm) { mu.Lock(); alarms = append(alarms, a); mu.Unlock() }
			c.Queues.Dismiss = func(_ context.Context, q pbx.QueueID, u pbx.UserID, _ int) error {
				mu.Lock()
				out = append(out, u)
				mu.Unlock()
				return nil
			}
		})
		o.desk(func(q *pbx.Queue) {
			q.Strategy, q.Misses, q.Late, q.Important, q.Notify = pbx.ServeFewest, 1, 25, []string{"101"}, []pbx.UserID{"usr_mona"}
		})
		o.phone("b1", false, (*phone).rings)
		o.phone("m1", false, (*phone).rings)
		o.queue()
		pause(time.Second)
		a := o.dial("200", false, offer(pcmu))
		pause(2 * time.Second)
		if q := o.queue(); q.Day.Answered != 1 || q.Day.Abandoned != 1 || q.Agents[0].Answered != 1 || o.duty("usr_mona") != "asked" || !q.Waiting[0].Important {
			t.Errorf("%+v", q)
		}
		pause(40 * time.Second)
		a.hangsUp()
		synctest.Wait()
		o.drain()
		if !slices.Equal(out, []pbx.UserID{"usr_mona", "usr_bob"}) {
			t.Errorf("logged out: %v", out)
		}
		slices.SortFunc(alarms, func(a, b Alarm) int { return cmp.Compare(a.Waited, b.Waited) })
		if len(alarms) != 3 || alarms[0].Kind != policy.NoticeImportant || alarms[1].Kind != policy.NoticeWaiting || alarms[1].Waited != 25*time.Second || alarms[1].From.Name != "alice" ||
			alarms[2].Kind != policy.NoticeLost || alarms[2].Waited != 42*time.Second || alarms[2].From.Name != "alice" {
			t.Errorf("alarms %+v", alarms)
		}
	})
}

// TestTheHeadHelps: who waits too long is offered to the head of the department.
func TestTheHeadHelps(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.reconfigure(&pbx.Membership{ID: "mem_mona", User: "usr_mona", Group: "grp_all", Role: "department_head", From: began.Add(-time.Hour)})
		o.desk(func(q *pbx.Queue) { q.Agents, q.Escalate = q.Agents[:1], 40 })
		o.phone("b1", false, (*phone).rings)
		o.phone("m1", false, func(p *phone) { p.rings(); p.answers() })
		a := o.dial("200", false, offer(pcmu))
		pause(50 * time.Second)
		a.hangsUp()
		synctest.Wait()
		o.drain()
		if s := o.only().Stays[0]; s.Agent.Name != "mona" || s.Waited() < 40*time.Second || s.Waited() > 46*time.Second {
			t.Errorf("%+v", s)
		}
	})
}

// TestAnAgentSendsOn: the agent's part ends when he sends the caller on; he is free then, and the call goes on.
func TestAnAgentSendsOn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.desk(func(q *pbx.Queue) { q.Agents = q.Agents[1:] })
		var mona *phone
		o.phone("m1", false, func(p *phone) { mona = p; p.rings(); p.answers() })
		o.phone("b1", false, func(p *phone) { p.rings(); p.answers() })
		a := o.dial("200", false, offer(pcmu))
		pause(10 * time.Second)
		mona.send(call.Signal{Kind: call.SignalReferred, Refer: call.Refer{Dialled: "102"}})
		pause(20 * time.Second)
		if d := o.duty("usr_mona"); d != "free" {
			t.Errorf("mona has sent the call on: %s", d)
		}
		a.hangsUp()
		synctest.Wait()
		o.drain()
		if c := o.only(); c.Stays[0].Talked() != 10*time.Second || c.To.Name != "bob" || c.Talk() != 30*time.Second {
			t.Errorf("%+v\n%v", c, c.Stays)
		}
	})
}

// TestAWaitingCallIsTaken: who may take calls takes one out of a queue, whether it rings at an agent or not, and may send it elsewhere.
func TestAWaitingCallIsTaken(t *testing.T) {
	for _, agents := range []bool{true, false} {
		for _, taken := range []bool{true, false} {
			bubble(t, func(t *testing.T) {
				o := newOffice(t, nil)
				o.desk(func(q *pbx.Queue) { q.Agents = []pbx.QueueAgent{{User: "usr_bob"}} })
				for _, right := range []string{"call.see", "call.divert", "call.pickup"} {
					o.reconfigure(&pbx.Grant{ID: pbx.GrantID("gra_" + right), User: "usr_mona", Right: right, Scope: pbx.Scope{Kind: pbx.ScopeAll}, From: time.Now().Add(-time.Hour)})
				}
				if agents {
					o.phone("b1", false, (*phone).rings)
				}
				o.phone("m1", false, func(p *phone) { p.rings(); p.waits(time.Second); p.answers() })
				a := o.dial("200", false, offer(pcmu, event8))
				pause(3 * time.Second)
				live := o.liveCalls()
				if len(live) != 1 || live[0].Queue != "que_1" {
					t.Fatalf("live %+v", live)
				}
				order := Order{Right: policy.CallDivert, To: Rings("usr_mona")}
				if taken {
					order = Order{Right: policy.CallPickup, To: Rings("usr_mona"), Answer: true}
				}
				if err := o.board.Send(context.Background(), pbx.Actor{Kind: pbx.ActorUser, User: "usr_mona"}, live[0].ID, order); err != nil {
					t.Fatal(err)
				}
				pause(3 * time.Second)
				if q := o.queue(); len(q.Waiting) != 0 {
					t.Errorf("it still waits: %+v", q.Waiting)
				}
				if live := o.liveCalls(); len(live) != 1 || live[0].To.User != "usr_mona" || live[0].Phase != pbx.PhaseTalking || live[0].Queue != "" {
					t.Errorf("live %+v", live)
				}
				a.hangsUp()
				synctest.Wait()
				o.drain()
			})
		}
	}
}
