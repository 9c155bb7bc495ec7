package api

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
)

func (o *office) why(t *testing.T, who, body string) Why {
	t.Helper()
	var w Why
	r := o.ask(who, "POST", "/v1/explain/right", body)
	if r.StatusCode != 200 {
		t.Fatalf("%s: %d %s", body, r.StatusCode, r.body)
	}
	r.json(t, &w)
	return w
}

func names(list []Named) []string {
	var all []string
	for _, n := range list {
		all = append(all, n.Name)
	}
	return all
}

// N-1, AZ-30: a decision comes with the chain that leads to it, a refusal with what is missing and who could give it, the
// least powerful first.
func TestWhy(t *testing.T) {
	o := newOffice(t)
	w := o.why(t, "mark", `{"right":"call.listen","target":{"kind":"user","id":"<uwe>"}}`)
	if !w.OK || w.Code != "allow.role" || len(w.Steps) != 2 || w.Steps[0].Row == nil || w.Steps[0].Row.Kind != "membership" ||
		!strings.Contains(w.Steps[0].Text, "Manager") || !strings.Contains(w.Steps[0].Text, "sales") || len(w.Lacks) > 0 {
		t.Errorf("mark listens to uwe: %+v", w)
	}
	w = o.why(t, "uwe", `{"right":"call.listen","target":{"kind":"user","id":"<nina>"}}`)
	if w.OK || w.Code != "no_grant" || !w.May || len(w.Lacks) == 0 || w.Lacks[0].Right != "call.listen" || w.Lacks[0].Where != "nina" {
		t.Errorf("uwe listens to nina: %+v", w)
	}
	givers := names(w.Givers)
	if len(givers) < 2 || givers[0] != "mark" || slices.Index(givers, "greta") < 0 {
		t.Errorf("who could give it: %v and %d more", givers, w.More)
	}
	w = o.why(t, "greta", `{"user":"<uwe>","right":"call.listen","target":{"kind":"user","id":"<nina>"}}`)
	if w.OK || w.May || w.User.Name != "uwe" {
		t.Errorf("greta asks about uwe: %+v", w)
	}
	for _, tt := range []struct {
		name, who, body string
		status          int
	}{
		{"about somebody else", "uwe", `{"user":"<nina>","right":"call.listen","target":{"kind":"user","id":"<nina>"}}`, 403},
		{"about somebody out of sight", "uwe", `{"user":"<tom>","right":"call.listen","target":{"kind":"user","id":"<tom>"}}`, 404},
		{"over something out of sight", "uwe", `{"right":"call.listen","target":{"kind":"user","id":"<tom>"}}`, 404},
		{"over nothing", "uwe", `{"right":"call.listen","target":{"kind":"user","id":"usr_none"}}`, 404},
		{"a right that does not exist", "uwe", `{"right":"call.dance","target":{"kind":"user","id":"<nina>"}}`, 422},
		{"a kind that does not exist", "uwe", `{"right":"call.listen","target":{"kind":"planet","id":"x"}}`, 422},
	} {
		if r := o.ask(tt.who, "POST", "/v1/explain/right", tt.body); r.StatusCode != tt.status {
			t.Errorf("%s: %d %s", tt.name, r.StatusCode, r.body)
		}
	}
}

// A refusal names the question, so that its reason can be asked for.
func TestRefusalsNameTheirQuestion(t *testing.T) {
	o := newOffice(t)
	var e Error
	o.ask("uwe", "PATCH", "/v1/users/<nina>", `{"name":"X"}`).json(t, &e)
	if e.Code != "denied" || e.Right != "user.profile" || e.About == nil || e.About.Kind != "user" || e.About.ID != o.ids["nina"] {
		t.Errorf("%+v", e)
	}
	w := o.why(t, "uwe", `{"right":"`+e.Right+`","target":{"kind":"`+e.About.Kind+`","id":"`+e.About.ID+`"}}`)
	if w.OK || w.Verdict == "" {
		t.Errorf("%+v", w)
	}
	var hidden Error
	o.ask("uwe", "PATCH", "/v1/users/<tom>", `{"name":"X"}`).json(t, &hidden)
	if hidden.Right != "" || hidden.About != nil {
		t.Errorf("a hidden thing is named: %+v", hidden)
	}
}

