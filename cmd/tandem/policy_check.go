package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"tandem/i18n"
	"tandem/policy"
)

type policyCheckCommand struct {
	World     string `help:"The office, as JSON: groups, people, memberships, assignments, grants, calls, recordings." required:"" type:"existingfile" placeholder:"FILE"`
	Scenarios string `help:"The questions, as a table with tabs: id, actor, right, target, at, expect, code, reason." required:"" type:"existingfile" placeholder:"FILE"`
}

// Run decides every scenario by the decision that serves the app, the API and the phones; it needs no office.
func (c policyCheckCommand) Run(std streams) error {
	w, rows, err := c.read()
	if err != nil {
		return err
	}
	words, err := i18n.Load()
	if err != nil {
		return err
	}
	s := w.Snapshot()
	say := func(t i18n.Text) string { return words.Say(i18n.English, t) }
	failed := 0
	for _, row := range rows {
		r, err := w.Request(row)
		if err != nil {
			return err
		}
		d := policy.Decide(s, r)
		if row.Met(d) {
			continue
		}
		failed++
		want := verdict(row.OK)
		if row.Code != "" {
			want += " " + string(row.Code)
		}
		_, _ = fmt.Fprintf(std.out, "FAIL %s\t%s %s %s at %s: %s %s, want %s (%s)\n", row.ID, row.Actor, row.Right, row.Target,
			row.At.Format(time.RFC3339), verdict(d.OK), d.Code, want, row.Reason)
		for _, step := range policy.Explain(s, r).Why {
			_, _ = fmt.Fprintln(std.out, "     "+say(policy.Worded(s, step.Text, say)))
		}
	}
	_, _ = fmt.Fprintf(std.out, "%d as wanted, %d not\n", len(rows)-failed, failed)
	if failed > 0 {
		return errShown
	}
	return nil
}

func (c policyCheckCommand) read() (*policy.World, []policy.Scenario, error) {
	world, err := os.ReadFile(c.World)
	if err != nil {
		return nil, nil, err
	}
	w, err := policy.ReadWorld(world)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", c.World, err)
	}
	table, err := os.ReadFile(c.Scenarios)
	if err != nil {
		return nil, nil, err
	}
	rows, err := policy.ReadScenarios(table)
	if err == nil && len(rows) == 0 {
		err = errors.New("there is no scenario in it")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", c.Scenarios, err)
	}
	return w, rows, nil
}

func verdict(ok bool) string {
	if ok {
		return "allow"
	}
	return "deny"
}
