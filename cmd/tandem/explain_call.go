package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/toll"
	"tandem/whatif"
)

type explainCallCommand struct {
	where    `embed:""`
	From     string `help:"Extension or e-mail address of who calls, or whose rule does." required:"" placeholder:"CALLER"`
	To       string `help:"What is dialled, such as +18769261234." required:"" placeholder:"NUMBER"`
	Token    string `help:"Name or id of an API token of the caller's with which a program begins the call: its budgets count too." placeholder:"TOKEN"`
	At       string `help:"Moment of the call, such as 2026-11-14T20:00 in the zone of the office; default is now." placeholder:"TIME"`
	Language string `help:"Language of the sentences." default:"en" enum:"en,de,pl,ru,id"`
	JSON     bool   `help:"Answer for programs." name:"json"`
}

// Run asks the decision that stands before every call outside, and what budgets have left (B-098).
func (c explainCallCommand) Run(ctx context.Context, std streams) (err error) {
	m, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer closing(m, &err)
	s, _ := m.Directory.View()
	r, err := explainRouteCommand{From: c.From, To: c.To, At: c.At}.request(s)
	if err != nil {
		return err
	}
	if r.Caller.User == "" {
		return fmt.Errorf("%s is no person of this office; who calls outside is somebody inside", c.From)
	}
	q := toll.Question{Payer: r.Caller.User, To: s.PlaceOf(r.Caller.User, "", r.At).Read(c.To), At: r.At}
	if q.Token, err = c.token(s, q.Payer); err != nil {
		return err
	}
	e := toll.Explain(s, q)
	say := func(t i18n.Text) string { return m.Catalog.Say(c.Language, t) }
	right := policy.Decide(s, policy.Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: q.Payer}, Right: policy.CallOut, Target: policy.User(q.Payer), At: q.At})
	if right.OK || e.Code == toll.Emergency || e.Code == toll.Inside {
		ledger, err := m.Ledger(ctx)
		if err != nil {
			return err
		}
		return c.tell(std, s, q, e, toll.Short(toll.Draws(s, &q), e.Quote.Price, ledger.Spent), say)
	}
	e = toll.Explanation{Verdict: toll.Verdict{Code: "right"}}
	return c.tell(std, s, q, e, nil, func(t i18n.Text) string {
		if t.Key == "toll.right" {
			t = policy.Worded(s, right.Reason(), say)
		}
		return say(t)
	})
}

// token finds a token of the caller's by its name or id.
func (c explainCallCommand) token(s *pbx.Snapshot, owner pbx.UserID) (pbx.TokenID, error) {
	if c.Token == "" {
		return "", nil
	}
	for _, t := range s.TokensOf(owner) {
		if t.Name == c.Token || string(t.ID) == c.Token {
			return t.ID, nil
		}
	}
	return "", fmt.Errorf("%s has no token %q; \"tandem explain call\" without --token asks about a call that is dialled", s.Users[owner].Name, c.Token)
}

func (c explainCallCommand) tell(std streams, s *pbx.Snapshot, q toll.Question, e toll.Explanation, short *toll.Draw, say func(i18n.Text) string) error {
	names := display.Regions(language.Make(c.Language))
	country := func(iso string) string {
		r, err := language.ParseRegion(iso)
		if err != nil {
			return iso
		}
		return names.Name(r)
	}
	if e.OK && short != nil {
		e.OK, e.Code = false, whatif.Spent
	}
	if c.JSON {
		out := struct {
			OK      bool      `json:"ok"`
			Code    toll.Code `json:"code"`
			Verdict string    `json:"verdict"`
			Number  string    `json:"number,omitempty"`
			Class   string    `json:"class"`
			Country string    `json:"country,omitempty"`
			Profile string    `json:"profile,omitempty"`
			Budget  string    `json:"budget,omitempty"`
			Most    int       `json:"most,omitempty"`
			At      time.Time `json:"at"`
		}{e.OK, e.Code, say(i18n.T("toll." + string(e.Code))), string(q.To.E164), q.To.Class.String(), q.To.Country, "", "", int(e.Most / time.Second), q.At}
		if e.Spot.Profile != nil {
			out.Profile = e.Spot.Profile.Name
		}
		if e.Code == whatif.Spent {
			out.Budget = short.Budget.Name
		}
		enc := json.NewEncoder(std.out)
		enc.SetIndent("", "  ")
		return enc.Encode(out)
	}
	verdict := "no"
	if e.OK {
		verdict = "yes"
	}
	_, _ = fmt.Fprintf(std.out, "%s: %s (%s)\n", verdict, say(i18n.T("toll."+string(e.Code))), e.Code)
	where := say(i18n.T("class." + q.To.Class.String()))
	if q.To.Country != "" {
		where += " (" + country(q.To.Country) + ")"
	}
	_, _ = fmt.Fprintf(std.out, "  %s %s\n", where, q.To.E164)
	for _, step := range e.Steps {
		_, _ = fmt.Fprintf(std.out, "  %s [%s]\n", step.Profile.Name, step.Through)
		for _, i := range step.Fits {
			_, _ = fmt.Fprintf(std.out, "    %s\n", toll.Sentence(&step.Profile.Rules[i], say, country))
		}
	}
	if e.Code == whatif.Spent {
		_, _ = fmt.Fprintf(std.out, "  %s\n  + %s\n", say(i18n.T("toll.check.budget_of", "name", short.Budget.Name)), say(i18n.T("toll.change.budget")))
	}
	if e.OK && e.Asks.Profile != nil {
		key := "toll.check.pin"
		if !e.HasPIN {
			key = "toll.change.pin"
		}
		_, _ = fmt.Fprintln(std.out, "  + "+say(i18n.T(key)))
	}
	if e.Alarm != nil {
		_, _ = fmt.Fprintln(std.out, "  + "+say(i18n.T("toll.change.alarm", "name", s.NameOf(e.Alarm.On))))
	}
	if e.Code == toll.Staying {
		_, _ = fmt.Fprintln(std.out, "  + "+say(i18n.T("toll.change.stay")))
	} else if !e.OK && e.Remedy != nil && e.Code != whatif.Spent {
		key := "toll.change.allow"
		if e.Spot.Profile != nil {
			key = "toll.change.except"
		}
		_, _ = fmt.Fprintln(std.out, "  + "+say(i18n.T(key, "what", where, "profile", e.Remedy.Name)))
	}
	return nil
}
