package api

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/report"
	"tandem/switchboard"
)

type callTrunkIn struct {
	Trunk string `path:"trunk"`
	Body  struct {
		To     string `json:"to" minLength:"1" maxLength:"64" doc:"a number outside, as the visitor would dial it"`
		Device string `json:"device,omitempty" maxLength:"64" doc:"which of the visitor's phones rings; absent: all that are connected"`
	}
}

type trunkCallIn struct {
	Trunk string `path:"trunk"`
	Call  string `path:"call" maxLength:"64"`
}

// TrunkCall is a test call over a line: how far it came.
type TrunkCall struct {
	Call    pbx.CallID     `json:"call"`
	Running bool           `json:"running"`
	Verdict string         `json:"verdict,omitempty" enum:",passed,doubt,failed" doc:"when it is over"`
	Steps   []TestCallStep `json:"steps" nullable:"false" doc:"in order; the last may be under way"`
}

// TestCallStep is one step of a test call.
type TestCallStep struct {
	Kind    string `json:"kind" enum:"allowed,phone,line,callee,sound"`
	State   string `json:"state" enum:"running,passed,doubt,failed"`
	Problem string `json:"problem,omitempty" doc:"why it failed and what to do next, as a sentence"`
	Detail  string `json:"detail,omitempty" doc:"what was measured, or the answer of the carrier"`
}

// callTrunk begins a test call: a phone of the visitor rings, and what he is connected with is called over this line and no other. He pays, and may call
// there what he could dial.
func (s *Server) callTrunk(_ context.Context, v *visit, in *callTrunkIn) (Invited, error) {
	t := v.s.Trunks[pbx.TrunkID(in.Trunk)]
	if !v.editsTrunk(t) {
		return Invited{}, missing()
	}
	id, err := s.c.Calls.Originate(switchboard.Originate{Who: v.who, For: v.who.User, Device: pbx.DeviceID(in.Body.Device), To: strings.TrimSpace(in.Body.To), Line: t.ID})
	return Invited{id}, err
}

// getTrunkCall tells how a test call of the visitor goes or went.
func (s *Server) getTrunkCall(ctx context.Context, v *visit, in *trunkCallIn) (TrunkCall, error) {
	t := v.s.Trunks[pbx.TrunkID(in.Trunk)]
	if !v.editsTrunk(t) {
		return TrunkCall{}, missing()
	}
	id := pbx.CallID(in.Call)
	if live := v.live.Call(id); live != nil {
		if live.From.User != v.who.User {
			return TrunkCall{}, missing()
		}
		return liveTest(live, t.ID), nil
	}
	c, err := s.c.Store.Call(ctx, id)
	if err != nil {
		return TrunkCall{}, hideMissing(err)
	}
	if c.From.User != v.who.User || !tried(&c, t.ID) {
		return TrunkCall{}, missing()
	}
	return s.endedTest(v, t, &c), nil
}

// tried reports whether a call was a test of that line.
func tried(c *report.CDR, t pbx.TrunkID) bool {
	return slices.ContainsFunc(c.Trace, func(l i18n.Text) bool { return l.Key == "route.line_test" && l.Args["line"] == string(t) })
}

// liveTest is how far a test call is that goes on.
func liveTest(c *pbx.LiveCall, t pbx.TrunkID) TrunkCall {
	out := TrunkCall{Call: c.ID, Running: true, Steps: []TestCallStep{{Kind: "allowed", State: "passed"}}}
	add := func(kind string, done bool) bool {
		state := "running"
		if done {
			state = "passed"
		}
		out.Steps = append(out.Steps, TestCallStep{Kind: kind, State: state})
		return done
	}
	if add("phone", slices.Contains(c.Trunks, t) || !c.Answered.IsZero()) && add("line", !c.Answered.IsZero()) && add("callee", true) {
		add("sound", false)
	}
	return out
}

// endedTest is what came of a test call, by its record.
func (s *Server) endedTest(v *visit, t *pbx.Trunk, c *report.CDR) TrunkCall {
	out := TrunkCall{Call: c.ID, Steps: []TestCallStep{}}
	add := func(kind, state, detail string, problem i18n.Text) {
		step := TestCallStep{Kind: kind, State: state, Detail: detail}
		if problem.Key != "" {
			step.Problem = s.say(v, problem)
		}
		out.Steps, out.Verdict = append(out.Steps, step), state
	}
	passed := func(kind, detail string) { add(kind, "passed", detail, i18n.Text{}) }
	var own, line *report.Leg
	for i := range c.Legs {
		switch l := &c.Legs[i]; {
		case l.Trunk == t.ID:
			line = l
		case l.Device != "" && l.Party.User == c.From.User && (own == nil || !l.Answered.IsZero()):
			own = l
		}
	}
	refused := c.Cause == pbx.CauseDenied
	if refused && own == nil {
		add("allowed", "failed", c.Reference, c.Reason)
		return out
	}
	passed("allowed", "")
	if own == nil || own.Answered.IsZero() {
		add("phone", "failed", "", i18n.T("linecall.phone"))
		return out
	}
	passed("phone", "")
	if line == nil {
		add("line", "failed", "", c.Reason)
		return out
	}
	if line.Answered.IsZero() {
		s.unanswered(v, &out, line)
		return out
	}
	passed("line", line.Codec)
	passed("callee", "")
	state, problem := "passed", i18n.Text{}
	switch all := line.Packets + line.Lost; {
	case line.Packets == 0:
		state, problem = "failed", i18n.T("linecall.deaf")
	case line.Lost*100 > all*testLoss || line.FarLost*100 > line.FarPackets*testLoss && line.FarPackets > 0:
		state, problem = "doubt", i18n.T("linecall.loss", "percent", strconv.Itoa(max(line.Lost*100/all, line.FarLost*100/max(line.FarPackets, 1))))
	}
	detail := s.say(v, i18n.T("linecall.measured", "seconds", strconv.Itoa(int(line.Talk()/time.Second)), "packets", strconv.Itoa(line.Packets), "lost", strconv.Itoa(line.Lost), "jitter", strconv.Itoa(line.Jitter)))
	add("sound", state, detail, problem)
	return out
}

// testLoss is from how many percent of lost sound on a test call is told of.
const testLoss = 2

// unanswered says what it means that nobody took the call: of the line, where the carrier refused it, and else of who was called.
func (s *Server) unanswered(v *visit, out *TrunkCall, line *report.Leg) {
	step := TestCallStep{Kind: "line", State: "failed"}
	if line.Status > 0 {
		step.Detail = "SIP " + strconv.Itoa(line.Status)
	}
	key := "linecall.status.other"
	switch line.Status {
	case 0, 408:
		key = "linecall.status.silent"
	case 401, 407:
		key = "linecall.status.account"
	case 403:
		key = "linecall.status.forbidden"
	case 404, 410, 484, 604:
		key = "linecall.status.number"
	case 415, 488, 606:
		key = "linecall.status.codec"
	case 500, 502, 503, 504:
		key = "linecall.status.carrier"
	case 480, 486, 487, 600, 603:
		key = "linecall.status.callee"
	}
	if rang := !line.Rang.IsZero(); key == "linecall.status.callee" || rang && (key == "linecall.status.silent" || key == "linecall.status.other") { // the carrier did its part
		out.Steps = append(out.Steps, TestCallStep{Kind: "line", State: "passed"})
		step.Kind, step.State, key = "callee", "doubt", "linecall.status.callee"
	}
	step.Problem = s.say(v, i18n.T(key, "status", strconv.Itoa(cmp.Or(line.Status, 408))))
	out.Steps, out.Verdict = append(out.Steps, step), step.State
}
