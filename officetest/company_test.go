package officetest

import (
	"context"
	"io"
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"tandem/pbx"
)

// The canned company is whole: everything that its numbers, rules and keys lead to exists, every number that people outside call is answered on a workday, and the
// carrier's line works. People inside and outside call each other by themselves.
func TestCannedCompany(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := start(t)
	server := netip.MustParseAddrPort(s.reach("udp"))
	var exchanges [2]*Exchange
	for i := range exchanges {
		x, err := NewExchange(server)
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		exchanges[i] = x
	}
	const password = "seven calm kettles hum"
	id, err := s.Claim(ctx, Claim(), password, pbx.Actor{Kind: pbx.ActorSystem, Via: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Found(ctx, s.Desk, pbx.Actor{Kind: pbx.ActorUser, User: id, Via: "cli"}, exchanges[0], exchanges[1])
	if err != nil {
		t.Fatal(err)
	}
	s.call(200, "POST", "/v1/session", object{"email": OwnerEmail, "password": password})
	eventually(t, "the carrier answers", func() bool {
		return s.call(200, "GET", "/v1/trunks", nil).Items()[0].Text("state", "state") == "up"
	})
	for _, did := range s.call(200, "GET", "/v1/numbers", nil).Items() {
		plan := s.call(200, "POST", "/v1/explain/route", object{"from": "+4315123456", "to": did.Text("number"), "at": "2027-03-03T10:00:00Z"})
		if end := plan.Text("root", "end"); end == "refused" || end == "hidden" {
			t.Errorf("%s on a workday: %v", did.Text("number"), plan)
		}
	}
	life, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); c.Live(life, slog.New(slog.NewTextHandler(io.Discard, nil)), 1) }()
	eventually(t, "calls of all three directions", func() bool {
		seen := map[string]bool{}
		for _, call := range s.call(200, "GET", "/v1/calls/live", nil).Items() {
			seen[call.Text("direction")] = true
		}
		return seen["internal"] && seen["in"] && seen["out"]
	})
	stop()
	select {
	case <-ended:
	case <-time.After(patience):
		t.Fatal("the company did not stop")
	}
}
