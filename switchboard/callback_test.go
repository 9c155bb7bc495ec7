package switchboard

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/pbx"
)

// places is the store of kept places in memory.
type places struct {
	mu     sync.Mutex
	kept   []pbx.Callback
	broken bool
	before []pbx.Callback // of another process
}

func (p *places) keep(_ context.Context, _ pbx.Actor, c pbx.Callback) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken {
		return fmt.Errorf("disk full")
	}
	p.kept = append(p.kept, c)
	return nil
}

func (p *places) list(context.Context, pbx.QueueID) ([]pbx.Callback, error) { return p.before, nil }

// states tells how the places went, in order.
func (p *places) states() (all []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.kept {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %d %s %s", c.State, c.Tries, c.Agent.Name, c.Reason.Key)))
	}
	return all
}

// backOffice has a queue that calls back at mona's expense, a number of the office that leads to it, and a line.
func backOffice(t *testing.T, p *places, change func(*pbx.Queue), rules ...pbx.TollRule) *office {
	o := newOffice(t, func(c *Config) { c.Queues.Keep, c.Queues.Places = p.keep, p.list })
	if rules == nil {
		rules = []pbx.TollRule{{Effect: pbx.TollAllow}}
	}
	o.outside(rules...)
	o.reconfigure(&pbx.DID{ID: "did_1", Number: "+493012345", To: pbx.Destination{Kind: pbx.ToQueue, ID: "que_1"}})
	o.desk(func(q *pbx.Queue) {
		q.Agents, q.Callback, q.Tries, q.Pause, q.Keep, q.Payer = q.Agents[:1], true, 2, 600, 3600, "usr_mona"
		if change != nil {
			change(q)
		}
	})
	return o
}

// comes is comesIn for the number of the queue.
func (o *office) comes(from string) *phone { return o.comesFrom(from, "+493012345") }

// presses lets a caller press keys, one a second.
func (p *phone) presses(keys string) {
	for _, k := range keys {
		p.send(call.Signal{Kind: call.SignalDigit, Digit: byte(k)})
		pause(time.Second)
	}
}

// pair is the record of the call in which somebody asked, and of the one in which he was called.
func (o *office) stories() (all []string) {
	o.ledger.mu.Lock()
	defer o.ledger.mu.Unlock()
	for _, c := range o.ledger.cdrs {
		all = append(all, fmt.Sprintf("%s → %s %v %s", c.From.Label(), c.To.Label(), c.Talk(), keys(c)[len(keys(c))-1]))
	}
	return all
}

// Somebody who waits is called back: he keeps his place, an agent is rung when one is free, sees who it is, and calls him at the payer's expense; the
// second try reaches him.
func TestSomebodyIsCalledBack(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := &places{}
		o := backOffice(t, p, nil)
		tries := 0
		var shown, sent []string
		o.wire.phones[""] = func(p *phone) {
			sent = append(sent, p.invite.To.Number)
			p.rings()
			if tries++; tries == 1 {
				p.waits(5 * time.Second)
				p.fails(pbx.CauseBusy, 486)
				return
			}
			p.waits(3 * time.Second)
			p.answers()
			p.waits(20 * time.Second)
			p.hangsUp()
		}
		a := o.comes("+49301111")
		pause(2 * time.Second)
		a.presses("11")
		pause(5 * time.Second)
		if a.up && !a.over {
			t.Error("his place is kept, and he is still on the line")
		}
		if q := o.queue(); len(q.Waiting) != 1 || !q.Waiting[0].Callback || q.Day.Abandoned != 0 {
			t.Errorf("%+v", q)
		}
		o.phone("b1", false, func(p *phone) {
			shown = append(shown, p.invite.From.Name+" "+p.invite.From.Number)
			p.rings()
			p.waits(2 * time.Second)
			p.answers()
		})
		o.board.Changed()
		pause(20 * time.Second)
		if q := o.queue(); len(q.Waiting) != 1 || q.Waiting[0].Tries != 1 || o.duty("usr_bob") != "free" {
			t.Errorf("after a try: %+v, bob is %s", q, o.duty("usr_bob"))
		}
		pause(10*time.Minute + 15*time.Second)
		if q := o.queue(); len(q.Waiting) != 0 || o.duty("usr_bob") != "talking" || q.Day.Answered != 1 {
			t.Errorf("they talk: %+v, bob is %s", q, o.duty("usr_bob"))
		}
		pause(time.Minute)
		o.drain()
		if got, want := p.states(), []string{"waits 0", "waits 1 bob call.busy", "done 1 bob"}; !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		if !slices.Equal(shown, []string{"+49301111 · Desk +49301111", "+49301111 · Desk +49301111"}) || !slices.Equal(sent, []string{"+49301111", "+49301111"}) {
			t.Errorf("agents saw %q, the carrier got %q", shown, sent)
		}
		asked, done := o.record(0), o.record(len(o.ledger.cdrs)-1)
		if asked.Stays[0].How != event.LeftCallback || !slices.Contains(keys(asked), "route.queue.callback") {
			t.Errorf("%+v\n%v", asked.Stays, keys(asked))
		}
		if s := done.Stays[0]; s.How != event.LeftAnswered || s.Agent.Name != "bob" || s.Talked() != 20*time.Second || done.Missed() || !slices.Contains(keys(done), "route.queue.calls_back") {
			t.Errorf("%+v\n%v", s, keys(done))
		}
		for _, l := range done.Legs {
			if l.Trunk != "" && (l.Charge == nil || l.Charge.Payer != "usr_mona") {
				t.Errorf("who pays: %+v", l.Charge)
			}
		}
	})
}

