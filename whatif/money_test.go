package whatif

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/report"
)

// with adds rows to a configuration.
func with(t testing.TB, s *pbx.Snapshot, nouns ...pbx.Noun) *pbx.Snapshot {
	t.Helper()
	tenant := s.Tenant
	tenant.Currency = "EUR"
	return applied(t, s, append([]pbx.Noun{&tenant}, nouns...)...)
}

func prices(minute int64) *pbx.Deck {
	return &pbx.Deck{ID: "dck_1", Name: "D", Currency: "EUR", From: day.AddDate(-1, 0, 0), Rates: pbx.NewRates([]pbx.Rate{{Prefix: "49", Minute: minute}})}
}

// Another price list says what the same calls would have cost (TF-15).
func TestReplayCounts(t *testing.T) {
	base := office(t, profile("rst_1", everybody, pbx.Basic()))
	calls := []Call{{ID: "a", From: "usr_00", Payer: "usr_00", Dialled: "030 901820", At: day, Talk: 90 * time.Second}, {ID: "b", From: "usr_01", Payer: "usr_01", Dialled: "030 901820", At: day},
		{ID: "c", From: "usr_01", Payer: "usr_01", Dialled: "115 000 0000 00", At: day, Talk: time.Minute}, {ID: "d", From: "usr_01", Payer: "usr_01", Dialled: "101", At: day, Talk: time.Minute}}
	out := Replay(with(t, base, prices(600_000)), with(t, base, prices(200_000)), slices.Values(calls))
	if out.Cost != 900_000 || out.Would != 300_000 || out.Closed+out.Opened+out.Shorter != 0 {
		t.Errorf("%+v", out)
	}
}

// A budget of the draft pays calls in the order in which they were made: one is cut where it would have been used up, the next does not begin, and another day
// begins anew.
func TestReplaySpendsBudgets(t *testing.T) {
	base := with(t, office(t, profile("rst_1", everybody, pbx.Basic())), prices(600_000))
	limit := &pbx.Budget{ID: "bud_1", Name: "B", On: everybody, Each: true, Measure: pbx.MeasureMoney, Period: pbx.PeriodDay, Limit: 300}
	var calls []Call
	for i, talk := range []time.Duration{2 * time.Minute, 10 * time.Minute, time.Minute} {
		calls = append(calls, Call{ID: pbx.CallID("abc"[i : i+1]), From: "usr_00", Payer: "usr_00", Dialled: "030 901820", At: day.Add(time.Duration(i) * time.Hour), Talk: talk})
	}
	calls = append(calls, Call{ID: "other", From: "usr_01", Payer: "usr_01", Dialled: "030 901820", At: day, Talk: time.Minute}, Call{ID: "tomorrow", From: "usr_00", Payer: "usr_00", Dialled: "030 901820", At: day.Add(24 * time.Hour), Talk: time.Minute})
	out := Replay(base, with(t, base, limit), slices.Values(calls))
	if out.Shorter != 1 || out.Closed != 1 || out.Would != 3_000_000+600_000+600_000 || out.Cost != 13*600_000+2*600_000 {
		t.Errorf("%+v", out)
	}
	if e := out.Effects[0]; e.ID != "b" || e.After.Most != 3*time.Minute {
		t.Errorf("%s would last %v", e.ID, e.After.Most)
	}
	if e := out.Effects[1]; e.ID != "c" || e.After.Code != Spent {
		t.Errorf("%s: %s", e.ID, e.After.Code)
	}
	draft, plainly := with(t, base, limit), func(t i18n.Text) string { return t.Key + "/" + t.Args["name"] }
	hidden := func(*pbx.Budget) bool { return false }
	for i, want := range []string{"whatif.over_budget/B", "toll.budget/ (B)"} { // which budget it is, is said to who may see it
		if e := &out.Effects[i]; e.Text(draft, nil, plainly) != want || strings.Contains(e.Text(draft, hidden, plainly), "B") || e.Reason() != "budget|bud_1" {
			t.Errorf("%s: %s, hidden %s, by %s", e.ID, e.Text(draft, nil, plainly), e.Text(draft, hidden, plainly), e.Reason())
		}
	}
	limit = &pbx.Budget{ID: "bud_1", Name: "B", On: everybody, Each: true, Measure: pbx.MeasureMoney, Period: pbx.PeriodDay, Limit: 300, Report: true}
	if out := Replay(base, with(t, base, limit), slices.Values(calls)); out.Closed+out.Shorter != 0 {
		t.Errorf("one that only reports: %+v", out)
	}
}

// The budget of a token pays for what a program began with it, and for nothing that was dialled (BAR TF-12).
func TestReplaySpendsBudgetsOfTokens(t *testing.T) {
	base := with(t, office(t, profile("rst_1", everybody, pbx.Basic())), prices(600_000), &pbx.Token{ID: "tok_1", User: "usr_00", Name: "P", Hash: "h", Until: day.AddDate(1, 0, 0)})
	limit := &pbx.Budget{ID: "bud_1", Name: "B", On: pbx.Ref{Kind: pbx.KindToken, ID: "tok_1"}, Measure: pbx.MeasureMoney, Period: pbx.PeriodDay, Limit: 60}
	record := func(id pbx.CallID, token pbx.TokenID, at time.Duration) Call {
		begun := day.Add(at)
		return From(&report.CDR{ID: id, From: pbx.Party{User: "usr_00"}, Dialled: "030 901820", Started: begun, Answered: begun, Ended: begun.Add(time.Minute),
			Legs: []report.Leg{{Out: true, Trunk: "trk_1", Party: pbx.Party{Number: "030 901820"}, Answered: begun, Ended: begun.Add(time.Minute), Charge: &pbx.Charge{Payer: "usr_00", Token: token}}}})[0]
	}
	out := Replay(base, with(t, base, limit), slices.Values([]Call{record("first", "tok_1", 0), record("by hand", "", time.Hour), record("second", "tok_1", 2*time.Hour)}))
	if out.Closed != 1 || out.Shorter != 0 || len(out.Effects) != 1 || out.Effects[0].ID != "second" || out.Effects[0].After.Code != Spent {
		t.Errorf("%+v", out)
	}
}

// A million calls with prices and budgets.
func BenchmarkReplayMoney(b *testing.B) {
	base := with(b, office(b, profile("rst_1", everybody, pbx.Basic())), prices(600_000))
	draft := applied(b, base, &pbx.Budget{ID: "bud_1", Name: "B", On: everybody, Measure: pbx.MeasureMoney, Period: pbx.PeriodMonth, Limit: 3_000_000})
	calls := history(1_000_000, 5000)
	for b.Loop() {
		Replay(base, draft, slices.Values(calls))
	}
}
