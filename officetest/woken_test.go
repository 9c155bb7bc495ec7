package officetest

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"tandem/house"
	"tandem/officetest/pushservice"
)

// Somebody has no phone but a browser that is closed. A call for him is pushed and rings; given up, it goes from the screen and is told as missed. Where his
// status blocks push, or the browser is subscribed no more, what he set for "not registered" holds at once.
func TestCallsArePushed(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	service := pushservice.New()
	t.Cleanup(service.Close)
	s := start(t, func(c *house.Config) { c.PushClient = service.Client() })
	s.claim()
	olga := s.call(200, "GET", "/v1/session", nil).Text("user", "id")
	number := s.call(200, "GET", "/v1/session", nil).Text("user", "extension")
	bob := s.desk(ctx, "Bob", "155")
	browser, err := service.Subscribe()
	if err != nil {
		t.Fatal(err)
	}
	subscription := object{"endpoint": browser.Endpoint, "keys": object{"p256dh": browser.P256dh, "auth": browser.Auth}, "calls": true}
	s.call(200, "POST", "/v1/phone", nil)
	s.call(200, "PUT", "/v1/push", subscription)

	type message struct{ Type, Tag, Title, Body, Page, Call, Answer, Decline string }
	next := func() (m message) {
		t.Helper()
		select {
		case got := <-browser.Read:
			if err := json.Unmarshal(got.Body, &m); err != nil {
				t.Fatalf("%s: %v", got.Body, err)
			}
		case <-ctx.Done():
			t.Fatal("nothing is pushed")
		}
		return m
	}
	talk, err := bob.Dial(ctx, number)
	if err != nil {
		t.Fatal(err)
	}
	rings := next()
	if rings.Type != "call" || rings.Title != "Bob calls" || rings.Page == "" {
		t.Errorf("%+v", rings)
	}
	talk.Hangup()
	both := func() map[string]message {
		t.Helper()
		a, b := next(), next()
		return map[string]message{a.Type: a, b.Type: b}
	}
	seen := both()
	if seen["end"].Tag != rings.Tag || seen["notice"].Tag != rings.Tag || seen["notice"].Title != "Missed call from Bob 155" {
		t.Errorf("given up: %+v", seen)
	}

	// Declined from the notification, the call is refused as on any phone, goes from the screen, and cannot be declined twice.
	talk, err = bob.Dial(ctx, number)
	if err != nil {
		t.Fatal(err)
	}
	rings = next()
	if rings.Answer != "Answer" || rings.Decline != "Decline" || rings.Page != "/?ring="+rings.Call {
		t.Errorf("%+v", rings)
	}
	s.call(404, "DELETE", "/v1/push/calls/cal_nowhere", nil)
	s.call(204, "DELETE", "/v1/push/calls/"+rings.Call, nil)
	select {
	case <-talk.Answered(): // by the mailbox, which is told that he declined
		talk.Hangup()
	case <-ctx.Done():
		t.Fatal("the declined call rings on")
	}
	if end := next(); end.Type != "end" || end.Tag != rings.Tag {
		t.Errorf("declined: %+v", end)
	}
	eventually(t, "both calls are recorded", func() bool { return len(s.call(200, "GET", "/v1/calls", nil).Items()) == 2 })
	s.call(404, "DELETE", "/v1/push/calls/"+rings.Call, nil)

	// Who declined missed nothing: the next that he is told of is the next call.
	talk, err = bob.Dial(ctx, number)
	if err != nil {
		t.Fatal(err)
	}
	if again := next(); again.Type != "call" || again.Tag == rings.Tag {
		t.Errorf("after a declined call: %+v", again)
	}
	talk.Hangup()
	both()
	missed := 0
	for _, n := range s.call(200, "GET", "/v1/notices", nil).Items() {
		if n.Text("kind") == "missed" {
			missed++
		}
	}
	if missed != 2 {
		t.Errorf("of three calls two were missed, and told are %d", missed)
	}

	// answers waits until the mailbox answers, and tells what was pushed meanwhile.
	answers := func(what string) {
		t.Helper()
		talk, err := bob.Dial(ctx, number)
		if err != nil {
			t.Fatal(err)
		}
		select {
		case <-talk.Answered():
		case <-ctx.Done():
			t.Fatalf("%s: the mailbox does not answer", what)
		}
		talk.Hangup()
	}
	forward := func(blocked bool) {
		mailbox := object{"kind": "mailbox", "id": olga}
		s.call(200, "PUT", "/v1/users/"+olga+"/forwarding", object{"profiles": []object{profile("available", mailbox, object{"no_push": blocked})}})
	}
	forward(true)
	before := browser.Asked()
	answers("blocked")
	if n := browser.Asked() - before; n != 0 {
		t.Errorf("blocked, and yet pushed %d times", n)
	}
	forward(false)
	browser.Answers(func() int { return http.StatusGone })
	answers("subscribed no more")
	eventually(t, "the subscription is forgotten", func() bool { return s.call(200, "GET", "/v1/push", nil).At("on") == false })
	answers("nobody to tell")
}
