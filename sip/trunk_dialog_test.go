package sip

import (
	"strings"
	"testing"
	"time"

	"tandem/call"
	"tandem/pbx"
)

// A carrier finds our time between refreshes too short, asks for a proof, sends sound before the answer and wants to know that we got it,
// and is refreshed by us for as long as the call lasts (RFC 3262, RFC 3311, RFC 4028).
func TestTrunkDialog(t *testing.T) {
	withTrunk(t, Trunk{Username: "office", Secret: "s"}, func(t *testing.T, h *carried) {
		h.up()
		h.dialsOut("leg_1")
		h.carrier.respond(h.carrier.next("INVITE"), 422, "", "Min-SE", "2400")
		asked := h.carrier.next("INVITE")
		if got := asked.Request.Get("Session-Expires"); got != "2400" {
			t.Errorf("Session-Expires = %s", got)
		}
		h.carrier.respond(asked, 407, "", "Proxy-Authenticate", carrierDigit)
		tx := h.carrier.next("INVITE")
		h.carrier.respond(tx, 183, sdpA, "Require", "100rel", "RSeq", "11")
		if g := h.signal(call.SignalProgress); string(g.SDP) != sdpA {
			t.Errorf("early sound: %+v", g)
		}
		prack := h.carrier.next("PRACK")
		if got := prack.Request.Get("RAck"); !strings.HasPrefix(got, "11 ") || !strings.HasSuffix(got, " INVITE") || !strings.Contains(prack.Request.Get("Proxy-Authorization"), `username="office"`) {
			t.Errorf("PRACK = %s", prack.Request.Encode())
		}
		h.carrier.respond(prack, 200, "")
		h.carrier.respond(tx, 200, sdpA, "Allow", "INVITE, ACK, BYE, UPDATE", "Session-Expires", "2400;refresher=uac")
		h.signal(call.SignalAnswered)
		began := time.Now()
		up := h.awaits()
		for up.Request.Method == "OPTIONS" {
			h.carrier.respond(up, 200, "")
			up = h.awaits()
		}
		if d := time.Since(began); up.Request.Method != "UPDATE" || d < 1100*time.Second || d > 1300*time.Second {
			t.Fatalf("%s after %s", up.Request.Method, d)
		}
		if !strings.Contains(up.Request.Get("Proxy-Authorization"), `uri="`+up.Request.URI.String()+`"`) {
			t.Errorf("UPDATE = %s", up.Request.Encode())
		}
		h.carrier.respond(up, 481, "") // it has forgotten the call
		if g := h.signal(call.SignalEnded); g.Cause != pbx.CauseTimeout {
			t.Errorf("ended %+v", g)
		}
	})
}
