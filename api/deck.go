package api

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"tandem/command"
	"tandem/i18n"
	"tandem/number"
	"tandem/pbx"
	"tandem/policy"
	"tandem/toll"
)

// deckOctets bounds an uploaded price list; one more than the reader takes, so that its sentence is the one shown.
const deckOctets = command.MaxDeckBytes + 1024

// Deck is a price list of a carrier. Amounts are millionths of a currency.
type Deck struct {
	ID        pbx.DeckID  `json:"id"`
	Name      string      `json:"name"`
	Trunk     pbx.TrunkID `json:"trunk,omitempty" doc:"whose prices they are; absent: of all trunks that have none of their own"`
	TrunkName string      `json:"trunk_name,omitempty"`
	Currency  string      `json:"currency"`
	Exchange  int64       `json:"exchange,omitempty" doc:"millionths of the office's currency for one of the list's; absent where they are the same"`
	From      time.Time   `json:"from"`
	Until     time.Time   `json:"until,omitzero"`
	Over      bool        `json:"over" doc:"it lies over the lists before it, which price what it does not name"`
	Lines     int         `json:"lines"`
	State     string      `json:"state" enum:"coming,current,followed,over" doc:"followed: a newer one of the same trunk has taken its place"`
	Revision  string      `json:"revision,omitempty"`
	Created   time.Time   `json:"created"`
}

// Rate is one line of a price list.
type Rate struct {
	Prefix    string `json:"prefix" doc:"beginning of numbers, with + and country code"`
	Name      string `json:"name,omitempty"`
	Minute    int64  `json:"minute" doc:"millionths of the list's currency"`
	Setup     int64  `json:"setup,omitempty" doc:"millionths for every answered call"`
	Increment int    `json:"increment,omitempty" doc:"seconds, in whose steps talk is counted"`
	Minimum   int    `json:"minimum,omitempty" doc:"seconds that are counted at least"`
}

// DeckImport is what a file would add, or added.
type DeckImport struct {
	Deck      *Deck         `json:"deck,omitempty" doc:"absent while lines have problems"`
	Same      bool          `json:"same" doc:"these prices are in force already; nothing is added"`
	Lines     int           `json:"lines" doc:"that can be read"`
	Problems  int           `json:"problems"`
	Wrong     []DeckProblem `json:"wrong" nullable:"false" doc:"the first of them"`
	Follows   string        `json:"follows,omitempty" doc:"name of the list that is in force at that moment"`
	Added     int           `json:"added" doc:"prefixes that the list before does not have"`
	Gone      int           `json:"gone" doc:"prefixes of the list before that this one does not have"`
	Dearer    int           `json:"dearer"`
	Cheaper   int           `json:"cheaper"`
	Changes   []DeckChange  `json:"changes" nullable:"false" doc:"the greatest of them"`
	Sample    []Rate        `json:"sample" nullable:"false" doc:"the first lines as they were read"`
	Currency  string        `json:"currency,omitempty" doc:"that the file names"`
	Uncovered []string      `json:"uncovered" nullable:"false" doc:"what the office can call and the list has no price for, in words"`
}

// DeckProblem is what is wrong with a line.
type DeckProblem struct {
	Line    int    `json:"line"`
	Message string `json:"message"`
	Field   string `json:"field,omitempty"`
	Key     string `json:"key"`
}

// DeckChange is a price that becomes another.
type DeckChange struct {
	Prefix string `json:"prefix"`
	Name   string `json:"name,omitempty"`
	Before int64  `json:"before,omitempty" doc:"a minute, in millionths; absent: none"`
	After  int64  `json:"after,omitempty"`
	Gone   bool   `json:"gone,omitempty"`
	New    bool   `json:"new,omitempty"`
}

// deckOf finds a price list for who may maintain them.
func (v *visit) deckOf(id string) (*pbx.Deck, error) {
	d := v.s.Decks[pbx.DeckID(id)]
	if d == nil || !v.can(policy.RateEdit, policy.System()) {
		return nil, missing()
	}
	return d, nil
}

func (v *visit) deck(d *pbx.Deck) Deck {
	out := Deck{ID: d.ID, Name: d.Name, Trunk: d.Trunk, Currency: d.Currency, Exchange: d.Exchange, From: d.From, Until: d.Until, Over: d.Over, Lines: d.Lines,
		Revision: command.Revision(d), Created: d.Created, State: "current"}
	if d.Trunk != "" {
		out.TrunkName = v.s.NameOf(pbx.Ref{Kind: pbx.KindTrunk, ID: string(d.Trunk)})
	}
	at := v.at
	if at.Before(d.Created) { // it was made by this very request
		at = d.Created
	}
	switch {
	case at.Before(d.From):
		out.State = "coming"
	case !d.IsIn(at):
		out.State = "over"
	default:
		for _, newer := range v.s.DecksOf(d.Trunk) {
			if newer == d {
				break
			}
			if newer.IsIn(at) && !newer.Over {
				out.State = "followed"
			}
		}
	}
	return out
}

