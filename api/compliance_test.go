package api

import (
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
)

// breaks writes calls outside of people that met rules: the last was an hour ago.
func (o *office) breaks(t *testing.T) {
	t.Helper()
	var calls []report.CDR
	add := func(n int, name, verdict, reason string, cause pbx.Cause) {
		u := pbx.UserID(o.ids[name])
		id := len(calls) + 1
		at := start.Add(-time.Hour - time.Duration(n)*time.Minute)
		calls = append(calls, report.CDR{ID: pbx.CallID(fmt.Sprintf("cal_met_%02d", id)), From: pbx.Party{User: u, Name: name}, To: pbx.Party{Number: "+4990012345"}, Dialled: "+4990012345",
			Users: []pbx.UserID{u}, Started: at, Ended: at.Add(time.Second), Cause: cause, Reason: i18n.T(reason, "number", "+4990012345"),
			Ruling: &event.Ruling{Code: verdict, Payer: u, Profile: "rst_gone", Name: "Premium", Rule: &pbx.TollRule{Effect: "deny", Classes: []string{"premium"}}}})
	}
	for n := range 3 {
		add(n, "uwe", "forbidden", "toll.refused.destination", pbx.CauseDenied)
	}
	add(4, "nina", "excepted", "cause.hangup", pbx.CauseHangup)
	add(5, "kai", "allowed", "toll.over", pbx.CauseHangup)
	add(6, "tom", "forbidden", "toll.refused.destination", pbx.CauseDenied)
	add(7, "mia", "emergency", "cause.hangup", pbx.CauseHangup)
	add(8, "mia", "allowed", "cause.hangup", pbx.CauseHangup)
	if _, err := o.tenant.Append(t.Context(), calls, nil); err != nil {
		t.Fatal(err)
	}
}

// Everybody reads the report about those whom report.view reaches, and about nobody else (B-065).
func TestCompliance(t *testing.T) {
	o := newOffice(t)
	o.breaks(t)
	for _, tt := range []struct {
		who, query, want, people string
	}{
		{"olga", "", "8 4 1 1 1 0", "uwe 3, tom 1, nina 0, kai 0"},
		{"greta", "", "5 3 1 1 0 0", "uwe 3, nina 0, kai 0"},
		{"mia", "", "3 1 0 0 1 0", "tom 1"},
		{"olga", "group=<support>", "3 1 0 0 1 0", "tom 1"},
		{"olga", "group=<sales>", "5 3 1 1 0 0", "uwe 3, nina 0, kai 0"},
		{"olga", "group=<north>", "1 0 1 0 0 0", "kai 0"},
		{"olga", "user=<nina>", "1 0 0 1 0 0", "nina 0"},
		{"olga", "until=" + url.QueryEscape(start.Add(-50*time.Hour).Format(time.RFC3339)), "0 0 0 0 0 0", ""},
	} {
		r := o.ask(tt.who, "GET", "/v1/reports/compliance?"+tt.query, "")
		if r.StatusCode != 200 {
			t.Errorf("%s %s: %d %s", tt.who, tt.query, r.StatusCode, r.body)
			continue
		}
		var c Compliance
		r.json(t, &c)
		var people []string
		for _, p := range c.People {
			people = append(people, fmt.Sprint(p.User.Name, " ", p.Refused))
		}
		if got := fmt.Sprint(c.Outside, c.Refused, c.Cut, c.Excepted, c.Emergency, c.Blocked); got != tt.want || strings.Join(people, ", ") != tt.people {
			t.Errorf("%s %s: %s, %v", tt.who, tt.query, got, people)
		}
	}
	for _, tt := range []struct {
		who, query string
		status     int
	}{{"uwe", "", 403}, {"anna", "", 403}, {"greta", "group=<support>", 404}, {"greta", "user=<tom>", 404}, {"mia", "user=<uwe>", 404}, {"olga", "group=grp_none", 404}, {"olga", "from=2020-01-01T00:00:00Z", 422}} {
		for _, path := range []string{"/v1/reports/compliance?", "/v1/reports/compliance/table?"} {
			if r := o.ask(tt.who, "GET", path+tt.query, ""); r.StatusCode != tt.status {
				t.Errorf("%s %s%s: %d %s", tt.who, path, tt.query, r.StatusCode, r.body)
			}
		}
	}
}

// The report leads to the calls, names rules, and goes into a table.
func TestComplianceLeadsToCalls(t *testing.T) {
	o := newOffice(t)
	o.breaks(t)
	var c Compliance
	o.ask("olga", "GET", "/v1/reports/compliance?met=refused", "").json(t, &c)
	if len(c.Calls) != 4 || c.Calls[0].Call == "" || c.Calls[0].Number == "" || c.Calls[0].User.Name != "uwe" || c.Calls[0].Met != "refused" {
		t.Errorf("%+v", c.Calls)
	}
	if r := o.ask("olga", "GET", "/v1/calls/"+string(c.Calls[0].Call), ""); r.StatusCode != 200 {
		t.Errorf("the call: %d", r.StatusCode)
	}
	if r := c.Rules[0]; r.Calls != 4 || r.People != 2 || r.Name != "Premium" || r.Profile != "" || r.Text == "" {
		t.Errorf("%+v", c.Rules)
	}
	table := o.ask("greta", "GET", "/v1/reports/compliance/table", "")
	if ct := table.Header.Get("Content-Type"); !strings.HasPrefix(ct, "text/csv") || !strings.Contains(string(table.body), "uwe,"+o.ids["uwe"]+",refused,forbidden,") || strings.Contains(string(table.body), "tom") {
		t.Errorf("%s\n%s", ct, table.body)
	}
}

