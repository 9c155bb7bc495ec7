package report

import (
	"slices"
	"testing"
	"time"

	"tandem/pbx"
)

// A fault begins past its limit, with enough calls to judge by, and ends once the measure is clearly better; at the limit nothing comes and goes (B-104).
func TestJudge(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	measures := func(faults []Fault) (all []Measure) {
		for _, f := range faults {
			all = append(all, f.Measure)
		}
		return all
	}
	limits := pbx.QualityLimits{Loss: 10, Calls: 10, Window: 60}
	lost := func(percent int) Quality { return Quality{Sounds: 10, Packets: 100 - percent, Lost: percent} }
	out := func(n, answered int) Quality { return Quality{Out: n, Answered: answered} }
	for _, tt := range []struct {
		name   string
		limits pbx.QualityLimits
		steps  []Quality
		want   []bool // whether there is an alert after each
	}{
		{"lost sound comes and goes once", limits, []Quality{lost(5), lost(10), lost(11), lost(10), lost(11), lost(9), lost(10)}, []bool{false, false, true, true, true, false, false}},
		{"too few calls say nothing, and take nothing back", limits, []Quality{{Sounds: 9, Packets: 50, Lost: 50}, lost(50), {Sounds: 9, Packets: 100}, {}, lost(0)}, []bool{false, true, true, true, false}},
		{"switched off", pbx.QualityLimits{Calls: 1}, []Quality{{Sounds: 1, Packets: 1, Lost: 99, Out: 9, Jitter: time.Hour, Heard: 1, Delays: 1, Delay: time.Hour}}, []bool{false}},
		{"jitter", pbx.QualityLimits{Jitter: 40, Calls: 1}, []Quality{{Sounds: 1, Heard: 2, Jitter: 82 * time.Millisecond}, {Sounds: 1, Heard: 2, Jitter: 76 * time.Millisecond}, {Sounds: 1, Heard: 2, Jitter: 70 * time.Millisecond}}, []bool{true, true, false}},
		{"opinion score", pbx.QualityLimits{Score: 4, Calls: 1}, []Quality{{Sounds: 1, Heard: 1, scores: 3.9}, {Sounds: 1, Heard: 1, scores: 4.2}, {Sounds: 1, Heard: 1, scores: 4.35}}, []bool{true, true, false}},
		{"answers", pbx.QualityLimits{Answers: 50, Calls: 10}, []Quality{out(10, 5), out(10, 4), out(100, 52), out(10, 6)}, []bool{false, true, true, false}},
		{"a share of all can be reached", pbx.QualityLimits{Answers: 100, Calls: 1}, []Quality{out(10, 9), out(10, 10)}, []bool{true, false}},
		{"average call", pbx.QualityLimits{Duration: 60, Calls: 1}, []Quality{{Talks: 1, Talk: 59 * time.Second}, {Talks: 1, Talk: 61 * time.Second}, {Talks: 1, Talk: 66 * time.Second}}, []bool{true, true, false}},
		{"until it rings", pbx.QualityLimits{Wait: 10, Calls: 1}, []Quality{{Delays: 1, Delay: 11 * time.Second}, {Delays: 1, Delay: 10 * time.Second}, {Delays: 1, Delay: 9 * time.Second}}, []bool{true, true, false}},
	} {
		var a Alert
		for i := range tt.steps {
			before := a
			a = Judge(a, &tt.steps[i], tt.limits, at.Add(time.Duration(i)*time.Minute))
			if got := len(a.Faults) > 0; got != tt.want[i] {
				t.Errorf("%s, step %d: %+v", tt.name, i, a)
			}
			if len(before.Faults) > 0 && len(a.Faults) > 0 && (!a.Since.Equal(before.Since) || !a.Faults[0].Since.Equal(before.Faults[0].Since)) {
				t.Errorf("%s, step %d: since when moves: %+v", tt.name, i, a)
			}
		}
	}

	bad := Quality{Sounds: 20, Out: 20, Delays: 20, Talks: 20, Heard: 20, Packets: 50, Lost: 50, Jitter: 20 * time.Second, Delay: 20 * time.Minute, scores: 20}
	a := Judge(Alert{}, &bad, pbx.UsualQualityLimits(), at)
	if got := measures(a.Faults); !slices.Equal(got, []Measure{MeasureScore, MeasureLoss, MeasureJitter, MeasureAnswers, MeasureWait}) || !a.Since.Equal(at) {
		t.Errorf("usual limits: %+v", a)
	}
	if off := Judge(a, &bad, pbx.QualityLimits{Calls: 1, Loss: 3}, at.Add(time.Minute)); !slices.Equal(measures(off.Faults), []Measure{MeasureLoss}) || !off.Since.Equal(at) {
		t.Errorf("a limit that is switched off leaves no fault: %+v", off)
	}
}
