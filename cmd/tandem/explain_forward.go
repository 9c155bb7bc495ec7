package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/route"
	"tandem/store"
	"tandem/switchboard"
)

type explainForwardCommand struct {
	where    `embed:""`
	Of       string `help:"Extension or e-mail address of the person whose rules are asked about." required:"" placeholder:"PERSON"`
	Rule     string `help:"no_answer, busy, offline or always of the status at that time, exceptions, or a field such as profiles.away.always; default is all that could count." placeholder:"RULE"`
	At       string `help:"Moment of the call, such as 2026-11-14T20:00 in the zone of the office; default is now." placeholder:"TIME"`
	Language string `help:"Language of the sentences." default:"en" enum:"en,de,pl,ru,id"`
	JSON     bool   `help:"Answer for programs." name:"json"`
}

// Run asks the decisions that carry a forwarded call (B-100). Beside a running server nobody knows here which phones are registered and what
// budgets have left: phones are taken for reachable, and budgets are not asked.
func (c explainForwardCommand) Run(ctx context.Context, std streams) (err error) {
	m, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer closing(m, &err)
	s, live := m.Directory.View()
	r, err := explainRouteCommand{From: c.Of, At: c.At}.request(s)
	if err != nil {
		return err
	}
	if r.Caller.User == "" {
		return fmt.Errorf("%s is no person of this office; give an extension or an e-mail address", c.Of)
	}
	calls, err := m.Store.Calls(ctx, store.CallQuery{Sight: store.Scope{All: true}, User: r.Caller.User, Limit: 200, From: time.Now().AddDate(0, -1, 0)})
	if err != nil {
		return err
	}
	list := route.Forwards(s, r.Caller.User, c.Rule, r.At)
	if len(list) == 0 {
		list = []route.Forward{{User: r.Caller.User, Status: s.StatusOf(r.Caller.User, r.At).Status}}
	}
	say := func(t i18n.Text) string { return m.Catalog.Say(c.Language, t) }
	told := []toldForward{}
	for _, f := range list {
		told = append(told, tellForward(s, f, switchboard.ForwardChecks(s, live, f, r.At, switchboard.ForwardFacts{Calls: calls.Items, Blind: true}), say))
	}
	if c.JSON {
		enc := json.NewEncoder(std.out)
		enc.SetIndent("", "  ")
		return enc.Encode(told)
	}
	for _, f := range told {
		f.print(std)
	}
	return nil
}

type toldForward struct {
	Rule   string      `json:"rule"`
	To     string      `json:"to,omitempty"`
	OK     bool        `json:"ok"`
	Checks []toldCheck `json:"checks"`
}

type toldCheck struct {
	Kind   string `json:"kind"`
	OK     bool   `json:"ok"`
	Text   string `json:"text"`
	Change string `json:"change,omitempty"`
}

func tellForward(s *pbx.Snapshot, f route.Forward, checks []switchboard.ForwardCheck, say func(i18n.Text) string) toldForward {
	out := toldForward{Rule: f.Field, To: string(f.To.Kind), OK: true}
	if f.Leaves() {
		out.To += " " + string(f.Number(s, time.Time{}).E164)
	} else if name := s.PlaceName(f.To); name != "" {
		out.To += " " + name
	}
	for _, c := range checks {
		row := toldCheck{Kind: c.Kind, OK: c.OK, Text: say(c.Text)}
		if !c.OK {
			row.Change = say(c.Change)
			out.OK = out.OK && c.Holds
		}
		out.Checks = append(out.Checks, row)
	}
	return out
}

func (f toldForward) print(std streams) {
	verdict := "no"
	if f.OK {
		verdict = "yes"
	}
	_, _ = fmt.Fprintf(std.out, "%s: %s -> %s\n", verdict, f.Rule, f.To)
	for _, c := range f.Checks {
		mark := "+"
		if !c.OK {
			mark = "-"
		}
		_, _ = fmt.Fprintf(std.out, "  %s %s (%s)\n", mark, c.Text, c.Kind)
		if c.Change != "" {
			_, _ = fmt.Fprintf(std.out, "      %s\n", c.Change)
		}
	}
}
