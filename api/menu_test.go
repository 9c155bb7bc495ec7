package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tandem/audio"
	"tandem/pbx"
)

// A menu is made, looked at before it is saved, greets with a sound of its own, and is taken back (X-060, X-116, N-17).
func TestMenu(t *testing.T) {
	o := newOffice(t)
	var m Menu
	body := `{"name":"Reception","extension":"300","dial":true,"says":[{"language":"de","text":"Guten Tag"}],"keys":[{"key":"9","to":{"kind":"menu","id":"self"}},{"key":"1","to":{"kind":"menu","id":"<sales menu>"}}],"silent":{"kind":"ring","id":"<sales ring>"}}`
	before := o.head()
	o.ask("olga", "POST", "/v1/menus?dry=1", body).json(t, &m)
	if o.head() != before || len(m.Doubts) == 0 || m.Chart == nil || len(m.Chart.Next) != 3 || m.Chart.Next[0].To.Name != "sales menu" || !m.Chart.Next[1].Again {
		t.Fatalf("looking at it: %+v", m)
	}
	o.ask("olga", "POST", "/v1/menus", body).json(t, &m)
	if m.Keys[0].Key != "1" || m.Keys[1].To.ID != string(m.ID) || m.Wait != pbx.UsualWait || m.Silent.Name != "sales ring" {
		t.Errorf("%+v", m)
	}
	if r := o.ask("olga", "POST", "/v1/menus", `{"name":"Second","extension":"300"}`); r.StatusCode != 409 || !strings.Contains(r.error(), "Reception") {
		t.Errorf("a number that is taken: %d %+v", r.StatusCode, r.error())
	}
	circle := `{"dial":false,"keys":[{"key":"1","to":{"kind":"menu","id":"self"}}],"silent":{"kind":""}}`
	if r := o.ask("olga", "PATCH", "/v1/menus/"+string(m.ID), circle); r.StatusCode != 422 || !strings.Contains(r.error(), "\"field\":\"keys\"") {
		t.Errorf("a menu without a way out: %d %+v", r.StatusCode, r.error())
	}
	var dry Menu
	o.ask("olga", "PATCH", "/v1/menus/"+string(m.ID)+"?dry=1", circle).json(t, &dry)
	grave := 0
	for _, d := range dry.Doubts {
		if d.Grave {
			grave++
		}
	}
	if grave != 1 {
		t.Errorf("looking at it tells what is wrong: %+v", dry.Doubts)
	}

	sound := string(audio.WAV{Rate: 44100, Samples: audio.Tone(440, 44100, 44100)}.Encode())
	o.ask("olga", "PUT", "/v1/menus/"+string(m.ID)+"/sounds/de", sound, "Content-Type", "audio/wav").json(t, &m)
	if m.Says[0].Text != "Guten Tag" || m.Says[0].Seconds != 1 || m.Says[0].Sound == "" {
		t.Fatalf("after the upload: %+v", m.Says)
	}
	if r := o.ask("olga", "GET", m.Says[0].Sound, ""); r.StatusCode != 200 || r.Header.Get("Content-Type") != "audio/wav" {
		t.Errorf("hearing it: %d", r.StatusCode)
	}
	if r := o.ask("olga", "PUT", "/v1/menus/"+string(m.ID)+"/sounds/xx", sound, "Content-Type", "audio/wav"); r.StatusCode != 422 {
		t.Errorf("a language that nobody speaks: %d", r.StatusCode)
	}
	o.ask("olga", "PATCH", "/v1/menus/"+string(m.ID), `{"says":[{"language":"de","text":"Grüß Gott"},{"language":"en","text":"Hello"}]}`).json(t, &m)
	if m.Says[0].Seconds != 1 || m.Says[1].Seconds != 0 {
		t.Errorf("words change and the sound stays: %+v", m.Says)
	}
	id := m.ID
	m = Menu{}
	o.ask("olga", "DELETE", "/v1/menus/"+string(id)+"/sounds/de", "").json(t, &m)
	if m.Says[0].Seconds != 0 || m.Says[0].Text != "Grüß Gott" {
		t.Errorf("the sound goes and the words stay: %+v", m.Says)
	}

	o.ask("olga", "PATCH", "/v1/menus/<office menu>", `{"keys":[{"key":"1","to":{"kind":"menu","id":"`+string(m.ID)+`"}}]}`)
	var gone deletion
	r := o.ask("olga", "DELETE", "/v1/menus/"+string(m.ID), "")
	r.json(t, &gone)
	if len(gone.Problems) != 1 || gone.Problems[0].Name != "office menu" || gone.Hidden != 0 {
		t.Errorf("what leads nowhere now: %+v", gone)
	}
	if r := o.ask("olga", "POST", fmt.Sprintf("/v1/changes/%s/undo", r.Header.Get("Tandem-Change")), ""); r.StatusCode != 204 {
		t.Errorf("taking the deletion back: %d %+v", r.StatusCode, r.error())
	}
	o.ask("olga", "GET", "/v1/menus/"+string(m.ID), "").json(t, &m)
	if m.Name != "Reception" || len(m.Keys) != 2 {
		t.Errorf("it is back: %+v", m)
	}
}