// Who may not be called, or could not be, is told so while he is on the line, and nobody is rung; a rule that came afterwards ends the wait.
func TestWhoIsNotCalledBack(t *testing.T) {
	for _, tt := range []struct {
		name, from string
		change     func(*pbx.Queue)
		rule       pbx.TollRule
		kept       bool
	}{
		{"without a number", "", nil, pbx.TollRule{Effect: pbx.TollAllow}, false},
		{"nobody pays", "+49301111", func(q *pbx.Queue) { q.Payer = "" }, pbx.TollRule{Effect: pbx.TollAllow}, false},
		{"the payer may not call there", "+48221234567", nil, pbx.Basic(), false},
		{"it cannot be written down", "+49301111", nil, pbx.TollRule{Effect: pbx.TollAllow}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p := &places{broken: tt.kept}
				o := backOffice(t, p, tt.change, tt.rule)
				a := o.comes(tt.from)
				pause(2 * time.Second)
				a.presses("11")
				pause(5 * time.Second)
				if a.over {
					t.Error("he is not on the line any more")
				}
				if q := o.queue(); len(q.Waiting) != 1 || q.Waiting[0].Callback {
					t.Errorf("%+v", q.Waiting)
				}
				a.hangsUp()
				pause(time.Second)
				o.drain()
				if got := p.states(); len(got) > 0 || o.only().Stays[0].How != event.LeftAbandoned {
					t.Errorf("%q, %s", got, o.only().Stays[0].How)
				}
			})
		})
	}
	t.Run("a rule that came later", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			p := &places{}
			o := backOffice(t, p, nil)
			a := o.comes("+49301111")
			pause(2 * time.Second)
			a.presses("11")
			o.reconfigure(&pbx.Restriction{ID: "rst_1", Name: "Rules", On: []pbx.Ref{{Kind: pbx.KindSettings, ID: "office"}}, Rules: []pbx.TollRule{{Effect: pbx.TollDeny}}})
			o.phone("b1", false, (*phone).rings)
			o.board.Changed()
			pause(time.Minute)
			o.drain()
			if got := p.states(); len(got) != 2 || !strings.HasPrefix(got[1], "refused 1  toll.refused") {
				t.Errorf("%q", got)
			}
			if slices.Contains(o.wire.log, "dial b1") {
				t.Error("an agent was rung for a call that may not be")
			}
		})
	})
}

// A place outlives the process: it is called back after a restart, to a colleague, when the department is open; agents who do not take it miss it.
func TestPlacesAreKept(t *testing.T) {
	bubble(t, func(t *testing.T) {
		now := time.Now()
		p := &places{before: []pbx.Callback{{ID: "cal_old", Queue: "que_1", From: pbx.Party{User: "usr_alice", Name: "alice", Number: "101"}, Since: now.Add(-time.Hour),
			Asked: now.Add(-time.Hour), Until: now.Add(time.Hour), State: pbx.CallbackWaits, Tries: 1}}}
		o := backOffice(t, p, func(q *pbx.Queue) { q.Payer = "" })
		o.reconfigure(&pbx.HoursOverride{ID: "grp_all", State: pbx.StateClosed, From: now, Until: now.Add(5 * time.Minute)})
		misses := 0
		o.phone("b1", false, func(p *phone) {
			p.rings()
			if misses++; misses == 1 {
				p.fails(pbx.CauseDeclined, 603)
				return
			}
			p.answers()
		})
		o.phone("a1", false, func(p *phone) { p.rings(); p.waits(time.Second); p.answers(); p.waits(30 * time.Second); p.hangsUp() })
		o.board.WakeQueues()
		pause(4 * time.Minute)
		o.expectLog()
		pause(3 * time.Minute)
		o.drain()
		if got, want := p.states(), []string{"done 1 bob"}; !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		last := o.record(len(o.ledger.cdrs) - 1)
		if last.To.Name != "alice" || last.Talk() < 30*time.Second {
			t.Errorf("%q\n%v", o.stories(), last.Talk())
		}
	})
}

