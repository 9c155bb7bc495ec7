package officetest

import (
	"context"
	"testing"
	"time"
)

// A review of rights from its beginning to its end in a real browser: started over a group, told by mail, one thing confirmed and
// another removed by the manager, saved as a table, finished by the owner (N-8, B-087, B-089). The scenario is
// web/test/browser/reviews.mjs.
func TestReviewInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	s := start(t)
	s.claim()
	sales := s.call(201, "POST", "/v1/groups", object{"name": "Sales"}).Text("id")
	s.join("Eva", sales, "user")
	s.join("Rita", sales, "receptionist")
	s.join("Mark", sales, "manager")
	for _, u := range s.call(200, "GET", "/v1/users?limit=50", nil).Items() {
		if u.Text("name") == "Eva" {
			s.call(200, "PUT", "/v1/groups/"+sales+"/members/"+u.Text("id")+"/rights/call.intercom", object{"value": "allow"})
		}
	}
	s.plays(ctx, "reviews", nil, "TANDEM_MANAGER=mark@example.com", "TANDEM_PASSWORD="+joinedPassword, "TANDEM_OWNER=olga@example.com", "TANDEM_OWNER_PASSWORD=correct horse battery")
}