// The head of a department changes its menus and entrance, not those of others; who changes nothing sees a phone book.
func TestMenuOfADepartment(t *testing.T) {
	o := newOffice(t)
	if r := o.ask("greta", "PATCH", "/v1/menus/<sales menu>", `{"group":"<support>"}`); r.StatusCode/100 == 2 {
		t.Errorf("moving a menu to where one may not: %d", r.StatusCode)
	}
	var page Page[Menu]
	o.ask("uwe", "GET", "/v1/menus", "").json(t, &page)
	if len(page.Items) != 2 || page.Items[0].Name == "" || page.Items[0].Keys != nil || page.Items[0].Edit {
		t.Errorf("the phone book: %+v", page.Items)
	}
	o.ask("olga", "DELETE", "/v1/groups/<north>", "")
	if r := o.ask("olga", "POST", "/v1/menus", `{"name":"North","group":"<north>"}`); r.StatusCode == 201 {
		t.Error("a menu of a group that is gone")
	}
}

// Calls for a group go where its hours say; the days to come are told (X-116…X-118).
func TestEntrance(t *testing.T) {
	o := newOffice(t)
	var e Entrance
	o.ask("greta", "GET", "/v1/groups/<sales>/entrance", "").json(t, &e)
	if e.Exists || e.Name == "" || len(e.Ahead) != 0 {
		t.Errorf("nothing yet: %+v", e)
	}
	if r := o.ask("olga", "PUT", "/v1/groups/<sales>/hours", `{"open":`+week+`,"breaks":{"mon":"12-13","tue":"","wed":"","thu":"","fri":"","sat":"","sun":""}}`); r.StatusCode != 200 {
		t.Fatal(r.error())
	}
	o.ask("greta", "PUT", "/v1/groups/<sales>/entrance", `{"extension":"310","open":{"kind":"menu","id":"<sales menu>"},"closed":{"kind":"mailbox","id":"<uwe>"},"holiday":{"kind":"busy"}}`).json(t, &e)
	if !e.Exists || e.Open.Name != "sales menu" || e.Closed.Name != "uwe" || len(e.Ahead) != 7 || len(e.Chart.Next) != 3 {
		t.Fatalf("%+v", e)
	}
	open, closed := 0, 0
	for _, d := range e.Ahead {
		for _, p := range d.Parts {
			switch {
			case p.State == pbx.StateClosed && p.To.Kind == pbx.ToMailbox:
				closed++
			case p.State != pbx.StateClosed && p.To.Kind == pbx.ToMenu:
				open++
			default:
				t.Errorf("%s: %+v", d.Date, p)
			}
		}
	}
	if open < 5 || closed < 7 {
		t.Errorf("%d open and %d closed parts", open, closed)
	}
	var path Path
	o.ask("olga", "POST", "/v1/explain/route", `{"to":"310","at":"2037-03-23T08:30:00Z"}`).json(t, &path)
	if path.Root.End != "menu" || len(path.Root.Next) != 1 || path.Root.Next[0].Key != "1" {
		t.Errorf("a call on Monday morning: %+v", path.Root)
	}
	o.ask("olga", "POST", "/v1/explain/route", `{"to":"310","at":"2037-03-22T08:30:00Z"}`).json(t, &path)
	if path.Root.End != "mailbox" {
		t.Errorf("a call on Sunday: %+v", path.Root)
	}
	if r := o.ask("greta", "PUT", "/v1/groups/<sales>/entrance", `{"open":{"kind":"group","id":"<sales>"}}`); r.StatusCode != 422 {
		t.Errorf("a group that sends to itself: %d", r.StatusCode)
	}
	var page Page[EntranceName]
	o.ask("uwe", "GET", "/v1/entrances", "").json(t, &page)
	if len(page.Items) != 1 || page.Items[0].Extension != "310" {
		t.Errorf("the phone book of groups: %+v", page.Items)
	}
	o.ask("mia", "GET", "/v1/entrances", "").json(t, &page)
	if len(page.Items) != 0 {
		t.Errorf("a hidden group is told: %+v", page.Items)
	}
	if r := o.ask("mia", "POST", "/v1/menus", `{"name":"Mine","extension":"310"}`); r.StatusCode == 409 && strings.Contains(r.error(), e.Name) {
		t.Errorf("a hidden group is named: %+v", r.error())
	}
	var gone deletion
	r := o.ask("greta", "DELETE", "/v1/groups/<sales>/entrance", "")
	r.json(t, &gone)
	if r := o.ask("greta", "POST", "/v1/changes/"+r.Header.Get("Tandem-Change")+"/undo", ""); r.StatusCode != http.StatusNoContent {
		t.Errorf("taking the deletion back: %d %+v", r.StatusCode, r.error())
	}
	o.ask("greta", "GET", "/v1/groups/<sales>/entrance", "").json(t, &e)
	if !e.Exists || e.Extension != "310" {
		t.Errorf("it is back: %+v", e)
	}
}

