package officetest

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"tandem/house"
)

// from makes requests look as if a reverse proxy passed them on for an address.
type from struct{ addr string }

func (f from) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Forwarded-For", f.addr)
	return http.DefaultTransport.RoundTrip(r)
}

// Somebody tries passwords of Olga's from many addresses: the tries have to wait, she is not locked out and is told by mail (WB-02).
func TestGuessedPasswords(t *testing.T) {
	s := start(t, func(c *house.Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	s.claim()
	right := object{"email": "olga@example.com", "password": "correct horse battery"}
	if a, err := s.Do(t.Context(), "POST", "/v1/session", right); err != nil || a.Status != 200 {
		t.Fatalf("sign-in: %v %v", a, err)
	}
	stranger, waits := NewClient(s.Base, patience), 0
	for i := range 40 {
		stranger.HTTP.Transport = from{fmt.Sprintf("203.0.113.%d", i%20+1)}
		a, err := stranger.Do(t.Context(), "POST", "/v1/session", object{"email": "olga@example.com", "password": "wrong password"})
		if err != nil {
			t.Fatal(err)
		}
		switch a.Status {
		case 403:
		case 429:
			waits++
		default:
			t.Fatalf("a wrong password is answered %d", a.Status)
		}
	}
	if waits == 0 {
		t.Error("forty wrong passwords in a row never had to wait")
	}
	if a, err := s.Do(t.Context(), "POST", "/v1/session", right); err != nil || a.Status != 200 {
		t.Errorf("she is locked out: %v %v", a, err)
	}
	eventually(t, "a mail warns her", func() bool {
		for _, m := range s.call(200, "GET", "/v1/mails", nil).Items() {
			if m.Text("to") == "olga@example.com" && strings.Contains(m.Text("subject"), "password") {
				return true
			}
		}
		return false
	})
}
