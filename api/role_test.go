package api

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"tandem/pbx"
	"tandem/policy"
)

// B-051, B-111: a role is copied, changed after a look at who gains, given, and works at once.
func TestARoleFromATemplate(t *testing.T) {
	o := live(t)
	r := o.ask("olga", "POST", "/v1/roles", `{"name":"Shift lead","base":"receptionist"}`)
	var made RoleDetail
	r.json(t, &made)
	if r.StatusCode != http.StatusCreated || !made.Custom || made.Class != "group" || made.Base != "receptionist" || made.Rights["call.pickup"] != pbx.ScopeGroup {
		t.Fatalf("%d %+v", r.StatusCode, made)
	}
	o.ids["lead"] = string(made.ID)
	if r := o.ask("olga", "PUT", "/v1/groups/<sales>/members/<nina>", `{"role":"<lead>"}`); r.StatusCode != 200 {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	before := o.head()
	var p Preview
	o.ask("olga", "PATCH", "/v1/roles/<lead>?dry=1", `{"rights":{"call.listen":"group","call.pickup":""}}`).json(t, &p)
	if o.head() != before {
		t.Error("a dry run left something in the log")
	}
	if len(p.People) != 1 || p.People[0].User != pbx.UserID(o.ids["nina"]) || len(p.People[0].Gained) != 1 || p.People[0].Gained[0].Right != "call.listen" ||
		len(p.People[0].Lost) != 1 || p.People[0].Lost[0].Right != "call.pickup" {
		t.Errorf("preview %+v", p)
	}
	o.ask("olga", "PATCH", "/v1/roles/<lead>", `{"rights":{"call.listen":"group","call.pickup":""}}`)
	nina := pbx.Actor{Kind: pbx.ActorUser, User: pbx.UserID(o.ids["nina"])}
	for right, want := range map[policy.Right]bool{policy.CallListen: true, policy.CallPickup: false} {
		d := policy.Decide(o.view(), policy.Request{Actor: nina, Right: right, Target: policy.User(pbx.UserID(o.ids["uwe"])), At: o.now()})
		if d.OK != want {
			t.Errorf("%s: %v", right, d)
		}
	}
	var seen RoleDetail
	o.ask("olga", "GET", "/v1/roles/<lead>", "").json(t, &seen)
	if len(seen.Holders) != 1 || seen.Holders[0].Name != "nina" || seen.People != 1 || !seen.Can.Edit {
		t.Errorf("owner sees %+v", seen)
	}
	seen = RoleDetail{}
	o.ask("mia", "GET", "/v1/roles/<lead>", "").json(t, &seen)
	if len(seen.Holders) != 0 || seen.People != 0 || seen.Can.Edit || seen.Can.Copy {
		t.Errorf("a manager elsewhere sees %+v", seen)
	}
	if r := o.ask("olga", "DELETE", "/v1/roles/<lead>", ""); r.StatusCode != http.StatusConflict {
		t.Errorf("deleting a role in use: %d %s", r.StatusCode, r.body)
	}
	if r := o.ask("olga", "PATCH", "/v1/roles/<lead>", `{"name":"Lead","revision":"old"}`); r.StatusCode != http.StatusConflict {
		t.Errorf("a stale revision: %d %s", r.StatusCode, r.body)
	}
	o.ask("olga", "PUT", "/v1/groups/<sales>/members/<nina>", `{"role":"user"}`)
	if r := o.ask("olga", "DELETE", "/v1/roles/<lead>", ""); r.StatusCode != http.StatusNoContent {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
}

// D-042, D-043: a preview says what a change costs to those who may know it.
func TestWhatCosts(t *testing.T) {
	o := live(t)
	o.ask("olga", "PATCH", "/v1/billing", `{"currency":"eur","prices":{"agent.data":2000,"dashboard.live":1500}}`)
	var p Preview
	o.ask("olga", "PUT", "/v1/users/<uwe>/roles/contact_centre?dry=1", "").json(t, &p)
	if p.Cost == nil || p.Cost.Month != 3500 || p.Cost.Currency != "EUR" || len(p.Cost.Items) != 2 {
		t.Errorf("cost %+v", p.Cost)
	}
	o.ask("olga", "PUT", "/v1/users/<uwe>/roles/contact_centre", "")
	var b Billing
	o.ask("olga", "GET", "/v1/billing", "").json(t, &b)
	if b.Month != 7000 || len(b.Items) != 4 { // the owner holds everything himself
		t.Errorf("paid %+v", b)
	}
	b = Billing{}
	o.ask("uwe", "GET", "/v1/billing", "").json(t, &b)
	if b.Month != 3500 || b.Revision != "" || b.Can.Prices {
		t.Errorf("uwe sees %+v", b)
	}
	p = Preview{}
	o.ask("greta", "PUT", "/v1/groups/<sales>/members/<nina>?dry=1", `{"role":"receptionist"}`).json(t, &p)
	if p.Cost != nil {
		t.Errorf("nothing that costs changes: %+v", p.Cost)
	}
}

func TestCatalogueOfRights(t *testing.T) {
	o := live(t)
	var page Page[Right]
	o.ask("mark", "GET", "/v1/rights", "", "Accept-Language", "de").json(t, &page)
	if page.Total != len(policy.AllRights()) {
		t.Fatalf("%d rights", page.Total)
	}
	i := slices.IndexFunc(page.Items, func(r Right) bool { return r.Name == "call.listen" })
	r := page.Items[i]
	if r.Risk != "high" || r.Looks || !slices.Equal(r.Group, []pbx.ScopeKind{"group", "tree"}) || !slices.Equal(r.Level, []pbx.ScopeKind{"all"}) ||
		!slices.Equal(r.Needs, []string{"call.see"}) || !r.Held || len(r.Rows) == 0 || r.Text == "" {
		t.Errorf("%+v", r)
	}
}

// A right that some route asks for belongs to a feature that exists: who brings one takes its rights out of policy/feature.go.
func TestFeaturesHaveArrived(t *testing.T) {
	used := map[policy.Right]string{}
	for _, r := range Routes() {
		for _, right := range r.Access.Rights {
			used[right] = r.Method + " " + r.Path
		}
	}
	for _, right := range slices.Sorted(maps.Keys(used)) {
		if right.IsAwaited() {
			t.Errorf("%s is asked for by %s, so it does not wait for its feature any more: take it out of policy/feature.go", right, used[right])
		}
	}
}
