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

	"tandem/i18n"
	"tandem/pbx"
	"tandem/store"
	"tandem/whatif"
)

type whatifCommand struct {
	where    `embed:""`
	Draft    string `help:"JSON file with restriction profiles, as GET /v1/restrictions lists them; they take the place of all that are in force." required:"" type:"existingfile" placeholder:"FILE"`
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
	draft, err := readDraft(c.Draft, s)
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
			Effects []effect `json:"effects"`
		}{out.Calls, out.Outside, out.Closed, out.Opened, out.Shorter, []effect{}}
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
