package sip

import (
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/pbx"
	"tandem/sip/stack"
)

// dials registers a phone as bob and rings it; the INVITE is returned as the phone sees it.
func (h *house) dials(bob *phone) *stack.ServerTx {
	h.t.Helper()
	if len(h.bound("bob")) == 0 {
		bob.register()
	}
	err := h.server.Dial(call.Invite{Leg: "leg_out", Call: "cal_1", Binding: h.bound("bob")[0],
		From: pbx.Party{Name: `Jürgen "J" Żak`, Number: "101"}, To: pbx.Party{Name: "Bob", Number: "102"}, Offer: []byte(sdpB)})
	if err != nil {
		h.t.Fatal(err)
	}
	return bob.next("INVITE")
}

func TestOutgoingCall(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		bob := h.phone("bob", "192.0.2.12:5060")
		tx := h.dials(bob)
		inv := tx.Request
		for name, want := range map[string]string{
			"P-Asserted-Identity": `"Jürgen \"J\" Żak" <sip:101@192.0.2.1>`, "Contact": "<sip:tandem@192.0.2.1:5060>",
			"Supported": "timer, 100rel, norefersub, replaces", "Session-Expires": "1800", "Min-SE": "90", "Content-Type": "application/sdp", "User-Agent": "Tandem",
		} {
			if got := inv.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if inv.URI.String() != "sip:bob@192.0.2.12:5060" || inv.From().Name() != `Jürgen "J" Żak` || inv.To().URI.String() != "sip:102@192.0.2.1" || string(inv.Body) != sdpB {
			t.Errorf("INVITE = %s", inv.Encode())
		}
		bob.respond(tx, 180, "")
		if g := h.signal(call.SignalRang); g.Status != 180 {
			t.Errorf("rang = %+v", g)
		}
		bob.respond(tx, 180, "")
		h.quiet()
		bob.respond(tx, 183, sdpA)
		if g := h.signal(call.SignalProgress); string(g.SDP) != sdpA {
			t.Errorf("progress = %+v", g)
		}
		bob.respond(tx, 200, sdpA, "Allow", "INVITE, ACK, BYE, UPDATE", "Session-Expires", "600;refresher=uac")
		if g := h.signal(call.SignalAnswered); string(g.SDP) != sdpA {
			t.Errorf("answered = %+v", g)
		}
		if len(bob.acks) != 1 {
			t.Fatalf("%d ACK", len(bob.acks))
		}
		time.Sleep(301 * time.Second) // half of the interval: we refresh, by UPDATE because the phone knows it
		up := bob.next("UPDATE")
		if up.Request.Get("Session-Expires") != "600;refresher=uac" || len(up.Request.Body) != 0 {
			t.Errorf("UPDATE = %s", up.Request.Encode())
		}
		bob.respond(up, 200, "", "Session-Expires", "600;refresher=uac")
		h.quiet()
		h.server.Hangup("leg_out", pbx.CauseHangup)
		if g := h.signal(call.SignalEnded); g.Cause != pbx.CauseHangup {
			t.Errorf("ended = %+v", g)
		}
		bob.respond(bob.next("BYE"), 200, "")
		synctest.Wait()
		if len(h.server.dialogs) != 0 {
			t.Error("the dialog was not forgotten")
		}
	})
}

func TestPhonesAnswersAndTheirCauses(t *testing.T) {
	for status, want := range map[int]pbx.Cause{302: pbx.CauseFailed, 401: pbx.CauseFailed, 407: pbx.CauseFailed, 480: pbx.CauseNoAnswer, 486: pbx.CauseBusy,
		488: pbx.CauseNoCodec, 603: pbx.CauseDeclined} {
		bubble(t, nil, func(t *testing.T, h *house) {
			bob := h.phone("bob", "192.0.2.12:5060")
			tx := h.dials(bob)
			bob.respond(tx, status, "", "Contact", "<sip:999@203.0.113.1>")
			if g := h.signal(call.SignalFailed); g.Cause != want || g.Status != status {
				t.Errorf("%d: %+v, want %s", status, g, want)
			}
			time.Sleep(time.Minute)
			if len(bob.requests) != 0 {
				t.Errorf("%d: something was sent after the end: no redirect is followed, no challenge answered (SA-10)", status)
			}
		})
	}
}

