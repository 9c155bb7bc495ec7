package sip

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/sip/stack"
)

// attempt is a sign-in with something wrong about it.
type attempt struct {
	name, reason  string
	username      string
	secret        string
	method, uri   string
	nc            string
	cut, add      string // text taken out of or put behind the header
	wait          time.Duration
	status        int
	stale         bool
	nonceOfOthers bool
}

// TestDigestRefusals is SA-06 and SA-08: each part of a proof has to fit.
func TestDigestRefusals(t *testing.T) {
	for _, tt := range []attempt{
		{name: "right", status: 200},
		{name: "wrong secret", secret: "guess", reason: "wrong_secret", status: 401},
		{name: "unknown user", username: "mallory", reason: "unknown_user", status: 401},
		{name: "disabled user", username: "dave", secret: secretOf("dave"), reason: "disabled", status: 401},
		{name: "right, from a network that is not allowed", username: "erin", secret: secretOf("erin"), reason: "network", status: 401},
		{name: "made for another method", method: "INVITE", reason: "wrong_secret", status: 401},
		{name: "another resource", uri: "sip:other.example.com", reason: "uri", status: 401},
		{name: "any name of the house will do for REGISTER", uri: "sip:192.0.2.1:5060", status: 200},
		{name: "without qop (SA-08)", cut: ",qop=auth", reason: "no_qop", status: 401},
		{name: "auth-int was not offered", cut: ",qop=auth", add: ",qop=auth-int", reason: "no_qop", status: 401},
		{name: "without cnonce", cut: `,cnonce="c0ffee"`, reason: "no_qop", status: 401},
		{name: "nc zero", nc: "00000000", reason: "wrong_secret", status: 401},
		{name: "another realm", cut: `realm="tandem",`, add: `,realm="asterisk"`, reason: "realm", status: 401},
		{name: "session algorithm", cut: ",algorithm=SHA-256", add: ",algorithm=SHA-256-sess", reason: "algorithm", status: 401},
		{name: "a parameter twice", add: `,username="alice"`, reason: "malformed", status: 401},
		{name: "right but old is stale", wait: 301 * time.Second, status: 401, stale: true},
		{name: "wrong and old is not stale", secret: "guess", wait: 301 * time.Second, reason: "wrong_secret", status: 401},
		{name: "nonce of another address", nonceOfOthers: true, reason: "nonce", status: 401},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, nil, func(t *testing.T, h *house) {
				h.account("dave", "104")
				d := h.accounts["dave"]
				d.Disabled = true
				h.accounts["dave"] = d
				for name, network := range map[string]string{"erin": "192.0.2.64/26", "alice": "192.0.2.0/26"} {
					if name == "erin" {
						h.account(name, "105")
					}
					c := h.accounts[name]
					c.Networks = []netip.Prefix{netip.MustParsePrefix(network)}
					h.accounts[name] = c
				}
				alice := h.phone("alice", "192.0.2.11:5060")
				m := alice.request("REGISTER", "sip:pbx", "sip:alice@pbx", "r")
				challenge := alice.expect(alice.send(m), 401)
				if tt.nonceOfOthers {
					other := h.phone("alice", "192.0.2.66:5060")
					challenge = other.expect(other.send(other.request("REGISTER", "sip:pbx", "sip:alice@pbx", "r2")), 401)
				}
				time.Sleep(tt.wait)
				or := func(s, d string) string {
					if s == "" {
						return d
					}
					return s
				}
				next := alice.prove(m, challenge, algorithmSHA256)
				value := respond(or(tt.username, "alice"), or(tt.secret, secretOf("alice")), or(tt.method, "REGISTER"), or(tt.uri, "sip:pbx"), nonceOf(challenge), or(tt.nc, "00000001"), algorithmSHA256)
				next.Set("Authorization", strings.Replace(value, tt.cut, "", 1)+tt.add)
				r := alice.expect(alice.send(next), tt.status)
				if stale := strings.Contains(r.Get("WWW-Authenticate"), "stale=true"); stale != tt.stale {
					t.Errorf("stale = %v", stale)
				}
				reason := ""
				if len(h.failures) > 0 {
					reason = h.failures[0].Reason
				}
				if reason != tt.reason {
					t.Errorf("reason = %q, want %q", reason, tt.reason)
				}
				if line := h.log.String(); (tt.reason != "") != strings.Contains(line, "msg=auth_failed ip=192.0.2.11 user="+or(tt.username, "alice")+" proto=udp reason="+tt.reason) {
					t.Errorf("log = %q", line)
				}
				if bound := len(h.bound("alice")); (bound == 1) != (tt.status == 200) {
					t.Errorf("%d bindings", bound)
				}
			})
		})
	}
}

