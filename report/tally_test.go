package report

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/pbx"
)

func TestTally(t *testing.T) {
	paid := func(currency string, minute int64) *CDR {
		c := &CDR{Started: noon, Answered: noon, Ended: after(60)}
		c.Legs = []Leg{{Answered: noon, Ended: after(60), Charge: &pbx.Charge{Payer: "usr_a", Currency: currency, Priced: minute > 0}}}
		c.Legs[0].Charge.Price.Minute = minute
		return c
	}
	var sum Tally
	sum.Add(&CDR{Started: noon, Ended: after(20)}, false) // nobody answered
	sum.Add(paid("EUR", 1_000_000), true)
	sum.Add(paid("EUR", 1_000_000), true)
	sum.Add(paid("PLN", 2_000_000), true)
	sum.Add(paid("EUR", 9_000_000), false) // whose costs are hidden
	sum.Add(paid("EUR", 0), true)
	price := func(c *CDR) int64 { n, _, _ := c.Cost(); return n }
	want := Tally{Calls: 6, Answered: 5, Talk: 5 * time.Minute, Unpriced: 1,
		Spent: map[string]int64{"EUR": 2 * price(paid("EUR", 1_000_000)), "PLN": price(paid("PLN", 2_000_000))}}
	if diff := cmp.Diff(want, sum); diff != "" || want.Spent["EUR"] == 0 {
		t.Error(diff)
	}
}
