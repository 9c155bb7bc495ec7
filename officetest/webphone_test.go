package officetest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/house"
)

// Somebody in a real browser calls a real desk phone and is called by it: the tone of each side arrives at the other, the call survives a
// page that is loaded anew, and it ends within a second when the session does. The scenario is web/test/browser/phone.mjs. All that browsers and
// desk phones may have in common, or not, is in TestForeignClientsInTheBrowser.
func TestPhoneInTheBrowser(t *testing.T) {
	for _, tt := range []struct {
		codec string // of the desk phone
		only  string // the browser's; empty for all that it has
	}{{"PCMU", ""}, {"opus", "G722"}} {
		name := tt.codec
		if tt.only != "" {
			name += "-" + tt.only
		}
		t.Run(name, func(t *testing.T) { browserCall(t, tt.codec, tt.only) })
	}
}

// browserCall is a call between a browser and a desk phone.
func browserCall(t *testing.T, codec, only string) {
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
		heard(t, b, 1000)
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
		"talking":  listen,
		"again":    func() { hearsTones(t, "the desk, after the page was loaded anew,", b, []float64{700, 1000}, 1000) },
		"answered": func() { listen(); hearsTones(t, "the desk, having called,", b, []float64{700, 1000}, 1000) },
		"hungup": func() {
			expect(t, ctx, b, "CALL_CLOSED")
			do(t, b, "dial", "sip:"+me+"@"+s.reach("udp"))
		},
		"pressed": func() {
			if e := expect(t, ctx, b, "CALL_DTMF_START"); e.Param != "5" {
				t.Errorf("the desk hears key %q", e.Param)
			}
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

// What goes wrong with a phone in a browser is said, and can be tried again: a closed microphone, who declines, what may not be called, a dead connection, a
// microphone without sound. All keys typed in a hurry arrive; who calls during a call knocks and does not ring. The scenario is web/test/browser/trouble.mjs.
func TestTroubleInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	s := start(t)
	s.claim()
	me := s.call(200, "GET", "/v1/session", nil).Text("user", "extension")
	bob, carol := s.tuned(ctx, "Bob", "155", 700, "PCMU"), s.tuned(ctx, "Carol", "156", 440, "PCMU")
	s.call(200, "PATCH", "/v1/mailboxes/"+s.call(200, "GET", "/v1/users?q=Bob", nil).Text("items", 0, "id"), object{"on": false})
	s.conducts(ctx, "trouble", map[string]func(){
		"called": func() {
			expect(t, ctx, bob, "CALL_INCOMING")
			do(t, bob, "accept", "")
			expect(t, ctx, bob, "CALL_ESTABLISHED")
		},
		"declines": func() {
			expect(t, ctx, bob, "CALL_INCOMING")
			do(t, bob, "hangup", "")
			expect(t, ctx, bob, "CALL_CLOSED")
		},
		"second": func() { do(t, carol, "dial", "sip:"+me+"@"+s.reach("udp")) },
		"typed": func() {
			for _, key := range "4711*0" {
				if e := expect(t, ctx, bob, "CALL_DTMF_START"); e.Param != string(key) {
					t.Errorf("the desk hears key %q, not %q", e.Param, key)
				}
			}
		},
		"comes": func() { do(t, bob, "dial", "sip:"+me+"@"+s.reach("udp")) },
		"over":  func() { expect(t, ctx, bob, "CALL_CLOSED") },
	}, "TANDEM_TONE="+toneFile(t, 1000, 48000, 1), "TANDEM_PATIENCE=20")
}

// A supervisor in a browser finds a call among the live ones, listens with that browser, whispers and leaves; the phones of the call hear him exactly then
// (X-098, X-101, G-014). The scenario is web/test/browser/live.mjs.
func TestLiveInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	s := start(t)
	s.claim()
	all := []float64{440, 700, 1000}
	carol, bob := s.tuned(ctx, "Carol", "156", all[0], "PCMU"), s.tuned(ctx, "Bob", "155", all[1], "PCMU")
	dave, eve := s.tuned(ctx, "Dave", "157", 550, "PCMU"), s.tuned(ctx, "Eve", "158", 600, "PCMU")
	s.conducts(ctx, "live", map[string]func(){
		"ready": func() {
			for _, pair := range [][2]*Baresip{{bob, carol}, {dave, eve}} {
				do(t, pair[0], "dial", "sip:"+map[*Baresip]string{carol: "156", eve: "158"}[pair[1]]+"@"+s.reach("udp"))
				expect(t, ctx, pair[1], "CALL_INCOMING")
				do(t, pair[1], "accept", "")
				expect(t, ctx, pair[0], "CALL_ESTABLISHED")
			}
		},
		"listening": func() {
			hearsTones(t, "Carol, to whom somebody listens,", carol, all, all[1])
			hearsTones(t, "Bob, who talks with her,", bob, all, all[0])
		},
		"whispering": func() {
			hearsTones(t, "Carol, to whom somebody whispers,", carol, all, all[1], all[2])
			hearsTones(t, "Bob, who does not hear it,", bob, all, all[0])
		},
		"left": func() { hearsTones(t, "Carol, alone with Bob,", carol, all, all[1]) },
	}, "TANDEM_TONE="+toneFile(t, 1000, 48000, 1), "TANDEM_PATIENCE=20")
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

// Foreign clients in the browser, JsSIP and SIP.js, register over wss with the user name and secret of a device and talk with desk phones and with each
// other in each combination of codecs: the tone of each side arrives at the other, and the call says what is spoken. They press keys and hear them, hold,
// ask first and connect, send calls on and are sent on. The scenario is web/test/browser/foreign.mjs.
func TestForeignClientsInTheBrowser(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	s := start(t, func(c *house.Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	s.claim()
	front := s.behindTLS()

	type desk struct {
		Extension string  `json:"extension"`
		Hz        float64 `json:"hz"`
		codec     string
		phone     *Baresip
	}
	desks := []*desk{{"155", 440, "PCMU", nil}, {"156", 600, "PCMA", nil}, {"157", 750, "opus", nil}, {"158", 900, "G722", nil}}
	type client struct {
		Name      string  `json:"name"`
		Extension string  `json:"extension"`
		Hz        float64 `json:"hz"`
		User      string  `json:"user"`
		Secret    string  `json:"secret"`
	}
	clients := []*client{{Name: "jssip", Extension: "161", Hz: 1050}, {Name: "sipjs", Extension: "162", Hz: 1200}, {Name: "jssip", Extension: "163", Hz: 1350}, {Name: "sipjs", Extension: "164", Hz: 1500}}
	var tones []float64
	for _, d := range desks {
		tones = append(tones, d.Hz)
		_, a := s.person("Desk"+d.Extension, d.Extension)
		a.Server, a.Transport = s.reach("udp"), "udp"
		d.phone = s.softphone(ctx, d.Extension, a, d.Hz, spoken(d.codec))
	}
	for _, c := range clients {
		tones = append(tones, c.Hz)
		_, a := s.person("Browser"+c.Extension, c.Extension)
		c.User, c.Secret = a.Username, a.Secret
	}

	// Each row is a call of a client that speaks one codec with a desk, whose codec is its own, or with another client. Both clients meet each codec with
	// all that a browser prefers, and between them each codec with each other one; half of the calls are the client's.
	type row struct {
		Client  int    `json:"client"`
		Codec   string `json:"codec"`
		Desk    int    `json:"desk"`
		Calls   bool   `json:"calls"` // the client does; otherwise the desk
		Client2 *int   `json:"client2,omitempty"`
		Codec2  string `json:"codec2,omitempty"` // of that client
	}
	two := func(i int) *int { return &i }
	rounds := [][]row{
		{{Client: 0, Codec: "opus", Desk: 0, Calls: true}, {Client: 1, Codec: "opus", Desk: 1}, {Client: 2, Codec: "PCMU", Desk: 2, Calls: true}, {Client: 3, Codec: "PCMU", Desk: 3}},
		{{Client: 0, Codec: "opus", Desk: 1, Calls: true}, {Client: 1, Codec: "opus", Desk: 2}, {Client: 2, Codec: "PCMA", Desk: 3, Calls: true}, {Client: 3, Codec: "PCMU", Desk: 0}},
		{{Client: 0, Codec: "opus", Desk: 2}, {Client: 1, Codec: "opus", Desk: 3, Calls: true}, {Client: 2, Codec: "PCMA", Desk: 0}, {Client: 3, Codec: "PCMU", Desk: 1, Calls: true}},
		{{Client: 0, Codec: "opus", Desk: 3}, {Client: 1, Codec: "opus", Desk: 0, Calls: true}, {Client: 2, Codec: "PCMA", Desk: 1}, {Client: 3, Codec: "G722", Desk: 2, Calls: true}},
		{{Client: 0, Codec: "G722", Desk: 0}, {Client: 1, Codec: "G722", Desk: 3, Calls: true}, {Client: 2, Codec: "G722", Desk: 1, Calls: true}, {Client: 3, Codec: "PCMA", Desk: 2}},
		{{Client: 0, Codec: "opus", Client2: two(1), Codec2: "opus"}, {Client: 2, Codec: "PCMU", Client2: two(3), Codec2: "G722"}},
		{{Client: 1, Codec: "opus", Client2: two(2), Codec2: "PCMA"}, {Client: 3, Codec: "G722", Client2: two(0), Codec2: "opus"}},
	}
	// inWords is what a call is in, as the API says it, the codec of the caller first.
	inWords := func(r row) (caller, codec string) {
		from, to := r.Codec, r.Codec2
		caller = "Browser" + clients[r.Client].Extension
		switch {
		case r.Client2 != nil:
		case r.Calls:
			to = desks[r.Desk].codec
		default:
			caller, from, to = "Desk"+desks[r.Desk].Extension, desks[r.Desk].codec, r.Codec
		}
		if from == to {
			return caller, from
		}
		return caller, from + " ⇄ " + to
	}
	takes := func(d *desk) {
		expect(t, ctx, d.phone, "CALL_INCOMING")
		do(t, d.phone, "accept", "")
		expect(t, ctx, d.phone, "CALL_ESTABLISHED")
	}
	hears := func(d *desk, hz ...float64) {
		t.Helper()
		if d.codec == "G722" { // this phone's own decoder is broken
			eventually(t, "sound arrives", func() bool { return strings.Contains(d.phone.Log(), "incoming rtp for 'audio' established") })
			return
		}
		hearsTones(t, "the desk with "+d.codec, d.phone, tones, hz...)
	}
	phase := func(want string) func(object) {
		return func(object) {
			eventually(t, "the call is "+want, func() bool { return s.call(200, "GET", "/v1/calls/live", nil).Text("items", 0, "phase") == want })
		}
	}
	dial := func(d *desk, extension string) { do(t, d.phone, "dial", "sip:"+extension+"@"+s.reach("udp")) }
	// withDesks does something for each call of a round that a desk has part in.
	withDesks := func(work func(r row, d *desk)) func(object) {
		return func(e object) {
			for _, r := range rounds[int(e.At("round").(float64))] {
				if r.Client2 == nil {
					work(r, desks[r.Desk])
				}
			}
		}
	}
	of := func(name string) *client {
		return clients[slices.IndexFunc(clients, func(c *client) bool { return c.Name == name })]
	}
	bob, carol := desks[0], desks[1]
	s.directs(ctx, "foreign", map[string]func(object){
		"rings": withDesks(func(r row, d *desk) {
			if r.Calls {
				takes(d)
			} else {
				dial(d, clients[r.Client].Extension)
			}
		}),
		"talk": func(e object) {
			withDesks(func(r row, d *desk) { hears(d, clients[r.Client].Hz) })(e)
			live := map[string]string{}
			items, _ := s.call(200, "GET", "/v1/calls/live", nil).At("items").([]any)
			for _, i := range items {
				o := object(i.(map[string]any))
				live[o.Text("from", "name")] = o.Text("codec")
			}
			want := map[string]string{}
			for _, r := range rounds[int(e.At("round").(float64))] {
				caller, codec := inWords(r)
				want[caller] = codec
			}
			if !maps.Equal(live, want) {
				t.Errorf("what is spoken is said to be %v, want %v", live, want)
			}
		},
		"over": withDesks(func(_ row, d *desk) { expect(t, ctx, d.phone, "CALL_CLOSED") }),

		"called": func(object) { takes(bob) },
		"pressed": func(object) {
			if e := expect(t, ctx, bob.phone, "CALL_DTMF_START"); e.Param != "5" {
				t.Errorf("the desk reads the key %q, want 5", e.Param)
			}
		},
		"presses":   func(object) { do(t, bob.phone, "sndcode", "8") },
		"held":      phase("held"),
		"resumed":   phase("talking"),
		"asked":     func(e object) { takes(carol); hears(carol, of(e.Text("client")).Hz) },
		"connected": func(object) { hears(carol, bob.Hz) }, // Bob writes down nothing of what he hears once he was held
		"ended": func(object) {
			do(t, bob.phone, "hangup", "")
			expect(t, ctx, bob.phone, "CALL_CLOSED")
			expect(t, ctx, carol.phone, "CALL_CLOSED")
		},
		"calls":   func(e object) { dial(bob, of(e.Text("client")).Extension) },
		"sent on": func(object) { takes(carol); hears(carol, bob.Hz); hears(bob, carol.Hz) },
		"sends": func(object) {
			do(t, bob.phone, "transfer", "sip:"+carol.Extension+"@"+s.reach("udp"))
			takes(carol)
			expect(t, ctx, bob.phone, "CALL_CLOSED")
		},
		"stays": func(e object) { hears(carol, of(e.Text("client")).Hz) },
		"gone":  func(object) { expect(t, ctx, carol.phone, "CALL_CLOSED") },
	}, "TANDEM_BASE="+front, "TANDEM_CLIENTS="+asJSON(t, clients), "TANDEM_DESKS="+asJSON(t, desks), "TANDEM_ROUNDS="+asJSON(t, rounds))
}

// behindTLS puts a proxy with a certificate in front of the house, as the guide asks for, and gives its address.
func (s *server) behindTLS() string {
	proxy := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: s.Address("HTTP")})
		r.SetXForwarded()
		r.Out.Host = r.In.Host
	}})
	s.t.Cleanup(proxy.Close)
	return proxy.URL
}

// asJSON is a value as one line.
func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
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
