package switchboard

import (
	"context"
	"sync"
	"time"

	"tandem/pbx"
	"tandem/toll"
)

// Till owns the ledger of the office: it asks it, has the answer written down, and only then applies it (N-11, TF-04). What cannot be written down is
// refused (BAR CR-02). Its methods may be called by many goroutines; each may take as long as the database.
type Till struct {
	mu      sync.Mutex
	ledger  toll.Ledger
	marks   map[toll.Account]int
	write   func(context.Context, toll.Line) error
	reached func(Reached)
}

// Reached says that a mark of a budget was reached. A till that was built anew may say it again.
type Reached struct {
	Draw  toll.Draw
	Mark  int // percent
	Spent int64
	Payer pbx.UserID
}

// writeTime is how long a till waits for the database; a call that asks goes on without waiting, and is refused then.
const writeTime = 4 * time.Second

// NewTill takes a ledger as it was read back. Write has to store a line whole or not at all; reached is told about marks, must not block, and may be nil.
func NewTill(l toll.Ledger, write func(context.Context, toll.Line) error, reached func(Reached)) *Till {
	return &Till{ledger: l, marks: map[toll.Account]int{}, write: write, reached: reached}
}

// Reserve asks for a slice of a leg's talk on all its budgets, all or none. It names the budget that has not enough left.
func (t *Till) Reserve(ctx context.Context, call pbx.CallID, leg pbx.LegID, payer pbx.UserID, draws []toll.Draw, price pbx.Price, from, until time.Duration) (lacks *toll.Draw, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	line, short := t.ledger.Reserve(call, leg, toll.Slice(draws, price, from, until))
	if short != nil {
		for i := range draws {
			if draws[i].Account == *short {
				t.look(draws[i:i+1], payer, true)
				return &draws[i], nil
			}
		}
	}
	if err := t.put(ctx, line); err != nil {
		return nil, err
	}
	t.look(draws, payer, false)
	return nil, nil
}

// Settle ends a leg: of what it holds it took so much.
func (t *Till) Settle(ctx context.Context, leg pbx.LegID, took func(toll.Account) (int64, bool)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	line, running := t.ledger.Settle(leg, took)
	if !running {
		return nil
	}
	return t.put(ctx, line)
}

func (t *Till) put(ctx context.Context, line toll.Line) error {
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	if err := t.write(ctx, line); err != nil {
		return err
	}
	t.ledger.Apply(line)
	return nil
}

// look tells which marks are reached; full says that a budget refused.
func (t *Till) look(draws []toll.Draw, payer pbx.UserID, full bool) {
	for _, d := range draws {
		spent := t.ledger.Spent(d.Account)
		mark := toll.Mark(d.Budget, spent, d.Limit)
		if full {
			mark = 100
		}
		if mark > t.marks[d.Account] {
			t.marks[d.Account] = mark
			if t.reached != nil {
				t.reached(Reached{d, mark, spent, payer})
			}
		}
	}
}

// Spent is what an account has spent, with what running calls hold.
func (t *Till) Spent(a toll.Account) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ledger.Spent(a)
}

// Running lists the legs that hold something.
func (t *Till) Running() []toll.Open {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ledger.Running()
}
