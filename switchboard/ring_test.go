package switchboard

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/pbx"
	"tandem/report"
	"tandem/sdp"
)

func TestAnswer(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, func(p *phone) { p.rings(); p.waits(5 * time.Second); p.answers() })
		o.phone("b2", false, func(p *phone) { time.Sleep(time.Millisecond); p.rings() })
		a := o.dial("102", false, offer(g729, pcma, pcmu, event8))
		pause(65 * time.Second)
		a.hangsUp()
		synctest.Wait()
		o.drain()
		o.expectLog("dial b1", "dial b2", "progress caller 180", "hangup b2 elsewhere", "accept caller", "hangup b1 hangup")

		c := o.only()
		if c.Cause != pbx.CauseHangup || c.By.Name != "alice" || c.Codec != "PCMA" || c.Secure || c.Talk() != time.Minute || c.Dialled != "102" {
			t.Errorf("record %+v", c)
		}
		if !slices.Equal(c.Users, []pbx.UserID{"usr_alice", "usr_bob"}) || len(c.Trace) != 4 || c.Reason.Key != "call.hangup" {
			t.Errorf("record %+v", c)
		}
		var causes []pbx.Cause
		for _, l := range c.Legs {
			causes = append(causes, l.Cause)
		}
		if !slices.Equal(causes, []pbx.Cause{pbx.CauseHangup, pbx.CauseHangup, pbx.CauseElsewhere}) {
			t.Errorf("causes of the legs %v", causes)
		}
		if l := c.Legs[1]; !l.Out || l.Device != "dev_bob1" || l.Lost != 3 || l.Jitter != 4 || l.Rang.IsZero() || l.Answered.Sub(l.Started) != 5*time.Second {
			t.Errorf("leg %+v", l)
		}
		if l := c.Legs[2]; l.Ended.Sub(l.Started) != 5*time.Second || !l.Answered.IsZero() {
			t.Errorf("the leg that did not answer %+v", l)
		}
		if !slices.Equal(o.ledger.kinds(), []string{"started", "rang", "rang", "answered", "ended"}) {
			t.Errorf("facts %v", o.ledger.kinds())
		}
		if got := report.Record(o.ledger.facts); got.Talk() != c.Talk() || len(got.Legs) != 3 || got.Cause != c.Cause {
			t.Errorf("the facts fold into %+v", got)
		}
		if !slices.Equal(o.phases, []string{"ringing", "talking", "ended"}) {
			t.Errorf("live views saw %v", o.phases)
		}
	})
}

func TestEndsWithoutAnswer(t *testing.T) {
	tests := []struct {
		name    string
		dialled string
		b1, b2  func(p *phone)
		caller  func(a *phone)
		cause   pbx.Cause
		reason  string
		after   time.Duration
	}{
		{name: "nobody answers", dialled: "102", cause: pbx.CauseNoAnswer, reason: "call.no_answer", after: 30 * time.Second,
			b1: (*phone).rings, b2: (*phone).rings},
		{name: "all busy", dialled: "102", cause: pbx.CauseBusy, reason: "call.busy",
			b1: func(p *phone) { p.fails(pbx.CauseBusy, 486) }, b2: func(p *phone) { p.fails(pbx.CauseBusy, 486) }},
		{name: "declined on one phone", dialled: "102", cause: pbx.CauseDeclined, reason: "call.declined", after: time.Second,
			b1: (*phone).rings, b2: func(p *phone) { p.waits(time.Second); p.fails(pbx.CauseDeclined, 603) }},
		{name: "the caller gives up", dialled: "102", cause: pbx.CauseCancelled, reason: "call.cancelled", after: 3 * time.Second,
			b1: (*phone).rings, b2: (*phone).rings,
			caller: func(a *phone) { time.Sleep(3 * time.Second); a.fails(pbx.CauseCancelled, 487) }},
		{name: "the caller is lost", dialled: "102", cause: pbx.CauseTimeout, reason: "call.timeout", after: 3 * time.Second,
			b1: (*phone).rings, b2: (*phone).rings,
			caller: func(a *phone) { time.Sleep(3 * time.Second); a.fails(pbx.CauseTimeout, 0) }},
		{name: "an unknown number", dialled: "199", cause: pbx.CauseUnknown, reason: "route.unknown"},
		{name: "a number outside", dialled: "0301234567", cause: pbx.CauseUnknown, reason: "route.no_trunk"},
		{name: "an emergency number", dialled: "112", cause: pbx.CauseUnknown, reason: "route.emergency_no_trunk"},
		{name: "nobody is connected", dialled: "103", cause: pbx.CauseOffline, reason: "route.offline"},
		{name: "phones that cannot be dialled", dialled: "102", cause: pbx.CauseFailed, reason: "cause.failed"},
		{name: "no phone shares a codec", dialled: "102", cause: pbx.CauseNoCodec, reason: "call.no_codec",
			b1: func(p *phone) { p.fails(pbx.CauseNoCodec, 488) },
			b2: func(p *phone) {
				p.send(call.Signal{Kind: call.SignalAnswered, SDP: p.describe(sdp.SendRecv, []sdp.Codec{g729}, nil)})
			}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				o := newOffice(t, nil)
				o.phone("b1", false, tt.b1)
				o.phone("b2", false, tt.b2)
				a := o.dial(tt.dialled, false, offer(pcmu))
				if tt.caller != nil {
					tt.caller(a)
				}
				pause(time.Minute)
				if n := o.board.Calls(); n != 0 {
					t.Errorf("%d calls after a minute", n)
				}
				o.drain()
				c := o.only()
				if c.Cause != tt.cause || c.Reason.Key != tt.reason || c.Ended.Sub(c.Started) != tt.after || !c.Missed() {
					t.Errorf("ended %s (%s) after %s, want %s (%s) after %s\n%q", c.Cause, c.Reason, c.Ended.Sub(c.Started), tt.cause, tt.reason, tt.after, o.wire.log)
				}
				last := "refuse caller " + string(tt.cause) + ": en " + c.Reason.String()
				if tt.caller == nil && !slices.Contains(o.wire.log, last) {
					t.Errorf("the caller was not told %q: %q", last, o.wire.log)
				}
			})
		})
	}
}

