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
	Saved   int64    // what the calls that would be refused cost, by the prices that are known, in millionths of the currency
}

// Most is how many effects an outcome names one by one.
const Most = 200

// Replay asks two configurations about every call: the one that is in force, and a draft (N-2, TF-15).
func Replay(now, draft *pbx.Snapshot, calls iter.Seq[Call]) Outcome {
	out := Outcome{People: map[pbx.UserID]*Count{}}
	read := map[string]number.Number{} // the same numbers are called again and again
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
		turn := turnOf(before, after, c.Talk)
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
