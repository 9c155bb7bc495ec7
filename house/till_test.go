package house

import (
	"strings"
	"testing"
	"time"

	"tandem/command"
	"tandem/event"
	"tandem/pbx"
	"tandem/report"
	"tandem/store"
	"tandem/toll"
)

// The house tells each mark of a budget once, by a fact and by mails to whose it is and who decides about it; after a crash what was spent is what it was:
// a call with a record is settled by it, one that was cut off keeps its reservation (B-044, B-066, TF-13).
func TestTillOverACrash(t *testing.T) {
	ctx, data := t.Context(), t.TempDir()
	h, must := claimed(t, data)
	mark := pbx.UserID(must(command.CreateUser{Person: command.Person{Name: "Mark", Email: "mark@example.com"}}).ID)
	name, euro, limit, measure, on := "Each day", "EUR", int64(500), pbx.MeasureMoney, pbx.Ref{Kind: pbx.KindUser, ID: string(mark)}
	must(command.ImportDeck{Deck: command.Deck{Name: &name, Currency: &euro}, Rows: []command.DeckRow{{Rate: pbx.Rate{Prefix: "48", Minute: 2_000_000}}}})
	id := pbx.BudgetID(must(command.CreateBudget{Budget: command.Budget{Name: &name, On: &on, Limit: &limit, Measure: &measure}}).ID)

	s, now, price := h.snapshot(), time.Now().UTC().Truncate(time.Millisecond), pbx.Price{Minute: 2_000_000}
	b := s.Budgets[id]
	account := toll.AccountOf(s, b, mark, now)
	draws := []toll.Draw{{Budget: b, Account: account, Limit: toll.Limit(b, mark, now)}}
	reserve := func(leg pbx.LegID, call pbx.CallID) bool {
		t.Helper()
		lacks, err := h.till.Reserve(ctx, call, leg, mark, draws, price, 0, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		return lacks == nil
	}
	tell := func() {
		for len(h.marks) > 0 {
			if err := h.tellMark(ctx, <-h.marks); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !reserve("leg_1", "cal_1") || !reserve("leg_2", "cal_2") || reserve("leg_3", "cal_3") {
		t.Fatal("two calls fit into the budget, a third does not")
	}
	tell()
	mails := func() (to []string) {
		t.Helper()
		list, err := h.Store.Mails(ctx, "", 50)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			if m.Kind == "budget" {
				to = append(to, m.To)
				if !strings.Contains(m.Text, "Each day") || !strings.Contains(m.Text, "5.00 EUR") {
					t.Error(m.Text)
				}
			}
		}
		return to
	}
	if got := mails(); len(got) != 4 { // 80 and 100 percent, to Mark and to Olga
		t.Errorf("mails to %v", got)
	}
	facts, err := h.Store.Facts(ctx, store.FactQuery{Sight: store.Scope{All: true}, Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	reached := 0
	for _, f := range facts.Items {
		if f.Kind == event.BudgetReached {
			reached++
		}
	}
	if reached != 2 {
		t.Errorf("%d facts", reached)
	}

	// The first call ended and has its record; the second was cut off.
	leg := report.Leg{ID: "leg_1", Out: true, Started: now, Answered: now, Ended: now.Add(30 * time.Second), Charge: &pbx.Charge{Payer: mark, Priced: true, Price: price}}
	if _, err := h.Store.Append(ctx, []report.CDR{{ID: "cal_1", Started: now, Answered: now, Ended: now.Add(30 * time.Second), Cause: pbx.CauseHangup, Legs: []report.Leg{leg}}}, nil); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	h = built(t, data)
	defer h.Close()
	if got := h.till.Spent(account); got != 3_000_000 || len(h.till.Running()) != 0 {
		t.Errorf("after the crash %d are spent, %v are open; want half a minute and a whole one", got, h.till.Running())
	}
	if !reserve("leg_4", "cal_4") || reserve("leg_5", "cal_5") {
		t.Error("what came back fits one call more")
	}
	tell()
	if got := mails(); len(got) != 4 {
		t.Errorf("a mark was told again after the crash: %v", got)
	}
}
