package sip

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/pbx"
	"tandem/sip/stack"
)

const (
	carrierAddr  = "192.0.2.200:5060"
	carrierDigit = `Digest realm="carrier",nonce="n1",algorithm=MD5,qop="auth"`
)

// names is a DNS in memory.
type names struct {
	hosts    map[string][]string
	services map[string][]*net.SRV // by "_sip._udp.name"
	naptr    map[string][]NAPTR
}

func (n names) LookupNAPTR(_ context.Context, name string) ([]NAPTR, error) {
	return n.naptr[name], nil
}

func (n names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	var out []netip.Addr
	for _, a := range n.hosts[host] {
		out = append(out, netip.MustParseAddr(a))
	}
	if out == nil {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return out, nil
}

func (n names) LookupSRV(_ context.Context, _, _, name string) (string, []*net.SRV, error) {
	list := n.services[name]
	if list == nil {
		return "", nil, &net.DNSError{Err: "no such host", IsNotFound: true}
	}
	return "", list, nil
}

// carried is a house with a line to a carrier.
type carried struct {
	*house
	carrier *phone
	mu      sync.Mutex
	states  []TrunkState
}

func withTrunk(t *testing.T, trunk Trunk, f func(t *testing.T, h *carried)) {
	t.Helper()
	c := &carried{}
	bubble(t, func(cfg *Config) {
		cfg.Resolver = names{hosts: map[string][]string{"carrier.example": {"192.0.2.200"}}}
		cfg.Trunk = func(s TrunkState) { c.mu.Lock(); defer c.mu.Unlock(); c.states = append(c.states, s) }
	}, func(t *testing.T, h *house) {
		c.house = h
		c.carrier = h.phone("carrier", carrierAddr)
		trunk.ID = "trk_1"
		if trunk.Host == "" {
			trunk.Host = "carrier.example"
		}
		h.server.SetTrunks([]Trunk{trunk})
		f(t, c)
	})
}

// awaits waits for the next request to the carrier.
func (c *carried) awaits() *stack.ServerTx {
	c.t.Helper()
	for range 3600 {
		if synctest.Wait(); len(c.carrier.requests) > 0 {
			return <-c.carrier.requests
		}
		time.Sleep(time.Second)
	}
	c.t.Fatal("no request within an hour")
	return nil
}

// renewal answers signs of life until the line signs in again, and counts them.
func (c *carried) renewal() (tx *stack.ServerTx, looks int) {
	c.t.Helper()
	for ; ; looks++ {
		if tx = c.awaits(); tx.Request.Method != "OPTIONS" {
			return tx, looks
		}
		c.carrier.respond(tx, 200, "")
	}
}

func (c *carried) state() TrunkState {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.states) == 0 {
		return TrunkState{}
	}
	return c.states[len(c.states)-1]
}

// signsIn answers a REGISTER with a challenge, and the proof with a yes.
func (c *carried) signsIn(expires string) *stack.Message {
	c.t.Helper()
	first := c.carrier.next("REGISTER")
	c.carrier.respond(first, 401, "", "WWW-Authenticate", carrierDigit)
	second := c.carrier.next("REGISTER")
	if !strings.Contains(second.Request.Get("Authorization"), `username="office"`) {
		c.t.Fatalf("no proof in %s", second.Request.Encode())
	}
	c.carrier.respond(second, 200, "", "Expires", expires)
	return second.Request
}

func TestTrunkRegisters(t *testing.T) {
	withTrunk(t, Trunk{Register: true, Username: "office", Secret: "s"}, func(t *testing.T, h *carried) {
		m := h.signsIn("600")
		if m.URI.String() != "sip:carrier.example" || m.From().URI.String() != "sip:office@carrier.example" || m.Get("Expires") != "600" {
			t.Errorf("REGISTER = %s", m.Encode())
		}
		if s := h.state(); !s.Up || s.Target.String() != carrierAddr {
			t.Fatalf("state = %+v", s)
		}
		asked := time.Now()
		again, looks := h.renewal()
		if d := time.Since(asked); int(d/trunkKeep) < looks-1 || looks < int(300*time.Second/trunkKeep)-1 {
			t.Errorf("%d signs of life in %s", looks, d)
		} else if d < 300*time.Second || d > 451*time.Second {
			t.Errorf("refreshed after %s", d)
		}
		if again.Request.CallID() != m.CallID() || !strings.Contains(again.Request.Get("Authorization"), "nc=00000002") {
			t.Errorf("the refresh does not go on: %s", again.Request.Encode())
		}
		h.carrier.respond(again, 200, "")
		h.server.SetTrunks(nil)
		if bye := h.carrier.next("REGISTER"); bye.Request.Get("Expires") != "0" {
			t.Errorf("no goodbye: %s", bye.Request.Encode())
		}
	})
}

