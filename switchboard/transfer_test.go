package switchboard

import (
	"fmt"
	"net/netip"
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

// caller2 is a leg of somebody who calls.
func (o *office) caller2(user pbx.UserID) *phone {
	o.wire.mu.Lock()
	defer o.wire.mu.Unlock()
	p := &phone{w: o.wire, in: true, gone: make(chan struct{}), replied: make(chan int, 9), port: 6000}
	p.leg = pbx.LegID(fmt.Sprintf("leg_%s%d", user, len(o.wire.legs)))
	o.wire.legs[p.leg] = p
	return p
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

// Alice talks to bob, asks mona, and connects the two: bob's leg goes to the other call, and each record names the other.
func TestAttendedTransfer(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, (*phone).answers)
		o.phone("m1", false, (*phone).answers)
		first := o.dial("102", false, offer(pcmu, event8))
		pause(time.Second)
		first.holds()
		second := o.dial("103", false, offer(pcmu, event8))
		pause(time.Second)
		second.holds()
		first.send(call.Signal{Kind: call.SignalReferred, Refer: call.Refer{Into: second.leg}})
		pause(time.Second)
		o.mu.Lock()
		n := 0
		for _, c := range o.live.Calls() {
			n++
			if c.Phase != pbx.PhaseTalking || c.From.Name != "bob" || c.To.Name != "mona" || !slices.Equal(c.Users, []pbx.UserID{"usr_mona", "usr_bob"}) {
				t.Errorf("live call %+v", c)
			}
		}
		o.mu.Unlock()
		if n != 1 {
			t.Errorf("%d calls", n)
		}
		o.find("b1").hangsUp()
		synctest.Wait()
		o.drain()
		log := strings.Join(o.wire.log, "\n")
		if !strings.Contains(log, "report caller 202\n") || !strings.Contains(log, "report caller 200\n") || strings.Count(log, "offer b1") != 2 ||
			strings.Count(log, "offer m1") != 2 || strings.Count(log, "hangup caller transferred") != 2 || !strings.HasSuffix(log, "hangup m1 hangup") {
			t.Errorf("signalling:\n%s", log)
		}
		if len(o.ledger.cdrs) != 2 {
			t.Fatalf("%d records", len(o.ledger.cdrs))
		}
		a, b := o.ledger.cdrs[0], o.ledger.cdrs[1]
		if a.Cause != pbx.CauseTransferred || a.By.Name != "alice" || !slices.Equal(a.Linked, []pbx.CallID{b.ID}) {
			t.Errorf("first record %+v", a)
		}
		if b.Cause != pbx.CauseHangup || b.By.Name != "bob" || !slices.Equal(b.Linked, []pbx.CallID{a.ID}) || len(b.Legs) != 3 {
			t.Errorf("second record %+v", b)
		}
	})
}

// While mona's phone still rings, bob is sent there.
func TestAttendedTransferRinging(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, (*phone).answers)
		o.phone("m1", false, func(p *phone) { p.rings(); p.waits(3 * time.Second); p.answers() })
		first := o.dial("102", false, offer(pcmu, event8))
		pause(time.Second)
		first.holds()
		second := o.dial("103", false, offer(pcmu, event8))
		pause(time.Second)
		first.send(call.Signal{Kind: call.SignalReferred, Refer: call.Refer{Into: second.leg}})
		pause(5 * time.Second)
		o.find("m1").hangsUp()
		synctest.Wait()
		o.drain()
		if len(o.ledger.cdrs) != 2 || o.ledger.cdrs[0].Cause != pbx.CauseTransferred || o.ledger.cdrs[1].To.Name != "mona" || o.ledger.cdrs[1].By.Name != "mona" {
			t.Errorf("records %+v\n%s", o.ledger.cdrs, strings.Join(o.wire.log, "\n"))
		}
	})
}

