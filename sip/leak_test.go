package sip

import (
	"testing"
	"testing/synctest"

	"tandem/call"
	"tandem/pbx"
	"tandem/sip/stack"
)

// A phone that was called asks us to prove who we are, at every request of ours in the call: it gets no digest of anybody's secret, neither of its own nor of
// a carrier's (SA-10).
func TestPhonesLearnNoDigest(t *testing.T) {
	for _, status := range []int{401, 407} {
		header := map[int]string{401: "WWW-Authenticate", 407: "Proxy-Authenticate"}[status]
		withTrunk(t, Trunk{Username: "office", Secret: "s3cret"}, func(t *testing.T, h *carried) {
			bob := h.phone("bob", "192.0.2.12:5060")
			var seen []*stack.Message
			challenged := func(method string) {
				t.Helper()
				tx := bob.next(method)
				seen = append(seen, tx.Request)
				bob.respond(tx, status, "", header, `Digest realm="tandem",nonce="n1",algorithm=MD5,qop="auth"`)
				synctest.Wait()
			}
			tx := h.dials(bob)
			seen = append(seen, tx.Request)
			bob.respond(tx, 200, sdpA)
			h.signal(call.SignalAnswered)
			h.server.Offer("leg_out", []byte(sdpB))
			challenged("INVITE")
			h.server.Hangup("leg_out", pbx.CauseHangup)
			challenged("BYE")
			for len(bob.requests) > 0 {
				seen = append(seen, (<-bob.requests).Request)
			}
			if len(seen) != 3 {
				t.Errorf("%d: %d requests, want those that were challenged and no more", status, len(seen))
			}
			for _, m := range seen {
				if m.Get("Authorization") != "" || m.Get("Proxy-Authorization") != "" {
					t.Errorf("%d: a digest in\n%s", status, m.Encode())
				}
			}
		})
	}
}
