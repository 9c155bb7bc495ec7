package sip

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/sip/stack"
)

// Two servers of one installation share the key and the accounts, and neither takes what was proven to the other: whatever a listener on the wire recorded at
// one, the second answers it with a fresh challenge, and so does a server that was started anew. Who knows the secret goes on with that challenge, and nobody
// is counted as guessing (SA-07).
func TestNonceIsGoodAtOneNodeAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		share := func(c *Config) { c.NonceKey = []byte("0123456789abcdef0123456789abcdef") }
		first, second := newHouse(t, share), newHouse(t, share)
		const home = "192.0.2.11:5060"
		here := first.phone("alice", home)
		m := here.request("REGISTER", "sip:pbx", "sip:alice@pbx", "r")
		challenge := here.expect(here.send(m), 401)
		proven := here.prove(m, challenge, algorithmSHA256)

		replay := func(name string, at *house, p *phone, authorization string) *stack.Message {
			t.Helper()
			again := p.request("REGISTER", "sip:pbx", "sip:alice@pbx", strings.ReplaceAll(name, " ", "-"))
			again.Set("Authorization", authorization)
			r := p.expect(p.send(again), 401)
			if !strings.Contains(r.Get("WWW-Authenticate"), "stale=true") || nonceOf(r) == nonceOf(challenge) {
				t.Errorf("%s: %s", name, r.Get("WWW-Authenticate"))
			}
			if len(at.failures) > 0 || len(at.bound("alice")) > 0 {
				t.Errorf("%s: failures %+v, bindings %+v", name, at.failures, at.bound("alice"))
			}
			return r
		}
		there := second.phone("alice", home)
		replay("before it was used", second, there, proven.Get("Authorization"))
		here.expect(here.send(proven), 200) // the first still takes it: one use at one node
		fresh := replay("after it was used", second, there, proven.Get("Authorization"))
		counted := respond("alice", secretOf("alice"), "REGISTER", "sip:pbx", nonceOf(challenge), "00000002", algorithmSHA256)
		replay("with the next count", second, there, counted)

		wrong := there.request("REGISTER", "sip:pbx", "sip:alice@pbx", "guess")
		wrong.Set("Authorization", respond("alice", "guess", "REGISTER", "sip:pbx", nonceOf(challenge), "00000003", algorithmSHA256))
		if r := there.expect(there.send(wrong), 401); strings.Contains(r.Get("WWW-Authenticate"), "stale") || len(second.failures) != 1 || second.failures[0].Reason != "wrong_secret" {
			t.Errorf("a guess with a nonce of the other: %s, %+v", r.Get("WWW-Authenticate"), second.failures)
		}
		again := there.request("REGISTER", "sip:pbx", "sip:alice@pbx", "at-the-second")
		there.expect(there.send(there.prove(again, fresh, algorithmSHA256)), 200)

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		first.server.Close(ctx)
		restarted := newHouse(t, share)
		replay("after a restart", restarted, restarted.phone("alice", home), counted)
	})
}
