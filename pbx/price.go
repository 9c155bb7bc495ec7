package pbx

import "time"

// Price is what a destination costs, in millionths of the office's currency, and how it is counted.
type Price struct {
	Minute    int64         `json:"minute"`
	Setup     int64         `json:"setup,omitempty"`     // for every answered call
	Increment time.Duration `json:"increment,omitempty"` // counted in steps of this; 0 counts seconds
	Minimum   time.Duration `json:"minimum,omitempty"`   // at least so much is counted
}

// Cost is what a call of some length costs, a begun millionth whole.
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

// Charge says who pays for a leg that leads outside, and by which price.
type Charge struct {
	Payer    UserID  `json:"payer"`
	Token    TokenID `json:"token,omitempty"`  // with which a program began the call; its budgets pay too
	Priced   bool    `json:"priced,omitempty"` // there was a price; else nobody knows what it cost
	Deck     DeckID  `json:"deck,omitempty"`
	Prefix   string  `json:"prefix,omitempty"`
	Name     string  `json:"name,omitempty"` // of the destination, as the carrier calls it
	Price    Price   `json:"price,omitzero"`
	Currency string  `json:"currency,omitempty"` // of the office at the time
}
