package sip

import (
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/sip/stack"
)

// A line that is signed in through a proxy of the carrier's stands in the carrier's name, and shows its proof in the name that the carrier wants.
func TestTrunkBehindAnOutboundProxy(t *testing.T) {
	withTrunk(t, Trunk{Host: "carrier.example", Domain: "provider.example", Register: true, Username: "office", AuthName: "auth-7", Secret: "s"}, func(t *testing.T, h *carried) {
		h.carrier.respond(h.carrier.next("REGISTER"), 401, "", "WWW-Authenticate", carrierDigit)
		tx := h.carrier.next("REGISTER")
		m := tx.Request
		if proof := m.Get("Authorization"); m.URI.String() != "sip:provider.example" || m.To().URI.String() != "sip:office@provider.example" || !strings.Contains(proof, `username="auth-7"`) ||
			!strings.Contains(proof, `uri="sip:provider.example"`) {
			t.Errorf("REGISTER = %s", m.Encode())
		}
		h.carrier.respond(tx, 200, "")
		if !h.state().Up {
			t.Fatalf("state = %+v", h.state())
		}
		h.dialsOut("leg_out")
		if m := h.carrier.next("INVITE").Request; m.URI.String() != "sip:+4989111@provider.example" || m.From().URI.Host != "provider.example" {
			t.Errorf("INVITE = %s", m.Encode())
		}
	})
}

// Our address changes while a line is signed in: the next sign of life shows it, and the carrier is told at once where it calls us, long before the registration
// would run out (CR-11).
func TestTrunkTellsItsNewAddress(t *testing.T) {
	withTrunk(t, Trunk{Register: true, Username: "office", Secret: "s"}, func(t *testing.T, h *carried) {
		h.signsIn("3600")
		looks := func(port string) {
			t.Helper()
			tx := h.carrier.next("OPTIONS")
			m := stack.NewResponse(tx.Request, 404, "")
			via, _, _ := strings.Cut(tx.Request.Get("Via"), ";")
			m.Set("Via", via+";branch="+tx.Request.Via().Branch()+";received=198.51.100.7;rport="+port)
			if err := tx.Respond(m); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		time.Sleep(trunkKeep)
		looks("1024") // it is seen at another address than when it signed in
		h.carrier.respond(h.carrier.next("REGISTER"), 200, "", "Expires", "3600")
		if !h.state().Up {
			t.Errorf("state = %+v", h.state())
		}
	})
}

// A carrier that answers no signs of life is none that is gone: it is asked once more for the registration, and then left in peace. One that is gone is noticed within
// a minute, not when the registration runs out.
func TestTrunkWithoutAnswerToSignsOfLife(t *testing.T) {
	withTrunk(t, Trunk{Register: true, Username: "office", Secret: "s"}, func(t *testing.T, h *carried) {
		h.signsIn("3600")
		registers := 0
		for range 600 { // seconds
			synctest.Wait()
			for len(h.carrier.requests) > 0 {
				if tx := <-h.carrier.requests; tx.Request.Method == "REGISTER" {
					registers++
					h.carrier.respond(tx, 200, "", "Expires", "3600")
				}
				synctest.Wait()
			}
			time.Sleep(time.Second)
		}
		if n := h.net.count("OPTIONS"); registers != 1 || n < 15 || !h.state().Up {
			t.Errorf("%d times signed in, %d signs of life, %+v", registers, n, h.state())
		}
	})
	withTrunk(t, Trunk{Register: true, Username: "office", Secret: "s"}, func(t *testing.T, h *carried) {
		h.signsIn("3600")
		h.net.lose(func(_, to netip.AddrPort, _ []byte) bool { return to.String() == carrierAddr })
		time.Sleep(time.Minute)
		if s := h.state(); s.Up || s.Problem != ProblemSilent {
			t.Errorf("state = %+v", s)
		}
	})
}
