package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/api"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/store"
	"tandem/whatif"
)

type whatifCommand struct {
	where    `embed:""`
	Draft    string `help:"JSON file with a draft, as the page What if saves it: rights, restrictions, trunks, ways out, numbers, rates and budgets." type:"existingfile" placeholder:"FILE"`
	Rights   string `help:"File with the rights of the office as text, as tandem policy export prints it." type:"existingfile" placeholder:"FILE"`
	Rates    string `help:"CSV file with the price list of a carrier; it takes the place of the list that the trunk of --trunk has, or of the one for all." type:"existingfile" placeholder:"FILE"`
	Trunk    string `help:"Name of the trunk that the price list is for." placeholder:"NAME"`
	Last     string `help:"How far back calls are replayed, in days or hours." default:"30d" placeholder:"30d"`
	Language string `help:"Language of the sentences." default:"en" enum:"en,de,pl,ru,id"`
	JSON     bool   `help:"Answer for programs." name:"json"`
}

// Run replays recorded calls through a draft; nothing is changed (N-2).
func (c whatifCommand) Run(ctx context.Context, std streams) (err error) {
	span, err := readSpan(c.Last)
	if err != nil {
		return err
	}
	m, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer closing(m, &err)
	s, _ := m.Directory.View()
	draft, err := c.draft(s)
	if err != nil {
		return err
	}
	steps, err := draft.Command("")
	if err != nil {
		return err
	}
	planned, err := m.Desk.Try(ctx, pbx.Actor{Kind: pbx.ActorSystem, Via: "cli"}, steps)
	if err != nil {
		return err
	}
	var rows []pbx.Ref
	for _, d := range planned.Differences {
		rows = append(rows, d.Ref)
	}
	always, err := whatif.Always(s, planned.Snapshot, rows)
	if err != nil {
		return err
	}
	r := whatif.New(s, always)
	q := store.CallQuery{Sight: store.Scope{All: true}, Sort: "started", From: time.Now().Add(-span)}
	for cdr, err := range m.Store.EachCall(ctx, q) {
		if err != nil {
			return err
		}
		for _, one := range whatif.From(cdr) {
			r.See(&one)
		}
	}
	say := func(t i18n.Text) string { return m.Catalog.Say(c.Language, t) }
	if c.JSON {
		return tellJSON(std, r.Outcome())
	}
	c.tell(std, always, r.Outcome(), say)
	return nil
}

func amount(s *pbx.Snapshot, n int64) string {
	return fmt.Sprintf("%d.%02d %s", n/pbx.Micros, n%pbx.Micros/(pbx.Micros/100), s.Tenant.Currency)
}

// shownGroups is how many groups of a grouping are printed, shownCalls how many calls.
const shownGroups, shownCalls = 15, 20

func (c whatifCommand) tell(std streams, s *pbx.Snapshot, out *whatif.Outcome, say func(i18n.Text) string) {
	counted := func(key string, n int) string { return say(i18n.T("whatif."+key, "n", strconv.Itoa(n))) }
	_, _ = fmt.Fprintln(std.out, say(i18n.T("whatif.looked", "calls", strconv.Itoa(out.Calls), "outside", strconv.Itoa(out.Outside))))
	_, _ = fmt.Fprintln(std.out, strings.Join([]string{counted("closed", out.Closed), counted("opened", out.Opened), counted("shorter", out.Shorter), counted("elsewhere", out.Moved)}, " "))
	if out.Cost+out.Would > 0 || out.Unknown > 0 {
		_, _ = fmt.Fprintln(std.out, say(i18n.T("whatif.cost", "before", amount(s, out.Cost), "after", amount(s, out.Would)))+" "+counted("unknown", out.Unknown))
	}
	for _, by := range []whatif.By{whatif.ByReason, whatif.ByPerson, whatif.ByLine} {
		var keys []string
		for g, t := range out.Groups {
			if g.By == by && (t.All() > 0 || by == whatif.ByLine) {
				keys = append(keys, g.Key)
			}
		}
		at := func(key string) *whatif.Tally { return out.Groups[whatif.Group{By: by, Key: key}] }
		slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(at(b).All(), at(a).All()), cmp.Compare(a, b)) })
		for _, key := range keys[:min(len(keys), shownGroups)] {
			name, t := key, at(key)
			switch by {
			case whatif.ByReason:
				name = whatif.Said(key, s, nil, say)
			case whatif.ByPerson:
				name = cmp.Or(s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: key}), say(i18n.T("whatif.from_outside")))
			case whatif.ByLine:
				name = cmp.Or(s.NameOf(pbx.Ref{Kind: pbx.KindTrunk, ID: key}), say(i18n.T("whatif.no_line")))
			}
			_, _ = fmt.Fprintf(std.out, "  %-40s -%d +%d <%d >%d\n", name, t.Closed, t.Opened, t.Shorter, t.Moved)
		}
	}
	for i := range out.Effects[:min(len(out.Effects), shownCalls)] {
		e := &out.Effects[i]
		who := s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(cmp.Or(e.Payer, e.From))})
		_, _ = fmt.Fprintf(std.out, "  %s  %s  %s: %s\n", e.At.Format(time.RFC3339), who, cmp.Or(string(e.To.E164), e.To.Digits, e.Dialled), e.Text(s, nil, say))
	}
}

