package sip

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"tandem/pbx"
	"tandem/sip/stack"
)

// page is the web socket of a page.
type page struct {
	t   *testing.T
	ws  *websocket.Conn
	ctx context.Context
	n   int
}

// register asks for a registration and gives the status that came back.
func (p *page) register(name string) string {
	p.t.Helper()
	p.n++
	text := fmt.Sprintf("REGISTER sip:tandem.example SIP/2.0\r\nVia: SIP/2.0/WS page.invalid;branch=z9hG4bKp%d\r\nMax-Forwards: 70\r\nFrom: <sip:%s@tandem.example>;tag=a%d\r\n"+
		"To: <sip:%s@tandem.example>\r\nCall-ID: page%d\r\nCSeq: 1 REGISTER\r\nContact: <sip:%s@page.invalid;transport=ws>;expires=300\r\nContent-Length: 0\r\n\r\n", p.n, name, p.n, name, p.n, name)
	if err := p.ws.Write(p.ctx, websocket.MessageText, []byte(text)); err != nil {
		p.t.Fatal(err)
	}
	_, answer, err := p.ws.Read(p.ctx)
	if err != nil {
		p.t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(answer), "\r\n")
	return strings.Fields(line)[1]
}

// RFC 7118 §7: a connection that belongs to somebody who is signed in needs no digest, for him and nobody else, and it ends when that ends.
func TestAPageIsAPhoneByItsSession(t *testing.T) {
	var in atomic.Bool
	in.Store(true)
	home := netip.MustParsePrefix("127.0.0.0/8")
	var network atomic.Pointer[netip.Prefix]
	network.Store(&home)
	bound := make(chan int, 16)
	s, err := New(Config{NewID: func(prefix string) string { return prefix + "_" + stack.NewToken() },
		Lookup:   func(string) (Credential, bool) { return Credential{}, false },
		Bindings: func(_ pbx.DeviceID, list []pbx.Binding) { bound <- len(list) }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(context.Background())
	ends := make(chan func(), 1)
	door := httptest.NewServer(s.WebSocket(WebSocket{Pass: func(r *http.Request, cut func()) func() (Credential, bool) {
		if r.Header.Get("Cookie") == "" {
			return nil
		}
		ends <- cut
		return func() (Credential, bool) {
			return Credential{Device: "dev_1", User: "usr_1", Username: "olga", Extension: "100", Networks: []netip.Prefix{*network.Load()}}, in.Load()
		}
	}}))
	defer door.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	open := func(cookie string) *page {
		ws, _, err := websocket.Dial(ctx, door.URL, &websocket.DialOptions{Subprotocols: []string{"sip"}, HTTPHeader: http.Header{"Cookie": {cookie}}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = ws.CloseNow() })
		return &page{t: t, ws: ws, ctx: ctx}
	}
	mine := open("session")
	if got := mine.register("olga"); got != "200" {
		t.Fatalf("one's own phone is answered %s", got)
	}
	if n := <-bound; n != 1 {
		t.Errorf("%d bindings", n)
	}
	if got := mine.register("bob"); got != "401" {
		t.Errorf("somebody else's phone is answered %s", got)
	}
	if got := open("").register("olga"); got != "401" {
		t.Errorf("a page of nobody is answered %s", got)
	}
	elsewhere := netip.MustParsePrefix("192.0.2.0/24")
	network.Store(&elsewhere)
	if got := mine.register("olga"); got != "401" {
		t.Errorf("from a network that is not allowed the phone is answered %s", got)
	}
	network.Store(&home)
	in.Store(false)
	if got := mine.register("olga"); got != "401" {
		t.Errorf("after the right has ended the phone is answered %s", got)
	}
	(<-ends)()
	if n := <-bound; n != 0 {
		t.Errorf("%d bindings after the end", n)
	}
	if _, _, err := mine.ws.Read(ctx); err == nil {
		t.Error("the connection goes on")
	}
}
