package officetest

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// handset is a real phone of a new person.
func (s *server) handset(ctx context.Context, name, extension string, hz float64) *Baresip {
	s.t.Helper()
	_, a := s.person(name, extension)
	a.Server, a.Transport = s.reach("udp"), "udp"
	b, err := StartBaresip(ctx, filepath.Join(s.t.TempDir(), name), toneFile(s.t, hz, 8000, 1), a, "PCMU/8000/1")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { b.Close() })
	eventually(s.t, name+"'s phone registers", func() bool { return strings.Contains(b.Log(), "[1 binding]") })
	return b
}

// Bob sends Alice on to Carol with the transfer key of a real phone; Alice and Carol hear each other, and the record tells who sent whom where.
func TestBaresipTransfer(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	s := start(t)
	s.claim()
	alice, bob, carol := s.handset(ctx, "Alice", "101", 440), s.handset(ctx, "Bob", "102", 550), s.handset(ctx, "Carol", "103", 700)
	events := s.listen(ctx)
	eventually(t, "all phones shown as registered", func() bool { return s.call(200, "GET", "/v1/overview", nil).At("registered") == 3.0 })

	do(t, alice, "dial", "sip:102@"+s.reach("udp"))
	expect(t, ctx, bob, "CALL_INCOMING")
	do(t, bob, "accept", "")
	expect(t, ctx, alice, "CALL_ESTABLISHED")
	expect(t, ctx, bob, "CALL_ESTABLISHED")
	do(t, bob, "transfer", fmt.Sprintf("sip:103@%s", s.reach("udp")))
	if in := expect(t, ctx, carol, "CALL_INCOMING"); !strings.Contains(in.Peer, "101") {
		t.Errorf("Carol sees a call from %q, want Alice's extension", in.Peer)
	}
	do(t, carol, "accept", "")
	expect(t, ctx, carol, "CALL_ESTABLISHED")
	expect(t, ctx, bob, "CALL_CLOSED")
	heard(t, alice, 700)
	heard(t, carol, 440)
	live := s.call(200, "GET", "/v1/calls/live", nil)
	id := live.Text("items", 0, "id")
	if live.Text("items", 0, "from", "name") != "Alice" || live.Text("items", 0, "to", "name") != "Carol" {
		t.Errorf("live list %v", live)
	}
	do(t, alice, "hangup", "")
	expect(t, ctx, carol, "CALL_CLOSED")
	events.until(t, "call.ended", "id", id)
	record := s.call(200, "GET", "/v1/calls/"+id, nil)
	if record.Text("to", "name") != "Carol" || record.Text("legs", 1, "cause") != "transferred" || !strings.Contains(fmt.Sprint(record.At("trace")), "Bob sent the call on") {
		t.Errorf("record %v", record)
	}
}