// What was overheard opens nothing: neither the same again, nor another request; the next count of the same nonce is how it is meant (SA-06).
func TestReplayedDigest(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		alice := h.phone("alice", "192.0.2.11:5060")
		m := alice.request("REGISTER", "sip:pbx", "sip:alice@pbx", "r")
		proven := alice.prove(m, alice.expect(alice.send(m), 401), algorithmMD5)
		alice.expect(alice.send(proven), 200)
		again := alice.request("REGISTER", "sip:pbx", "sip:alice@pbx", "r-other")
		again.Set("Authorization", proven.Get("Authorization"))
		r := alice.expect(alice.send(again), 401)
		if strings.Contains(r.Get("WWW-Authenticate"), "stale") || len(h.failures) != 1 || h.failures[0].Reason != "replay" {
			t.Errorf("401 = %s, failures = %+v", r.Encode(), h.failures)
		}
		inv := alice.request("INVITE", "sip:102@pbx", "sip:102@pbx", "c")
		inv.Set("Authorization", proven.Get("Authorization"))
		if r := alice.expect(alice.send(inv), 401); strings.Contains(r.Get("WWW-Authenticate"), "stale") {
			t.Errorf("401 = %s", r.Encode())
		}
		counted := alice.request("REGISTER", "sip:pbx", "sip:alice@pbx", "r-third")
		nonce := strings.Split(strings.Split(proven.Get("Authorization"), `nonce="`)[1], `"`)[0]
		counted.Set("Authorization", respond("alice", secretOf("alice"), "REGISTER", "sip:pbx", nonce, "00000002", algorithmSHA256))
		alice.expect(alice.send(counted), 200) // the same nonce with the next count is how it is meant
		h.quiet()
	})
}

// For a call a nonce is good for thirty seconds; a right proof with an older one is told to try again (SA-06).
func TestNonceOfCallsIsShort(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		alice := h.phone("alice", "192.0.2.11:5060")
		m := alice.request("INVITE", "sip:102@pbx", "sip:102@pbx", "c")
		challenge := alice.expect(alice.send(m), 401)
		time.Sleep(31 * time.Second)
		if r := alice.expect(alice.send(alice.prove(m, challenge, algorithmSHA256)), 401); !strings.Contains(r.Get("WWW-Authenticate"), "stale=true") {
			t.Errorf("401 = %s", r.Encode())
		}
		h.quiet()
	})
}

// TestIdentity is SA-08 and SA-12: nobody speaks for somebody else.
func TestIdentity(t *testing.T) {
	for _, tt := range []struct {
		name, method, from, to string
		status                 int
	}{
		{"as the device", "REGISTER", "alice", "alice", 200},
		{"as the extension", "REGISTER", "101", "101", 200},
		{"somebody else's account", "REGISTER", "alice", "bob", 403},
		{"from somebody else", "REGISTER", "bob", "alice", 403},
		{"somebody else's extension", "REGISTER", "102", "102", 403},
		{"calling as somebody else", "INVITE", "bob", "102", 403},
		{"calling as nobody", "INVITE", "anonymous", "102", 403},
		{"message as somebody else", "MESSAGE", "bob", "102", 403},
		{"message", "MESSAGE", "alice", "102", 405},
		{"refer", "REFER", "alice", "102", 403},
		{"subscribe", "SUBSCRIBE", "alice", "102", 489},
		{"publish", "PUBLISH", "alice", "101", 489},
		{"notify", "NOTIFY", "alice", "102", 481},
		{"info outside", "INFO", "alice", "102", 481},
		{"update outside", "UPDATE", "alice", "102", 481},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, nil, func(t *testing.T, h *house) {
				alice := h.phone("alice", "192.0.2.11:5060")
				target := "sip:" + tt.to + "@pbx"
				if tt.method == "REGISTER" {
					target = "sip:pbx"
				}
				m := stack.NewRequest(tt.method, uri(target), address("<sip:"+tt.from+"@pbx>;tag=x"), address("<sip:"+tt.to+"@pbx>"), "c", 1)
				m.Set("Contact", "<sip:alice@192.0.2.11:5060>")
				alice.expect(alice.proven(m), tt.status)
				h.quiet()
				if len(h.bound("bob")) != 0 {
					t.Error("bob's bindings changed")
				}
			})
		})
	}
}

