package sip

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/call"
	"tandem/pbx"
	"tandem/sip/stack"
)

func selfSigned(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// line is a phone on a real connection that reads and writes by hand.
type line struct {
	t    testing.TB
	conn net.Conn
	in   *bufio.Reader
}

func (l *line) read() *stack.Message {
	l.t.Helper()
	_ = l.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	var b strings.Builder
	length := 0
	for {
		s, err := l.in.ReadString('\n')
		if err != nil {
			l.t.Fatal(err)
		}
		b.WriteString(s)
		if name, v, ok := strings.Cut(s, ":"); ok && strings.EqualFold(name, "content-length") {
			length, _ = strconv.Atoi(strings.TrimSpace(v))
		}
		if s == "\r\n" {
			break
		}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(l.in, body); err != nil {
		l.t.Fatal(err)
	}
	m, err := stack.Parse([]byte(b.String() + string(body)))
	if err != nil {
		l.t.Fatal(err)
	}
	return m
}

func (l *line) write(m *stack.Message, seq int) {
	if m.Status == 0 {
		text := string(m.Encode())
		first, rest, _ := strings.Cut(text, "\r\n")
		fmt.Fprintf(l.conn, "%s\r\nVia: SIP/2.0/TLS phone.invalid;branch=z9hG4bK%d;rport\r\n%s", first, seq, rest)
		return
	}
	_, _ = l.conn.Write(m.Encode())
}

func (l *line) register(name string) *stack.Message {
	l.t.Helper()
	m := stack.NewRequest("REGISTER", uri("sip:pbx"), address("<sip:"+name+"@pbx>;tag=x"), address("<sip:"+name+"@pbx>"), l.conn.LocalAddr().String(), 1)
	m.Set("Contact", "<sip:"+name+"@10.1.1.1;transport=tls>")
	l.write(m, 1)
	challenge := l.read()
	m = stack.NewRequest("REGISTER", uri("sip:pbx"), address("<sip:"+name+"@pbx>;tag=x"), address("<sip:"+name+"@pbx>"), l.conn.LocalAddr().String(), 2)
	m.Set("Contact", "<sip:"+name+"@10.1.1.1;transport=tls>")
	m.Set("Authorization", respond(name, secretOf(name), "REGISTER", "sip:pbx", nonceOf(challenge), "00000001", algorithmSHA256))
	l.write(m, 2)
	return l.read()
}

// TestFlowOverTLS is the life of a connection: register, be called over it, and lose everything with it (RFC 5626).
func TestFlowOverTLS(t *testing.T) {
	h := newHouse(t, func(c *Config) {
		c.Packets, c.TLS, c.TLSConfig = nil, []string{"127.0.0.1:0"}, &tls.Config{Certificates: []tls.Certificate{selfSigned(t)}}
		c.Grace = 50 * time.Millisecond
	})
	conn, err := tls.Dial("tcp", h.server.Addrs()[0].Addr.String(), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	l := &line{t: t, conn: conn, in: bufio.NewReader(conn)}
	if r := l.register("bob"); r.Status != 200 || !strings.HasSuffix(r.Get("Contact"), ";expires=3600") {
		t.Fatalf("%s", r.Encode())
	}
	b := h.bound("bob")
	if len(b) != 1 || !b[0].Secure || b[0].Transport != "tls" {
		t.Fatalf("bindings = %+v", b)
	}
	if err := h.server.Dial(call.Invite{Leg: "l", Binding: b[0], From: pbx.Party{Number: "101"}, Offer: []byte(sdpB)}); err != nil {
		t.Fatal(err)
	}
	inv := l.read()
	if inv.Method != "INVITE" || !strings.Contains(inv.Get("Contact"), "transport=tls") || inv.Via().Transport != "TLS" {
		t.Fatalf("%s", inv.Encode())
	}
	ok := stack.NewResponse(inv, 200, "")
	ok.Set("Contact", "<sip:bob@10.1.1.1;transport=tls>")
	ok.SetBody("application/sdp", []byte(sdpA))
	l.write(ok, 0)
	if g := <-h.signals; g.Kind != call.SignalAnswered {
		t.Fatalf("signal = %+v", g)
	}
	if ack := l.read(); ack.Method != "ACK" {
		t.Fatalf("%s", ack.Encode())
	}
	conn.Close()
	if g := <-h.signals; g.Kind != call.SignalEnded || g.Cause != pbx.CauseTimeout {
		t.Fatalf("signal = %+v", g)
	}
	if len(h.bound("bob")) != 0 {
		t.Error("the binding outlived its connection")
	}
}

// TestCallMovesToTheNewConnection: a talking phone that comes back in time keeps its call.
func TestCallMovesToTheNewConnection(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Packets, c.TCP = nil, []string{"127.0.0.1:0"}; c.Grace = 20 * time.Second })
	dial := func() *line {
		conn, err := net.Dial("tcp", h.server.Addrs()[0].Addr.String())
		if err != nil {
			t.Fatal(err)
		}
		return &line{t: t, conn: conn, in: bufio.NewReader(conn)}
	}
	l := dial()
	l.register("bob")
	if err := h.server.Dial(call.Invite{Leg: "l", Binding: h.bound("bob")[0], Offer: []byte(sdpB)}); err != nil {
		t.Fatal(err)
	}
	ok := stack.NewResponse(l.read(), 200, "")
	ok.Set("Contact", "<sip:bob@10.1.1.1;transport=tcp>")
	ok.SetBody("application/sdp", []byte(sdpA))
	l.write(ok, 0)
	<-h.signals
	l.conn.Close()
	l = dial()
	defer l.conn.Close()
	l.register("bob")
	h.server.Hangup("l", pbx.CauseHangup)
	if bye := l.read(); bye.Method != "BYE" {
		t.Errorf("%s", bye.Encode())
	}
	if g := <-h.signals; g.Kind != call.SignalEnded || g.Cause != pbx.CauseHangup {
		t.Errorf("signal = %+v", g)
	}
}

// TestSecureCallDoesNotMoveIntoTheClear: the keys of a call over TLS must not follow a phone that comes back over TCP.
func TestSecureCallDoesNotMoveIntoTheClear(t *testing.T) {
	h := newHouse(t, func(c *Config) {
		c.Packets, c.TCP, c.TLS = nil, []string{"127.0.0.1:0"}, []string{"127.0.0.1:0"}
		c.TLSConfig = &tls.Config{Certificates: []tls.Certificate{selfSigned(t)}}
	})
	addr := map[string]string{}
	for _, a := range h.server.Addrs() {
		addr[a.Transport] = a.Addr.String()
	}
	safe, err := tls.Dial("tcp", addr["tls"], &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	l := &line{t: t, conn: safe, in: bufio.NewReader(safe)}
	l.register("bob")
	before := h.bound("bob")[0]
	if err := h.server.Dial(call.Invite{Leg: "l", Binding: before, Offer: []byte(sdpB)}); err != nil {
		t.Fatal(err)
	}
	ok := stack.NewResponse(l.read(), 200, "")
	ok.Set("Contact", "<sip:bob@10.1.1.1;transport=tls>")
	ok.SetBody("application/sdp", []byte(sdpA))
	l.write(ok, 0)
	<-h.signals
	l.read() // ACK
	clear, err := net.Dial("tcp", addr["tcp"])
	if err != nil {
		t.Fatal(err)
	}
	defer clear.Close()
	c := &line{t: t, conn: clear, in: bufio.NewReader(clear)}
	c.register("bob") // the same contact, so the same binding: it is moved
	h.server.Offer("l", []byte(sdpB))
	if inv := l.read(); inv.Method != "INVITE" {
		t.Errorf("over TLS: %s", inv.Encode())
	}
	if err := h.server.Dial(call.Invite{Leg: "m", Binding: before, Offer: []byte(sdpB)}); err != nil {
		t.Fatal(err)
	}
	if g := <-h.signals; g.Leg != "m" || g.Kind != call.SignalFailed || g.Cause != pbx.CauseOffline {
		t.Errorf("a call to the binding as it was: %+v", g)
	}
	safe.Close()
}

func TestDropClosesTheConnection(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Packets, c.TCP = nil, []string{"127.0.0.1:0"} })
	conn, err := net.Dial("tcp", h.server.Addrs()[0].Addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	l := &line{t: t, conn: conn, in: bufio.NewReader(conn)}
	l.register("bob")
	h.server.Drop("dev_bob")
	if len(h.bound("bob")) != 0 {
		t.Error("the binding is still there")
	}
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := l.in.ReadByte(); err != io.EOF {
		t.Errorf("read: %v", err)
	}
}

// TestCallerLosesItsConnection: nothing of a call that still rings is left behind.
func TestCallerLosesItsConnection(t *testing.T) {
	h := newHouse(t, func(c *Config) {
		c.Packets, c.TCP = nil, []string{"127.0.0.1:0"}
		c.Stack.Timers.T1 = 2 * time.Millisecond
	})
	conn, err := net.Dial("tcp", h.server.Addrs()[0].Addr.String())
	if err != nil {
		t.Fatal(err)
	}
	l := &line{t: t, conn: conn, in: bufio.NewReader(conn)}
	invite := func(seq int) *stack.Message {
		m := stack.NewRequest("INVITE", uri("sip:102@pbx"), address("<sip:alice@pbx>;tag=x"), address("<sip:102@pbx>"), "c", uint32(seq))
		m.Set("Contact", "<sip:alice@10.1.1.1;transport=tcp>")
		return m
	}
	l.write(invite(1), 1)
	challenge := l.read()
	m := invite(2)
	m.Set("Authorization", respond("alice", secretOf("alice"), "INVITE", "sip:102@pbx", nonceOf(challenge), "00000001", algorithmMD5))
	l.write(m, 2)
	in := <-h.incoming
	h.server.Progress(in.Leg, 180, nil)
	for l.read().Status != 180 {
	}
	conn.Close()
	if g := <-h.signals; g.Kind != call.SignalFailed || g.Cause != pbx.CauseCancelled {
		t.Errorf("signal = %+v", g)
	}
	h.server.Hangup(in.Leg, pbx.CauseHangup)
	if h.server.Legs() != 0 {
		t.Error("the leg is still known")
	}
}