func TestTrunkWrongSecret(t *testing.T) {
	withTrunk(t, Trunk{Register: true, Username: "office", Secret: "wrong"}, func(t *testing.T, h *carried) {
		tries := 0
		for range 3600 { // an hour
			synctest.Wait()
			for len(h.carrier.requests) > 0 {
				tries++
				h.carrier.respond(<-h.carrier.requests, 401, "", "WWW-Authenticate", carrierDigit)
				synctest.Wait()
			}
			time.Sleep(time.Second)
		}
		if s := h.state(); s.Up || s.Problem != ProblemSecret || s.Status != 401 || s.Failures < 2 || s.Retry.IsZero() {
			t.Errorf("state = %+v", s)
		}
		if tries < 4 || tries > 60 { // two requests a try
			t.Errorf("%d requests in an hour", tries)
		}
	})
}

func TestTrunkTooBrief(t *testing.T) {
	withTrunk(t, Trunk{Register: true, Username: "office", Expires: 30 * time.Second}, func(t *testing.T, h *carried) {
		h.carrier.respond(h.carrier.next("REGISTER"), 423, "", "Min-Expires", "1800")
		tx := h.carrier.next("REGISTER")
		if tx.Request.Get("Expires") != "1800" {
			t.Errorf("asks for %s", tx.Request.Get("Expires"))
		}
		h.carrier.respond(tx, 200, "", "Contact", tx.Request.Get("Contact")+";expires=1200")
		s := h.state()
		if left := time.Until(s.Expires); !s.Up || left < 1190*time.Second || left > 1200*time.Second {
			t.Errorf("state = %+v", s)
		}
	})
}

func TestTrunkNames(t *testing.T) {
	for _, tt := range []struct {
		name string
		host string
		want Problem
	}{{"unknown", "nowhere.example", ProblemName}, {"silent", "192.0.2.77", ProblemSilent}} {
		t.Run(tt.name, func(t *testing.T) {
			withTrunk(t, Trunk{Host: tt.host}, func(t *testing.T, h *carried) {
				time.Sleep(33 * time.Second)
				if s := h.state(); s.Up || s.Problem != tt.want {
					t.Errorf("state = %+v, want %s", s, tt.want)
				}
			})
		})
	}
}

// up lets a line without registration come up.
func (h *carried) up() {
	h.t.Helper()
	h.carrier.respond(h.carrier.next("OPTIONS"), 200, "")
	if s := h.state(); !s.Up {
		h.t.Fatalf("state = %+v", s)
	}
}

