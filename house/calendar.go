package house

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"tandem/command"
	"tandem/hours"
	"tandem/pbx"
)

// How feeds of calendars are fetched (BAR BL-04).
const (
	feedEvery  = 15 * time.Minute // each is read again
	feedRounds = 30 * time.Second // between looks at which are due
	feedTime   = 20 * time.Second // that one may take
	feedsOnce  = 8                // at the same time
	feedAhead  = 62 * 24 * time.Hour
)

// feeds reads the calendars that people have linked.
type feeds struct {
	h     *House
	get   func(ctx context.Context, link string) ([]byte, string)
	woken chan struct{} // a calendar was linked
	tried map[pbx.UserID]attempt
}

// attempt is when a link was tried last.
type attempt struct {
	link string
	at   time.Time
}

func (h *House) newFeeds() *feeds {
	f := &feeds{h: h, get: fetcher(isPublic, h.Config.FeedTLS), woken: make(chan struct{}, 1), tried: map[pbx.UserID]attempt{}}
	h.stops = append(h.stops, h.Directory.Watch(func(old, next *pbx.Snapshot) {
		for u, c := range next.Calendars {
			if before := old.Calendars[u]; before == nil || before.Link != c.Link {
				select {
				case f.woken <- struct{}{}:
				default:
				}
			}
		}
	}))
	return f
}

// run reads what is due until ctx ends.
func (f *feeds) run(ctx context.Context) {
	round := time.NewTicker(feedRounds)
	defer round.Stop()
	for {
		f.round(ctx, time.Now())
		select {
		case <-ctx.Done():
			return
		case <-f.woken:
		case <-round.C:
		}
	}
}

// round reads every feed that is due, some at a time.
func (f *feeds) round(ctx context.Context, now time.Time) {
	s, _ := f.h.Directory.View()
	gate := make(chan struct{}, feedsOnce)
	for u, c := range s.Calendars {
		last := f.tried[u]
		if c.Link == "" || last.link == c.Link && now.Sub(last.at) < feedEvery {
			continue
		}
		f.tried[u] = attempt{c.Link, now}
		gate <- struct{}{}
		go func() {
			defer func() { <-gate }()
			f.read(ctx, s, c)
		}()
	}
	for range cap(gate) { // all are done
		gate <- struct{}{}
	}
	for u := range f.tried {
		if s.Calendars[u] == nil {
			delete(f.tried, u)
		}
	}
}

// read fetches one feed and keeps what it says.
func (f *feeds) read(ctx context.Context, s *pbx.Snapshot, c *pbx.Calendar) {
	ctx, cancel := context.WithTimeout(ctx, feedTime)
	defer cancel()
	note := command.NoteCalendar{User: c.User, Link: c.Link}
	var file []byte
	if file, note.Fault = f.get(ctx, c.Link); note.Fault == "" {
		now := f.h.Config.Now()
		zone, err := time.LoadLocation(s.ZoneOf(c.User, now))
		if err != nil {
			zone = time.UTC
		}
		begin := now.Truncate(24 * time.Hour) // so that what is kept changes once a day, and not with every look
		if note.Busy, note.Left, err = hours.ParseBusy(file, zone, begin, begin.Add(feedAhead)); err != nil {
			note.Fault = "format"
		}
	}
	_, err := f.h.Desk.Do(context.WithoutCancel(ctx), pbx.Actor{Kind: pbx.ActorSystem, Via: "house"}, note)
	var gone *pbx.Error
	if err != nil && !(errors.As(err, &gone) && gone.Code == pbx.NotFound) { // unlinked meanwhile
		f.h.log.Warn("a calendar that was read cannot be kept", "user", c.User, "error", err)
	}
}

// errPrivate says that an address is none of the open Internet.
var errPrivate = errors.New("house: not a public address")

// fetcher gets feeds, from addresses that may be asked alone: people must not reach through us what only the machine can reach. The address is looked at
// when the connection is made, so that no name can point elsewhere meanwhile, and so is that of each redirection. Trust nil is what the system trusts.
// The answer is the file, or why there is none.
func fetcher(may func(netip.Addr) bool, trust *tls.Config) func(context.Context, string) ([]byte, string) {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		if a, err := netip.ParseAddrPort(address); err != nil || !may(a.Addr().Unmap()) {
			return errPrivate
		}
		return nil
	}}
	client := &http.Client{
		Transport: &http.Transport{DialContext: dialer.DialContext, TLSClientConfig: trust, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second,
			ResponseHeaderTimeout: feedTime, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > 3 || r.URL.Scheme != "https" {
				return errPrivate
			}
			return nil
		},
	}
	return func(ctx context.Context, link string) ([]byte, string) {
		if u, err := url.Parse(link); err != nil || u.Scheme != "https" {
			return nil, "private"
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
		if err != nil {
			return nil, "reach"
		}
		r.Header.Set("Accept", "text/calendar")
		r.Header.Set("User-Agent", "Tandem")
		answer, err := client.Do(r)
		switch {
		case errors.Is(err, errPrivate):
			return nil, "private"
		case err != nil:
			return nil, "reach"
		}
		defer answer.Body.Close()
		switch answer.StatusCode {
		case http.StatusOK:
		case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone:
			return nil, "gone"
		default:
			return nil, "reach"
		}
		file, err := io.ReadAll(io.LimitReader(answer.Body, hours.MaxFeed+1))
		switch {
		case err != nil:
			return nil, "reach"
		case len(file) > hours.MaxFeed:
			return nil, "large"
		}
		return file, ""
	}
}

// isPublic reports whether an address is one of the open Internet (RFC 6890).
func isPublic(a netip.Addr) bool {
	if !a.IsValid() || !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range [...]string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10"} {
		if netip.MustParsePrefix(p).Contains(a) {
			return false
		}
	}
	return true
}
