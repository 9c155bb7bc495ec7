package api

import (
	"context"
	"slices"
	"strconv"
	"time"

	"tandem/i18n"
	"tandem/pbx"
)

// LineTrial is what the house knows about the latest trial of a line.
type LineTrial struct {
	Running bool
	Begun   time.Time
	Steps   []LineStep
}

// LineStep is one step of it, as the SIP side tells it.
type LineStep struct {
	Kind, State, Problem string
	Status               int
	Target, Detail       string
	Took                 time.Duration
}

// TrunkTest is the latest trial of a trunk.
type TrunkTest struct {
	Running bool       `json:"running"`
	Begun   time.Time  `json:"begun,omitzero" doc:"absent: it was never tried since the start of the system"`
	Verdict string     `json:"verdict,omitempty" enum:",passed,doubt,failed" doc:"when it is over"`
	Steps   []TestStep `json:"steps" nullable:"false" doc:"in order; the last may be under way"`
}

// TestStep is one step of a trial.
type TestStep struct {
	Kind    string `json:"kind" enum:"name,connect,certificate,answer,account"`
	State   string `json:"state" enum:"running,passed,doubt,failed"`
	Problem string `json:"problem,omitempty" doc:"why it failed and what to do next, as a sentence"`
	Target  string `json:"target,omitempty" doc:"where it was tried"`
	Detail  string `json:"detail,omitempty" doc:"what was found, or the words of the far side"`
	Took    int    `json:"took,omitempty" doc:"ms"`
}

func (s *Server) trunkTest(v *visit, t *pbx.Trunk) TrunkTest {
	out := TrunkTest{Steps: []TestStep{}}
	if s.c.LineTrial == nil {
		return out
	}
	r, ok := s.c.LineTrial(t.ID)
	if !ok {
		return out
	}
	out.Running, out.Begun = r.Running, r.Begun
	for _, x := range r.Steps {
		step := TestStep{Kind: x.Kind, State: x.State, Target: x.Target, Detail: x.Detail, Took: int(x.Took / time.Millisecond)}
		if slices.Contains(problems, x.Problem) {
			step.Problem = s.say(v, i18n.T("trunk.problem."+x.Problem, "host", t.Host, "status", strconv.Itoa(x.Status)))
		}
		out.Steps = append(out.Steps, step)
	}
	if n := len(out.Steps); n > 0 && !out.Running { // a place that failed before another worked is no failure of the line
		out.Verdict = out.Steps[n-1].State
	}
	return out
}

func (s *Server) getTrunkTest(_ context.Context, v *visit, in *trunkIn) (TrunkTest, error) {
	t := v.s.Trunks[pbx.TrunkID(in.Trunk)]
	if !v.editsTrunk(t) {
		return TrunkTest{}, missing()
	}
	return s.trunkTest(v, t), nil
}

// testTrunk begins a trial, unless one is under way; how it goes is asked with GET.
func (s *Server) testTrunk(_ context.Context, v *visit, in *trunkIn) (TrunkTest, error) {
	t := v.s.Trunks[pbx.TrunkID(in.Trunk)]
	if !v.editsTrunk(t) {
		return TrunkTest{}, missing()
	}
	if s.c.TestLine != nil {
		s.c.TestLine(t)
	}
	return s.trunkTest(v, t), nil
}
