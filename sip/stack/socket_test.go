package stack

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// patience bounds waiting in tests that would otherwise hang; no test waits for it to pass.
const patience = 10 * time.Second

// front answers like an office with digest authentication on: 401 to REGISTER and INVITE, 200 to the rest.
func front(tx *ServerTx) {
	switch tx.Request.Method {
	case MethodRegister, MethodInvite:
		m := NewResponse(tx.Request, 401, "")
		m.Add(HeaderWWWAuthenticate, `Digest realm="tandem",nonce="0"`)
		tx.ReplyStateless(m)
	default:
		tx.ReplyStateless(NewResponse(tx.Request, 200, ""))
	}
}

func open(t *testing.T, cfg Config) *Stack {
	t.Helper()
	s := New(cfg)
	t.Cleanup(s.Close)
	return s
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// peer is a far side over any connection; it reads frames.
type peer struct {
	net.Conn
	datagram bool
	framer   Framer
	buf      []byte
}

func dial(t *testing.T, network string, addr netip.AddrPort) *peer {
	t.Helper()
	c := must[net.Conn](t)(net.Dial(network, addr.String()))
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return &peer{Conn: c, datagram: network == "udp", framer: Framer{Head: 64 << 10, Body: 256 << 10}, buf: make([]byte, 65536)}
}

// next reads one message.
func (p *peer) next() (*Message, error) {
	for {
		if !p.datagram {
			raw, _, err := p.framer.Next()
			if err != nil {
				return nil, err
			}
			if raw != nil {
				return lenient(raw)
			}
		}
		n, err := p.Read(p.buf)
		if err != nil {
			return nil, err
		}
		if p.datagram {
			return lenient(p.buf[:n])
		}
		p.framer.Write(p.buf[:n])
	}
}

// lenient reads an answer whose copied headers may be broken.
func lenient(raw []byte) (*Message, error) {
	line, _, _ := bytes.Cut(raw, []byte("\r\n"))
	words := strings.Fields(string(line))
	if len(words) < 2 {
		return nil, errors.New(string(line))
	}
	m := newMessage()
	m.Status, _ = strconv.Atoi(words[1])
	for l := range strings.SplitSeq(string(raw), "\r\n") {
		if name, value, ok := strings.Cut(l, ": "); ok {
			m.Add(name, value)
		}
	}
	return m, nil
}

func certificate(t *testing.T) *tls.Config {
	t.Helper()
	k := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der := must[[]byte](t)(x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k))
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: k}}}
}