// An INVITE with Replaces takes over what is one's own, and what rings and one may pick up; everything else does not exist.
func TestReplaces(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, func(p *phone) { p.rings(); p.waits(10 * time.Second); p.answers() })
		o.phone("m1", false, (*phone).answers)
		a := o.dial("102", false, offer(pcmu, event8))
		pause(time.Second)
		ringing := o.find("b1").leg

		try := func(user pbx.UserID, place pbx.LegID) *phone {
			p := o.caller2(user)
			o.board.Incoming(call.Incoming{Leg: p.leg, Actor: pbx.Actor{Kind: pbx.ActorDevice, User: user, Device: pbx.DeviceID("dev_" + strings.TrimPrefix(string(user), "usr_") + "2"), Via: "sip"},
				Dialled: "102", Offer: offer(pcmu), Source: netip.MustParseAddrPort(o.caller), Replaces: place})
			pause(time.Second)
			return p
		}
		if p := try("usr_alice", ringing); !p.over {
			t.Error("alice picked up what rings at bob")
		}
		if p := try("usr_mona", "leg_nowhere"); !p.over {
			t.Error("mona replaced nothing")
		}
		mona := try("usr_mona", ringing) // the owner may
		if mona.over || !mona.up || !a.up {
			t.Errorf("mona did not pick up\n%s", strings.Join(o.wire.log, "\n"))
		}
		if p := try("usr_bob", mona.leg); !p.over {
			t.Error("bob took a talking call over")
		}
		again := try("usr_mona", mona.leg) // with her second phone
		if again.over || !again.up || !mona.over || a.over {
			t.Errorf("mona could not change her phone\n%s", strings.Join(o.wire.log, "\n"))
		}
		if p := try("usr_bob", a.leg); !p.over {
			t.Error("bob took the caller's place")
		}
		again.hangsUp()
		synctest.Wait()
		o.drain()
		if n := len(o.ledger.cdrs); n != 5 {
			t.Fatalf("%d records", n)
		}
		last := o.ledger.cdrs[4]
		if last.To.Name != "mona" || last.By.Name != "mona" || len(last.Legs) != 4 || last.From.Name != "alice" {
			t.Errorf("record %+v", last)
		}
	})
}

// A browser page that is loaded anew takes its own place and holds at once, while the other side's session is still being fitted to it: the hold is
// refused for the moment, and the fitting goes on as if nothing had been said (RFC 3261 §14.2).
func TestReplacesWhileOthersChange(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, (*phone).answers)
		a := o.dial("102", false, offer(pcmu, pcma, event8))
		pause(time.Second)
		bob := o.find("b1")
		bob.ponders = 500 * time.Millisecond
		bob.send(call.Signal{Kind: call.SignalOffered, SDP: bob.describe(sdp.SendRecv, []sdp.Codec{pcmu, pcma}, nil)})
		pause(time.Second)

		anew := o.caller2("usr_alice")
		o.board.Incoming(call.Incoming{Leg: anew.leg, Actor: pbx.Actor{Kind: pbx.ActorDevice, User: "usr_alice", Device: "dev_alice1", Via: "sip"},
			Dialled: "102", Offer: offer(pcma), Source: netip.MustParseAddrPort(o.caller), Replaces: a.leg})
		pause(100 * time.Millisecond)
		if log := strings.Join(o.wire.log, "\n"); !anew.up || !strings.HasSuffix(log, "offer b1") {
			t.Errorf("the new page does not talk while bob is asked\n%s", log)
		}
		hold := call.Signal{Kind: call.SignalOffered, SDP: anew.describe(sdp.SendOnly, []sdp.Codec{pcmu}, nil)} // … and PCMU at that
		anew.send(hold)
		if status := <-anew.replied; status != 491 {
			t.Errorf("hold while the other side is asked: %d", status)
		}
		pause(2 * time.Second)
		anew.send(call.Signal{Kind: call.SignalOffered, SDP: anew.describe(sdp.SendOnly, []sdp.Codec{pcma}, nil)})
		if status := <-anew.replied; status != 200 {
			t.Errorf("hold afterwards: %d", status)
		}
		pause(time.Minute)
		if anew.over || bob.over {
			t.Errorf("the call is over\n%s", strings.Join(o.wire.log, "\n"))
		}
		anew.hangsUp()
		synctest.Wait()
		o.drain()
		if c := o.only(); c.Cause != pbx.CauseHangup || c.Codec != "PCMU" && c.Codec != "PCMA" {
			t.Errorf("record %+v", c)
		}
	})
}
