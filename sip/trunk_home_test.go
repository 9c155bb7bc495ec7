package sip

import (
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
)

// withPlaces is a line that DNS leads to two places; the second is its "other".
func withPlaces(t *testing.T, f func(t *testing.T, h *carried, other *phone)) {
	c := &carried{}
	bubble(t, func(cfg *Config) {
		cfg.Resolver = names{
			hosts: map[string][]string{"a.carrier.example": {"192.0.2.200"}, "b.carrier.example": {"192.0.2.210"}},
			services: map[string][]*net.SRV{"_sip._udp.carrier.example": {
				{Target: "b.carrier.example.", Port: 5060, Priority: 20}, {Target: "a.carrier.example.", Port: 5060, Priority: 10}}},
		}
		cfg.Trunk = func(s TrunkState) { c.mu.Lock(); defer c.mu.Unlock(); c.states = append(c.states, s) }
	}, func(t *testing.T, h *house) {
		c.house, c.carrier = h, h.phone("carrier", carrierAddr)
		other := h.phone("other", "192.0.2.210:5060")
		h.server.SetTrunks([]Trunk{{ID: "trk_1", Host: "carrier.example"}})
		c.up()
		f(t, c, other)
	})
}

// A call that the first place refuses, or does not answer, goes to the next that DNS names (RFC 3263 §4.3); the line follows it, and
// goes home after three good answers.
func TestTrunkCallTriesTheNextPlace(t *testing.T) {
	for _, silent := range []bool{false, true} {
		withPlaces(t, func(t *testing.T, h *carried, other *phone) {
			if silent { // it hears, and cannot be heard
				h.net.lose(func(from, _ netip.AddrPort, _ []byte) bool { return from.String() == carrierAddr })
			}
			h.dialsOut("leg_1")
			first := h.carrier.next("INVITE")
			if silent {
				time.Sleep(4 * time.Second)
				h.net.lose(nil)
			} else {
				h.carrier.respond(first, 503, "")
			}
			other.respond(other.next("OPTIONS"), 200, "")
			second := other.next("INVITE")
			if second.Request.CallID() != first.Request.CallID() || seqOf(second.Request) <= seqOf(first.Request) || len(second.Request.Body) == 0 {
				t.Errorf("second INVITE = %s", second.Request.Encode())
			}
			other.respond(second, 200, sdpA)
			h.signal(call.SignalAnswered)
			if s := h.state(); !s.Up || s.Target.String() != "192.0.2.210:5060" {
				t.Errorf("state = %+v", s)
			}
			if silent { // it wakes up, and its answer is hung up at once
				h.carrier.respond(first, 200, sdpA)
				h.carrier.respond(h.carrier.next("BYE"), 200, "")
			}
			h.server.Hangup("leg_1", "hangup")
			h.signal(call.SignalEnded)
			other.respond(other.next("BYE"), 200, "")

			asked := 0
			for range 600 {
				synctest.Wait()
				for len(h.carrier.requests) > 0 {
					if tx := <-h.carrier.requests; tx.Request.Method == "OPTIONS" {
						h.carrier.respond(tx, 200, "")
						asked++
					}
					synctest.Wait()
				}
				for len(other.requests) > 0 {
					other.respond(<-other.requests, 200, "")
				}
				if h.state().Target.String() == carrierAddr {
					break
				}
				time.Sleep(time.Second)
			}
			if s := h.state(); s.Target.String() != carrierAddr || !s.Up || asked < trunkGood {
				t.Errorf("state = %+v after %d answers", s, asked)
			}
		})
	}
}

// When the second place is silent too, the call fails for the next line to carry it, within the patience for a silent carrier.
func TestTrunkCallFindsNoPlace(t *testing.T) {
	withPlaces(t, func(t *testing.T, h *carried, other *phone) {
		h.net.lose(func(_, to netip.AddrPort, _ []byte) bool { return to.String() == "192.0.2.210:5060" })
		h.dialsOut("leg_1")
		h.carrier.respond(h.carrier.next("INVITE"), 503, "")
		time.Sleep(4 * time.Second)
		if g := h.signal(call.SignalFailed); g.Cause != "timeout" {
			t.Errorf("failed %+v", g)
		}
		if n := h.server.Legs(); n != 0 {
			t.Errorf("%d legs are left", n)
		}
	})
}

// Who has begun to ring at a place is not called again at another.
func TestTrunkRangAndBroke(t *testing.T) {
	withPlaces(t, func(t *testing.T, h *carried, other *phone) {
		h.dialsOut("leg_1")
		first := h.carrier.next("INVITE")
		h.carrier.respond(first, 180, "")
		h.signal(call.SignalRang)
		h.carrier.respond(first, 503, "")
		h.signal(call.SignalFailed)
		if synctest.Wait(); len(other.requests) != 0 {
			t.Errorf("%s at the other place", (<-other.requests).Request.Method)
		}
	})
}
