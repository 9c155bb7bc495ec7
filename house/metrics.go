package house

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"tandem/auth"
)

// meters is the door at which a Prometheus server reads figures: a listener of its own, so that what stands before the web app does not hand it out (BAR OB-01). Nothing in it
// names a person, a link or a call.
type meters struct {
	server   *http.Server
	listener net.Listener
}

// openMeters listens where it is told to; nil: nowhere.
func (h *House) openMeters(ctx context.Context) (*meters, error) {
	if h.Config.Metrics == "" {
		return nil, nil
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", h.Config.Metrics)
	if err != nil {
		return nil, refusedAddress("--metrics "+h.Config.Metrics, err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_, _ = io.WriteString(w, exposition(h.Gate.Counts(h.Config.Now())))
	})
	return &meters{&http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}, l}, nil
}

func (m *meters) serve() error {
	if m == nil {
		return nil
	}
	if err := m.server.Serve(m.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (m *meters) close() error {
	if m == nil {
		return nil
	}
	return errors.Join(m.server.Close(), ignoreClosed(m.listener.Close()))
}

// ignoreClosed drops the error of what was closed already.
func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// exposition writes figures of Talk links in the text format of Prometheus.
func exposition(c auth.GateCounts) string {
	var b strings.Builder
	family := func(name, kind, help string) { fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind) }
	family("tandem_talk_admissions_total", "counter", "Visitors of Talk links who were let in for a call.")
	fmt.Fprintf(&b, "tandem_talk_admissions_total %d\n", c.Admitted)
	family("tandem_talk_refusals_total", "counter", "Visitors of Talk links who were refused, by reason.")
	for i, why := range auth.TalkRefusals {
		fmt.Fprintf(&b, "tandem_talk_refusals_total{reason=%q} %d\n", why, c.Refused[i])
	}
	family("tandem_talk_calls_total", "counter", "Calls by Talk links that are over.")
	fmt.Fprintf(&b, "tandem_talk_calls_total %d\n", c.Calls)
	family("tandem_talk_call_seconds_total", "counter", "How long those calls took.")
	fmt.Fprintf(&b, "tandem_talk_call_seconds_total %g\n", c.Talked.Seconds())
	family("tandem_talk_callbacks_total", "counter", "Visitors who asked to be called back.")
	fmt.Fprintf(&b, "tandem_talk_callbacks_total %d\n", c.Callbacks)
	family("tandem_talk_visitors", "gauge", "Visitors of Talk links who talk or wait now.")
	fmt.Fprintf(&b, "tandem_talk_visitors %d\n", c.Inside)
	return b.String()
}
