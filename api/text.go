package api

import (
	"context"
	"strings"

	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// policyOctets bounds a text with everything that JSON writes around it.
const policyOctets = 2 * command.MaxText

// PolicyText is what gives or takes rights in the office, one line each.
type PolicyText struct {
	Text string `json:"text"`
}

// getPolicy writes the rights of the office (N-16).
func (s *Server) getPolicy(_ context.Context, v *visit, _ *struct{}) (PolicyText, error) {
	if d := policy.ReadsText(v.s, v.who, v.at); !d.OK {
		return PolicyText{}, &pbx.Error{Code: pbx.Denied, Text: d.Reason()}
	}
	lines := policy.Text(v.s, v.at)
	return PolicyText{strings.Join(append(lines, ""), "\n")}, nil
}

// PolicyPlan is what a text would change in the office, or changed.
type PolicyPlan struct {
	Plan     string       `json:"plan" doc:"the name of exactly these steps; give it back to have nothing else done"`
	Steps    []PolicyStep `json:"steps" nullable:"false" doc:"in the order in which they are done"`
	Problems int          `json:"problems" doc:"steps that stand in the way; with one, nothing is changed"`
}

// PolicyStep is one line that comes, goes or becomes another.
type PolicyStep struct {
	Action  string         `json:"action" enum:"add,change,remove"`
	Line    int            `json:"line,omitempty" doc:"in the text, from 1"`
	Before  string         `json:"before,omitempty"`
	After   string         `json:"after,omitempty"`
	Problem *ImportProblem `json:"problem,omitempty"`
}

type policyIn struct {
	Dry  bool `query:"dry" doc:"only say what would happen"`
	Body struct {
		Text   string `json:"text" doc:"lines as GET /v1/policy writes them; what is missing in it goes"`
		Reason string `json:"reason" doc:"stands at every line of the log"`
		Plan   string `json:"plan,omitempty" doc:"the plan that was looked at; another one is refused"`
	}
}

// putPolicy plans a text, or applies it. A plan tells its problems in the answer; applying with one is refused.
func (s *Server) putPolicy(ctx context.Context, v *visit, in *policyIn) (PolicyPlan, error) {
	c := command.ApplyText{Text: in.Body.Text, Reason: in.Body.Reason, Plan: in.Body.Plan}
	if !in.Dry {
		r, err := s.do(ctx, v, c)
		if err != nil {
			return PolicyPlan{}, err
		}
		return s.showPlan(v, r.Steps), nil
	}
	r, err := s.c.Desk.Try(ctx, v.who, c)
	if e, ok := asRefusal(err); err != nil && !(ok && e.Text.Key == "text.problems") {
		return PolicyPlan{}, err
	}
	return s.showPlan(v, r.Steps), nil
}

func (s *Server) showPlan(v *visit, steps []command.Step) PolicyPlan {
	out := PolicyPlan{Plan: command.PlanName(steps), Steps: make([]PolicyStep, 0, len(steps))}
	for _, step := range steps {
		shown := PolicyStep{Action: step.Action(), Line: step.Number, Before: step.Before, After: step.After}
		if e := step.Problem; e != nil {
			out.Problems++
			text := policy.Worded(v.s, e.Text, func(t i18n.Text) string { return s.say(v, t) })
			shown.Problem = s.showProblem(v, &pbx.Error{Text: text, Field: e.Field})
		}
		out.Steps = append(out.Steps, shown)
	}
	return out
}
