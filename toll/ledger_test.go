package toll

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tandem/pbx"
)

const slice = time.Minute

// history is one random life of calls against three budgets, and of those that a program begins against that of its token too: they begin at the same time, go on slice by slice, end, and the house crashes in
// between. What was written down survives; what was only decided is lost.
func history(r *rand.Rand) error {
	limits := map[string]int64{"user": r.Int64N(500), "group": r.Int64N(1500), "office": r.Int64N(3000), "token": r.Int64N(400)}
	all := []string{"user", "group", "office", "token"}
	price := pbx.Price{Minute: r.Int64N(400), Setup: r.Int64N(10), Increment: time.Duration(r.IntN(61)) * time.Second, Minimum: time.Duration(r.IntN(31)) * time.Second}
	account := func(budget string) Account { return Account{Budget: pbx.BudgetID(budget), Window: 1} }
	type running struct {
		talked, paid time.Duration
		budgets      []string
	}
	var journal []Line
	ledger, calls := &Ledger{}, map[pbx.CallID]*running{}
	charged := map[string]int64{} // what the carrier bills, by budget
	sides := func(budgets []string, from, until time.Duration) (all []Side) {
		for _, b := range budgets {
			all = append(all, Side{Account: account(b), Limit: limits[b], Amount: price.Slice(from, until)})
		}
		return all
	}
	end := func(id pbx.CallID, c *running) {
		cost := price.Cost(c.talked)
		if line, ok := ledger.Settle(pbx.LegID(id), func(Account) (int64, bool) { return cost, true }); ok {
			journal = append(journal, line)
			ledger.Apply(line)
		}
		for _, b := range c.budgets {
			charged[b] += cost
		}
		delete(calls, id)
	}
	for step := range 30 {
		switch r.IntN(6) {
		case 0, 1: // a call begins
			id, budgets := pbx.CallID(fmt.Sprint("cal_", step)), all[:3+r.IntN(2)]
			if line, lacks := ledger.Reserve(id, pbx.LegID(id), sides(budgets, 0, slice)); lacks == nil {
				if r.IntN(10) == 0 {
					break // crash before it was written: the call never began
				}
				journal = append(journal, line)
				ledger.Apply(line)
				calls[id] = &running{paid: slice, budgets: budgets}
			}
		case 2, 3: // a call talks, and asks for more before its slice is over
			for id, c := range calls {
				c.talked = min(c.talked+time.Duration(r.IntN(90))*time.Second, c.paid)
				if c.talked < c.paid {
					break
				}
				line, lacks := ledger.Reserve(id, pbx.LegID(id), sides(c.budgets, c.paid, c.paid+slice))
				if lacks != nil {
					end(id, c)
					break
				}
				journal = append(journal, line)
				ledger.Apply(line)
				c.paid += slice
				break
			}
		case 4:
			for id, c := range calls {
				end(id, c)
				break
			}
		case 5: // kill -9: the ledger is made again of what was written; calls die, and nobody knows how long they talked
			before := ledger
			ledger = &Ledger{}
			for _, line := range journal {
				ledger.Apply(line)
			}
			for _, b := range all {
				if ledger.Spent(account(b)) != before.Spent(account(b)) {
					return fmt.Errorf("a crash changed %s from %d to %d", b, before.Spent(account(b)), ledger.Spent(account(b)))
				}
			}
			for id, c := range calls {
				for _, b := range c.budgets {
					charged[b] += price.Cost(c.talked)
				}
				if line, ok := ledger.Settle(pbx.LegID(id), func(Account) (int64, bool) { return 0, false }); ok {
					journal = append(journal, line)
					ledger.Apply(line)
				}
				delete(calls, id)
			}
		}
		for b, limit := range limits {
			if got := ledger.Spent(account(b)); got > limit || got < 0 {
				return fmt.Errorf("%s has spent %d of %d", b, got, limit)
			}
		}
	}
	for id, c := range calls {
		end(id, c)
	}
	for b, limit := range limits {
		if charged[b] > limit || charged[b] > ledger.Spent(account(b)) {
			return fmt.Errorf("%d was charged, %s says %d of %d", charged[b], b, ledger.Spent(account(b)), limit)
		}
	}
	if n := len(ledger.Running()); n != 0 {
		return fmt.Errorf("%d calls are still open", n)
	}
	return nil
}

// No budget is overspent, be it of people or of a token, whatever calls begin together, go on, end or are cut off by a crash (N-11, TF-04, TF-12, TF-13).
func TestNoBudgetIsOverspent(t *testing.T) {
	for seed := range uint64(100_000) {
		if err := history(rand.New(rand.NewPCG(seed, 1))); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// Of 200 calls that begin together against a budget for three, three begin (TF-04).
func TestTwoHundredStartsAgainstThree(t *testing.T) {
	ledger, price, begun := &Ledger{}, pbx.Price{Minute: 400}, 0
	for i := range 200 {
		line, lacks := ledger.Reserve("cal", pbx.LegID(fmt.Sprint(i)), []Side{{Account: Account{Budget: "user"}, Limit: 1200, Amount: price.Slice(0, slice)}})
		if lacks == nil {
			ledger.Apply(line)
			begun++
		}
	}
	if begun != 3 {
		t.Errorf("%d calls began", begun)
	}
}

func TestCost(t *testing.T) {
	for _, tt := range []struct {
		name  string
		price pbx.Price
		talk  time.Duration
		want  int64
	}{
		{"nothing for no answer", pbx.Price{Minute: 60, Setup: 5}, 0, 0},
		{"by the second", pbx.Price{Minute: 60}, 61 * time.Second, 61},
		{"by the minute", pbx.Price{Minute: 60, Increment: time.Minute}, 61 * time.Second, 120},
		{"at least half a minute", pbx.Price{Minute: 60, Minimum: 30 * time.Second}, time.Second, 30},
		{"a begun hundredth is whole", pbx.Price{Minute: 1}, time.Second, 1},
		{"with a fee for the answer", pbx.Price{Minute: 60, Setup: 7}, time.Minute, 67},
	} {
		if got := tt.price.Cost(tt.talk); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

// Windows begin by the clock of the office, over changes of the clock too, and a clock that is set back opens no new one: days, weeks and months (B-039, B-042, B-043,
// TF-14).
func TestWindow(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		period   pbx.Period
		at, want string
	}{
		{pbx.PeriodDay, "2026-11-23T22:59:59Z", "2026-11-22T23:00:00Z"}, {pbx.PeriodDay, "2026-11-23T23:00:00Z", "2026-11-23T23:00:00Z"},
		{pbx.PeriodDay, "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z"}, {pbx.PeriodDay, "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z"},
		{pbx.PeriodWeek, "2026-11-29T12:00:00Z", "2026-11-22T23:00:00Z"}, {pbx.PeriodWeek, "2026-11-23T12:00:00Z", "2026-11-22T23:00:00Z"},
		{pbx.PeriodMonth, "2026-04-30T21:59:59Z", "2026-03-31T22:00:00Z"},
	} {
		at, err := time.Parse(time.RFC3339, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := Window(tt.period, at, berlin).UTC().Format(time.RFC3339); got != tt.want {
			t.Errorf("%s of %s begins %s, want %s", tt.period, tt.at, got, tt.want)
		}
	}
}
