package sip

import (
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"

	"tandem/call"
	"tandem/pbx"
)

// The called person picks up in the moment in which the caller gives up: the answer is confirmed, and the call ended there, with a proof where the carrier
// wants one. Nobody pays for a line that hangs (RFC 3261 §9.1).
func TestTrunkAnswerCrossesCancel(t *testing.T) {
	withTrunk(t, Trunk{Username: "office", Secret: "s"}, func(t *testing.T, h *carried) {
		h.up()
		h.dialsOut("leg_out")
		h.carrier.respond(h.carrier.next("INVITE"), 407, "", "Proxy-Authenticate", carrierDigit)
		tx := h.carrier.next("INVITE")
		h.carrier.respond(tx, 180, "")
		h.signal(call.SignalRang)
		h.net.lose(func(_, _ netip.AddrPort, data []byte) bool { return strings.HasPrefix(string(data), "CANCEL") })
		h.server.Hangup("leg_out", pbx.CauseCancelled)
		h.signal(call.SignalFailed)
		h.carrier.respond(tx, 200, sdpA)
		synctest.Wait()
		if len(h.carrier.acks) == 0 {
			t.Error("the late answer was not confirmed")
		}
		h.carrier.respond(h.carrier.next("BYE"), 407, "", "Proxy-Authenticate", strings.Replace(carrierDigit, "n1", "n2", 1))
		again := h.carrier.next("BYE")
		if !strings.Contains(again.Request.Get("Proxy-Authorization"), `nonce="n2"`) {
			t.Errorf("BYE without a proof: %s", again.Request.Encode())
		}
		h.carrier.respond(again, 200, "")
		h.quiet()
	})
}
