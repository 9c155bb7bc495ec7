package report

import (
	"math"
	"slices"
	"time"

	"tandem/pbx"
)

// Measure is something that a line is judged by.
type Measure string

// The measures of B-104, in the order in which they are told.
const (
	MeasureScore    Measure = "score"    // opinion score (MOS); at least
	MeasureLoss     Measure = "loss"     // percent of the sound; at most
	MeasureJitter   Measure = "jitter"   // ms; at most
	MeasureAnswers  Measure = "answers"  // percent of the office's calls (ASR); at least
	MeasureDuration Measure = "duration" // seconds (ACD); at least
	MeasureWait     Measure = "wait"     // seconds until it rings (post-dial delay); at most
)

// Fault is a measure that is past its limit.
type Fault struct {
	Measure Measure   `json:"measure"`
	Value   float64   `json:"value"` // when it was looked at last and there was enough to judge by
	Limit   float64   `json:"limit"`
	Since   time.Time `json:"since"`
}

// Alert is what is wrong with a line; nothing without faults.
type Alert struct {
	Since  time.Time
	Faults []Fault
}

// relief is by which part of its limit a measure has to be better again before its fault is over, so that one at the limit does not come and go.
const relief = 0.1

// Judge decides what is wrong with a line now, by its calls in the window of its limits and what was wrong before. A fault begins past the
// limit, and ends when the measure is better than the limit by a tenth or is not looked at any more. With too few calls to judge by everything stays as it was.
func Judge(before Alert, q *Quality, l pbx.QualityLimits, at time.Time) Alert {
	now := Alert{Since: before.Since}
	for _, m := range []struct {
		measure Measure
		value   float64
		limit   float64
		least   bool // the limit is the least that is good
		calls   int  // that it was measured by
	}{
		{MeasureScore, q.Score(), l.Score, true, q.Sounds},
		{MeasureLoss, q.Loss(), l.Loss, false, q.Sounds},
		{MeasureJitter, float64(q.Wobble()) / float64(time.Millisecond), float64(l.Jitter), false, q.Sounds},
		{MeasureAnswers, q.Answers(), float64(l.Answers), true, q.Out},
		{MeasureDuration, q.Duration().Seconds(), float64(l.Duration), true, q.Talks},
		{MeasureWait, q.Wait().Seconds(), float64(l.Wait), false, q.Delays},
	} {
		if m.limit <= 0 {
			continue
		}
		i := slices.IndexFunc(before.Faults, func(f Fault) bool { return f.Measure == m.measure })
		was := i >= 0
		if m.calls < l.Calls {
			if was {
				now.Faults = append(now.Faults, before.Faults[i])
			}
			continue
		}
		good := m.limit
		if was && m.least {
			good = min(m.limit*(1+relief), best(m.measure))
		} else if was {
			good = m.limit * (1 - relief)
		}
		if m.least && m.value >= good || !m.least && m.value <= good {
			continue
		}
		f := Fault{Measure: m.measure, Value: math.Round(10*m.value) / 10, Limit: m.limit, Since: at}
		if was {
			f.Since = before.Faults[i].Since
		}
		now.Faults = append(now.Faults, f)
	}
	switch {
	case len(now.Faults) == 0:
		return Alert{}
	case len(before.Faults) == 0:
		now.Since = at
	}
	return now
}

// best is what a measure of which there is to be much can reach; a fault of it can always end.
func best(m Measure) float64 {
	switch m {
	case MeasureScore:
		return 4.3
	case MeasureAnswers:
		return 100
	}
	return math.Inf(1)
}

// Is reports whether two alerts say the same.
func (a Alert) Is(b Alert) bool {
	return a.Since.Equal(b.Since) && slices.EqualFunc(a.Faults, b.Faults, func(f, g Fault) bool {
		return f.Measure == g.Measure && f.Value == g.Value && f.Limit == g.Limit && f.Since.Equal(g.Since)
	})
}
