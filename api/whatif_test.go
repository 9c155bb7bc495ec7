package api

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
	"tandem/report"
)

// record writes a call of the past.
func (o *office) record(t *testing.T, c report.CDR) {
	t.Helper()
	if _, err := o.tenant.Append(t.Context(), []report.CDR{c}, nil); err != nil {
		t.Fatal(err)
	}
}

// outside is a call that somebody made to a number outside.
func (o *office) outside(id, who, to string, talk time.Duration) report.CDR {
	u, at := pbx.UserID(o.ids[who]), o.now().Add(-time.Hour)
	return report.CDR{ID: pbx.CallID(id), From: pbx.Party{User: u, Name: who}, To: pbx.Party{Number: to}, Dialled: to, Users: []pbx.UserID{u}, Started: at, Answered: at, Ended: at.Add(talk), Cause: pbx.CauseHangup}
}

// run replays a draft to its end.
func (o *office) run(t *testing.T, who, draft string) (r Run) {
	t.Helper()
	o.ask(who, "POST", "/v1/whatif", `{"days":2,"draft":`+draft+`}`).json(t, &r)
	for n := 0; !r.Done; n++ {
		if n > 100 || r.ID == "" {
			t.Fatalf("%s: no end of %s: %+v", who, draft, r)
		}
		o.ask(who, "GET", "/v1/whatif/"+r.ID, "").json(t, &r)
	}
	return r
}

// A draft is replayed over the calls of people whom the visitor may decide about or whose calls he sees, and of these he sees only those one by one that he
// sees in the log; nothing is changed. A draft that he may not save he may not try (N-2).
func TestDraftIsReplayed(t *testing.T) {
	o := newOffice(t)
	o.record(t, o.outside("cal_w1", "nina", "+48221234567", 5*time.Minute))
	o.record(t, o.outside("cal_w2", "nina", "+493012345678", 20*time.Minute))
	o.record(t, o.outside("cal_w3", "mia", "+493012345678", 20*time.Minute))
	sales := `"id":"` + o.ids["sales restriction"] + `"`
	r := o.run(t, "olga", `{"restrictions":[{`+sales+`,"set":{"rules":[{"effect":"deny","classes":["international"]},{"effect":"limit","minutes":10}]}}]}`)
	if out := r.Outcome; out.Closed != 1 || out.Shorter != 1 || len(r.Changes) != 1 {
		t.Errorf("%+v", r)
	}
	groups := map[string]int{}
	for _, g := range r.Outcome.Groups {
		groups[g.By+" "+g.Key] = g.Closed + g.Shorter
		if g.Name == "" {
			t.Errorf("a group without a name: %+v", g)
		}
	}
	if groups["person "+o.ids["nina"]] != 2 || groups["class international"] != 1 || groups["country PL"] != 1 {
		t.Errorf("%+v", groups)
	}
	var page Page[OutcomeCall]
	o.ask("olga", "GET", "/v1/whatif/"+r.ID+"/calls", "").json(t, &page)
	if len(page.Items) != 2 {
		t.Errorf("%+v", page)
	}
	for _, e := range page.Items {
		if e.Text == "" || e.Number == "" || e.Turn != map[pbx.CallID]string{"cal_w1": "closed", "cal_w2": "shorter"}[e.Call] {
			t.Errorf("%+v", e)
		}
	}
	o.ask("olga", "GET", "/v1/whatif/"+r.ID+"/calls?by=country&key=PL", "").json(t, &page)
	if len(page.Items) != 1 || page.Items[0].Call != "cal_w1" {
		t.Errorf("to Poland: %+v", page)
	}
	if r := o.ask("anna", "GET", "/v1/whatif/"+r.ID, ""); r.StatusCode != 404 {
		t.Errorf("the run of somebody else: %d", r.StatusCode)
	}
	if r := o.run(t, "olga", `{"restrictions":[{`+sales+`,"delete":true}]}`); r.Outcome.Closed != 1 || r.Outcome.Outside < 3 {
		t.Errorf("without the profile of sales: %+v", r)
	}
	if r := o.run(t, "greta", `{"restrictions":[{`+sales+`,"set":{"rules":[{"effect":"limit","minutes":10}]}}]}`); r.Outcome.Shorter != 1 || r.Outcome.Outside == 0 {
		t.Errorf("the head of sales: %+v", r)
	}
	limit := `{"restrictions":[{` + sales + `,"set":{"rules":[{"effect":"limit","minutes":10}]}}]}`
	narrow := o.run(t, "greta", limit)
	o.wants(201, "olga", "POST", "/v1/users/<greta>/grants", `{"right":"draft.simulate","scope":{"kind":"all"},"reason":"plans for the office"}`)
	before, _ := o.dir.View()
	wide := o.run(t, "greta", limit)
	if all := o.run(t, "olga", limit); wide.Outcome.Outside <= narrow.Outcome.Outside || wide.Outcome.Outside != all.Outcome.Outside {
		t.Errorf("with the past of the office %d calls outside, without %d, and there are %d", wide.Outcome.Outside, narrow.Outcome.Outside, all.Outcome.Outside)
	}
	o.ask("greta", "GET", "/v1/whatif/"+wide.ID+"/calls", "").json(t, &page)
	for _, e := range page.Items {
		if e.User == nil || e.User.ID == o.ids["mia"] {
			t.Errorf("a call that she does not see: %+v", e)
		}
	}
	for who, body := range map[string]string{"greta": `{"restrictions":[{"set":{"name":"All","on":[{"kind":"office"}]}}]}`, "nina": `{"restrictions":[{` + sales + `,"delete":true}]}`,
		"mark": `{"rights":{"add":["allow mark@example.com call.listen over all"]}}`} {
		for _, door := range []string{"/v1/whatif", "/v1/whatif/apply"} {
			if r := o.ask(who, "POST", door, `{"draft":`+body+`}`); r.StatusCode < 400 {
				t.Errorf("%s tries %s: %d", who, body, r.StatusCode)
			}
		}
	}
	if after, _ := o.dir.View(); after.Version != before.Version {
		t.Error("a draft changed the office")
	}
	o.ask("olga", "DELETE", "/v1/whatif/"+r.ID, "")
	if r := o.ask("olga", "GET", "/v1/whatif/"+r.ID, ""); r.StatusCode != 404 {
		t.Errorf("a forgotten run: %d", r.StatusCode)
	}
}

