package officetest

import (
	"context"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
)

// A person in a real browser says who may reach him and what happens to everybody else; the scenario itself is
// web/test/browser/reachability.mjs.
func TestReachabilityInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	s := start(t)
	x := s.exchange()
	const password = "seven calm kettles hum"
	id, err := s.Claim(ctx, Claim(), password, pbx.Actor{Kind: pbx.ActorSystem, Via: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	carrier := s.exchange()
	if _, err := Found(ctx, s.Desk, pbx.Actor{Kind: pbx.ActorUser, User: id, Via: "cli"}, x, carrier); err != nil {
		t.Fatal(err)
	}
	done := false
	s.plays(ctx, "reachability", func(line []byte) { done = done || strings.Contains(string(line), `"done"`) }, "TANDEM_EMAIL="+OwnerEmail, "TANDEM_PASSWORD="+password)
	if !done {
		t.Error("it ended before its end")
	}
}
