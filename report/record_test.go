package report

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
)

var (
	noon   = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	alice  = pbx.Party{User: "usr_a", Name: "Alice", Number: "101"}
	bob    = pbx.Party{User: "usr_b", Name: "Bob", Number: "102"}
	caller = event.Leg{ID: "leg_a", Device: "dev_a", Party: alice, Started: noon}
	callee = event.Leg{ID: "leg_b", Device: "dev_b", Party: bob, Out: true, Started: noon}
	second = event.Leg{ID: "leg_c", Device: "dev_c", Party: bob, Out: true, Started: noon}
	trace  = []i18n.Text{i18n.T("route.dialled", "number", "102")}
)

func after(n int) time.Time { return noon.Add(time.Duration(n) * time.Second) }

func fact(k event.Kind, at time.Time, data any) event.Fact {
	return event.New(k, at, pbx.Actor{Kind: pbx.ActorDevice, User: "usr_a", Device: "dev_a"}, pbx.Ref{Kind: pbx.KindCall, ID: "cal_1"}, data)
}

func start() event.Fact {
	return fact(event.CallStarted, noon, event.Started{
		From: alice, To: bob, Dialled: "102", Users: []pbx.UserID{"usr_a", "usr_b"}, Groups: []pbx.GroupID{"grp_q"}, Leg: caller, Trace: trace,
	})
}

func TestRecord(t *testing.T) {
	a, b, c := caller, callee, second
	a.Answered, a.Ended, a.Cause, a.Codec = after(5), after(65), pbx.CauseHangup, "opus"
	b.Rang, b.Answered, b.Ended, b.Cause, b.Codec, b.Lost, b.Jitter = after(1), after(5), after(65), pbx.CauseHangup, "opus", 3, 2
	c.Rang, c.Ended, c.Cause, c.Status = after(1), after(5), pbx.CauseElsewhere, 487
	reason := i18n.T("call.hangup", "name", "Alice")
	facts := []event.Fact{
		start(),
		fact(event.CallRang, after(1), event.Rang{Leg: callee}),
		fact(event.CallRang, after(1), event.Rang{Leg: second}),
		fact(event.CallAnswered, after(5), event.Answered{Leg: callee, To: bob, Codec: "opus", Secure: true}),
		fact(event.CallHeld, after(20), event.Held{Leg: "leg_a", Party: alice}),
		fact(event.CallResumed, after(30), event.Held{Leg: "leg_a", Party: alice}),
		fact(event.CallEnded, after(65), event.Ended{Cause: pbx.CauseHangup, By: alice, Reason: reason, Codec: "opus", Secure: true, Legs: []event.Leg{a, b, c}}),
	}
	want := CDR{
		ID: "cal_1", From: alice, To: bob, Dialled: "102", Users: []pbx.UserID{"usr_a", "usr_b"}, Groups: []pbx.GroupID{"grp_q"},
		Started: noon, Answered: after(5), Ended: after(65), Cause: pbx.CauseHangup, By: alice, Reason: reason,
		Codec: "opus", Secure: true, Trace: trace,
		Legs: []Leg{
			{ID: "leg_a", Device: "dev_a", Party: alice, Started: noon, Answered: after(5), Ended: after(65), Cause: pbx.CauseHangup, Codec: "opus"},
			{ID: "leg_b", Device: "dev_b", Party: bob, Out: true, Started: noon, Rang: after(1), Answered: after(5), Ended: after(65), Cause: pbx.CauseHangup, Codec: "opus", Lost: 3, Jitter: 2},
			{ID: "leg_c", Device: "dev_c", Party: bob, Out: true, Started: noon, Rang: after(1), Ended: after(5), Cause: pbx.CauseElsewhere, Status: 487},
		},
	}
	got := Record(facts)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got.Missed() || got.Talk() != time.Minute {
		t.Errorf("missed %v, talk %v", got.Missed(), got.Talk())
	}
}

func TestRecordOfACutOffCall(t *testing.T) {
	reason := i18n.T("cause.interrupted")
	end := fact(event.CallEnded, after(90), event.Ended{Cause: pbx.CauseInterrupted, Reason: reason})

	ringing := Record([]event.Fact{start(), end})
	if !ringing.Missed() || ringing.Cause != pbx.CauseInterrupted || ringing.Ended != after(90) || len(ringing.Legs) != 1 {
		t.Errorf("cut off while ringing: %+v", ringing)
	}
	if l := ringing.Legs[0]; l.Ended != after(90) || l.Cause != pbx.CauseInterrupted {
		t.Errorf("its leg: %+v", l)
	}

	talking := Record([]event.Fact{start(), fact(event.CallAnswered, after(5), event.Answered{Leg: callee, To: bob, Codec: "PCMU"}), end})
	if talking.Missed() || talking.Talk() != 85*time.Second || len(talking.Legs) != 2 || talking.Codec != "PCMU" {
		t.Errorf("cut off while talking: %+v", talking)
	}
}

