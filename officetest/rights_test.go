package officetest

import (
	"context"
	"strings"
	"testing"
	"time"
)

// An owner in a real browser gives a role in one group, denies one right to one member after a look at what it does, gives a
// right for a week, and takes both back. The scenario is web/test/browser/person-rights.mjs.
func TestRightsOfAPersonInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	s := start(t)
	s.claim()
	sales := s.call(201, "POST", "/v1/groups", object{"name": "Sales"}).Text("id")
	for _, name := range []string{"Eva", "Mark"} {
		s.call(201, "POST", "/v1/users", object{"name": name, "email": strings.ToLower(name) + "@example.com", "groups": []object{{"group": sales, "role": "user"}}})
	}
	s.plays(ctx, "person-rights", nil, "TANDEM_EMAIL=olga@example.com", "TANDEM_PASSWORD=correct horse battery", "TANDEM_GROUP=Sales", "TANDEM_NAME=Mark")
}
