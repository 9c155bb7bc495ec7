package api

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/command"
	"tandem/pbx"
	"tandem/store"
)

func (o *office) reviewed(t *testing.T, who, query string) RightsReview {
	t.Helper()
	var page RightsReview
	r := o.ask(who, "GET", "/v1/rights/review"+query, "")
	if r.StatusCode != 200 {
		t.Fatalf("%s: %d %s", query, r.StatusCode, r.body)
	}
	r.json(t, &page)
	return page
}

// holding finds what somebody holds by the name of the person and a name of the thing.
func (p RightsReview) holding(person, kind string) *Holding {
	for _, r := range p.Items {
		for i := range r.Holdings {
			if r.User.Name == person && r.Holdings[i].Kind == kind {
				return &r.Holdings[i]
			}
		}
	}
	return nil
}

func (h *Holding) right(name string) UsedRight {
	for _, r := range h.Rights {
		if r.Right == name {
			return r
		}
	}
	return UsedRight{}
}

// N-8: a right that was not used for 90 days shows up with its last use; one whose record is younger does not.
func TestUnusedRights(t *testing.T) {
	o := newOffice(t)
	old, recent := start.AddDate(0, 0, -200), start.AddDate(0, 0, -3)
	mark, sales := pbx.UserID(o.ids["mark"]), o.ids["sales"]
	page := o.reviewed(t, "anna", "")
	if m := page.holding("mark", "role"); m == nil || m.Unused || !m.Last.IsZero() || !page.Since.IsZero() {
		t.Errorf("nothing is recorded yet: %+v, since %v", m, page.Since)
	}
	// Four months later, mark has suspended somebody lately and edited people long ago; the rest he never did.
	err := o.tenant.KeepUses(t.Context(), []store.Use{
		{User: mark, Right: "user.suspend", Via: sales, Begun: old, Last: recent},
		{User: mark, Right: "user.edit", Via: sales, Begun: old, Last: old},
		{User: mark, Right: "membership.role", Via: o.ids["support"], Begun: old, Last: recent}, // of a role he had elsewhere
	})
	if err != nil {
		t.Fatal(err)
	}
	now := o.now
	o.now = func() time.Time { return now().AddDate(0, 0, 120) }
	page = o.reviewed(t, "anna", "?user="+string(mark))
	m := page.holding("mark", "role")
	if m == nil || m.Group != pbx.GroupID(sales) || m.Risk != "high" || m.Name != "Manager" {
		t.Fatalf("%+v", m)
	}
	if len(page.Items) != 1 || m.Rights[0].Risk != "high" {
		t.Errorf("only mark, risky rights first: %+v", page.Items)
	}
	for _, right := range []string{"user.suspend", "user.edit", "membership.role"} {
		if u := m.right(right); u.Right == "" || !u.Unused {
			t.Errorf("%s after 120 days: %+v", right, u)
		}
	}
	if m.Last.IsZero() || !m.Unused {
		t.Errorf("the whole role: %+v", m)
	}
	if page = o.reviewed(t, "anna", "?days=150&unused=true&user="+string(mark)); page.holding("mark", "role") != nil {
		t.Error("150 days: the role itself is younger than that")
	}
}

// Uses are noted at the doors: of who gets through, through what, and not of who only looks at what would happen.
func TestUsesAreNoted(t *testing.T) {
	o := newOffice(t)
	mark := o.ids["mark"]
	used := func(right, via string) bool {
		_, ok := o.used.Load(mark + " " + right + " " + via)
		return ok
	}
	o.ask("mark", "POST", "/v1/users/<nina>/suspend?dry=1", "")
	if used("user.suspend", o.ids["sales"]) {
		t.Error("a dry run is no use")
	}
	if r := o.ask("mark", "POST", "/v1/users/<nina>/suspend", ""); r.StatusCode != 200 || !used("user.suspend", o.ids["sales"]) {
		t.Errorf("%d, used %v", r.StatusCode, used("user.suspend", o.ids["sales"]))
	}
	o.ask("mark", "POST", "/v1/users/<tom>/suspend", "")
	if used("user.suspend", o.ids["support"]) || used("user.suspend", "") {
		t.Error("a refusal is no use")
	}
}

