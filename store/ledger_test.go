package store_test

import (
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// What legs hold and what was spent comes back as it was written, however often the same is written (N-11, TF-13), and a mark is told once.
func TestLedger(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		db := open(t, address)
		x, ctx := claim(t, db), t.Context()
		day := int64(1_800_000_000)
		held := func(n int64) []store.Spent {
			return []store.Spent{{Budget: "bud_1", Window: day, Amount: n}, {Budget: "bud_2", User: "usr_bob", Window: day, Amount: 2 * n}}
		}
		write := func(r store.Reserved) {
			t.Helper()
			if err := x.Reserve(ctx, r); err != nil {
				t.Fatal(err)
			}
		}
		sums := func() (spent, reserved int64, legs int) {
			t.Helper()
			all, open, err := x.Ledger(ctx, time.Unix(day-1, 0))
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range all {
				spent += s.Amount
			}
			for _, r := range open {
				for _, h := range r.Held {
					reserved += h.Amount
				}
			}
			return spent, reserved, len(open)
		}
		expect := func(what string, spent, reserved int64, legs int) {
			t.Helper()
			if s, r, n := sums(); s != spent || r != reserved || n != legs {
				t.Errorf("%s: %d spent, %d reserved by %d legs; want %d, %d, %d", what, s, r, n, spent, reserved, legs)
			}
		}
		for range 2 {
			write(store.Reserved{Call: "cal_1", Leg: "leg_1", Held: held(100)})
			expect("reserved", 0, 300, 1)
		}
		write(store.Reserved{Call: "cal_1", Leg: "leg_1", Held: held(200)})
		write(store.Reserved{Call: "cal_2", Leg: "leg_2", Held: held(10)})
		expect("more", 0, 630, 2)
		for range 2 {
			write(store.Reserved{Call: "cal_1", Leg: "leg_1", Held: held(150), Ends: true})
			expect("settled", 450, 30, 1)
		}
		write(store.Reserved{Call: "cal_9", Leg: "leg_9", Held: held(150), Ends: true})
		expect("an end of what held nothing", 450, 30, 1)
		write(store.Reserved{Call: "cal_2", Leg: "leg_2", Held: held(5), Ends: true})
		expect("all settled", 465, 0, 0)

		account := store.Spent{Budget: "bud_1", Window: day}
		for i, want := range []int{1, 0, 0, 1} {
			mark := []int{80, 80, 50, 100}[i]
			stored, err := x.Marked(ctx, account, mark, []event.Fact{fact(event.BudgetReached, pbx.KindBudget, "bud_1")}, store.Mail{ID: "mai_" + string(rune('a'+i)), Kind: "budget", To: "a@x.example", State: store.MailKept, Created: time.Unix(day, 0)})
			if err != nil || len(stored) != want {
				t.Errorf("mark %d: %d facts, %v", mark, len(stored), err)
			}
		}
		expect("marks spend nothing", 465, 0, 0)
		if err := x.DropSpent(ctx, time.Unix(day+1, 0)); err != nil {
			t.Fatal(err)
		}
		expect("forgotten", 0, 0, 0)
	})
}