// TestNothingUnprovenIsLookedAt is SA-09: whoever has not proven who he is gets a challenge or nothing to hold on to, whatever he asks for, and reaches nobody.
func TestNothingUnprovenIsLookedAt(t *testing.T) {
	for method, want := range map[string]int{"REGISTER": 401, "INVITE": 401, "MESSAGE": 401, "SUBSCRIBE": 401, "PUBLISH": 401, "REFER": 401, "NOTIFY": 401, "INFO": 401,
		"UPDATE": 401, "BYE": 481, "PRACK": 481, "OPTIONS": 200, "BREW": 501} {
		bubble(t, nil, func(t *testing.T, h *house) {
			alice := h.phone("alice", "192.0.2.11:5060")
			alice.expect(alice.send(alice.request(method, "sip:102@pbx", "sip:102@pbx", "c")), want)
			inside := alice.request(method, "sip:102@pbx", "sip:102@pbx", "d")
			inside.Set("To", "<sip:102@pbx>;tag=made-up")
			switch method {
			case "INFO", "UPDATE", "OPTIONS":
				want = 481
			}
			alice.expect(alice.send(inside), want)
			h.quiet()
			if tx := h.server.Stats().ServerTx; tx != 0 {
				t.Errorf("%s: %d transactions are kept for a stranger (SA-13)", method, tx)
			}
		})
	}
}

// TestIdentityHeadersOfPhones is SA-11: what a phone says about itself in other headers reaches nobody.
func TestIdentityHeadersOfPhones(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		alice := h.phone("alice", "192.0.2.11:5060")
		in, _ := h.calls(alice, sdpA, "P-Asserted-Identity", "<sip:100@pbx>", "Remote-Party-ID", "<sip:100@pbx>", "Diversion", "<sip:100@pbx>", "X-User", "boss")
		if strings.Contains(fmt.Sprintf("%+v", in), "100") {
			t.Errorf("incoming = %+v", in)
		}
	})
}

// TestSameAnswers is SA-02 and SA-03: existing, missing, disabled and foreign accounts get the same bytes.
func TestSameAnswers(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		h.account("dave1", "104")
		d := h.accounts["dave1"]
		d.Disabled = true
		h.accounts["dave1"] = d
		h.account("alic2", "105")
		alice := h.phone("alice", "192.0.2.11:5060")
		for _, method := range []string{"REGISTER", "INVITE", "OPTIONS", "MESSAGE"} {
			for _, wrong := range []bool{false, true} {
				var first string
				for i, name := range []string{"alic2", "nobod", "dave1", "10x4y"} {
					m := stack.NewRequest(method, uri("sip:"+name+"@pbx"), address("<sip:"+name+"@pbx>;tag=same"), address("<sip:"+name+"@pbx>"), "same", 1)
					m.Set("Contact", "<sip:x@192.0.2.11:5060>")
					answers := alice.send(m)
					r := alice.expect(answers, map[string]int{"OPTIONS": 200}[method]+map[bool]int{true: 401}[method != "OPTIONS"])
					if wrong && method != "OPTIONS" {
						m2 := stack.NewRequest(method, m.URI, m.From(), m.To(), "same", 2)
						m2.Set("Contact", "<sip:x@192.0.2.11:5060>")
						m2.Set("Authorization", respond(name, "guess", method, m.URI.String(), nonceOf(r), "00000001", algorithmSHA256))
						r = alice.expect(alice.send(m2), 401)
					}
					text := string(r.Encode())
					text = strings.ReplaceAll(text, r.To().Tag(), strings.Repeat("t", len(r.To().Tag())))
					text = strings.ReplaceAll(text, r.Via().Branch(), strings.Repeat("b", len(r.Via().Branch())))
					if n := nonceOf(r); n != "" {
						text = strings.ReplaceAll(text, n, strings.Repeat("n", len(n)))
					}
					text = strings.ReplaceAll(text, name, "NAME5")
					if i == 0 {
						first = text
					} else if text != first {
						t.Errorf("%s, wrong digest %v: %s is answered\n%s\nbut another\n%s", method, wrong, name, text, first)
					}
				}
			}
		}
	})
}

