package api

import (
	"cmp"
	"context"
	"strings"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/toll"
)

type explainCall struct {
	Body struct {
		From string    `json:"from,omitempty" doc:"extension or id of who calls, or whose rule does; absent: the asker"`
		To   string    `json:"to" doc:"what is dialled"`
		At   time.Time `json:"at,omitzero" doc:"absent: now"`

		Token pbx.TokenID `json:"token,omitempty" doc:"of the asker's: a program begins the call with it, and its budgets count too; absent: the one that asks"`
	}
}

// WhyCall is the answer to why somebody can or cannot call a number (N-1, B-098).
type WhyCall struct {
	OK       bool        `json:"ok"`
	Code     string      `json:"code" doc:"how the decision came about, in one word"`
	Verdict  string      `json:"verdict"`
	From     Named       `json:"from"`
	To       string      `json:"to" doc:"as it was dialled"`
	Number   string      `json:"number,omitempty" doc:"E.164; absent for what has no such form"`
	Class    string      `json:"class"`
	Country  string      `json:"country,omitempty" doc:"ISO 3166 alpha-2"`
	Where    string      `json:"where" doc:"class and country in words"`
	Region   string      `json:"region,omitempty" doc:"place of the caller, which completes what is dialled"`
	Order    []CallCheck `json:"order" nullable:"false" doc:"the questions of the decision in the order in which one should look; the first that fails decides"`
	Profiles []CallRules `json:"profiles" nullable:"false" doc:"the profiles that reach the caller, with the rules that speak about the number"`
	Most     int         `json:"most,omitempty" doc:"seconds that the call may last"`
	Change   string      `json:"change,omitempty" doc:"the smallest change that would allow a refused call"`
	Price    *CallPrice  `json:"price,omitempty" doc:"what it costs at that moment, over the dearest trunk; for who may see what the person's calls cost"`
	At       time.Time   `json:"at"`
	Revision int64       `json:"revision" doc:"of the configuration that was asked"`
}

// CallCheck is one question of the decision.
type CallCheck struct {
	Kind  string `json:"kind" enum:"right,number,alarm,stay,rules,deny,hours,pin,price,budget"`
	State string `json:"state" enum:"passed,decides,would_refuse"`
	Text  string `json:"text"`
}

// CallPrice is what a call costs. Amounts are millionths of the currency.
type CallPrice struct {
	Known    bool   `json:"known" doc:"false: nobody knows"`
	Minute   int64  `json:"minute,omitempty"`
	Setup    int64  `json:"setup,omitempty"`
	Currency string `json:"currency,omitempty"`
	Trunk    string `json:"trunk,omitempty" doc:"name of the trunk"`
	Place    string `json:"place,omitempty" doc:"what the carrier calls the destination"`
}

// callPrice is what a decision says about the price, for who may see the costs of the payer.
func (v *visit) callPrice(verdict toll.Verdict, payer pbx.UserID) *CallPrice {
	if !verdict.OK && verdict.Code != toll.Unpriced || verdict.Code == toll.Emergency || verdict.Code == toll.Inside || !v.can(policy.CostSee, policy.User(payer)) || len(v.s.Decks) == 0 && !verdict.Paid {
		return nil
	}
	q := verdict.Quote
	out := &CallPrice{Known: q.OK, Minute: q.Price.Minute, Setup: q.Price.Setup, Currency: v.s.Tenant.Currency}
	if q.Trunk != "" {
		out.Trunk = v.s.NameOf(pbx.Ref{Kind: pbx.KindTrunk, ID: string(q.Trunk)})
	}
	if q.Rate != nil {
		out.Place = q.Rate.Name
	}
	return out
}

// shortOf is the budget that has not enough left for the first minute of a call; nil where all have.
func (s *Server) shortOf(v *visit, verdict toll.Verdict, q toll.Question) *pbx.Budget {
	if d := toll.Short(toll.Draws(v.s, &q), verdict.Quote.Price, s.spent); d != nil {
		return d.Budget
	}
	return nil
}

