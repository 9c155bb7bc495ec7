package api

import (
	"slices"
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
)

func TestHoursOfAGroup(t *testing.T) {
	o := live(t)
	var h Hours
	o.ask("uwe", "GET", "/v1/groups/<sales>/hours", "").json(t, &h)
	if h.Own || h.Source != nil || h.Now.State != "" || h.Zone != "Europe/Berlin" || h.Can.Edit {
		t.Fatalf("nobody keeps hours: %+v", h)
	}
	before := o.head()
	o.ask("olga", "PUT", "/v1/settings/hours", `{"open":{"mon":"8-18","tue":"","wed":"","thu":"","fri":"","sat":"","sun":""}}`).json(t, &h)
	o.ask("mark", "PUT", "/v1/groups/<sales>/hours", `{"open":`+week+`,"breaks":{"mon":"12:30-13","tue":"","wed":"","thu":"","fri":"","sat":"","sun":""},
		"holidays":[{"name":"Christmas","on":"12-25..12-26"},{"name":"Eve","on":"12-24","hours":"9-12"}]}`).json(t, &h)
	if got := o.kinds(before); !slices.Equal(got, []event.Kind{event.HoursChanged, event.HoursChanged}) {
		t.Errorf("facts %v", got)
	}
	if !h.Own || h.Open.Mon != "09:00-17:00" || h.Breaks.Mon != "12:30-13:00" || len(h.Holidays) != 2 || h.Source.ID != o.ids["sales"] || !h.Can.Override {
		t.Fatalf("%+v", h)
	}
	var north Hours
	o.ask("greta", "GET", "/v1/groups/<north>/hours", "").json(t, &north)
	if north.Own || north.Source == nil || north.Source.ID != o.ids["sales"] || north.Open.Fri != "09:00-15:00" {
		t.Errorf("X-077 a sub-group inherits: %+v", north)
	}
	o.ask("greta", "PUT", "/v1/groups/<north>/hours", `{"copy":"office"}`).json(t, &north)
	if !north.Own || north.Open.Mon != "08:00-18:00" || north.Open.Fri != "" {
		t.Errorf("copied from the office: %+v", north)
	}
	o.ask("greta", "PUT", "/v1/groups/<north>/hours", `{"inherit":true}`).json(t, &north)
	if north.Own {
		t.Errorf("inherits again: %+v", north)
	}
	if got := o.ask("mark", "PUT", "/v1/groups/<sales>/hours", `{"open":{"mon":"9-17","tue":"","wed":"","thu":"","fri":"","sat":"","sun":""},"revision":"old"}`); got.StatusCode != 409 {
		t.Errorf("an old revision: %d %s", got.StatusCode, got.body)
	}
	if got := o.ask("mark", "PUT", "/v1/groups/<sales>/hours", `{"open":{"mon":"9-8-7","tue":"","wed":"","thu":"","fri":"","sat":"","sun":""}}`); got.StatusCode/100 != 4 {
		t.Errorf("times that are none: %d %s", got.StatusCode, got.body)
	}
}

func TestOverrideEndsByItself(t *testing.T) {
	o := live(t)
	o.ask("mark", "PUT", "/v1/groups/<sales>/hours", `{"open":{"mon":"0-24","tue":"0-24","wed":"0-24","thu":"0-24","fri":"0-24","sat":"0-24","sun":"0-24"}}`)
	until := o.now().Add(time.Hour).UTC().Truncate(time.Second)
	var h Hours
	before := o.head()
	o.ask("greta", "PUT", "/v1/groups/<sales>/hours/override", `{"state":"holiday","until":"`+until.Format(time.RFC3339)+`","reason":"Fire drill"}`).json(t, &h)
	if h.Override == nil || h.Override.By != "greta" || !h.Override.Until.Equal(until) || h.Now.State != pbx.StateClosed || !h.Now.Holiday || !h.Now.Until.Equal(until) {
		t.Fatalf("X-082 held: %+v %+v", h.Override, h.Now)
	}
	if got := o.kinds(before); !slices.Equal(got, []event.Kind{event.OverrideSet}) {
		t.Errorf("facts %v", got)
	}
	var uwe User
	o.ask("nina", "GET", "/v1/users/<uwe>", "").json(t, &uwe)
	if uwe.Status == nil || uwe.Status.Kind != pbx.StatusDND || uwe.Status.Hours != pbx.StateClosed {
		t.Errorf("X-075 who inherits the hours is not disturbed: %+v", uwe.Status)
	}
	var now HoursNow
	o.ask("uwe", "GET", "/v1/users/<uwe>/hours/now", "").json(t, &now)
	if now.State != pbx.StateClosed || now.Why != "override" {
		t.Errorf("%+v", now)
	}
	o.now = func() time.Time { return start.Add(2 * time.Hour) }
	h = Hours{}
	o.ask("uwe", "GET", "/v1/groups/<sales>/hours", "").json(t, &h)
	if h.Override != nil || h.Now.State != pbx.StateOpen {
		t.Errorf("after its end: %+v %+v", h.Override, h.Now)
	}
	o.ask("greta", "PUT", "/v1/groups/<sales>/hours/override", `{"state":"break"}`)
	before, h = o.head(), Hours{}
	o.ask("greta", "DELETE", "/v1/groups/<sales>/hours/override", "").json(t, &h)
	if got := o.kinds(before); h.Override != nil || !slices.Equal(got, []event.Kind{event.OverrideEnded}) {
		t.Errorf("ended by hand: %+v %v", h.Override, got)
	}
	if got := o.ask("greta", "PUT", "/v1/groups/<sales>/hours/override", `{"state":"open","until":"2020-01-01T00:00:00Z"}`); got.StatusCode/100 != 4 {
		t.Errorf("an end in the past: %d", got.StatusCode)
	}
}

