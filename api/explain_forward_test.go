package api

import (
	"strings"
	"testing"
	"time"

	"tandem/pbx"
	"tandem/report"
)

func (o *office) whyForward(t *testing.T, who, body string) WhyForward {
	t.Helper()
	var w WhyForward
	r := o.ask(who, "POST", "/v1/explain/forward", body)
	if r.StatusCode != 200 {
		t.Fatalf("%s: %d %s", body, r.StatusCode, r.body)
	}
	r.json(t, &w)
	return w
}

func decidesOf(f ForwardWhy) (kind string) {
	for _, c := range f.Order {
		if c.State == "decides" {
			kind += c.Kind
		}
	}
	return kind
}

// Why forwarding fails: the first question that fails decides, each with what would help (B-100).
func TestWhyForwardingFails(t *testing.T) {
	o := live(t)
	put := func(body string) {
		t.Helper()
		if r := o.ask("olga", "PUT", "/v1/users/<uwe>/forwarding", body); r.StatusCode != 200 {
			t.Fatalf("%s: %d %v", body, r.StatusCode, r.error())
		}
	}
	asks := func(name, rule, want string) ForwardWhy {
		t.Helper()
		w := o.whyForward(t, "olga", `{"user":"<uwe>","rule":"`+rule+`"}`)
		if len(w.Rules) != 1 || decidesOf(w.Rules[0]) != want || w.OK != (want == "") || w.Verdict == "" {
			t.Fatalf("%s: want %q to decide: %+v", name, want, w)
		}
		for _, c := range w.Rules[0].Order {
			if strings.Contains(c.Text, "forward.") || strings.HasPrefix(c.Text, "toll.") || (c.State != "passed") != (c.Change != "") || (c.Change != "") != (c.Where != "") {
				t.Errorf("%s: %+v", name, c)
			}
		}
		return w.Rules[0]
	}
	none := profile("available")
	put(`{"profiles":[` + none + `],"exceptions":[]}`)
	asks("no rule", "no_answer", "set")
	to := func(d string) string { return profile("available", `no_answer={"inside":`+d+`}`) }
	put(`{"profiles":[` + to(`{"kind":"busy"}`) + `]}`)
	asks("a rule that works", "no_answer", "")
	put(`{"profiles":[` + to(`{"kind":"user","id":"<nina>"}`) + `]}`)
	asks("no phone is registered", "no_answer", "reach")
	put(`{"profiles":[` + to(`{"kind":"outside","number":"+4930123456"}`) + `]}`)
	asks("no line", "no_answer", "reach")
	put(`{"profiles":[` + to(`{"kind":"busy"}`) + `],"exceptions":[{"to":{"kind":"busy"}}]}`)
	if f := asks("an exception before it", "no_answer", "active"); !strings.Contains(f.Verdict, "1") {
		t.Errorf("it is not named: %s", f.Verdict)
	}
	put(`{"exceptions":[{"to":{"kind":"busy"},"off":true}]}`)
	asks("switched off", "exceptions", "active")
	put(`{"exceptions":[{"to":{"kind":"busy"},"hours":"never"}]}`)
	asks("its hours", "exceptions.0", "active")
	put(`{"exceptions":[]}`)
	put(`{"profiles":[` + profile("away", `always={"inside":{"kind":"busy"}}`) + `]}`)
	asks("another status", "profiles.away.always", "active")

	put(`{"locked":true}`)
	asks("locked", "busy", "locked")
}

// The carrier's last answer to a call from the same rule stands at the end.
func TestWhyForwardingToldByCarrier(t *testing.T) {
	o := live(t)
	uwe, nina := pbx.UserID(o.ids["uwe"]), pbx.UserID(o.ids["nina"])
	o.ask("olga", "PUT", "/v1/users/<uwe>/forwarding", `{"profiles":[`+profile("available", `no_answer={"inside":{"kind":"outside","number":"+4930123456"}}`)+`],"exceptions":[]}`)
	at := o.now().Add(-time.Hour)
	c := report.CDR{ID: "cal_f1", From: pbx.Party{User: nina, Name: "nina"}, To: pbx.Party{User: uwe}, Users: []pbx.UserID{nina, uwe}, Started: at, Ended: at.Add(time.Second), Cause: pbx.CauseFailed,
		Legs: []report.Leg{{Out: true, Trunk: "trk_1", Status: 403, Party: pbx.Party{Number: "+4930123456"}, Charge: &pbx.Charge{Payer: uwe}}}}
	if _, err := o.tenant.Append(t.Context(), []report.CDR{c}, nil); err != nil {
		t.Fatal(err)
	}
	w := o.whyForward(t, "uwe", `{"rule":"no_answer"}`)
	last := w.Rules[0].Order[len(w.Rules[0].Order)-1]
	if last.Kind != "carrier" || last.State == "passed" || !strings.Contains(last.Text, "403") || !strings.Contains(last.Change, "302") {
		t.Errorf("%+v", w.Rules[0].Order)
	}
	if r := o.ask("uwe", "POST", "/v1/explain/forward", `{"user":"<nina>"}`); r.StatusCode != 422 {
		t.Errorf("uwe asks about nina: %d", r.StatusCode)
	}
}