// A list uses the grants that opened what it shows, and no others: one that opens nothing is unused.
func TestListsUseWhatOpensThem(t *testing.T) {
	o := live(t)
	mark := o.ids["mark"]
	if _, err := o.desk.Do(t.Context(), pbx.Actor{Kind: pbx.ActorSystem}, command.GiveGrant{User: pbx.UserID(mark), Right: "call.detail",
		Bounds: command.Bounds{Scope: pbx.Scope{Kind: pbx.ScopeListed, Refs: []pbx.Ref{{Kind: pbx.KindUser, ID: o.ids["sven"]}}}, Reason: "x"}}); err != nil {
		t.Fatal(err)
	}
	grant := ""
	for id, g := range o.view().Grants {
		if string(g.User) == mark && g.Right == "call.detail" {
			grant = string(id)
		}
	}
	o.ask("mark", "GET", "/v1/calls", "")
	used := func(via string) bool { _, ok := o.used.Load(mark + " call.detail " + via); return ok }
	if grant == "" || !used(o.ids["sales"]) || used(grant) || used("") {
		t.Errorf("sales %v, the grant %v, everything %v", used(o.ids["sales"]), used(grant), used(""))
	}
}

// The review is scoped: a manager reads of his group, a user of himself; what one may not take away says why.
func TestReviewIsScoped(t *testing.T) {
	o := newOffice(t)
	if _, err := o.desk.Do(t.Context(), pbx.Actor{Kind: pbx.ActorSystem}, command.SetOverride{User: pbx.UserID(o.ids["uwe"]),
		Group: pbx.GroupID(o.ids["sales"]), Right: "user.suspend", Value: pbx.OverrideAllow}); err != nil {
		t.Fatal(err)
	}
	people := func(who string) (all []string) {
		for _, r := range o.reviewed(t, who, "").Items {
			all = append(all, r.User.Name)
		}
		return all
	}
	if got := people("tom"); len(got) != 0 {
		t.Errorf("tom sees %v", got)
	}
	if got := people("mark"); !slices.Contains(got, "uwe") || slices.Contains(got, "mia") || slices.Contains(got, "olga") {
		t.Errorf("mark sees %v", got)
	}
	if got := people("anna"); !slices.Contains(got, "mia") || !slices.Contains(got, "olga") {
		t.Errorf("anna sees %v", got)
	}
	if h := o.reviewed(t, "anna", "").holding("uwe", "override"); h == nil || h.Right != "user.suspend" || h.Locked == "" {
		t.Errorf("an auditor changes nothing: %+v", h)
	}
	if h := o.reviewed(t, "greta", "").holding("uwe", "override"); h == nil || h.Locked != "" {
		t.Errorf("the group owner may: %+v", h)
	}
	if h := o.reviewed(t, "mark", "?risky=true").holding("mark", "role"); h == nil || h.Locked == "" {
		t.Errorf("nobody takes away his own: %+v", h)
	}
}

// B-089: the reason that is given beside a change stands in the log; where the office wants one, a change of rights without it is
// refused, by program and by file too, but can be looked at.
func TestReasonsOfChanges(t *testing.T) {
	o := newOffice(t)
	seat := func(query, role string) reply {
		return o.ask("olga", "PUT", "/v1/groups/<sales>/members/<uwe>"+query, `{"role":"`+role+`"}`)
	}
	if r := seat("?reason=covers%20for%20nina", "receptionist"); r.StatusCode != 200 {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	if log := o.ask("olga", "GET", "/v1/audit?object=membership", ""); !strings.Contains(string(log.body), "covers for nina") {
		t.Errorf("the log: %s", log.body)
	}
	if r := o.ask("olga", "PATCH", "/v1/settings", `{"reasons":true}`); r.StatusCode != 200 || !strings.Contains(string(r.body), `"reasons":true`) {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	if r := seat("", "user"); r.StatusCode != 422 || !strings.Contains(string(r.body), "change.reason_missing") {
		t.Errorf("without: %d %s", r.StatusCode, r.body)
	}
	if r := seat("?dry=1", "user"); r.StatusCode != 200 {
		t.Errorf("to look at: %d %s", r.StatusCode, r.body)
	}
	if r := seat("?reason=done", "user"); r.StatusCode != 200 {
		t.Errorf("with: %d %s", r.StatusCode, r.body)
	}
	file := "name,email,group,role\nNew,new@example.com,sales,manager\n"
	if r := o.ask("olga", "POST", "/v1/users/import", file, "Content-Type", "text/csv"); r.StatusCode != 422 {
		t.Errorf("a file without: %d %s", r.StatusCode, r.body)
	}
	if r := o.ask("olga", "POST", "/v1/users/import?reason=grows", file, "Content-Type", "text/csv"); r.StatusCode != 200 {
		t.Errorf("a file with: %d %s", r.StatusCode, r.body)
	}
}
