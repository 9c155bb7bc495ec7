package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

func TestRecordings(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		tenant, ctx := claim(t, open(t, address)), t.Context()
		at := time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
		keep := func(r pbx.Recording) {
			t.Helper()
			if _, err := tenant.Write(ctx, []event.Fact{fact(event.RecordingMade, pbx.KindRecording, "rec_1")}, store.RecordingKept{Recording: r}); err != nil {
				t.Fatal(err)
			}
		}
		one := pbx.Recording{ID: "rec_1", Call: "cal_1", Started: at, Began: at, Length: 7 * time.Second, From: pbx.Party{User: "usr_anna", Name: "Anna\x00"},
			To: pbx.Party{Number: "+4930123"}, Voices: []pbx.RecordingVoice{{User: "usr_anna", From: at, Until: at.Add(time.Second)}}, Mode: pbx.RecordAlways,
			Notice: pbx.RecordAsk, Consent: []pbx.Consent{{Party: pbx.Party{Number: "+4930123"}, At: at, Text: "say.recorded.ask", Answer: pbx.ConsentAgreed}},
			Expires: at.AddDate(0, 0, 90)}
		two := pbx.Recording{ID: "rec_2", Call: "cal_2", Started: at.Add(time.Hour), Began: at, Running: true, From: pbx.Party{User: "usr_bert", Name: "Bert"},
			Voices: []pbx.RecordingVoice{{User: "usr_bert", From: at}}, Groups: []pbx.GroupID{"grp_sales"}, Expires: at.AddDate(0, 0, 1), Hold: true}
		keep(one)
		keep(two)
		got, err := tenant.Recording(ctx, "rec_1")
		one.From.Name = "Anna\uFFFD"
		if diff := cmp.Diff(one, got); err != nil || diff != "" {
			t.Fatalf("%v, %s", err, diff)
		}
		list := func(q store.RecordingQuery) string {
			t.Helper()
			p, err := tenant.Recordings(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			ids := ""
			for _, r := range p.Items {
				ids += string(r.ID) + " "
			}
			return ids + p.Next[:min(1, len(p.Next))]
		}
		all := store.Scope{All: true}
		for want, q := range map[string]store.RecordingQuery{
			"rec_2 rec_1 ": {Sight: all},
			"rec_1 ":       {Sight: store.Scope{Users: []pbx.UserID{"usr_anna"}}},
			"rec_2 ":       {Sight: store.Scope{Groups: []pbx.GroupID{"grp_sales"}}},
			"":             {Sight: store.Scope{Users: []pbx.UserID{"usr_carol"}}},
		} {
			if got := list(q); got != want {
				t.Errorf("%+v: %q, want %q", q, got, want)
			}
		}
		for i, c := range []struct {
			want string
			q    store.RecordingQuery
		}{
			{"rec_1 ", store.RecordingQuery{Sight: all, Text: "030123"[1:]}},
			{"", store.RecordingQuery{Sight: all, Text: "nobody"}},
			{"rec_2 ", store.RecordingQuery{Sight: all, From: at.Add(time.Minute)}},
			{"rec_1 ", store.RecordingQuery{Sight: all, Until: at.Add(time.Minute)}},
			{"rec_1 ", store.RecordingQuery{Sight: all, Call: "cal_1"}},
			{"rec_2 ", store.RecordingQuery{Sight: all, User: "usr_bert"}},
			{"", store.RecordingQuery{Sight: store.Scope{Users: []pbx.UserID{"usr_anna"}}, User: "usr_bert"}},
			{"rec_1 ", store.RecordingQuery{Sight: all, Keep: func(r *pbx.Recording) bool { return r.ID != "rec_2" }}},
			{"", store.RecordingQuery{Sight: all, Deleted: true}},
			{"", store.RecordingQuery{}},
		} {
			if got := list(c.q); got != c.want {
				t.Errorf("%d: %q, want %q", i, got, c.want)
			}
		}
		p, err := tenant.Recordings(ctx, store.RecordingQuery{Sight: all, Limit: 1})
		if err != nil || len(p.Items) != 1 || p.Next == "" {
			t.Fatalf("%+v, %v", p, err)
		}
		if p, err = tenant.Recordings(ctx, store.RecordingQuery{Sight: all, Limit: 1, Cursor: p.Next}); err != nil || len(p.Items) != 1 || p.Items[0].ID != "rec_1" || p.Next != "" {
			t.Fatalf("%+v, %v", p, err)
		}
		running, err := tenant.RunningRecordings(ctx)
		if err != nil || len(running) != 1 || running[0].ID != "rec_2" {
			t.Errorf("%v, %v", running, err)
		}
		two.Running = false
		keep(two)
		due := func(at, deleted time.Time) (ids string) {
			t.Helper()
			list, err := tenant.DueRecordings(ctx, at, deleted, 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range list {
				ids += string(r.ID) + " "
			}
			return ids
		}
		if got := due(at.AddDate(1, 0, 0), at) + "|" + due(at.AddDate(0, 0, 2), at); got != "rec_1 |" {
			t.Errorf("due %q: a hold is stronger than time", got)
		}
		two.Hold, two.Deleted = false, at
		keep(two)
		if got := due(at, at.Add(-time.Second)) + "|" + due(at, at); got != "|rec_2 " {
			t.Errorf("due %q", got)
		}
		of, err := tenant.RecordingsOf(ctx, []pbx.CallID{"cal_1", "cal_2"})
		if err != nil || len(of) != 1 || of[0].ID != "rec_1" {
			t.Errorf("%v, %v", of, err)
		}
		if _, err := tenant.Write(ctx, []event.Fact{fact(event.RecordingMade, pbx.KindRecording, "rec_1")}, store.RecordingGone{ID: "rec_1"}); err != nil {
			t.Fatal(err)
		}
		if got := list(store.RecordingQuery{Sight: store.Scope{Users: []pbx.UserID{"usr_anna"}}}); got != "" {
			t.Errorf("gone, and listed: %q", got)
		}
	})
}

// A hold that is set while somebody deletes wins, or comes too late and says so: never is a recording held and deleted (PR-05, PR-06).
func TestHoldWins(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x, ctx := claim(t, open(t, address)), t.Context()
		was := pbx.Recording{ID: "rec_1", Call: "cal_1", Started: day}
		if err := x.Keep(ctx, store.RecordingKept{Recording: was}); err != nil {
			t.Fatal(err)
		}
		held := was
		held.Hold = true
		if err := x.Keep(ctx, store.RecordingChanged{Was: was, Is: held}); err != nil {
			t.Fatal(err)
		}
		binned := was // by somebody who read it before the hold
		binned.Deleted = day
		if err := x.Keep(ctx, store.RecordingChanged{Was: was, Is: binned}); !isCode(err, pbx.Conflict, "change.outdated") {
			t.Errorf("a hold was overwritten: %v", err)
		}
		if goes, err := x.Condemn(ctx, "rec_1"); err != nil || goes {
			t.Errorf("what is held goes: %v, %v", goes, err)
		}
		if err := x.Keep(ctx, store.RecordingChanged{Was: held, Is: was}); err != nil {
			t.Fatal(err)
		}
		for range 2 { // a crash after the first time
			if goes, err := x.Condemn(ctx, "rec_1"); err != nil || !goes {
				t.Errorf("%v, %v", goes, err)
			}
		}
		if err := x.Keep(ctx, store.RecordingChanged{Was: was, Is: held}); !isCode(err, pbx.NotFound, "recording.not_found") {
			t.Errorf("what goes is held: %v", err)
		}
	})
}