func showRate(r *pbx.Rate) Rate {
	return Rate{Prefix: "+" + r.Prefix, Name: r.Name, Minute: r.Minute, Setup: r.Setup, Increment: r.Increment, Minimum: r.Minimum}
}

type decksIn struct{ List }

// Decks are the price lists, and what somebody needs who adds one.
type Decks struct {
	Items    []Deck  `json:"items" nullable:"false"`
	Next     string  `json:"next,omitempty"`
	Total    int     `json:"total"`
	Currency string  `json:"currency,omitempty" doc:"of the office; absent before the first price list"`
	Trunks   []Named `json:"trunks" nullable:"false" doc:"whose prices a list can be"`
}

// listDecks lists the price lists, newest beginning first.
func (s *Server) listDecks(_ context.Context, v *visit, in *decksIn) (Decks, error) {
	var rows []*pbx.Deck
	for _, d := range v.s.Decks {
		if matches(in.Q, d.Name, v.s.NameOf(pbx.Ref{Kind: pbx.KindTrunk, ID: string(d.Trunk)})) {
			rows = append(rows, d)
		}
	}
	part, next, err := pageOf(rows, in.List, "-from", func(d *pbx.Deck) string { return d.From.UTC().Format(time.RFC3339Nano) }, func(d *pbx.Deck) string { return string(d.ID) })
	page := Decks{Items: make([]Deck, 0, len(part)), Next: next, Total: len(rows), Currency: v.s.Tenant.Currency, Trunks: []Named{}}
	for _, t := range v.s.TrunksInOrder() {
		page.Trunks = append(page.Trunks, Named{Kind: pbx.KindTrunk, ID: string(t.ID), Name: t.Name})
	}
	for _, d := range part {
		page.Items = append(page.Items, v.deck(d))
	}
	return page, err
}

type deckIn struct {
	Deck string `path:"deck"`
}

func (s *Server) getDeck(_ context.Context, v *visit, in *deckIn) (Deck, error) {
	d, err := v.deckOf(in.Deck)
	if err != nil {
		return Deck{}, err
	}
	return v.deck(d), nil
}

type ratesIn struct {
	Deck string `path:"deck"`
	List
}

// listRates shows the lines of a price list: all, those whose name has a word, or those that a number would come upon.
func (s *Server) listRates(_ context.Context, v *visit, in *ratesIn) (Page[Rate], error) {
	d, err := v.deckOf(in.Deck)
	if err != nil {
		return Page[Rate]{}, err
	}
	digits := strings.TrimPrefix(in.Q, "+")
	isNumber := digits != "" && strings.Trim(digits, "0123456789") == ""
	var rows []*pbx.Rate
	all := d.Rates.All()
	for i := range all {
		r := &all[i]
		if in.Q == "" || isNumber && (strings.HasPrefix(r.Prefix, digits) || strings.HasPrefix(digits, r.Prefix)) || !isNumber && matches(in.Q, r.Name) {
			rows = append(rows, r)
		}
	}
	part, next, err := pageOf(rows, in.List, "prefix", func(r *pbx.Rate) string { return r.Prefix }, func(r *pbx.Rate) string { return r.Prefix })
	page := Page[Rate]{Items: make([]Rate, 0, len(part)), Next: next, Total: len(rows)}
	for _, r := range part {
		page.Items = append(page.Items, showRate(r))
	}
	return page, err
}

type importDeck struct {
	Dry      bool      `query:"dry" doc:"only say what would happen"`
	Name     string    `query:"name" doc:"what the list is called"`
	Trunk    string    `query:"trunk" doc:"whose prices they are; empty: of all trunks that have none of their own"`
	Currency string    `query:"currency" doc:"ISO 4217; empty: what the file says, else the office's"`
	Exchange int64     `query:"exchange" doc:"millionths of the office's currency for one of the list's"`
	From     time.Time `query:"from" doc:"first moment at which it holds; absent: at once"`
	Over     bool      `query:"over" doc:"it lies over the lists before it"`
	RawBody  []byte    `contentType:"text/csv"`
}

