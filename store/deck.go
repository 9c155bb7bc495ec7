package store

import (
	"fmt"
	"strconv"
	"strings"

	"tandem/pbx"
)

func deckRows() rows[pbx.Deck] {
	return rows[pbx.Deck]{
		table:   "decks",
		columns: []string{"id", "name", "trunk", "currency", "exchange", "begins", "ends", "lies_over", "sum", "rates", "created"},
		values: func(d *pbx.Deck) ([]any, error) {
			return []any{string(d.ID), d.Name, string(d.Trunk), d.Currency, d.Exchange, ms(d.From), ms(d.Until), flag(d.Over), d.Sum, writeRates(d.Rates.All()), ms(d.Created)}, nil
		},
		scan: func(s scan) (*pbx.Deck, error) {
			var d pbx.Deck
			var from, until, over, created int64
			var rates string
			if err := s(&d.ID, &d.Name, &d.Trunk, &d.Currency, &d.Exchange, &from, &until, &over, &d.Sum, &rates, &created); err != nil {
				return nil, err
			}
			d.From, d.Until, d.Over, d.Created = moment(from), moment(until), over != 0, moment(created)
			list, err := readRates(rates)
			if err != nil {
				return nil, fmt.Errorf("prices of %s: %w", d.ID, err)
			}
			d.Rates, d.Lines = pbx.NewRates(list), len(list)
			return &d, nil
		},
	}
}

// writeRates writes prices as lines of numbers; the name, which may hold anything but a new line, is the last.
func writeRates(list []pbx.Rate) string {
	var b strings.Builder
	for i := range list {
		r := &list[i]
		b.WriteString(r.Prefix)
		for _, n := range [...]int64{r.Minute, r.Setup, int64(r.Increment), int64(r.Minimum)} {
			b.WriteByte(' ')
			b.WriteString(strconv.FormatInt(n, 10))
		}
		b.WriteByte(' ')
		b.WriteString(strings.ReplaceAll(clean(r.Name), "\n", " "))
		b.WriteByte('\n')
	}
	return b.String()
}

func readRates(text string) ([]pbx.Rate, error) {
	list := make([]pbx.Rate, 0, strings.Count(text, "\n"))
	for line := range strings.Lines(text) {
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 6)
		if len(parts) < 6 {
			return nil, fmt.Errorf("a line has %d parts", len(parts))
		}
		r := pbx.Rate{Prefix: parts[0], Name: parts[5]}
		var n [4]int64
		for i := range n {
			var err error
			if n[i], err = strconv.ParseInt(parts[i+1], 10, 64); err != nil {
				return nil, err
			}
		}
		r.Minute, r.Setup, r.Increment, r.Minimum = n[0], n[1], int(n[2]), int(n[3])
		list = append(list, r)
	}
	return list, nil
}
