package api

import (
	"fmt"
	"slices"
	"testing"
)

// TestAQueueIsSetUp follows a queue from its first day to its last: made, filled, changed, taken back, deleted.
func TestAQueueIsSetUp(t *testing.T) {
	o := live(t)
	var made, again Queue
	if r := o.ask("olga", "POST", "/v1/queues", `{"name":" Help  desk ","group":"<support>","agents":[{"id":"<mia>","skill":1},{"id":"<nina>"}],`+
		`"escalate":90,"important":["030 1234567","+4940*",""],"notify":["<mia>"],`+
		`"strategy":"skill_next","ring":15,"wrap_up":10,"max_wait":300,"max_calls":20,"misses":3,"every":45,"tell":true,`+
		`"full":{"kind":"mailbox","id":"<mia>"},"nobody":{"kind":"ring","id":"<sales ring>"}}`); r.StatusCode != 201 {
		t.Fatalf("%d %v", r.StatusCode, r.error())
	} else {
		r.json(t, &made)
	}
	if made.Name != "Help desk" || made.Extension == "" || made.Late != 60 || len(made.Agents) != 2 || made.Agents[0].Name != "mia" || made.Full.Name != "mia" || made.Nobody.Name != "sales ring" ||
		made.Escalate != 90 || !slices.Equal(made.Important, []string{"+49301234567", "+4940*"}) || made.Notify[0].Name != "mia" {
		t.Errorf("%+v", made)
	}
	path := "/v1/queues/" + string(made.ID)
	for body, want := range map[string]string{
		`{"agents":[{"id":"usr_none"}]}`:             "queue.agent_unknown",
		`{"agents":[{"id":"<mia>"},{"id":"<mia>"}]}`: "queue.agent_twice",
		`{"ring":0}`: "queue.ring_missing",
		`{"full":{"kind":"queue","id":"` + string(made.ID) + `"}}`: "destination.self",
		`{"max_wait":999999}`: "queue.range",
	} {
		if r := o.ask("olga", "PATCH", path, body); r.StatusCode != 422 || refusedAs(t, r).Key != want {
			t.Errorf("%s: %d %v, want %s", body, r.StatusCode, r.error(), want)
		}
	}
	if r := o.ask("olga", "PATCH", path, `{"extension":"`+made.Extension+`","name":"Desk","strategy":"fewest"}`); r.StatusCode != 200 {
		t.Errorf("%d %v", r.StatusCode, r.error())
	}
	change := o.head()
	if r := o.ask("olga", "POST", "/v1/rings", `{"name":"Other","extension":"`+made.Extension+`"}`); r.StatusCode != 409 || refusedAs(t, r).Key != "user.extension_taken" {
		t.Errorf("the number is given twice: %d %v", r.StatusCode, r.error())
	}
	if r := o.ask("olga", "POST", fmt.Sprintf("/v1/changes/%d/undo", change), ""); r.StatusCode >= 300 {
		t.Fatalf("undo: %d %v", r.StatusCode, r.error())
	}
	o.ask("olga", "GET", path, "").json(t, &again)
	if again.Name != "Help desk" || again.Strategy != "skill_next" || len(again.Agents) != 2 {
		t.Errorf("taken back: %+v", again)
	}
	o.ask("olga", "DELETE", "/v1/users/<mia>", "")
	o.ask("olga", "GET", path, "").json(t, &again)
	if len(again.Agents) != 1 || again.Agents[0].Name != "nina" || !again.Full.Gone {
		t.Errorf("after mia has gone: %+v", again)
	}
	var over Overview
	o.ask("olga", "GET", "/v1/overview", "").json(t, &over)
	if len(over.Problems) != 1 || over.Problems[0].Field != "full" {
		t.Errorf("%+v", over.Problems)
	}
	o.ask("olga", "PUT", "/v1/users/<uwe>/forwarding", `{"exceptions":[{"to":{"kind":"queue","id":"`+string(made.ID)+`"}}]}`)
	var gone deletion
	o.ask("olga", "DELETE", path+"?dry=1", "").json(t, &gone)
	if len(gone.Problems) != 1 || gone.Problems[0].Name != "uwe" {
		t.Errorf("%+v", gone)
	}
	if r := o.ask("olga", "DELETE", path, ""); r.StatusCode != 200 {
		t.Errorf("%d %v", r.StatusCode, r.error())
	}
	if r := o.ask("olga", "GET", path, ""); r.StatusCode != 404 {
		t.Errorf("%d", r.StatusCode)
	}
}