// A mark of a budget is in the report about whoever owns the budget.
func TestComplianceOfBudgets(t *testing.T) {
	o := newOffice(t)
	f := event.New(event.BudgetReached, start.Add(-time.Hour), pbx.Actor{Kind: pbx.ActorSystem, Via: "system"}, pbx.Ref{Kind: pbx.KindBudget, ID: o.ids["sales budget"]}, event.Budget{Mark: 100, Spent: 10, Limit: 10})
	if _, err := o.tenant.Write(t.Context(), []event.Fact{f}); err != nil {
		t.Fatal(err)
	}
	for who, want := range map[string]int{"olga": 1, "greta": 1, "mia": 0} {
		var c Compliance
		o.ask(who, "GET", "/v1/reports/compliance", "").json(t, &c)
		if len(c.Budgets) != want || want > 0 && c.Budgets[0].Mark != 100 {
			t.Errorf("%s: %+v", who, c.Budgets)
		}
	}
}

// A report that would have to look at too many calls tells that it begins later than asked, and where; one that just fits does not.
func TestComplianceIsPartly(t *testing.T) {
	o := newOffice(t)
	for more, want := range map[int]bool{0: false, 1: true} {
		s, live := o.dir.View()
		v := &visit{s: s, live: live, who: pbx.Actor{Kind: pbx.ActorUser, User: pbx.UserID(o.ids["olga"])}, at: o.now(), lang: "en"}
		c := compliance{s: &Server{c: Config{Catalog: catalog()}}, v: v, sees: v.sight(policy.ReportView), in: &complianceIn{}}
		if err := c.narrow(); err != nil {
			t.Fatal(err)
		}
		asked := c.out.From
		err := c.take(func(yield func(*report.CDR, error) bool) {
			for i := range complianceMost + more {
				at := start.Add(-time.Duration(i) * time.Second)
				if !yield(&report.CDR{ID: "cal_1", Started: at, From: pbx.Party{User: pbx.UserID(o.ids["uwe"])}, Ruling: &event.Ruling{Code: "allowed"}}, nil) {
					return
				}
			}
		})
		c.addRows()
		if begins := start.Add(-(complianceMost - 1) * time.Second); err != nil || c.out.Partly != want || want && !c.out.From.Equal(begins) || !want && !c.out.From.Equal(asked) || c.out.Outside != complianceMost {
			t.Errorf("%d calls more than fit: %v, partly %t from %s, %d outside", more, err, c.out.Partly, c.out.From, c.out.Outside)
		}
	}
}

// An alarm is in the report about whoever's calls it stopped, says whether it holds, and is out of it with its time (TF-06).
func TestComplianceOfAlarms(t *testing.T) {
	o := newOffice(t)
	o.alarm()
	o.now = func() time.Time { return start.Add(time.Minute) }
	sees := func(query string) map[string]int {
		t.Helper()
		got := map[string]int{}
		for _, who := range []string{"olga", "greta", "mia"} {
			var c Compliance
			o.wants(200, who, "GET", "/v1/reports/compliance?"+query, "").json(t, &c)
			got[who] = len(c.Alarms)
			for _, a := range c.Alarms {
				if a.User.Name != "nina" || a.Text == "" || a.Raised.IsZero() || !a.Lifted.IsZero() {
					t.Errorf("%s: %+v", who, a)
				}
			}
		}
		return got
	}
	if got := sees(""); !maps.Equal(got, map[string]int{"olga": 1, "greta": 1, "mia": 0}) {
		t.Errorf("%v", got)
	}
	if got := sees("until=" + url.QueryEscape(start.Add(-50*time.Hour).Format(time.RFC3339))); !maps.Equal(got, map[string]int{"olga": 0, "greta": 0, "mia": 0}) {
		t.Errorf("before it: %v", got)
	}
	o.wants(200, "greta", "POST", "/v1/alarms/<alarm of nina>/lift", `{"reason":"It was she herself"}`)
	var c Compliance
	o.wants(200, "greta", "GET", "/v1/reports/compliance?user=<nina>", "").json(t, &c)
	if len(c.Alarms) != 1 || c.Alarms[0].Lifted.IsZero() {
		t.Errorf("lifted: %+v", c.Alarms)
	}
	o.wants(200, "greta", "GET", "/v1/reports/compliance?user=<uwe>", "").json(t, &c)
	if len(c.Alarms) != 0 {
		t.Errorf("about uwe: %+v", c.Alarms)
	}
}
