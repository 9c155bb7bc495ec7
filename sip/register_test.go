package sip

import (
	"fmt"

	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/pbx"
	"tandem/sip/stack"
)

// registers sends one proven REGISTER with these contacts and headers.
func (p *phone) registers(callID string, headers ...string) chan *stack.Message {
	p.t.Helper()
	return p.proven(p.registering(callID, headers...))
}

func (p *phone) registering(callID string, headers ...string) *stack.Message {
	m := p.request("REGISTER", "sip:pbx", "sip:"+p.name+"@pbx", callID)
	m.Del("Contact")
	for i := 0; i+1 < len(headers); i += 2 {
		m.Add(headers[i], headers[i+1])
	}
	return m
}

func contactsOf(m *stack.Message) []string {
	var out []string
	for c := range m.Lines("Contact") {
		out = append(out, c)
	}
	return out
}

func TestRegister(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		alice := h.phone("alice", "192.0.2.11:5060")
		r := alice.expect(alice.registers("r1", "Contact", "<sip:alice@192.0.2.11:5060;line=1>;q=0.5", "User-Agent", "Desk 1"), 200)
		if got := contactsOf(r); !slices.Equal(got, []string{"<sip:alice@192.0.2.11:5060;line=1>;q=0.5;expires=3600"}) {
			t.Errorf("contacts = %q", got)
		}
		b := h.bound("alice")
		if len(b) != 1 || b[0].Contact != "sip:alice@192.0.2.11:5060;line=1" || b[0].Transport != "udp" || b[0].Source != "192.0.2.11:5060" || b[0].Agent != "Desk 1" ||
			b[0].Device != "dev_alice" || !b[0].Expires.Equal(b[0].Since.Add(time.Hour)) || b[0].Secure {
			t.Errorf("bindings = %+v", b)
		}
		id := b[0].ID
		time.Sleep(30 * time.Minute)
		alice.expect(alice.registers("r1", "Contact", "<sip:alice@192.0.2.11:5060;line=1>", "Expires", "600"), 200)
		if b := h.bound("alice"); len(b) != 1 || b[0].ID != id || time.Until(b[0].Expires) != 600*time.Second {
			t.Errorf("after the refresh: %+v", b)
		}
		if r := alice.expect(alice.registers("r9"), 200); len(contactsOf(r)) != 1 || !strings.HasSuffix(contactsOf(r)[0], ";expires=600") {
			t.Errorf("fetch = %q", contactsOf(r))
		}
		time.Sleep(599 * time.Second)
		synctest.Wait()
		if len(h.bound("alice")) != 1 {
			t.Error("gone before its time")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if len(h.bound("alice")) != 0 || len(h.server.registrar.accounts) != 0 || len(h.server.registrar.byID) != 0 {
			t.Error("the binding did not expire")
		}
	})
}