// N-7: asked, approved with an end, used, ended by itself; a refusal stays as a record.
func TestAskApproveExpire(t *testing.T) {
	o := newOffice(t)
	now := start
	o.now = func() time.Time { return now }
	on := func(who string) int { return o.ask(who, "GET", "/v1/users/<nina>/devices", "").StatusCode }
	if on("uwe") != 403 {
		t.Fatal("uwe sees the phones of nina already")
	}
	until := start.Add(48 * time.Hour).Format(time.RFC3339)
	ask := `{"right":"device.edit","target":{"kind":"user","id":"<nina>"},"until":"` + until + `","reason":"she is on leave"}`
	var wish Wish
	r := o.ask("uwe", "POST", "/v1/requests", ask)
	if r.StatusCode != 201 {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	r.json(t, &wish)
	o.ids["wish"] = string(wish.ID)
	if wish.State != "open" || !wish.Mine || len(wish.To) == 0 || wish.To[0].Name != "mark" {
		t.Errorf("%+v", wish)
	}
	if r := o.ask("uwe", "POST", "/v1/requests", ask); r.StatusCode != 409 {
		t.Errorf("asked twice: %d", r.StatusCode)
	}
	if w := o.why(t, "uwe", `{"right":"device.edit","target":{"kind":"user","id":"<nina>"}}`); w.Asked != string(wish.ID) {
		t.Errorf("the explanation does not know of the request: %+v", w)
	}
	for who, status := range map[string]int{"nina": 404, "tom": 404, "mia": 404, "uwe": 403} {
		if r := o.ask(who, "POST", "/v1/requests/<wish>/approve", `{}`); r.StatusCode != status {
			t.Errorf("%s approves: %d %s", who, r.StatusCode, r.body)
		}
	}
	if r := o.ask("mark", "POST", "/v1/requests/<wish>/approve", `{"until":"2099-01-01T00:00:00Z"}`); r.StatusCode != 422 {
		t.Errorf("longer than asked: %d %s", r.StatusCode, r.body)
	}
	end := start.Add(24 * time.Hour)
	r = o.ask("mark", "POST", "/v1/requests/<wish>/approve", `{"until":"`+end.Format(time.RFC3339)+`","words":"only today"}`)
	if r.json(t, &wish); r.StatusCode != 200 || wish.State != "approved" || wish.Ends.Sub(end).Abs() > time.Second {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	if on("uwe") != 200 {
		t.Error("what was approved does not work")
	}
	if r := o.ask("greta", "POST", "/v1/requests/<wish>/refuse", `{"words":"no"}`); r.StatusCode != 409 {
		t.Errorf("decided twice: %d", r.StatusCode)
	}
	now = end.Add(time.Minute)
	if on("uwe") != 403 {
		t.Error("it works after its end")
	}
	o.ask("uwe", "GET", "/v1/requests/<wish>", "").json(t, &wish)
	if wish.State != "expired" || wish.By == nil || wish.By.Name != "mark" || wish.Words != "only today" {
		t.Errorf("%+v", wish)
	}
	var again Wish
	o.ask("uwe", "POST", "/v1/requests", strings.Replace(ask, until, now.Add(time.Hour).Format(time.RFC3339), 1)).json(t, &again)
	o.ids["again"] = string(again.ID)
	if r := o.ask("mark", "POST", "/v1/requests/<again>/refuse", `{"words":""}`); r.StatusCode != 422 {
		t.Errorf("refused without a word: %d", r.StatusCode)
	}
	o.ask("mark", "POST", "/v1/requests/<again>/refuse", `{"words":"ask her"}`).json(t, &again)
	if again.State != "refused" || again.Words != "ask her" || on("uwe") != 403 {
		t.Errorf("%+v", again)
	}
	var list Page[Wish]
	o.ask("mark", "GET", "/v1/requests", "").json(t, &list)
	if list.Total != 3 { // nina's, too
		t.Errorf("mark sees %d requests: %+v", list.Total, list.Items)
	}
	o.ask("tom", "GET", "/v1/requests", "").json(t, &list)
	if list.Total != 0 {
		t.Errorf("tom sees %+v", list.Items)
	}
}

// Nobody gives by an approval what he does not hold himself (N-10).
func TestApprovalsHaveACeiling(t *testing.T) {
	o := newOffice(t)
	var wish Wish
	o.ask("uwe", "POST", "/v1/requests", `{"right":"call.whisper","target":{"kind":"user","id":"<nina>"},"until":"`+start.Add(time.Hour).Format(time.RFC3339)+`","reason":"training"}`).json(t, &wish)
	o.ids["wish"] = string(wish.ID)
	var seen Wish
	o.ask("mark", "GET", "/v1/requests/<wish>", "").json(t, &seen)
	if seen.Decide || seen.Locked == "" {
		t.Errorf("mark, who does not whisper, may approve: %+v", seen)
	}
	if r := o.ask("mark", "POST", "/v1/requests/<wish>/approve", `{}`); r.StatusCode != 403 {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	if r := o.ask("greta", "POST", "/v1/requests/<wish>/approve", `{}`); r.StatusCode != 200 {
		t.Errorf("greta, who whispers: %d %s", r.StatusCode, r.body)
	}
}

// The questions of the decision are told in order, with words; the one that decides stands out.
func TestOrderHasWords(t *testing.T) {
	o := newOffice(t)
	for _, r := range policy.AllRights() {
		for _, target := range []string{`{"kind":"user","id":"<nina>"}`, `{"kind":"group","id":"<sales>"}`, `{"kind":"system"}`, `{"kind":"ring","id":"<sales ring>"}`, `{"kind":"device","id":"<phone of nina>"}`} {
			for _, who := range []string{"uwe", "mark", "olga"} {
				a := o.ask("olga", "POST", "/v1/explain/right", `{"user":"<`+who+`>","right":"`+r.String()+`","target":`+target+`}`)
				if a.StatusCode == 404 && who == "olga" {
					continue // about oneself, what a right does not speak about is not there
				}
				var w Why
				a.json(t, &w)
				decides := 0
				for _, c := range w.Order {
					if c.Text == "" || strings.HasPrefix(c.Text, "explain.") {
						t.Errorf("%s: no words for %+v", r, c)
					}
					if c.State == "decides" {
						decides++
					}
				}
				if a.StatusCode != 200 || decides != 1 {
					t.Errorf("%s %s %s: %d, %d questions decide: %s", who, r, target, a.StatusCode, decides, a.body)
				}
			}
		}
	}
}

// A program that carries less than its owner is not told what it lacks.
func TestNarrowProgramsAreToldLess(t *testing.T) {
	o := newOffice(t)
	var person, program Error
	o.ask("uwe", "GET", "/v1/settings", "").json(t, &person)
	o.ask("narrow", "GET", "/v1/settings", "").json(t, &program)
	if person.Right != "setting.edit" || person.About == nil || program.Code != "denied" || program.Right != "" || program.About != nil {
		t.Errorf("%+v %+v", person, program)
	}
}

// N-6, N-23: a right that ends by the clock is told to the open page when it ends, not when the page asks next.
func TestEventsOfAnEndByItself(t *testing.T) {
	o := newOffice(t)
	o.now = func() time.Time { return time.Now().UTC() }
	uwe, tom := o.listen(t, "uwe", ""), o.listen(t, "tom", "")
	nina := pbx.Ref{Kind: pbx.KindUser, ID: o.ids["nina"]}
	o.do(command.GiveGrant{User: pbx.UserID(o.ids["uwe"]), Right: "device.edit", Bounds: command.Bounds{
		Scope: pbx.Scope{Kind: pbx.ScopeListed, Refs: []pbx.Ref{nina}}, Until: o.now().Add(400 * time.Millisecond), Reason: "she is on leave"}})
	uwe.want("changed", `"mine":true`)
	if r := o.ask("uwe", "GET", "/v1/users/<nina>/devices", ""); r.StatusCode != 200 {
		t.Errorf("what was given does not work: %d", r.StatusCode)
	}
	uwe.want("changed", `"mine":true`)
	if r := o.ask("uwe", "GET", "/v1/users/<nina>/devices", ""); r.StatusCode != 403 {
		t.Errorf("told of the end, and it goes on: %d", r.StatusCode)
	}
	o.do(command.SetStatus{User: pbx.UserID(o.ids["tom"]), Status: pbx.StatusAway})
	tom.want("presence", o.ids["tom"]) // and nothing about uwe before it
}
