package officetest

import (
	"context"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// outside is an office with two lines to a carrier that nobody here has written, and with real phones inside and outside.
type outside struct {
	*server
	carrier         *Kamailio
	desk, far       *Baresip
	account, direct object // the line that signs in, and the one that is known by its address
	alice           string
}

func startOutside(t *testing.T, ctx context.Context) *outside {
	t.Helper()
	o := &outside{server: start(t)}
	o.claim()
	var err error
	if o.carrier, err = NewKamailio(t.TempDir(), o.reach("udp")); err != nil {
		t.Fatal(err)
	}
	if err := o.carrier.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		o.carrier.Stop()
		if t.Failed() {
			t.Logf("carrier:\n%s", o.carrier.Log())
		}
	})
	id, a := o.person("Alice", "150")
	o.alice = id
	a.Server, a.Transport = o.reach("udp"), "udp"
	o.desk = o.phoneAt(ctx, "desk", a, 440)
	o.far = o.phoneAt(ctx, "far", Account{Username: "+4989111222", Secret: o.carrier.Password, Server: "127.0.0.1:" + o.carrier.Main, Transport: "udp"}, 700)
	o.account = o.call(201, "POST", "/v1/trunks", object{"name": "Account", "host": "127.0.0.1:" + o.carrier.Main, "transport": "tcp", "register": true,
		"username": "office", "secret": o.carrier.Password, "account": true, "shows": "+4930555200"})
	o.direct = o.call(201, "POST", "/v1/trunks", object{"name": "Address", "host": "127.0.0.1:" + o.carrier.Main, "transport": "udp", "ping": 5, "trusted": true,
		"shows": "+4930555100"})
	o.works(o.account)
	o.works(o.direct)
	to := object{"kind": "user", "id": o.alice}
	o.call(201, "POST", "/v1/numbers", object{"number": "+4930555150", "shown": true, "to": to})
	o.call(201, "POST", "/v1/numbers", object{"number": "+4930555250", "to": to})
	return o
}

// phoneAt starts a real phone and waits until it is registered.
func (s *server) phoneAt(ctx context.Context, name string, a Account, hz float64) *Baresip {
	s.t.Helper()
	b, err := StartBaresip(ctx, filepath.Join(s.t.TempDir(), name), toneFile(s.t, hz, 8000, 1), a, "PCMA/8000/1")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { b.Close() })
	eventually(s.t, name+" registers", func() bool { return bindings.MatchString(b.Log()) })
	return b
}

var bindings = regexp.MustCompile(`\[[1-9] bindings?\]`)

func (s *server) lineState(trunk object) object {
	return s.call(200, "GET", "/v1/trunks/"+trunk.Text("id"), nil)
}

func (s *server) works(trunk object) {
	s.t.Helper()
	eventually(s.t, trunk.Text("name")+" works", func() bool { return s.lineState(trunk).Text("state", "state") == "up" })
}

func (s *server) fails(trunk object) {
	s.t.Helper()
	eventually(s.t, trunk.Text("name")+" is down", func() bool { return s.lineState(trunk).Text("state", "state") == "down" })
}

// seen is what the carrier was told in its last call for a number.
func (k *Kamailio) seen(number string) map[string]string {
	all := called.FindAllStringSubmatch(k.Log(), -1)
	for _, m := range slices.Backward(all) {
		if m[1] == number {
			return map[string]string{"from": m[2], "pai": m[3], "diversion": m[4], "port": m[5], "proto": m[6]}
		}
	}
	return nil
}

var called = regexp.MustCompile(`CALL to=(\S+) from=(\S+) pai=(.*?) diversion=(.*?) port=(\d+) proto=(\w+);`)

// heardEachOther waits for sound both ways and ends the call at the desk.
func (o *outside) talk(ctx context.Context) {
	o.t.Helper()
	heard(o.t, o.desk, 700)
	heard(o.t, o.far, 440)
	do(o.t, o.desk, "hangup", "")
	expect(o.t, ctx, o.far, "CALL_CLOSED")
}

