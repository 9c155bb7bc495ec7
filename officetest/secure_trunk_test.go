package officetest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/house"
	"tandem/sip"
)

// authority vouches for certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{}
	a.key, a.cert = certify(t, nil, &x509.Certificate{Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	return a
}

func (a *authority) pem() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}))
}

func certify(t *testing.T, by *authority, c *x509.Certificate) (*ecdsa.PrivateKey, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.SerialNumber = big.NewInt(time.Now().UnixNano())
	if c.NotAfter.IsZero() {
		c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	}
	parent, signer := c, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	raw, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return key, cert
}

// issue makes a certificate for names that runs out at a moment; zero is in an hour. Nobody vouches for that of a nil authority.
func (a *authority) issue(t *testing.T, until time.Time, names ...string) tls.Certificate {
	t.Helper()
	c := &x509.Certificate{Subject: pkix.Name{CommonName: names[0]}, DNSNames: names, NotBefore: until.Add(-time.Hour), NotAfter: until}
	key, cert := certify(t, a, c)
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}
}

// writeTLS lets the carrier speak TLS with a certificate, and with files of authorities only with who shows one that they vouch for.
func (k *Kamailio) writeTLS(t *testing.T, c tls.Certificate, demands ...string) {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	config := "[server:default]\nmethod = TLSv1.2+\nprivate_key = " + k.Dir + "/key.pem\ncertificate = " + k.Dir + "/cert.pem\n"
	if len(demands) == 0 {
		config += "verify_certificate = no\nrequire_certificate = no\n"
	}
	for _, file := range demands {
		config += "verify_certificate = yes\nrequire_certificate = yes\nca_list = " + file + "\n"
	}
	for name, text := range map[string][]byte{"tls.cfg": []byte(config), "key.pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
		"cert.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]})} {
		if err := os.WriteFile(filepath.Join(k.Dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// greeter accepts connections and begins each as f says.
func greeter(t *testing.T, f func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				f(c)
			}()
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

func withCertificate(c tls.Certificate) func(net.Conn) {
	return func(n net.Conn) { tls.Server(n, &tls.Config{Certificates: []tls.Certificate{c}}).Handshake() }
}

// A line over TLS finds the carrier by DNS, past a place where nobody listens, checks its certificate, and carries encrypted sound both
// ways, out and in, though the carrier speaks only with who shows a certificate of ours. Lines with a bad certificate say what is bad about it, and an
// authority of the office's choosing takes the place of those that the machine trusts (CR-10, CR-11, SA-17).
func TestSecureTrunk(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	defer cancel()
	dns, err := NewNameServer()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(dns.Close)
	ca := newAuthority(t)
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	s := start(t, func(c *house.Config) {
		c.Resolver, c.TrunkTLS = sip.NewDNS(dns.Addr), &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	})
	s.claim()
	k, err := NewKamailio(t.TempDir(), s.reach("udp"))
	if err != nil {
		t.Fatal(err)
	}
	k.writeTLS(t, ca.issue(t, time.Now().Add(time.Hour), "carrier.example", "named.example"), filepath.Join(s.Config.Data, "tls", "cert.pem"))
	if err := k.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		k.Stop()
		if t.Failed() {
			t.Logf("carrier:\n%s", k.Log())
		}
	})
	port, _ := strconv.ParseUint(k.Secure, 10, 16)
	closed := greeter(t, func(net.Conn) {})
	shut, _ := strconv.ParseUint(closed, 10, 16)
	for _, name := range []string{"carrier.example", "a.carrier.example", "b.carrier.example", "other.example", "old.example", "own.example", "plain.example"} {
		dns.Host(name)
	}
	dns.Service("_sips._tcp.carrier.example", 10, "a.carrier.example", uint16(shut))
	dns.Service("_sips._tcp.carrier.example", 20, "b.carrier.example", uint16(port))
	dns.Leads("named.example", 10, "SIPS+D2T", "_sips._tcp.carrier.example")
	dns.Leads("named.example", 20, "SIP+D2U", "_sip._udp.carrier.example")
	go dns.Serve()

	secure := s.call(201, "POST", "/v1/trunks", object{"name": "Secure", "host": "carrier.example", "transport": "tls", "register": true, "username": "office",
		"secret": k.Password, "account": true, "encrypt": true, "shows": "+4930555200"})
	named := s.call(201, "POST", "/v1/trunks", object{"name": "Named", "host": "named.example"})
	s.works(secure)
	s.works(named)
	for _, l := range []object{secure, named} {
		if at := s.lineState(l).Text("state", "target"); at != "127.0.0.1:"+k.Secure {
			t.Errorf("%s is reached at %s", l.Text("name"), at)
		}
	}
	s.call(204, "DELETE", "/v1/trunks/"+named.Text("id"), nil)

	for name, pem := range map[string]string{"Chosen": ca.pem(), "Foreign": newAuthority(t).pem()} {
		line := s.call(201, "POST", "/v1/trunks", object{"name": name, "host": "carrier.example", "transport": "tls", "authorities": pem})
		if name == "Chosen" {
			s.works(line)
		} else {
			s.fails(line)
			if got := s.lineState(line).Text("state", "problem"); !strings.Contains(got, "None of the authorities") {
				t.Errorf("an authority that vouches for another: %q", got)
			}
		}
		s.call(204, "DELETE", "/v1/trunks/"+line.Text("id"), nil)
	}
	for _, tt := range []struct{ host, port, says string }{
		{"other.example", k.Secure, "for another name"},
		{"old.example", greeter(t, withCertificate(ca.issue(t, time.Now().Add(-time.Minute), "old.example"))), "has run out"},
		{"own.example", greeter(t, withCertificate((*authority)(nil).issue(t, time.Now().Add(time.Hour), "own.example"))), "Nobody whom this machine trusts"},
		{"plain.example", greeter(t, func(c net.Conn) { c.Write([]byte("SIP/2.0 400 Bad Request\r\n\r\n")) }), "speaks no TLS"},
	} {
		bad := s.call(201, "POST", "/v1/trunks", object{"name": tt.host, "host": tt.host + ":" + tt.port, "transport": "tls"})
		s.fails(bad)
		if got := s.lineState(bad).Text("state", "problem"); !strings.Contains(got, tt.says) {
			t.Errorf("%s says %q", tt.host, got)
		}
		s.call(204, "DELETE", "/v1/trunks/"+bad.Text("id"), nil)
	}

	id, a := s.person("Alice", "150")
	a.Server, a.Transport = s.reach("udp"), "udp"
	desk := s.phoneAt(ctx, "desk", a, 440)
	// The phone outside takes no call in the clear.
	far := s.phoneAt(ctx, "far", Account{Username: "+4989111222", Secret: k.Password, Server: "127.0.0.1:" + k.Main, Transport: "udp", SRTP: true}, 700)
	s.call(201, "POST", "/v1/numbers", object{"number": "+4930555250", "shown": true, "to": object{"kind": "user", "id": id}})
	o := &outside{server: s, carrier: k, desk: desk, far: far}
	do(t, desk, "dial", "sip:089111222@"+s.reach("udp"))
	expect(t, ctx, far, "CALL_INCOMING")
	do(t, far, "accept", "")
	expect(t, ctx, desk, "CALL_ESTABLISHED")
	o.talk(ctx)
	if got := k.seen("+4989111222"); got["proto"] != "tls" {
		t.Errorf("the carrier saw %v", got)
	}
	do(t, far, "dial", "sip:+4930555250@127.0.0.1:"+k.Main)
	expect(t, ctx, desk, "CALL_INCOMING")
	do(t, desk, "accept", "")
	expect(t, ctx, far, "CALL_ESTABLISHED")
	o.talk(ctx)
	for _, record := range s.call(200, "GET", "/v1/calls", nil).Items() {
		if record.Text("cause") != "hangup" {
			t.Errorf("record %v", record)
		}
	}
}