func TestSilentPhone(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		bob := h.phone("bob", "192.0.2.12:5060")
		bob.register()
		h.net.lose(func(_, to netip.AddrPort, _ []byte) bool { return to.String() == "192.0.2.12:5060" })
		if err := h.server.Dial(call.Invite{Leg: "l", Binding: h.bound("bob")[0], Offer: []byte(sdpB)}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(33 * time.Second)
		if g := h.signal(call.SignalFailed); g.Cause != pbx.CauseOffline || g.Status != 408 {
			t.Errorf("failed = %+v", g)
		}
		if n := h.net.count("INVITE"); n != 7 { // RFC 3261 §17.1.1.2: timer A doubles until timer B
			t.Errorf("INVITE was sent %d times, want 7", n)
		}
	})
}

func TestUnknownBinding(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		if err := h.server.Dial(call.Invite{Leg: "l", Binding: pbx.Binding{ID: "gone"}, Offer: []byte(sdpB)}); err != nil {
			t.Fatal(err)
		}
		if g := h.signal(call.SignalFailed); g.Cause != pbx.CauseOffline {
			t.Errorf("failed = %+v", g)
		}
		if h.server.Dial(call.Invite{Leg: "l"}) == nil {
			t.Error("a leg without an offer was accepted")
		}
	})
}

func TestAnsweredElsewhere(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		bob := h.phone("bob", "192.0.2.12:5060")
		tx := h.dials(bob)
		bob.respond(tx, 180, "")
		h.signal(call.SignalRang)
		h.server.Hangup("leg_out", pbx.CauseElsewhere)
		if g := h.signal(call.SignalFailed); g.Cause != pbx.CauseElsewhere {
			t.Errorf("failed = %+v", g)
		}
		cancelled := <-bob.cancels
		if got := cancelled.Data.(*stack.Message).Get("Reason"); got != `SIP;cause=200;text="Call completed elsewhere"` {
			t.Errorf("Reason: %q", got)
		}
		h.quiet()
		if len(h.server.dialogs) != 0 {
			t.Error("the dialog was not forgotten")
		}
	})
}

func TestAnswerCrossesCancel(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		bob := h.phone("bob", "192.0.2.12:5060")
		tx := h.dials(bob)
		bob.respond(tx, 180, "")
		h.signal(call.SignalRang)
		h.net.lose(func(_, _ netip.AddrPort, data []byte) bool { return strings.HasPrefix(string(data), "CANCEL") })
		h.server.Hangup("leg_out", pbx.CauseCancelled)
		h.signal(call.SignalFailed)
		bob.respond(tx, 200, sdpA)
		synctest.Wait()
		if len(bob.acks) != 1 {
			t.Error("the late 200 was not acknowledged")
		}
		bob.respond(bob.next("BYE"), 200, "")
		h.quiet()
		if len(h.server.dialogs) != 0 {
			t.Error("the dialog was not forgotten")
		}
	})
}

func TestHangupBeforeAnySign(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		bob := h.phone("bob", "192.0.2.12:5060")
		tx := h.dials(bob)
		h.server.Hangup("leg_out", pbx.CauseCancelled)
		h.signal(call.SignalFailed)
		if len(bob.cancels) != 0 {
			t.Error("CANCEL went out before a provisional answer (RFC 3261 §9.1)")
		}
		bob.respond(tx, 180, "")
		synctest.Wait()
		if len(bob.cancels) != 1 {
			t.Error("no CANCEL after the provisional answer")
		}
		h.quiet()
	})
}