// CallRules is a profile that reaches a caller.
type CallRules struct {
	ID      pbx.RestrictionID `json:"id,omitempty" doc:"for who may see the profile"`
	Name    string            `json:"name"`
	Through TollPlace         `json:"through" doc:"what it is put on"`
	Rules   []string          `json:"rules" nullable:"false"`
	Decides bool              `json:"decides"`
}

// explainCall asks the decision that stands before every call outside. About oneself everybody may ask; about others those who may explain
// their rights or decide about their restrictions.
func (s *Server) explainCall(_ context.Context, v *visit, in *explainCall) (WhyCall, error) {
	dialled := strings.TrimSpace(in.Body.To)
	if dialled == "" {
		return WhyCall{}, pbx.Refuse(pbx.Invalid, "to", "explain.to_missing")
	}
	from := v.who.User
	if f := strings.TrimSpace(in.Body.From); f != "" {
		from = pbx.UserID(f)
		if ref, ok := v.s.ByExtension(f); ok && ref.Kind == pbx.KindUser {
			from = pbx.UserID(ref.ID)
		}
	}
	if from != v.who.User && !v.mayAskAbout(from) {
		return WhyCall{}, pbx.Refuse(pbx.Invalid, "from", "explain.from_unknown", "number", in.Body.From)
	}
	at := in.Body.At.UTC()
	if in.Body.At.IsZero() {
		at = v.at
	}
	q := toll.Question{Payer: from, Token: cmp.Or(in.Body.Token, v.who.Token), To: v.s.PlaceOf(from, "", at).Read(dialled), At: at}
	if t := v.s.Tokens[q.Token]; q.Token != "" && (t == nil || t.User != v.who.User) {
		return WhyCall{}, pbx.Refuse(pbx.Invalid, "token", "explain.token_unknown")
	}
	return s.showCallWhy(v, q, dialled), nil
}

