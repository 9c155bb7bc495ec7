// Package whatif replays recorded calls against a draft and says what would change.
//
// It decides nothing itself: the decisions are those that carry calls, asked of two configurations.
package whatif

import (
	"iter"
	"strconv"
	"time"

	"tandem/number"
	"tandem/pbx"
	"tandem/toll"
)

// Call is one call that was made, as far as the decision needs it.
type Call struct {
	ID      pbx.CallID
	Payer   pbx.UserID
	Dialled string
	At      time.Time
	Talk    time.Duration
}

// Turn says what becomes of a call.
type Turn string

// The turns. Calls that stay as they are have none.
const (
	Closed  Turn = "closed"  // it was allowed and would be refused
	Opened  Turn = "opened"  // it was refused and would be allowed
	Shorter Turn = "shorter" // it would end before it did
)

// Effect is one call that would go otherwise.
type Effect struct {
	Call
	To            number.Number
	Turn          Turn
	Before, After toll.Verdict
}

// Minutes is how long a call could last that would end sooner.
func (e *Effect) Minutes() string { return strconv.Itoa(int(e.After.Most / time.Minute)) }

// Count is how many calls of one person turn which way.
type Count struct{ Closed, Opened, Shorter int }

// Outcome is what a draft would have done to recorded calls.
type Outcome struct {
	Calls   int // that were looked at
	Outside int // of them: to numbers outside
	Count
	People  map[pbx.UserID]*Count
	Effects []Effect // the first of them, in the order of the calls
	Cost    int64    // what all of them cost, by the prices that are known, in millionths of the currency …
	Would   int64    // … and would have cost
	Unknown int      // calls that nobody would know the price of
	Saved   int64    // what the calls that would be refused cost, by the prices that are known, in millionths of the currency
}

// Most is how many effects an outcome names one by one.
const Most = 200

// Replay asks two configurations about every call: the one that is in force, and a draft (N-2, TF-15).
func Replay(now, draft *pbx.Snapshot, calls iter.Seq[Call]) Outcome {
	out := Outcome{People: map[pbx.UserID]*Count{}}
	read := map[string]number.Number{} // the same numbers are called again and again
	purse := purse{}
	for c := range calls {
		out.Calls++
		to, known := read[c.Dialled]
		if !known {
			to = number.Read(now.Tenant.Country, c.Dialled)
			read[c.Dialled] = to
		}
		if !to.Class.IsOutside() {
			continue
		}
		if _, ours := now.Reached(to.Digits); ours {
			continue
		}
		out.Outside++
		q := toll.Question{Payer: c.Payer, To: to, At: c.At}
		before, after := toll.Decide(now, q), toll.Decide(draft, q)
		if c.Talk > 0 && before.OK && before.Quote.OK {
			out.Cost += before.Quote.Price.Cost(c.Talk)
		}
		purse.spend(draft, q, &after, c.Talk)
		turn := turnOf(before, after, c.Talk)
		switch talk := c.Talk; {
		case talk <= 0 || !after.OK:
		case !after.Quote.OK:
			out.Unknown++
		default:
			if after.Most > 0 {
				talk = min(talk, after.Most)
			}
			out.Would += after.Quote.Price.Cost(talk)
		}
		if turn == "" {
			continue
		}
		person := out.People[c.Payer]
		if person == nil {
			person = &Count{}
			out.People[c.Payer] = person
		}
		for _, n := range []*Count{&out.Count, person} {
			switch turn {
			case Closed:
				n.Closed++
			case Opened:
				n.Opened++
			case Shorter:
				n.Shorter++
			}
		}
		if turn == Closed && before.Quote.OK {
			out.Saved += before.Quote.Price.Cost(c.Talk)
		}
		if len(out.Effects) < Most {
			out.Effects = append(out.Effects, Effect{c, to, turn, before, after})
		}
	}
	return out
}

// Spent is the code of a call that a budget of the draft would not have paid.
const Spent toll.Code = "budget"

// purse is what the budgets of a draft would have spent so far. It has to see the calls in the order in which they were made.
type purse map[toll.Account]int64

// spend takes a call out of the budgets of a draft: what they would not have paid ends sooner, or does not begin.
func (p purse) spend(draft *pbx.Snapshot, q toll.Question, v *toll.Verdict, talk time.Duration) {
	if len(draft.Budgets) == 0 || !v.OK {
		return
	}
	draws := toll.Draws(draft, q.Payer, &q.To, q.At)
	if len(draws) == 0 {
		return
	}
	if v.Most > 0 {
		talk = min(talk, v.Most)
	}
	sides := toll.Slice(draws, v.Quote.Price, 0, max(talk, time.Minute)) // a call that has not its first minute does not begin
	if !p.fits(sides) {
		paid := time.Duration(0)
		for p.fits(toll.Slice(draws, v.Quote.Price, 0, paid+time.Minute)) {
			paid += time.Minute
		}
		if paid == 0 {
			v.OK, v.Code = false, Spent
			return
		}
		talk, v.Most = paid, paid
	}
	if talk != max(talk, time.Minute) || v.Most == talk {
		sides = toll.Slice(draws, v.Quote.Price, 0, talk)
	}
	for _, s := range sides {
		p[s.Account] += s.Amount
	}
}

func (p purse) fits(sides []toll.Side) bool {
	for _, s := range sides {
		if !s.Open && s.Amount > s.Limit-p[s.Account] {
			return false
		}
	}
	return true
}

func turnOf(before, after toll.Verdict, talk time.Duration) Turn {
	switch {
	case before.OK && !after.OK:
		return Closed
	case !before.OK && after.OK:
		return Opened
	case after.OK && after.Most > 0 && talk > after.Most && (before.Most == 0 || before.Most > after.Most):
		return Shorter
	}
	return ""
}