// TestForkedAnswers is RFC 3261 §13.2.2.4: the first 200 makes the call, others are acknowledged and hung up.
func TestForkedAnswers(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		bob := h.phone("bob", "192.0.2.12:5060")
		tx := h.dials(bob)
		raw := func(status int, tag, sdp string, headers ...string) {
			m := stack.NewResponse(tx.Request, status, "")
			m.Set("To", tx.Request.To().WithTag(tag).String())
			m.Set("Contact", "<sip:"+tag+"@192.0.2.12:5060>")
			for i := 0; i+1 < len(headers); i += 2 {
				m.Set(headers[i], headers[i+1])
			}
			m.SetBody("application/sdp", []byte(sdp))
			if err := bob.stack.ReplyStateless(tx.Request, m); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		raw(180, "one", "")
		h.signal(call.SignalRang)
		raw(183, "two", sdpC)
		h.signal(call.SignalProgress)
		raw(200, "two", sdpC)
		if g := h.signal(call.SignalAnswered); string(g.SDP) != sdpC {
			t.Errorf("answered = %+v", g)
		}
		acks := h.net.count("ACK sip:two@")
		raw(200, "two", sdpC) // its ACK was lost
		if n := h.net.count("ACK sip:two@"); n != acks+1 {
			t.Errorf("%d ACK for the winner", n)
		}
		raw(200, "one", sdpA)
		raw(200, "one", sdpA)
		if h.net.count("ACK sip:one@") != 2 || h.net.count("BYE sip:one@") != 1 {
			t.Errorf("the fork got %d ACK and %d BYE", h.net.count("ACK sip:one@"), h.net.count("BYE sip:one@"))
		}
		h.quiet()
	})
}

func TestReliableProvisionalOfPhone(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		bob := h.phone("bob", "192.0.2.12:5060")
		tx := h.dials(bob)
		bob.respond(tx, 183, sdpA, "Require", "100rel", "RSeq", "7")
		h.signal(call.SignalProgress)
		prack := bob.next("PRACK")
		n, _ := tx.Request.CSeq()
		if prack.Request.Get("RAck") != "7 "+itoa(int(n))+" INVITE" {
			t.Errorf("RAck: %s", prack.Request.Get("RAck"))
		}
		bob.respond(prack, 200, "")
		bob.respond(tx, 183, sdpA, "Require", "100rel", "RSeq", "7") // repeated
		bob.respond(tx, 180, "", "Require", "100rel", "RSeq", "9")   // 8 is missing
		h.quiet()
		bob.respond(tx, 180, "", "Require", "100rel", "RSeq", "8")
		h.signal(call.SignalRang)
		bob.respond(bob.next("PRACK"), 200, "")
		bob.respond(tx, 200, "") // the answer was in the reliable 183
		if g := h.signal(call.SignalAnswered); string(g.SDP) != sdpA {
			t.Errorf("answered = %+v", g)
		}
		h.server.Hangup("leg_out", pbx.CauseHangup)
		h.signal(call.SignalEnded)
		bye := bob.next("BYE")
		if got, _ := bye.Request.CSeq(); got != n+3 {
			t.Errorf("BYE has number %d after INVITE %d and two PRACK", got, n)
		}
	})
}

func TestLongerIntervalAfter422(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		bob := h.phone("bob", "192.0.2.12:5060")
		tx := h.dials(bob)
		bob.respond(tx, 422, "", "Min-SE", "3600")
		again := bob.next("INVITE")
		if again.Request.Get("Session-Expires") != "3600" || again.Request.Get("Min-SE") != "3600" || again.Request.CallID() != tx.Request.CallID() {
			t.Errorf("second INVITE = %s", again.Request.Encode())
		}
		h.quiet()
		bob.respond(again, 486, "")
		h.signal(call.SignalFailed)
	})
}

// TestGlare is RFC 3261 §14.1: the side that made the Call-ID waits longer, so the offers meet once only.
func TestGlare(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		bob := h.phone("bob", "192.0.2.12:5060")
		tx := h.dials(bob)
		bob.respond(tx, 200, sdpA)
		h.signal(call.SignalAnswered)
		h.server.Offer("leg_out", []byte(sdpC))
		bob.respond(bob.next("INVITE"), 491, "")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if len(bob.requests) != 0 {
			t.Error("the owner of the Call-ID must wait 2.1 s at least")
		}
		h.server.Offer("leg_out", []byte(sdpB)) // a newer wish replaces the old one
		h.quiet()
		time.Sleep(2100 * time.Millisecond)
		again := bob.next("INVITE")
		if string(again.Request.Body) != sdpB {
			t.Errorf("offer = %s", again.Request.Body)
		}
		bob.respond(again, 488, "")
		if g := h.signal(call.SignalReplied); g.Status != 488 {
			t.Errorf("replied = %+v", g)
		}
		h.server.Offer("leg_out", []byte(sdpC))
		bob.respond(bob.next("INVITE"), 481, "")
		if g := h.signal(call.SignalEnded); g.Cause != pbx.CauseTimeout {
			t.Errorf("ended = %+v", g)
		}
	})
}

