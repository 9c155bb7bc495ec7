package house

import (
	"net/http/httptest"
	"net/netip"
	"testing"

	"tandem/auth"
)

// A browser behind a proxy is where the proxy says, and not where the browser says: whoever guesses at secrets could have somebody else blocked
// for it. Some proxies add a line of their own to one that came from outside.
func TestRemoteOfABrowser(t *testing.T) {
	h := &House{Memory: &Memory{Auth: auth.New(auth.Config{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})}}
	for _, c := range []struct {
		name, peer string
		lines      []string
		want       string
	}{
		{"no proxy", "192.0.2.1:5000", nil, "192.0.2.1:5000"},
		{"a stranger's words", "192.0.2.1:5000", []string{"198.51.100.9"}, "192.0.2.1:5000"},
		{"a proxy", "10.0.0.1:5000", []string{"192.0.2.1"}, "192.0.2.1:5000"},
		{"a proxy that appends", "10.0.0.1:5000", []string{"198.51.100.9, 192.0.2.1"}, "192.0.2.1:5000"},
		{"a proxy that adds a line", "10.0.0.1:5000", []string{"198.51.100.9", "192.0.2.1"}, "192.0.2.1:5000"},
		{"two proxies", "10.0.0.1:5000", []string{"192.0.2.1, 10.0.0.2"}, "192.0.2.1:5000"},
	} {
		r := httptest.NewRequest("GET", "/sip", nil)
		r.RemoteAddr = c.peer
		for _, l := range c.lines {
			r.Header.Add("X-Forwarded-For", l)
		}
		if got := h.remote(r); got.String() != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}
