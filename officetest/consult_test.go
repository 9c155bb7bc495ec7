package officetest

import (
	"context"
	"testing"
)

// Real phones: Bob, whose phone has one line, lets Alice wait with music and asks Carol by keys. Carol is busy with nobody and answers; Bob goes back once,
// asks again and hangs up, and Alice talks to Carol. Everybody hears whom he should, and nobody else, at each step (FC-01).
func TestBaresipAsksFirst(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	defer cancel()
	s := start(t)
	s.claim()
	all := []float64{440, 550, 700, 1000}
	alice, bob, carol := s.handset(ctx, "Alice", "101", all[0]), s.handset(ctx, "Bob", "102", all[1]), s.handset(ctx, "Carol", "103", all[2])
	s.call(200, "PUT", "/v1/groups/"+s.call(200, "GET", "/v1/groups", nil).Text("items", 0, "id")+"/music", pure(t, all[3]))

	do(t, alice, "dial", "sip:102@"+s.reach("udp"))
	expect(t, ctx, bob, "CALL_INCOMING")
	do(t, bob, "accept", "")
	expect(t, ctx, alice, "CALL_ESTABLISHED")
	hearsTones(t, "Alice", alice, all, 550)

	types(t, bob, "*2103#")
	expect(t, ctx, carol, "CALL_INCOMING")
	hearsTones(t, "Alice, while it rings at Carol's", alice, all, 1000)
	types(t, bob, "*2#")
	expect(t, ctx, carol, "CALL_CLOSED")
	hearsTones(t, "Alice, Bob being back", alice, all, 550)
	hearsTones(t, "Bob, being back", bob, all, 440)

	types(t, bob, "*2103#")
	expect(t, ctx, carol, "CALL_INCOMING")
	do(t, carol, "accept", "")
	hearsTones(t, "Carol, who is asked", carol, all, 550)
	hearsTones(t, "Bob, who asks", bob, all, 700)
	hearsTones(t, "Alice, who waits", alice, all, 1000)

	do(t, bob, "hangup", "")
	hearsTones(t, "Carol, with Alice", carol, all, 440)
	hearsTones(t, "Alice, with Carol", alice, all, 700)
	do(t, carol, "hangup", "")
	expect(t, ctx, alice, "CALL_CLOSED")
	eventually(t, "the call to be in the log", func() bool {
		c := s.call(200, "GET", "/v1/calls", nil)
		return c.At("items", 0, "from", "name") == "Alice" && c.At("items", 0, "to", "name") == "Carol"
	})
}
