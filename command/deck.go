package command

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"tandem/pbx"
	"tandem/policy"
)

// Deck is what is typed about a price list beside its prices; nil fields of a change stay.
type Deck struct {
	Name     *string
	Trunk    *pbx.TrunkID
	From     *time.Time
	Until    *time.Time // the zero moment: without end
	Over     *bool
	Currency *string
	Exchange *int64
}

func deckNeed() []Need { return []Need{{policy.RateEdit, policy.System()}} }

// ImportDeck adds a price list, whole or not at all (B-042, N-24). The prices that are in force already are not added again.
type ImportDeck struct {
	Deck
	Rows []DeckRow
}

// Need asks for rate.edit over the house.
func (ImportDeck) Need(*pbx.Snapshot, pbx.Actor) []Need { return deckNeed() }

// Change makes the deck.
func (c ImportDeck) Change(w *Work) (pbx.Change, error) {
	rates := make([]pbx.Rate, 0, len(c.Rows))
	for i := range c.Rows {
		if c.Rows[i].Problem != nil {
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, "", "import.problems")
		}
		rates = append(rates, c.Rows[i].Rate)
	}
	list := pbx.NewRates(rates)
	d := pbx.Deck{ID: pbx.DeckID(w.ID("dck")), Created: w.Now, From: w.Now, Rates: list, Lines: len(list.All()), Sum: sumOf(list.All()), Currency: w.Snapshot.Tenant.Currency}
	change, err := c.write(w, &d)
	if err != nil {
		return pbx.Change{}, err
	}
	if same := Before(w.Snapshot, d.Trunk, d.From); same != nil && same.Sum == d.Sum && same.Currency == d.Currency && same.Exchange == d.Exchange && same.Over == d.Over {
		w.object = same.Ref()
		return pbx.Change{}, nil
	}
	if w.Snapshot.Tenant.Currency == "" { // the first price list says in what the office counts
		t := w.Snapshot.Tenant
		t.Currency = d.Currency
		change.Put = append(change.Put, &t)
	}
	return change, nil
}

// Before is the deck of a trunk that a deck with this beginning would follow; nil without one.
func Before(s *pbx.Snapshot, trunk pbx.TrunkID, at time.Time) *pbx.Deck {
	for _, d := range s.DecksOf(trunk) {
		if d.IsIn(at) {
			return d
		}
	}
	return nil
}

// sumOf is the fingerprint of prices.
func sumOf(list []pbx.Rate) string {
	h := sha256.New()
	for i := range list {
		fmt.Fprintf(h, "%q\n", fmt.Sprint(list[i]))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// EditDeck changes what a price list is called, whose it is, and when it holds; its prices stay.
type EditDeck struct {
	ID pbx.DeckID
	Deck
}

// Need asks for rate.edit over the house.
func (EditDeck) Need(*pbx.Snapshot, pbx.Actor) []Need { return deckNeed() }

// Change writes the new fields.
func (c EditDeck) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Decks[c.ID]
	if old == nil {
		return pbx.Change{}, missing()
	}
	d := *old
	return c.write(w, &d)
}

func (c Deck) write(w *Work, d *pbx.Deck) (pbx.Change, error) {
	w.object = d.Ref()
	if c.Name != nil {
		name, err := cleanName("name", *c.Name)
		if err != nil {
			return pbx.Change{}, err
		}
		d.Name = name
	}
	set(&d.Trunk, c.Trunk)
	set(&d.Over, c.Over)
	set(&d.Exchange, c.Exchange)
	if c.From != nil && !c.From.IsZero() {
		d.From = c.From.UTC().Truncate(time.Millisecond)
	}
	if c.Until != nil {
		d.Until = c.Until.UTC().Truncate(time.Millisecond)
		if c.Until.IsZero() {
			d.Until = time.Time{}
		}
	}
	if c.Currency != nil && strings.TrimSpace(*c.Currency) != "" {
		d.Currency = strings.ToUpper(strings.TrimSpace(*c.Currency))
	}
	switch office := w.Snapshot.Tenant.Currency; {
	case office == "" || office == d.Currency:
		d.Exchange = 0
	case d.Exchange == 0:
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "exchange", "deck.exchange_missing", "currency", office)
	}
	return pbx.Change{Put: []pbx.Noun{d}}, nil
}

// DeleteDeck takes a price list away; what calls cost that were made by it stands in their records.
type DeleteDeck struct{ ID pbx.DeckID }

// Need asks for rate.edit over the house.
func (DeleteDeck) Need(*pbx.Snapshot, pbx.Actor) []Need { return deckNeed() }

// Change deletes the row.
func (c DeleteDeck) Change(w *Work) (pbx.Change, error) {
	d := w.Snapshot.Decks[c.ID]
	if d == nil {
		return pbx.Change{}, missing()
	}
	w.object = d.Ref()
	return pbx.Change{Delete: []pbx.Ref{d.Ref()}}, nil
}
