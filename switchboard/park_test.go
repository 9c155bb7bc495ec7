package switchboard

import (
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/pbx"
)

// parks adds a row of two park positions, 701 and 702, to an office.
func (o *office) parks(wait int) {
	o.t.Helper()
	o.put(&pbx.Park{ID: "prk_1", Name: "Reception", Extension: "700", Slots: 2, Wait: wait})
}

// dials is an incoming leg of somebody.
func (o *office) dials(user, dialled string) *phone {
	p := o.caller2(pbx.UserID("usr_" + user))
	o.board.Incoming(call.Incoming{Leg: p.leg, Actor: pbx.Actor{Kind: pbx.ActorDevice, User: pbx.UserID("usr_" + user), Device: pbx.DeviceID("dev_" + user + "2"), Via: "sip"},
		Dialled: dialled, Offer: offer(pcmu), Source: netip.MustParseAddrPort(o.caller)})
	return p
}

func (o *office) liveCalls() []pbx.LiveCall {
	o.mu.Lock()
	defer o.mu.Unlock()
	var all []pbx.LiveCall
	for _, c := range o.live.Calls() {
		all = append(all, *c)
	}
	return all
}

func TestPark(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.parks(0)
		o.phone("b1", false, (*phone).answers)
		a := o.dial("102", false, offer(pcmu, event8))
		pause(time.Second)
		early := o.dials("mona", "701") // nobody is there yet: mona is told so
		pause(time.Second)
		if !early.over || early.got == nil {
			t.Error("mona was not told that nobody is there")
		}
		o.find("b1").refers("700")
		pause(2 * time.Second)
		c := o.liveCalls()[0]
		if c.Phase != pbx.PhaseParked || c.Parked == nil || c.Parked.Position != "701" || c.Parked.By.Name != "bob" || !slices.Equal(c.Users, []pbx.UserID{"usr_alice", "usr_bob"}) {
			t.Errorf("parked %+v %+v", c, c.Parked)
		}
		if _, live := o.board.c.View(); live.Parked("701") == nil || live.Parked("702") != nil {
			t.Error("the position is not known")
		}
		mona := o.dials("mona", "700")
		pause(time.Second)
		if !mona.up || a.over {
			t.Fatalf("mona did not fetch the call\n%s", strings.Join(o.wire.log, "\n"))
		}
		c = o.liveCalls()[0]
		if c.Phase != pbx.PhaseTalking || c.Parked != nil || c.To.Name != "mona" || !slices.Equal(c.Users, []pbx.UserID{"usr_alice", "usr_mona"}) {
			t.Errorf("fetched %+v", c)
		}
		mona.hangsUp()
		synctest.Wait()
		o.drain()
		if n := len(o.ledger.cdrs); n != 2 {
			t.Fatalf("%d records", n)
		}
		if r := o.ledger.cdrs[1]; r.From.Name != "alice" || r.To.Name != "mona" || !strings.Contains(strings.Join(traceOf(r.Trace), "\n"), "route.parked") {
			t.Errorf("record %+v", r)
		}
		o.board.spots.Range(func(n, _ any) bool { t.Errorf("%s is still taken", n); return true })
	})
}

func traceOf[T interface{ String() string }](all []T) (lines []string) {
	for _, l := range all {
		lines = append(lines, l.String())
	}
	return lines
}

// Both positions are taken: the third call comes back at once to who wanted to park it. A parked call that nobody fetches rings at who parked.
func TestParkFullAndBack(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.parks(60)
		var answered atomic.Int32
		o.phone("b1", false, func(p *phone) { answered.Add(1); p.answers() })
		var callers []*phone
		for range 3 {
			callers = append(callers, o.dial("102", false, offer(pcmu, event8)))
			pause(time.Second)
			o.find("b1").refers("700")
			pause(time.Second)
		}
		if got := strings.Join(o.wire.log, "\n"); !strings.Contains(got, "report b1 busy: en call.park_full") {
			t.Errorf("signalling:\n%s", got)
		}
		callers[2].hangsUp()
		pause(50 * time.Second)
		if n := answered.Load(); n != 3 {
			t.Errorf("bob answered %d times", n)
		}
		pause(15 * time.Second)
		if n := answered.Load(); n != 5 {
			t.Errorf("bob answered %d times after both came back", n)
		}
		for _, c := range o.liveCalls() {
			if c.Phase != pbx.PhaseTalking || c.To.Name != "bob" {
				t.Errorf("%+v", c)
			}
		}
		callers[0].hangsUp()
		callers[1].hangsUp()
		synctest.Wait()
		o.drain()
	})
}