func (s *Server) showCallWhy(v *visit, q toll.Question, dialled string) WhyCall {
	e := toll.Explain(v.s, q)
	say, country := func(t i18n.Text) string { return s.say(v, t) }, s.country(v)
	out := WhyCall{OK: e.OK, Code: string(e.Code), From: Named{Kind: pbx.KindUser, ID: string(q.Payer), Name: v.s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(q.Payer)})},
		To: dialled, Number: string(q.To.E164), Class: q.To.Class.String(), Country: q.To.Country, Where: say(i18n.T("class." + q.To.Class.String())),
		Order: []CallCheck{}, Profiles: []CallRules{}, Most: int(e.Most / time.Second), At: q.At, Revision: v.s.Version}
	if q.To.Country != "" {
		out.Where += " (" + country(q.To.Country) + ")"
	}
	if r := v.s.RegionOf(q.Payer, q.Device, q.At); r != nil {
		out.Region = r.Name
	}
	out.Verdict = say(i18n.T("toll." + string(e.Code)))
	right := policy.Decide(v.s, policy.Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: q.Payer}, Right: policy.CallOut, Target: policy.User(q.Payer), At: q.At})
	if e.Code != toll.Emergency && e.Code != toll.Inside {
		state := "passed"
		if !right.OK {
			state = "decides"
			out.OK, out.Code, out.Verdict = false, "right", say(policy.Worded(v.s, right.Reason(), say))
		}
		out.Order = append(out.Order, CallCheck{"right", state, say(i18n.T("toll.check.right", "right", policy.CallOut.Words(say)))})
	}
	decided := len(out.Order) > 0 && out.Order[0].State == "decides"
	for _, c := range e.Checks() {
		row := CallCheck{Kind: string(c.Kind), State: "passed", Text: say(e.Answer(c))}
		if !c.OK {
			row.State = "would_refuse"
			if !decided && !e.OK {
				row.State, decided = "decides", true
			}
		}
		out.Order = append(out.Order, row)
		if c.Kind == toll.CheckPIN {
			out.Order = append(out.Order, s.heldPINs(v, q)...)
		}
	}
	for _, step := range e.Steps {
		row := CallRules{Name: step.Profile.Name, Through: s.tollPlace(v, step.Through), Rules: []string{}, Decides: step.Profile == e.Spot.Profile}
		if sees, _ := v.seesRestriction(step.Profile); sees {
			row.ID = step.Profile.ID
		}
		for _, i := range step.Fits {
			row.Rules = append(row.Rules, toll.Sentence(&step.Profile.Rules[i], say, country))
		}
		for _, i := range step.Lifts {
			x := &step.Profile.Except[i]
			row.Rules = append(row.Rules, say(i18n.T("toll.rule.except", "what", toll.ExceptSentence(x, say, country), "reason", x.Reason)))
		}
		out.Profiles = append(out.Profiles, row)
	}
	out.Price = v.callPrice(e.Verdict, q.Payer)
	short := s.shortOf(v, e.Verdict, q)
	if e.OK && e.Code != toll.Emergency && e.Code != toll.Inside && len(v.s.Budgets) > 0 {
		row := CallCheck{Kind: "budget", State: "passed", Text: say(i18n.T("toll.check.budget"))}
		if short != nil {
			row.State, row.Text = "would_refuse", say(i18n.T("toll.check.budget_no"))
			if v.seesBudget(short) {
				row.Text = say(i18n.T("toll.check.budget_of", "name", short.Name))
			}
			if out.OK {
				row.State, out.OK, out.Code, out.Verdict = "decides", false, "budget", say(i18n.T("toll.budget"))
			}
		}
		out.Order = append(out.Order, row)
	}
	if out.OK && e.Asks.Profile != nil && !e.HasPIN {
		out.OK, out.Code, out.Verdict = false, "pin", say(i18n.T("toll.pin"))
		for i := range out.Order {
			if out.Order[i].Kind == string(toll.CheckPIN) {
				out.Order[i].State = "decides"
			}
		}
	}
	switch {
	case out.OK:
	case out.Code == "pin":
		out.Change = say(i18n.T("toll.change.pin"))
	case out.Code == "budget":
		out.Change = say(i18n.T("toll.change.budget"))
	case e.Code == toll.Alarmed && right.OK:
		out.Change = say(i18n.T("toll.change.alarm", "name", v.s.NameOf(e.Alarm.On)))
	case e.Code == toll.Unpriced && right.OK:
		out.Change = say(i18n.T("toll.change.price"))
	case !right.OK && out.Code == "right":
		out.Change = say(i18n.T("toll.change.right", "right", policy.CallOut.Words(say)))
	case e.Code == toll.Stranger:
		out.Change = say(i18n.T("toll.change.contacts"))
	case e.Code == toll.Staying:
		out.Change = say(i18n.T("toll.change.stay"))
	case e.Remedy != nil && e.Spot.Profile != nil:
		out.Change = say(i18n.T("toll.change.except", "profile", e.Spot.Profile.Name, "what", out.Where))
	case e.Remedy != nil:
		out.Change = say(i18n.T("toll.change.allow", "what", out.Where))
	}
	return out
}

// heldPINs says at which phones of the payer a PIN that he typed before holds for the call, and until when: there he is not asked for it.
func (s *Server) heldPINs(v *visit, q toll.Question) []CallCheck {
	var out []CallCheck
	for _, held := range s.c.Calls.PINs(q.Payer) {
		q.Device, q.Typed = held.Device, held.At
		verdict := toll.Decide(v.s, q)
		until := verdict.HeldUntil(held.At)
		if d := v.s.Devices[held.Device]; d != nil && !until.IsZero() {
			wall := v.s.Clock(v.who.User, v.at)
			out = append(out, CallCheck{Kind: string(toll.CheckPIN), State: "passed",
				Text: s.say(v, i18n.T("toll.check.pin_held", "phone", d.Name, "at", held.At.In(wall).Format("15:04"), "until", until.In(wall).Format("15:04")))})
		}
	}
	return out
}