// TestAnAgentsDuty: an agent logs in and out and takes a break; who may control agents does it for him; the live page tells
// callers, agents and figures to those who may see them.
func TestAnAgentsDuty(t *testing.T) {
	o := live(t)
	var d Duty
	o.ask("uwe", "GET", "/v1/users/<uwe>/duty", "").json(t, &d)
	if len(d.Queues) != 2 || !d.Queues[0].In || d.Queues[0].Waiting != 1 || *d.Queues[0].Agent.Answered != 1 || !d.Edit || len(d.Pauses) == 0 {
		t.Fatalf("%+v", d)
	}
	before := o.head()
	o.ask("uwe", "PUT", "/v1/users/<uwe>/duty", `{"out":["<sales queue>"],"pause":" lunch  break "}`).json(t, &d)
	if d.Pause != "lunch break" || d.Queues[1].In || !d.Queues[0].In || d.Queues[1].Name != "sales queue" {
		t.Errorf("%+v", d)
	}
	o.ask("uwe", "PUT", "/v1/users/<uwe>/duty", `{"pause":"lunch break"}`)
	if got := o.kinds(before); len(got) != 1 || got[0] != "duty.changed" {
		t.Errorf("facts %v", got)
	}
	if r := o.ask("uwe", "PUT", "/v1/users/<uwe>/duty", `{"in":["que_none"]}`); r.StatusCode != 422 || refusedAs(t, r).Key != "duty.not_served" {
		t.Errorf("%d %v", r.StatusCode, r.error())
	}
	if r := o.ask("tom", "PUT", "/v1/users/<uwe>/duty", `{"pause":""}`); r.StatusCode != 403 && r.StatusCode != 404 {
		t.Errorf("a colleague: %d", r.StatusCode)
	}
	d = Duty{}
	o.ask("olga", "PUT", "/v1/users/<uwe>/duty", `{"in":["<sales queue>"],"pause":""}`).json(t, &d)
	if d.Pause != "" || !d.Queues[1].In {
		t.Errorf("%+v", d)
	}
	var q LiveQueue
	o.ask("olga", "GET", "/v1/queues/<sales queue>/live", "").json(t, &q)
	if len(q.Waiting) != 1 || q.Waiting[0].From.Number != "" || len(q.Agents) != 2 || q.Agents[0].Name != "uwe" || *q.Agents[0].Talked != 90 || !q.Agents[0].Control || q.Day.Waited != 30 || q.Day.InTime != 1 {
		t.Errorf("%+v", q)
	}
	if r := o.ask("uwe", "GET", "/v1/queues/<sales queue>/live", ""); r.StatusCode != 404 {
		t.Errorf("an agent sees what others do: %d", r.StatusCode)
	}
	o.ask("olga", "DELETE", "/v1/users/<uwe>", "")
	if s, _ := o.desk.Directory.View(); len(s.Duties) != 0 {
		t.Errorf("%+v", s.Duties)
	}
}

// Who is to be called back is shown with the queue, and who he is only to those who may see the call; the payer is somebody for whom the editor may send calls out;
// who may change the queue takes a place out.
func TestCallbacksOfAQueue(t *testing.T) {
	o := live(t)
	const path = "/v1/queues/<sales queue>"
	var q Queue
	if r := o.ask("olga", "PATCH", path, `{"callback":true,"payer":"<uwe>"}`); r.StatusCode != 200 {
		t.Fatalf("%d %v", r.StatusCode, r.error())
	} else if r.json(t, &q); !q.Callback || q.Tries != 3 || q.Pause != 600 || q.Keep != 86400 || q.Payer == nil || q.Payer.Name != "uwe" {
		t.Errorf("%+v", q)
	}
	for body, want := range map[string]string{`{"tries":0}`: "queue.callback_never", `{"payer":"usr_none"}`: "queue.agent_unknown", `{"tries":11}`: "queue.range"} {
		if r := o.ask("olga", "PATCH", path, body); r.StatusCode != 422 || refusedAs(t, r).Key != want {
			t.Errorf("%s: %d %v, want %s", body, r.StatusCode, r.error(), want)
		}
	}
	var page Page[Callback]
	o.ask("olga", "GET", path+"/callbacks", "").json(t, &page)
	if len(page.Items) != 1 || page.Items[0].From.Hidden || page.Items[0].From.Number != "+4930123456789" || page.Items[0].Agent.Name != "uwe" || page.Items[0].Reason == "" || page.Items[0].Tries != 1 {
		t.Errorf("%+v", page.Items)
	}
	for who, status := range map[string]int{"uwe": 404, "mia": 404} {
		if r := o.ask(who, "GET", path+"/callbacks", ""); r.StatusCode != status {
			t.Errorf("%s: %d", who, r.StatusCode)
		}
	}
	if r := o.ask("olga", "DELETE", path+"/callbacks/cal_none", ""); r.StatusCode != 404 {
		t.Errorf("one that is not there: %d", r.StatusCode)
	}
	if r := o.ask("olga", "DELETE", path+"/callbacks/cal_back", ""); r.StatusCode != 204 || o.dropped != "cal_back" {
		t.Errorf("%d, %s", r.StatusCode, o.dropped)
	}
	o.ask("olga", "DELETE", "/v1/users/<uwe>", "")
	if o.ask("olga", "GET", path, "").json(t, &q); o.view().Queues[q.ID].Payer != "" {
		t.Error("somebody pays who has gone")
	}
}
