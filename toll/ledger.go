package toll

import (
	"slices"
	"time"

	"tandem/pbx"
)

// Window is the beginning of the period that a moment lies in (B-039, B-042, B-043). A clock that is set back leads into a window that was there
// before, with all that was spent in it: no budget begins anew that way (TF-14).
func Window(p pbx.Period, at time.Time, zone *time.Location) time.Time {
	y, m, d := at.In(zone).Date()
	switch p {
	case pbx.PeriodMonth:
		d = 1
	case pbx.PeriodWeek:
		d -= (int(at.In(zone).Weekday()) + 6) % 7
	}
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// Next is the beginning of the period after the one that began at a moment.
func Next(p pbx.Period, begun time.Time) time.Time {
	switch p {
	case pbx.PeriodMonth:
		return begun.AddDate(0, 1, 0)
	case pbx.PeriodWeek:
		return begun.AddDate(0, 0, 7)
	}
	return begun.AddDate(0, 0, 1)
}

// Account is what one budget may spend in one window: of money in millionths of the office's currency, or of seconds.
type Account struct {
	Budget pbx.BudgetID // whose limit it is
	User   pbx.UserID   // of budgets that everybody has for himself
	Window int64        // beginning, in Unix seconds
}

// Side is an account that a call draws on, with its limit at this moment.
type Side struct {
	Account Account
	Limit   int64
	Open    bool  // it is only told when the limit is passed; nothing is refused
	Amount  int64 // of the slice: money, or seconds
}

// Lacks reports whether there is not enough left when so much is spent.
func (s *Side) Lacks(spent int64) bool { return !s.Open && s.Amount > s.Limit-spent }

// Held is what a leg of a call holds of one account, or with the end of the leg what it took of it.
type Held struct {
	Account Account
	Amount  int64
}

// Line is one entry of the journal that a ledger is made of. What is not written down has not happened. It tells all that a leg holds, not what it
// holds more than before, so that a line that is written twice counts once.
type Line struct {
	Call pbx.CallID
	Leg  pbx.LegID // which draws on the accounts
	Held []Held
	Ends bool // the leg is over: Held says what it really took, and the rest goes back
}

// Ledger knows what is spent and what running calls have reserved (N-11, TF-04). It has one owner, who asks, writes the answer down, and only
// then applies it: after a crash the lines make the same ledger again. The zero value is empty.
type Ledger struct {
	spent map[Account]int64 // settled, and reserved by running calls
	open  map[pbx.LegID]*draft
}

// draft is what a running leg holds.
type draft struct {
	call pbx.CallID
	held []Held
}

// Reserve asks for the next slice of a leg on all accounts it draws on, all or none. It changes nothing. The refusal names the account that
// has not enough left.
func (l *Ledger) Reserve(call pbx.CallID, leg pbx.LegID, sides []Side) (Line, *Account) {
	line := Line{Call: call, Leg: leg}
	if d := l.open[leg]; d != nil {
		line.Held = slices.Clone(d.held)
	}
	for i := range sides {
		s := &sides[i]
		if s.Amount < 0 || s.Lacks(l.spent[s.Account]) {
			return Line{}, &s.Account
		}
		if j := slices.IndexFunc(line.Held, func(h Held) bool { return h.Account == s.Account }); j >= 0 {
			line.Held[j].Amount += s.Amount
		} else {
			line.Held = append(line.Held, Held{s.Account, s.Amount})
		}
	}
	return line, nil
}

// Settle ends a leg: of what it reserved it took so much on each account, which cannot be more than it reserved; an account that took does not
// know keeps everything. It changes nothing.
func (l *Ledger) Settle(leg pbx.LegID, took func(Account) (int64, bool)) (Line, bool) {
	d := l.open[leg]
	if d == nil {
		return Line{}, false
	}
	line := Line{Call: d.call, Leg: leg, Ends: true}
	for _, h := range d.held {
		if used, ok := took(h.Account); ok {
			h.Amount = max(0, min(h.Amount, used))
		}
		line.Held = append(line.Held, h)
	}
	return line, true
}

// Apply takes a line that is written down into account.
func (l *Ledger) Apply(line Line) {
	if l.spent == nil {
		l.spent, l.open = map[Account]int64{}, map[pbx.LegID]*draft{}
	}
	if d := l.open[line.Leg]; d != nil {
		for _, h := range d.held {
			l.spent[h.Account] -= h.Amount
		}
	} else if line.Ends {
		return
	}
	for _, h := range line.Held {
		l.spent[h.Account] += h.Amount
	}
	if line.Ends {
		delete(l.open, line.Leg)
		return
	}
	l.open[line.Leg] = &draft{line.Call, line.Held}
}

// Begin puts in what was spent on an account by legs that are over; a ledger that is read back begins with it.
func (l *Ledger) Begin(a Account, spent int64) {
	if l.spent == nil {
		l.spent, l.open = map[Account]int64{}, map[pbx.LegID]*draft{}
	}
	l.spent[a] += spent
}

// Spent is what an account has spent, with what running calls reserved.
func (l *Ledger) Spent(a Account) int64 { return l.spent[a] }

// Open is a leg that was not settled, and its call.
type Open struct {
	Call pbx.CallID
	Leg  pbx.LegID
}

// Running lists the legs that were not settled. After a crash whoever closes them settles them with what their records say; without a
// record the whole reservation stays spent, so that nothing is won by crashing (TF-13).
func (l *Ledger) Running() []Open {
	all := make([]Open, 0, len(l.open))
	for leg, d := range l.open {
		all = append(all, Open{d.call, leg})
	}
	return all
}
