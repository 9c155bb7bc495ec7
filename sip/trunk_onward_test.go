package sip

import (
	"testing"

	"tandem/call"
	"tandem/pbx"
)

// A carrier is told in its own way that a call was sent on; one that is told nothing gets no header (RFC 5806, RFC 7044).
func TestTrunkOnward(t *testing.T) {
	for _, tt := range []struct {
		way           pbx.Onward
		came          string
		header, value string
	}{
		{pbx.OnwardDiversion, "+4930555111", "Diversion", "<sip:+4930555111@carrier.example>;reason=unconditional;counter=1"},
		{pbx.OnwardHistory, "+4930555111", "History-Info", "<sip:+4930555111@carrier.example>;index=1, <sip:+4989111@carrier.example;cause=302>;index=1.1;mp=1"},
		{pbx.OnwardSilent, "+4930555111", "Diversion", ""},
		{pbx.OnwardDiversion, "", "Diversion", ""},
	} {
		withTrunk(t, Trunk{Onward: tt.way}, func(t *testing.T, h *carried) {
			h.up()
			err := h.server.Dial(call.Invite{Leg: "leg_1", Call: "cal_1", Trunk: "trk_1", Onward: tt.came, From: pbx.Party{Number: "+4940777"}, To: pbx.Party{Number: "+4989111"}, Offer: []byte(sdpB)})
			if err != nil {
				t.Fatal(err)
			}
			m := h.carrier.next("INVITE").Request
			if got := m.Get(tt.header); got != tt.value || m.From().URI.UserText() != "+4940777" {
				t.Errorf("%s: %s = %q, want %q", tt.way, tt.header, got, tt.value)
			}
		})
	}
}

// A call of a carrier is given back to it with the number where it goes on; a phone is only refused.
func TestTrunkDeflect(t *testing.T) {
	withTrunk(t, Trunk{}, func(t *testing.T, h *carried) {
		h.up()
		answers := h.calls("sip:+4930555@tandem", "<sip:+4940777@carrier.example>")
		in := h.call()
		h.server.Deflect(in.Leg, "+491701234567")
		if got := h.carrier.expect(answers, 302).Contact().URI.String(); got != "sip:+491701234567@carrier.example" {
			t.Errorf("Contact = %s", got)
		}
		if g := h.signal(call.SignalFailed); g.Cause != pbx.CauseDeflected {
			t.Errorf("failed %+v", g)
		}
		alice := h.phone("alice", "192.0.2.50:5060")
		alice.register()
		asked := alice.proven(alice.request("INVITE", "sip:102@pbx", "sip:102@pbx", "inside"))
		h.server.Deflect(h.call().Leg, "+491701234567")
		if m := alice.expect(asked, 480); m.Has("Contact", "+491701234567") {
			t.Errorf("a phone was told %s", m.Encode())
		}
	})
}
