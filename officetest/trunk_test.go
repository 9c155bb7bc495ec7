package officetest

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"
)

// A carrier brings calls for numbers of the office, and carries calls out of it: over the next line when the first is out of order,
// with the number that the office shows, and with both in the record.
func TestCallsOverTrunks(t *testing.T) {
	s := start(t)
	s.claim()
	alice, account := s.person("Alice", "150")
	ctx, desk, carrier, rung := s.deskAndCarrier(account)

	// One line leads to a port where nobody listens, the other to the carrier.
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := closed.Addr().String()
	closed.Close()
	first := s.call(201, "POST", "/v1/trunks", object{"name": "Dead line", "host": dead, "transport": "tcp"})
	second := s.call(201, "POST", "/v1/trunks", object{"name": "Carrier", "host": carrier.local.String(), "transport": "udp", "shows": "+4930555100"})
	state := func(trunk object) string {
		return s.call(200, "GET", "/v1/trunks/"+trunk.Text("id"), nil).Text("state", "state")
	}
	eventually(t, "the carrier answers", func() bool { return state(second) == "up" })
	eventually(t, "the other line is down", func() bool { return state(first) == "down" })
	if why := s.call(200, "GET", "/v1/trunks/"+first.Text("id"), nil).Text("state", "problem"); !strings.Contains(why, "Check port and transport") {
		t.Errorf("the dead line says %q", why)
	}

	// Outside calls in.
	s.call(201, "POST", "/v1/numbers", object{"number": "030 555150", "name": "Alice's line", "shown": true, "to": object{"kind": "user", "id": alice}})
	caller := carrier.Add("+4940777", "")
	in, err := caller.Dial(ctx, "+4930555150")
	if err != nil {
		t.Fatal(err)
	}
	at := receive(t, ctx, rung, in)
	if from := at.invite.Request.From(); from.URI.UserText() != "+4940777" {
		t.Errorf("the desk phone shows %s", from)
	}
	if err := at.Answer(ctx); err != nil {
		t.Fatal(err)
	}
	await(t, ctx, in.Answered(), in)
	in.Hangup()
	await(t, ctx, at.Ended(), at)
	unknown, err := caller.Dial(ctx, "+4930555999")
	if err != nil {
		t.Fatal(err)
	}
	await(t, ctx, unknown.Ended(), unknown)
	if unknown.Status() != 404 {
		t.Errorf("a number that is nobody's: %d %s", unknown.Status(), unknown.Words())
	}

	// And out, past the dead line.
	called := carrier.Add("+4989111222", "")
	outside := make(chan *Talk, 1)
	called.Ringing = func(c *Talk) { outside <- c }
	out, err := desk.Dial(ctx, "089111222")
	if err != nil {
		t.Fatal(err)
	}
	far := receive(t, ctx, outside, out)
	if from := far.invite.Request.From(); from.URI.UserText() != "+4930555150" { // her own number, not the trunk's
		t.Errorf("outside sees %s", from)
	}
	if err := far.Answer(ctx); err != nil {
		t.Fatal(err)
	}
	await(t, ctx, out.Answered(), out)
	far.Hangup()
	await(t, ctx, out.Ended(), out)

	eventually(t, "three records", func() bool { return len(s.call(200, "GET", "/v1/calls", nil).Items()) == 3 })
	for _, record := range s.call(200, "GET", "/v1/calls", nil).Items() {
		direction, to := record.Text("direction"), record.Text("to", "number")
		switch {
		case direction == "out" && to != "+4989111222", direction == "in" && record.Text("from", "number") != "+4940777", direction != "in" && direction != "out":
			t.Errorf("record %v", record)
		}
	}
}

// deskAndCarrier are a registered desk phone of an account, the calls that ring there, and a carrier's switch that knows the office's address.
// They last as long as the test.
func (s *server) deskAndCarrier(account Account) (ctx context.Context, desk *Phone, carrier *Exchange, rung chan *Talk) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	s.t.Cleanup(cancel)
	server := netip.MustParseAddrPort(s.Address("SIP UDP"))
	inside, err := NewExchange(server)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(inside.Close)
	carrier, err = NewExchange(server)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(carrier.Close)
	desk = inside.Add(account.Username, account.Secret)
	rung = make(chan *Talk, 1)
	desk.Ringing = func(c *Talk) { rung <- c }
	if err := desk.Register(ctx, 300); err != nil {
		s.t.Fatal(err)
	}
	return ctx, desk, carrier, rung
}

// receive waits for a call to arrive, or tells how the one that should have brought it ended.
func receive(t *testing.T, ctx context.Context, calls chan *Talk, from *Talk) *Talk {
	t.Helper()
	select {
	case c := <-calls:
		return c
	case <-from.Ended():
		t.Fatalf("it did not arrive: %d %s", from.Status(), from.Words())
	case <-ctx.Done():
		t.Fatal("it did not arrive")
	}
	return nil
}

func await(t *testing.T, ctx context.Context, done <-chan struct{}, c *Talk) {
	t.Helper()
	select {
	case <-done:
	case <-ctx.Done():
		t.Fatalf("never happened: %d %s", c.Status(), c.Words())
	}
}
