package officetest

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"tandem/house"
)

// write puts a certificate and its key into PEM files.
func writePair(t *testing.T, c tls.Certificate) (cert, key string) {
	t.Helper()
	raw, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: c.Certificate[0]}, key: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// stranger is the INVITE of a switch that knows one number of the office.
func stranger(transport, number string) string {
	id := fmt.Sprint(time.Now().UnixNano())
	return strings.ReplaceAll(fmt.Sprintf("INVITE sip:%s@127.0.0.1 SIP/2.0\nVia: SIP/2.0/%s 127.0.0.1:5061;branch=z9hG4bK%s\nMax-Forwards: 70\nFrom: <sip:+4940777@carrier.example>;tag=%s\n"+
		"To: <sip:%s@127.0.0.1>\nCall-ID: %s\nCSeq: 1 INVITE\nContact: <sip:+4940777@127.0.0.1:5061;transport=%s>\nContent-Length: 0\n\n", number, transport, id, id, number, id, transport), "\n", "\r\n")
}

// final reads the final answer of a house to an INVITE.
func final(t *testing.T, r *bufio.Scanner) string {
	t.Helper()
	for r.Scan() {
		if line := r.Text(); strings.HasPrefix(line, "SIP/2.0 ") && !strings.HasPrefix(line, "SIP/2.0 1") {
			return strings.Fields(line)[1]
		}
	}
	return "nothing"
}

// calls lets openssl connect, with a certificate or without, and send an INVITE. over reports whether the house ends the connection by itself, and is asked
// for only where it should.
func (s *server) callsByOpenSSL(number string, own *tls.Certificate) (status string, over func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	s.t.Cleanup(cancel)
	args := []string{"s_client", "-quiet", "-connect", s.reach("tls")}
	if own != nil {
		cert, key := writePair(s.t, *own)
		args = append(args, "-cert", cert, "-key", key)
	}
	c := exec.CommandContext(ctx, "openssl", args...)
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in, err := c.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		s.t.Fatalf("openssl: %v", err)
	}
	s.t.Cleanup(func() { in.Close(); cancel(); c.Wait() })
	if _, err := in.Write([]byte(stranger("TLS", number))); err != nil {
		s.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	status = final(s.t, lines)
	return status, func() bool {
		for lines.Scan() { // until it is ended
		}
		return ctx.Err() == nil
	}
}

