package api

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/event"
	"tandem/store"
)

// Whoever may chooses how long things are kept, sees before what would go, and nothing goes by looking; reports say since when they are complete (BAR PR-05).
func TestRetention(t *testing.T) {
	o := live(t)
	o.now = func() time.Time { return start.AddDate(0, 0, 31) }
	var is, then Retention
	o.wants(200, "olga", "GET", "/v1/retention", "").json(t, &is)
	if is.Calls.Days != 365 || is.Calls.Due != 0 || is.Traces.Days != 30 || is.Traces.Due == 0 || is.Audit.Days != -1 || is.Audit.Due != 0 || is.Recordings.Days != 90 || len(is.Groups) != 0 {
		t.Errorf("%+v", is)
	}
	before := o.head()
	o.wants(200, "olga", "POST", "/v1/retention/preview", `{"calls":30,"groups":{"<sales>":14}}`).json(t, &then)
	if then.Calls.Days != 30 || then.Calls.Due == 0 || then.Calls.Oldest.IsZero() || len(then.Groups) != 1 || then.Groups[0].Days != 14 {
		t.Errorf("%+v", then)
	}
	if kinds := o.kinds(before); len(kinds) != 0 {
		t.Errorf("looking wrote %v", kinds)
	}
	for body, field := range map[string]string{`{"calls":6}`: "calls", `{"audit":179}`: "audit", `{"traces":4000}`: "traces", `{"groups":{"<sales>":2}}`: "groups", `{"groups":{"grp_none":20}}`: "groups"} {
		for method, path := range map[string]string{"PUT": "/v1/retention", "POST": "/v1/retention/preview"} {
			if r := o.wants(422, "olga", method, path, body); !strings.Contains(string(r.body), field) {
				t.Errorf("%s: %s", body, r.body)
			}
		}
	}
	o.wants(200, "olga", "PUT", "/v1/retention", `{"calls":30,"audit":200,"groups":{"<sales>":14}}`).json(t, &is)
	if is.Calls.Days != 30 || is.Calls.Due != then.Calls.Due || is.Audit.Days != 200 || len(is.Groups) != 1 {
		t.Errorf("%+v", is)
	}
	if kinds := o.kinds(before); !slices.Equal(kinds, []event.Kind{event.SettingsChanged}) {
		t.Errorf("%v", kinds)
	}
	o.wants(200, "olga", "PUT", "/v1/retention", `{"groups":{"<sales>":0}}`).json(t, &is)
	if is.Calls.Days != 30 || len(is.Groups) != 0 {
		t.Errorf("%+v", is)
	}
	for _, who := range []string{"sven", "anna", "mark", "uwe"} {
		if r := o.ask(who, "PUT", "/v1/retention", `{"calls":30}`); r.StatusCode != 403 {
			t.Errorf("%s: %d", who, r.StatusCode)
		}
	}

	drop := store.CallsDrop{Due: store.CallsDue{Before: o.now()}}
	for done := false; !done; {
		var err error
		if done, err = o.tenant.DropCalls(t.Context(), &drop, 10); err != nil {
			t.Fatal(err)
		}
	}
	var since Complete
	o.wants(200, "uwe", "GET", "/v1/retention/since", "").json(t, &since)
	if since.Calls.IsZero() || !since.Audit.IsZero() {
		t.Errorf("%+v", since)
	}
	var days CallDays
	o.wants(200, "olga", "GET", "/v1/calls/days?from="+since.Calls.AddDate(0, 0, -3).Format(time.DateOnly)+"&until="+since.Calls.Format(time.DateOnly), "").json(t, &days)
	if !days.Since.Equal(since.Calls) {
		t.Errorf("%v", days.Since)
	}
	days = CallDays{}
	o.wants(200, "olga", "GET", "/v1/calls/days?from="+since.Calls.AddDate(0, 0, 2).Format(time.DateOnly)+"&until="+since.Calls.AddDate(0, 0, 3).Format(time.DateOnly), "").json(t, &days)
	if !days.Since.IsZero() {
		t.Errorf("%v", days.Since)
	}
	var report Compliance
	o.wants(200, "olga", "GET", "/v1/reports/compliance?from="+since.Calls.AddDate(0, 0, -3).Format(time.RFC3339), "").json(t, &report)
	if !report.Since.Equal(since.Calls) {
		t.Errorf("%v", report.Since)
	}
}