// What a phone may say about where it is: among others no address that would make the house call itself, a group of machines, or nobody (SA-12).
func TestRegisterRows(t *testing.T) {
	long := func(n int) []string {
		var out []string
		for i := range n {
			out = append(out, "Contact", fmt.Sprintf("<sip:alice@192.0.2.11:%d>", 6000+i))
		}
		return out
	}
	for _, tt := range []struct {
		name    string
		headers []string
		status  int
		has     string
		left    int
	}{
		{"too brief names the least", []string{"Contact", "<sip:alice@192.0.2.11:5060>;expires=30"}, 423, "Min-Expires: 60", 1},
		{"too brief in the header", []string{"Contact", "<sip:alice@192.0.2.11:5060>", "Expires", "59"}, 423, "Min-Expires: 60", 1},
		{"too long is shortened", []string{"Contact", "<sip:alice@192.0.2.11:5060>;expires=86400"}, 200, ";expires=3600", 2},
		{"behind a translator over UDP it is short", []string{"Contact", "<sip:alice@10.0.0.5:5060>"}, 200, ";expires=300", 2},
		{"a malformed time counts as none", []string{"Contact", "<sip:alice@192.0.2.11:5060>;expires=soon"}, 200, ";expires=3600", 2},
		{"star", []string{"Contact", "*", "Expires", "0"}, 200, "", 0},
		{"star with a time", []string{"Contact", "*", "Expires", "60"}, 400, "", 1},
		{"star without Expires", []string{"Contact", "*"}, 400, "", 1},
		{"unregister one", []string{"Contact", "<sip:first@192.0.2.11:5060>;expires=0"}, 200, "", 0},
		{"unregister a stranger changes nothing", []string{"Contact", "<sip:other@192.0.2.11:5060>;expires=0"}, 200, "first@", 1},
		{"five are enough", long(5), 403, "Too Many Contacts", 1},
		{"four more fit", long(4), 200, "", 5},
		{"33 are an attack", long(33), 400, "", 1},
		{"loopback", []string{"Contact", "<sip:alice@127.0.0.1:5060>"}, 403, "", 1},
		{"loopback by name", []string{"Contact", "<sip:alice@localhost>"}, 403, "", 1},
		{"IPv6 loopback", []string{"Contact", "<sip:alice@[::1]>"}, 403, "", 1},
		{"the server itself", []string{"Contact", "<sip:102@192.0.2.1>"}, 403, "", 1},
		{"the server by name", []string{"Contact", "<sip:102@PBX.example.com>"}, 403, "", 1},
		{"multicast", []string{"Contact", "<sip:alice@224.0.1.75>"}, 403, "", 1},
		{"broadcast", []string{"Contact", "<sip:alice@255.255.255.255>"}, 403, "", 1},
		{"no SIP", []string{"Contact", "<mailto:alice@example.com>"}, 403, "", 1},
		{"all or nothing", []string{"Contact", "<sip:ok@192.0.2.11:6000>", "Contact", "<sip:alice@127.0.0.1>"}, 403, "", 1},
		{"a header parameter stays one (cparam01)", []string{"Contact", "<sip:alice@192.0.2.11:6000>;unknownparam"}, 200, "Contact: <sip:alice@192.0.2.11:6000>;unknownparam;expires=", 2},
		{"a URI parameter stays inside (cparam02)", []string{"Contact", "<sip:alice@192.0.2.11:6000;unknownparam>"}, 200, "<sip:alice@192.0.2.11:6000;unknownparam>;expires=", 2},
		{"escaped headers come back (regescrt)", []string{"Contact", "<sip:alice@192.0.2.11?Route=%3Csip:sip.example.com%3E>"}, 200, "<sip:alice@192.0.2.11?Route=%3Csip:sip.example.com%3E>", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(c *Config) { c.Public = func() string { return "pbx.example.com" } }, func(t *testing.T, h *house) {
				alice := h.phone("alice", "192.0.2.11:5060")
				alice.expect(alice.registers("r0", "Contact", "<sip:first@192.0.2.11:5060>"), 200)
				var r *stack.Message
				if tt.status == 400 { // refused before anybody is asked who he is
					r = alice.expect(alice.send(alice.registering("r1", tt.headers...)), 400)
				} else {
					r = alice.expect(alice.registers("r1", tt.headers...), tt.status)
				}
				if !strings.Contains(string(r.Encode()), tt.has) {
					t.Errorf("want %q in\n%s", tt.has, r.Encode())
				}
				if n := len(h.bound("alice")); n != tt.left {
					t.Errorf("%d bindings, want %d", n, tt.left)
				}
			})
		})
	}
}

func TestEscapedRouteIsNoRoute(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		bob := h.phone("bob", "192.0.2.12:5060")
		bob.expect(bob.registers("r", "Contact", "<sip:bob@192.0.2.12:5060?Route=%3Csip:evil.example.com%3E>"), 200)
		inv := h.dials(bob).Request
		if inv.URI.String() != "sip:bob@192.0.2.12:5060" || inv.Get("Route") != "" {
			t.Errorf("INVITE = %s", inv.Encode())
		}
	})
}

func TestRegisterOutOfOrder(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		alice := h.phone("alice", "192.0.2.11:5060")
		alice.seq = 100
		alice.expect(alice.registers("r1", "Contact", "<sip:alice@192.0.2.11:5060>"), 200)
		alice.seq = 50
		alice.expect(alice.registers("r1", "Contact", "<sip:alice@192.0.2.11:5060>", "Expires", "0"), 500)
		alice.seq = 50
		alice.expect(alice.registers("r1", "Contact", "*", "Expires", "0"), 500)
		if len(h.bound("alice")) != 1 {
			t.Error("an old request won (RFC 3261 §10.3)")
		}
		alice.seq = 1
		alice.expect(alice.registers("after-a-restart", "Contact", "<sip:alice@192.0.2.11:5060>"), 200)
	})
}

