package api

import (
	"context"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
	decision "tandem/route"
)

type explainRecording struct {
	Body struct {
		Call string `json:"call" maxLength:"64" doc:"id of the call whose recording is missed"`
	}
}

// WhyRecording is the answer to why there is no recording of a call, or not for the asker (B-099).
type WhyRecording struct {
	OK      bool             `json:"ok" doc:"there is one, and the asker may hear it"`
	Verdict string           `json:"verdict"`
	Order   []RecordingCheck `json:"order" nullable:"false" doc:"the questions in the order in which one should look; the first that fails decides"`
	Change  string           `json:"change,omitempty" doc:"what would make it otherwise the next time"`
}

// RecordingCheck is one question behind a missing recording.
type RecordingCheck struct {
	Kind  string `json:"kind" enum:"right,talked,wanted,agreed,made,kept"`
	State string `json:"state" enum:"passed,decides,would_refuse"`
	Text  string `json:"text"`
}

// explainRecording looks at a call that the asker sees in the log: whether he may hear recordings of its people, whether there was something to
// record, a rule that wanted it and nobody who did not, and whether what was kept is still there.
func (s *Server) explainRecording(ctx context.Context, v *visit, in *explainRecording) (WhyRecording, error) {
	c, err := s.c.Store.Call(ctx, pbx.CallID(in.Body.Call))
	if err != nil {
		return WhyRecording{}, hideMissing(err)
	}
	if !v.sight(policy.CallDetail).Sees(recordTarget(&c)) {
		return WhyRecording{}, missing()
	}
	traces := decision.Traces{Talked: !c.Answered.IsZero(), Made: len(c.Recordings)}
	people := []pbx.UserID{}
	for _, l := range c.Legs {
		if l.Party.User != "" && !l.Answered.IsZero() {
			people = append(people, l.Party.User)
		}
	}
	if len(people) == 0 {
		people = c.Users
	}
	traces.Rule = decision.Recording(v.s, conversation(&c, people)).Mode
	for _, consent := range c.Consents {
		traces.Refused = traces.Refused || consent.Answer == pbx.ConsentRefused
	}
	for _, id := range c.Recordings {
		r, err := s.c.Store.Recording(ctx, id)
		if e, ok := asRefusal(err); ok && e.Code == pbx.NotFound {
			continue
		}
		if err != nil {
			return WhyRecording{}, err
		}
		if r.Deleted.IsZero() {
			traces.Kept++
		}
	}
	may := v.mayHear(&c, people)
	return s.showRecordingWhy(v, may, decision.RecordingChecks(traces)), nil
}

// conversation is a recorded call as the decision about recordings sees it.
func conversation(c *report.CDR, people []pbx.UserID) decision.Conversation {
	out := decision.Conversation{People: people, Outside: c.From.User == "" || c.To.User == "" && pbx.IsOutside(c.To.Number), At: c.Started}
	for _, stay := range c.Stays {
		out.Queue = stay.Queue
	}
	return out
}

// mayHear asks whether the visitor could hear a recording of a call, had there been one.
func (v *visit) mayHear(c *report.CDR, people []pbx.UserID) policy.Decision {
	sound := &policy.Sound{ID: string(c.ID), Start: c.Started, Groups: c.Groups}
	for _, u := range people {
		sound.Voices = append(sound.Voices, policy.Voice{User: u, Span: pbx.Interval{From: c.Started, Until: c.Ended}})
	}
	return policy.Decide(v.s, policy.Request{Actor: v.who, Right: policy.RecordingPlay, Target: policy.Recording(sound), At: v.at})
}

func (s *Server) showRecordingWhy(v *visit, may policy.Decision, checks []decision.RecordingCheck) WhyRecording {
	out := WhyRecording{OK: true, Order: []RecordingCheck{}}
	add := func(kind string, ok bool) {
		row := RecordingCheck{Kind: kind, State: "passed", Text: s.say(v, i18n.T("recording.check."+kind))}
		if !ok {
			row.State, row.Text = "would_refuse", s.say(v, i18n.T("recording.check."+kind+"_no"))
			if out.OK {
				out.OK, row.State, out.Verdict = false, "decides", row.Text
				out.Change = s.say(v, i18n.T("recording.change."+kind))
			}
		}
		out.Order = append(out.Order, row)
	}
	add("right", may.OK)
	for _, c := range checks {
		add(string(c.Kind), c.OK)
	}
	if out.OK {
		out.Verdict = s.say(v, i18n.T("recording.check.there"))
	}
	return out
}