// importDeck adds a price list, or says what it would change. The dry run and the real one are the same plan.
func (s *Server) importDeck(ctx context.Context, v *visit, in *importDeck) (DeckImport, error) {
	rows, currency, err := command.ReadDeck(in.RawBody)
	if err != nil {
		return DeckImport{}, err
	}
	out := DeckImport{Wrong: []DeckProblem{}, Changes: []DeckChange{}, Sample: []Rate{}, Uncovered: []string{}, Currency: currency}
	var rates []pbx.Rate
	for i := range rows {
		r := &rows[i]
		if r.Problem == nil {
			rates = append(rates, r.Rate)
			continue
		}
		if out.Problems++; len(out.Wrong) < 100 {
			out.Wrong = append(out.Wrong, DeckProblem{r.Line, s.say(v, i18n.Text{Key: r.Problem.Text.Key, Args: r.Problem.Text.Args}), r.Problem.Field, r.Problem.Text.Key})
		}
	}
	out.Lines = len(rates)
	trunk, from := pbx.TrunkID(in.Trunk), in.From
	if from.IsZero() {
		from = v.at
	}
	list := pbx.NewRates(rates)
	before := command.Before(v.s, trunk, from)
	compareDecks(&out, before, list)
	s.uncovered(v, &out, trunk, from, list)
	if out.Problems > 0 && in.Dry {
		return out, nil
	}
	c := command.ImportDeck{Rows: rows, Deck: command.Deck{Name: &in.Name, Trunk: &trunk, From: &in.From, Over: &in.Over, Exchange: &in.Exchange}}
	if money := cmp.Or(in.Currency, currency); money != "" {
		c.Currency = &money
	}
	carry := s.c.Desk.Do
	if in.Dry {
		carry = s.c.Desk.Try
	}
	r, err := carry(ctx, v.who, v.because(c))
	if err != nil {
		return DeckImport{}, err
	}
	out.Same = len(r.Differences) == 0
	v.s = r.Snapshot
	if d := v.s.Decks[pbx.DeckID(r.Object.ID)]; d != nil {
		shown := v.deck(d)
		out.Deck = &shown
	}
	return out, nil
}

// compareDecks tells what new prices change.
func compareDecks(out *DeckImport, before *pbx.Deck, list *pbx.Rates) {
	for i := range list.All() {
		if i < 8 {
			out.Sample = append(out.Sample, showRate(&list.All()[i]))
		}
	}
	if before == nil {
		return
	}
	out.Follows = before.Name
	old := map[string]*pbx.Rate{}
	for i := range before.Rates.All() {
		r := &before.Rates.All()[i]
		old[r.Prefix] = r
	}
	for i := range list.All() {
		r := &list.All()[i]
		was := old[r.Prefix]
		delete(old, r.Prefix)
		switch {
		case was == nil:
			out.Added++
			out.Changes = append(out.Changes, DeckChange{Prefix: "+" + r.Prefix, Name: r.Name, After: r.Minute, New: true})
			continue
		case was.Minute == r.Minute:
			continue
		case was.Minute < r.Minute:
			out.Dearer++
		default:
			out.Cheaper++
		}
		out.Changes = append(out.Changes, DeckChange{Prefix: "+" + r.Prefix, Name: r.Name, Before: was.Minute, After: r.Minute})
	}
	for _, r := range old {
		out.Gone++
		out.Changes = append(out.Changes, DeckChange{Prefix: "+" + r.Prefix, Name: r.Name, Before: r.Minute, Gone: true})
	}
	size := func(c DeckChange) int64 { return max(c.After-c.Before, c.Before-c.After) }
	slices.SortFunc(out.Changes, func(a, b DeckChange) int {
		return cmp.Or(cmp.Compare(size(b), size(a)), strings.Compare(a.Prefix, b.Prefix))
	})
	out.Changes = out.Changes[:min(len(out.Changes), 50)]
}

// uncovered says which usual numbers would have no price: calls there would be refused by budgets, because nobody knows what they cost.
func (s *Server) uncovered(v *visit, out *DeckImport, trunk pbx.TrunkID, at time.Time, list *pbx.Rates) {
	for _, class := range []string{"national", "mobile"} {
		n, ok := number.Example(v.s.Tenant.Country, class)
		if !ok || list.Find(strings.TrimPrefix(string(n.E164), "+")) != nil || toll.PriceOn(v.s, trunk, &n, at).OK && out.Follows == "" {
			continue
		}
		out.Uncovered = append(out.Uncovered, s.say(v, i18n.T("class."+class)))
	}
}

type deckBody struct {
	Name     *string      `json:"name,omitempty"`
	Trunk    *pbx.TrunkID `json:"trunk,omitempty" doc:"empty: all trunks that have none of their own"`
	From     *time.Time   `json:"from,omitempty"`
	Until    *time.Time   `json:"until,omitempty" doc:"0001-01-01T00:00:00Z: without end"`
	Over     *bool        `json:"over,omitempty"`
	Currency *string      `json:"currency,omitempty"`
	Exchange *int64       `json:"exchange,omitempty"`
	Revision string       `json:"revision,omitempty" doc:"same as If-Match"`
}

