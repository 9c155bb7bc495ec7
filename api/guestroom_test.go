package api

import (
	"strings"
	"testing"
	"time"
)

// inDays is a departure some days ahead, at eleven by the clock of the room.
func inDays(n int) string { return start.AddDate(0, 0, n).Format(time.DateOnly) + "T11:00" }

// The reception checks a guest in by the clock of the room, the list shows him to those who may know, a stale page changes nothing, and after check-out nothing of
// him is shown to the next one, while those who may see the log of calls still see his (G-019).
func TestGuestRooms(t *testing.T) {
	o := newOffice(t)
	const rooms, stay = "/v1/guest-rooms", "/v1/guest-rooms/<nina>/stay"
	nina := func(p Page[GuestRoom]) GuestRoom {
		t.Helper()
		for _, r := range p.Items {
			if string(r.User) == o.ids["nina"] {
				return r
			}
		}
		t.Fatalf("nina's room is not in the list: %+v", p)
		return GuestRoom{}
	}
	list := func(who, query string) (p Page[GuestRoom]) {
		t.Helper()
		o.wants(200, who, "GET", rooms+query, "").json(t, &p)
		return p
	}
	calls := func(who string) (p Page[Call]) {
		t.Helper()
		o.wants(200, who, "GET", "/v1/calls?user=<nina>", "").json(t, &p)
		return p
	}
	if p := list("mark", ""); p.Total != 1 || p.Items[0].Occupied || p.Items[0].Care != "clean" || p.Items[0].Left == nil || !p.Items[0].Can.Assign || p.Items[0].Left.Reminders != 1 {
		t.Errorf("%+v", p)
	}
	if r := nina(list("sven", "")); r.Left != nil || r.Can.Assign || !r.Can.Remove {
		t.Errorf("administration without guests: %+v", r)
	}
	o.wants(403, "uwe", "GET", rooms, "")
	before, all := calls("nina").Total, calls("mark").Total
	if before == 0 || all == 0 {
		t.Fatal("there must be calls to hide")
	}
	for body, field := range map[string]string{`{"guest":" ","departure":"` + inDays(5) + `"}`: "guest", `{"guest":"Ada","departure":"tomorrow"}`: "departure", `{"guest":"Ada","departure":"2020-03-25T11:00"}`: "departure",
		`{"guest":"Ada","departure":"` + inDays(5) + `","language":"xx"}`: "language", `{"departure":"` + inDays(5) + `"}`: "guest"} {
		if got := o.wants(422, "mark", "POST", stay, body); !strings.Contains(string(got.body), `"`+field) {
			t.Errorf("%s: %s", body, got.body)
		}
	}
	var r GuestRoom
	o.wants(201, "mark", "POST", stay, `{"guest":"Ada Łęcka","language":"pl","departure":"`+inDays(5)+`","note":"late"}`).json(t, &r)
	if r.Stay == nil || r.Stay.Departure != inDays(5) || r.Stay.By.ID != o.ids["mark"] || r.Name == "Ada Łęcka" || !r.Occupied || r.Left.Reminders != 0 {
		t.Errorf("%+v", r)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	if until := r.Stay.Until.In(berlin).Format(localMinute); r.Zone != "Europe/Berlin" || until != inDays(5) {
		t.Errorf("%s %s", r.Zone, until)
	}
	o.wants(409, "mark", "POST", stay, `{"guest":"Bob","departure":"`+inDays(5)+`"}`)
	if p := list("mark", "?state=vacant"); p.Total != 0 {
		t.Errorf("%+v", p)
	}
	for query, want := range map[string]int{"?q=ada": 1, "?q=room&state=occupied": 0, "?state=occupied&sort=departure": 1, "?state=dirty": 0, "?state=due": 0} {
		if p := list("mark", query); p.Total != want || len(p.Items) != want {
			t.Errorf("%s: %+v", query, p)
		}
	}
	if r := nina(list("sven", "")); r.Stay != nil || !r.Occupied {
		t.Errorf("administration sees who stays: %+v", r)
	}
	var person User
	o.wants(200, "uwe", "GET", "/v1/users/<nina>", "").json(t, &person)
	if person.Name != "Ada Łęcka" {
		t.Errorf("colleagues see %q", person.Name)
	}
	if n := calls("nina").Total; n != 0 {
		t.Errorf("the guest sees %d calls of others", n)
	}
	if n := calls("mark").Total; n != all {
		t.Errorf("who may see the log sees %d of %d", n, all)
	}
	stale := r.Revision
	o.wants(200, "mark", "PATCH", stay, `{"departure":"`+inDays(7)+`"}`).json(t, &r)
	if r.Stay.Departure != inDays(7) || r.Stay.Guest != "Ada Łęcka" || r.Revision == stale {
		t.Errorf("%+v", r)
	}
	if got := o.ask("mark", "PATCH", stay, `{"note":"x"}`, "If-Match", stale); got.StatusCode != 409 {
		t.Errorf("a stale page: %d", got.StatusCode)
	}
	o.wants(200, "mark", "PUT", "/v1/guest-rooms/<nina>/housekeeping", `{"care":"inspected"}`)
	o.wants(403, "uwe", "DELETE", stay, "")
	o.wants(409, "sven", "DELETE", "/v1/guest-rooms/<nina>", "")
	r = GuestRoom{}
	o.wants(200, "mark", "DELETE", stay, "").json(t, &r)
	if r.Stay != nil || r.Care != "dirty" || r.Occupied {
		t.Errorf("%+v", r)
	}
	if p := list("mark", "?state=dirty"); p.Total != 1 {
		t.Errorf("to be cleaned: %+v", p)
	}
	log := string(o.wants(200, "olga", "GET", "/v1/audit?limit=20", "").body)
	if !strings.Contains(log, "guestroom.checked_in") || !strings.Contains(log, "guestroom.checked_out") {
		t.Error(log)
	}
	o.wants(204, "sven", "DELETE", "/v1/guest-rooms/<nina>", "")
	if n := calls("nina").Total; n != before {
		t.Errorf("an extension like any other sees %d of its %d calls", n, before)
	}
}

// The reception chooses what a room may call while the guest stays, and asks why it cannot; the answer names the choice. Who does not check guests in neither sees nor asks
// it, and after check-out the room calls what its group may (G-019, B-098).
func TestDiallingOfAStay(t *testing.T) {
	o := newOffice(t)
	const stay = "/v1/guest-rooms/<nina>/stay"
	why := func(who, to string) (w WhyCall) {
		t.Helper()
		o.wants(200, who, "POST", "/v1/explain/call", `{"from":"<nina>","to":"`+to+`"}`).json(t, &w)
		return w
	}
	names := func(w WhyCall) string {
		for _, c := range w.Order {
			if c.Kind == "stay" {
				return c.State + " " + c.Text
			}
		}
		return ""
	}
	before := why("mark", "030 901820")
	o.wants(422, "mark", "POST", stay, `{"guest":"Ada","departure":"`+inDays(5)+`","dialling":"moon"}`)
	var r GuestRoom
	o.wants(201, "mark", "POST", stay, `{"guest":"Ada","departure":"`+inDays(5)+`","dialling":"house"}`).json(t, &r)
	if r.Stay.Dialling != "house" {
		t.Errorf("%+v", r.Stay)
	}
	if w := why("mark", "030 901820"); w.OK || w.Code != "stay" || names(w) != "decides At check-in it was chosen that the room calls nothing outside." || !strings.Contains(w.Change, "Reception") {
		t.Errorf("%+v", w)
	}
	if w := why("mark", "112"); !w.OK || w.Code != "emergency" || names(w) != "" {
		t.Errorf("%+v", w)
	}
	o.wants(422, "uwe", "POST", "/v1/explain/call", `{"from":"<nina>","to":"030 901820"}`)
	o.wants(403, "uwe", "PATCH", stay, `{"dialling":"group"}`)
	o.wants(200, "mark", "PATCH", stay, `{"dialling":"country"}`).json(t, &r)
	if w := why("mark", "030 901820"); r.Stay.Dialling != "country" || w.Code != before.Code || !strings.HasPrefix(names(w), "passed ") {
		t.Errorf("%+v %+v", r.Stay, w)
	}
	if w := why("mark", "+43 1 234567"); w.OK || w.Code != "stay" || !strings.Contains(names(w), "in the country only") {
		t.Errorf("%+v", w)
	}
	o.wants(200, "mark", "PATCH", stay, `{"note":"late"}`).json(t, &r)
	if r.Stay.Dialling != "country" {
		t.Errorf("a note changes the choice: %+v", r.Stay)
	}
	o.wants(200, "mark", "DELETE", stay, "")
	if w := why("mark", "030 901820"); w.Code != before.Code || names(w) != "" {
		t.Errorf("it outlasts the stay: %+v", w)
	}
}
