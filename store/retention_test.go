package store_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/report"
	"tandem/store"
)

// aged fills an office with one call a day, each with its way through the house, its facts and a change of the settings between them. The call of day 3 has a recording
// that is held.
func aged(t *testing.T, x *store.Tenant, days int) {
	t.Helper()
	for i := range days {
		at := day.AddDate(0, 0, i)
		number := fmt.Sprintf("+49301234%03d", i)
		c := record(i, 0, time.Minute, pbx.Party{Number: number}, ada)
		c.Started, c.Answered, c.Ended = at, at, at.Add(time.Minute)
		c.Trace = []i18n.Text{i18n.T("route.person", "name", "Way of "+number)}
		c.Groups = []pbx.GroupID{"grp_1"}
		ref := pbx.Ref{Kind: pbx.KindCall, ID: string(c.ID)}
		if _, err := x.Append(t.Context(), nil, []event.Fact{event.New(event.CallStarted, at, admin, ref, event.Started{From: c.From, Trace: c.Trace})}); err != nil {
			t.Fatal(err)
		}
		if _, err := x.Append(t.Context(), []report.CDR{c}, []event.Fact{event.New(event.CallEnded, at, admin, ref, event.Ended{Cause: pbx.CauseHangup})}); err != nil {
			t.Fatal(err)
		}
		f := fact(event.SettingsChanged, pbx.KindSettings, "main")
		f.At, f.Reason = at, fmt.Sprint("change of day ", i)
		if _, err := x.Write(t.Context(), []event.Fact{f}); err != nil {
			t.Fatal(err)
		}
	}
	kept := fact(event.RecordingHeld, pbx.KindRecording, "rec_1")
	kept.At = day.AddDate(0, 0, days)
	if _, err := x.Write(t.Context(), []event.Fact{kept}, store.RecordingKept{Recording: pbx.Recording{ID: "rec_1", Call: "cal_0003", Started: day, Hold: true}}); err != nil {
		t.Fatal(err)
	}
}

