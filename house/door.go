package house

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"path"
	"strings"
	"time"

	"tandem/api"
	"tandem/sip"
	"tandem/web"
)

// door is the HTTP side: web app, API, SIP over WebSocket.
type door struct {
	server   *http.Server
	listener net.Listener
	stop     func() // ends what would go on for ever: event streams
}

// openDoor listens; Run serves.
func (h *House) openDoor(ctx context.Context) (*door, error) {
	mux := http.NewServeMux()
	mux.Handle("/v1/", api.New(h.apiConfig()))
	mux.Handle("/sip", h.SIP.WebSocket(sip.WebSocket{Secure: h.Auth.IsSecure, Remote: h.remote, Pass: h.pass}))
	mux.Handle("/talk/", web.Talk(h.talkOrigins))
	mux.Handle("/", web.Handler())
	base, stop := context.WithCancel(context.WithoutCancel(ctx))
	d := &door{stop: stop, server: &http.Server{
		Handler:           h.closedUntilClaimed(mux),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		BaseContext:       func(net.Listener) context.Context { return base },
	}}
	if h.Config.HTTP == "" {
		return d, nil
	}
	var err error
	if d.listener, err = new(net.ListenConfig).Listen(ctx, "tcp", h.Config.HTTP); err != nil {
		return nil, refusedAddress("--http "+h.Config.HTTP, err)
	}
	return d, nil
}

func (d *door) serve() error {
	if d.listener == nil {
		return nil
	}
	if err := d.server.Serve(d.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (d *door) close(ctx context.Context) error {
	d.stop()
	err := d.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) { // a visitor who does not finish is no fault of ours
		err = d.server.Close()
	}
	if d.listener != nil {
		d.listener.Close()
	}
	return err
}

// closedUntilClaimed answers nothing but the set-up page and what it needs, as long as the office belongs to nobody (BAR FX-01).
func (h *House) closedUntilClaimed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.Claimed() || r.URL.Path == "/setup" || r.URL.Path == "/v1/setup" || isAsset(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprintln(w, "This office is not set up yet. The link stands in the server's log and in the file setup-link of its data directory; `tandem setup` does it from the shell.")
	})
}

// isAsset reports whether a path is a file of the web app, such as a script or a picture; they hold nothing of the office.
func isAsset(p string) bool {
	return !strings.HasPrefix(p, "/v1/") && path.Ext(p) != ""
}

// Claimed reports whether the office has an owner.
func (m *Memory) Claimed() bool {
	s, _ := m.Directory.View()
	return !s.Tenant.Claimed.IsZero()
}

// remote is where a browser is, as the rest of the house sees it: proxies are believed as far as they were named.
func (h *House) remote(r *http.Request) netip.AddrPort {
	at, _ := netip.ParseAddrPort(r.RemoteAddr)
	if a, err := netip.ParseAddr(h.Auth.Addr(r)); err == nil {
		return netip.AddrPortFrom(a, at.Port())
	}
	return at
}
