package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/event"
	"tandem/pbx"
	"tandem/report"
)

// A commit that succeeded but was reported as failed is brought again by the journal, alone or together with what came since. Nothing may
// be double, and what was stored the first time comes back with its place, because nobody was told of it.
func TestAppendAgain(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		ref := func(id pbx.CallID) pbx.Ref { return pbx.Ref{Kind: pbx.KindCall, ID: string(id)} }
		one, two := record(1, 0, time.Minute, ada, bob), record(2, 0, 0, ada, cid)
		start := func(c report.CDR) event.Fact {
			return event.New(event.CallStarted, c.Started, admin, ref(c.ID), event.Started{From: c.From, To: c.To})
		}
		rang := func(c report.CDR, leg pbx.LegID) event.Fact {
			return event.New(event.CallRang, c.Started, admin, ref(c.ID), event.Rang{Leg: event.Leg{ID: leg}})
		}
		answered := event.New(event.CallAnswered, one.Answered, admin, ref(one.ID), event.Answered{To: bob})
		end := func(c report.CDR) event.Fact {
			return event.New(event.CallEnded, c.Ended, admin, ref(c.ID), event.Ended{Cause: c.Cause})
		}
		failed := event.New(event.LoginFailed, day, admin, pbx.Ref{Kind: pbx.KindSystem}, nil)

		entries := int64(0)
		for _, step := range []struct {
			name  string
			calls []report.CDR
			facts []event.Fact
			fresh int64
		}{
			{"a beginning", nil, []event.Fact{start(one)}, 1},
			{"the beginning again", nil, []event.Fact{start(one)}, 0},
			{"two phones ring in the same millisecond, and one answers", nil, []event.Fact{rang(one, "leg_2"), rang(one, "leg_3"), answered}, 3},
			{"the same again, with another call", nil, []event.Fact{rang(one, "leg_2"), rang(one, "leg_3"), answered, start(two)}, 1},
			{"the end", []report.CDR{one}, []event.Fact{end(one)}, 1},
			{"the end again", []report.CDR{one}, []event.Fact{end(one)}, 0},
			{"all of it again, and the end of the other", []report.CDR{one, two}, []event.Fact{start(one), answered, end(one), end(two)}, 1},
			{"what is no call may happen twice", nil, []event.Fact{failed, failed}, 2},
			{"and again", nil, []event.Fact{failed}, 1},
		} {
			stored, err := x.Append(t.Context(), step.calls, step.facts)
			if err != nil || len(stored) != len(step.facts) {
				t.Fatalf("%s: %d facts, %v", step.name, len(stored), err)
			}
			entries += step.fresh
			for i, f := range stored {
				if f.Seq == 0 || f.Seq > entries || f.Kind != step.facts[i].Kind || f.Object != step.facts[i].Object || string(f.Data) != string(step.facts[i].Data) {
					t.Errorf("%s: fact %d came back as %+v", step.name, i, f)
				}
			}
			if v, err := x.Verify(t.Context()); err != nil || !v.OK || v.Entries != entries {
				t.Errorf("%s: %+v, want %d entries, %v", step.name, v, entries, err)
			}
		}
		list, err := x.After(t.Context(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, f := range list {
			kinds = append(kinds, string(f.Kind)+" "+f.Object.ID)
		}
		want := []string{"call.started cal_0001", "call.rang cal_0001", "call.rang cal_0001", "call.answered cal_0001", "call.started cal_0002",
			"call.ended cal_0001", "call.ended cal_0002", "login.failed ", "login.failed ", "login.failed "}
		if d := cmp.Diff(want, kinds); d != "" {
			t.Error(d)
		}
		if calls, _, err := x.Interrupted(t.Context(), day.Add(time.Hour)); err != nil || len(calls) != 0 {
			t.Errorf("calls were left open: %v, %v", calls, err)
		}
	})
}
