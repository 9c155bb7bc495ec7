package officetest

import (
	"net"
	"strings"
	"testing"
	"time"
)

// The trial of a line says what is wrong with it, against a carrier that nobody here has written: a good account, a wrong password, a port where
// nobody listens, one without a word, a name that nobody knows, a certificate for another name, a port without TLS.
func TestTrialOfALine(t *testing.T) {
	s := start(t)
	s.claim()
	k, err := NewKamailio(t.TempDir(), s.reach("udp"))
	if err != nil {
		t.Fatal(err)
	}
	k.writeTLS(t, (*authority)(nil).issue(t, time.Now().Add(time.Hour), "127.0.0.1"))
	if err := k.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Stop)
	ports, err := portsFor(1)
	if err != nil {
		t.Fatal(err)
	}
	deaf, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { deaf.Close() })
	good := object{"register": true, "username": "office", "secret": k.Password, "transport": "tcp", "host": "127.0.0.1:" + k.Main}
	with := func(change object) object {
		all := object{"off": true} // the trial is for lines that carry nothing yet, too
		for name, v := range good {
			all[name] = v
		}
		for name, v := range change {
			all[name] = v
		}
		return all
	}
	for _, tt := range []struct {
		name, verdict, steps, says string
		trunk                      object
	}{
		{"good", "passed", "name connect answer account", "", with(nil)},
		{"good by UDP", "passed", "name connect answer account", "", with(object{"transport": "udp"})},
		{"password", "failed", "name connect answer account", "refuses name or password", with(object{"secret": "guessed"})},
		{"closed port", "failed", "name connect", "Check port and transport", with(object{"host": "127.0.0.1:" + ports[0]})},
		{"silent", "failed", "name connect answer", "firewall", with(object{"transport": "udp", "host": deaf.LocalAddr().String()})},
		{"unknown name", "failed", "name", "Check how it is written", with(object{"host": "carrier.invalid"})},
		{"certificate", "failed", "name connect certificate", "is for another name", with(object{"transport": "tls", "host": "127.0.0.1:" + k.Secure})},
		{"no TLS", "failed", "name connect certificate", "speaks no TLS", with(object{"transport": "tls", "host": "127.0.0.1:" + k.Main})},
	} {
		tt.trunk["name"] = tt.name
		id := s.call(201, "POST", "/v1/trunks", tt.trunk).Text("id")
		s.call(200, "POST", "/v1/trunks/"+id+"/test", nil)
		var got object
		eventually(t, tt.name+" has been tried", func() bool {
			got = s.call(200, "GET", "/v1/trunks/"+id+"/test", nil)
			return got["running"] == false && got.Text("verdict") != ""
		})
		var steps []string
		last := object{}
		for _, x := range got["steps"].([]any) {
			last = x.(map[string]any)
			steps = append(steps, last.Text("kind"))
		}
		problem, _ := last["problem"].(string)
		if got.Text("verdict") != tt.verdict || strings.Join(steps, " ") != tt.steps || !strings.Contains(problem, tt.says) || (tt.says == "") != (problem == "") {
			t.Errorf("%s: %s by %q: %q (%v)", tt.name, got.Text("verdict"), steps, problem, last["detail"])
		}
	}
}
