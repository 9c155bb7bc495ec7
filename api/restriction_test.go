package api

import (
	"slices"
	"strings"
	"testing"
)

// A profile is made, read as sentences, asked about and changed; what it opens and forbids is what callers get (B-029, B-035…B-041, B-098).
func TestRestrictions(t *testing.T) {
	o := newOffice(t)
	var list Page[Restriction]
	o.ask("olga", "GET", "/v1/restrictions", "").json(t, &list)
	if len(list.Items) != 2 || !list.Items[0].Edit || list.Items[0].Rules[0].Text != "Allowed: local numbers, numbers in the country, mobile numbers, free numbers" {
		t.Fatalf("%+v", list)
	}
	why := func(asker, from, to string) WhyCall {
		t.Helper()
		var w WhyCall
		o.ask(asker, "POST", "/v1/explain/call", `{"from":"`+from+`","to":"`+to+`"}`).json(t, &w)
		return w
	}
	if w := why("olga", "<nina>", "+48 22 123 45 67"); !w.OK || w.Code != "allowed" || w.Where != "numbers abroad (Poland)" {
		t.Errorf("nina of sales calls Poland: %+v", w)
	}
	w := why("olga", "<nina>", "+1 876 926 1234")
	if w.OK || w.Code != "forbidden" || !strings.Contains(w.Change, "sales restriction") || w.Order[0].Kind != "right" || w.Order[0].State != "passed" {
		t.Errorf("nina calls Jamaica: %+v", w)
	}
	decides := ""
	for _, c := range w.Order {
		if c.State == "decides" {
			decides += c.Kind
		}
	}
	if decides != "deny" || len(w.Profiles) != 2 {
		t.Errorf("%q decides, %+v", decides, w.Profiles)
	}
	if w := why("nina", "", "0900 1234567"); w.OK || w.Code != "missing" || w.Profiles[0].ID != "" || w.Change == "" {
		t.Errorf("nina asks about herself: %+v", w)
	}
	if w := why("nina", "", "112"); !w.OK || w.Code != "emergency" {
		t.Errorf("emergency: %+v", w)
	}
	// An exception with an end opens it for one person.
	if r := o.ask("olga", "PATCH", "/v1/restrictions/<sales restriction>", `{"except":[{"user":"<nina>","countries":["jm"],"until":"2099-01-01T00:00:00Z","reason":"fair"}]}`); r.StatusCode != 200 {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	if w := why("olga", "<nina>", "+1 876 926 1234"); !w.OK || w.Code != "excepted" {
		t.Errorf("with an exception: %+v", w)
	}
	for body, want := range map[string]string{
		`{"except":[{"user":"<nina>","until":"2099-01-01T00:00:00Z","reason":""}]}`: "except.0.reason",
		`{"rules":[{"effect":"limit"}]}`:                                            "rules.0.minutes",
		`{"rules":[{"effect":"pin","minutes":481}]}`:                                "rules.0.minutes",
		`{"rules":[{"effect":"allow","minutes":5}]}`:                                "rules.0.minutes",
		`{"rules":[{"effect":"allow","countries":["QQ"]}]}`:                         "rules.0.countries",
		`{"rules":[{"effect":"allow","prefixes":["0900"]}]}`:                        "rules.0.prefixes",
		`{"on":[{"kind":"group","id":"grp_none"}]}`:                                 "on",
	} {
		if r := o.ask("olga", "PATCH", "/v1/restrictions/<sales restriction>", body); r.StatusCode != 422 || !strings.Contains(string(r.body), `"`+want+`"`) {
			t.Errorf("%s: %d %s, want %s", body, r.StatusCode, r.body, want)
		}
	}
	if r := o.ask("olga", "DELETE", "/v1/restrictions/<office restriction>", ""); r.StatusCode != 204 {
		t.Errorf("delete: %d %s", r.StatusCode, r.body)
	}
	if w := why("olga", "<nina>", "0170 1234567"); w.Code != "basic" {
		t.Errorf("without a profile on the office: %+v", w)
	}
}

// A rule says for how long a typed PIN holds, in its sentence and where somebody asks why; without minutes it says nothing of it (B-002).
func TestPINHoldsForMinutes(t *testing.T) {
	o := newOffice(t)
	for _, tt := range []struct {
		rule, text string
		minutes    int
	}{
		{`{"effect":"pin","countries":["PL"],"minutes":15}`, "PIN is asked for, and holds at that phone for 15 minutes: all numbers outside (Poland)", 15},
		{`{"effect":"pin","countries":["PL"],"minutes":1}`, "PIN is asked for, and holds at that phone for 1 minute: all numbers outside (Poland)", 1},
		{`{"effect":"pin","countries":["PL"],"minutes":480}`, "PIN is asked for, and holds at that phone for 480 minutes: all numbers outside (Poland)", 480},
		{`{"effect":"pin","countries":["PL"]}`, "PIN is asked for: all numbers outside (Poland)", 0},
	} {
		if r := o.ask("olga", "PATCH", "/v1/restrictions/<sales restriction>", `{"rules":[{"effect":"allow"},`+tt.rule+`]}`); r.StatusCode != 200 {
			t.Fatalf("%d %s", r.StatusCode, r.body)
		}
		var got Restriction
		o.ask("olga", "GET", "/v1/restrictions/<sales restriction>", "").json(t, &got)
		if len(got.Rules) != 2 || got.Rules[1].Minutes != tt.minutes || got.Rules[1].Text != tt.text {
			t.Errorf("%s: %+v", tt.rule, got.Rules)
		}
		var w WhyCall
		o.ask("olga", "POST", "/v1/explain/call", `{"from":"<nina>","to":"+48 22 123 45 67"}`).json(t, &w)
		told := false
		for _, p := range w.Profiles {
			told = told || slices.Contains(p.Rules, tt.text)
		}
		if !told {
			t.Errorf("%s: nobody is told %q: %+v", tt.rule, tt.text, w.Profiles)
		}
	}
}