// A crash closes the stay in a queue with the call, waiting or served.
func TestRecordOfACutOffStay(t *testing.T) {
	joins := fact(event.CallQueued, after(1), event.Queued{Queue: "que_1", Name: "Desk", Late: 60})
	end := fact(event.CallEnded, after(90), event.Ended{Cause: pbx.CauseInterrupted, Reason: i18n.T("cause.interrupted")})
	waits := Record([]event.Fact{start(), joins, end})
	if len(waits.Stays) != 1 || waits.Stays[0].How != event.LeftCut || waits.Stays[0].Waited() != 89*time.Second || !waits.Stays[0].Late {
		t.Errorf("%+v", waits.Stays)
	}
	served := Record([]event.Fact{start(), joins, fact(event.CallDequeued, after(31), event.Dequeued{Queue: "que_1", How: event.LeftAnswered, Agent: bob}), end})
	if s := served.Stays[0]; s.How != event.LeftAnswered || s.Late || s.Waited() != 30*time.Second || s.Talked() != 59*time.Second {
		t.Errorf("%+v", s)
	}
}

func TestRecordOfARefusedCall(t *testing.T) {
	refused := Record([]event.Fact{start(), fact(event.CallEnded, noon, event.Ended{Cause: pbx.CauseUnknown, Reason: i18n.T("route.unknown"), Legs: []event.Leg{caller}})})
	if !refused.Missed() || refused.Reason.Key != "route.unknown" || refused.Legs[0].Ended != noon || refused.Legs[0].Cause != pbx.CauseUnknown {
		t.Errorf("%+v", refused)
	}
}

func TestRecordPassesOver(t *testing.T) {
	broken := fact(event.CallRang, noon, nil)
	broken.Data = []byte("{")
	other := fact(event.UserCreated, noon, nil)
	other.Object.Kind = pbx.KindUser
	if d := cmp.Diff(Record([]event.Fact{start()}), Record([]event.Fact{other, start(), broken})); d != "" {
		t.Error(d)
	}
	if got := Record(nil); got.ID != "" {
		t.Errorf("a record of nothing: %+v", got)
	}
}

// TestDraftAndRecordAgree: the typed way in and the stored way in lead to the same record.
func TestDraftAndRecordAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var d Draft
		var facts []event.Fact
		at := 0
		add := func(k event.Kind, payload any) { facts = append(facts, fact(k, after(at), payload)) }
		d.Started("cal_1", after(at), event.Started{From: alice, To: bob, Leg: caller, Trace: trace})
		add(event.CallStarted, event.Started{From: alice, To: bob, Leg: caller, Trace: trace})
		for range rapid.IntRange(0, 5).Draw(t, "facts") {
			at += rapid.IntRange(0, 9).Draw(t, "pause")
			leg := rapid.SampledFrom([]event.Leg{callee, second}).Draw(t, "leg")
			if rapid.Bool().Draw(t, "rang") {
				d.Rang(after(at), event.Rang{Leg: leg})
				add(event.CallRang, event.Rang{Leg: leg})
				continue
			}
			p := event.Answered{Leg: leg, To: bob, Codec: "G722"}
			d.Answered(after(at), p)
			add(event.CallAnswered, p)
		}
		p := event.Ended{Cause: pbx.CauseHangup, Reason: i18n.T("call.hangup")}
		d.Ended(after(at), p)
		add(event.CallEnded, p)
		if diff := cmp.Diff(d.CDR(), Record(facts)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func BenchmarkRecord(b *testing.B) {
	facts := []event.Fact{start(), fact(event.CallRang, noon, event.Rang{Leg: callee}), fact(event.CallAnswered, noon, event.Answered{Leg: callee}),
		fact(event.CallEnded, noon, event.Ended{Legs: []event.Leg{caller, callee}})}
	b.ReportAllocs()
	for b.Loop() {
		Record(facts)
	}
}

// Who was called in vain missed the call, unless he declined it or sent it on, on whichever of his phones; what others declined is no matter of his.
func TestWhoMissedACall(t *testing.T) {
	leg := func(p pbx.Party, cause pbx.Cause, rang bool) Leg {
		l := Leg{Party: p, Out: true, Cause: cause}
		if rang {
			l.Rang = noon
		}
		return l
	}
	for _, tt := range []struct {
		what   string
		missed bool
		legs   []Leg
	}{
		{"nobody answered", true, []Leg{leg(bob, pbx.CauseNoAnswer, true)}},
		{"no phone", true, nil},
		{"the caller gave up", true, []Leg{leg(bob, pbx.CauseCancelled, true)}},
		{"he talked", true, []Leg{leg(bob, pbx.CauseBusy, false)}},
		{"declined", false, []Leg{leg(bob, pbx.CauseDeclined, true)}},
		{"declined on the screen of a closed browser, which rings nowhere", false, []Leg{leg(bob, pbx.CauseDeclined, false)}},
		{"refused at the one phone, and another rang on", false, []Leg{leg(bob, pbx.CauseBusy, true), leg(bob, pbx.CauseNoAnswer, true)}},
		{"sent on by who was asked at his mobile", false, []Leg{leg(bob, pbx.CauseTransferred, true)}},
		{"nobody answered, and whom the call went on to declined", true, []Leg{leg(bob, pbx.CauseNoAnswer, true), leg(pbx.Party{User: "usr_c"}, pbx.CauseDeclined, true)}},
	} {
		c := CDR{From: alice, To: bob, Legs: append([]Leg{{Party: alice, Cause: pbx.CauseDeclined}}, tt.legs...)}
		if c.MissedBy("usr_b") != tt.missed {
			t.Errorf("%s: missed %v", tt.what, !tt.missed)
		}
		if c.MissedBy("usr_a") || c.MissedBy("") {
			t.Errorf("%s: missed by who called, or by nobody", tt.what)
		}
		if c.Answered = after(1); c.MissedBy("usr_b") {
			t.Errorf("%s: somebody talked", tt.what)
		}
	}
}
