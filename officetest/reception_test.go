package officetest

import (
	"context"
	"testing"
	"time"
)

// The receptionist in a real browser checks a guest in by keyboard, chooses what the room may call, asks why it cannot, has him woken, and checks him out; the owner sees it happen (G-019). The
// scenario is web/test/browser/reception.mjs.
func TestReceptionInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	s := start(t)
	s.claim()
	rooms := s.call(201, "POST", "/v1/groups", object{"name": "Rooms"}).Text("id")
	s.call(201, "POST", "/v1/users", object{"name": "Room 7", "email": "room7@example.com", "groups": []object{{"group": rooms, "role": "user"}}})
	s.join("Rita", rooms, "receptionist")
	s.conducts(ctx, "reception", nil, "TANDEM_DESK=rita@example.com", "TANDEM_DESK_PASSWORD="+joinedPassword, "TANDEM_PATIENCE=20")
}