// A real phone calls through a real carrier and back, over the line that signed in and over the one known by its address, with sound
// both ways; the carrier is shown the office's own numbers, and who calls is believed only where the line is trusted (TF-17, SA-11).
func TestKamailio(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	defer cancel()
	o := startOutside(t, ctx)

	// Out over the account, which has to prove itself for the call too.
	do(t, o.desk, "dial", "sip:089111222@"+o.reach("udp"))
	expect(t, ctx, o.far, "CALL_INCOMING")
	do(t, o.far, "accept", "")
	expect(t, ctx, o.desk, "CALL_ESTABLISHED")
	o.talk(ctx)
	if got := o.carrier.seen("+4989111222"); got["from"] != "office" || !regexp.MustCompile(`sip:\+4930555150@`).MatchString(got["pai"]) || got["proto"] != "tcp" {
		t.Errorf("over the account the carrier saw %v", got)
	}

	// Out over the other, with her number in From.
	o.call(200, "PATCH", "/v1/trunks/"+o.account.Text("id"), object{"off": true})
	do(t, o.desk, "dial", "sip:089111222@"+o.reach("udp"))
	expect(t, ctx, o.far, "CALL_INCOMING")
	do(t, o.far, "accept", "")
	expect(t, ctx, o.desk, "CALL_ESTABLISHED")
	do(t, o.far, "hangup", "")
	expect(t, ctx, o.desk, "CALL_CLOSED")
	if got := o.carrier.seen("+4989111222"); got["from"] != "+4930555150" || got["proto"] != "udp" {
		t.Errorf("over the address the carrier saw %v", got)
	}
	o.call(200, "PATCH", "/v1/trunks/"+o.account.Text("id"), object{"off": false})
	o.works(o.account)

	// In: the carrier says that +49 40 777 calls. One line is believed, the other is not.
	for number, want := range map[string]string{"+4930555150": `\+4940777@`, "+4930555250": `\+4989111222@`} {
		do(t, o.far, "dial", "sip:"+number+"@127.0.0.1:"+o.carrier.Main)
		in := expect(t, ctx, o.desk, "CALL_INCOMING")
		if !regexp.MustCompile(want).MatchString(in.Peer) {
			t.Errorf("for %s the desk phone shows %q, want %s", number, in.Peer, want)
		}
		do(t, o.desk, "accept", "")
		expect(t, ctx, o.far, "CALL_ESTABLISHED")
		o.talk(ctx)
	}
	// What the calls were like stands beside the lines (B-104).
	for _, l := range []object{o.account, o.direct} {
		var q object
		eventually(t, "the calls over "+l.Text("name")+" are judged", func() bool {
			q = o.call(200, "GET", "/v1/trunks/"+l.Text("id")+"/quality?hours=1", nil)
			return q.At("whole", "calls") == 2.0
		})
		if score, _ := q.At("whole", "score").(float64); q.At("whole", "answers") != 100.0 || score < 3.6 || q.Text("whole", "verdict") == "poor" || len(q["parts"].([]any)) != 24 {
			t.Errorf("%s: %v", l.Text("name"), q["whole"])
		}
	}
	do(t, o.far, "dial", "sip:+4930555199@127.0.0.1:"+o.carrier.Main)
	for { // the end of the call before may be told late
		if end := expect(t, ctx, o.far, "CALL_CLOSED"); strings.Contains(end.Param, "404") {
			break
		}
	}
}

// One line never says a word, the next rings and breaks down, the third carries the call: the caller hears one ringing. With everything
// forbidden an emergency call still goes out. A carrier that goes away is noticed, and noticed again when it is back (CR-10, TF-03).
func TestKamailioFailover(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	defer cancel()
	o := startOutside(t, ctx)
	silent := o.call(201, "POST", "/v1/trunks", object{"name": "Silent", "host": "127.0.0.1:" + o.carrier.Silent, "transport": "udp"})
	tired := o.call(201, "POST", "/v1/trunks", object{"name": "Tired", "host": "127.0.0.1:" + o.carrier.Tired, "transport": "udp"})
	o.works(silent)
	o.works(tired)
	var way []object
	for _, l := range []object{silent, tired, o.direct} {
		way = append(way, object{"trunk": l.Text("id")})
	}
	o.call(201, "POST", "/v1/outroutes", object{"name": "All", "trunks": way})

	do(t, o.desk, "dial", "sip:089111222@"+o.reach("udp"))
	expect(t, ctx, o.far, "CALL_INCOMING")
	do(t, o.far, "accept", "")
	rang := 0
	for {
		e := expect(t, ctx, o.desk, "CALL_RINGING", "CALL_PROGRESS", "CALL_ESTABLISHED", "CALL_CLOSED")
		if e.Type == "CALL_ESTABLISHED" {
			break
		}
		if e.Type == "CALL_CLOSED" {
			t.Fatalf("the call ended: %s", e.Param)
		}
		rang++
	}
	if rang != 1 {
		t.Errorf("the caller was told %d times that it rings", rang)
	}
	o.talk(ctx)

	// Nothing may be called, but for help.
	o.call(201, "POST", "/v1/restrictions", object{"name": "Nothing", "on": []object{{"kind": "office"}}, "rules": []object{{"effect": "deny"}}})
	do(t, o.desk, "dial", "sip:089111222@"+o.reach("udp"))
	expect(t, ctx, o.desk, "CALL_CLOSED")
	do(t, o.desk, "dial", "sip:112@"+o.reach("udp"))
	expect(t, ctx, o.far, "CALL_INCOMING")
	do(t, o.far, "accept", "")
	expect(t, ctx, o.desk, "CALL_ESTABLISHED")
	do(t, o.desk, "hangup", "")
	expect(t, ctx, o.far, "CALL_CLOSED")

	// The carrier goes away and comes back; the account has to sign in anew.
	o.carrier.Stop()
	o.fails(o.account)
	o.fails(o.direct)
	if err := o.carrier.Start(ctx); err != nil {
		t.Fatal(err)
	}
	o.works(o.account)
	o.works(o.direct)
}
