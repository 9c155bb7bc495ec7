package switchboard

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/pbx"
	"tandem/report"
	"tandem/sdp"
)

// refers sends the other side on, as a phone does: it holds first.
func (p *phone) refers(number string) {
	p.holds()
	p.send(call.Signal{Kind: call.SignalReferred, Refer: call.Refer{Dialled: number}})
}

func (p *phone) holds() {
	p.send(call.Signal{Kind: call.SignalOffered, SDP: p.describe(sdp.SendOnly, []sdp.Codec{pcmu}, nil)})
	time.Sleep(10 * time.Millisecond)
}

// find is the latest leg of a phone.
func (o *office) find(binding string) *phone {
	o.wire.mu.Lock()
	defer o.wire.mu.Unlock()
	var found *phone
	for _, p := range o.wire.legs {
		if p.name() == binding && !p.over {
			found = p
		}
	}
	if found == nil {
		o.t.Fatalf("%s has no call", binding)
	}
	return found
}

func TestTransfer(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, (*phone).answers)
		o.phone("m1", false, func(p *phone) { p.rings(); p.waits(3 * time.Second); p.answers() })
		a := o.dial("102", false, offer(pcmu, event8))
		pause(time.Second)
		o.find("b1").refers("103")
		pause(time.Second)
		o.mu.Lock()
		for _, c := range o.live.Calls() {
			if c.From.Name != "alice" || c.Phase != pbx.PhaseRinging || !slices.Equal(c.Users, []pbx.UserID{"usr_alice", "usr_bob", "usr_mona"}) {
				t.Errorf("while mona's phone rings: %+v", c)
			}
		}
		o.mu.Unlock()
		pause(5 * time.Second)
		o.mu.Lock()
		for _, c := range o.live.Calls() {
			if c.From.Name != "alice" || c.To.Name != "mona" || c.Phase != pbx.PhaseTalking || !slices.Equal(c.Users, []pbx.UserID{"usr_alice", "usr_mona"}) {
				t.Errorf("after mona answered: %+v", c)
			}
		}
		o.mu.Unlock()
		a.hangsUp()
		synctest.Wait()
		o.drain()
		o.expectLog("dial b1", "accept caller", "offer caller", "reply b1 200", "report b1 202", "offer caller", "dial m1",
			"report b1 180", "report b1 200", "hangup b1 transferred", "hangup m1 hangup")
		c := o.only()
		if c.From.Name != "alice" || c.To.Name != "mona" || c.Cause != pbx.CauseHangup || !slices.Equal(c.Users, []pbx.UserID{"usr_alice", "usr_bob", "usr_mona"}) {
			t.Errorf("record %+v", c)
		}
		if c.Legs[1].Cause != pbx.CauseTransferred || !strings.Contains(c.Trace[4].String(), "route.went_on.transferred name=bob") {
			t.Errorf("bob's leg %+v, trace %v", c.Legs[1], c.Trace)
		}
		if got := o.ledger.kinds(); !slices.Equal(got, []string{"started", "answered", "held", "transferred", "routed", "rang", "answered", "ended"}) {
			t.Errorf("facts %v", got)
		}
		for _, f := range o.ledger.facts {
			if p, err := event.Payload[event.Transferred](f); f.Kind == event.CallTransferred && (err != nil || p.By.Name != "bob" || p.Rest.Name != "alice" || p.To.Name != "mona" || f.Actor.User != "usr_bob") {
				t.Errorf("fact %+v of %+v", p, f.Actor)
			}
		}
		if got := report.Record(o.ledger.facts); got.To != c.To || len(got.Trace) != len(c.Trace) {
			t.Errorf("the facts fold into %+v", got)
		}
	})
}

// The caller sends on whom he called: that one is the caller of what comes next, and the one who called still pays for it.
func TestTransferByCaller(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, (*phone).answers)
		o.phone("m1", false, func(p *phone) { p.rings(); p.waits(time.Second); p.fails(pbx.CauseBusy, 486) })
		a := o.dial("102", false, offer(pcmu, event8))
		pause(time.Second)
		a.refers("103")
		pause(time.Second / 2)
		dialled := o.find("m1").invite
		if dialled.From.Name != "bob" || dialled.To.Name != "mona" {
			t.Errorf("mona sees a call of %s", dialled.From.Name)
		}
		pause(2 * time.Second)
		a.hangsUp()
		synctest.Wait()
		o.drain()
		o.expectLog("dial b1", "accept caller", "offer b1", "reply caller 200", "report caller 202", "offer b1", "dial m1", "report caller 180",
			"report caller busy: en call.busy name=mona", "offer b1", "hangup b1 hangup")
		if c := o.only(); c.From.Name != "alice" || c.By.Name != "alice" || c.To.Name != "bob" {
			t.Errorf("record %+v", c)
		}
	})
}

func TestTransferRefused(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		next, err := o.s.Apply(pbx.Change{Put: []pbx.Noun{&pbx.Grant{ID: "gra_1", User: "usr_bob", Right: "call.transfer", Deny: true,
			Scope: pbx.Scope{Kind: pbx.ScopeAll}, Since: began.Add(-time.Hour), From: began.Add(-time.Hour), Reason: "test"}}})
		if err != nil {
			t.Fatal(err)
		}
		o.s = next
		o.phone("b1", false, (*phone).answers)
		a := o.dial("102", false, offer(pcmu, event8))
		pause(time.Second)
		o.find("b1").send(call.Signal{Kind: call.SignalReferred, Refer: call.Refer{Dialled: "103"}})
		a.send(call.Signal{Kind: call.SignalReferred, Refer: call.Refer{Dialled: "199"}})
		a.send(call.Signal{Kind: call.SignalReferred, Refer: call.Refer{Dialled: "103"}}) // mona has no phone connected
		pause(time.Second)
		a.hangsUp()
		synctest.Wait()
		o.drain()
		if got := strings.Join(o.wire.log, "\n"); !strings.Contains(got, "report b1 denied: ") || !strings.Contains(got, "report caller unknown: en route.unknown number=199") ||
			!strings.Contains(got, "report caller offline: ") || !strings.HasSuffix(got, "hangup b1 hangup") {
			t.Errorf("signalling:\n%s", got)
		}
	})
}
