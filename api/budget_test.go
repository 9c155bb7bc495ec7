package api

import (
	"context"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
	"tandem/toll"
)

// Budgets are made, shown with what is left of them to those who may see it, raised for a reason and an end, and asked about (B-039, B-042…B-045, B-098).
func TestBudgets(t *testing.T) {
	o := newOffice(t)
	var made Budget
	r := o.ask("olga", "POST", "/v1/budgets", `{"name":"Each day","on":{"kind":"group","id":"<sales>"},"each":true,"measure":"money","period":"day","limit":500,"marks":[100,80],"classes":["international"]}`)
	if r.json(t, &made); made.Limit != 500 || made.Most != 5_000_000 || made.Marks[0] != 80 || made.Currency != "EUR" || made.Renews.Sub(made.Begun) != 24*time.Hour {
		t.Fatalf("%s", r.body)
	}
	s, nina := o.view(), pbx.UserID(o.ids["nina"])
	b := s.Budgets[made.ID]
	if _, err := o.till.Reserve(context.Background(), "cal_x", "leg_x", nina, []toll.Draw{{Budget: b, Account: toll.AccountOf(s, b, nina, o.now()), Limit: toll.Limit(b, nina, o.now())}},
		pbx.Price{Minute: 4_900_000}, 0, time.Minute); err != nil {
		t.Fatal(err)
	}
	find := func(who, path string) *Budget {
		t.Helper()
		var page Budgets
		o.ask(who, "GET", path, "").json(t, &page)
		for i := range page.Items {
			if page.Items[i].ID == made.ID {
				return &page.Items[i]
			}
		}
		return nil
	}
	if got := find("greta", "/v1/budgets"); got == nil || !got.Edit || len(got.People) != 1 || got.People[0].Spent != 4_900_000 || got.Spent != 4_900_000 {
		t.Errorf("greta sees %+v", got)
	}
	if got := find("nina", "/v1/users/<nina>/budgets"); got == nil || got.Edit || got.Spent != 4_900_000 || len(got.People) != 0 {
		t.Errorf("nina sees of her own %+v", got)
	}
	if got := find("uwe", "/v1/users/<uwe>/budgets"); got == nil || got.Spent != 0 {
		t.Errorf("uwe sees %+v", got)
	}
	if got := find("tom", "/v1/budgets"); got != nil {
		t.Errorf("tom sees %+v", got)
	}
	why := func() (w WhyCall) {
		o.ask("greta", "POST", "/v1/explain/call", `{"from":"<nina>","to":"+48 22 123 45 67"}`).json(t, &w)
		return w
	}
	if w := why(); w.OK != true || w.Order[len(w.Order)-1].Kind != "budget" || w.Price == nil || w.Price.Known != true {
		// the price list of the office has 0.012 a minute: a minute is left
		t.Errorf("%+v", w)
	}
	if _, err := o.till.Reserve(context.Background(), "cal_x", "leg_x", nina, []toll.Draw{{Budget: b, Account: toll.AccountOf(s, b, nina, o.now()), Limit: toll.Limit(b, nina, o.now())}},
		pbx.Price{Minute: 95_000}, 0, time.Minute); err != nil {
		t.Fatal(err)
	}
	if w := why(); w.OK || w.Code != "budget" || !strings.Contains(w.Order[len(w.Order)-1].Text, "Each day") || w.Change == "" {
		t.Errorf("used up: %+v", w)
	}
	for body, want := range map[string]string{`{"more":100,"reason":""}`: `"reason"`, `{"more":0,"reason":"fair"}`: `"more"`, `{"more":100,"reason":"fair","until":"2020-01-01T00:00:00Z"}`: `"until"`, `{"more":100,"reason":"fair","user":"usr_none"}`: `not_found`} {
		if r := o.ask("greta", "POST", "/v1/budgets/"+string(made.ID)+"/raise", body); r.StatusCode < 400 || !strings.Contains(string(r.body), want) {
			t.Errorf("%s: %d %s", body, r.StatusCode, r.body)
		}
	}
	if r := o.ask("greta", "POST", "/v1/budgets/"+string(made.ID)+"/raise", `{"more":100,"reason":"fair","user":"<nina>"}`); r.StatusCode != 200 {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	if got := find("nina", "/v1/users/<nina>/budgets"); got.Most != 6_000_000 || len(got.Raises) != 1 || got.Raises[0].Reason != "fair" {
		t.Errorf("raised: %+v", got)
	}
	if w := why(); !w.OK {
		t.Errorf("raised: %+v", w)
	}
	if got := find("uwe", "/v1/users/<uwe>/budgets"); got.Most != 5_000_000 || len(got.Raises) != 0 {
		t.Errorf("uwe's stays: %+v", got)
	}
	for body, want := range map[string]string{`{"limit":-1}`: "limit", `{"marks":[0]}`: "marks", `{"on":{"kind":"user","id":"<nina>"}}`: "each"} {
		if r := o.ask("olga", "PATCH", "/v1/budgets/"+string(made.ID), body); r.StatusCode != 422 || !strings.Contains(string(r.body), `"`+want+`"`) {
			t.Errorf("%s: %d %s", body, r.StatusCode, r.body)
		}
	}
	if r := o.ask("olga", "DELETE", "/v1/budgets/"+string(made.ID), ""); r.StatusCode != 204 {
		t.Errorf("delete: %d", r.StatusCode)
	}
}

// Talk time is limited for a group, and money for each of its people and month (B-030, B-043).
func TestTalkTimeOfAGroupAndMoneyOfAMonth(t *testing.T) {
	o := newOffice(t)
	var talk, month Budget
	r := o.wants(201, "olga", "POST", "/v1/budgets", `{"name":"Sales talk","on":{"kind":"group","id":"<sales>"},"measure":"time","period":"week","limit":600}`)
	if r.json(t, &talk); talk.Measure != string(pbx.MeasureTime) || talk.Each || talk.Renews.Sub(talk.Begun) != 7*24*time.Hour {
		t.Errorf("%s", r.body)
	}
	r = o.wants(201, "olga", "POST", "/v1/budgets", `{"name":"Month","on":{"kind":"office"},"each":true,"measure":"money","period":"month","limit":5000,"classes":["international"]}`)
	if r.json(t, &month); !month.Each || !month.Renews.Equal(month.Begun.AddDate(0, 1, 0)) && month.Renews.Sub(month.Begun).Hours() < 28*24-1 {
		t.Errorf("%s", r.body)
	}
	s, uwe := o.view(), pbx.UserID(o.ids["uwe"])
	b := s.Budgets[month.ID]
	draw := toll.Draw{Budget: b, Account: toll.AccountOf(s, b, uwe, o.now()), Limit: toll.Limit(b, uwe, o.now())}
	if _, err := o.till.Reserve(context.Background(), "cal_x", "leg_x", uwe, []toll.Draw{draw}, pbx.Price{Minute: 50_000_000}, 0, time.Minute); err != nil {
		t.Fatal(err)
	}
	for who, ok := range map[string]bool{"uwe": false, "nina": true} {
		var w WhyCall
		o.wants(200, "olga", "POST", "/v1/explain/call", `{"from":"<`+who+`>","to":"+48 22 123 45 67"}`).json(t, &w)
		if w.OK != ok || !ok && w.Code != "budget" {
			t.Errorf("%s: %+v", who, w)
		}
	}
}