// The answer of a phone that we call is confirmed when the switchboard says so, and before anything else that is said to it (ADR 113).
func TestConfirm(t *testing.T) {
	for _, c := range []struct {
		name string
		then func(h *house)
		next string
	}{
		{"confirmed", func(h *house) { h.server.Confirm("leg_out"); h.server.Confirm("leg_out") }, ""},
		{"hung up", func(h *house) { h.server.Hangup("leg_out", pbx.CauseHangup) }, "BYE"},
		{"changed", func(h *house) {
			h.server.Offer("leg_out", []byte(sdpC))
			synctest.Wait()
			h.server.Confirm("leg_out")
		}, "INVITE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, nil, func(t *testing.T, h *house) {
				h.ponders.Store(true)
				bob := h.phone("bob", "192.0.2.12:5060")
				tx := h.dials(bob)
				bob.respond(tx, 200, sdpA)
				h.signal(call.SignalAnswered)
				time.Sleep(1800 * time.Millisecond) // the phone repeats its answer
				synctest.Wait()
				if len(bob.acks) > 0 || len(bob.requests) > 0 {
					t.Fatalf("%d ACK before the switchboard confirmed", len(bob.acks))
				}
				c.then(h)
				synctest.Wait()
				if len(bob.acks) != 1 {
					t.Errorf("%d ACK", len(bob.acks))
				}
				if c.next != "" {
					bob.respond(bob.next(c.next), 200, sdpA)
				} else if len(bob.requests) > 0 {
					t.Error("asked for more")
				}
			})
		})
	}
}

// A phone that has an offer of its own under way says so with 500 and Retry-After; that is no refusal (RFC 3261 §14.2).
func TestBusyWithAnOffer(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		bob := h.phone("bob", "192.0.2.12:5060")
		tx := h.dials(bob)
		bob.respond(tx, 200, sdpA)
		h.signal(call.SignalAnswered)
		h.server.Offer("leg_out", []byte(sdpC))
		bob.respond(bob.next("INVITE"), 500, "", "Retry-After", "3 (thinking)")
		h.quiet()
		time.Sleep(2900 * time.Millisecond)
		synctest.Wait()
		if len(bob.requests) != 0 {
			t.Error("asked again before the phone wanted")
		}
		time.Sleep(200 * time.Millisecond)
		bob.respond(bob.next("INVITE"), 200, sdpB)
		if g := h.signal(call.SignalReplied); g.Status != 200 {
			t.Errorf("replied = %+v", g)
		}
		h.server.Offer("leg_out", []byte(sdpA))
		bob.respond(bob.next("INVITE"), 500, "")
		if g := h.signal(call.SignalReplied); g.Status != 500 {
			t.Errorf("replied = %+v", g)
		}
	})
}

func TestRecordRouteIsFollowed(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		bob := h.phone("bob", "192.0.2.12:5060")
		tx := h.dials(bob)
		bob.respond(tx, 200, sdpA, "Record-Route", "<sip:p2@192.0.2.12;lr>, <sip:p1@192.0.2.12;lr>", "Contact", "<sip:bob@10.0.0.1?Route=%3Csip:evil%3E>")
		h.signal(call.SignalAnswered)
		h.server.Hangup("leg_out", pbx.CauseHangup)
		bye := bob.next("BYE").Request
		var routes []string
		for r := range bye.Lines("Route") {
			routes = append(routes, r)
		}
		if got := strings.Join(routes, " "); got != "<sip:p1@192.0.2.12;lr> <sip:p2@192.0.2.12;lr>" || bye.URI.String() != "sip:bob@10.0.0.1" {
			t.Errorf("BYE = %s", bye.Encode())
		}
	})
}

func TestDropEndsEverything(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		bob := h.phone("bob", "192.0.2.12:5060")
		tx := h.dials(bob)
		bob.respond(tx, 200, sdpA)
		h.signal(call.SignalAnswered)
		h.server.Drop("dev_bob")
		h.signal(call.SignalEnded)
		bob.respond(bob.next("BYE"), 200, "")
		if len(h.bound("bob")) != 0 {
			t.Error("the binding is still there")
		}
	})
}
