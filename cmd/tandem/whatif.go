package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/store"
	"tandem/whatif"
)

type whatifCommand struct {
	where    `embed:""`
	Draft    string `help:"JSON file with restriction profiles, as GET /v1/restrictions lists them; they take the place of all that are in force." type:"existingfile" placeholder:"FILE"`
	Rates    string `help:"CSV file with the price list of a carrier; it takes the place of the lists of all trunks, or of the trunk of --trunk." type:"existingfile" placeholder:"FILE"`
	Trunk    string `help:"Name of the trunk that the price list is for." placeholder:"NAME"`
	Budgets  string `help:"JSON file with budgets, as GET /v1/budgets lists them; they take the place of all that are in force." type:"existingfile" placeholder:"FILE"`
	Last     string `help:"How far back calls are replayed, in days or hours." default:"30d" placeholder:"30d"`
	Language string `help:"Language of the sentences." default:"en" enum:"en,de,pl,ru,id"`
	JSON     bool   `help:"Answer for programs." name:"json"`
}

// Run replays the calls that people dialled through a draft; nothing is changed (N-2).
func (c whatifCommand) Run(ctx context.Context, std streams) (err error) {
	m, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer closing(m, &err)
	s, _ := m.Directory.View()
	span, err := readSpan(c.Last)
	if err != nil {
		return err
	}
	draft, err := c.draft(s)
	if err != nil {
		return err
	}
	var fault error
	calls := func(yield func(whatif.Call) bool) {
		q := store.CallQuery{Sight: store.Scope{All: true}, Sort: "started", Limit: 200, From: time.Now().Add(-span)}
		for {
			page, err := m.Store.Calls(ctx, q)
			if err != nil {
				fault = err
				return
			}
			for i := range page.Items {
				r := &page.Items[i]
				if r.From.User == "" {
					continue
				}
				one := whatif.Call{ID: r.ID, Payer: r.From.User, Dialled: r.Dialled, At: r.Started}
				if !r.Answered.IsZero() {
					one.Talk = r.Ended.Sub(r.Answered)
				}
				if !yield(one) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			q.Cursor = page.Next
		}
	}
	out := whatif.Replay(s, draft, calls)
	if fault != nil {
		return fault
	}
	say := func(t i18n.Text) string { return m.Catalog.Say(c.Language, t) }
	return c.tell(std, s, out, say)
}

func (c whatifCommand) tell(std streams, s *pbx.Snapshot, out whatif.Outcome, say func(i18n.Text) string) error {
	if c.JSON {
		type effect struct {
			Call   pbx.CallID  `json:"call"`
			User   pbx.UserID  `json:"user"`
			Number string      `json:"number"`
			At     time.Time   `json:"at"`
			Turn   whatif.Turn `json:"turn"`
			Before string      `json:"before"`
			After  string      `json:"after"`
		}
		answer := struct {
			Calls   int      `json:"calls"`
			Outside int      `json:"outside"`
			Closed  int      `json:"closed"`
			Opened  int      `json:"opened"`
			Shorter int      `json:"shorter"`
			Cost    int64    `json:"cost"`    // millionths of the currency
			Would   int64    `json:"would"`   // … and what they would have cost
			Unknown int      `json:"unknown"` // calls that nobody would know the price of
			Effects []effect `json:"effects"`
		}{out.Calls, out.Outside, out.Closed, out.Opened, out.Shorter, out.Cost, out.Would, out.Unknown, []effect{}}
		for _, e := range out.Effects {
			answer.Effects = append(answer.Effects, effect{e.ID, e.Payer, cmp.Or(string(e.To.E164), e.To.Digits), e.At, e.Turn, string(e.Before.Code), string(e.After.Code)})
		}
		enc := json.NewEncoder(std.out)
		enc.SetIndent("", "  ")
		return enc.Encode(answer)
	}
	counted := func(key string, n int) string { return say(i18n.T("whatif."+key, "n", strconv.Itoa(n))) }
	_, _ = fmt.Fprintln(std.out, say(i18n.T("whatif.looked", "calls", strconv.Itoa(out.Calls), "outside", strconv.Itoa(out.Outside))))
	_, _ = fmt.Fprintln(std.out, counted("closed", out.Closed)+" "+counted("opened", out.Opened)+" "+counted("shorter", out.Shorter))
	if out.Cost+out.Would > 0 || out.Unknown > 0 {
		amount := func(n int64) string {
			return fmt.Sprintf("%d.%02d %s", n/pbx.Micros, n%pbx.Micros/(pbx.Micros/100), s.Tenant.Currency)
		}
		_, _ = fmt.Fprintln(std.out, say(i18n.T("whatif.cost", "before", amount(out.Cost), "after", amount(out.Would)))+" "+counted("unknown", out.Unknown))
	}
	people := slices.SortedFunc(maps.Keys(out.People), func(a, b pbx.UserID) int {
		return cmp.Or(cmp.Compare(out.People[b].Closed, out.People[a].Closed), cmp.Compare(a, b))
	})
	for _, u := range people {
		n := out.People[u]
		_, _ = fmt.Fprintf(std.out, "  %-30s -%d +%d <%d\n", s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(u)}), n.Closed, n.Opened, n.Shorter)
	}
	for _, e := range out.Effects[:min(len(out.Effects), 20)] {
		_, _ = fmt.Fprintf(std.out, "  %s  %s  %s: %s\n", e.At.Format(time.RFC3339), s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(e.Payer)}), cmp.Or(string(e.To.E164), e.To.Digits), say(i18n.T("toll."+string(e.After.Code))))
	}
	return nil
}