// The groups that do not follow the office are listed with how they stand, to those who see them: with hours of their own or of a group above, or held by hand.
func TestGroupsApartFromTheOffice(t *testing.T) {
	o := live(t)
	kept := func(who string) (names []string, all []HoursKept) {
		var page Page[HoursKept]
		o.ask(who, "GET", "/v1/hours", "").json(t, &page)
		for _, k := range page.Items {
			names = append(names, k.Keeper.Name)
		}
		if page.Total != len(names) {
			t.Errorf("%d of %v", page.Total, names)
		}
		return names, page.Items
	}
	o.ask("olga", "PUT", "/v1/settings/hours", `{"open":`+week+`}`)
	if names, _ := kept("olga"); names != nil {
		t.Errorf("all follow the office: %v", names)
	}
	o.ask("mark", "PUT", "/v1/groups/<sales>/hours", `{"open":`+week+`}`)
	names, all := kept("olga")
	if len(names) != 2 || !all[0].Own == !all[1].Own || all[0].Now.State == "" || all[0].Zone != "Europe/Berlin" || all[0].Held {
		t.Fatalf("sales and the group below: %+v", all)
	}
	o.ask("olga", "PUT", "/v1/groups/<sales>/hours", `{"inherit":true}`)
	o.ask("greta", "PUT", "/v1/groups/<north>/hours/override", `{"state":"closed"}`)
	if names, all = kept("olga"); len(names) != 1 || !all[0].Held || all[0].Own || all[0].Now.State != pbx.StateClosed {
		t.Errorf("held by hand: %+v", all)
	}
	for _, who := range []string{"olga", "mark", "greta", "uwe", "nina"} {
		var seen Page[Group]
		o.ask(who, "GET", "/v1/groups?limit=500", "").json(t, &seen)
		sees := slices.ContainsFunc(seen.Items, func(g Group) bool { return string(g.ID) == o.ids["north"] })
		if names, _ := kept(who); (len(names) == 1) != sees {
			t.Errorf("%s sees the group: %v, and is told of %v", who, sees, names)
		}
	}
}

func TestPreviewOfTheNightOnWhichClocksChange(t *testing.T) {
	o := live(t)
	o.ask("mark", "PUT", "/v1/groups/<sales>/hours", `{"open":`+week+`,"holidays":[{"name":"Reformation","on":"10-31"},{"name":"All Saints","on":"11-01"}]}`)
	var p HoursPreview
	o.ask("uwe", "GET", "/v1/groups/<sales>/hours/preview?from=2027-10-25&days=14", "").json(t, &p)
	if len(p.Days) != 14 || p.Zone != "Europe/Berlin" {
		t.Fatalf("%d days in %s", len(p.Days), p.Zone)
	}
	monday, sunday, holiday := p.Days[0], p.Days[6], p.Days[7]
	if len(monday.Spans) != 3 || monday.Spans[1].State != pbx.StateOpen || monday.Spans[1].Until.Sub(monday.Spans[1].From) != 8*time.Hour {
		t.Errorf("Monday %+v", monday)
	}
	if sunday.Date != "2027-10-31" || sunday.End.Sub(sunday.Begin) != 25*time.Hour || !slices.Equal(sunday.Holidays, []string{"Reformation"}) {
		t.Errorf("TZ-05 the day has 25 hours: %+v", sunday)
	}
	if len(holiday.Spans) != 1 || holiday.Spans[0].State != pbx.StateClosed || !holiday.Spans[0].Holiday {
		t.Errorf("TZ-08 a holiday on a Monday: %+v", holiday)
	}
	for i := range p.Days[1:] {
		if !p.Days[i].End.Equal(p.Days[i+1].Begin) {
			t.Errorf("between %s and %s something is missing", p.Days[i].Date, p.Days[i+1].Date)
		}
	}
}