func (h *carried) dialsOut(leg pbx.LegID) {
	h.t.Helper()
	err := h.server.Dial(call.Invite{Leg: leg, Call: "cal_1", Trunk: "trk_1", From: pbx.Party{Name: "Olga", Number: "+493012345"},
		To: pbx.Party{Number: "+4989111"}, Offer: []byte(sdpB)})
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestTrunkCallWithChallenges(t *testing.T) {
	withTrunk(t, Trunk{Username: "office", Secret: "s"}, func(t *testing.T, h *carried) {
		h.up()
		h.dialsOut("leg_out")
		first := h.carrier.next("INVITE")
		m := first.Request
		if m.URI.String() != "sip:+4989111@carrier.example" || m.From().URI.String() != "sip:+493012345@carrier.example" || m.From().Name() != "" ||
			m.Get("P-Asserted-Identity") != "<sip:+493012345@carrier.example>" {
			t.Errorf("INVITE = %s", m.Encode())
		}
		h.carrier.respond(first, 407, "", "Proxy-Authenticate", carrierDigit)
		second := h.carrier.next("INVITE")
		proof := second.Request.Get("Proxy-Authorization")
		if a, b := seqOf(m), seqOf(second.Request); b != a+1 || !strings.Contains(proof, `uri="sip:+4989111@carrier.example"`) || string(second.Request.Body) != sdpB {
			t.Fatalf("second INVITE = %s", second.Request.Encode())
		}
		h.carrier.respond(second, 200, sdpA)
		h.signal(call.SignalAnswered)
		if n := len(h.carrier.acks); n != 1 {
			t.Fatalf("%d ACK", n)
		}
		if ack := <-h.carrier.acks; ack.Get("Proxy-Authorization") != proof {
			t.Errorf("ACK without the proof: %s", ack.Encode())
		}
		h.server.Offer("leg_out", []byte(sdpC))
		h.carrier.respond(h.carrier.next("INVITE"), 407, "", "Proxy-Authenticate", strings.Replace(carrierDigit, "n1", "n2", 1))
		offer := h.carrier.next("INVITE")
		if !strings.Contains(offer.Request.Get("Proxy-Authorization"), `nonce="n2"`) || string(offer.Request.Body) != sdpC {
			t.Fatalf("re-INVITE = %s", offer.Request.Encode())
		}
		h.carrier.respond(offer, 200, sdpA)
		if g := h.signal(call.SignalReplied); g.Status != 200 {
			t.Errorf("replied %+v", g)
		}
		h.server.Hangup("leg_out", pbx.CauseHangup)
		h.signal(call.SignalEnded)
		h.carrier.respond(h.carrier.next("BYE"), 407, "", "Proxy-Authenticate", strings.Replace(carrierDigit, "n1", "n3", 1))
		bye := h.carrier.next("BYE")
		if !strings.Contains(bye.Request.Get("Proxy-Authorization"), `nonce="n3"`) {
			t.Errorf("BYE = %s", bye.Request.Encode())
		}
		h.carrier.respond(bye, 200, "")
	})
}

func seqOf(m *stack.Message) uint32 { n, _ := m.CSeq(); return n }

func TestTrunkRefusesTwice(t *testing.T) {
	withTrunk(t, Trunk{Username: "office", Secret: "s"}, func(t *testing.T, h *carried) {
		h.up()
		h.dialsOut("leg_out")
		h.carrier.respond(h.carrier.next("INVITE"), 401, "", "WWW-Authenticate", carrierDigit)
		h.carrier.respond(h.carrier.next("INVITE"), 401, "", "WWW-Authenticate", carrierDigit)
		if g := h.signal(call.SignalFailed); g.Cause != pbx.CauseFailed || g.Status != 401 {
			t.Errorf("failed %+v", g)
		}
	})
}

func TestTrunkCauses(t *testing.T) {
	for status, want := range map[int]pbx.Cause{404: pbx.CauseUnknown, 484: pbx.CauseUnknown, 486: pbx.CauseBusy, 603: pbx.CauseDeclined, 480: pbx.CauseNoAnswer,
		503: pbx.CauseOverload, 500: pbx.CauseFailed, 403: pbx.CauseFailed, 408: pbx.CauseTimeout, 302: pbx.CauseFailed, 488: pbx.CauseNoCodec} {
		withTrunk(t, Trunk{}, func(t *testing.T, h *carried) {
			h.up()
			h.dialsOut("leg_out")
			h.carrier.respond(h.carrier.next("INVITE"), status, "")
			if g := h.signal(call.SignalFailed); g.Cause != want {
				t.Errorf("%d: %s, want %s", status, g.Cause, want)
			}
		})
	}
}

// A carrier that does not even say that it tries is given up after four seconds, and not tried again until it has answered three times (CR-10).
func TestTrunkSilent(t *testing.T) {
	withTrunk(t, Trunk{}, func(t *testing.T, h *carried) {
		h.up()
		h.net.lose(func(_, to netip.AddrPort, _ []byte) bool { return to.String() == carrierAddr })
		h.dialsOut("leg_1")
		time.Sleep(4 * time.Second)
		if g := h.signal(call.SignalFailed); g.Cause != pbx.CauseTimeout {
			t.Errorf("failed %+v", g)
		}
		if s := h.state(); s.Up || s.Problem != ProblemSilent {
			t.Errorf("state = %+v", s)
		}
		h.dialsOut("leg_2")
		if g := h.signal(call.SignalFailed); g.Cause != pbx.CauseOffline {
			t.Errorf("failed %+v", g)
		}
		h.net.lose(nil)
		for answered := 0; answered < trunkGood; {
			if h.state().Up {
				t.Error("up too early")
			}
			if tx := h.awaits(); tx.Request.Method == "OPTIONS" { // or the INVITE of the call that was given up
				h.carrier.respond(tx, 200, "")
				answered++
			}
		}
		if !h.state().Up {
			t.Errorf("still down: %+v", h.state())
		}
	})
}

func TestTrunkRings(t *testing.T) {
	withTrunk(t, Trunk{}, func(t *testing.T, h *carried) {
		h.up()
		h.dialsOut("leg_out")
		h.carrier.respond(h.carrier.next("INVITE"), 100, "")
		time.Sleep(time.Minute) // it tries, so it may take its time
		h.quiet()
		h.server.Hangup("leg_out", pbx.CauseCancelled)
		h.signal(call.SignalFailed)
	})
}

// calls makes an INVITE of the carrier's.
func (h *carried) calls(target, from string, headers ...string) chan *stack.Message {
	h.carrier.seq++
	m := stack.NewRequest("INVITE", uri(target), address(from+";tag=c1"), address("<sip:+4930555@tandem>"), "in-"+itoa(int(h.carrier.seq)), h.carrier.seq)
	m.Set("Contact", "<sip:carrier@"+carrierAddr+">")
	for i := 0; i+1 < len(headers); i += 2 {
		m.Add(headers[i], headers[i+1])
	}
	m.SetBody("application/sdp", []byte(sdpA))
	return h.carrier.send(m)
}

func TestTrunkIncoming(t *testing.T) {
	identity := []string{"P-Asserted-Identity", `"Real" <sip:+4940777@carrier.example>`, "Diversion", "<sip:+4930999@x>;reason=no-answer"}
	for _, tt := range []struct {
		name     string
		trusted  bool
		target   string
		from     string
		headers  []string
		dialled  string
		number   string
		called   string
		diverted string
	}{
		{"by number", false, "sip:+4930555@192.0.2.1", `"Anna" <sip:+4940123@carrier.example>`, nil, "+4930555", "+4940123", "Anna", ""},
		{"at the account", false, "sip:office@192.0.2.1", "<sip:+4940123@carrier.example>", nil, "+4930555", "+4940123", "", ""},
		{"withheld", false, "sip:+4930555@192.0.2.1", "<sip:+4940123@carrier.example>", []string{"Privacy", "id"}, "+4930555", "", "", ""},
		{"anonymous", false, "sip:+4930555@192.0.2.1", "<sip:anonymous@anonymous.invalid>", nil, "+4930555", "", "", ""},
		{"identity not believed", false, "sip:+4930555@192.0.2.1", "<sip:+4940123@carrier.example>", identity, "+4930555", "+4940123", "", ""},
		{"identity believed", true, "sip:+4930555@192.0.2.1", "<sip:+4940123@carrier.example>", identity, "+4930555", "+4940777", "Real", "+4930999"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			withTrunk(t, Trunk{Username: "office", Register: true, Secret: "s", Trusted: tt.trusted}, func(t *testing.T, h *carried) {
				h.signsIn("3600")
				answers := h.calls(tt.target, tt.from, tt.headers...)
				in := h.call()
				if in.Actor.Kind != pbx.ActorTrunk || in.Actor.Trunk != "trk_1" || in.Dialled != tt.dialled || in.From.Number != tt.number ||
					in.From.Name != tt.called || in.Diverted != tt.diverted || string(in.Offer) != sdpA {
					t.Errorf("incoming = %+v", in)
				}
				h.server.Accept(in.Leg, []byte(sdpB))
				h.carrier.ack(h.carrier.expect(answers, 200), "")
				h.signal(call.SignalAnswered)
				h.server.Hangup(in.Leg, pbx.CauseHangup)
				h.signal(call.SignalEnded)
				h.carrier.respond(h.carrier.next("BYE"), 200, "")
			})
		})
	}
}

