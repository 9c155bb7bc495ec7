package pbx

// QualityLimits say from when on the calls over a line are so bad that somebody has to know (B-104). What is 0 is not looked at.
type QualityLimits struct {
	Loss     float64 `json:"loss,omitempty"`     // most of the sound that may be lost, in percent
	Jitter   int     `json:"jitter,omitempty"`   // most, in ms
	Score    float64 `json:"score,omitempty"`    // least opinion score (MOS)
	Answers  int     `json:"answers,omitempty"`  // least share of the office's calls that are answered, in percent (ASR)
	Duration int     `json:"duration,omitempty"` // least time that a call lasts, in seconds (ACD)
	Wait     int     `json:"wait,omitempty"`     // most time until it rings, in seconds (post-dial delay)
	Window   int     `json:"window"`             // minutes that are looked back
	Calls    int     `json:"calls"`              // as long as there are fewer to judge by, nothing is said
}

// UsualQualityLimits hold for lines with none of their own.
func UsualQualityLimits() QualityLimits {
	return QualityLimits{Loss: 3, Jitter: 40, Score: 3.6, Answers: 20, Wait: 8, Window: 60, Calls: 10}
}

// QualityLimits are those that hold for the line.
func (t *Trunk) QualityLimits() QualityLimits {
	if t.Limits == nil {
		return UsualQualityLimits()
	}
	return *t.Limits
}

func (l *QualityLimits) check() error {
	if l == nil {
		return nil
	}
	for _, f := range []struct {
		field, text string
		good        bool // what is not a number is not
	}{
		{"loss", "quality.percent_range", l.Loss >= 0 && l.Loss <= 100},
		{"answers", "quality.percent_range", l.Answers >= 0 && l.Answers <= 100},
		{"score", "quality.score_range", l.Score == 0 || l.Score >= 1 && l.Score <= 4.4},
		{"jitter", "quality.jitter_range", l.Jitter >= 0 && l.Jitter <= 1000},
		{"duration", "quality.seconds_range", l.Duration >= 0 && l.Duration <= 3600},
		{"wait", "quality.seconds_range", l.Wait >= 0 && l.Wait <= 120},
		{"window", "quality.window_range", l.Window >= 5 && l.Window <= 1440},
		{"calls", "quality.calls_range", l.Calls >= 1 && l.Calls <= 10_000},
	} {
		if !f.good {
			return Refuse(Invalid, "limits."+f.field, f.text)
		}
	}
	return nil
}
