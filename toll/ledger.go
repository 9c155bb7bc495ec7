package toll

import (
	"time"

	"tandem/pbx"
)

// Period is how long a budget lasts before it begins anew (B-039, B-042, B-043).
type Period string

// The periods, by the calendar of the office; a week begins on Monday.
const (
	Day   Period = "day"
	Week  Period = "week"
	Month Period = "month"
)

// Window is the beginning of the period that a moment lies in. A clock that is set back leads into a window that was there before, with all
// that was spent in it: no budget begins anew that way (TF-14).
func Window(p Period, at time.Time, zone *time.Location) time.Time {
	y, m, d := at.In(zone).Date()
	switch p {
	case Month:
		d = 1
	case Week:
		d -= (int(at.In(zone).Weekday()) + 6) % 7
	}
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// Account is what one budget may spend in one window: of money in hundredths, or of seconds.
type Account struct {
	Budget string     // whose limit it is
	User   pbx.UserID // of budgets that everybody of a group has for himself
	Window int64      // beginning, in Unix seconds
}

// Side is an account that a call draws on, with its limit at this moment.
type Side struct {
	Account Account
	Limit   int64
	Amount  int64 // of the slice: money, or seconds
}

// Line is one entry of the journal that a ledger is made of. What is not written down has not happened.
type Line struct {
	Call  pbx.CallID
	Sides []Side // of a slice that is reserved; Limit is not kept
	Ends  bool   // the call is over: Sides say what it really took, and the rest goes back
}

// Ledger knows what is spent and what running calls have reserved (N-11, TF-04). It has one owner, who asks, writes the answer down, and only
// then applies it: after a crash the lines make the same ledger again. The zero value is empty.
type Ledger struct {
	spent map[Account]int64 // settled, and reserved by running calls
	open  map[pbx.CallID]map[Account]int64
}

// Reserve asks for the next slice of a call on all accounts it draws on, all or none. It changes nothing. The refusal names the account that
// has not enough left.
func (l *Ledger) Reserve(call pbx.CallID, sides []Side) (Line, *Account) {
	for i := range sides {
		s := &sides[i]
		if s.Amount < 0 || s.Amount > s.Limit-l.spent[s.Account] {
			return Line{}, &s.Account
		}
	}
	return Line{Call: call, Sides: sides}, nil
}

// Settle ends a call: of what it reserved it took so much on each account, which cannot be more than it reserved; an account that is not
// named keeps everything. It changes nothing.
func (l *Ledger) Settle(call pbx.CallID, took map[Account]int64) (Line, bool) {
	held, running := l.open[call]
	if !running {
		return Line{}, false
	}
	line := Line{Call: call, Ends: true}
	for a, n := range held {
		if used, ok := took[a]; ok {
			n = max(0, min(n, used))
		}
		line.Sides = append(line.Sides, Side{Account: a, Amount: n})
	}
	return line, true
}

// Apply takes a line that is written down into account.
func (l *Ledger) Apply(line Line) {
	if l.spent == nil {
		l.spent, l.open = map[Account]int64{}, map[pbx.CallID]map[Account]int64{}
	}
	held := l.open[line.Call]
	if line.Ends {
		for _, s := range line.Sides {
			l.spent[s.Account] += s.Amount - held[s.Account]
		}
		delete(l.open, line.Call)
		return
	}
	if held == nil {
		held = map[Account]int64{}
		l.open[line.Call] = held
	}
	for _, s := range line.Sides {
		l.spent[s.Account] += s.Amount
		held[s.Account] += s.Amount
	}
}

// Spent is what an account has spent, with what running calls reserved.
func (l *Ledger) Spent(a Account) int64 { return l.spent[a] }

// Running lists the calls that were not settled. After a crash whoever closes them settles them with what their records say; without a
// record the whole reservation stays spent, so that nothing is won by crashing (TF-13).
func (l *Ledger) Running() []pbx.CallID {
	all := make([]pbx.CallID, 0, len(l.open))
	for id := range l.open {
		all = append(all, id)
	}
	return all
}

// Price is what a destination costs, in hundredths of the currency for a minute, and how it is counted.
type Price struct {
	Minute    int64
	Setup     int64         // for every answered call
	Increment time.Duration // counted in steps of this; 0 counts seconds
	Minimum   time.Duration // at least so much is counted
}

// Cost is what a call of some length costs, a begun hundredth whole.
func (p Price) Cost(talk time.Duration) int64 {
	if talk <= 0 {
		return 0
	}
	step := max(p.Increment, time.Second)
	talk = max(talk, p.Minimum)
	counted := (talk + step - 1) / step * step
	return p.Setup + (p.Minute*int64(counted/time.Second)+59)/60
}

// Slice is what has to be reserved so that a call that may last as far as from may go on until until.
func (p Price) Slice(from, until time.Duration) int64 { return p.Cost(until) - p.Cost(from) }