// Somebody with the right takes a place out; others may not, and cannot tell that there is one.
func TestAPlaceIsDropped(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := &places{}
		o := backOffice(t, p, nil)
		a := o.comes("+49301111")
		pause(2 * time.Second)
		a.presses("11")
		place := o.queue().Waiting[0].Call
		if err := o.board.DropCallback(t.Context(), pbx.Actor{Kind: pbx.ActorUser, User: "usr_bob"}, "que_1", place); err == nil {
			t.Error("bob takes it out")
		}
		if err := o.board.DropCallback(t.Context(), pbx.Actor{Kind: pbx.ActorUser, User: "usr_mona"}, "que_1", place); err != nil {
			t.Error(err)
		}
		pause(time.Second)
		o.drain()
		if got := p.states(); len(got) != 2 || got[1] != "dropped 0" {
			t.Errorf("%q", got)
		}
	})
}

// A guest who has left is not called back in the room where somebody else is now: his place is taken out at check-out, and where that was missed – the house stopped in
// between – before an agent is rung. Whoever else waits is called (G-019).
func TestPlaceOfAGuestWhoLeft(t *testing.T) {
	for name, told := range map[string]bool{"at check-out": true, "when the house missed it": false} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				now := time.Now()
				place := func(id pbx.CallID, from pbx.Party) pbx.Callback {
					return pbx.Callback{ID: id, Queue: "que_1", From: from, Since: now.Add(-time.Hour), Asked: now.Add(-time.Hour), Until: now.Add(time.Hour), State: pbx.CallbackWaits}
				}
				p := &places{before: []pbx.Callback{place("cal_guest", pbx.Party{User: "usr_alice", Name: "Ada", Number: "101"}), place("cal_other", pbx.Party{Number: "+49301111"})}}
				o := backOffice(t, p, nil)
				o.reconfigure(&pbx.GuestRoom{User: "usr_alice", Care: pbx.RoomDirty, Since: now.Add(-time.Minute)})
				var rung []string
				o.phone("a1", false, func(p *phone) { rung = append(rung, "the room"); p.rings(); p.waits(time.Second); p.answers() })
				o.wire.phones[""] = func(p *phone) {
					rung = append(rung, p.invite.To.Number)
					p.rings()
					p.waits(time.Second)
					p.answers()
					p.waits(10 * time.Second)
					p.hangsUp()
				}
				o.board.WakeQueues()
				pause(time.Second)
				reception := pbx.Actor{Kind: pbx.ActorUser, User: "usr_mona", Via: "web"}
				if told {
					if err := o.board.DropCallbacks(t.Context(), reception, "usr_alice"); err != nil {
						t.Fatal(err)
					}
					pause(time.Second)
					if q := o.queue(); len(q.Waiting) != 1 || q.Waiting[0].Call != "cal_other" {
						t.Errorf("%+v", q.Waiting)
					}
				}
				o.phone("b1", false, func(p *phone) { p.rings(); p.waits(time.Second); p.answers() })
				o.board.Changed()
				pause(5 * time.Minute)
				o.drain()
				if !slices.Equal(rung, []string{"+49301111"}) {
					t.Errorf("called back: %v", rung)
				}
				if got := p.states(); !slices.Equal(got, []string{"dropped 0", "done 0 bob"}) {
					t.Errorf("%q", got)
				}
			})
		})
	}
}

// People who are told about the queue hear of somebody who wants to be called back once he may hang up, and not that he gave up.
func TestCallbacksAreToldOf(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := &places{}
		var mu sync.Mutex
		var told []pbx.NoticeKind
		o := backOffice(t, p, func(q *pbx.Queue) { q.Notify = []pbx.UserID{"usr_bob"} })
		o.board.c.Queues.Tell = func(a Alarm) { mu.Lock(); told = append(told, a.Kind); mu.Unlock() }
		a := o.comes("+49301111")
		pause(2 * time.Second)
		a.presses("11")
		pause(5 * time.Second)
		o.drain()
		if !slices.Equal(told, []pbx.NoticeKind{"callback"}) {
			t.Errorf("told of %v", told)
		}
	})
}
