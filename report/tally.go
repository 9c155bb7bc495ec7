package report

import (
	"time"
)

// Tally is what many calls come to.
type Tally struct {
	Calls    int
	Answered int
	Talk     time.Duration    // from the answer to the end
	Spent    map[string]int64 // by currency; nil while nothing was paid
	Unpriced int              // calls that somebody pays for and whose price is not known
}

// Add counts a call; paid says whether its costs count too.
func (t *Tally) Add(c *CDR, paid bool) {
	t.Calls++
	if !c.Missed() {
		t.Answered++
		t.Talk += c.Talk()
	}
	if !paid {
		return
	}
	amount, currency, known := c.Cost()
	switch {
	case !known:
		t.Unpriced++
	case amount != 0:
		if t.Spent == nil {
			t.Spent = map[string]int64{}
		}
		t.Spent[currency] += amount
	}
}