// Rights, ways out and numbers of a draft count for the calls of the past as if they had always been so, and what it says comes true when it is applied:
// in one change, with one reason, and a second run then changes nothing (N-2).
func TestDraftOfRightsAndRoutes(t *testing.T) {
	o := newOffice(t)
	for _, name := range []string{"One", "Two"} {
		var made struct{ ID string }
		o.ask("olga", "POST", "/v1/trunks", `{"name":"`+name+`","host":"`+strings.ToLower(name)+`.example"}`).json(t, &made)
		o.ids[name] = made.ID
	}
	for i, who := range []string{"nina", "tom", "mia"} {
		o.ask("olga", "PATCH", "/v1/users/"+o.ids[who], `{"extension":"20`+strconv.Itoa(i)+`"}`)
	}
	o.ask("olga", "PATCH", "/v1/outroutes/"+o.ids["way out"], `{"trunks":[{"trunk":"`+o.ids["One"]+`"}]}`)
	var number struct{ ID string }
	o.ask("olga", "POST", "/v1/numbers", `{"number":"+493055500","to":{"kind":"user","id":"`+o.ids["mia"]+`"}}`).json(t, &number)
	for i, who := range []string{"nina", "tom"} {
		c := o.outside("cal_r"+who, who, "+493012345678", time.Minute)
		c.Legs = []report.Leg{{ID: pbx.LegID(who), Out: true, Trunk: pbx.TrunkID(o.ids["One"]), Started: c.Started, Answered: c.Started, Ended: c.Ended, Party: c.To}}
		c.Started = c.Started.Add(time.Duration(i) * time.Second)
		o.record(t, c)
	}
	in := o.outside("cal_in", "mia", "+493055500", time.Minute)
	in.From, in.Legs = pbx.Party{Number: "+491701234567"}, []report.Leg{{ID: "in", Trunk: pbx.TrunkID(o.ids["One"]), Started: in.Started}}
	o.record(t, in)

	draft := `{"rights":{"add":["deny tom@example.com call.out over self"]},
		"routes":[{"id":"` + o.ids["way out"] + `","set":{"name":"Cheap","trunks":[{"trunk":"` + o.ids["Two"] + `"}]}}],
		"numbers":[{"id":"` + number.ID + `","set":{"to":{"kind":"user","id":"` + o.ids["nina"] + `"}}}]}`
	r := o.run(t, "olga", draft)
	if out := r.Outcome; out.Closed != 2 || out.Moved != 2 || out.Opened+out.Shorter != 0 {
		t.Errorf("%+v", r)
	}
	if len(r.People) != 1 || string(r.People[0].User) != o.ids["tom"] || len(r.People[0].Lost) == 0 {
		t.Errorf("who loses what: %+v", r.People)
	}
	var page Page[OutcomeCall]
	o.ask("olga", "GET", "/v1/whatif/"+r.ID+"/calls?turn=moved", "").json(t, &page)
	for _, e := range page.Items {
		if want := map[pbx.CallID]string{"cal_rnina": "One → Two", "cal_in": "Mia → Nina"}[e.Call]; !strings.EqualFold(e.Text, want) && !strings.Contains(strings.ToLower(e.Text), "nina") {
			t.Errorf("%s: %q, want %q", e.Call, e.Text, want)
		}
	}
	before, _ := o.dir.View()
	var done Applied
	o.ask("olga", "POST", "/v1/whatif/apply", `{"reason":"cheaper","draft":`+draft+`}`).json(t, &done)
	after, _ := o.dir.View()
	if after.Version != before.Version+1 || len(done.Changes) != 3 {
		t.Errorf("version %d after %d, %v", after.Version, before.Version, done.Changes)
	}
	again := o.run(t, "olga", `{"routes":[{"id":"`+string(after.OutRoutesInOrder()[0].ID)+`","set":{"name":"Cheaper"}}]}`)
	if out := again.Outcome; out.Closed+out.Moved+out.Opened+out.Shorter != 0 {
		t.Errorf("the same once more: %+v", out)
	}
}
