package officetest

import (
	"context"
	"fmt"
	"strings"
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
	listen := func() {
		if !deaf {
			heard(t, b, 1000)
		}
		if got := s.call(200, "GET", "/v1/calls/live", nil).Text("items", 0, "codec"); only != "" && !strings.Contains(got, " ⇄ ") {
			t.Errorf("the call is in %q, though nothing is in common", got)
		}
	}
	s.conducts(ctx, "phone", map[string]func(){
		"called": func() {
			expect(t, ctx, b, "CALL_INCOMING")
			do(t, b, "accept", "")
			expect(t, ctx, b, "CALL_ESTABLISHED")
		},
		"talking": listen, "again": listen, "answered": listen,
		"hungup": func() {
			expect(t, ctx, b, "CALL_CLOSED")
			do(t, b, "dial", "sip:"+me+"@"+s.reach("udp"))
		},
		"signedout": func() {
			at := time.Now()
			expect(t, ctx, b, "CALL_CLOSED")
			if took := time.Since(at); took > time.Second {
				t.Errorf("the call went on for %v after the session", took)
			}
		},
	}, "TANDEM_TONE="+toneFile(t, 1000, 48000, 1), "TANDEM_DESK=155", "TANDEM_PATIENCE=20", "TANDEM_CODEC="+only)
}

// A browser with several calls: it asks before it connects, changes between two, lets all hear each other, parks, takes what rings at somebody
// else, and comes back to two calls after the page is loaded anew. Real phones with tones of their own hear exactly whom they should. The
// scenario is web/test/browser/calls.mjs.
func TestCallsInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	s := start(t)
	s.claim()
	me := s.call(200, "GET", "/v1/session", nil).Text("user", "extension")
	s.call(201, "POST", "/v1/parks", object{"name": "Hall", "extension": "700", "slots": 3})
	all := []float64{440, 700, 1000}
	bob, carol := s.tuned(ctx, "Bob", "155", all[0], "PCMU"), s.tuned(ctx, "Carol", "156", all[1], "PCMU")
	takes := func(b *Baresip) func() {
		return func() {
			expect(t, ctx, b, "CALL_INCOMING")
			do(t, b, "accept", "")
			expect(t, ctx, b, "CALL_ESTABLISHED")
		}
	}
	closed := func(phones ...*Baresip) func() {
		return func() {
			for _, b := range phones {
				expect(t, ctx, b, "CALL_CLOSED")
			}
		}
	}
	s.conducts(ctx, "calls", map[string]func(){
		"called bob": takes(bob), "asked carol": takes(carol), "called bob again": takes(bob), "asked carol again": takes(carol), "called bob to park": takes(bob), "ends": closed(bob),
		"asking":    func() { hearsTones(t, "Carol, who is asked,", carol, all, all[2]) },
		"connected": func() { hearsTones(t, "Carol, who was connected with Bob,", carol, all, all[0]) },
		"over":      func() { do(t, bob, "hangup", ""); closed(carol)() },
		"refused":   closed(carol),
		"together":  func() { hearsTones(t, "Carol, with everybody on the line,", carol, all, all[0], all[2]) },
		"again":     func() { hearsTones(t, "Carol, after the page was loaded anew,", carol, all, all[2]) },
		"parks":     closed(carol),
		"parked": func() {
			eventually(t, "Bob is parked", func() bool { return s.call(200, "GET", "/v1/calls/live", nil).Text("items", 0, "phase") == "parked" })
		},
		"free": func() {
			closed(bob)()
			do(t, bob, "dial", "sip:156@"+s.reach("udp"))
			expect(t, ctx, carol, "CALL_INCOMING")
		},
		"picked": func() { hearsTones(t, "Bob, whose call was taken,", bob, all, all[2]); closed(carol)() },
		"second": func() { do(t, carol, "dial", "sip:"+me+"@"+s.reach("udp")) },
		"both":   func() { hearsTones(t, "Carol, who called second,", carol, all, all[2]) },
	}, "TANDEM_TONE="+toneFile(t, 1000, 48000, 1))
}

