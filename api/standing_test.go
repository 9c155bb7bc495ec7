package api

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
)

// standing reads one person's rights with somebody's eyes.
func (o *office) standing(by, of string) PersonRights {
	o.t.Helper()
	r := o.ask(by, "GET", "/v1/users/<"+of+">/rights", "")
	if r.StatusCode != 200 {
		o.t.Fatalf("rights of %s by %s: %d %s", of, by, r.StatusCode, r.body)
	}
	var out PersonRights
	r.json(o.t, &out)
	return out
}

func (p PersonRights) right(name string) HeldRight {
	i := slices.IndexFunc(p.Rights, func(r HeldRight) bool { return r.Right == name })
	return p.Rights[i]
}

func (p PersonRights) level(role string) Level {
	i := slices.IndexFunc(p.Levels, func(l Level) bool { return l.Role == role })
	return p.Levels[i]
}

// wants sends a request and wants a status.
func (o *office) wants(status int, by, method, path, body string) reply {
	o.t.Helper()
	r := o.ask(by, method, path, body)
	if r.StatusCode != status {
		o.t.Fatalf("%s %s by %s: %d, want %d: %s", method, path, by, r.StatusCode, status, r.body)
	}
	return r
}

// person adds somebody to the office and to the names of the test.
func (o *office) person(name, group string, role pbx.RoleID, extension *string) {
	o.t.Helper()
	r, err := o.desk.Do(o.t.Context(), pbx.Actor{Kind: pbx.ActorSystem, Via: "cli"}, command.CreateUser{Person: command.Person{Name: name,
		Email: name + "@example.com", Extension: extension, Groups: []command.Place{{Group: pbx.GroupID(o.ids[group]), Role: role}}}})
	if err != nil {
		o.t.Fatal(err)
	}
	ids := map[string]string{}
	for k, v := range o.ids {
		ids[k] = v
	}
	ids[name] = r.Object.ID
	o.ids = ids
}

