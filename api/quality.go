package api

import (
	"context"
	"math"
	"strconv"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/report"
)

// Quality is what calls over a line were like in some time.
type Quality struct {
	From     time.Time `json:"from"`
	Until    time.Time `json:"until"`
	Calls    int       `json:"calls" doc:"in both directions"`
	Out      int       `json:"out" doc:"tried by the office"`
	Answered int       `json:"answered" doc:"of those that the office tried"`
	Failed   int       `json:"failed" doc:"of those that the office tried: given up because of the line"`
	Answers  float64   `json:"answers" doc:"percent of the office's calls that were answered (ASR)"`
	Duration int       `json:"duration" doc:"seconds that a call lasts on average (ACD)"`
	Wait     int       `json:"wait" doc:"ms until it rings, on average (post-dial delay)"`
	Loss     float64   `json:"loss" doc:"percent of the sound that did not arrive"`
	Jitter   int       `json:"jitter" doc:"ms, on average"`
	Score    float64   `json:"score" doc:"opinion score from 1 to 4.4 (MOS); 0 where nothing was heard"`
	Verdict  string    `json:"verdict" enum:"none,good,fair,poor"`
}

// TrunkQuality is the quality of a line over a time, and in its parts.
type TrunkQuality struct {
	Whole Quality       `json:"whole"`
	Parts []Quality     `json:"parts" nullable:"false" doc:"in order, of equal length"`
	Usual QualityLimits `json:"usual" doc:"the limits of lines with none of their own"`
}

// QualityLimits say from when on the calls over a line are so bad that somebody is told; 0 is not looked at.
type QualityLimits struct {
	Loss     float64 `json:"loss,omitempty" doc:"most of the sound that may be lost, in percent"`
	Jitter   int     `json:"jitter,omitempty" doc:"most, in ms"`
	Score    float64 `json:"score,omitempty" doc:"least opinion score (MOS), from 1 to 4.4"`
	Answers  int     `json:"answers,omitempty" doc:"least percent of the office's calls that are answered (ASR)"`
	Duration int     `json:"duration,omitempty" doc:"least seconds that a call lasts on average (ACD)"`
	Wait     int     `json:"wait,omitempty" doc:"most seconds until it rings (post-dial delay)"`
	Window   int     `json:"window" doc:"minutes that are looked back, 5 to 1440"`
	Calls    int     `json:"calls" doc:"with fewer to judge by nothing is said"`
}

// QualityAlert is what is wrong with the calls over a line.
type QualityAlert struct {
	Since  time.Time      `json:"since"`
	Faults []QualityFault `json:"faults" nullable:"false"`
}

// QualityFault is a measure that is past its limit.
type QualityFault struct {
	Measure report.Measure `json:"measure" enum:"score,loss,jitter,answers,duration,wait"`
	Value   float64        `json:"value"`
	Limit   float64        `json:"limit"`
	Since   time.Time      `json:"since"`
	Text    string         `json:"text"`
}

// FaultText is a fault as a sentence.
func FaultText(f report.Fault) i18n.Text {
	text := func(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
	return i18n.T("quality.fault."+string(f.Measure), "value", text(f.Value), "limit", text(f.Limit))
}

func (s *Server) qualityAlert(v *visit, a report.Alert) *QualityAlert {
	if len(a.Faults) == 0 {
		return nil
	}
	out := QualityAlert{Since: a.Since}
	for _, f := range a.Faults {
		out.Faults = append(out.Faults, QualityFault{Measure: f.Measure, Value: f.Value, Limit: f.Limit, Since: f.Since, Text: s.say(v, FaultText(f))})
	}
	return &out
}

type qualityIn struct {
	Trunk string `path:"trunk"`
	Hours int    `query:"hours" minimum:"1" maximum:"2160" default:"24" doc:"back from now"`
}

// qualityParts is how many points a picture of quality has.
const qualityParts = 24

func quality(q report.Quality, from time.Time, span time.Duration) Quality {
	out := Quality{From: from, Until: from.Add(span), Calls: q.Calls, Out: q.Out, Answered: q.Answered, Failed: q.Failed, Answers: tenth(q.Answers()),
		Duration: int(q.Duration() / time.Second), Wait: int(q.Wait() / time.Millisecond), Loss: tenth(q.Loss()), Jitter: int(q.Wobble() / time.Millisecond),
		Score: tenth(q.Score()), Verdict: "none"}
	switch {
	case q.Heard == 0 && q.Failures() < 20:
	case q.Failures() >= 20, q.Heard > 0 && q.Score() < 3.6:
		out.Verdict = "poor"
	case q.Failures() >= 5, q.Score() < 4:
		out.Verdict = "fair"
	default:
		out.Verdict = "good"
	}
	return out
}

func tenth(f float64) float64 { return math.Round(10*f) / 10 }

// trunkQuality shows what calls over a trunk were like, to who may change it.
func (s *Server) trunkQuality(ctx context.Context, v *visit, in *qualityIn) (TrunkQuality, error) {
	t := v.s.Trunks[pbx.TrunkID(in.Trunk)]
	if !v.editsTrunk(t) {
		return TrunkQuality{}, missing()
	}
	span := time.Duration(in.Hours) * time.Hour
	from, step := v.at.Add(-span), span/qualityParts
	legs, err := s.c.Store.TrunkLegs(ctx, t.ID, from)
	if err != nil {
		return TrunkQuality{}, err
	}
	whole, each := report.QualityOver(legs, from, step, qualityParts)
	out := TrunkQuality{Whole: quality(whole, from, span), Parts: make([]Quality, 0, len(each)), Usual: QualityLimits(pbx.UsualQualityLimits())}
	for i := range each {
		out.Parts = append(out.Parts, quality(each[i], from.Add(time.Duration(i)*step), step))
	}
	return out, nil
}
