package api

import (
	"cmp"
	"context"
	"maps"
	"strconv"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// Finding is one mistake in how rights are given, as far as the visitor may see whom it concerns (N-9).
type Finding struct {
	Rule    string  `json:"rule"`
	Risk    string  `json:"risk" enum:"low,medium,high"`
	Text    string  `json:"text" doc:"what was found"`
	Mend    string  `json:"mend" doc:"what would mend it"`
	Right   string  `json:"right,omitempty" doc:"it is about"`
	Subject pbx.Ref `json:"subject" doc:"where it is mended"`
	People  []Named `json:"people" nullable:"false" doc:"whom it concerns, the first of them"`
	Count   int     `json:"count" doc:"how many people"`
}

// Findings are all mistakes, the gravest first.
type Findings struct {
	Items []Finding `json:"items" nullable:"false"`
	Rules int       `json:"rules" doc:"how many mistakes are looked for"`
}

// findingNames is how many people of one finding are named.
const findingNames = 12

// partial are the rules that list people one by one: of them everybody sees his part. All others say something about a crowd or an
// office, and are for those who may see all of it.
var partial = map[policy.LintRule]bool{policy.LintNoCalls: true, policy.LintOwnRecordings: true, policy.LintNoForwarding: true, policy.LintDefaultAdmin: true}

// listFindings looks for mistakes in how rights are given.
func (s *Server) listFindings(_ context.Context, v *visit, _ *struct{}) (Findings, error) {
	out := Findings{Items: []Finding{}, Rules: len(policy.LintRules())}
	for _, l := range policy.Lints(v.s, v.at) {
		if f, ok := s.finding(v, &l); ok {
			out.Items = append(out.Items, f)
		}
	}
	return out, nil
}

func (s *Server) finding(v *visit, l *policy.Lint) (Finding, bool) {
	out := Finding{Rule: string(l.Rule), Risk: l.Risk.String(), Subject: l.Subject, People: []Named{}}
	if l.Right != policy.NoRight {
		out.Right = l.Right.String()
	}
	for _, u := range l.People {
		if !v.can(policy.RightExplain, policy.User(u)) {
			if !partial[l.Rule] {
				return out, false
			}
			continue
		}
		if out.Count++; len(out.People) < findingNames {
			out.People = append(out.People, v.named(pbx.Ref{Kind: pbx.KindUser, ID: string(u)}))
		}
	}
	switch {
	case len(l.People) > 0 && out.Count == 0:
		return out, false
	case l.Subject.Kind == pbx.KindGroup && !v.can(policy.RightExplain, policy.Group(pbx.GroupID(l.Subject.ID))):
		return out, false
	case l.Subject.Kind == pbx.KindRestriction && !v.can(policy.RightExplain, policy.Group(cmp.Or(v.s.Restrictions[pbx.RestrictionID(l.Subject.ID)].Group, v.s.DefaultGroup()))):
		return out, false
	case l.Subject.Kind == pbx.KindRole && !v.can(policy.RoleEdit, policy.System()):
		return out, false
	case l.Subject.Kind == pbx.KindSettings && len(l.People) == 0 && !v.can(policy.RightExplain, policy.Group(v.s.DefaultGroup())):
		return out, false
	}
	say := func(t i18n.Text) string {
		t.Args = maps.Clone(t.Args)
		if l.Right != policy.NoRight {
			t.Args["right"] = l.Right.Words(func(t i18n.Text) string { return s.say(v, t) })
		}
		if partial[l.Rule] {
			t.Args["count"] = strconv.Itoa(out.Count)
		}
		return s.say(v, t)
	}
	out.Text, out.Mend = say(l.Text), say(l.Mend())
	return out, true
}