// At the name that only this carrier was told, the number stands in To.
func TestTrunkCallsTheContact(t *testing.T) {
	withTrunk(t, Trunk{Username: "office", Register: true, Secret: "s"}, func(t *testing.T, h *carried) {
		m := h.signsIn("3600")
		h.calls(m.Contact().URI.String(), "<sip:+4940123@carrier.example>")
		if in := h.call(); in.Dialled != "+4930555" || in.Actor.Trunk != "trk_1" {
			t.Errorf("incoming = %+v", in)
		}
	})
}

// Whoever is not the carrier is asked who he is, whatever he claims (SA-11).
func TestTrunkStranger(t *testing.T) {
	withTrunk(t, Trunk{Trusted: true, Sources: []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}}, func(t *testing.T, h *carried) {
		h.up()
		for addr, want := range map[string]int{"192.0.2.201:5060": 401, "198.51.100.7:5060": 0} {
			p := h.phone("stranger", addr)
			m := p.request("INVITE", "sip:+4930555@192.0.2.1", "sip:+4930555@x", "call-"+addr)
			m.Set("P-Asserted-Identity", "<sip:+49301@x>")
			answers := p.send(m)
			if want != 0 {
				p.expect(answers, want)
				h.quiet()
				continue
			}
			if in := h.call(); in.Actor.Trunk != "trk_1" {
				t.Errorf("incoming = %+v", in)
			}
		}
	})
}

