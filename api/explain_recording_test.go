package api

import (
	"testing"
	"time"

	"tandem/pbx"
	"tandem/report"
)

// Why there is no recording: the first question that fails decides, whether one may hear it before all others (B-099).
func TestWhyIsThereNoRecording(t *testing.T) {
	o := newOffice(t)
	nina, uwe := pbx.UserID(o.ids["nina"]), pbx.UserID(o.ids["uwe"])
	put := func(id string, answered bool, change func(*report.CDR)) {
		at := o.now().Add(-time.Hour)
		c := report.CDR{ID: pbx.CallID(id), From: pbx.Party{User: nina, Name: "nina"}, To: pbx.Party{User: uwe, Name: "uwe"}, Users: []pbx.UserID{nina, uwe}, Started: at, Ended: at.Add(time.Minute), Cause: pbx.CauseHangup}
		if answered {
			c.Answered = at
		}
		if change != nil {
			change(&c)
		}
		if _, err := o.tenant.Append(t.Context(), []report.CDR{c}, nil); err != nil {
			t.Fatal(err)
		}
	}
	put("cal_r1", false, nil)
	put("cal_r2", true, nil)
	put("cal_r3", true, func(c *report.CDR) { c.Recordings = []pbx.RecordingID{"rec_gone"} })
	for _, tt := range []struct{ who, call, decides string }{
		{"olga", "cal_r1", "talked"}, {"olga", "cal_r2", "wanted"}, {"olga", "cal_r3", "kept"}, {"anna", "cal_r2", "hidden"},
	} {
		r := o.ask(tt.who, "POST", "/v1/explain/recording", `{"call":"`+tt.call+`"}`)
		if tt.decides == "hidden" {
			if r.StatusCode != 404 {
				t.Errorf("%s asks about %s: %d", tt.who, tt.call, r.StatusCode)
			}
			continue
		}
		var w WhyRecording
		r.json(t, &w)
		got := ""
		for _, c := range w.Order {
			if c.State == "decides" {
				got += c.Kind
			}
		}
		if may := w.Order[0]; may.Kind != "right" || may.State == "passed" && got != tt.decides || w.OK || w.Verdict == "" || w.Change == "" || len(w.Order) != 6 {
			t.Errorf("%s asks about %s: %q decides, want %q: %+v", tt.who, tt.call, got, tt.decides, w)
		}
	}
}