// What is old enough goes in small steps that can be broken off anywhere: nothing of it is left in the files, what is held stays with its record, its way and its facts, what
// is spent stays spent, and the chain of the log holds and still tells of every row that somebody else takes out (BAR PR-05, AU-02).
func TestRetention(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		db := open(t, address)
		x, ctx := claim(t, db), t.Context()
		aged(t, x, 20)
		spent := store.Reserved{Call: "cal_0001", Leg: "leg_1", Held: []store.Spent{{Budget: "bud_1", Window: day.Unix(), Amount: 7}}}
		for _, ends := range []bool{false, true} {
			spent.Ends = ends
			if err := x.Reserve(ctx, spent); err != nil {
				t.Fatal(err)
			}
		}
		now := day.AddDate(0, 0, 20)
		head, err := x.Head(ctx, now)
		if err != nil {
			t.Fatal(err)
		}
		verify := func(want string) {
			t.Helper()
			v, err := x.Verify(ctx, head)
			if err != nil || v.Problem != want {
				t.Fatalf("%+v, %v; want %q", v, err, want)
			}
		}
		ways := now.AddDate(0, 0, -5) // days 0…14
		if stock, err := x.DueTraces(ctx, ways); err != nil || stock.N != 14 || !stock.Oldest.Equal(day) {
			t.Errorf("traces: %+v, %v", stock, err)
		}
		again := store.TracesDrop{Before: ways, At: now}
		if _, err := x.DropTraces(ctx, &again, 3); err != nil || again.Dropped != 3 {
			t.Fatal(again, err)
		}
		verify("")
		traces := store.TracesDrop{Before: ways, At: now} // a crash broke the first round off
		for done := false; !done; {
			if done, err = x.DropTraces(ctx, &traces, 3); err != nil {
				t.Fatal(err)
			}
			verify("")
		}
		if traces.Dropped != 11 {
			t.Errorf("%d ways were forgotten", traces.Dropped)
		}
		for i, want := range map[int]bool{0: false, 14: false, 3: true, 15: true} {
			c, err := x.Call(ctx, pbx.CallID(fmt.Sprintf("cal_%04d", i)))
			if err != nil || len(c.Trace) > 0 != want || c.Untraced == want {
				t.Errorf("call of day %d: %+v, %v", i, c, err)
			}
		}

		due := store.CallsDue{Before: now.AddDate(0, 0, -10), Sooner: []store.PartsDue{{Parts: []string{"grp_0", "grp_1"}, Before: now.AddDate(0, 0, -8)}}}
		if stock, err := x.DueCalls(ctx, due); err != nil || stock.N != 11 || !stock.Oldest.Equal(day) {
			t.Errorf("calls: %+v, %v", stock, err)
		}
		calls := store.CallsDrop{Due: due}
		for done := false; !done; {
			if done, err = x.DropCalls(ctx, &calls, 4); err != nil {
				t.Fatal(err)
			}
		}
		if calls.Dropped != 11 {
			t.Errorf("%d calls were forgotten", calls.Dropped)
		}
		page, err := x.Calls(ctx, store.CallQuery{Sight: store.Scope{All: true}, Sort: "started"})
		if err != nil || len(page.Items) != 9 || page.Items[0].ID != "cal_0003" || page.Items[1].ID != "cal_0012" {
			t.Errorf("%d are left, %v", len(page.Items), err)
		}
		if spent, _, err := x.Ledger(ctx, day); err != nil || len(spent) != 1 || spent[0].Amount != 7 {
			t.Errorf("spent: %+v, %v", spent, err)
		}

		before := now.AddDate(0, 0, -5)
		if stock, err := x.DueEntries(ctx, before); err != nil || stock.N < 15 {
			t.Errorf("entries: %+v, %v", stock, err)
		}
		entries := store.EntriesDrop{Before: before, At: now}
		for done := false; !done; {
			if done, err = x.DropEntries(ctx, &entries, 4); err != nil {
				t.Fatal(err)
			}
			verify("")
		}
		gone, err := x.Forgotten(ctx)
		if err != nil || !gone[store.ForgetCalls].Equal(day.AddDate(0, 0, 11).Add(time.Millisecond)) || !gone[store.ForgetAudit].Equal(day.AddDate(0, 0, 14).Add(time.Millisecond)) {
			t.Errorf("%v, %v", gone, err)
		}
		facts, err := x.Facts(ctx, store.FactQuery{Sight: store.Scope{All: true}, Calls: true, Object: pbx.Ref{Kind: pbx.KindCall, ID: "cal_0003"}})
		if err != nil || len(facts.Items) != 2 {
			t.Errorf("%d facts of the held call, %v", len(facts.Items), err)
		}

		all := allTexts(t, db)
		if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
			if err := db.Exec(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			all += string(b)
		}
		for _, s := range []string{"+49301234000", "+49301234011", "Way of +49301234012", "change of day 14"} {
			if strings.Contains(all, s) {
				t.Errorf("%s is still there", s)
			}
		}
		for _, s := range []string{"+49301234003", "Way of +49301234003", "+49301234012", "change of day 15", "Way of +49301234015"} {
			if !strings.Contains(all, s) {
				t.Errorf("%s is gone", s)
			}
		}

		for _, tampered := range [][]string{
			{"DELETE FROM facts WHERE reason = 'change of day 17'"},
			{"INSERT INTO fact_gaps SELECT tenant, seq, seq, hash FROM facts WHERE reason = 'change of day 17'", "DELETE FROM facts WHERE reason = 'change of day 17'"},
			{"UPDATE fact_gaps SET hash = 'x' WHERE first = 1"},
			{"DELETE FROM fact_gaps"},
		} {
			for _, s := range append([]string{"CREATE TABLE kept AS SELECT * FROM facts", "CREATE TABLE kept_gaps AS SELECT * FROM fact_gaps"}, tampered...) {
				if err := db.Exec(ctx, s); err != nil {
					t.Fatal(err)
				}
			}
			if v, err := x.Verify(ctx, head); err != nil || v.OK {
				t.Errorf("%q: %+v, %v", tampered, v, err)
			}
			for _, s := range []string{"DELETE FROM facts", "INSERT INTO facts SELECT * FROM kept", "DROP TABLE kept", "DELETE FROM fact_gaps", "INSERT INTO fact_gaps SELECT * FROM kept_gaps", "DROP TABLE kept_gaps"} {
				if err := db.Exec(ctx, s); err != nil {
					t.Fatal(err)
				}
			}
		}
		verify("")
	})
}

