package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"tandem/command"
	"tandem/pbx"
)

// begin lets somebody start a review of Sales and gives its id the name "review".
func (o *office) begin(t *testing.T, who, group string) CampaignDetail {
	t.Helper()
	var c CampaignDetail
	r := o.ask(who, "POST", "/v1/reviews", `{"name":"Spring","group":"`+group+`","until":"`+start.AddDate(0, 0, 14).Format(time.RFC3339)+`","reason":"every half year"}`)
	if r.StatusCode != http.StatusCreated {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	r.json(t, &c)
	o.ids["review"] = string(c.ID)
	return c
}

func (o *office) campaign(t *testing.T, who string) CampaignDetail {
	t.Helper()
	var c CampaignDetail
	r := o.ask(who, "GET", "/v1/reviews/<review>", "")
	if r.StatusCode != 200 {
		t.Fatalf("%s: %d %s", who, r.StatusCode, r.body)
	}
	r.json(t, &c)
	return c
}

func (c CampaignDetail) item(person string) *CampaignItem {
	for i := range c.Items {
		if c.Items[i].User.Name == person {
			return &c.Items[i]
		}
	}
	return nil
}

func (o *office) verdict(who string, i *CampaignItem, keep, reason string) reply {
	return o.ask(who, "POST", "/v1/reviews/<review>/decide", `{"kind":"`+string(i.Kind)+`","id":"`+i.ID+`","right":"`+i.Right+`","keep":`+keep+`,"reason":"`+reason+`"}`)
}

// N-8: whoever could take a right away confirms it or takes it away, with a reason that the log keeps; nobody decides about
// himself; what is given meanwhile is not looked at; and in the end the review is done.
func TestReview(t *testing.T) {
	o := newOffice(t)
	system := pbx.Actor{Kind: pbx.ActorSystem}
	give := func(right string) {
		t.Helper()
		if _, err := o.desk.Do(t.Context(), system, command.GiveGrant{User: pbx.UserID(o.ids["uwe"]), Right: right,
			Bounds: command.Bounds{Scope: pbx.Scope{Kind: pbx.ScopeGroup, Group: pbx.GroupID(o.ids["sales"])}, Reason: "training"}}); err != nil {
			t.Fatal(err)
		}
	}
	give("call.listen")
	o.begin(t, "anna", "<sales>")
	later := o.now().Add(time.Minute)
	o.now = func() time.Time { return later }
	give("call.whisper")
	c := o.campaign(t, "anna")
	mark, greta, uwe := c.item("mark"), c.item("greta"), c.item("uwe")
	if mark == nil || greta == nil || uwe == nil || uwe.Holding.Right != "call.listen" || c.item("mia") != nil || c.Waiting != 0 {
		t.Fatalf("%+v", c)
	}
	for _, i := range c.Items {
		if i.Holding.Right == "call.whisper" {
			t.Error("what was given after the beginning is not looked at")
		}
	}
	if len(mark.Asked) == 0 || mark.Asked[0].Name != "greta" {
		t.Errorf("mark's role is decided by the least powerful who can: %v", names(mark.Asked))
	}
	var overview Overview
	o.ask("greta", "GET", "/v1/overview", "").json(t, &overview)
	if len(overview.Reviews) != 2 || overview.Reviews[0].Waiting == 0 { // one more is of the model
		t.Errorf("greta's first page: %+v", overview.Reviews)
	}
	for _, tt := range []struct {
		name, who, keep, reason string
		item                    *CampaignItem
		status                  int
	}{
		{"an auditor looks only", "anna", "true", "fine", mark, 403},
		{"not about oneself", "greta", "true", "fine", greta, 403},
		{"with a reason", "greta", "false", "", mark, 422},
		{"a stranger finds nothing", "tom", "true", "fine", mark, 404},
		{"confirmed", "greta", "true", "leads the team", mark, 200},
		{"once", "olga", "false", "changed my mind", mark, 409},
		{"removed", "olga", "false", "training is over", uwe, 200},
	} {
		if r := o.verdict(tt.who, tt.item, tt.keep, tt.reason); r.StatusCode != tt.status {
			t.Errorf("%s: %d %s", tt.name, r.StatusCode, r.body)
		}
	}
	c = o.campaign(t, "anna")
	if c.Kept != 1 || c.Removed != 1 || c.item("mark").Verdict == nil || c.item("mark").Verdict.Reason != "leads the team" {
		t.Errorf("%+v", c.Campaign)
	}
	if g := o.view().GrantsOf(pbx.UserID(o.ids["uwe"]))[0]; g.Until.IsZero() {
		t.Error("the right is still there")
	}
	log := o.ask("anna", "GET", "/v1/audit?kind=verdict.removed", "")
	if !strings.Contains(string(log.body), "training is over") || !strings.Contains(string(log.body), "olga") {
		t.Errorf("the log: %s", log.body)
	}
	table := o.ask("anna", "GET", "/v1/reviews/<review>/table", "")
	if ct := table.Header.Get("Content-Type"); !strings.HasPrefix(ct, "text/csv") || !strings.Contains(string(table.body), "mark,") || !strings.Contains(string(table.body), ",kept,leads the team,greta,") {
		t.Errorf("%s\n%s", ct, table.body)
	}
	for c.State == "open" {
		i := c.Items[0]
		if i.Verdict != nil {
			t.Fatalf("nothing is open, but the review is: %+v", c.Campaign)
		}
		if r := o.verdict("olga", &i, "true", "as before"); r.StatusCode != 200 {
			t.Fatalf("%d %s", r.StatusCode, r.body)
		}
		c = o.campaign(t, "olga")
	}
	if c.State != "done" || c.Waiting != 0 {
		t.Errorf("%+v", c.Campaign)
	}
}

// Who may look through nobody's rights starts nothing; a review of everybody is for who sees everybody.
func TestWhoStartsReviews(t *testing.T) {
	o := newOffice(t)
	for _, tt := range []struct {
		who, group string
		status     int
	}{{"uwe", "<sales>", 403}, {"mark", "<support>", 404}, {"mark", "", 403}, {"mark", "<sales>", 403}, {"greta", "<sales>", 201}, {"anna", "", 201}} {
		r := o.ask(tt.who, "POST", "/v1/reviews", `{"name":"x","group":"`+tt.group+`","until":"`+start.AddDate(0, 0, 14).Format(time.RFC3339)+`","reason":"x"}`)
		if r.StatusCode != tt.status {
			t.Errorf("%s over %s: %d %s", tt.who, tt.group, r.StatusCode, r.body)
		}
	}
	// What the last System Owner holds is nobody's to decide; it keeps no review open.
	c := o.begin(t, "anna", "")
	if c.Nobody == 0 {
		t.Errorf("%+v", c.Campaign)
	}
	if r := o.ask("mark", "POST", "/v1/reviews/<review>/end", `{"reason":"x"}`); r.StatusCode != 403 && r.StatusCode != 404 {
		t.Errorf("mark ends it: %d", r.StatusCode)
	}
	if r := o.ask("anna", "POST", "/v1/reviews/<review>/end", `{"reason":"began anew"}`); r.StatusCode != 200 {
		t.Errorf("anna ends it: %d %s", r.StatusCode, r.body)
	}
	if c = o.campaign(t, "anna"); c.State != "ended" || c.Waiting != 0 {
		t.Errorf("%+v", c.Campaign)
	}
}
