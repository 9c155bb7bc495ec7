package api

import (
	"strings"
	"testing"

	"tandem/toll"
)

// Whose calls abroad are stopped sees it, and so does who may lift it; who lifts it is in the log, "why" says it, and limits are the office's (TF-06).
func TestAlarms(t *testing.T) {
	o := newOffice(t)
	o.alarm()
	lift := "/v1/alarms/" + o.ids["alarm of nina"] + "/lift"
	for _, tt := range []struct {
		who         string
		sees, lifts bool
	}{{"nina", true, false}, {"uwe", false, false}, {"mia", false, false}, {"greta", true, true}, {"olga", true, true}} {
		var list Alarms
		o.ask(tt.who, "GET", "/v1/alarms", "").json(t, &list)
		if (len(list.Items) == 1) != tt.sees || list.Holds != len(list.Items) || tt.sees && (list.Items[0].Edit != tt.lifts || list.Items[0].Text == "" || list.Items[0].Number != "+48221234567") {
			t.Errorf("%s: %+v", tt.who, list)
		}
		if list.Limits.AtOnce != 3 || list.Limits.Group != 10 || list.Limits.Destinations != 20 || list.Limits.Short != 10 || !list.Limits.Country || list.Edit != (tt.who == "olga") {
			t.Errorf("%s: limits %+v", tt.who, list.Limits)
		}
	}
	o.wants(403, "nina", "POST", lift, "{}")
	o.wants(404, "uwe", "POST", lift, "{}")
	why := func() (w WhyCall) {
		o.ask("greta", "POST", "/v1/explain/call", `{"from":"`+o.ids["nina"]+`","to":"+48 22 1234567"}`).json(t, &w)
		return w
	}
	if w := why(); w.OK || w.Code != string(toll.Alarmed) || w.Change == "" {
		t.Errorf("%+v", w)
	}
	var lifted Alarm
	o.ask("greta", "POST", lift, `{"reason":"It was he himself"}`).json(t, &lifted)
	if lifted.Lifted.IsZero() || lifted.By == nil || lifted.By.ID != o.ids["greta"] {
		t.Errorf("%+v", lifted)
	}
	if w := why(); w.Code == string(toll.Alarmed) {
		t.Errorf("%+v", w)
	}
	if log := string(o.ask("olga", "GET", "/v1/audit?limit=1", "").body); !strings.Contains(log, "alarm.lifted") || !strings.Contains(log, "It was he himself") || !strings.Contains(log, o.ids["greta"]) {
		t.Error(log)
	}
	o.wants(403, "greta", "PATCH", "/v1/alarms", `{"at_once":5}`)
	o.wants(422, "olga", "PATCH", "/v1/alarms", `{"at_once":-1}`)
	var limits AlarmLimits
	o.ask("olga", "PATCH", "/v1/alarms", `{"at_once":5,"cut":false}`).json(t, &limits)
	if limits.AtOnce != 5 || limits.Cut || limits.Group != 10 {
		t.Errorf("%+v", limits)
	}
}