func TestPickup(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, (*phone).rings)
		o.phone("b2", false, (*phone).rings)
		if p := o.dials("mona", "**102"); !p.over {
			t.Error("mona picked up nothing")
		}
		a := o.dial("102", false, offer(pcmu, event8))
		pause(time.Second)
		if p := o.dials("alice", "**102"); !p.over {
			t.Error("alice picked up her own call")
		}
		mona := o.dials("mona", "*8")
		pause(time.Second)
		if !mona.up || !a.up {
			t.Fatalf("mona did not pick up\n%s", strings.Join(o.wire.log, "\n"))
		}
		a.hangsUp()
		synctest.Wait()
		second := o.dial("102", false, offer(pcmu, event8))
		pause(time.Second)
		own := o.dials("bob", "**102") // his own call, with a phone that does not ring
		pause(time.Second)
		if !own.up || !second.up {
			t.Errorf("bob did not take his own call\n%s", strings.Join(o.wire.log, "\n"))
		}
		own.hangsUp()
		synctest.Wait()
		o.drain()
		if got := strings.Join(o.wire.log, "\n"); strings.Count(got, "hangup b1 elsewhere") != 2 || !strings.Contains(got, "refuse caller gone: en ") {
			t.Errorf("signalling:\n%s", got)
		}
	})
}

// X-084, G-015: who is spoken to is heard only after a key.
func TestIntercom(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, func(p *phone) {
			if !p.invite.Answer {
				t.Error("bob's phone was not told to answer")
			}
			if !o.sound.streams[len(o.sound.streams)-1].isShut() {
				t.Error("somebody could listen at bob's phone")
			}
			p.answers()
			pause(2 * time.Second)
			p.send(call.Signal{Kind: call.SignalDigit, Digit: '5'})
		})
		o.phone("m1", false, func(*phone) { t.Error("mona's phone rings") })
		if p := o.dials("alice", "*80102"); !p.over {
			t.Error("alice may not speak on bob's phone")
		}
		mona := o.dials("mona", "*80102")
		pause(time.Second)
		if !mona.up {
			t.Fatalf("bob's phone did not answer\n%s", strings.Join(o.wire.log, "\n"))
		}
		n := len(o.sound.streams)
		caller, callee := o.sound.streams[n-2], o.sound.streams[n-1]
		oneWay := func() bool {
			for _, c := range o.live.Calls() {
				return c.OneWay
			}
			return false
		}
		if !oneWay() {
			t.Error("nothing shows that bob is not heard")
		}
		if !callee.isShut() || caller.isShut() || callee.tones() != 1 || caller.tones() != 1 {
			t.Errorf("before a key is pressed: shut %v, %d tones at bob, %d at mona", callee.isShut(), callee.tones(), caller.tones())
		}
		pause(2 * time.Second)
		if callee.isShut() || callee.tones() != 2 || caller.tones() != 2 || caller.keys != "" {
			t.Errorf("after it: shut %v, %d tones at bob, %d at mona, who hears keys %q", callee.isShut(), callee.tones(), caller.tones(), caller.keys)
		}
		if oneWay() {
			t.Error("it shows that bob is not heard, and he is")
		}
		mona.hangsUp()
		o.put(&pbx.Choice{User: "usr_bob", Status: pbx.StatusDND, At: began})
		if p := o.dials("mona", "*80102"); !p.over {
			t.Error("bob was disturbed")
		}
		synctest.Wait()
		o.drain()
		if got := strings.Join(o.wire.log, "\n"); !strings.Contains(got, "refuse caller denied: ") || !strings.Contains(got, "refuse caller declined: en call.intercom_dnd") {
			t.Errorf("signalling:\n%s", got)
		}
	})
}
