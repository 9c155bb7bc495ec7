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

// For every question behind a missing recording there is a cause by which just that question decides; what the answer proposes is done, and of the next such call, or of
// this one where it can still be helped, the recording is there (B-099).
func TestWhyIsThereNoRecordingStepByStep(t *testing.T) {
	o := newOffice(t)
	nina, uwe := pbx.UserID(o.ids["nina"]), pbx.UserID(o.ids["uwe"])
	put := func(id string, change func(*report.CDR)) {
		t.Helper()
		at := o.now().Add(-time.Hour)
		c := report.CDR{ID: pbx.CallID(id), From: pbx.Party{User: nina, Name: "nina"}, To: pbx.Party{User: uwe, Name: "uwe"}, Users: []pbx.UserID{nina, uwe}, Groups: []pbx.GroupID{pbx.GroupID(o.ids["sales"])},
			Started: at, Answered: at, Ended: at.Add(time.Minute), Cause: pbx.CauseHangup}
		change(&c)
		if _, err := o.tenant.Append(t.Context(), []report.CDR{c}, nil); err != nil {
			t.Fatal(err)
		}
	}
	kept := pbx.RecordingID(o.ids["recording uwe nina"])
	whole := func(c *report.CDR) { c.Recordings = []pbx.RecordingID{kept} }
	always := func() { o.wants(200, "olga", "PATCH", "/v1/recording-rules/office", `{"mode":"always"}`) }
	asks := func(who, call string) (w WhyRecording, decides string) {
		t.Helper()
		o.wants(200, who, "POST", "/v1/explain/recording", `{"call":"`+call+`"}`).json(t, &w)
		for _, c := range w.Order {
			if c.State == "decides" {
				decides += c.Kind
			}
		}
		return w, decides
	}
	nothing := func() {}
	for _, tt := range []struct {
		kind, who string
		makes     func()
		call      func(*report.CDR)
		cures     func()
		next      func(*report.CDR) // the call after the cure; nil: the same one
	}{
		{"right", "mia", func() {
			o.wants(201, "olga", "POST", "/v1/users/<mia>/grants", `{"right":"call.detail","scope":{"kind":"group","group":"<sales>"},"reason":"she covers for mark"}`)
		}, whole,
			func() {
				o.wants(201, "olga", "POST", "/v1/users/<mia>/grants", `{"right":"recording.play","scope":{"kind":"group","group":"<sales>"},"reason":"she covers for mark"}`)
			}, nil},
		{"talked", "olga", nothing, func(c *report.CDR) { c.Answered = time.Time{} }, nothing, whole},
		{"wanted", "olga", nothing, func(*report.CDR) {}, always, whole},
		{"agreed", "olga", always, func(c *report.CDR) {
			c.Consents = []pbx.Consent{{Party: c.From, At: c.Started, Answer: pbx.ConsentRefused}}
		}, nothing, whole},
		{"made", "olga", func() { o.wants(200, "olga", "PATCH", "/v1/recording-rules/office", `{"mode":"demand"}`) }, func(*report.CDR) {}, always, whole},
		{"kept", "olga", func() { o.wants(204, "olga", "DELETE", "/v1/recordings/"+string(kept), "") }, whole,
			func() { o.wants(200, "olga", "POST", "/v1/recordings/"+string(kept)+"/restore", "") }, nil},
	} {
		tt.makes()
		put("cal_of_"+tt.kind, tt.call)
		w, decides := asks(tt.who, "cal_of_"+tt.kind)
		if w.OK || decides != tt.kind || w.Verdict == "" || w.Change == "" {
			t.Errorf("%s: %q decides: %+v", tt.kind, decides, w)
		}
		tt.cures()
		call := "cal_of_" + tt.kind
		if tt.next != nil {
			call += "_next"
			put(call, tt.next)
		}
		if w, _ := asks(tt.who, call); !w.OK || w.Change != "" {
			t.Errorf("%s: what was proposed does not help: %+v", tt.kind, w)
		}
	}
}