// A line that wants to see a certificate takes calls from who shows one that its authority vouches for, or that is pinned, and from nobody else: not in the
// clear, not without one, not with one that is self-made or has run out. The refusal stands in the log of the server, at the line, in the record of the
// call, and the way of a call tells of the demand. openssl is the far side (BAR SA-17).
func TestTrunkWantsACertificate(t *testing.T) {
	log := &notebook{}
	s := start(t, func(c *house.Config) { c.Log = slog.New(slog.NewTextHandler(log, nil)) })
	s.claim()
	ca := newAuthority(t)
	in := func(d time.Duration) time.Time { return time.Now().Add(d) }
	vouched, self, old := ca.issue(t, in(time.Hour), "switch.example"), (*authority)(nil).issue(t, in(time.Hour), "self.example"), ca.issue(t, in(-time.Minute), "old.example")
	id, _ := s.person("Alice", "150")
	s.call(201, "POST", "/v1/numbers", object{"number": "+4930555150", "to": object{"kind": "user", "id": id}})
	line := s.call(201, "POST", "/v1/trunks", object{"name": "Switch", "host": "127.0.0.1:9", "transport": "tls", "sources": []string{"127.0.0.1"}})
	if status, _ := s.callsByOpenSSL("+493099", nil); status != "404" {
		t.Errorf("without a demand: %s", status)
	}
	s.call(422, "PATCH", "/v1/trunks/"+line.Text("id"), object{"authorities": ca.pem(), "transport": "tcp"})
	s.call(200, "PATCH", "/v1/trunks/"+line.Text("id"), object{"authorities": ca.pem()})
	state := func() object { return s.lineState(line) }
	if status, _ := s.callsByOpenSSL("+493099", &vouched); status != "404" { // believed, and told that nobody has the number
		t.Errorf("with the right certificate: %s", status)
	}
	if refused := state().At("state", "refused"); refused != nil {
		t.Errorf("nothing was refused, but %v", refused)
	}

	for _, tt := range []struct {
		name, word, says string
		own              *tls.Certificate
	}{
		{"none", "bare", "showed no certificate", nil},
		{"self-made", "chosen", "none of the authorities", &self},
		{"run out", "expired", "has run out", &old},
	} {
		status, over := s.callsByOpenSSL("+4930555150", tt.own)
		if status != "603" {
			t.Errorf("%s: %s", tt.name, status)
		}
		if !over() {
			t.Errorf("%s: the connection stays", tt.name)
		}
		if got := state().Text("state", "refused", "problem"); !strings.Contains(got, tt.says) || !strings.Contains(got, "Switch") {
			t.Errorf("%s: the line says %q", tt.name, got)
		}
		if !strings.Contains(log.String(), "trunk_refused") || !strings.Contains(log.String(), "problem="+tt.word) {
			t.Errorf("%s: the log says\n%s", tt.name, log)
		}
		eventually(t, tt.name+" is written down", func() bool {
			return slices.ContainsFunc(s.call(200, "GET", "/v1/calls", nil).Items(), func(c object) bool {
				return c.Text("cause") == "denied" && strings.Contains(c.Text("reason"), tt.says)
			})
		})
	}
	plain, err := net.Dial("tcp", s.reach("tcp"))
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	fmt.Fprint(plain, stranger("TCP", "+4930555150"))
	if got := final(t, bufio.NewScanner(plain)); got != "603" || !strings.Contains(state().Text("state", "refused", "problem"), "without TLS") {
		t.Errorf("in the clear: %s, %v", got, state())
	}

	// Who is named by his certificate is known from anywhere, and needs nobody who vouches for him.
	if print := state().At("state", "refused", "print"); print != nil {
		t.Errorf("in the clear %s was shown", print)
	}
	s.callsByOpenSSL("+493099", &self)
	print := state().Text("state", "refused", "print")
	if print != fmt.Sprintf("%x", sha256.Sum256(self.Certificate[0])) {
		t.Fatalf("%q was shown", print)
	}
	s.call(200, "PATCH", "/v1/trunks/"+line.Text("id"), object{"authorities": "", "pins": []string{strings.ToUpper(print)}, "sources": []string{}})
	if status, _ := s.callsByOpenSSL("+493099", &self); status != "404" {
		t.Errorf("pinned: %s", status)
	}
	if status, _ := s.callsByOpenSSL("+493099", &vouched); status != "401" { // a stranger, as any phone
		t.Errorf("not pinned: %s", status)
	}
	s.call(200, "PATCH", "/v1/trunks/"+line.Text("id"), object{"sources": []string{"127.0.0.1"}})
	if status, _ := s.callsByOpenSSL("+493099", &vouched); status != "603" || !strings.Contains(state().Text("state", "refused", "problem"), "none of those entered") {
		t.Errorf("not pinned, from its network: %s", status)
	}
	way := s.call(200, "POST", "/v1/explain/route", object{"from": "+49 40 777777", "to": "+4930555150"})
	if got := fmt.Sprint(way["root"].(map[string]any)["lines"]); !strings.Contains(got, "Switch takes calls only from who shows its certificate") {
		t.Errorf("the way of a call says %s", got)
	}
}

// Two offices that pin each other's self-made certificates call each other over TLS, with sound both ways, and nobody vouches for either (BAR SA-17).
func TestOfficesPinEachOther(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	near, far := start(t), start(t, func(c *house.Config) { c.RTP = "39000-39999" })
	near.claim()
	far.claim()
	join := func(s, other *server, name, shows string) object {
		return s.call(201, "POST", "/v1/trunks", object{"name": name, "host": other.reach("tls"), "transport": "tls", "encrypt": true, "trusted": true, "shows": shows, "pins": []string{strings.Repeat("0", 64)}})
	}
	there, here := join(near, far, "Far", "+4940777100"), join(far, near, "Near", "+4930555100")
	near.fails(there)
	if got := near.lineState(there); !strings.Contains(got.Text("state", "problem"), "none of those entered") || got.Text("state", "detail") != "SHA-256 "+here.Text("shown") {
		t.Errorf("%v, which shows %s", got["state"], here.Text("shown"))
	}
	near.call(200, "PATCH", "/v1/trunks/"+there.Text("id"), object{"pins": []string{here.Text("shown")}})
	far.call(200, "PATCH", "/v1/trunks/"+here.Text("id"), object{"pins": []string{there.Text("shown")}})
	near.works(there)
	far.works(here)
	_, a := near.person("Alice", "150")
	a.Server, a.Transport = near.reach("udp"), "udp"
	desk := near.phoneAt(ctx, "desk", a, 440)
	id, b := far.person("Bob", "250")
	b.Server, b.Transport = far.reach("udp"), "udp"
	other := far.phoneAt(ctx, "other", b, 700)
	far.call(201, "POST", "/v1/numbers", object{"number": "+4930555250", "to": object{"kind": "user", "id": id}})
	do(t, desk, "dial", "sip:030555250@"+near.reach("udp"))
	expect(t, ctx, other, "CALL_INCOMING")
	do(t, other, "accept", "")
	expect(t, ctx, desk, "CALL_ESTABLISHED")
	(&outside{server: near, desk: desk, far: other}).talk(ctx)
}
