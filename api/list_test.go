package api

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tandem/pbx"
	"tandem/report"
)

// TestListIsFilterOfGet asks every list as everybody and compares with asking for each thing by itself (BAR AZ-03):
// the same things, the same count, on pages of any size.
func TestListIsFilterOfGet(t *testing.T) {
	o := live(t)
	var users, groups, calls []string
	for id := range o.view().Users {
		users = append(users, string(id))
	}
	for id := range o.view().Groups {
		groups = append(groups, string(id))
	}
	for name, id := range o.ids {
		if strings.HasPrefix(name, "call ") {
			calls = append(calls, id)
		}
	}
	for _, actor := range actors[1 : len(actors)-1] {
		for _, list := range []struct {
			path, sort string
			ids        []string
		}{
			{"/v1/users", "-extension", users}, {"/v1/users", "email", users}, {"/v1/groups", "name", groups}, {"/v1/calls", "-started", calls},
		} {
			var want []string
			for _, id := range list.ids {
				if o.ask(actor, "GET", list.path+"/"+id, "").StatusCode == 200 {
					want = append(want, id)
				}
			}
			slices.Sort(want)
			for _, limit := range []int{1, 2, 50} {
				got := o.all(actor, fmt.Sprintf("%s?sort=%s&limit=%d", list.path, list.sort, limit), len(want))
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("%s %s, %d a page: %d things, by themselves %d", actor, list.path, limit, len(got), len(want))
				}
			}
		}
	}
}

// all reads every page of a list, and wants the same total on each.
func (o *office) all(actor, path string, total int) []string {
	o.t.Helper()
	var ids []string
	cursor := ""
	for range 100 {
		var page Page[struct{ ID string }]
		at := path
		if cursor != "" {
			at += "&cursor=" + url.QueryEscape(cursor)
		}
		r := o.ask(actor, "GET", at, "")
		if r.StatusCode != 200 {
			o.t.Fatalf("%s %s: %d %s", actor, at, r.StatusCode, r.body)
		}
		r.json(o.t, &page)
		for _, item := range page.Items {
			ids = append(ids, item.ID)
		}
		if page.Total != total {
			o.t.Errorf("%s %s: total %d, want %d", actor, at, page.Total, total)
		}
		if cursor = page.Next; cursor == "" {
			return ids
		}
	}
	o.t.Fatalf("%s: pages without end", path)
	return nil
}

// TestSearchTellsNothing looks for words that stand only in fields which the asker may not see.
func TestSearchTellsNothing(t *testing.T) {
	o := live(t)
	for _, tt := range []struct {
		who, path string
		want      int
	}{
		{"uwe", "/v1/users?q=nina", 1},
		{"uwe", "/v1/users?q=nina@example", 0},       // reach is not his to see
		{"mark", "/v1/users?q=nina@example", 1},      // it is his manager's
		{"uwe", "/v1/users?q=tom", 0},                // another group
		{"uwe", "/v1/users?role=manager", 0},         // standing
		{"greta", "/v1/users?role=manager", 1},       //
		{"uwe", "/v1/users?group=<support>", 0},      // a group out of sight
		{"olga", "/v1/users?group=<support>", 2},     //
		{"olga", "/v1/users?state=invited", 1},       // kai
		{"uwe", "/v1/users?state=invited", 0},        //
		{"olga", "/v1/users?state=suspended", 1},     //
		{"olga", "/v1/users?state=online", 0},        //
		{"uwe", "/v1/calls?q=nina", 1},               //
		{"uwe", "/v1/calls?q=tom", 0},                // he rang somebody
		{"olga", "/v1/calls?q=tom", 3},               //
		{"uwe", "/v1/calls?q=kai", 0},                // somebody rang him
		{"uwe", "/v1/calls?user=<tom>", 0},           //
		{"uwe", "/v1/calls?user=<nina>", 1},          //
		{"olga", "/v1/calls?q=030123456", 0},         // as written abroad
		{"olga", "/v1/calls?q=4930123456789", 1},     //
		{"uwe", "/v1/calls?result=missed", 0},        //
		{"uwe", "/v1/calls?result=answered", 3},      //
		{"olga", "/v1/audit?q=nina", 2},              // by the name of the thing
		{"greta", "/v1/audit?q=tom", 0},              // another group
		{"greta", "/v1/audit?object=user:<nina>", 3}, // made, password, signed in
		{"greta", "/v1/audit?kind=setup.claimed", 0}, // the office's
		{"anna", "/v1/audit?kind=setup.claimed", 1},  //
		{"anna", "/v1/audit?actor=<nina>", 3},        // signed in, in, and asked for a right
	} {
		var page Page[struct{ ID string }]
		r := o.ask(tt.who, "GET", tt.path, "")
		r.json(t, &page)
		if r.StatusCode != 200 || page.Total != tt.want || len(page.Items) != tt.want {
			t.Errorf("%s %s: %d, total %d with %d rows, want %d", tt.who, tt.path, r.StatusCode, page.Total, len(page.Items), tt.want)
		}
	}
}