// An entry that vouches for rewritten ones stays as long as one of them does.
func TestRetentionAfterErasure(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x, ctx := claim(t, open(t, address)), t.Context()
		aged(t, x, 3)
		e := pbx.Erasure{ID: "era_1", As: "erased-1", Subject: pbx.Subject{Numbers: []string{"+49301234001"}, Country: "DE"}}
		by := fact(event.PrivacyRewritten, pbx.KindErasure, "era_1")
		for done := false; !done; {
			var err error
			if _, done, err = x.Erase(ctx, &e, by, 10); err != nil {
				t.Fatal(err)
			}
		}
		last := fact(event.SettingsChanged, pbx.KindSettings, "main")
		last.At = day.AddDate(1, 0, 0)
		if _, err := x.Write(ctx, []event.Fact{last}); err != nil {
			t.Fatal(err)
		}
		entries := store.EntriesDrop{Before: last.At, At: last.At}
		for done := false; !done; {
			var err error
			if done, err = x.DropEntries(ctx, &entries, 2); err != nil {
				t.Fatal(err)
			}
		}
		vouching := store.FactQuery{Sight: store.Scope{All: true}, Kinds: []event.Kind{event.PrivacyRewritten}}
		if p, err := x.Facts(ctx, vouching); err != nil || len(p.Items) != 1 {
			t.Errorf("%d, %v", len(p.Items), err)
		}
		if v, err := x.Verify(ctx); err != nil || !v.OK {
			t.Errorf("%+v, %v", v, err)
		}
		traces := store.TracesDrop{Before: last.At, At: last.At}
		for done := false; !done; {
			var err error
			if done, err = x.DropTraces(ctx, &traces, 2); err != nil {
				t.Fatal(err)
			}
		}
		entries = store.EntriesDrop{Before: last.At, At: last.At}
		for done := false; !done; {
			var err error
			if done, err = x.DropEntries(ctx, &entries, 2); err != nil {
				t.Fatal(err)
			}
		}
		if p, err := x.Facts(ctx, vouching); err != nil || len(p.Items) != 0 {
			t.Errorf("%d, %v", len(p.Items), err)
		}
		if v, err := x.Verify(ctx); err != nil || !v.OK {
			t.Errorf("%+v, %v", v, err)
		}
	})
}

// BenchmarkForget forgets a million old calls of 2,000 people, 250 at a time, while a call is written after every step; what is told is how long a step takes, and how long that call waits.
func BenchmarkForget(b *testing.B) {
	eachB(b, func(b *testing.B, db *store.DB) {
		x, first := db.Tenant("main"), day.UnixMilli()
		for _, s := range []string{
			fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999999)
			INSERT INTO calls (tenant, id, started, answered, ended, talk, cause, search, body)
			SELECT 'main', 'cal_' || (10000000 + i), %d + CAST(i AS BIGINT) * 1000, 1, 2, 60000, 'hangup', 'person ' || (i %% 2000),
			'{"id":"cal_' || i || '","trace":[{"key":"route.person"}],"users":["usr_' || (i %% 2000) || '"],"filler":"a body is about as long as this one"}' FROM n`, first),
			`INSERT INTO call_parts (tenant, part, started, call_id) SELECT tenant, 'usr_' || (CAST(substr(id, 5) AS INTEGER) % 2000), started, id FROM calls`,
		} {
			if err := db.Exec(b.Context(), s); err != nil {
				b.Fatal(err)
			}
		}
		if err := db.Analyze(b.Context()); err != nil {
			b.Fatal(err)
		}
		var steps, waits []time.Duration
		drop, traces := store.CallsDrop{Due: store.CallsDue{Before: day.AddDate(10, 0, 0)}}, store.TracesDrop{Before: day.AddDate(10, 0, 0), At: day.AddDate(10, 0, 0)}
		n := 0
		for b.Loop() {
			begun := time.Now()
			_, err := x.DropCalls(b.Context(), &drop, 250)
			if n%2 == 0 {
				_, err = x.DropTraces(b.Context(), &traces, 250)
			}
			steps = append(steps, time.Since(begun))
			if err != nil {
				b.Fatal(err)
			}
			begun = time.Now()
			c := record(n, 0, time.Minute, ada, bob)
			c.ID = pbx.CallID(fmt.Sprint("cal_new", n))
			c.Started = day.AddDate(20, 0, 0)
			appendCalls(b, x, c)
			waits = append(waits, time.Since(begun))
			n++
		}
		for name, all := range map[string][]time.Duration{"step": steps, "call": waits} {
			slices.Sort(all)
			b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, name+"-ms/p50")
			b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, name+"-ms/p99")
		}
		begun := time.Now()
		if _, err := x.DueCalls(b.Context(), drop.Due); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(time.Since(begun).Microseconds())/1000, "count-ms")
	})
}
