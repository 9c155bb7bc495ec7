package switchboard

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
)

// Bob lets alice wait with music, asks mona, and hangs up: alice talks to mona (FC-01). Nobody but the one who asks has to do anything.
func TestConsult(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("m1", false, func(p *phone) { p.rings(); p.waits(3 * time.Second); p.answers() })
		a, b := talk(o, false, false, offer(pcmu, event8))
		alice := o.sound.streams[0]
		b.presses("*2103#")
		if m := o.find("m1").invite; m.From.Name != "bob" || m.To.Name != "mona" {
			t.Errorf("mona sees a call of %s", m.From.Name)
		}
		if !alice.hasMusic() {
			t.Error("alice hears no music while bob asks mona")
		}
		pause(5 * time.Second)
		o.expectLive("bob", "mona", pbx.PhaseTalking)
		if !alice.hasMusic() {
			t.Error("alice hears no music while bob talks to mona")
		}
		b.hangsUp()
		pause(time.Second)
		o.expectLive("alice", "mona", pbx.PhaseTalking)
		if alice.hasMusic() {
			t.Error("alice hears music while she talks to mona")
		}
		a.hangsUp()
		synctest.Wait()
		o.drain()
		if got := o.ledger.kinds(); !slices.Equal(got, []string{"started", "answered", "held", "routed", "rang", "answered", "transferred", "ended"}) {
			t.Errorf("facts %v", got)
		}
		for _, f := range o.ledger.facts {
			if p, err := event.Payload[event.Transferred](f); f.Kind == event.CallTransferred && (err != nil || p.By.Name != "bob" || p.Rest.Name != "alice" || p.To.Name != "mona" || f.Actor.User != "usr_bob") {
				t.Errorf("fact %+v of %+v", p, f.Actor)
			}
		}
		c := o.only()
		if c.From.Name != "alice" || c.To.Name != "mona" || c.By.Name != "alice" || c.Legs[1].Cause != pbx.CauseTransferred {
			t.Errorf("record %+v", c)
		}
		if got := report.Record(o.ledger.facts); got.To != c.To || got.From != c.From {
			t.Errorf("the facts fold into %+v", got)
		}
	})
}

// Who asks goes back by the code alone, whether the other rings or talks; a busy phone, and one where only a mailbox answers, bring him back by themselves.
func TestConsultGoesBack(t *testing.T) {
	for name, row := range map[string]struct {
		mona func(*phone)
		keys string
	}{
		"while it rings":            {func(p *phone) { p.rings() }, "*2#"},
		"while they talk":           {(*phone).answers, "*2#"},
		"busy":                      {func(p *phone) { p.fails(pbx.CauseBusy, 486) }, ""},
		"who was asked hangs up":    {func(p *phone) { p.answers(); p.waits(3 * time.Second); p.hangsUp() }, ""},
		"a number that is nobody's": {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				o := newOffice(t, nil)
				to := "*2199#"
				if row.mona != nil {
					o.phone("m1", false, row.mona)
					to = "*2103#"
				}
				a, b := talk(o, false, false, offer(pcmu, event8))
				b.presses(to)
				b.presses(row.keys)
				pause(5 * time.Second)
				o.expectLive("alice", "bob", pbx.PhaseTalking)
				if o.sound.streams[0].hasMusic() {
					t.Error("alice still hears music")
				}
				a.hangsUp()
				synctest.Wait()
				o.drain()
			})
		})
	}
}

// A phone that waits may look whether its session is still alive; what else it wants has to wait as well.
func TestConsultedSessionIsKept(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("m1", false, (*phone).answers)
		a, b := talk(o, false, false, offer(pcmu, event8))
		b.presses("*2103#")
		pause(time.Second)
		a.send(call.Signal{Kind: call.SignalOffered, SDP: offer(pcmu, event8)})
		if got := <-a.replied; got != 200 {
			t.Errorf("the same session again: %d", got)
		}
		a.holds()
		if got := <-a.replied; got != 491 {
			t.Errorf("hold: %d", got)
		}
		b.hangsUp()
		pause(time.Second)
		o.expectLive("alice", "mona", pbx.PhaseTalking)
		a.hangsUp()
		synctest.Wait()
		o.drain()
	})
}

// Two parties outside are left connected only by who may do that, whichever way he goes about it; it is not among what a phone may do for its user (BAR TF-08).
func TestRelayIsARight(t *testing.T) {
	for _, door := range []string{"REFER", "##", "*2", "API"} {
		for _, may := range []bool{false, true} {
			t.Run(door, func(t *testing.T) {
				bubble(t, func(t *testing.T) {
					o := newOffice(t, nil)
					o.outside(pbx.TollRule{Effect: pbx.TollAllow})
					nouns := []pbx.Noun{&pbx.DID{ID: "did_1", Number: "+493012345", To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_bob"}}}
					if may {
						nouns = append(nouns, &pbx.Grant{ID: "gra_1", User: "usr_bob", Right: policy.CallRelay.String(), Scope: pbx.Scope{Kind: pbx.ScopeSelf}, Since: began.Add(-time.Hour), From: began.Add(-time.Hour), Reason: "test"})
					}
					o.put(nouns...)
					o.phone("b1", false, (*phone).answers)
					a := o.comesFrom("+49895550000", "+493012345")
					pause(2 * time.Second)
					b := o.find("b1")
					const number = "030901820"
					switch door {
					case "REFER":
						b.refers(number)
					case "API":
						id := o.liveCalls()[0].ID
						err := o.board.Send(context.Background(), pbx.Actor{Kind: pbx.ActorUser, User: "usr_bob"}, id, Order{Right: policy.CallTransfer, To: pbx.Destination{Kind: pbx.ToOutside, Number: "+4930901820"}})
						var refused *pbx.Error
						if may != (err == nil) || err != nil && (!errors.As(err, &refused) || refused.Right != policy.CallRelay.String()) {
							t.Errorf("the API says %v", err)
						}
					default:
						b.presses(door + number + "#")
					}
					pause(3 * time.Second)
					if dialled, want := slices.Contains(o.wire.log, "dial "), may && door == "API"; dialled != want {
						t.Errorf("dialled outside: %t, want %t; %v", dialled, want, o.wire.log)
					}
					a.hangsUp()
					pause(time.Second)
					b.hangsUp()
					synctest.Wait()
					o.drain()
				})
			})
		}
	}
}

// hasMusic reports whether the house plays something endless to this side.
func (s *stream) hasMusic() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.plays)
	return n > 0 && s.plays[n-1].Loop
}

// expectLive checks who is shown in the only call there is.
func (o *office) expectLive(from, to string, phase pbx.CallPhase) {
	o.t.Helper()
	c := o.liveCalls()
	if len(c) != 1 || c[0].From.Name != from || c[0].To.Name != to || c[0].Phase != phase {
		o.t.Errorf("the live calls are %+v; want %s with %s, %s", c, from, to, phase)
	}
}
