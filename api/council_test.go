package api

import (
	"testing"

	"tandem/i18n"
	"tandem/pbx"
)

// Where the works council has a say, lists, live pages and reports show figures about one person to nobody but him, and add calls up over five people at least;
// who was listened to reads by whom, whatever else is set (PR-08).
func TestWorksCouncil(t *testing.T) {
	o := live(t)
	autumn(t, o) // calls of nina
	const days = "/v1/calls/days?zone=Europe/Berlin&from=2026-10-24&until=2026-10-26"
	agents := func(who string) (shown int) {
		t.Helper()
		var q LiveQueue
		o.wants(200, who, "GET", "/v1/queues/<sales queue>/live", "").json(t, &q)
		if len(q.Agents) != 2 || q.Day.Answered != 2 {
			t.Errorf("%+v", q)
		}
		for _, a := range q.Agents {
			if a.Answered != nil && a.Talked != nil {
				shown++
			}
		}
		return shown
	}
	if n := agents("olga"); n != 2 {
		t.Errorf("without a council figures of %d agents are shown", n)
	}
	o.wants(200, "olga", "GET", days, "")
	var office Settings
	o.wants(200, "olga", "PATCH", "/v1/settings", `{"council":true,"listen_hidden":true,"listen_tone":false}`).json(t, &office)
	if !office.Council {
		t.Errorf("%+v", office)
	}
	o.wants(403, "uwe", "PATCH", "/v1/settings", `{"council":false}`)

	if n := agents("olga"); n != 0 {
		t.Errorf("figures of %d agents are shown", n)
	}
	var d Duty
	o.wants(200, "uwe", "GET", "/v1/users/<uwe>/duty", "").json(t, &d)
	if a := d.Queues[0].Agent; a.Answered == nil || *a.Answered != 1 || a.Talked == nil {
		t.Errorf("uwe does not see his own: %+v", a)
	}
	d = Duty{}
	o.wants(200, "olga", "GET", "/v1/users/<uwe>/duty", "").json(t, &d)
	if a := d.Queues[0].Agent; a.Answered != nil || a.Talked != nil {
		t.Errorf("olga sees his: %+v", a)
	}
	for _, row := range []struct {
		who, filter string
		status      int
	}{
		{"olga", "", 403}, // all of it are nina's
		{"olga", "&user=<nina>", 403},
		{"nina", "", 200},
		{"nina", "&user=<nina>", 200},
		{"mia", "", 200}, // there is nothing
	} {
		r := o.ask(row.who, "GET", days+row.filter, "")
		if r.StatusCode != row.status || row.status == 403 && refusedAs(t, r).Key != "call.days_few" {
			t.Errorf("%s, %q: %d %s", row.who, row.filter, r.StatusCode, r.body)
		}
	}

	v := &visit{s: o.view(), who: pbx.Actor{Kind: pbx.ActorUser, User: pbx.UserID(o.ids["nina"])}, at: o.now()}
	line := i18n.T("route.watched.listen", "user", o.ids["olga"], "about", o.ids["uwe"])
	if !v.s.Tenant.TellsListened() {
		t.Error("who is listened to hears no tone")
	}
	if is, reads := v.watchLine(line, []pbx.UserID{pbx.UserID(o.ids["uwe"]), pbx.UserID(o.ids["nina"])}); !is || !reads {
		t.Error("who talked does not read who listened")
	}
}
