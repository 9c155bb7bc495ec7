package api

import (
	"strings"
	"testing"

	"tandem/pbx"
)

// Whoever works with the calls of others needs the right to each thing he does (X-083, X-084, X-097, G-013…G-017, D-034): with seeing them
// alone every single one is refused, and is done as soon as its right is there.
func TestEachActionNeedsItsRight(t *testing.T) {
	to := func(kind, who string) string { return `{"to":{"kind":"` + kind + `","id":"<` + who + `>"}}` }
	for _, tt := range []struct {
		name, right, method, path, body string
		call                            func(*office, *pbx.LiveCall)
		status                          int
	}{
		{"G-013 transfer", "call.transfer", "POST", "/transfer", strings.TrimSuffix(to("user", "mia"), "}") + `,"user":"<uwe>"}`, nil, 202},
		{"transfer to voicemail", "call.transfer", "POST", "/transfer", strings.TrimSuffix(to("mailbox", "mia"), "}") + `,"user":"<uwe>"}`, nil, 202},
		{"G-016 park", "call.park", "POST", "/park", `{"park":"prk_hall","user":"<uwe>"}`, nil, 202},
		{"G-016 park on a position", "call.park", "POST", "/park", `{"park":"prk_hall","position":"702","user":"<uwe>"}`, nil, 202},
		{"hang up", "call.hangup", "DELETE", "", "", nil, 204},
		{"G-013 divert", "call.divert", "POST", "/divert", to("user", "mia"), ringing, 202},
		{"divert to voicemail", "call.divert", "POST", "/divert", to("mailbox", "nina"), ringing, 202},
		{"G-013 pick up", "call.pickup", "POST", "/pickup", "", ringing, 202},
		{"divert from a queue", "call.divert", "POST", "/divert", to("user", "mia"), queued, 202},
		{"pick up from a queue", "call.pickup", "POST", "/pickup", "", queued, 202},
		{"G-016 fetch", "call.park", "POST", "/fetch", "", parked, 202},
		{"G-017 in a menu", "call.menu", "POST", "/divert", to("user", "mia"), func(_ *office, c *pbx.LiveCall) { c.House, c.Menu = true, "mnu_front" }, 202},
		{"listen", "call.listen", "POST", "/watch", `{"mode":"listen"}`, nil, 202},
		{"whisper", "call.whisper", "POST", "/watch", `{"mode":"whisper"}`, nil, 202},
		{"join", "call.barge", "POST", "/watch", `{"mode":"barge"}`, nil, 202},
		{"take over", "call.steal", "POST", "/watch", `{"mode":"steal"}`, nil, 202},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := newOffice(t)
			made := o.ask("olga", "POST", "/v1/parks", `{"name":"Hall","extension":"700","slots":3}`)
			var park Park
			made.json(t, &park)
			o.give("tom", "call.see")
			c := o.call("uwe", "nina")
			if tt.call != nil {
				tt.call(o, c)
			}
			o.dir.SetCall(c)
			ask := func() reply {
				return o.ask("tom", tt.method, "/v1/calls/live/"+string(c.ID)+tt.path, strings.ReplaceAll(tt.body, "prk_hall", string(park.ID)))
			}
			if r := ask(); r.StatusCode != 403 || !strings.Contains(string(r.body), `"`+tt.right+`"`) {
				t.Fatalf("without %s: %d %s", tt.right, r.StatusCode, r.body)
			}
			if len(o.sent)+len(o.hangups)+len(o.modes) != 0 {
				t.Fatal("it was done all the same")
			}
			o.give("tom", tt.right)
			if r := ask(); r.StatusCode != tt.status {
				t.Fatalf("with %s: %d %s", tt.right, r.StatusCode, r.body)
			}
			if len(o.sent)+len(o.hangups)+len(o.modes) != 1 {
				t.Error("it was not done")
			}
		})
	}
}

func ringing(_ *office, c *pbx.LiveCall) { c.Phase = pbx.PhaseRinging }
func parked(_ *office, c *pbx.LiveCall) {
	c.Phase, c.Parked = pbx.PhaseParked, &pbx.Parking{Position: "701", By: c.To}
}

// queued lets the call wait in a queue.
func queued(o *office, c *pbx.LiveCall) {
	var q struct{ ID pbx.QueueID }
	made := o.ask("olga", "POST", "/v1/queues", `{"name":"Front desk","extension":"720","agents":[{"id":"<uwe>"}]}`)
	if made.json(o.t, &q); q.ID == "" {
		o.t.Fatalf("%d %s", made.StatusCode, made.body)
	}
	c.House, c.Queue = true, q.ID
}

// give gives a right over everybody to somebody.
func (o *office) give(who, right string) {
	o.t.Helper()
	if r := o.ask("olga", "POST", "/v1/users/<"+who+">/grants", `{"right":"`+right+`","scope":{"kind":"all"},"reason":"front desk"}`); r.StatusCode != 201 {
		o.t.Fatalf("%s for %s: %d %s", right, who, r.StatusCode, r.body)
	}
}

// A call that waits in a queue names it, and may be sent on or taken by who may do that with calls that ring.
func TestAQueuedCallIsShown(t *testing.T) {
	o := newOffice(t)
	o.give("tom", "call.see")
	c := o.call("+4930123456789", "uwe")
	queued(o, c)
	o.dir.SetCall(c)
	shown := func() LiveCall {
		var page Page[LiveCall]
		o.ask("tom", "GET", "/v1/calls/live", "").json(t, &page)
		if len(page.Items) != 1 {
			t.Fatalf("%+v", page)
		}
		return page.Items[0]
	}
	if l := shown(); l.Queue != "Front desk" || l.Can.Divert || l.Can.Pickup {
		t.Errorf("%+v", l)
	}
	o.give("tom", "call.divert")
	o.give("tom", "call.pickup")
	if l := shown(); !l.Can.Divert || !l.Can.Pickup || l.Can.Transfer || l.Can.Park {
		t.Errorf("%+v", l)
	}
}

// What an agent does is said by himself and by who has the right to (D-034); the status likewise.
func TestDutyOfOthersNeedsItsRight(t *testing.T) {
	for _, tt := range []struct{ right, path, body string }{
		{"agent.control", "/v1/users/<uwe>/duty", `{"pause":"lunch"}`},
		{"presence.set", "/v1/users/<uwe>/status", `{"status":"away"}`},
	} {
		o := newOffice(t)
		var c pbx.LiveCall
		queued(o, &c)
		o.give("tom", "user.see")
		o.give("tom", "presence.see")
		if r := o.ask("tom", "PUT", tt.path, tt.body); r.StatusCode != 403 {
			t.Errorf("without %s: %d %s", tt.right, r.StatusCode, r.body)
		}
		o.give("tom", tt.right)
		if r := o.ask("tom", "PUT", tt.path, tt.body); r.StatusCode != 200 {
			t.Errorf("with %s: %d %s", tt.right, r.StatusCode, r.body)
		}
	}
}