// draft is the configuration with what the files say in place of what is in force.
func (c whatifCommand) draft(s *pbx.Snapshot) (*pbx.Snapshot, error) {
	if c.Draft == "" && c.Rates == "" && c.Budgets == "" {
		return nil, pbx.Refuse(pbx.Invalid, "", "whatif.nothing")
	}
	draft, err := s, error(nil)
	if c.Draft != "" {
		if draft, err = readDraft(c.Draft, draft); err != nil {
			return nil, err
		}
	}
	if c.Rates != "" {
		if draft, err = draftRates(c.Rates, c.Trunk, draft); err != nil {
			return nil, err
		}
	}
	if c.Budgets != "" {
		return draftBudgets(c.Budgets, draft)
	}
	return draft, nil
}

// draftRates puts a price list in the place of those that are in force, also for calls of the past.
func draftRates(path, trunk string, s *pbx.Snapshot) (*pbx.Snapshot, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	rows, currency, err := command.ReadDeck(text)
	if err != nil {
		return nil, err
	}
	d := &pbx.Deck{ID: "dck_draft", Name: "draft", Currency: cmp.Or(currency, s.Tenant.Currency, "EUR"), From: time.Unix(0, 0)}
	var change pbx.Change
	for _, t := range s.TrunksInOrder() {
		if trunk != "" && t.Name == trunk {
			d.Trunk = t.ID
		}
	}
	if trunk != "" && d.Trunk == "" {
		return nil, pbx.Refuse(pbx.Invalid, "trunk", "trunk.unknown")
	}
	var rates []pbx.Rate
	for _, r := range rows {
		if r.Problem != nil {
			return nil, r.Problem
		}
		rates = append(rates, r.Rate)
	}
	d.Rates, d.Lines = pbx.NewRates(rates), len(rates)
	for _, id := range slices.Sorted(maps.Keys(s.Decks)) {
		if old := s.Decks[id]; trunk == "" || old.Trunk == d.Trunk {
			change.Delete = append(change.Delete, old.Ref())
		}
	}
	change.Put = append(change.Put, d)
	return s.Apply(change)
}

// draftBudgets puts the budgets of a file in the place of those that are in force.
func draftBudgets(path string, s *pbx.Snapshot) (*pbx.Snapshot, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var page struct {
		Items []pbx.Budget `json:"items"`
	}
	if err := json.Unmarshal(text, &page); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var change pbx.Change
	seen := map[pbx.BudgetID]bool{}
	for i := range page.Items {
		b := &page.Items[i]
		b.ID = cmp.Or(b.ID, pbx.BudgetID("bud_draft"+strconv.Itoa(i)))
		if b.On.Kind == "office" {
			b.On = s.Tenant.Ref()
		}
		seen[b.ID] = true
		change.Put = append(change.Put, b)
	}
	for _, id := range slices.Sorted(maps.Keys(s.Budgets)) {
		if !seen[id] {
			change.Delete = append(change.Delete, s.Budgets[id].Ref())
		}
	}
	return s.Apply(change)
}

// readDraft makes the configuration that would be in force with the profiles of a file in place of those that are.
func readDraft(path string, s *pbx.Snapshot) (*pbx.Snapshot, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var page struct {
		Items []pbx.Restriction `json:"items"`
	}
	if err := json.Unmarshal(text, &page); err != nil {
		if err := json.Unmarshal(text, &page.Items); err != nil {
			return nil, fmt.Errorf("%s is no list of restriction profiles: %w", path, err)
		}
	}
	var change pbx.Change
	seen := map[pbx.RestrictionID]bool{}
	for i := range page.Items {
		r := &page.Items[i]
		r.ID = cmp.Or(r.ID, pbx.RestrictionID("rst_draft"+strconv.Itoa(i)))
		seen[r.ID] = true
		for j, on := range r.On {
			if on.Kind == "office" {
				r.On[j] = s.Tenant.Ref()
			}
		}
		change.Put = append(change.Put, r)
	}
	for _, id := range slices.Sorted(maps.Keys(s.Restrictions)) {
		if !seen[id] {
			change.Delete = append(change.Delete, s.Restrictions[id].Ref())
		}
	}
	draft, err := s.Apply(change)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return draft, nil
}

// readSpan reads "30d" or a duration such as "12h".
func readSpan(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n <= 3660 {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return d, nil
	}
	return 0, fmt.Errorf("%q is no span; write for example 30d or 12h", text)
}