func tellJSON(std streams, out *whatif.Outcome) error {
	type effect struct {
		Call   pbx.CallID  `json:"call"`
		User   pbx.UserID  `json:"user,omitempty"`
		Number string      `json:"number"`
		At     time.Time   `json:"at"`
		Turn   whatif.Turn `json:"turn"`
		Before string      `json:"before"`
		After  string      `json:"after"`
		From   pbx.TrunkID `json:"from_trunk,omitempty"`
		Onto   pbx.TrunkID `json:"onto_trunk,omitempty"`
		Cost   int64       `json:"cost"`
		Would  int64       `json:"would"`
	}
	answer := struct {
		Calls   int      `json:"calls"`
		Outside int      `json:"outside"`
		Closed  int      `json:"closed"`
		Opened  int      `json:"opened"`
		Shorter int      `json:"shorter"`
		Moved   int      `json:"moved"`
		Cost    int64    `json:"cost"`    // millionths of the currency
		Would   int64    `json:"would"`   // … and what they would have cost
		Unknown int      `json:"unknown"` // calls that nobody would know the price of
		Effects []effect `json:"effects"`
	}{out.Calls, out.Outside, out.Closed, out.Opened, out.Shorter, out.Moved, out.Cost, out.Would, out.Unknown, []effect{}}
	for i := range out.Effects {
		e := &out.Effects[i]
		answer.Effects = append(answer.Effects, effect{e.ID, cmp.Or(e.Payer, e.From), cmp.Or(string(e.To.E164), e.To.Digits, e.Dialled), e.At, e.Turn, string(e.Before.Code), string(e.After.Code),
			e.Before.Way.Trunk, e.After.Way.Trunk, e.Cost, e.Would})
	}
	enc := json.NewEncoder(std.out)
	enc.SetIndent("", "  ")
	return enc.Encode(answer)
}

// draft puts together what the files say.
func (c whatifCommand) draft(s *pbx.Snapshot) (*api.Draft, error) {
	d := &api.Draft{}
	if c.Draft != "" {
		text, err := os.ReadFile(c.Draft)
		if err != nil {
			return nil, err
		}
		if d, err = api.ReadDraft(text); err != nil {
			return nil, fmt.Errorf("%s: %w", c.Draft, err)
		}
	}
	if c.Rights != "" {
		lines, err := kept(c.Rights)
		if err != nil {
			return nil, err
		}
		d.Rights = rightsDraft(policy.Text(s, time.Now()), lines)
	}
	if c.Rates != "" {
		text, err := os.ReadFile(c.Rates)
		if err != nil {
			return nil, err
		}
		rates := api.DraftRates{CSV: string(text)}
		for _, t := range s.TrunksInOrder() {
			if c.Trunk != "" && t.Name == c.Trunk {
				rates.Trunk = string(t.ID)
			}
		}
		if c.Trunk != "" && rates.Trunk == "" {
			return nil, pbx.Refuse(pbx.Invalid, "trunk", "trunk.unknown")
		}
		d.Rates = append(d.Rates, rates)
	}
	return d, nil
}

// rightsDraft is what makes of the rights as they are those of a file.
func rightsDraft(have, want []string) *api.DraftRights {
	r := &api.DraftRights{}
	for _, line := range want {
		if !slices.Contains(have, line) && !strings.HasPrefix(line, "expect ") {
			r.Add = append(r.Add, line)
		}
	}
	for _, line := range have {
		if !slices.Contains(want, line) {
			r.Remove = append(r.Remove, line)
		}
	}
	return r
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
