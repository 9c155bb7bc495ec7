package main

import (
	"context"
	"fmt"
	"time"

	"tandem/i18n"
	"tandem/policy"
)

type policyLintCommand struct {
	where `embed:""`
}

// Run prints what is wrong with how rights are given, the gravest first; the exit code tells scripts whether there is anything.
func (c policyLintCommand) Run(ctx context.Context, std streams) (err error) {
	m, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer closing(m, &err)
	words, err := i18n.Load()
	if err != nil {
		return err
	}
	s, _ := m.Directory.View()
	say := func(t i18n.Text) string { return words.Say(i18n.English, t) }
	found := policy.Lints(s, time.Now())
	for _, l := range found {
		if l.Right != policy.NoRight {
			l.Text.Args["right"] = l.Right.String()
		}
		mend := l.Mend()
		_, _ = fmt.Fprintf(std.out, "%s %s: %s\n     %s\n", l.Risk, l.Rule, say(l.Text), say(mend))
	}
	if len(found) > 0 {
		return errShown
	}
	_, _ = fmt.Fprintln(std.out, say(i18n.T("finding.none", "rules", fmt.Sprint(len(policy.LintRules())))))
	return nil
}
