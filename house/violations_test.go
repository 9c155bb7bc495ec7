package house

import (
	"fmt"
	"testing"
	"time"

	"tandem/command"
	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/report"
	"tandem/store"
)

// Whoever may report about somebody is told at the fifth call of a day that the rules refused, once in that day, also over a restart; the day is one of
// where the person is. Calls that a budget refused do not count, nor those of others, and nobody else is told (B-067).
func TestViolationsAreTold(t *testing.T) {
	ctx, data := t.Context(), t.TempDir()
	h, must := claimed(t, data)
	defer func() { _ = h.Close() }()
	olga := h.snapshot().ByEmail("olga@example.com").ID
	const zone = "Asia/Jakarta" // seven hours before UTC: the day of the person is not that of the house
	mark := pbx.UserID(must(command.CreateUser{Person: command.Person{Name: "Mark", Email: "mark@example.com", Zone: zone}}).ID)
	kai := pbx.UserID(must(command.CreateUser{Person: command.Person{Name: "Kai", Email: "kai@example.com"}}).ID)
	n := 0
	refused := func(at time.Time, who pbx.UserID, verdict, reason string) {
		t.Helper()
		n++
		c := report.CDR{ID: pbx.CallID(fmt.Sprint("cal_", n)), From: h.snapshot().Users[who].Party(), Users: []pbx.UserID{who}, Started: at, Ended: at, Cause: pbx.CauseDenied, Reason: i18n.T(reason),
			Ruling: &event.Ruling{Code: verdict, Payer: who}}
		if err := h.journal(ctx, []report.CDR{c}, nil); err != nil {
			t.Fatal(err)
		}
		for len(h.breaches) > 0 {
			if err := h.countViolations(ctx, <-h.breaches); err != nil {
				t.Fatal(err)
			}
		}
	}
	told := func(what string, who pbx.UserID, want int) {
		t.Helper()
		page, err := h.Store.Notices(ctx, store.NoticeQuery{User: who})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Items) != want {
			t.Errorf("%s: %s has %d notices, want %d", what, who, len(page.Items), want)
		}
		for _, n := range page.Items {
			if n.Kind != "violations" || n.Says.Args["name"] != "Mark" || n.Says.Args["n"] != "5" || n.Page != "/compliance?met=refused&user="+string(mark) {
				t.Errorf("%s: %+v", what, n)
			}
		}
	}
	evening := time.Date(2026, 3, 2, 16, 30, 0, 0, time.UTC) // half an hour before midnight in Jakarta
	for i := range 4 {
		at := evening.Add(time.Duration(i) * time.Minute)
		refused(at, mark, "forbidden", "toll.refused.destination")
		refused(at, kai, "forbidden", "toll.refused.destination")
		refused(at, mark, "allowed", "toll.refused.budget")
	}
	told("after four", olga, 0)
	refused(evening.Add(time.Hour), mark, "forbidden", "toll.refused.destination")
	told("the fifth is on the next day", olga, 0)
	refused(evening.Add(10*time.Minute), mark, "allowed", "toll.refused.pin_wrong")
	told("after five", olga, 1)
	refused(evening.Add(11*time.Minute), mark, "hours", "toll.refused.hours")
	told("after six", olga, 1)

	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	h = built(t, data)
	refused(evening.Add(12*time.Minute), mark, "missing", "toll.refused.destination")
	told("after a restart", olga, 1)
	for i := range 4 {
		refused(evening.Add(2*time.Hour+time.Duration(i)*time.Minute), mark, "forbidden", "toll.refused.destination")
	}
	told("on the next day", olga, 2)
	told("nobody else", mark, 0)
	told("nobody else", kai, 0)
	page, err := h.Store.Facts(ctx, store.FactQuery{Sight: store.Scope{All: true}, Kinds: []event.Kind{event.RulesBroken}})
	if err != nil || len(page.Items) != 2 || page.Items[0].Object.ID != string(mark) {
		t.Errorf("%+v, %v", page.Items, err)
	}
}