func TestLateAnswerIsHungUp(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.board.Signal(call.Signal{Leg: "leg_long_gone", Kind: call.SignalAnswered})
		o.wire.legs["leg_long_gone"] = &phone{w: o.wire, leg: "leg_long_gone", gone: make(chan struct{}), up: true}
		o.board.Signal(call.Signal{Leg: "leg_long_gone", Kind: call.SignalOffered})
		o.board.Signal(call.Signal{Leg: "leg_long_gone", Kind: call.SignalAnswered})
		o.drain()
		o.expectLog("reply  481", "hangup  elsewhere")
	})
}

func TestDrainInterrupts(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, (*phone).answers)
		o.phone("m1", false, (*phone).rings)
		o.dial("102", false, offer(pcmu))
		o.dial("103", false, offer(pcmu))
		pause(time.Second)
		o.drain()
		if len(o.ledger.cdrs) != 2 {
			t.Fatalf("%d records", len(o.ledger.cdrs))
		}
		for _, c := range o.ledger.cdrs {
			if c.Cause != pbx.CauseInterrupted || c.Reason.Key != "cause.interrupted" {
				t.Errorf("%+v", c)
			}
		}
		o.dial("102", false, offer(pcmu))
		if last := o.wire.log[len(o.wire.log)-1]; last != "refuse caller overload: en cause.overload" {
			t.Errorf("after the end: %s", last)
		}
	})
}

func TestHangupNeedsTheRight(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, (*phone).answers)
		o.dial("102", false, offer(pcmu))
		pause(time.Second)
		var id pbx.CallID
		for i := range o.live.Calls() {
			id = i
		}
		mona := pbx.Actor{Kind: pbx.ActorUser, User: "usr_mona", Via: "web"}
		if err := o.board.Hangup(t.Context(), mona, "cal_none"); err == nil || err.(*pbx.Error).Code != pbx.NotFound {
			t.Errorf("a call that is not: %v", err)
		}
		if err := o.board.Hangup(t.Context(), pbx.Actor{Kind: pbx.ActorUser, User: "usr_stranger"}, id); err == nil || err.(*pbx.Error).Code != pbx.NotFound {
			t.Errorf("a stranger: %v", err)
		}
		if err := o.board.Hangup(t.Context(), mona, id); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		o.drain()
		c := o.only()
		if c.By.Name != "mona" || c.Reason.Key != "call.hung_up_by" || c.Missed() {
			t.Errorf("%+v", c)
		}
		if f := o.ledger.facts[len(o.ledger.facts)-1]; f.Actor.User != "usr_mona" || f.Revision != 7 {
			t.Errorf("the fact names %+v", f)
		}
	})
}

func TestPhoneThatFloodsItsCall(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, (*phone).answers)
		a := o.dial("102", false, offer(pcmu))
		pause(time.Second)
		for range 10_000 {
			o.board.Signal(call.Signal{Leg: a.leg, Kind: call.SignalDigit, Digit: '5'})
			o.board.Signal(call.Signal{Leg: a.leg, Kind: call.SignalOffered, SDP: []byte("v=0")})
		}
		synctest.Wait()
		if o.board.Calls() != 1 {
			t.Error("the call did not survive")
		}
		a.hangsUp()
		synctest.Wait()
		o.drain()
	})
}

// TestStrangersLearnNoNames calls people outside the caller's group, whom he may not see.
func TestStrangersLearnNoNames(t *testing.T) {
	for _, c := range []struct {
		name   string
		hide   bool
		script func(*phone)
		want   string
	}{
		{"a colleague without a phone", false, nil, "refuse caller offline: en route.offline"},
		{"a stranger without a phone", true, nil, "refuse caller offline: en cause.offline"},
		{"a colleague who is busy", false, func(p *phone) { p.fails(pbx.CauseBusy, 486) }, "refuse caller busy: en call.busy name=bob"},
		{"a stranger who is busy", true, func(p *phone) { p.fails(pbx.CauseBusy, 486) }, "refuse caller busy: en cause.busy"},
	} {
		bubble(t, func(t *testing.T) {
			o := newOffice(t, nil)
			if c.hide {
				away := *o.s.Memberships["mem_bob"]
				away.Group = "grp_far"
				next, err := o.s.Apply(pbx.Change{Put: []pbx.Noun{&pbx.Group{ID: "grp_far", Name: "Far"}, &away}})
				if err != nil {
					t.Fatal(err)
				}
				o.s = next
			}
			if c.script != nil {
				o.phone("b1", false, c.script)
			}
			o.dial("102", false, offer(pcmu))
			pause(time.Second)
			if last := o.wire.log[len(o.wire.log)-1]; !strings.HasPrefix(last, c.want) {
				t.Errorf("%s: %s, want %s", c.name, last, c.want)
			}
			if text := o.only().Reason.String(); !strings.Contains(text, "bob") {
				t.Errorf("%s: the record says only %s", c.name, text)
			}
			o.drain()
		})
	}
}
