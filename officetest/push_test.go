package officetest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"testing"
	"time"

	"tandem/house"
	"tandem/officetest/pushservice"
)

// Somebody has closed every page of Tandem, and a real desk phone calls: the call is pushed, sealed for the browser; the service worker of a real
// Chromium shows it, a click opens the page, which registers and takes the call that still rings. A call that is given up goes from the screen and
// stands under the bell. The scenario is web/test/browser/push.mjs; what a browser's maker does in between is done here.
func TestPushedCallInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	service := pushservice.New()
	t.Cleanup(service.Close)
	s := start(t, func(c *house.Config) { c.PushClient = service.Client() })
	s.claim()
	me := s.call(200, "GET", "/v1/session", nil).Text("user", "extension")
	bob := s.tuned(ctx, "Bob", "155", 700, "PCMU")
	browser, err := service.Subscribe()
	if err != nil {
		t.Fatal(err)
	}
	subscription, err := json.Marshal(object{"endpoint": browser.Endpoint, "keys": object{"p256dh": browser.P256dh, "auth": browser.Auth}})
	if err != nil {
		t.Fatal(err)
	}
	// passOn waits for a message of a type, and gives it to the service worker.
	passOn := func(kind string, to io.Writer) {
		t.Helper()
		for {
			select {
			case got := <-browser.Read:
				var m struct{ Type string }
				if err := json.Unmarshal(got.Body, &m); err != nil {
					t.Fatalf("%s: %v", got.Body, err)
				}
				if rings := m.Type == "call" || m.Type == "end"; rings && (got.Urgency != "high" || got.Topic == "") {
					t.Errorf("%s: urgency %q, topic %q", got.Body, got.Urgency, got.Topic)
				}
				if m.Type == kind || kind == "test" {
					fmt.Fprintln(to, string(got.Body))
					return
				}
			case <-ctx.Done():
				t.Fatalf("no %s was pushed", kind)
			}
		}
	}
	calls := func(to io.Writer) {
		eventually(t, "the browser is no phone any more", func() bool { return s.registered(me) == 0 })
		do(t, bob, "dial", "sip:"+me+"@"+s.reach("udp"))
		passOn("call", to)
		expect(t, ctx, bob, "CALL_RINGING")
	}
	closed, done := 0, false
	s.stages(ctx, "push", func(line []byte, in io.Writer) {
		var e struct{ Event string }
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("the scenario says %q: %v", line, err)
		}
		switch e.Event {
		case "tried":
			passOn("test", in)
		case "closed":
			if closed++; closed == 2 {
				expect(t, ctx, bob, "CALL_CLOSED")
			}
			calls(in)
		case "answered":
			expect(t, ctx, bob, "CALL_ESTABLISHED")
			heard(t, bob, 1000)
			passOn("end", in)
			fmt.Fprintln(in, "heard")
		case "seen":
			do(t, bob, "hangup", "")
			passOn("end", in)
			passOn("notice", in)
		case "missed":
			expect(t, ctx, bob, "CALL_CLOSED")
			calls(in)
		case "declined":
			expect(t, ctx, bob, "CALL_ESTABLISHED") // with the mailbox
			do(t, bob, "hangup", "")
			passOn("end", in)
		case "again":
			expect(t, ctx, bob, "CALL_CLOSED")
			calls(in)
		case "taken":
			expect(t, ctx, bob, "CALL_ESTABLISHED")
			heard(t, bob, 1000)
			fmt.Fprintln(in, "heard")
		case "done":
			done = true
		}
	}, "TANDEM_TONE="+toneFile(t, 1000, 48000, 1), "TANDEM_PUSH="+string(subscription), "TANDEM_PATIENCE=20")
	if !done {
		t.Fatal("it ended before its end")
	}
}

// registered counts the places where the phones of an extension are registered.
func (s *server) registered(extension string) (n int) {
	config, live := s.Directory.View()
	ref, _ := config.ByExtension(extension)
	for id, d := range config.Devices {
		if string(d.User) == ref.ID {
			n += len(live.Bindings(id))
		}
	}
	return n
}
