package api

import (
	"slices"
	"strings"
	"testing"
)

// A reminder call is set for oneself, and by who may for others; the list says when it comes, in whose time zone, and who set it; bad times are refused with the
// field at fault, and somebody else's reminder is not found under one's own address (G-019).
func TestReminders(t *testing.T) {
	o := newOffice(t)
	const uwes = "/v1/users/<uwe>/reminders"
	var made Reminder
	r := o.ask("uwe", "POST", uwes, `{"time":"06:45","days":["fri","mon"],"note":"Train"}`)
	r.json(t, &made)
	if r.StatusCode != 201 || made.Time != "06:45" || made.Date != "" || strings.Join(made.Days, " ") != "mon fri" || made.Note != "Train" || made.By.ID != o.ids["uwe"] || made.Next.IsZero() || made.Last != "" {
		t.Errorf("%d %+v", r.StatusCode, made)
	}
	for body, field := range map[string]string{`{"time":"24:00"}`: "time", `{"time":"7:00"}`: "time", `{}`: "time", `{"time":"07:00","date":"2020-01-01"}`: "date", `{"time":"07:00","date":"2026-02-30"}`: "date",
		`{"time":"07:00","days":["noday"]}`: "days"} {
		if got := o.wants(422, "uwe", "POST", uwes, body); !strings.Contains(string(got.body), `"`+field) {
			t.Errorf("%s: %s", body, got.body)
		}
	}
	o.wants(403, "uwe", "POST", "/v1/users/<nina>/reminders", `{"time":"07:00"}`)
	o.wants(403, "uwe", "GET", "/v1/users/<nina>/reminders", "")
	o.wants(404, "mia", "GET", uwes, "")
	var by Reminder
	o.ask("mark", "POST", uwes, `{"time":"07:00"}`).json(t, &by)
	if by.Date == "" || len(by.Days) != 0 || by.By.ID != o.ids["mark"] {
		t.Errorf("%+v", by)
	}
	var list Reminders
	o.ask("uwe", "GET", uwes, "").json(t, &list)
	if len(list.Items) != 2 || list.Zone == "" {
		t.Errorf("%+v", list)
	}
	o.wants(404, "uwe", "DELETE", "/v1/users/<uwe>/reminders/"+o.ids["reminder of nina"], "")
	o.wants(204, "uwe", "DELETE", uwes+"/"+string(by.ID), "")
	o.ask("mark", "GET", uwes, "").json(t, &list)
	if len(list.Items) != 1 || list.Items[0].ID != made.ID {
		t.Errorf("%+v", list)
	}
	log := string(o.ask("olga", "GET", "/v1/audit?limit=1", "").body)
	if !strings.Contains(log, "reminder.deleted") || !strings.Contains(log, o.ids["uwe"]) {
		t.Error(log)
	}
	for _, days := range []int{9, 3} {
		o.wants(201, "uwe", "POST", "/v1/users/<uwe>/reminders", `{"time":"07:00","date":"`+start.AddDate(0, 0, days).Format("2006-01-02")+`"}`)
	}
	o.ask("uwe", "GET", uwes, "").json(t, &list)
	if !slices.IsSortedFunc(list.Items, func(a, b Reminder) int { return a.Next.Compare(b.Next) }) || len(list.Items) != 3 {
		t.Errorf("not the next one first: %+v", list.Items)
	}
}
