package officetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tandem/house"
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

// Bob is called by a phone that asks Carol meanwhile and connects the two: both real phones hear each other, and each record names the other.
func TestAttendedTransfer(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	s := start(t)
	s.claim()
	bob, carol := s.handset(ctx, "Bob", "102", 550), s.handset(ctx, "Carol", "103", 700)
	alice := s.desk(ctx, "Alice", "101")
	first, err := alice.Dial(ctx, "102")
	if err != nil {
		t.Fatal(err)
	}
	expect(t, ctx, bob, "CALL_INCOMING")
	do(t, bob, "accept", "")
	expect(t, ctx, bob, "CALL_ESTABLISHED")
	<-first.Answered()
	second, err := alice.Dial(ctx, "103")
	if err != nil {
		t.Fatal(err)
	}
	expect(t, ctx, carol, "CALL_INCOMING")
	do(t, carol, "accept", "")
	expect(t, ctx, carol, "CALL_ESTABLISHED")
	<-second.Answered()
	if status, err := first.Transfer(ctx, "103", second); status != 202 || err != nil {
		t.Fatalf("transfer answered with %d, %v", status, err)
	}
	<-first.Ended()
	<-second.Ended()
	heard(t, bob, 700)
	heard(t, carol, 550)
	do(t, carol, "hangup", "")
	expect(t, ctx, bob, "CALL_CLOSED")
	eventually(t, "both calls are recorded", func() bool { return s.call(200, "GET", "/v1/calls", nil).At("total") == 2.0 })
	calls := s.call(200, "GET", "/v1/calls", nil)
	one, two := calls.Text("items", 0, "id"), calls.Text("items", 1, "id")
	if calls.At("items", 0, "linked", 0) != two || calls.At("items", 1, "linked", 0) != one {
		t.Errorf("calls %v", calls)
	}
}

// desk is a simulated phone of a new person.
func (s *server) desk(ctx context.Context, name, extension string) *Phone {
	s.t.Helper()
	_, a := s.person(name, extension)
	x := s.exchange()
	p := x.Add(a.Username, a.Secret)
	if err := p.Register(ctx, 600); err != nil {
		s.t.Fatal(err)
	}
	return p
}

// Mallory has an account and knows everything about a call of Alice and Bob, as one who listens on the wire would. It is not hers, so it does
// not exist for her (RFC 3891 §3), and the two go on talking.
func TestReplacesAttack(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	s := start(t, func(c *house.Config) { c.Digests = []string{"MD5", "SHA-256"} }) // SIPp knows MD5 only
	s.claim()
	bob := s.handset(ctx, "Bob", "102", 550)
	alice := s.desk(ctx, "Alice", "101")
	_, mallory := s.person("Mallory", "104")
	talk, err := alice.Dial(ctx, "102")
	if err != nil {
		t.Fatal(err)
	}
	expect(t, ctx, bob, "CALL_INCOMING")
	attack := func() {
		t.Helper()
		dialog, err := talk.Replaces()
		if err != nil {
			t.Fatal(err)
		}
		users := filepath.Join(t.TempDir(), "users.csv")
		line := fmt.Sprintf("SEQUENTIAL\n%s;[authentication username=%s password=%s];\n", mallory.Username, mallory.Username, mallory.Secret)
		if err := os.WriteFile(users, []byte(line), 0o600); err != nil {
			t.Fatal(err)
		}
		at := s.reach("udp")
		finish(t, sipp(t, at, "replaces.xml", "-p", freeUDP(t), "-mp", freeUDP(t), "-m", "1", "-inf", users, "-key", "domain", "127.0.0.1",
			"-key", "replaces", dialog, "-s", "102", "-auth_uri", "102@"+at))
	}
	do(t, bob, "accept", "")
	expect(t, ctx, bob, "CALL_ESTABLISHED")
	<-talk.Answered()
	attack()
	select {
	case <-talk.Ended():
		t.Fatal("the call was taken over")
	default:
	}
	if n := s.Board.Calls(); n != 1 {
		t.Errorf("%d calls, want the one that was there", n)
	}
	talk.Hangup()
	expect(t, ctx, bob, "CALL_CLOSED")
}

// Bob parks Alice with the transfer key; Carol dials the position and has her. Then Carol picks up a call that rings at Bob.
func TestBaresipParkAndPickup(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	s := start(t)
	s.claim()
	alice, bob, carol := s.handset(ctx, "Alice", "101", 440), s.handset(ctx, "Bob", "102", 550), s.handset(ctx, "Carol", "103", 700)
	s.call(201, "POST", "/v1/parks", object{"name": "Reception", "extension": "700", "slots": 4})
	role := s.call(200, "GET", "/v1/users?q=Carol", nil).Text("items", 0, "id")
	s.call(201, "POST", "/v1/users/"+role+"/grants", object{"right": "call.see", "scope": object{"kind": "all"}, "reason": "reception"})
	s.call(201, "POST", "/v1/users/"+role+"/grants", object{"right": "call.pickup", "scope": object{"kind": "all"}, "reason": "reception"})

	do(t, alice, "dial", "sip:102@"+s.reach("udp"))
	expect(t, ctx, bob, "CALL_INCOMING")
	do(t, bob, "accept", "")
	expect(t, ctx, bob, "CALL_ESTABLISHED")
	do(t, bob, "transfer", "sip:700@"+s.reach("udp"))
	expect(t, ctx, bob, "CALL_CLOSED")
	eventually(t, "Alice is parked", func() bool {
		return s.call(200, "GET", "/v1/parks", nil).At("items", 0, "parked", 0, "position") == "701"
	})
	do(t, carol, "dial", "sip:701@"+s.reach("udp"))
	expect(t, ctx, carol, "CALL_ESTABLISHED")
	heard(t, alice, 700)
	heard(t, carol, 440)
	do(t, carol, "hangup", "")
	expect(t, ctx, alice, "CALL_CLOSED")

	do(t, alice, "dial", "sip:102@"+s.reach("udp"))
	expect(t, ctx, bob, "CALL_INCOMING")
	do(t, carol, "dial", "sip:**102@"+s.reach("udp"))
	expect(t, ctx, carol, "CALL_ESTABLISHED")
	expect(t, ctx, bob, "CALL_CLOSED")
	expect(t, ctx, alice, "CALL_ESTABLISHED")
	do(t, alice, "hangup", "")
	expect(t, ctx, carol, "CALL_CLOSED")
}
