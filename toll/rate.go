package toll

import (
	"math/bits"
	"strings"
	"time"

	"tandem/number"
	"tandem/pbx"
)

// Quote is what a call costs over one trunk, and by which line of which price list. Its zero value is: nobody knows.
type Quote struct {
	OK    bool
	Trunk pbx.TrunkID
	Deck  *pbx.Deck // nil for what is free without a price list
	Rate  *pbx.Rate
	Price pbx.Price // in the office's currency
}

// Charge is what the record of a call keeps of a quote.
func (q *Quote) Charge(payer pbx.UserID, token pbx.TokenID, currency string) *pbx.Charge {
	c := &pbx.Charge{Payer: payer, Token: token, Priced: q.OK, Price: q.Price, Currency: currency}
	if q.Deck != nil {
		c.Deck, c.Prefix, c.Name = q.Deck.ID, q.Rate.Prefix, q.Rate.Name
	}
	return c
}

// PriceOn is what a number costs over a trunk at a moment (B-042): the newest price list of the trunk that is in force says it, by the longest prefix;
// one that lies over others leaves to them what it does not name. A trunk without a list has the prices that are everybody's.
func PriceOn(s *pbx.Snapshot, trunk pbx.TrunkID, to *number.Number, at time.Time) Quote {
	q := Quote{Trunk: trunk}
	digits := strings.TrimPrefix(string(to.E164), "+")
	if digits != "" {
		for _, list := range [...][]*pbx.Deck{s.DecksOf(trunk), s.DecksOf("")} {
			for _, d := range list {
				if !d.IsIn(at) {
					continue
				}
				if q.Rate = d.Rates.Find(digits); q.Rate != nil {
					q.OK, q.Deck, q.Price = true, d, price(q.Rate, d.Exchange)
					return q
				}
				if !d.Over {
					q.OK = to.Class == number.TollFree
					return q
				}
			}
		}
	}
	q.OK = to.Class == number.TollFree
	return q
}

// Dearest is the highest price among all trunks that are on: what a call costs at most, before it is known which line carries it. While none is on it is
// what everybody's price lists say.
func Dearest(s *pbx.Snapshot, to *number.Number, at time.Time) Quote {
	best, on := Quote{OK: to.Class == number.TollFree}, false
	for id, t := range s.Trunks {
		if t.Off {
			continue
		}
		on = true
		q := PriceOn(s, id, to, at)
		if q.OK && (!best.OK || dearer(&q, &best)) {
			best = q
		}
	}
	if !on {
		return PriceOn(s, "", to, at)
	}
	return best
}

// dearer orders quotes by a minute, then the answer, then the name of the trunk, so that the order in which they are looked at does not count.
func dearer(a, b *Quote) bool {
	if a.Price.Minute != b.Price.Minute {
		return a.Price.Minute > b.Price.Minute
	}
	if a.Price.Setup != b.Price.Setup {
		return a.Price.Setup > b.Price.Setup
	}
	return b.Trunk == "" || a.Trunk < b.Trunk
}

func price(r *pbx.Rate, exchange int64) pbx.Price {
	return pbx.Price{Minute: exchanged(r.Minute, exchange), Setup: exchanged(r.Setup, exchange),
		Increment: time.Duration(r.Increment) * time.Second, Minimum: time.Duration(r.Minimum) * time.Second}
}

// most is a price above which none is told: the arithmetic of calls stays whole.
const most = 10_000_000_000_000

// exchanged is an amount in the office's currency, a begun millionth whole.
func exchanged(n, rate int64) int64 {
	if rate == 0 || n <= 0 {
		return max(n, 0)
	}
	hi, lo := bits.Mul64(uint64(n), uint64(rate))
	lo, carry := bits.Add64(lo, pbx.Micros-1, 0)
	if hi += carry; hi >= pbx.Micros {
		return most
	}
	q, _ := bits.Div64(hi, lo, pbx.Micros)
	return int64(min(q, most))
}
