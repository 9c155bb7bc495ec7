package api

import (
	"strings"
	"testing"
	"time"

	"tandem/command"
	"tandem/hours"
	"tandem/pbx"
)

// BL-04: somebody links his own calendar, and nobody another's; colleagues see the status, and nobody reads the address again.
func TestOwnCalendar(t *testing.T) {
	o := live(t)
	var c Calendar
	o.ask("uwe", "GET", "/v1/profile/calendar", "").json(t, &c)
	if c.Linked || c.As != pbx.StatusAway {
		t.Errorf("%+v", c)
	}
	o.wants(200, "uwe", "PUT", "/v1/profile/calendar", `{"link":"webcal://calendar.example/secret/basic.ics","as":"dnd"}`).json(t, &c)
	if !c.Linked || c.Host != "calendar.example" || c.As != pbx.StatusDND {
		t.Errorf("%+v", c)
	}
	for _, bad := range []string{`{"as":"available"}`, `{"link":"http://calendar.example","as":"away"}`, `{"link":"","as":"away"}`} {
		if r := o.ask("uwe", "PUT", "/v1/profile/calendar", bad); r.StatusCode != 422 {
			t.Errorf("%s: %d", bad, r.StatusCode)
		}
	}
	system := pbx.Actor{Kind: pbx.ActorSystem, Via: "house"}
	note := command.NoteCalendar{User: pbx.UserID(o.ids["uwe"]), Link: "https://calendar.example/secret/basic.ics", Busy: []hours.Spell{{From: start.Add(-time.Hour), Until: start.Add(time.Hour)}}}
	if _, err := o.desk.Do(t.Context(), system, note); err != nil {
		t.Fatal(err)
	}
	o.ask("uwe", "GET", "/v1/profile/calendar", "").json(t, &c)
	if len(c.Ahead) != 1 {
		t.Errorf("%+v", c)
	}
	var me struct {
		User struct{ Status UserStatus }
	}
	o.ask("uwe", "GET", "/v1/session", "").json(t, &me)
	if s := me.User.Status; s.Kind != pbx.StatusDND || !s.Busy || s.Manual || !s.Until.Equal(start.Add(time.Hour)) {
		t.Errorf("%+v", s)
	}
	var path Path
	o.ask("uwe", "POST", "/v1/explain/route", `{"from":"+49 30 1234567","to":"`+o.view().Users[pbx.UserID(o.ids["uwe"])].Extension+`"}`, "Accept-Language", "en").json(t, &path)
	if lines := strings.Join(path.Root.Lines, " "); !strings.Contains(lines, "busy by the calendar") {
		t.Errorf("%s", lines)
	}
	note.Fault, note.Busy = "gone", nil
	if _, err := o.desk.Do(t.Context(), system, note); err != nil {
		t.Fatal(err)
	}
	o.ask("uwe", "GET", "/v1/profile/calendar", "", "Accept-Language", "en").json(t, &c)
	if len(c.Ahead) != 1 || !strings.Contains(c.Fault, "calendar.example does not show") {
		t.Errorf("%+v", c)
	}
	if _, err := o.desk.Do(t.Context(), pbx.Actor{Kind: pbx.ActorUser, User: pbx.UserID(o.ids["olga"]), Via: "web"}, command.SetCalendar{User: pbx.UserID(o.ids["uwe"]), As: pbx.StatusAway, Link: new(string)}); err == nil {
		t.Error("olga links a calendar for uwe")
	}
	if log := o.ask("olga", "GET", "/v1/audit", ""); strings.Contains(string(log.body), "secret") || !strings.Contains(string(log.body), "calendar.linked") {
		t.Errorf("the log: %s", log.body)
	}
	file := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:" + start.Add(24*time.Hour).UTC().Format("20060102T150405Z") + "\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	c = Calendar{}
	o.ask("uwe", "PUT", "/v1/profile/calendar/file?as=away2", file, "Content-Type", "text/calendar").json(t, &c)
	if !c.File || c.Host != "" || len(c.Ahead) != 1 || c.As != pbx.StatusAway2 {
		t.Errorf("%+v", c)
	}
	c = Calendar{}
	o.wants(200, "uwe", "DELETE", "/v1/profile/calendar", "").json(t, &c)
	if c.Linked || o.view().Calendars[pbx.UserID(o.ids["uwe"])] != nil {
		t.Errorf("%+v", c)
	}
}
