package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"tandem/api"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

type policyCommand struct {
	Export policyExportCommand `cmd:"" help:"Print everything that gives or takes rights, one line each, to be kept in version control."`
	Plan   policyPlanCommand   `cmd:"" help:"Show what a file would change, line by line, and what stands in the way."`
	Apply  policyApplyCommand  `cmd:"" help:"Make the rights of the office what a file says, as a named person, in one change or not at all."`
	Diff   policyDiffCommand   `cmd:"" help:"Compare a kept file with the office: what is there and not in the file, and the other way round."`
	Lint   policyLintCommand   `cmd:"" help:"Say what is risky, missing or left over in how rights are given."`
	Test   policyTestCommand   `cmd:"" help:"Ask the questions of a file and compare the answers: lines like 'expect mark@example.com call.listen on nina@example.com yes'."`
	Check  policyCheckCommand  `cmd:"" help:"Decide a table of scenarios over a small office that is written in a file, and print every answer that is not the wanted one."`
}

type policyExportCommand struct {
	where  `embed:""`
	remote `embed:""`
}

// Run prints the lines.
func (c policyExportCommand) Run(ctx context.Context, std streams) (err error) {
	if c.Server != "" {
		var got api.PolicyText
		if err := c.ask(ctx, "GET", "/v1/policy", nil, &got); err != nil {
			return err
		}
		_, err := io.WriteString(std.out, got.Text)
		return err
	}
	m, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer closing(m, &err)
	s, _ := m.Directory.View()
	for _, line := range policy.Text(s, time.Now()) {
		if _, err := fmt.Fprintln(std.out, line); err != nil {
			return err
		}
	}
	return nil
}

// kept reads a file of rights: comments and empty lines say nothing.
func kept(name string) (lines []string, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	in := bufio.NewScanner(io.LimitReader(f, 64<<20))
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		if line := strings.TrimSpace(in.Text()); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines, in.Err()
}

type policyDiffCommand struct {
	where `embed:""`
	File  string `arg:"" help:"File that tandem policy export wrote."`
}

// Run prints what differs; the exit code tells scripts.
func (c policyDiffCommand) Run(ctx context.Context, std streams) (err error) {
	file, err := kept(c.File)
	if err != nil {
		return err
	}
	m, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer closing(m, &err)
	s, _ := m.Directory.View()
	office := policy.Text(s, time.Now())
	file = slices.DeleteFunc(file, func(line string) bool { return strings.HasPrefix(line, "expect ") })
	differs := false
	for _, side := range []struct {
		mark string
		have []string
		in   []string
	}{{"- ", file, office}, {"+ ", office, file}} {
		for _, line := range side.have {
			if !slices.Contains(side.in, line) {
				differs = true
				_, _ = fmt.Fprintln(std.out, side.mark+line)
			}
		}
	}
	if differs {
		return errShown
	}
	return nil
}

type policyTestCommand struct {
	where `embed:""`
	File  string `arg:"" help:"File with expect lines; other lines are passed over."`
}

// Run asks every question and tells the reasons of answers that are not the expected ones.
func (c policyTestCommand) Run(ctx context.Context, std streams) (err error) {
	lines, err := kept(c.File)
	if err != nil {
		return err
	}
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
	asked, failed := 0, 0
	for _, line := range lines {
		if !strings.HasPrefix(line, "expect ") {
			continue
		}
		asked++
		e, want, err := expectation(s, line)
		if err != nil {
			return err
		}
		if e.OK == want {
			continue
		}
		failed++
		_, _ = fmt.Fprintf(std.out, "FAIL %s\n     %s (%s)\n", line, say(policy.Worded(s, e.Reason(), say)), e.Code)
		for _, step := range e.Why {
			_, _ = fmt.Fprintln(std.out, "     "+say(policy.Worded(s, step.Text, say)))
		}
	}
	if asked == 0 {
		return fmt.Errorf("%s holds no line that begins with expect", c.File)
	}
	_, _ = fmt.Fprintf(std.out, "%d passed, %d failed\n", asked-failed, failed)
	if failed > 0 {
		return errShown
	}
	return nil
}

// expectation reads and asks one line: expect WHO RIGHT on WHAT yes|no.
func expectation(s *pbx.Snapshot, line string) (e policy.Explanation, want bool, err error) {
	w := strings.Fields(line)
	if len(w) < 6 || w[3] != "on" || w[len(w)-1] != "yes" && w[len(w)-1] != "no" {
		return e, false, fmt.Errorf("%q: write expect EMAIL RIGHT on EMAIL|GROUP|system yes|no", line)
	}
	right, ok := policy.ParseRight(w[2])
	if !ok {
		return e, false, fmt.Errorf("%q: there is no right %s", line, w[2])
	}
	who := s.ByEmail(w[1])
	if who == nil {
		return e, false, fmt.Errorf("%q: nobody has the address %s", line, w[1])
	}
	target, err := explainRightCommand{On: strings.Join(w[4:len(w)-1], " ")}.target(s)
	if err != nil {
		return e, false, fmt.Errorf("%q: %w", line, err)
	}
	e = policy.Explain(s, policy.Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: who.ID}, Right: right, Target: target, At: time.Now()})
	return e, w[len(w)-1] == "yes", nil
}