// A desk phone at the address of a carrier stays a desk phone: the carrier is known by its port there.
func TestTrunkAndPhoneAtOneAddress(t *testing.T) {
	withTrunk(t, Trunk{}, func(t *testing.T, h *carried) {
		h.up()
		alice := h.phone("alice", "192.0.2.200:5070")
		alice.register()
		alice.proven(alice.request("INVITE", "sip:102@pbx", "sip:102@pbx", "inside"))
		if in := h.call(); in.Actor.Kind != pbx.ActorDevice || in.Actor.User != "usr_alice" {
			t.Errorf("incoming = %+v", in)
		}
	})
}

func TestTrunkTriesTheNextTarget(t *testing.T) {
	c := &carried{}
	bubble(t, func(cfg *Config) {
		cfg.Resolver = names{
			hosts: map[string][]string{"a.carrier.example": {"192.0.2.210"}, "b.carrier.example": {"192.0.2.200"}},
			services: map[string][]*net.SRV{"_sip._udp.carrier.example": {
				{Target: "b.carrier.example.", Port: 5060, Priority: 20}, {Target: "a.carrier.example.", Port: 5080, Priority: 10}, {Target: ".", Priority: 5}}},
		}
		cfg.Trunk = func(s TrunkState) { c.mu.Lock(); defer c.mu.Unlock(); c.states = append(c.states, s) }
	}, func(t *testing.T, h *house) {
		c.house, c.carrier = h, h.phone("carrier", carrierAddr)
		h.server.SetTrunks([]Trunk{{ID: "trk_1", Host: "carrier.example"}})
		time.Sleep(9 * time.Second) // no transaction's 32
		c.up()
		if s := c.state(); s.Target.String() != carrierAddr {
			t.Errorf("state = %+v", s)
		}
		if n := h.net.count("OPTIONS"); n < 2 {
			t.Errorf("%d OPTIONS: the first target was not tried", n)
		}
	})
}

func TestServiceOrder(t *testing.T) {
	records := []*net.SRV{{Target: "c", Priority: 2}, {Target: "a", Priority: 1, Weight: 90}, {Target: "b", Priority: 1, Weight: 10}, {Target: "z", Priority: 1}}
	first := map[string]int{}
	for range 20_000 {
		got := inOrder(records)
		if len(got) != 4 || got[3].Target != "c" {
			t.Fatal("priorities do not count")
		}
		first[got[0].Target]++
	}
	if first["a"] < 16_500 || first["b"] < 1_300 || first["b"] > 2_700 || first["z"] > 600 {
		t.Errorf("first: %v", first)
	}
	if !slices.Equal(records, slices.Clone(records)) || records[0].Target != "c" {
		t.Error("the records were changed")
	}
}

func TestResolve(t *testing.T) {
	dns := names{
		hosts: map[string][]string{"h.example": {"192.0.2.1", "2001:db8::1"}, "x.h.example": {"192.0.2.9"}},
		services: map[string][]*net.SRV{"_sips._tcp.s.example": {{Target: "x.h.example.", Port: 5099}},
			"_sip._udp.s.example": {{Target: "h.example.", Port: 5090}}},
	}
	for _, tt := range []struct{ host, transport, want string }{
		{"192.0.2.5", "", "udp 192.0.2.5:5060"},
		{"192.0.2.5:5070", "tcp", "tcp 192.0.2.5:5070"},
		{"[2001:db8::5]:5070", "tls", "tls [2001:db8::5]:5070"},
		{"[2001:db8::5]", "tls", "tls [2001:db8::5]:5061"},
		{"h.example", "", "udp 192.0.2.1:5060, udp [2001:db8::1]:5060"},
		{"h.example:5066", "tcp", "tcp 192.0.2.1:5066, tcp [2001:db8::1]:5066"},
		{"s.example", "udp", "udp 192.0.2.1:5090, udp [2001:db8::1]:5090"},
		{"s.example", "", "tls 192.0.2.9:5099, udp 192.0.2.1:5090, udp [2001:db8::1]:5090"},
		{"none.example", "", ""},
	} {
		list, err := resolve(t.Context(), dns, tt.host, tt.transport)
		var words []string
		for _, x := range list {
			words = append(words, x.transport.String()+" "+x.addr.String())
		}
		if got := strings.Join(words, ", "); got != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%s over %q: %s (%v), want %s", tt.host, tt.transport, got, err, tt.want)
		}
	}
}

func TestProblems(t *testing.T) {
	if problemOf(context.DeadlineExceeded) != ProblemSilent || problemOf(errors.New("x")) != ProblemRefused {
		t.Error("problems are not told apart")
	}
}