// The asker's phone is called; what he keeps becomes the greeting, if he still may. Nobody sees the dictation of another.
func TestDictation(t *testing.T) {
	o := newOffice(t)
	var d Dictation
	r := o.ask("greta", "POST", "/v1/menus/<sales menu>/sounds/de/dictation", `{}`)
	r.json(t, &d)
	if r.StatusCode != 201 || d.State != "ringing" || d.Text == "" || o.dictate.Who.User != pbx.UserID(o.ids["greta"]) {
		t.Fatalf("%d %+v", r.StatusCode, d)
	}
	if r := o.ask("olga", "GET", "/v1/dictations/"+d.ID, ""); r.StatusCode != 404 {
		t.Errorf("somebody else asks: %d", r.StatusCode)
	}
	if err := o.dictate.Keep(t.Context(), 8000, make([]int16, 8000)); err == nil {
		t.Error("nothing can be heard, and it is kept")
	}
	if err := o.dictate.Keep(t.Context(), 8000, audio.Tone(440, 8000, 16000)); err != nil {
		t.Fatal(err)
	}
	var m Menu
	o.ask("greta", "GET", "/v1/menus/<sales menu>", "").json(t, &m)
	if g := m.Says[0]; g.Language != "de" || g.Seconds != 2 {
		t.Errorf("the greeting: %+v", m.Says)
	}
	keep := o.dictate.Keep
	o.ask("olga", "PATCH", "/v1/menus/<sales menu>", `{"group":"<support>"}`)
	if err := keep(t.Context(), 8000, audio.Tone(440, 8000, 16000)); err == nil {
		t.Error("the right went while he spoke")
	}
	if r := o.ask("greta", "DELETE", "/v1/dictations/"+d.ID, ""); r.StatusCode != 204 {
		t.Errorf("hanging up: %d", r.StatusCode)
	}
	o.ask("greta", "GET", "/v1/dictations/"+d.ID, "").json(t, &d)
	if d.State != "ended" || d.Cause != pbx.CauseHangup {
		t.Errorf("%+v", d)
	}
	if r := o.ask("olga", "POST", "/v1/prompts/de/say.goodbye/dictation", `{"device":"dev_none"}`); r.StatusCode/100 != 5 && r.StatusCode/100 != 4 {
		t.Errorf("without a phone: %d", r.StatusCode)
	}
	if r := o.ask("olga", "POST", "/v1/menus/<office menu>/sounds/xx/dictation", `{}`); r.StatusCode != 422 {
		t.Errorf("a language nobody speaks: %d", r.StatusCode)
	}
	o.ask("olga", "POST", "/v1/prompts/de/say.goodbye/dictation", `{}`)
	if err := o.dictate.Keep(t.Context(), 16000, audio.Tone(440, 16000, 16000)); err != nil {
		t.Fatal(err)
	}
	var page Page[Prompt]
	o.ask("olga", "GET", "/v1/prompts?language=de", "").json(t, &page)
	for _, p := range page.Items {
		if p.Own != (p.Key == "say.goodbye") {
			t.Errorf("%s: own %v", p.Key, p.Own)
		}
	}
}