func TestGuessingIsBlocked(t *testing.T) {
	bubble(t, func(c *Config) { c.Guard.Exempt = nil }, func(t *testing.T, h *house) {
		evil := h.phone("alice", "198.51.100.66:5060")
		guess := func() chan *stack.Message {
			m := evil.request("REGISTER", "sip:pbx", "sip:alice@pbx", "r")
			challenge := evil.expect(evil.send(m), 401)
			next := evil.prove(m, challenge, algorithmSHA256)
			next.Set("Authorization", respond("alice", "guess", "REGISTER", "sip:pbx", nonceOf(challenge), "00000001", algorithmSHA256))
			return evil.send(next)
		}
		for range 10 {
			evil.expect(guess(), 401)
		}
		last := h.failures[len(h.failures)-1]
		if want := time.Now().Add(30 * time.Minute); !last.Blocked.Equal(want) {
			t.Errorf("blocked until %v, want %v", last.Blocked, want)
		}
		answers := evil.send(evil.request("REGISTER", "sip:pbx", "sip:alice@pbx", "r"))
		time.Sleep(40 * time.Second)
		synctest.Wait()
		if r := <-answers; !r.Local {
			t.Errorf("a blocked address was answered %d", r.Status)
		}
		alice := h.phone("alice", "192.0.2.11:5060")
		alice.register() // the owner is not locked out
		time.Sleep(30 * time.Minute)
		evil.expect(guess(), 401)
	})
}

// TestBrokenPhoneDoesNotSilenceItsOffice: the colleagues behind the same address go on.
func TestBrokenPhoneDoesNotSilenceItsOffice(t *testing.T) {
	bubble(t, func(c *Config) { c.Guard.Exempt = nil }, func(t *testing.T, h *house) {
		bob := h.phone("bob", "198.51.100.7:6001")
		bob.register()
		broken := h.phone("alice", "198.51.100.7:6002")
		for i := range 12 {
			m := broken.request("REGISTER", "sip:pbx", "sip:alice@pbx", "r")
			challenge := broken.expect(broken.send(m), 401)
			next := broken.prove(m, challenge, algorithmSHA256)
			next.Set("Authorization", respond("alice", fmt.Sprint(i), "REGISTER", "sip:pbx", nonceOf(challenge), "00000001", algorithmSHA256))
			broken.expect(broken.send(next), 401)
		}
		if n := len(h.failures); n != 10 {
			t.Errorf("%d guesses were looked at, want 10", n)
		}
		broken.expect(broken.proven(broken.request("REGISTER", "sip:pbx", "sip:alice@pbx", "r")), 401) // even a lucky guess
		bob.register()
	})
}

// Where the house wants SHA-256, a right MD5 proof opens nothing (SA-08).
func TestOnlySHA256(t *testing.T) {
	bubble(t, func(c *Config) { c.Digests = []string{"SHA-256"} }, func(t *testing.T, h *house) {
		alice := h.phone("alice", "192.0.2.11:5060")
		m := alice.request("REGISTER", "sip:pbx", "sip:alice@pbx", "r")
		challenge := alice.expect(alice.send(m), 401)
		if strings.Contains(string(challenge.Encode()), "MD5") {
			t.Error("MD5 is offered")
		}
		alice.expect(alice.send(alice.prove(m, challenge, algorithmMD5)), 401)
		alice.register()
	})
}

// TestAmplification is SA-14: one forged packet gets one answer of at most one and a half times its size.
func TestAmplification(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		p := h.net.open("192.0.2.50:5060")
		raw := "REGISTER sip:pbx.example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.50:5060;branch=z9hG4bK-524287-1---1234567890abcdef;rport\r\nMax-Forwards: 70\r\n" +
			"Contact: <sip:101@192.0.2.50:5060;rinstance=0123456789abcdef>\r\nTo: <sip:101@pbx.example.com>\r\nFrom: <sip:101@pbx.example.com>;tag=12345678\r\n" +
			"Call-ID: 0123456789abcdef0123456789abcdef\r\nCSeq: 1 REGISTER\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n"
		_, _ = p.WriteTo([]byte(raw), net.UDPAddrFromAddrPort(netip.MustParseAddrPort(serverAddr)))
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(p.in) != 1 {
			t.Fatalf("%d packets came back", len(p.in))
		}
		if k := <-p.in; float64(len(k.data)) > 1.5*float64(len(raw)) {
			t.Errorf("%d bytes for %d:\n%s", len(k.data), len(raw), k.data)
		} else {
			t.Logf("%d bytes for %d", len(k.data), len(raw))
		}
	})
}
