package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"tandem/event"
	"tandem/pbx"
)

// Spent is what one account of a budget spent in one period; package toll's ledger counts with it.
type Spent struct {
	Budget pbx.BudgetID
	User   pbx.UserID // of budgets that everybody has for himself
	Window int64      // beginning of the period, in Unix seconds
	Amount int64      // millionths of the currency, or seconds
}

// Reserved is what a leg holds, or in the end took, of all accounts it draws on.
type Reserved struct {
	Call pbx.CallID
	Leg  pbx.LegID
	Held []Spent
	Ends bool
}

// Reserve writes what a leg holds, whole, or what it took when it is over. Writing the same again changes nothing: what a leg holds is no
// addition, and an end counts only while something is held (N-11, TF-13).
func (t *Tenant) Reserve(ctx context.Context, r Reserved) error {
	return t.db.change(ctx, "reserve", func(x tx) error {
		n, err := x.exec(ctx, `DELETE FROM reserved WHERE tenant = $1 AND leg = $2`, t.id, string(r.Leg))
		if err != nil || r.Ends && n == 0 {
			return err
		}
		for _, h := range r.Held {
			if r.Ends {
				_, err = x.exec(ctx, `INSERT INTO spent (tenant, budget, user_id, begins, amount, mark) VALUES ($1, $2, $3, $4, $5, 0)
					ON CONFLICT (tenant, budget, user_id, begins) DO UPDATE SET amount = spent.amount + excluded.amount`,
					t.id, string(h.Budget), string(h.User), h.Window, h.Amount)
			} else {
				_, err = x.exec(ctx, `INSERT INTO reserved (tenant, leg, call_id, budget, user_id, begins, amount) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
					t.id, string(r.Leg), string(r.Call), string(h.Budget), string(h.User), h.Window, h.Amount)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Ledger reads what was spent in periods that began since a moment, and what legs hold that were not settled.
func (t *Tenant) Ledger(ctx context.Context, since time.Time) (spent []Spent, held []Reserved, err error) {
	err = t.db.view(ctx, "read ledger", func(x tx) error {
		spent, held = nil, nil
		err := x.each(ctx, `SELECT budget, user_id, begins, amount FROM spent WHERE tenant = $1 AND begins >= $2`, []any{t.id, since.Unix()}, func(s *sql.Rows) error {
			var n Spent
			err := s.Scan(&n.Budget, &n.User, &n.Window, &n.Amount)
			spent = append(spent, n)
			return err
		})
		if err != nil {
			return err
		}
		return x.each(ctx, `SELECT leg, call_id, budget, user_id, begins, amount FROM reserved WHERE tenant = $1 ORDER BY leg, budget, user_id, begins`, []any{t.id}, func(s *sql.Rows) error {
			var leg pbx.LegID
			var call pbx.CallID
			var n Spent
			if err := s.Scan(&leg, &call, &n.Budget, &n.User, &n.Window, &n.Amount); err != nil {
				return err
			}
			if len(held) == 0 || held[len(held)-1].Leg != leg {
				held = append(held, Reserved{Call: call, Leg: leg})
			}
			last := &held[len(held)-1]
			last.Held = append(last.Held, n)
			return nil
		})
	})
	return spent, held, err
}

// Marked notes that a mark of a budget was reached, and writes the facts and what tells of it, once: when it was noted before, nothing is written.
func (t *Tenant) Marked(ctx context.Context, a Spent, mark int, facts []event.Fact, also ...Also) ([]event.Fact, error) {
	var stored []event.Fact
	err := t.db.change(ctx, "mark of a budget", func(x tx) error {
		stored = nil
		var before int64
		err := x.row(ctx, `SELECT mark FROM spent WHERE tenant = $1 AND budget = $2 AND user_id = $3 AND begins = $4`, t.id, string(a.Budget), string(a.User), a.Window).Scan(&before)
		if err != nil && !errors.Is(err, sql.ErrNoRows) || before >= int64(mark) {
			return err
		}
		_, err = x.exec(ctx, `INSERT INTO spent (tenant, budget, user_id, begins, amount, mark) VALUES ($1, $2, $3, $4, 0, $5)
			ON CONFLICT (tenant, budget, user_id, begins) DO UPDATE SET mark = excluded.mark`, t.id, string(a.Budget), string(a.User), a.Window, int64(mark))
		if err != nil {
			return err
		}
		for _, a := range also {
			if err := a.write(ctx, t, x); err != nil {
				return err
			}
		}
		stored, err = t.append(ctx, x, facts)
		return err
	})
	return stored, err
}

// DropSpent forgets what was spent in periods that began before a moment.
func (t *Tenant) DropSpent(ctx context.Context, before time.Time) error {
	return t.db.change(ctx, "forget what was spent", func(x tx) error {
		_, err := x.exec(ctx, `DELETE FROM spent WHERE tenant = $1 AND begins < $2`, t.id, before.Unix())
		return err
	})
}