type editDeck struct {
	Deck  string `path:"deck"`
	Dry   bool   `query:"dry" doc:"only say what it would be"`
	Match string `header:"If-Match" doc:"revision that was shown"`
	Body  deckBody
}

func (s *Server) patchDeck(ctx context.Context, v *visit, in *editDeck) (Deck, error) {
	d, err := v.deckOf(in.Deck)
	if err != nil {
		return Deck{}, err
	}
	b := &in.Body
	c := command.EditDeck{ID: d.ID, Deck: command.Deck{Name: b.Name, Trunk: b.Trunk, From: b.From, Until: b.Until, Over: b.Over, Currency: b.Currency, Exchange: b.Exchange}}
	if err := s.doOrTry(ctx, v, matching(pbx.KindDeck, in.Deck, in.Match, b.Revision, c), in.Dry); err != nil {
		return Deck{}, err
	}
	return v.deck(v.s.Decks[d.ID]), nil
}

func (s *Server) deleteDeck(ctx context.Context, v *visit, in *deckIn) error {
	d, err := v.deckOf(in.Deck)
	if err != nil {
		return err
	}
	_, err = s.do(ctx, v, command.DeleteDeck{ID: d.ID})
	return err
}

// Quote is what a number costs over one trunk.
type Quote struct {
	Trunk     pbx.TrunkID `json:"trunk"`
	Name      string      `json:"name"`
	Known     bool        `json:"known" doc:"false: nobody knows"`
	Minute    int64       `json:"minute,omitempty" doc:"in millionths of the office's currency, like setup"`
	Setup     int64       `json:"setup,omitempty"`
	Increment int         `json:"increment,omitempty" doc:"seconds"`
	Minimum   int         `json:"minimum,omitempty" doc:"seconds"`
	Deck      pbx.DeckID  `json:"deck,omitempty"`
	DeckName  string      `json:"deck_name,omitempty"`
	Prefix    string      `json:"prefix,omitempty"`
	Place     string      `json:"place,omitempty" doc:"what the carrier calls the destination"`
}

// Quotes is what a number costs over every trunk that is on.
type Quotes struct {
	Number   string  `json:"number" doc:"as it was understood"`
	Class    string  `json:"class"`
	Currency string  `json:"currency,omitempty"`
	Items    []Quote `json:"items" nullable:"false"`
}

type quotesIn struct {
	Number string    `query:"number" required:"true" doc:"as it would be dialled"`
	User   string    `query:"user" doc:"extension or id of who would dial it; absent: the asker"`
	At     time.Time `query:"at" doc:"absent: now"`
}

// quotes says what a number costs at a moment over every trunk.
func (s *Server) quotes(_ context.Context, v *visit, in *quotesIn) (Quotes, error) {
	at := in.At
	if at.IsZero() {
		at = v.at
	}
	from := v.who.User
	if in.User != "" {
		from = pbx.UserID(in.User)
		if ref, ok := v.s.ByExtension(in.User); ok && ref.Kind == pbx.KindUser {
			from = pbx.UserID(ref.ID)
		}
		if v.s.Users[from] == nil || !v.knows(from) {
			return Quotes{}, pbx.Refuse(pbx.Invalid, "user", "explain.from_unknown", "number", in.User)
		}
	}
	n := v.s.PlaceOf(from, "", at).Read(in.Number)
	out := Quotes{Number: cmp.Or(string(n.E164), n.Digits), Class: n.Class.String(), Currency: v.s.Tenant.Currency, Items: []Quote{}}
	if !n.Class.IsOutside() {
		return out, pbx.Refuse(pbx.Invalid, "number", "deck.number_inside")
	}
	for _, t := range v.s.TrunksInOrder() {
		if t.Off {
			continue
		}
		q := toll.PriceOn(v.s, t.ID, &n, at)
		row := Quote{Trunk: t.ID, Name: t.Name, Known: q.OK, Minute: q.Price.Minute, Setup: q.Price.Setup,
			Increment: int(q.Price.Increment / time.Second), Minimum: int(q.Price.Minimum / time.Second)}
		if q.Deck != nil {
			row.Deck, row.DeckName, row.Prefix, row.Place = q.Deck.ID, q.Deck.Name, "+"+q.Rate.Prefix, q.Rate.Name
		}
		out.Items = append(out.Items, row)
	}
	return out, nil
}