// Somebody chooses his microphone and loudspeakers in a call; they are kept when the page is loaded anew, others serve while they are unplugged, and the
// desk phone hears him all the time. The scenario is web/test/browser/devices.mjs.
func TestDevicesInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	s := start(t)
	s.claim()
	b := s.tuned(ctx, "Bob", "155", 700, "PCMU")
	hears := func() { heard(t, b, 1000) }
	s.conducts(ctx, "devices", map[string]func(){
		"called": func() {
			expect(t, ctx, b, "CALL_INCOMING")
			do(t, b, "accept", "")
			expect(t, ctx, b, "CALL_ESTABLISHED")
		},
		"chosen": hears, "unplugged": hears, "again": hears,
	}, "TANDEM_TONE="+toneFile(t, 1000, 48000, 1))
}

// Foreign clients in the browser register with the user name and secret of a device, call a desk phone, hold, send the call on and are called.
// The scenario is web/test/browser/foreign.mjs.
func TestForeignClientsInTheBrowser(t *testing.T) {
	for _, client := range []string{"jssip", "sipjs"} {
		t.Run(client, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
			defer cancel()
			s := start(t)
			s.claim()
			all := []float64{440, 700, 1000}
			bob, carol := s.tuned(ctx, "Bob", "155", all[0], "PCMU"), s.tuned(ctx, "Carol", "156", all[1], "PCMU")
			_, dora := s.person("Dora", "157")
			takes := func(b *Baresip) func() {
				return func() {
					expect(t, ctx, b, "CALL_INCOMING")
					do(t, b, "accept", "")
					expect(t, ctx, b, "CALL_ESTABLISHED")
				}
			}
			s.conducts(ctx, "foreign", map[string]func(){
				"called":      takes(bob),
				"talking":     func() { hearsTones(t, "Bob", bob, all, all[2]) },
				"transferred": func() { takes(carol)(); hearsTones(t, "Carol", carol, all, all[0]) },
				"over":        func() { do(t, bob, "hangup", ""); expect(t, ctx, carol, "CALL_CLOSED") },
				"calls":       func() { do(t, bob, "dial", "sip:157@"+s.reach("udp")) },
				"answered":    func() { hearsTones(t, "Bob", bob, all, all[2]) },
				"hung up":     func() { expect(t, ctx, bob, "CALL_CLOSED") },
			}, "TANDEM_TONE="+toneFile(t, 1000, 48000, 1), "TANDEM_CLIENT="+client, "TANDEM_USER="+dora.Username, "TANDEM_SECRET="+dora.Secret)
		})
	}
}

// Two browsers talk to each other, tones both ways. All tabs ring and one answers, a hidden one notifies, and the call survives another
// network, a cut of the signalling, and pages that are loaded anew. The record tells of both legs how the sound was, and nobody's view, record
// or log names an address of theirs (RT-12). The scenario is web/test/browser/tabs.mjs.
func TestBrowserToBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	s := start(t)
	s.claim()
	s.join("Eva", s.call(201, "POST", "/v1/groups", object{"name": "Sales"}).Text("id"), "user")
	number := s.call(200, "GET", "/v1/users?q=Eva", nil).Text("items", 0, "extension")
	var live object
	s.conducts(ctx, "tabs", map[string]func(){
		"talking": func() { live = s.call(200, "GET", "/v1/calls/live", nil) },
	}, "TANDEM_TONE="+toneFile(t, 1000, 48000, 1), "TANDEM_TONE2="+toneFile(t, 800, 48000, 1), "TANDEM_EVA="+number, "TANDEM_EVA_PASSWORD="+joinedPassword)
	id := live.Text("items", 0, "id")
	eventually(t, "the call is recorded", func() bool { return s.call(200, "GET", "/v1/calls", nil).At("total") == 1.0 })
	record := s.call(200, "GET", "/v1/calls/"+id, nil)
	for i := range 2 {
		if record.Text("legs", i, "codec") == "" {
			t.Errorf("leg %d does not say how it sounded: %v", i, record.At("legs", i))
		}
	}
	t.Logf("legs %v", record.At("legs"))
	shown := fmt.Sprint(live, record, s.call(200, "GET", "/v1/audit?limit=200", nil))
	for _, word := range []string{"candidate", "192.168.", ".local", "ufrag"} {
		if strings.Contains(shown, word) {
			t.Errorf("%q is told: %s", word, shown)
		}
	}
}
