package pbx

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Deck is the price list of a carrier: what numbers cost that begin with some digits (B-042, N-11). Its prices stay as they are for good, so that it can
// always be told what a call cost and why; new prices are a new deck with a beginning of its own.
type Deck struct {
	ID       DeckID    `json:"id"`
	Name     string    `json:"name"`
	Trunk    TrunkID   `json:"trunk,omitempty"`    // whose prices they are; empty: of all trunks that have none of their own
	Currency string    `json:"currency"`           // ISO 4217
	Exchange int64     `json:"exchange,omitempty"` // millionths of the office's currency for one of the deck's; 0 where they are the same
	From     time.Time `json:"from"`
	Until    time.Time `json:"until,omitzero"`
	Over     bool      `json:"over,omitempty"` // it lies over the decks before it, which price what it does not name
	Lines    int       `json:"lines"`
	Sum      string    `json:"sum"` // SHA-256 of the prices, so that the log tells decks apart without holding them
	Rates    *Rates    `json:"-"`
	Created  time.Time `json:"created"`
}

// Rate is what numbers cost that begin with Prefix, in millionths of the deck's currency.
type Rate struct {
	Prefix    string // of E.164 numbers, without "+"
	Name      string // what the carrier calls the destination
	Minute    int64
	Setup     int64 // for every answered call
	Increment int   // seconds, in whose steps talk is counted; 0 is 1
	Minimum   int   // seconds that are counted at least
}

// The most that a deck can hold, and an office of them.
const (
	MaxDecks     = 100
	MaxRates     = 200_000
	MaxRateMoney = 1_000_000_000 // a thousand a minute is a slip of the pen
	// Micros is one unit of a currency.
	Micros = 1_000_000
)

// Rates are the prices of a deck, ready to be found by the longest prefix.
type Rates struct {
	list  []Rate // in order of prefix
	nodes []rateNode
}

type rateNode struct {
	next [10]int32 // by digit; 0 leads nowhere, because the root is no one's next
	rate int32     // place in the list, and 1; 0: no prefix ends here
}

// NewRates sorts prices; a prefix that stands twice keeps the last price.
func NewRates(list []Rate) *Rates {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Rate) int { return strings.Compare(a.Prefix, b.Prefix) })
	r := &Rates{list: list, nodes: make([]rateNode, 1, 1+2*len(list))}
	for i := range list {
		at := int32(0)
		for _, d := range []byte(list[i].Prefix) {
			if d < '0' || d > '9' {
				break
			}
			next := r.nodes[at].next[d-'0']
			if next == 0 {
				next = int32(len(r.nodes))
				r.nodes = append(r.nodes, rateNode{})
				r.nodes[at].next[d-'0'] = next
			}
			at = next
		}
		r.nodes[at].rate = int32(i + 1)
	}
	return r
}

// All lists the prices in order of prefix.
func (r *Rates) All() []Rate {
	if r == nil {
		return nil
	}
	return r.list
}

// Equal reports whether two lists hold the same prices.
func (r *Rates) Equal(o *Rates) bool { return slices.Equal(r.All(), o.All()) }

// Find is the price of a number, by the longest prefix; nil where none fits.
func (r *Rates) Find(number string) *Rate {
	if r == nil {
		return nil
	}
	var found *Rate
	at := int32(0)
	for i := 0; ; i++ {
		n := &r.nodes[at]
		if n.rate > 0 {
			found = &r.list[n.rate-1]
		}
		if i == len(number) || number[i] < '0' || number[i] > '9' {
			return found
		}
		if at = n.next[number[i]-'0']; at == 0 {
			return found
		}
	}
}

// IsIn reports whether the deck is in force at a moment.
func (d *Deck) IsIn(at time.Time) bool { return Interval{From: d.From, Until: d.Until}.Contains(at) }

// DecksOf lists the decks of a trunk, or with no trunk those of all others, newest beginning first.
func (s *Snapshot) DecksOf(t TrunkID) []*Deck { return s.index.decks[t] }

func (s *Snapshot) checkDeck(d *Deck) error {
	switch {
	case d.Trunk != "" && s.Trunks[d.Trunk] == nil:
		return Refuse(Invalid, "trunk", "trunk.unknown")
	case d.From.IsZero():
		return Refuse(Invalid, "from", "deck.from_missing")
	case !d.Until.IsZero() && !d.Until.After(d.From):
		return Refuse(Invalid, "until", "deck.until_before")
	case d.Exchange < 0 || d.Exchange > 1_000_000*Micros:
		return Refuse(Invalid, "exchange", "deck.exchange_range")
	case d.Lines > MaxRates:
		return Refuse(Exhausted, "", "deck.too_many", "max", strconv.Itoa(MaxRates))
	case len(s.Decks) > MaxDecks:
		return Refuse(Exhausted, "", "deck.too_many_decks", "max", strconv.Itoa(MaxDecks))
	}
	return first(CheckName("name", d.Name), CheckCurrency("currency", d.Currency))
}

// CheckCurrency takes three capital letters (ISO 4217).
func CheckCurrency(field, c string) error {
	if len(c) != 3 || strings.Trim(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return Refuse(Invalid, field, "billing.currency_unknown", "currency", c)
	}
	return nil
}

// indexDecks sorts the decks by trunk, newest beginning first; of two that begin together the one that came later.
func (s *Snapshot) indexDecks() {
	s.index.decks = nil
	for _, d := range s.Decks {
		if s.index.decks == nil {
			s.index.decks = map[TrunkID][]*Deck{}
		}
		s.index.decks[d.Trunk] = append(s.index.decks[d.Trunk], d)
	}
	for _, list := range s.index.decks {
		slices.SortFunc(list, func(a, b *Deck) int {
			if c := b.From.Compare(a.From); c != 0 {
				return c
			}
			return strings.Compare(string(b.ID), string(a.ID))
		})
	}
}

func (s *Snapshot) mendDecks(t *touch) {
	for _, r := range t.rows {
		_, old := r.old.(*Deck)
		_, now := r.new.(*Deck)
		if old || now {
			s.indexDecks()
			return
		}
	}
}
