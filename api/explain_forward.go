package api

import (
	"context"
	"strings"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
	decision "tandem/route"
	"tandem/store"
	"tandem/switchboard"
	"tandem/toll"
)

type explainForward struct {
	Body struct {
		User string    `json:"user,omitempty" doc:"extension or id of the person whose rules are asked about; absent: the asker"`
		Rule string    `json:"rule,omitempty" maxLength:"80" doc:"no_answer, busy, offline or always of the status at that time, exceptions, or a field such as profiles.away.always or exceptions.0; absent: the rules of the status at that time and every exception"`
		At   time.Time `json:"at,omitzero" doc:"absent: now. Phones and lines are looked at as they are now"`
	}
}

// WhyForward is the answer to why forwarding fails (B-100).
type WhyForward struct {
	OK       bool         `json:"ok" doc:"nothing stands in the way of any of the rules"`
	Verdict  string       `json:"verdict"`
	User     Named        `json:"user"`
	Status   pbx.Status   `json:"status" doc:"of the person at that time"`
	Rules    []ForwardWhy `json:"rules" nullable:"false"`
	At       time.Time    `json:"at"`
	Revision int64        `json:"revision" doc:"of the configuration that was asked"`
}

// ForwardWhy is the answer for one rule.
type ForwardWhy struct {
	Field     string         `json:"field" doc:"empty where no rule is set"`
	Status    pbx.Status     `json:"status" doc:"whose rule it is"`
	When      pbx.When       `json:"when" doc:"empty: at once"`
	Outside   bool           `json:"outside" doc:"for callers from outside"`
	Exception int            `json:"exception,omitempty" doc:"its number, from 1"`
	To        Place          `json:"to"`
	OK        bool           `json:"ok"`
	Verdict   string         `json:"verdict"`
	Order     []ForwardCheck `json:"order" nullable:"false" doc:"the questions in the order in which one should look; the first that fails decides"`
}

// ForwardCheck is one question behind a rule.
type ForwardCheck struct {
	Kind   string `json:"kind" enum:"right,locked,outside,set,person,active,leads,circle,pays,alarm,rules,deny,hours,pin,price,budget,reach,carrier"`
	State  string `json:"state" enum:"passed,decides,would_refuse,note" doc:"note: it says what the person could not change; the rule works all the same"`
	Text   string `json:"text"`
	Change string `json:"change,omitempty" doc:"what would help"`
	Where  string `json:"where,omitempty" doc:"the page of the app on which"`
}

// explainForward asks the decisions that carry a forwarded call. About oneself everybody may ask; about others those who may ask why about them
// and see their rules.
func (s *Server) explainForward(ctx context.Context, v *visit, in *explainForward) (WhyForward, error) {
	of := v.who.User
	if f := strings.TrimSpace(in.Body.User); f != "" {
		of = pbx.UserID(f)
		if ref, ok := v.s.ByExtension(f); ok && ref.Kind == pbx.KindUser {
			of = pbx.UserID(ref.ID)
		}
	}
	if v.s.Users[of] == nil || of != v.who.User && !(v.mayAskAbout(of) && v.knowsRules(of)) {
		return WhyForward{}, pbx.Refuse(pbx.Invalid, "user", "explain.from_unknown", "number", in.Body.User)
	}
	at := in.Body.At.UTC()
	if in.Body.At.IsZero() {
		at = v.at
	}
	name := v.s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(of)})
	out := WhyForward{OK: true, User: Named{Kind: pbx.KindUser, ID: string(of), Name: name}, Status: v.s.StatusOf(of, at).Status, Rules: []ForwardWhy{}, At: at, Revision: v.s.Version}
	list := decision.Forwards(v.s, of, in.Body.Rule, at)
	if len(list) == 0 {
		list = []decision.Forward{{User: of, Status: out.Status}}
	}
	var calls []report.CDR
	for _, f := range list {
		facts := switchboard.ForwardFacts{}
		if f.Leaves() {
			if calls == nil {
				var err error
				if calls, err = s.callsOf(ctx, v, of); err != nil {
					return WhyForward{}, err
				}
			}
			q := toll.Question{Payer: of, To: f.Number(v.s, at), At: at}
			facts.Calls, facts.Short = calls, s.shortOf(v, toll.Decide(v.s, q), q) != nil
		}
		why := s.showForwardWhy(v, f, switchboard.ForwardChecks(v.s, v.live, f, at, facts))
		out.OK = out.OK && why.OK
		out.Rules = append(out.Rules, why)
	}
	switch {
	case out.OK:
		out.Verdict = s.say(v, i18n.T("forward.all_fine", "name", name))
	case len(out.Rules) == 1:
		out.Verdict = out.Rules[0].Verdict
	default:
		out.Verdict = s.say(v, i18n.T("forward.some", "name", name))
	}
	return out, nil
}

// callsOf are the latest calls of a person that the visitor may see.
func (s *Server) callsOf(ctx context.Context, v *visit, u pbx.UserID) ([]report.CDR, error) {
	sees := v.sight(policy.CallDetail)
	p, err := s.c.Store.Calls(ctx, store.CallQuery{Sight: scope(sees), User: u, Limit: 200, From: v.at.AddDate(0, -1, 0),
		Keep: func(c *report.CDR) bool { return sees.Sees(recordTarget(c)) }})
	if p.Items == nil {
		p.Items = []report.CDR{}
	}
	return p.Items, err
}

func (s *Server) showForwardWhy(v *visit, f decision.Forward, checks []switchboard.ForwardCheck) ForwardWhy {
	out := ForwardWhy{Field: f.Field, Status: f.Status, When: f.When, Outside: f.Outside, Exception: f.Exception, To: v.place(f.User, f.To), OK: true, Order: []ForwardCheck{}}
	for _, c := range checks {
		if c.Kind == "reach" && f.To.Kind == pbx.ToUser && !v.mayKnowStatus(pbx.UserID(f.To.ID)) {
			c = switchboard.ForwardCheck{Kind: c.Kind, OK: true, Text: i18n.T("forward.check.reach_hidden")}
		}
		if who := pbx.UserID(c.Text.Args["user"]); who != "" && who != f.User {
			if _, shown := v.line(c.Text); !shown {
				c.Text = i18n.T("forward.check." + c.Kind + "_no")
			}
		}
		row := ForwardCheck{Kind: c.Kind, State: "passed", Text: s.say(v, c.Text)}
		switch {
		case c.OK:
		case c.Holds:
			row.State = "note"
		case out.OK:
			out.OK, row.State, out.Verdict = false, "decides", row.Text
		default:
			row.State = "would_refuse"
		}
		if !c.OK {
			row.Change, row.Where = s.say(v, c.Change), c.Where
		}
		out.Order = append(out.Order, row)
	}
	if out.OK {
		out.Verdict = s.say(v, i18n.T("forward.fine"))
	}
	return out
}
