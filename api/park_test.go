package api

import (
	"testing"

	"tandem/pbx"
	"tandem/policy"
)

// A row of park positions is set up, changed, taken back and deleted; calls are parked there and moved by who may.
func TestParkPositions(t *testing.T) {
	o := live(t)
	var made Park
	if r := o.ask("olga", "POST", "/v1/parks", `{"name":" Front  desk ","slots":3,"wait":45,"then":{"kind":"ring","id":"<sales ring>"}}`); r.StatusCode != 201 {
		t.Fatalf("%d %v", r.StatusCode, r.error())
	} else {
		r.json(t, &made)
	}
	if made.Name != "Front desk" || len(made.Positions) != 3 || made.Then.Name != "sales ring" || made.Extension >= made.Positions[0] {
		t.Errorf("%+v", made)
	}
	path := "/v1/parks/" + string(made.ID)
	for body, want := range map[string]string{
		`{"slots":0}`:      "park.slots_range",
		`{"wait":99999}`:   "park.wait_range",
		`{"extension":""}`: "park.extension_missing",
		`{"then":{"kind":"park","id":"` + string(made.ID) + `"}}`: "destination.self",
	} {
		if r := o.ask("olga", "PATCH", path, body); r.StatusCode != 422 || refusedAs(t, r).Key != want {
			t.Errorf("%s: %d %v, want %s", body, r.StatusCode, r.error(), want)
		}
	}
	if r := o.ask("olga", "POST", "/v1/rings", `{"name":"Other","extension":"`+made.Positions[1]+`"}`); r.StatusCode != 409 {
		t.Errorf("the number of a position was given away: %d", r.StatusCode)
	}
	if r := o.ask("uwe", "PUT", "/v1/users/<uwe>/forwarding", `{"exceptions":[{"to":{"kind":"park","id":"`+string(made.ID)+`"}}]}`); r.StatusCode >= 300 {
		t.Errorf("a rule cannot lead to a park position: %d %v", r.StatusCode, r.error())
	}
	if r := o.ask("olga", "DELETE", path, ""); r.StatusCode != 200 {
		t.Errorf("%d", r.StatusCode)
	}

	if r := o.ask("uwe", "POST", "/v1/calls/live/cal_live_uwe_nina/park", `{"park":"<office park>","position":"9"}`); r.StatusCode != 202 || len(o.sent) != 1 {
		t.Fatalf("%d %v", r.StatusCode, r.error())
	}
	if s := o.sent[0]; s.Right != policy.CallPark || s.To.Kind != pbx.ToPark || s.To.Number != "9" {
		t.Errorf("%+v", s)
	}
	if r := o.ask("uwe", "POST", "/v1/calls/live/cal_live_uwe_nina/transfer", `{"to":{"kind":"user","id":"<sven>"}}`); r.StatusCode != 202 || o.sent[1].To.Kind != pbx.ToUser {
		t.Errorf("%d %v", r.StatusCode, r.error())
	}
	if r := o.ask("mia", "POST", "/v1/calls/live/cal_live_uwe_nina/transfer", `{"to":{"kind":"user","id":"<sven>"}}`); r.StatusCode != 404 || len(o.sent) != 2 {
		t.Errorf("somebody else transfers: %d", r.StatusCode)
	}
}
