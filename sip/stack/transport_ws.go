package stack

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/coder/websocket"
)

// WebSocket says how browsers may connect.
type WebSocket struct {
	// Origin decides whether a page of this origin may connect; nil allows only the host the request is for, and clients that
	// send no origin, which are no browsers.
	Origin func(r *http.Request) bool
	// Secure reports whether the browser speaks TLS to us or to a proxy in front of us; nil looks at r.TLS.
	Secure func(r *http.Request) bool
	// Remote is the address of the browser; nil takes r.RemoteAddr.
	Remote func(r *http.Request) netip.AddrPort
	// Opened is told of each connection before anything of it is read; nil is told nothing.
	Opened func(r *http.Request, f Flow)
}

// socketPipe writes SIP messages as WebSocket messages, one each (RFC 7118 §5).
type socketPipe struct {
	ctx      context.Context
	ws       *websocket.Conn
	patience time.Duration
}

func (p socketPipe) write(data [][]byte) error {
	for _, b := range data {
		ctx, cancel := context.WithTimeout(p.ctx, p.patience)
		err := p.ws.Write(ctx, websocket.MessageText, b)
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

func (p socketPipe) close() error { return p.ws.CloseNow() }

// WebSocket is the handler for SIP over WebSocket. It demands the subprotocol "sip" and a known origin (RFC 7118 §4).
func (s *Stack) WebSocket(w WebSocket) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		remote, _ := netip.ParseAddrPort(r.RemoteAddr)
		if w.Remote != nil {
			remote = w.Remote(r)
		}
		if !s.welcome(WS, plain(remote)) {
			http.Error(rw, "", http.StatusTooManyRequests)
			return
		}
		options := &websocket.AcceptOptions{Subprotocols: []string{"sip"}, CompressionMode: websocket.CompressionDisabled}
		if w.Origin != nil {
			if !w.Origin(r) {
				http.Error(rw, "", http.StatusForbidden)
				return
			}
			options.InsecureSkipVerify = true // decided above
		}
		offered := false
		for _, line := range r.Header.Values("Sec-WebSocket-Protocol") {
			offered = offered || hasWord(line, "sip")
		}
		if !offered {
			http.Error(rw, "", http.StatusBadRequest)
			return
		}
		ws, err := websocket.Accept(rw, r, options)
		if err != nil {
			return
		}
		t := WS
		if r.TLS != nil || (w.Secure != nil && w.Secure(r)) {
			t = WSS
		}
		var local netip.AddrPort
		if a, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
			local = addrPort(a)
		}
		ws.SetReadLimit(int64(s.limits.Head + s.limits.Body))
		c, err := s.adopt(t, local, remote, socketPipe{s.ctx, ws, s.limits.Frame})
		if err != nil {
			ws.Close(websocket.StatusTryAgainLater, "")
			return
		}
		if w.Opened != nil {
			w.Opened(r, c.flow)
		}
		c.readWS(ws)
	})
}

func hasWord(list, word string) bool {
	for list != "" {
		one, rest, _ := cutElement(list)
		if fold(one, word) {
			return true
		}
		list = rest
	}
	return false
}

// readWS is the reader of a WebSocket; the handler of the HTTP server runs it.
func (c *conn) readWS(ws *websocket.Conn) {
	limits := &c.stack.limits
	wait := limits.Fresh
	for {
		ctx, cancel := context.WithTimeout(c.stack.ctx, wait)
		_, raw, err := ws.Read(ctx)
		cancel()
		if err != nil {
			c.close(err)
			return
		}
		wait = limits.Idle
		switch string(raw) {
		case "\r\n\r\n":
			c.send(c.flow.Local, c.flow.Remote, pong)
			continue
		case "\r\n":
			continue
		}
		if !c.incoming(raw) {
			c.finish()
			return
		}
	}
}
