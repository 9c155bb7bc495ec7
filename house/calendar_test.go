package house

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"tandem/command"
	"tandem/pbx"
)

// BL-04: the feed that somebody linked is read, his status follows, what goes wrong is told, and what it said before counts on.
func TestCalendarsAreRead(t *testing.T) {
	ctx := t.Context()
	now := time.Now().UTC()
	answer := func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Salary talks\r\nDTSTART:%s\r\nDURATION:PT2H\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART:soon\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
			now.Add(-time.Hour).Format("20060102T150405Z"))
	}
	feed := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r) }))
	defer feed.Close()
	trust := feed.Client().Transport.(*http.Transport).TLSClientConfig
	h, _ := claimed(t, t.TempDir())
	defer h.Close()
	var olga pbx.UserID
	for id := range h.snapshot().Users {
		olga = id
	}
	link := feed.URL + "/basic.ics"
	if _, err := h.Desk.Do(ctx, pbx.Actor{Kind: pbx.ActorUser, User: olga, Via: "web"}, command.SetCalendar{User: olga, As: pbx.StatusDND, Link: &link}); err != nil {
		t.Fatal(err)
	}
	// What only the machine itself reaches is asked nothing.
	h.feeds.round(ctx, now)
	if c := h.snapshot().Calendars[olga]; c.Fault != "private" || len(c.Busy) != 0 {
		t.Fatalf("%+v", c)
	}
	h.feeds.get = fetcher(func(netip.Addr) bool { return true }, trust)
	h.feeds.round(ctx, now.Add(time.Minute))
	if c := h.snapshot().Calendars[olga]; c.Fault != "private" {
		t.Errorf("it is asked again at once: %+v", c)
	}
	h.feeds.round(ctx, now.Add(feedEvery))
	c := h.snapshot().Calendars[olga]
	if c.Fault != "" || len(c.Busy) != 1 || c.Left != 1 {
		t.Fatalf("%+v", c)
	}
	if stand := h.snapshot().StatusOf(olga, now); stand.Status != pbx.StatusDND || !stand.Busy {
		t.Errorf("%+v", stand)
	}
	// Read again without news, nothing is written.
	version := h.snapshot().Version
	h.feeds.round(ctx, now.Add(2*feedEvery))
	if h.snapshot().Version != version {
		t.Error("a calendar that says the same is written again")
	}
	for i, tt := range []struct {
		fault  string
		answer http.HandlerFunc
	}{
		{"gone", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }},
		{"reach", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }},
		{"format", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>Sign in</html>") }},
		{"large", func(w http.ResponseWriter, _ *http.Request) {
			for range 9 {
				fmt.Fprint(w, strings.Repeat("x", 1<<20))
			}
		}},
		{"private", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1/", http.StatusFound)
		}},
	} {
		answer = tt.answer
		h.feeds.round(ctx, now.Add(time.Duration(3+i)*feedEvery))
		if c := h.snapshot().Calendars[olga]; c.Fault != tt.fault || len(c.Busy) != 1 {
			t.Errorf("%s: %+v", tt.fault, c)
		}
	}
}

func TestPrivateAddressesAreNotAsked(t *testing.T) {
	for _, a := range []string{"127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1",
		"::1", "::", "fe80::1", "fc00::1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "ff02::1"} {
		if isPublic(netip.MustParseAddr(a)) {
			t.Errorf("%s may be asked", a)
		}
	}
	for _, a := range []string{"142.250.74.110", "2a00:1450:4001:81c::200e", "52.97.1.2"} {
		if !isPublic(netip.MustParseAddr(a)) {
			t.Errorf("%s may not be asked", a)
		}
	}
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	for _, link := range []string{"http://example.com/", "ftp://example.com/", "https://[::ffff:127.0.0.1]/", "https://127.0.0.1/", server.URL, strings.Replace(server.URL, "127.0.0.1", "localhost", 1)} {
		if _, fault := fetcher(isPublic, &tls.Config{InsecureSkipVerify: true})(t.Context(), link); fault != "private" {
			t.Errorf("%s: %q", link, fault)
		}
	}
}
