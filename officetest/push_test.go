package officetest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
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
	node := exec.CommandContext(ctx, "node", "test/browser/push.mjs")
	node.Dir = filepath.Join("..", "web")
	node.Env = append(os.Environ(), "TANDEM_BASE=http://"+s.Address("HTTP"), "TANDEM_EMAIL=olga@example.com", "TANDEM_PASSWORD=correct horse battery",
		"TANDEM_TONE="+toneFile(t, 1000, 48000, 1), "TANDEM_PUSH="+string(subscription), "TANDEM_PATIENCE=20")
	node.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var said strings.Builder
	node.Stderr = &said
	out, err1 := node.StdoutPipe()
	in, err2 := node.StdinPipe()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	if err := node.Start(); err != nil {
		t.Fatalf("node: %v", err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(said.String())
		}
	})
	// passOn waits for a message of a type, and gives it to the service worker.
	passOn := func(kind string) {
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
					fmt.Fprintln(in, string(got.Body))
					return
				}
			case <-ctx.Done():
				t.Fatalf("no %s was pushed", kind)
			}
		}
	}
	calls := func() {
		eventually(t, "the browser is no phone any more", func() bool { return s.registered(me) == 0 })
		do(t, bob, "dial", "sip:"+me+"@"+s.reach("udp"))
		passOn("call")
		expect(t, ctx, bob, "CALL_RINGING")
	}
	closed, done := 0, false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var e struct{ Event string }
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("the scenario says %q: %v", lines.Text(), err)
		}
		switch e.Event {
		case "tried":
			passOn("test")
		case "closed":
			if closed++; closed == 2 {
				expect(t, ctx, bob, "CALL_CLOSED")
			}
			calls()
		case "answered":
			expect(t, ctx, bob, "CALL_ESTABLISHED")
			heard(t, bob, 1000)
			passOn("end")
			fmt.Fprintln(in, "heard")
		case "seen":
			do(t, bob, "hangup", "")
			passOn("end")
			passOn("notice")
		case "missed":
			expect(t, ctx, bob, "CALL_CLOSED")
			calls()
		case "taken":
			expect(t, ctx, bob, "CALL_ESTABLISHED")
			heard(t, bob, 1000)
			fmt.Fprintln(in, "heard")
		case "done":
			done = true
		}
	}
	if err := node.Wait(); err != nil || !done {
		t.Fatalf("the scenario failed: %v", err)
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
