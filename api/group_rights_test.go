package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
	"tandem/report"
)

// called writes down a call that somebody made.
func (o *office) called(id, name string) {
	o.t.Helper()
	u, at := pbx.UserID(o.ids[name]), o.now().Add(-time.Hour)
	c := report.CDR{ID: pbx.CallID(id), From: pbx.Party{User: u, Name: name}, To: pbx.Party{Number: "+4930123456"}, Users: []pbx.UserID{u}, Started: at, Ended: at.Add(time.Minute), Cause: pbx.CauseHangup}
	if _, err := o.tenant.Append(o.t.Context(), []report.CDR{c}, nil); err != nil {
		o.t.Fatal(err)
	}
}

// given gives somebody a right, and returns what takes it away again.
func (o *office) given(who, right, scope string) func() {
	o.t.Helper()
	var g struct{ ID string }
	o.wants(201, "olga", "POST", "/v1/users/<"+who+">/grants", `{"right":"`+right+`","scope":`+scope+`,"reason":"a test"}`).json(o.t, &g)
	return func() { o.wants(204, "olga", "DELETE", "/v1/grants/"+g.ID, "") }
}

// Whether the calls of a group may be looked at is said for each group: who may not has only his own, who may has the group's and no other's, in the list and one
// by one, until it ends (B-032).
func TestCallDetailPerGroup(t *testing.T) {
	o := live(t)
	for _, name := range []string{"nina", "kai", "mia", "tom"} {
		o.called("cal_of_"+name, name)
	}
	sees := func(when, want string) {
		t.Helper()
		got := ""
		for _, name := range []string{"nina", "kai", "mia", "tom"} {
			if o.ask("tom", "GET", "/v1/calls/cal_of_"+name, "").StatusCode == 200 {
				got += name + " "
			}
			var page Page[Call]
			o.wants(200, "tom", "GET", "/v1/calls?limit=200", "").json(t, &page)
			listed := false
			for _, c := range page.Items {
				listed = listed || string(c.ID) == "cal_of_"+name
			}
			if opened := o.ask("tom", "GET", "/v1/calls/cal_of_"+name, "").StatusCode == 200; opened != listed {
				t.Errorf("%s: the call of %s opens: %v, is listed: %v", when, name, opened, listed)
			}
		}
		if got != want {
			t.Errorf("%s tom sees the calls of %q, want %q", when, got, want)
		}
	}
	sees("before", "tom ")
	ends := o.given("tom", "call.detail", `{"kind":"group","group":"<sales>"}`)
	sees("with the group", "nina tom ")
	ends()
	ends = o.given("tom", "call.detail", `{"kind":"tree","group":"<sales>"}`)
	sees("with the groups below", "nina kai tom ")
	ends()
	sees("after", "tom ")
}

// Whether forwarding may be configured is said for each group: whoever holds the right over a group sets the rules of its people and of nobody else, and a group
// that may not leaves its people without it – for numbers outside too, which are a right of their own (B-033).
func TestForwardingPerGroup(t *testing.T) {
	o := newOffice(t)
	set := func(by, whose, to string) int {
		t.Helper()
		return o.ask(by, "PUT", "/v1/users/<"+whose+">/forwarding", `{"profiles":[`+profile("available", `no_answer={"inside":`+to+`}`)+`]}`).StatusCode
	}
	inside, outside := `{"kind":"user","id":"<uwe>"}`, `{"kind":"outside","number":"+49 30 901820"}`
	if got := fmt.Sprint(set("tom", "nina", inside), set("tom", "mia", inside), set("nina", "nina", inside)); got != "404 403 200" {
		t.Errorf("before: %s", got)
	}
	ends := o.given("tom", "forwarding.edit", `{"kind":"group","group":"<sales>"}`)
	if got := fmt.Sprint(set("tom", "nina", inside), set("tom", "mia", inside), set("tom", "nina", outside)); got != "200 403 404" {
		t.Errorf("with the right over sales: %s", got)
	}
	ends()
	if got := set("tom", "nina", inside); got != 404 {
		t.Errorf("after it: %d", got)
	}
	for _, right := range []string{"forwarding.edit", "forwarding.outside"} {
		o.wants(200, "olga", "PUT", "/v1/groups/<sales>/members/<nina>/rights/"+right, `{"value":"deny"}`)
		if got, want := fmt.Sprint(set("nina", "nina", inside), set("nina", "nina", outside)), map[string]string{"forwarding.edit": "403 403", "forwarding.outside": "200 403"}[right]; got != want {
			t.Errorf("without %s in her group: %s, want %s", right, got, want)
		}
		o.wants(200, "olga", "PUT", "/v1/groups/<sales>/members/<nina>/rights/"+right, `{"value":"inherit"}`)
	}
	if got := set("nina", "nina", outside); got != 200 {
		t.Errorf("with both again: %d", got)
	}
}

// A person is picked, assigned to a group, looked at, corrected where need be, and saved: what it would change is told before, and from then on the group's rules
// and rights are his, but for what was set for him alone (B-034).
func TestPeopleAreAssignedToAGroup(t *testing.T) {
	o := newOffice(t)
	calls := func() string {
		var y WhyCall
		o.wants(200, "olga", "POST", "/v1/explain/call", `{"from":"<tom>","to":"+48 22 123 45 67"}`).json(t, &y)
		return y.Code
	}
	in := func() bool {
		return strings.Contains(string(o.wants(200, "olga", "GET", "/v1/groups/<sales>/members?limit=200", "").body), o.ids["tom"])
	}
	if calls() != "missing" || in() {
		t.Fatalf("before: %s, a member: %v", calls(), in())
	}
	o.wants(200, "olga", "PUT", "/v1/groups/<sales>/members/<tom>?dry=true", `{"role":"user"}`)
	if in() {
		t.Error("a try-out assigns")
	}
	o.wants(200, "olga", "PUT", "/v1/groups/<sales>/members/<tom>", `{"role":"user"}`)
	if calls() != "allowed" || !in() {
		t.Errorf("assigned: %s, a member: %v", calls(), in())
	}
	o.wants(200, "olga", "PUT", "/v1/groups/<sales>/members/<tom>/rights/call.out", `{"value":"deny"}`)
	if got := calls(); got != "right" {
		t.Errorf("with a setting of his own in it: %s", got)
	}
	o.wants(200, "olga", "PUT", "/v1/groups/<sales>/members/<tom>/rights/call.out", `{"value":"inherit"}`)
	o.wants(201, "olga", "POST", "/v1/restrictions", `{"name":"Tom alone","on":[{"kind":"user","id":"<tom>"}],"rules":[{"effect":"deny","countries":["PL"]}]}`)
	if got := calls(); got != "forbidden" {
		t.Errorf("with a profile of his own: %s", got)
	}
}
