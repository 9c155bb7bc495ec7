package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

type explainRightCommand struct {
	where    `embed:""`
	As       string    `help:"E-mail address or extension of who wants to do it." required:"" placeholder:"WHO"`
	Right    string    `help:"The right, such as call.listen; GET /v1/rights lists them." required:""`
	On       string    `help:"E-mail address or extension of a person, name of a group, or system." required:"" placeholder:"WHAT"`
	At       time.Time `help:"Moment to decide at; default is now." placeholder:"2026-12-24T15:00:00Z"`
	Language string    `help:"Language of the answer: en, de, pl, ru or id." default:"en" placeholder:"LANGUAGE"`
	JSON     bool      `help:"Answer for programs." name:"json"`
}

func (c explainRightCommand) Run(ctx context.Context, std streams) (err error) {
	right, ok := policy.ParseRight(c.Right)
	if !ok {
		return fmt.Errorf("there is no right %s; GET /v1/rights lists them, for example call.listen", c.Right)
	}
	if !i18n.Known(c.Language) {
		return fmt.Errorf("%s is none of the languages en, de, pl, ru, id", c.Language)
	}
	m, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer closing(m, &err)
	s, _ := m.Directory.View()
	who := personOf(s, c.As)
	if who == nil {
		return fmt.Errorf("nobody has the address or extension %s", c.As)
	}
	target, err := c.target(s)
	if err != nil {
		return err
	}
	at := c.At
	if at.IsZero() {
		at = time.Now()
	}
	e := policy.Explain(s, policy.Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: who.ID}, Right: right, Target: target, At: at})
	say := func(t i18n.Text) string { return m.Catalog.Say(c.Language, t) }
	if c.JSON {
		return c.program(std.out, s, e, say)
	}
	return c.person(std.out, s, e, say)
}

// target finds what the question is about.
func (c explainRightCommand) target(s *pbx.Snapshot) (policy.Target, error) {
	if c.On == "system" {
		return policy.System(), nil
	}
	if u := personOf(s, c.On); u != nil {
		return policy.User(u.ID), nil
	}
	for _, g := range s.Groups {
		if g.Name == c.On || string(g.ID) == c.On {
			return policy.Group(g.ID), nil
		}
	}
	return policy.Target{}, fmt.Errorf("%s is no address or extension of a person and no group; say system for the office as a whole", c.On)
}

// person answers in sentences.
func (c explainRightCommand) person(out io.Writer, s *pbx.Snapshot, e policy.Explanation, say func(i18n.Text) string) error {
	line := func(indent, text string) {
		_, _ = fmt.Fprintln(out, indent+text)
	}
	verdict := "no"
	if e.OK {
		verdict = "yes"
	}
	line("", verdict+": "+say(policy.Worded(s, e.Reason(), say))+" ("+string(e.Code)+")")
	for i, step := range e.Why {
		if i > 0 || e.OK {
			text := say(policy.Worded(s, step.Text, say))
			if step.Row != (pbx.Ref{}) {
				text += " [" + step.Row.String() + "]"
			}
			line("  ", text)
		}
	}
	for _, g := range e.Lacks {
		r, _ := policy.ParseRight(g.Right)
		line("  + ", g.Right+" @ "+scopeName(s, g.Scope)+": "+r.Words(say))
	}
	for _, u := range e.Givers {
		line("  > ", s.Users[u].Name+" <"+s.Users[u].Email+">")
	}
	return nil
}

// scopeName writes a scope in short.
func scopeName(s *pbx.Snapshot, c pbx.Scope) string {
	switch c.Kind {
	case pbx.ScopeGroup, pbx.ScopeTree:
		return string(c.Kind) + ":" + s.NameOf(pbx.Ref{Kind: pbx.KindGroup, ID: string(c.Group)})
	case pbx.ScopeListed:
		text := string(c.Kind)
		for i, r := range c.Refs {
			text += [...]string{":", ","}[min(i, 1)] + s.NameOf(r)
		}
		return text
	}
	return string(c.Kind)
}

// program answers with what the interface answers with, less what depends on the asker.
func (c explainRightCommand) program(out io.Writer, s *pbx.Snapshot, e policy.Explanation, say func(i18n.Text) string) error {
	type step struct {
		Text string `json:"text"`
		Row  string `json:"row,omitempty"`
	}
	type lack struct {
		Right string    `json:"right"`
		Scope pbx.Scope `json:"scope"`
	}
	answer := struct {
		OK       bool         `json:"ok"`
		Code     policy.Code  `json:"code"`
		Verdict  string       `json:"verdict"`
		Steps    []step       `json:"steps"`
		Lacks    []lack       `json:"lacks"`
		Givers   []pbx.UserID `json:"givers"`
		Revision int64        `json:"revision"`
	}{e.OK, e.Code, say(policy.Worded(s, e.Reason(), say)), []step{}, []lack{}, append([]pbx.UserID{}, e.Givers...), s.Version}
	for _, w := range e.Why {
		one := step{Text: say(policy.Worded(s, w.Text, say))}
		if w.Row != (pbx.Ref{}) {
			one.Row = w.Row.String()
		}
		answer.Steps = append(answer.Steps, one)
	}
	for _, g := range e.Lacks {
		answer.Lacks = append(answer.Lacks, lack{g.Right, g.Scope})
	}
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	return enc.Encode(answer)
}
