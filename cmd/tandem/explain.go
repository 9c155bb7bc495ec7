package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/route"
	"tandem/switchboard"
)

type explainCommand struct {
	Right   explainRightCommand   `cmd:"" help:"Why somebody may or may not do something, what would change it, and who could."`
	Call    explainCallCommand    `cmd:"" help:"Why somebody can or cannot call a number outside, and what would change it."`
	Forward explainForwardCommand `cmd:"" help:"Why somebody's forwarding fails, rule by rule, and what would change it."`
	Route   explainRouteCommand   `cmd:"" help:"What can happen to a call: every branch, with its reasons."`
}

type explainRouteCommand struct {
	where    `embed:""`
	From     string `help:"Extension or e-mail address of a person, or a number outside." required:"" placeholder:"CALLER"`
	To       string `help:"What is dialled." required:"" placeholder:"NUMBER"`
	At       string `help:"Moment of the call, such as 2026-11-14T20:00 in the zone of the office; default is now." placeholder:"TIME"`
	Language string `help:"Language of the sentences." default:"en" enum:"en,de,pl,ru,id"`
}

// Run asks the decision that carries calls; phones are registered as they were noted last.
func (c explainRouteCommand) Run(ctx context.Context, std streams) (err error) {
	m, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer closing(m, &err)
	s, live := m.Directory.View()
	kept, err := m.Store.Bindings(ctx)
	if err != nil {
		return err
	}
	for _, b := range kept {
		live = live.WithBindings(b.Device, append(live.Bindings(b.Device), b.Binding))
	}
	r, err := c.request(s)
	if err != nil {
		return err
	}
	words, err := i18n.Load()
	if err != nil {
		return err
	}
	t := teller{out: std.out, say: func(t i18n.Text) string { return words.Say(c.Language, t) }}
	t.node(route.Explore(s, live, r, switchboard.Permit), 0)
	return t.err
}

// request reads who calls, what he dials and when.
func (c explainRouteCommand) request(s *pbx.Snapshot) (route.Request, error) {
	r := route.Request{Dialled: c.To, At: time.Now().UTC()}
	if c.At != "" {
		zone, err := time.LoadLocation(s.ZoneOf("", r.At))
		if err != nil {
			return r, err
		}
		if r.At, err = readMoment(c.At, zone); err != nil {
			return r, err
		}
	}
	if u := personOf(s, c.From); u != nil {
		r.Caller, r.Keys = pbx.Actor{Kind: pbx.ActorUser, User: u.ID}, true
		return r, nil
	}
	if !route.Outsider(s, &r, c.From) {
		return r, fmt.Errorf("%s is neither a person of this office nor a number outside", c.From)
	}
	return r, nil
}

// personOf is who has an address or an extension; nil for nobody.
func personOf(s *pbx.Snapshot, name string) *pbx.User {
	if ref, ok := s.ByExtension(name); ok && ref.Kind == pbx.KindUser {
		return s.Users[pbx.UserID(ref.ID)]
	}
	return s.ByEmail(name)
}

// readMoment reads a moment with or without a zone of its own.
func readMoment(text string, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), nil
	}
	for _, form := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(form, text, zone); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no moment; write for example 2026-11-14T20:00", text)
}

// teller prints a tree, the way that is taken with a star.
type teller struct {
	out io.Writer
	say func(i18n.Text) string
	err error
}

func (t *teller) print(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.out, format, args...)
	}
}

func (t *teller) node(n *route.Node, depth int) {
	indent, mark := strings.Repeat("    ", depth), " "
	if n.Taken {
		mark = "*"
	}
	t.print("%s%s %s\n", indent, mark, t.occasion(n))
	for _, line := range n.Plan.Trace {
		t.print("%s      %s\n", indent, t.say(line))
	}
	for _, next := range n.Next {
		t.node(next, depth+1)
	}
}

// occasion is why the call comes to a place, with the second at which it does.
func (t *teller) occasion(n *route.Node) string {
	words := t.say(i18n.T("app.path.now"))
	switch {
	case n.Branch == route.BranchStatus:
		words = t.say(i18n.T("app.path.if_status", "status", t.say(i18n.T("app.presence."+string(n.Status)))))
	case n.Branch != route.BranchStart:
		words = t.say(i18n.T("app.path.if."+string(n.Branch), "key", n.Key))
	}
	return fmt.Sprintf("%s (%d s)", words, int(n.After/time.Second))
}
