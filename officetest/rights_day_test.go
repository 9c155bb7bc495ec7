package officetest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tandem/house"
)

// The whole life of a right in one run, in a real browser: a role made from a template, given in one group, an exception with its preview,
// why asked by the member it concerns, access requested, approved with an earlier end, gone when the clock says so, everything taken back
// (N-1, N-6, N-7, N-10, N-17). The scenario is web/test/browser/rights-day.mjs; it moves the clock of the office by a door that only this
// test has.
func TestRightsDayInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	var ahead atomic.Int64
	clock := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		by, err := time.ParseDuration(r.URL.Query().Get("by"))
		if err != nil || by < 0 {
			http.Error(w, "by=DURATION", http.StatusBadRequest)
			return
		}
		_, _ = fmt.Fprintln(w, time.Duration(ahead.Add(int64(by))))
	}))
	defer clock.Close()
	s := start(t, func(c *house.Config) { c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) } })
	s.claim()
	sales := s.call(201, "POST", "/v1/groups", object{"name": "Sales"}).Text("id")
	s.join("Eva", sales, "user")
	s.join("Mark", sales, "manager")
	s.plays(ctx, "rights-day", nil, "TANDEM_CLOCK="+clock.URL, "TANDEM_MEMBER=eva@example.com", "TANDEM_MANAGER=mark@example.com", "TANDEM_PASSWORD="+joinedPassword, "TANDEM_OWNER=olga@example.com", "TANDEM_OWNER_PASSWORD=correct horse battery")
	for _, a := range s.call(200, "GET", "/v1/roles", nil).Items() {
		if strings.HasPrefix(a.Text("id"), "rol_") {
			t.Errorf("the role is still there: %v", a)
		}
	}
	for _, g := range s.call(200, "GET", "/v1/groups/"+sales+"/members", nil).Items() {
		if g.Text("name") == "Eva" && g.Text("groups", 0, "role") != "user" {
			t.Errorf("Eva is %v", g)
		}
	}
}