// TestMissedCalls counts as every phone does: a call is missed by whom it rang for, not by who placed it, and not when there is nobody.
func TestMissedCalls(t *testing.T) {
	o := newOffice(t)
	s := o.view()
	for i, c := range [][2]string{{"uwe", "nina"}, {"nina", "uwe"}, {"uwe", ""}} {
		cdr := report.CDR{ID: pbx.CallID(fmt.Sprint("cal_vain_", i)), Dialled: "999", Started: start, Ended: start, Cause: pbx.CauseNoAnswer}
		for j, party := range []*pbx.Party{&cdr.From, &cdr.To} {
			if u := s.Users[pbx.UserID(o.ids[c[j]])]; u != nil {
				*party = u.Party()
				cdr.Users = append(cdr.Users, u.ID)
			}
		}
		if _, err := o.tenant.Append(t.Context(), []report.CDR{cdr}, nil); err != nil {
			t.Fatal(err)
		}
	}
	for who, want := range map[string]int{"uwe": 1, "nina": 1, "olga": 2, "tom": 0} {
		var page Page[Call]
		o.ask(who, "GET", "/v1/calls?result=missed", "").json(t, &page)
		var view Overview
		o.ask(who, "GET", "/v1/overview", "").json(t, &view)
		if len(page.Items) != want || page.Total != want || view.MissedToday != want {
			t.Errorf("%s missed %d, total %d, %d today, want %d", who, len(page.Items), page.Total, view.MissedToday, want)
		}
	}
}

// TestAuditOfAGroup has an administrator, whom the owner of a group cannot see, change the group: its owner reads of it, and where the
// administrator sits is not hers to know.
func TestAuditOfAGroup(t *testing.T) {
	o := newOffice(t)
	if r := o.ask("olga", "PATCH", "/v1/groups/<sales>", `{"language":"pl"}`); r.StatusCode != 200 {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	for _, tt := range []struct {
		who   string
		want  int
		knows bool
	}{{"greta", 1, false}, {"olga", 1, true}, {"anna", 1, true}} {
		var page Page[Entry]
		o.ask(tt.who, "GET", "/v1/audit?kind=group.changed&object=group:<sales>", "").json(t, &page)
		if page.Total != tt.want || len(page.Items) != tt.want {
			t.Errorf("%s: %d entries, total %d", tt.who, len(page.Items), page.Total)
			continue
		}
		if a := page.Items[0].Actor; a.Name != "olga" || (a.Addr != "") != tt.knows || (a.User != "") != tt.knows {
			t.Errorf("%s reads of %+v", tt.who, a)
		}
	}
	var page Page[Entry]
	o.ask("greta", "GET", "/v1/audit?object=group:<support>", "").json(t, &page)
	if page.Total != 0 {
		t.Errorf("another group: %+v", page.Items)
	}
}

func TestBadQueries(t *testing.T) {
	o := newOffice(t)
	var first Page[User]
	o.ask("olga", "GET", "/v1/users?limit=1", "").json(t, &first)
	for _, path := range []string{"/v1/users?cursor=%21", "/v1/users?sort=shoe", "/v1/users?limit=0", "/v1/users?limit=100000",
		"/v1/users?limit=ten", "/v1/users?sort=email&cursor=" + first.Next, "/v1/calls?cursor=x", "/v1/calls?from=yesterday", "/v1/users?state=asleep"} {
		r := o.ask("olga", "GET", path, "")
		var e Error
		r.json(t, &e)
		if r.StatusCode != 422 || e.Code != string(pbx.Invalid) || e.Request == "" || e.Message == "" {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.body)
		}
	}
}