// The roles of the first vocabulary over every right, as the running interface tells them (X-080…X-111, G-010…G-017, B-046…B-049): s himself, g his own
// group, o another group, h the office itself and what belongs to nobody.
func TestRoleMatrix(t *testing.T) {
	o := newOffice(t)
	roles := []pbx.RoleID{"user", "receptionist", "group_admin", "manager", "group_owner", "system_admin", "system_owner"}
	var seen []PersonRights
	for _, role := range roles {
		name := "holder." + string(role)
		place, office := role, slices.Contains([]pbx.RoleID{"system_admin", "system_owner"}, role)
		if office {
			place = "user"
		}
		o.person(name, "sales", place, nil)
		if office {
			o.wants(201, "olga", "POST", "/v1/users/<"+name+">/assignments", `{"role":"`+string(role)+`","scope":{"kind":"all"}}`)
		}
		seen = append(seen, o.standing("olga", name))
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%-20s", "right")
	for _, role := range roles {
		fmt.Fprintf(&out, " %-13s", role)
	}
	out.WriteString("\n")
	for i, right := range policy.AllRights() {
		fmt.Fprintf(&out, "%-20s", right)
		for _, p := range seen {
			fmt.Fprintf(&out, " %-13s", o.reachLetters(p.Rights[i]))
		}
		out.WriteString("\n")
	}
	golden(t, "testdata/matrix.txt", []byte(strings.ReplaceAll(out.String(), " \n", "\n")))
}

func (o *office) reachLetters(h HeldRight) string {
	if h.Reach == nil {
		return "–"
	}
	s := ""
	for _, x := range []struct {
		letter string
		has    bool
	}{{"s", h.Reach.Own}, {"g", slices.Contains(h.Reach.Groups, pbx.GroupID(o.ids["sales"]))},
		{"o", slices.Contains(h.Reach.Groups, pbx.GroupID(o.ids["support"]))}, {"h", h.Reach.House}} {
		if x.has {
			s += x.letter
		}
	}
	if s == "" {
		return "others" // people only, in no group of the test
	}
	return s
}

// Every level and permission of the third vocabulary gives what it says and opens the web site by itself where it should
// (D-019…D-037, D-039).
func TestLevels(t *testing.T) {
	for _, r := range policy.Roles() {
		if policy.LevelKindOf(r.ID) == "" {
			continue
		}
		t.Run(string(r.ID), func(t *testing.T) {
			o := newOffice(t)
			o.person("nils", "default", "observer", nil)
			before := o.standing("olga", "nils")
			dry := o.wants(200, "olga", "POST", "/v1/users/<nils>/assignments?dry=1", `{"role":"`+string(r.ID)+`","scope":{"kind":"all"}}`)
			var p Preview
			dry.json(t, &p)
			if o.standing("olga", "nils").level(string(r.ID)).Held == nil || len(o.standing("olga", "nils").Assignments) != 0 {
				t.Fatal("a dry run left something")
			}
			made := o.wants(201, "olga", "POST", "/v1/users/<nils>/assignments", `{"role":"`+string(r.ID)+`","scope":{"kind":"all"}}`)
			after := o.standing("olga", "nils")
			for _, right := range policy.AllRights() {
				if r.Cell(right) != pbx.ScopeNone && after.right(right.String()).State != "allow" {
					t.Errorf("%s is %s", right, after.right(right.String()).State)
				}
				if a, b := before.right(right.String()), after.right(right.String()); a.Where != b.Where && !slices.ContainsFunc(p.People[0].Gained, func(g PreviewRight) bool { return g.Right == right.String() }) {
					t.Errorf("the preview does not tell of %s: %q, then %q", right, a.Where, b.Where)
				}
			}
			if after.level("website_access").Implied == "" && len(after.level("website_access").Held) == 0 {
				t.Error("nothing lets him into the web site")
			}
			var a Assignment
			made.json(t, &a)
			o.wants(204, "olga", "DELETE", "/v1/assignments/"+string(a.ID), "")
			end := o.standing("olga", "nils")
			for i := range end.Rights {
				if end.Rights[i].State != before.Rights[i].State {
					t.Errorf("%s stays %s", end.Rights[i].Right, end.Rights[i].State)
				}
			}
			if len(end.Assignments) != 1 || end.Assignments[0].State != "over" {
				t.Errorf("what has ended is shown for a week: %+v", end.Assignments)
			}
		})
	}
}

// A fresh office has the roles of the whole system from its first person on, and every phone user the automatic access type; no
// edition stands between (X-110, D-009, D-010).
func TestNoEditions(t *testing.T) {
	o := newOffice(t)
	for _, role := range []string{"system_admin", "system_owner"} {
		var r RoleDetail
		o.wants(200, "olga", "GET", "/v1/roles/"+role, "").json(t, &r)
		if !r.Assignable || r.Class != "office" {
			t.Errorf("%s: %+v", role, r.Role)
		}
	}
	for _, u := range []string{"uwe", "nina", "mark"} {
		if l := o.standing("olga", u).level("essential"); !l.Automatic || len(l.Held) != 0 {
			t.Errorf("%s: %+v", u, l)
		}
	}
	o.wants(200, "olga", "PUT", "/v1/users/<uwe>/roles/system_admin", "")
}

// What cannot be given is locked with the reason, in the view and at the door (D-009…D-014, D-020, D-038, D-047).
func TestLockedLevels(t *testing.T) {
	o := newOffice(t)
	none := ""
	o.person("petra", "default", "user", &none)
	petra := o.standing("olga", "petra")
	if l := petra.level("essential"); l.Automatic || l.Locked == "" {
		t.Errorf("somebody without an extension has the automatic type: %+v", l)
	}
	if l := o.standing("olga", "uwe").level("essential"); !l.Automatic || l.Locked == "" {
		t.Errorf("the automatic type can be taken: %+v", l)
	}
	for _, role := range []string{"agent_addon", "uc_client", "softphone", "crm_addon"} {
		if petra.level(role).Locked == "" {
			t.Errorf("%s is not locked for a portal user", role)
		}
		if r := o.wants(422, "olga", "POST", "/v1/users/<petra>/assignments", `{"role":"`+role+`","scope":{"kind":"all"}}`); !strings.Contains(string(r.body), "level.portal_only") {
			t.Errorf("%s: %s", role, r.body)
		}
	}
	o.wants(201, "olga", "POST", "/v1/users/<uwe>/grants", `{"right":"website.access","deny":true,"scope":{"kind":"self"}}`)
	uwe := o.standing("olga", "uwe")
	for _, role := range []string{"api_admin", "manage_billing", "webhook_admin"} {
		if uwe.level(role).Locked == "" {
			t.Errorf("%s is not grey without Website Access", role)
		}
		o.wants(422, "olga", "POST", "/v1/users/<uwe>/assignments", `{"role":"`+role+`","scope":{"kind":"all"}}`)
	}
	if l := uwe.level("reports"); l.Locked != "" {
		t.Errorf("a supervisor level brings the door along: %s", l.Locked)
	}
}

// A level made here stands among the levels of each person: who holds all of it over as much may give it there, and who does not
// reads why he may not (B-111, N-4, N-10).
func TestLevelsMadeHere(t *testing.T) {
	o := newOffice(t)
	var made RoleDetail
	o.wants(201, "olga", "POST", "/v1/roles", `{"name":"Sound desk","class":"level","rights":{"recording.play":"all","agent.data":"all"}}`).json(t, &made)
	id := string(made.ID)
	if l := o.standing("olga", "uwe").level(id); l.Kind != "own" || !l.Billable || l.Locked != "" || l.Scope == nil || l.Scope.Kind != "all" {
		t.Errorf("for the owner it is %+v", l)
	}
	if l := o.standing("sven", "uwe").level(id); l.Locked == "" {
		t.Errorf("who holds none of it may give it: %+v", l)
	}
	o.wants(403, "sven", "POST", "/v1/users/<uwe>/assignments", `{"role":"`+id+`","scope":{"kind":"group","group":"<support>"}}`)
	o.wants(201, "olga", "POST", "/v1/users/<uwe>/assignments", `{"role":"`+id+`","scope":{"kind":"group","group":"<support>"},"reason":"cover"}`)
	uwe := o.standing("olga", "uwe")
	if l := uwe.level(id); len(l.Held) != 1 {
		t.Errorf("held: %+v", l)
	}
	if r := uwe.right("recording.play"); r.State != "allow" || !strings.Contains(r.Where, "support") {
		t.Errorf("what it gives: %+v", r)
	}
	if l := o.standing("olga", "tom").level(id); len(l.Held) != 0 {
		t.Errorf("somebody else holds it: %+v", l)
	}
}

// Manage Users gives what costs nothing, as far as it is held; what costs needs Manage Billable Items, which hands itself on
// only when a System Owner says so (D-041…D-045).
func TestManageUsers(t *testing.T) {
	o := newOffice(t)
	o.wants(201, "olga", "POST", "/v1/users/<uwe>/assignments", `{"role":"manage_users","scope":{"kind":"group","group":"<support>"}}`)
	give := func(status int, to, role, scope string) {
		t.Helper()
		o.wants(status, "uwe", "POST", "/v1/users/<"+to+">/assignments", `{"role":"`+role+`","scope":`+scope+`}`)
	}
	support := `{"kind":"group","group":"<support>"}`
	give(201, "tom", "reports", support)
	give(201, "tom", "recording_playback", support)
	give(403, "tom", "reports", `{"kind":"all"}`)
	give(403, "uwe", "reports", support)
	give(403, "nina", "reports", support)
	give(403, "tom", "contact_centre", support)
	give(403, "tom", "manage_users", support)
	if l := o.standing("uwe", "tom").level("contact_centre"); l.Locked == "" {
		t.Error("what costs is not locked")
	}
	if l := o.standing("uwe", "tom").level("analytics"); l.Locked != "" || l.Scope == nil || l.Scope.Group != o.ids["support"] {
		t.Errorf("the form is not told how far it may go: %+v", l)
	}
	o.wants(201, "olga", "POST", "/v1/users/<uwe>/assignments", `{"role":"manage_billing","scope":{"kind":"group","group":"<support>"}}`)
	give(201, "tom", "contact_centre", support)
	give(403, "tom", "manage_billing", support)
	level := o.standing("olga", "tom").level("contact_centre")
	instead := fmt.Sprintf(`{"role":"analytics","instead":"%s","scope":%s}`, level.Held[0], support)
	o.wants(201, "uwe", "POST", "/v1/users/<tom>/assignments", instead)
	if p := o.standing("olga", "tom"); len(p.level("contact_centre").Held) != 0 || len(p.level("analytics").Held) != 1 {
		t.Error("one level takes the place of another")
	}
}

// A right with an end is gone at that moment without any job (N-6); exclusions and the start of what is reached stand in the
// answer (N-4); and a deputy acts for a while (N-21).
func TestBoundedGrants(t *testing.T) {
	o := newOffice(t)
	until := start.Add(2 * time.Hour).Format(time.RFC3339)
	o.wants(422, "greta", "POST", "/v1/users/<nina>/grants", `{"right":"call.listen","scope":{"kind":"group","group":"<sales>"}}`) // risky: wants a reason
	made := o.wants(201, "greta", "POST", "/v1/users/<nina>/grants", `{"right":"call.see","scope":{"kind":"group","group":"<sales>"},"except":[{"kind":"user","id":"<mark>"}],"until":"`+until+`","reason":"Front desk"}`)
	var g Grant
	made.json(t, &g)
	if seq := made.Header.Get("Tandem-Change"); seq == "" {
		t.Error("the change has no place in the log")
	}
	held := o.standing("greta", "nina").right("call.see")
	if held.State != "allow" || !slices.ContainsFunc(held.Sources, func(x Source) bool { return x.ID == string(g.ID) && !x.Until.IsZero() }) {
		t.Errorf("held %+v", held)
	}
	if strings.Contains(held.Where, "mark") {
		t.Errorf("the excluded one is reached: %s", held.Where)
	}
	o.wants(200, "greta", "PATCH", "/v1/grants/"+string(g.ID), `{"until":"`+start.Add(time.Hour).Format(time.RFC3339)+`"}`)
	o.now = func() time.Time { return start.Add(61 * time.Minute) }
	if held := o.standing("greta", "nina").right("call.see"); held.Reach != nil && len(held.Reach.Groups) > 0 {
		t.Errorf("after its end it still reaches %s", held.Where)
	}
	o.wants(409, "greta", "DELETE", "/v1/grants/"+string(g.ID), "")

	end := start.Add(5 * time.Hour).Format(time.RFC3339)
	o.wants(422, "uwe", "POST", "/v1/profile/deputies", `{"user":"<nina>","rights":[],"until":"`+end+`"}`)
	o.wants(403, "uwe", "POST", "/v1/profile/deputies", `{"user":"<nina>","rights":["call.listen"],"until":"`+end+`"}`)
	o.wants(201, "uwe", "POST", "/v1/profile/deputies", `{"user":"<nina>","rights":["presence.set","forwarding.edit"],"until":"`+end+`"}`)
	if held := o.standing("greta", "nina").right("forwarding.edit"); !strings.Contains(held.Where, "uwe") {
		t.Errorf("the deputy reaches %q", held.Where)
	}
	var list Page[Deputy]
	o.wants(200, "uwe", "GET", "/v1/profile/deputies", "").json(t, &list)
	if len(list.Items) != 2 || list.Items[0].Locked != "" {
		t.Fatalf("deputies %+v", list.Items)
	}
	o.wants(204, "uwe", "DELETE", "/v1/grants/"+string(list.Items[0].ID), "")
}

// Memberships with exceptions, sharing and an end (G-021…G-023, N-5), console access (G-024…G-033), and comparing (N-22).
func TestPlacesAndComparison(t *testing.T) {
	o := newOffice(t)
	o.wants(200, "greta", "PUT", "/v1/groups/<sales>/members/<nina>", `{"role":"receptionist"}`)
	o.wants(200, "greta", "PUT", "/v1/groups/<sales>/members/<nina>", `{"overrides":{"call.intercom":"deny","call.listen":"allow"}}`)
	nina := o.standing("greta", "nina")
	place := nina.Places[0]
	byName := map[string]SeatRight{}
	for _, r := range place.Rights {
		byName[r.Right] = r
	}
	if byName["call.intercom"].Result != "deny" || byName["call.listen"].Result != "allow" || byName["call.divert"].Result != "allow" || byName["call.whisper"].Result != "none" {
		t.Errorf("results %+v", place.Rights)
	}
	if i := slices.IndexFunc(place.Switches, func(s Switch) bool { return s.Name == "barge" }); place.Switches[i].Value != "part" || place.Switches[i].Result != "part" {
		t.Errorf("switch %+v", place.Switches[i])
	}
	if self := o.standing("nina", "nina").Places[0]; self.NoRole == "" || self.NoPresence != "" || self.NoCalls == "" {
		t.Errorf("what nina may change of her own place: %+v", self)
	}
	o.wants(200, "nina", "PUT", "/v1/groups/<sales>/members/<nina>/share", `{"presence":"nobody"}`)
	o.wants(403, "nina", "PUT", "/v1/groups/<sales>/members/<nina>/share", `{"calls":"nobody"}`)
	o.wants(200, "greta", "PUT", "/v1/groups/<sales>/members/<nina>/rights/call.intercom", `{"value":"inherit"}`)
	end := start.Add(24 * time.Hour).Format(time.RFC3339)
	o.wants(200, "greta", "PUT", "/v1/groups/<sales>/members/<nina>", `{"until":"`+end+`"}`)
	o.now = func() time.Time { return start.Add(25 * time.Hour) }
	if p := o.standing("olga", "nina").Places; len(p) != 1 || p[0].Group != pbx.GroupID(o.ids["default"]) {
		t.Errorf("who belongs nowhere else belongs to Default: %+v", p)
	}
	compare := func(query string) (c Comparison) {
		o.wants(200, "olga", "GET", "/v1/users/<nina>/rights/compare"+query, "").json(t, &c)
		return c
	}
	if c := compare("?at=" + start.Add(-time.Hour).Format(time.RFC3339)); len(c.Rows) == 0 {
		t.Error("nothing differs from yesterday, when nina was a plain member of Sales")
	}
	if c := compare("?with=<mark>"); !slices.ContainsFunc(c.Rows, func(r ComparedRow) bool { return r.Right == "call.listen" && r.Left == "" && r.Other != "" }) {
		t.Errorf("mark listens and nina does not: %+v", c.Rows)
	}
	if c := compare("?with=role:user"); len(c.Rows) != 0 {
		t.Errorf("nina is a plain user of Default: %+v", c.Rows)
	}
	if c := o.standing("olga", "sven").Console; c.People != "all" || !c.Trunks || !c.System || !c.Phones || c.Download {
		t.Errorf("console of the system administrator %+v", c)
	}
	// A manager has the monitors (G-032), and does not download (G-033).
	if c := o.standing("olga", "mark").Console; c.Download || c.People != "group" || c.Trunks || c.System || !c.Monitors {
		t.Errorf("console of the manager %+v", c)
	}
}

// What one sees in the log one may try to take back, once, with one's own rights (N-17).
func TestUndo(t *testing.T) {
	o := newOffice(t)
	before := o.standing("olga", "nina")
	made := o.wants(200, "greta", "PUT", "/v1/groups/<sales>/members/<nina>", `{"role":"manager"}`)
	path := "/v1/changes/" + made.Header.Get("Tandem-Change") + "/undo"
	o.wants(404, "mia", "POST", path, "")
	var p Preview
	o.wants(200, "greta", "POST", path+"?dry=1", "").json(t, &p)
	if len(p.People) == 0 || len(p.People[0].Lost) == 0 {
		t.Errorf("preview of the undo %+v", p)
	}
	o.wants(204, "greta", "POST", path, "")
	o.wants(409, "greta", "POST", path, "")
	after := o.standing("olga", "nina")
	if a, b := asJSON(t, before.Rights), asJSON(t, after.Rights); a != b {
		t.Error("the rights are not those of before")
	}
	var log Page[Entry]
	o.wants(200, "olga", "GET", "/v1/audit?limit=2", "").json(t, &log)
	if log.Items[0].Undoes == 0 || !log.Items[0].Undo {
		t.Errorf("the log tells nothing of the undo: %+v", log.Items[0])
	}
	o.wants(422, "olga", "POST", "/v1/users/<nina>/invite?dry=1", "") // what cannot be tried is not done instead
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// AZ-10 at the door: whatever single rights people hand on by the interface, in whatever order, nobody gets what the giver did
// not hold then, nobody gives himself anything, and a System Owner remains.
func TestNobodyRisesAboveTheGiver(t *testing.T) {
	given := 0
	for seed := range uint64(3) {
		o := newOffice(t)
		d := rand.New(rand.NewPCG(seed, 10))
		o.wants(201, "olga", "POST", "/v1/users/<uwe>/assignments", `{"role":"manage_users","scope":{"kind":"tree","group":"<sales>"},"except":[{"kind":"user","id":"<mark>"}]}`)
		o.wants(201, "olga", "POST", "/v1/users/<mark>/grants", `{"right":"grant.edit","scope":{"kind":"group","group":"<sales>"},"until":"2100-01-01T00:00:00Z","reason":"Holiday"}`)
		actors := []string{"greta", "mark", "uwe", "sven", "mia", "olga", "nina"}
		people := []string{"nina", "uwe", "mark", "greta", "kai", "tom", "mia", "sven"}
		rights := policy.AllRights()
		for range 120 {
			by, to, r := actors[d.IntN(len(actors))], people[d.IntN(len(people))], rights[d.IntN(len(rights))]
			scopes := r.Scopes()
			scope := map[pbx.ScopeKind]string{"self": `{"kind":"self"}`, "group": `{"kind":"group","group":"<sales>"}`, "tree": `{"kind":"tree","group":"<sales>"}`,
				"listed": `{"kind":"listed","listed":[{"kind":"user","id":"<nina>"},{"kind":"group","id":"<north>"}]}`, "all": `{"kind":"all"}`}[scopes[d.IntN(len(scopes))]]
			before := o.view()
			var answer reply
			switch d.IntN(4) {
			case 0:
				answer = o.ask(by, "PUT", "/v1/groups/<sales>/members/<"+to+">/rights/"+r.String(), `{"value":"`+[]string{"allow", "deny", "inherit"}[d.IntN(3)]+`"}`)
			case 1:
				answer = o.ask(by, "POST", "/v1/users/<"+to+">/grants", `{"right":"`+r.String()+`","deny":true,"scope":`+scope+`}`)
			default:
				answer = o.ask(by, "POST", "/v1/users/<"+to+">/grants", `{"right":"`+r.String()+`","scope":`+scope+`,"reason":"because","until":"2099-01-01T00:00:00Z"}`)
			}
			if answer.StatusCode >= 300 {
				continue
			}
			given++
			o.within(before, by)
		}
	}
	if given < 40 {
		t.Errorf("only %d were given", given)
	}
}

// within checks that what others gained since a moment lies within what the giver held.
func (o *office) within(before *pbx.Snapshot, by string) {
	o.t.Helper()
	giver := pbx.UserID(o.ids[by])
	for _, e := range policy.Preview(before, o.view(), o.now()) {
		for _, g := range e.Gained {
			if e.User == giver {
				o.t.Fatalf("%s gave himself %s", by, g.Right)
			}
			held := policy.Reaches(before, giver, g.Right, o.now())
			over := g.Extent.Without(held)
			over.Users = slices.DeleteFunc(over.Users, func(u pbx.UserID) bool { return u == giver })
			if over.Own && (held.Own || slices.Contains(held.Users, e.User)) {
				over.Own = false
			}
			if !over.IsEmpty() && g.Right.Noun() != "site" {
				o.t.Fatalf("%s holds %s over %+v and handed on %+v", by, g.Right, held, over)
			}
		}
	}
}

// A change of role takes away what was allowed beside the old one, but lifts no deny: that is asked for by itself (N-10).
func TestDeniesOutliveTheRole(t *testing.T) {
	o := newOffice(t)
	o.wants(200, "greta", "PUT", "/v1/groups/<sales>/members/<nina>", `{"overrides":{"call.divert":"deny","call.listen":"allow"}}`)
	o.wants(200, "mark", "PUT", "/v1/groups/<sales>/members/<nina>", `{"role":"receptionist"}`)
	m := o.view().MembershipsOf(pbx.UserID(o.ids["nina"]))
	last := m[len(m)-1]
	if last.Role != "receptionist" || len(last.Overrides) != 1 || last.Overrides["call.divert"] != pbx.OverrideDeny {
		t.Errorf("%+v", last)
	}
}
