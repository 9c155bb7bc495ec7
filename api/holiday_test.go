package api

import (
	"strings"
	"testing"
	"time"
)

// TZ-08: holidays come from a list or a calendar file; a dry run shows the next 14 days with them, and they are kept once.
func TestTakeHolidaysOver(t *testing.T) {
	o := newOffice(t)
	if r := o.ask("olga", "PUT", "/v1/settings/hours", `{"open":`+week+`,"holidays":[{"name":"Karfreitag","on":"easter-2"}]}`); r.StatusCode != 200 {
		t.Fatal(r.error())
	}
	var public PublicHolidays
	o.ask("uwe", "GET", "/v1/holidays?country=de&region=by", "", "Accept-Language", "de").json(t, &public)
	known, dated := 0, 0
	for _, h := range public.Items {
		if h.Known {
			known++
		}
		if h.Next != "" {
			dated++
		}
	}
	if len(public.Items) != 12 || known != 1 || dated != 12 || len(public.Regions) != 16 {
		t.Errorf("%d holidays, %d known, %d with a day, %d regions", len(public.Items), known, dated, len(public.Regions))
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	day := start.In(berlin).AddDate(0, 0, 5).Format(time.DateOnly) // of the office, where tomorrow begins before it does here
	calendar := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:" + strings.ReplaceAll(day, "-", "") + "\r\nSUMMARY:Stocktaking\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260325\r\nRRULE:FREQ=DAILY\r\nSUMMARY:Lunch\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	var read CalendarRead
	o.ask("olga", "POST", "/v1/holidays/calendar", calendar, "Content-Type", "text/calendar").json(t, &read)
	if len(read.Items) != 1 || read.Items[0].On != day || len(read.Left) != 1 || read.Left[0].Text == "" {
		t.Fatalf("%+v", read)
	}
	body := `{"open":` + week + `,"holidays":[{"name":"Karfreitag","on":"easter-2"},{"name":"Stocktaking","on":"` + day + `"},{"name":"Stocktaking","on":"` + day + `"}]}`
	before := o.head()
	var h Hours
	o.ask("olga", "PUT", "/v1/settings/hours?dry=1", body).json(t, &h)
	if o.head() != before || len(h.Ahead) != 14 || h.Ahead[5].Date != day || len(h.Ahead[5].Holidays) != 1 || !h.Ahead[5].Spans[0].Holiday {
		t.Fatalf("the next two weeks: %+v", h.Ahead)
	}
	h = Hours{}
	o.ask("olga", "PUT", "/v1/settings/hours", body).json(t, &h)
	if len(h.Holidays) != 2 || h.Ahead != nil {
		t.Errorf("%+v", h)
	}
	if r := o.ask("olga", "POST", "/v1/holidays/calendar", "no calendar", "Content-Type", "text/calendar"); r.StatusCode != 422 || !strings.Contains(r.error(), "hours.calendar") {
		t.Errorf("%d %s", r.StatusCode, r.error())
	}
	if r := o.ask("uwe", "GET", "/v1/holidays?keeper=<mia>", ""); r.StatusCode == 200 {
		t.Error("the hours of somebody one does not see")
	}
}
