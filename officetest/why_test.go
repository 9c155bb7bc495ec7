package officetest

import (
	"context"
	"strings"
	"testing"
	"time"
)

// A member asks why a control is closed to her and asks for access; her manager approves, she sees it open, and sees it close when it is
// taken away (N-1, N-7, AZ-22, N-23). The scenario is web/test/browser/why.mjs.
func TestWhyInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	s := start(t)
	s.claim()
	sales := s.call(201, "POST", "/v1/groups", object{"name": "Sales"}).Text("id")
	s.join("Eva", sales, "user")
	s.join("Mark", sales, "manager")
	s.plays(ctx, "why", nil, "TANDEM_MEMBER=eva@example.com", "TANDEM_MANAGER=mark@example.com", "TANDEM_PASSWORD="+joinedPassword, "TANDEM_GROUP="+sales, "TANDEM_OWNER=olga@example.com", "TANDEM_OWNER_PASSWORD=correct horse battery")
}

const joinedPassword = "quite a long password"

// join adds a person who has opened the invitation and chosen a password.
func (s *server) join(name, group, role string) {
	s.t.Helper()
	address := strings.ToLower(name) + "@example.com"
	id := s.call(201, "POST", "/v1/users", object{"name": name, "email": address, "groups": []object{{"group": group, "role": role}}}).Text("id")
	s.call(202, "POST", "/v1/users/"+id+"/invite", nil)
	for _, m := range s.call(200, "GET", "/v1/mails", nil).Items() {
		_, link, found := strings.Cut(m.Text("text"), "/link/")
		if m.Text("to") != address || !found {
			continue
		}
		link, _, _ = strings.Cut(link, "\n")
		s.as(NewClient(s.Base, patience), 200, "POST", "/v1/links/"+strings.TrimSpace(link), object{"password": joinedPassword})
		return
	}
	s.t.Fatalf("no invitation for %s", address)
}