// TestForeignProtocols is SIP-14: no answer, the connection is closed, and the source is told to the block list.
func TestForeignProtocols(t *testing.T) {
	var mu sync.Mutex
	var seen []AbuseKind
	s := open(t, Config{OnRequest: front, OnAbuse: func(a Abuse) { mu.Lock(); seen = append(seen, a.Kind); mu.Unlock() },
		Limits: Limits{Fresh: 100 * time.Millisecond}})
	addr := must[netip.AddrPort](t)(s.ListenTCP("127.0.0.1:0"))
	for name, row := range map[string]struct {
		data string
		kind AbuseKind
	}{
		"HTTP":         {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", AbuseNotSIP},
		"ClientHello":  {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", AbuseNotSIP},
		"random":       {"\x8f\x01\x99\x00\xffabc", AbuseNotSIP},
		"SSH":          {"SSH-2.0-OpenSSH_9.2p1\r\n", AbuseNotSIP},
		"silence":      {"", AbuseSlow},
		"half message": {"OPTIONS sip:a SIP/2.0\r\nVia: SIP", AbuseSlow},
	} {
		mu.Lock()
		seen = nil
		mu.Unlock()
		p := dial(t, "tcp", addr)
		p.Write([]byte(row.data))
		if rest, err := io.ReadAll(p); err != nil && !strings.Contains(err.Error(), "reset") || len(rest) > 0 {
			t.Errorf("%s: %q %v", name, rest, err)
		}
		mu.Lock()
		if len(seen) != 1 || seen[0] != row.kind {
			t.Errorf("%s: abuse %v", name, seen)
		}
		mu.Unlock()
	}
}

// TestScannersHearNothing is SA-01.
func TestScannersHearNothing(t *testing.T) {
	s := open(t, Config{OnRequest: front})
	addr := must[netip.AddrPort](t)(s.ListenUDP("127.0.0.1:0"))
	p := dial(t, "udp", addr)
	p.Write([]byte(request("OPTIONS", "a", "a", 1, "User-Agent: friendly-scanner")))
	p.Write([]byte(request("OPTIONS", "b", "b", 1, "User-Agent: SIPVicious/0.3")))
	p.Write([]byte(request("OPTIONS", "c", "c", 1, "User-Agent: Yealink SIP-T46U")))
	if m, err := p.next(); err != nil || m.Get(HeaderCallID) != "c" {
		t.Errorf("%v %v", m, err)
	}
	if n := s.Stats().Scanners; n != 2 {
		t.Errorf("%d scanners", n)
	}
}

// TestKeepAlive is RFC 5626 §4.4.1 and the reuse of the connection for requests of ours.
func TestKeepAlive(t *testing.T) {
	flows := make(chan Flow, 1)
	closed := make(chan Flow, 1)
	s := open(t, Config{
		OnRequest:    func(tx *ServerTx) { front(tx); flows <- tx.Flow() },
		OnFlowClosed: func(f Flow) { closed <- f },
	})
	addr := must[netip.AddrPort](t)(s.ListenTCP("127.0.0.1:0"))
	p := dial(t, "tcp", addr)
	p.Write([]byte("\r\n\r\n"))
	two := make([]byte, 2)
	if _, err := io.ReadFull(p, two); err != nil || string(two) != "\r\n" {
		t.Fatalf("%q %v", two, err)
	}
	p.Write([]byte(request("OPTIONS", "a", "a", 1)))
	if m, err := p.next(); err != nil || m.Status != 200 {
		t.Fatal(m, err)
	}
	f := <-flows
	if again, ok := s.FlowOf(f.Token()); !ok || again != f || !f.Alive() || f.Secure() {
		t.Errorf("%q is read as %v %v", f.Token(), again, ok)
	}
	got := make(chan int, 4)
	uri, _ := ParseURI("sip:alice@10.0.0.5")
	tx := s.Request(f, NewRequest(MethodOptions, uri, NameAddr{URI: uri}.WithTag("u"), NameAddr{URI: uri}, "ours", 1), func(m *Message) { got <- m.Status })
	raw := make([]byte, 65536)
	n := must[int](t)(p.Read(raw))
	req, err := Parse(raw[:n])
	if err != nil || req.Method != MethodOptions || req.Via().Transport != "TCP" {
		t.Fatalf("%v %s", err, raw[:n])
	}
	p.Write(NewResponse(req, 204, "").Encode())
	if status := <-got; status != 204 || !tx.Done() {
		t.Error(status)
	}
	p.Close()
	if gone := <-closed; gone != f || f.Alive() {
		t.Errorf("%v is told closed", gone)
	}
	if _, ok := s.FlowOf(f.Token()); ok {
		t.Error("a dead flow is found")
	}
	s.Request(f, NewRequest(MethodOptions, uri, NameAddr{URI: uri}.WithTag("u"), NameAddr{URI: uri}, "ours", 2), func(m *Message) { got <- m.Status })
	if status := <-got; status != 503 {
		t.Error(status)
	}
}

// TestStuckReaderIsClosed is SIP-22: a peer that never reads fills its own queue only.
func TestStuckReaderIsClosed(t *testing.T) {
	closed := make(chan Flow, 1)
	s := open(t, Config{OnRequest: front, OnFlowClosed: func(f Flow) { closed <- f }, Limits: Limits{Outbox: 64 << 10, Rate: -1}})
	addr := must[netip.AddrPort](t)(s.ListenTCP("127.0.0.1:0"))
	p := dial(t, "tcp", addr)
	p.Conn.(*net.TCPConn).SetReadBuffer(4096)
	big := []byte(request("OPTIONS", strings.Repeat("x", 8000), "a", 1))
	other := dial(t, "tcp", addr)
	for {
		if _, err := p.Write(big); err != nil {
			break
		}
		if s.Stats().Stuck > 0 {
			break
		}
	}
	<-closed
	other.Write([]byte(request("OPTIONS", "o", "o", 1)))
	if m, err := other.next(); err != nil || m.Status != 200 {
		t.Error(m, err)
	}
}

func TestConnectionsPerSourceAreLimited(t *testing.T) {
	s := open(t, Config{OnRequest: front, Limits: Limits{ConnsPerIP: 3}})
	addr := must[netip.AddrPort](t)(s.ListenTCP("127.0.0.1:0"))
	for i := range 5 {
		p := dial(t, "tcp", addr)
		p.Write([]byte(request("OPTIONS", "a", "a", 1)))
		if _, err := p.next(); (err == nil) != (i < 3) {
			t.Errorf("connection %d: %v", i, err)
		}
	}
}

func TestBlockedSourcesHearNothing(t *testing.T) {
	asked := make(chan netip.Addr, 4)
	s := open(t, Config{OnRequest: front, Blocked: func(a netip.Addr) bool { asked <- a; return true }})
	udp := must[netip.AddrPort](t)(s.ListenUDP("127.0.0.1:0"))
	tcp := must[netip.AddrPort](t)(s.ListenTCP("127.0.0.1:0"))
	p := dial(t, "tcp", tcp)
	if _, err := p.next(); err == nil {
		t.Error("a blocked source was accepted")
	}
	q := dial(t, "udp", udp)
	q.Write([]byte(request("OPTIONS", "a", "a", 1)))
	for range 2 {
		if a := <-asked; a != netip.MustParseAddr("127.0.0.1") {
			t.Error(a)
		}
	}
	if st := s.Stats(); len(s.Addrs()) != 2 || st.Received != 0 || st.ResponsesOut != 0 {
		t.Error(s.Addrs(), st)
	}
}

func TestWebSocketDoor(t *testing.T) {
	s := open(t, Config{OnRequest: front})
	web := httptest.NewServer(s.WebSocket(WebSocket{Origin: func(r *http.Request) bool { return r.Header.Get("Origin") != "https://evil.example" },
		Secure: func(*http.Request) bool { return true }}))
	defer web.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for _, row := range []struct {
		name      string
		protocols []string
		origin    string
		ok        bool
	}{
		{"browser of ours", []string{"sip"}, "https://office.example", true},
		{"several subprotocols", []string{"chat", "sip"}, "https://office.example", true},
		{"foreign page", []string{"sip"}, "https://evil.example", false},
		{"no subprotocol", nil, "https://office.example", false},
		{"other subprotocol", []string{"mqtt"}, "https://office.example", false},
	} {
		ws, _, err := websocket.Dial(ctx, web.URL, &websocket.DialOptions{Subprotocols: row.protocols, HTTPHeader: http.Header{"Origin": {row.origin}}})
		if (err == nil) != row.ok {
			t.Errorf("%s: %v", row.name, err)
		}
		if err != nil {
			continue
		}
		ws.Write(ctx, websocket.MessageText, []byte("\r\n\r\n"))
		if _, raw, err := ws.Read(ctx); err != nil || string(raw) != "\r\n" {
			t.Errorf("%s: keep-alive: %q %v", row.name, raw, err)
		}
		ws.Write(ctx, websocket.MessageBinary, []byte(request("OPTIONS", "a", "a", 1)))
		if _, raw, err := ws.Read(ctx); err != nil || !bytes.HasPrefix(raw, []byte("SIP/2.0 200")) {
			t.Errorf("%s: %q %v", row.name, raw, err)
		}
		ws.Write(ctx, websocket.MessageText, []byte("hello"))
		if _, _, err := ws.Read(ctx); err == nil {
			t.Errorf("%s: foreign bytes are endured", row.name)
		}
		ws.CloseNow()
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	s := open(t, Config{OnRequest: front})
	config := certificate(t)
	config.MinVersion = tls.VersionTLS10
	addr := must[netip.AddrPort](t)(s.ListenTLS("127.0.0.1:0", config))
	if _, err := tls.Dial("tcp", addr.String(), &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
}

// TestDial: a connection of ours carries requests both ways.
func TestDial(t *testing.T) {
	a := open(t, Config{OnRequest: front})
	b := open(t, Config{})
	addr := must[netip.AddrPort](t)(a.ListenTLS("127.0.0.1:0", certificate(t)))
	f := must[Flow](t)(b.Dial(t.Context(), TLS, addr, &tls.Config{InsecureSkipVerify: true}))
	if !f.Secure() {
		t.Error("TLS is secure")
	}
	got := make(chan int, 1)
	uri, _ := ParseURI("sip:office.example")
	b.Request(f, NewRequest(MethodRegister, uri, NameAddr{URI: uri}.WithTag("u"), NameAddr{URI: uri}, "ours", 1), func(m *Message) { got <- m.Status })
	if status := <-got; status != 401 {
		t.Error(status)
	}
}

// TestLostConnectionEndsRinging: an INVITE that rings has no timer; the loss of its connection ends it.
func TestLostConnectionEndsRinging(t *testing.T) {
	flows := make(chan Flow, 1)
	s := open(t, Config{OnRequest: func(tx *ServerTx) { front(tx); flows <- tx.Flow() }})
	addr := must[netip.AddrPort](t)(s.ListenTCP("127.0.0.1:0"))
	p := dial(t, "tcp", addr)
	p.Write([]byte(request("OPTIONS", "a", "a", 1)))
	if _, err := p.next(); err != nil {
		t.Fatal(err)
	}
	got := make(chan *Message, 4)
	uri, _ := ParseURI("sip:alice@10.0.0.5")
	s.Request(<-flows, NewRequest(MethodInvite, uri, NameAddr{URI: uri}.WithTag("u"), NameAddr{URI: uri}, "ours", 1), func(m *Message) { got <- m })
	raw := make([]byte, 65536)
	req, err := Parse(raw[:must[int](t)(p.Read(raw))])
	if err != nil {
		t.Fatal(err)
	}
	p.Write(NewResponse(req, 180, "").Encode())
	if m := <-got; m.Status != 180 {
		t.Fatal(m.Status)
	}
	p.Close()
	if m := <-got; m.Status != 503 || !m.Local {
		t.Error(m.Status)
	}
}

// TestTooLargeOnAStream is SIP-12: 513, then the connection is closed.
func TestTooLargeOnAStream(t *testing.T) {
	s := open(t, Config{OnRequest: front})
	addr := must[netip.AddrPort](t)(s.ListenTCP("127.0.0.1:0"))
	head := strings.TrimSuffix(request("OPTIONS", "a", "a", 1), "Content-Length: 0\r\n\r\n")
	for name, data := range map[string]string{
		"body":    head + "Content-Length: 262145\r\n\r\n",
		"headers": head + "Subject: " + strings.Repeat("x", 65536-len(head)),
	} {
		p := dial(t, "tcp", addr)
		p.Write([]byte(data))
		if m, err := p.next(); err != nil || m.Status != 513 {
			t.Errorf("%s: %v %v", name, m, err)
		}
		if _, err := p.next(); err == nil {
			t.Errorf("%s: the connection is still open", name)
		}
	}
}
