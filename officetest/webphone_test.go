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
)

// Somebody in a real browser calls a real desk phone and is called by it: the tone of each side arrives at the other, the call survives a
// page that is loaded anew, and it ends within a second when the session does. The scenario is web/test/browser/phone.mjs.
func TestPhoneInTheBrowser(t *testing.T) {
	for _, tt := range []struct {
		codec string // of the desk phone
		only  string // the browser's; empty for all that it has
	}{{"PCMU", ""}, {"G722", ""}, {"opus", ""}, {"PCMA", "opus"}, {"opus", "PCMU"}, {"opus", "G722"}} {
		name := tt.codec
		if tt.only != "" {
			name += "-" + tt.only
		}
		t.Run(name, func(t *testing.T) { browserCall(t, tt.codec, tt.only, tt.codec == "G722") })
	}
}

// browserCall is a call between a browser and a desk phone; that is deaf whose own decoder is broken, as baresip's of G.722 is.
func browserCall(t *testing.T, codec, only string, deaf bool) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	s := start(t)
	s.claim()
	me := s.call(200, "GET", "/v1/session", nil).Text("user", "extension")
	_, bob := s.person("Bob", "155")
	bob.Server, bob.Transport = s.reach("udp"), "udp"
	b := s.softphone(ctx, "bob", bob, 700, spoken(codec))

	node := exec.CommandContext(ctx, "node", "test/browser/phone.mjs")
	node.Dir = filepath.Join("..", "web")
	node.Env = append(os.Environ(), "TANDEM_BASE=http://"+s.Address("HTTP"), "TANDEM_EMAIL=olga@example.com", "TANDEM_PASSWORD=correct horse battery",
		"TANDEM_TONE="+toneFile(t, 1000, 48000, 1), "TANDEM_DESK=155", "TANDEM_PATIENCE=20", "TANDEM_CODEC="+only)
	node.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var said strings.Builder
	node.Stderr = &said
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatalf("node: %v", err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(said.String())
		}
	})
	listen := func() {
		if !deaf {
			heard(t, b, 1000)
		}
	}
	done := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var e struct{ Event string }
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("the scenario says %q: %v", lines.Text(), err)
		}
		switch e.Event {
		case "called":
			expect(t, ctx, b, "CALL_INCOMING")
			do(t, b, "accept", "")
			expect(t, ctx, b, "CALL_ESTABLISHED")
		case "talking", "again", "answered":
			listen()
			if got := s.call(200, "GET", "/v1/calls/live", nil).Text("items", 0, "codec"); only != "" && !strings.Contains(got, " ⇄ ") {
				t.Errorf("the call is in %q, though nothing is in common", got)
			}
			fmt.Fprintln(in, "heard") // the scenario goes on
		case "hungup":
			expect(t, ctx, b, "CALL_CLOSED")
			do(t, b, "dial", "sip:"+me+"@"+s.reach("udp"))
		case "signedout":
			at := time.Now()
			expect(t, ctx, b, "CALL_CLOSED")
			if took := time.Since(at); took > time.Second {
				t.Errorf("the call went on for %v after the session", took)
			}
		case "done":
			done = true
		}
	}
	if err := node.Wait(); err != nil || !done {
		t.Fatalf("the scenario failed: %v", err)
	}
}