func TestSameInstanceFromAnotherAddress(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		const instance = `;+sip.instance="<urn:uuid:1>";reg-id=1`
		alice := h.phone("alice", "192.0.2.11:5060")
		alice.expect(alice.registers("r1", "Contact", "<sip:alice@192.0.2.11:5060>"+instance), 200)
		moved := h.phone("alice", "192.0.2.99:7000")
		moved.expect(moved.registers("r2", "Contact", "<sip:alice@10.9.9.9:5060>"+instance), 200)
		if b := h.bound("alice"); len(b) != 1 || b[0].Source != "192.0.2.99:7000" {
			t.Errorf("bindings = %+v", b)
		}
	})
}

func TestCallsGoBackOverTheFlow(t *testing.T) {
	for _, tt := range []struct{ contact, to string }{
		{"<sip:bob@10.0.0.7:5060>", "192.0.2.12:5555"},     // translated: back to the source
		{"<sip:bob@198.51.100.1:5060>", "192.0.2.12:5555"}, // never to a third party
		{"<sip:bob@192.0.2.12:5566>", "192.0.2.12:5566"},   // same host, own port for calls
		{"<sip:bob@phone.example.com>", "192.0.2.12:5555"}, // names are not looked up
		{"<sip:bob@192.0.2.12>", "192.0.2.12:5060"},        // the port by default
		{"<sip:bob@192.0.2.12;maddr=8.8.8.8>", "192.0.2.12:5060"},
	} {
		bubble(t, nil, func(t *testing.T, h *house) {
			bob := h.phone("bob", "192.0.2.12:5555")
			bob.expect(bob.registers("r", "Contact", tt.contact), 200)
			b, _ := h.server.registrar.find(h.bound("bob")[0].ID)
			if got := b.flow.Remote.String(); got != tt.to {
				t.Errorf("%s: calls go to %s, want %s", tt.contact, got, tt.to)
			}
		})
	}
}

func TestReportsAreTheLatest(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		alice := h.phone("alice", "192.0.2.11:5060")
		for i := range 20 {
			alice.expect(alice.registers("r", "Contact", fmt.Sprintf("<sip:alice@192.0.2.11:%d>", 6000+i%3)), 200)
			if i%4 == 3 {
				alice.expect(alice.registers("r", "Contact", "*", "Expires", "0"), 200)
				if len(h.bound("alice")) != 0 {
					t.Fatal("the report is behind")
				}
			}
		}
	})
}

func registerRequest(i int) *stack.Message {
	m := stack.NewRequest("REGISTER", uri("sip:pbx"), address("<sip:k7d2m9q4x1@pbx>;tag=a"), address("<sip:k7d2m9q4x1@pbx>"), fmt.Sprintf("%032d@192.0.2.9", i), 2)
	m.Set("Contact", fmt.Sprintf(`<sip:k7d2m9q4x1@10.0.%d.%d:5060;line=abcdefgh>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-%012d>";reg-id=1`, i>>8, i&255, i))
	m.Set("User-Agent", "Yealink SIP-T46S 66.86.0.15")
	return m
}

// TestCallFollowsThePhone: a phone whose translator gave it another port keeps its call.
func TestCallFollowsThePhone(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		const contact = "<sip:bob@10.0.0.7:5060>"
		bob := h.phone("bob", "192.0.2.12:5555")
		bob.expect(bob.registers("r", "Contact", contact), 200)
		tx := h.dials(bob)
		m := stack.NewResponse(tx.Request, 200, "")
		m.Set("Contact", contact)
		m.SetBody("application/sdp", []byte(sdpA))
		_ = tx.Respond(m)
		h.signal(call.SignalAnswered)
		moved := h.phone("bob", "192.0.2.12:7777")
		moved.seq = 50
		moved.expect(moved.registers("r", "Contact", contact), 200)
		h.server.Hangup("leg_out", pbx.CauseHangup)
		h.signal(call.SignalEnded)
		moved.respond(moved.next("BYE"), 200, "")
	})
}
