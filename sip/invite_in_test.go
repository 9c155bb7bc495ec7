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

// bubble runs a test with a house in a time bubble.
func bubble(t *testing.T, change func(*Config), f func(*testing.T, *house)) {
	synctest.Test(t, func(t *testing.T) { f(t, newHouse(t, change)) })
}

// calls begins an incoming call of alice and returns it with the place of its answers.
func (h *house) calls(p *phone, sdp string, headers ...string) (call.Incoming, chan *stack.Message) {
	h.t.Helper()
	m := p.request("INVITE", "sip:102@pbx", "sip:102@pbx", "call-"+p.name)
	for i := 0; i+1 < len(headers); i += 2 {
		m.Set(headers[i], headers[i+1])
	}
	m.SetBody("application/sdp", []byte(sdp))
	answers := p.proven(m)
	return h.call(), answers
}

func TestIncomingCall(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		alice := h.phone("alice", "192.0.2.11:5060")
		in, answers := h.calls(alice, sdpA)
		if in.Dialled != "102" || string(in.Offer) != sdpA || in.Secure || in.Actor.Device != "dev_alice" || in.Actor.User != "usr_alice" || in.Actor.Kind != pbx.ActorDevice {
			t.Errorf("incoming = %+v", in)
		}
		h.server.Progress(in.Leg, 180, nil)
		ringing := alice.expect(answers, 180)
		h.server.Progress(in.Leg, 183, []byte(sdpB))
		if r := alice.expect(answers, 183); string(r.Body) != sdpB || r.To().Tag() != ringing.To().Tag() {
			t.Errorf("183 = %s", r.Encode())
		}
		h.server.Accept(in.Leg, []byte(sdpB))
		ok := alice.expect(answers, 200)
		if string(ok.Body) != sdpB || ok.To().Tag() == "" || ok.Contact().URI.Host != "192.0.2.1" || ok.Get("Server") != "Tandem" {
			t.Errorf("200 = %s", ok.Encode())
		}
		h.quiet()
		alice.ack(ok, "")
		h.signal(call.SignalAnswered)

		info := alice.within("INFO", ok, nil)
		info.SetBody("application/dtmf-relay", []byte("Signal=5\r\nDuration=160\r\n"))
		alice.expect(alice.send(info), 200)
		if g := h.signal(call.SignalDigit); g.Digit != '5' {
			t.Errorf("digit = %c", g.Digit)
		}
		alice.expect(alice.send(alice.within("BYE", ok, nil)), 200)
		if g := h.signal(call.SignalEnded); g.Cause != pbx.CauseHangup {
			t.Errorf("cause = %s", g.Cause)
		}
		alice.expect(alice.send(alice.within("BYE", ok, nil)), 481)
		if h.server.Legs() != 0 || len(h.server.dialogs) != 0 {
			t.Error("the leg was not forgotten")
		}
	})
}

func TestIncomingRefused(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		alice := h.phone("alice", "192.0.2.11:5060")
		in, answers := h.calls(alice, sdpA)
		h.server.Refuse(in.Leg, pbx.CauseUnknown, "Nobody has the number 102")
		r := alice.expect(answers, 404)
		if r.Reason != "Nobody has the number 102" || r.Get("Warning") != `399 tandem "Nobody has the number 102"` {
			t.Errorf("404 = %s", r.Encode())
		}
		if g := h.signal(call.SignalFailed); g.Cause != pbx.CauseUnknown {
			t.Errorf("cause = %s", g.Cause)
		}
		in, answers = h.calls(alice, sdpA)
		h.server.Refuse(in.Leg, pbx.CauseUnknown, "Die Nummer gehört niemandem")
		if r := alice.expect(answers, 404); r.Reason != "No Such Number" || !strings.Contains(r.Get("Warning"), "gehört") {
			t.Errorf("404 = %s", r.Encode())
		}
	})
}

func TestCallerGivesUp(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		alice := h.phone("alice", "192.0.2.11:5060")
		m := alice.request("INVITE", "sip:102@pbx", "sip:102@pbx", "call-1")
		m.SetBody("application/sdp", []byte(sdpA))
		m = alice.prove(m, alice.expect(alice.send(m), 401), algorithmMD5)
		answers := make(chan *stack.Message, 10)
		tx := alice.stack.Request(alice.flow, m, func(r *stack.Message) { answers <- r })
		in := h.call()
		h.server.Progress(in.Leg, 180, nil)
		alice.expect(answers, 180)
		tx.Cancel()
		alice.expect(answers, 487)
		if g := h.signal(call.SignalFailed); g.Cause != pbx.CauseCancelled {
			t.Errorf("cause = %s", g.Cause)
		}
		h.server.Accept(in.Leg, []byte(sdpB)) // too late, and ignored
		h.server.Hangup(in.Leg, pbx.CauseHangup)
		h.quiet()
	})
}

func TestAnswerIsRepeatedAndThenGivenUp(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		alice := h.phone("alice", "192.0.2.11:5060")
		in, answers := h.calls(alice, sdpA)
		h.server.Accept(in.Leg, []byte(sdpB))
		alice.expect(answers, 200)
		before := h.net.count("SIP/2.0 200")
		time.Sleep(3600 * time.Millisecond) // RFC 3261 §13.3.1.4: after 0.5, 1.5 and 3.5 s
		synctest.Wait()
		if n := h.net.count("SIP/2.0 200") - before; n != 3 {
			t.Errorf("200 was repeated %d times in 3.6 s, want 3", n)
		}
		time.Sleep(30 * time.Second)
		if g := h.signal(call.SignalFailed); g.Cause != pbx.CauseTimeout {
			t.Errorf("cause = %s", g.Cause)
		}
		bye := alice.next("BYE")
		alice.respond(bye, 200, "")
		h.quiet()
		if len(h.server.dialogs) != 0 {
			t.Error("the dialog was not forgotten")
		}
	})
}

func TestHangupBeforeAckWaitsForIt(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		alice := h.phone("alice", "192.0.2.11:5060")
		in, answers := h.calls(alice, sdpA)
		h.server.Accept(in.Leg, []byte(sdpB))
		ok := alice.expect(answers, 200)
		h.server.Hangup(in.Leg, pbx.CauseHangup)
		h.signal(call.SignalFailed)
		if len(alice.requests) != 0 {
			t.Fatal("BYE went out before the ACK (RFC 3261 §15)")
		}
		alice.ack(ok, "")
		alice.respond(alice.next("BYE"), 200, "")
	})
}

func TestLateOffer(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		alice := h.phone("alice", "192.0.2.11:5060")
		in, answers := h.calls(alice, "")
		if len(in.Offer) != 0 {
			t.Errorf("offer = %q", in.Offer)
		}
		h.server.Accept(in.Leg, []byte(sdpB))
		ok := alice.expect(answers, 200)
		alice.ack(ok, sdpA)
		if g := h.signal(call.SignalAnswered); string(g.SDP) != sdpA {
			t.Errorf("answer = %q", g.SDP)
		}
	})
}

func TestReliableProvisionalForCallersThatDemandIt(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		alice := h.phone("alice", "192.0.2.11:5060")
		in, answers := h.calls(alice, sdpA, "Require", "100rel")
		h.server.Progress(in.Leg, 183, []byte(sdpB))
		h.server.Accept(in.Leg, []byte(sdpB))
		early := alice.expect(answers, 183)
		if !early.Has("Require", "100rel") || early.Get("RSeq") == "" {
			t.Fatalf("183 = %s", early.Encode())
		}
		time.Sleep(600 * time.Millisecond)
		alice.expect(answers, 183) // repeated, and no 200 before the PRACK
		n, _ := early.CSeq()
		prack := alice.within("PRACK", early, nil)
		prack.Set("RAck", early.Get("RSeq")+" "+itoa(int(n))+" INVITE")
		alice.expect(alice.send(prack), 200)
		ok := alice.expect(answers, 200)
		alice.ack(ok, "")
		h.signal(call.SignalAnswered)
		again := alice.within("PRACK", early, nil)
		again.Set("RAck", early.Get("RSeq")+" "+itoa(int(n))+" INVITE")
		alice.expect(alice.send(again), 481)
	})
}

func TestIntervalTooSmall(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		alice := h.phone("alice", "192.0.2.11:5060")
		m := alice.request("INVITE", "sip:102@pbx", "sip:102@pbx", "c")
		m.Set("Session-Expires", "30")
		m.Set("Supported", "timer")
		if r := alice.expect(alice.proven(m), 422); r.Get("Min-SE") != "90" {
			t.Errorf("422 = %s", r.Encode())
		}
		h.quiet()
	})
}

func TestVanishedCallerIsCutBySessionTimer(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		alice := h.phone("alice", "192.0.2.11:5060")
		in, answers := h.calls(alice, sdpA, "Session-Expires", "120;refresher=uac", "Supported", "timer")
		h.server.Accept(in.Leg, []byte(sdpB))
		ok := alice.expect(answers, 200)
		if ok.Get("Session-Expires") != "120;refresher=uac" || !ok.Has("Require", "timer") {
			t.Errorf("200 = %s", ok.Encode())
		}
		alice.ack(ok, "")
		h.signal(call.SignalAnswered)
		time.Sleep(80 * time.Second)
		alice.expect(alice.send(alice.within("UPDATE", ok, nil)), 200) // a refresh in time
		time.Sleep(80 * time.Second)
		h.quiet()
		h.net.lose(func(_, to netip.AddrPort, _ []byte) bool {
			return to.Port() == 5060 && to.Addr().String() == "192.0.2.11"
		})
		time.Sleep(1000 * time.Second) // UPDATE without Session-Expires: we refresh ourselves, at half of 1800 s
		g := h.signal(call.SignalEnded)
		if g.Cause != pbx.CauseTimeout {
			t.Errorf("cause = %s", g.Cause)
		}
	})
}

func TestReinviteFromPhone(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		alice := h.phone("alice", "192.0.2.11:5060")
		in, answers := h.calls(alice, sdpA)
		h.server.Accept(in.Leg, []byte(sdpB))
		ok := alice.expect(answers, 200)
		alice.ack(ok, "")
		h.signal(call.SignalAnswered)
		reinvite := func(sdp string) *stack.Message {
			m := alice.within("INVITE", ok, nil)
			m.Set("Contact", "<sip:alice@192.0.2.11:5060>")
			m.SetBody("application/sdp", []byte(sdp))
			return m
		}
		hold := alice.send(reinvite(sdpC))
		if g := h.signal(call.SignalOffered); string(g.SDP) != sdpC || g.Empty {
			t.Errorf("offered = %+v", g)
		}
		second := alice.send(reinvite(sdpA)) // while the first is open
		if r := alice.expect(second, 500); r.Get("Retry-After") == "" {
			t.Errorf("500 = %s", r.Encode())
		}
		h.server.Offer(in.Leg, []byte(sdpB)) // waits until the phone's own offer is done
		h.server.Reply(in.Leg, 200, []byte(sdpB))
		held := alice.expect(hold, 200)
		if len(alice.requests) != 0 {
			t.Error("our offer crossed")
		}
		alice.ack(held, "")
		tx := alice.next("INVITE")
		crossing := alice.send(reinvite(sdpA))
		alice.expect(crossing, 491) // RFC 3261 §14.2: we have one open
		alice.respond(tx, 200, sdpA)
		if g := h.signal(call.SignalReplied); g.Status != 200 || string(g.SDP) != sdpA {
			t.Errorf("replied = %+v", g)
		}
		same := alice.send(reinvite(sdpA)) // nothing new: answered without asking
		if r := alice.expect(same, 200); string(r.Body) != sdpB {
			t.Errorf("refresh = %s", r.Encode())
		} else {
			alice.ack(r, "")
		}
		refused := alice.send(reinvite(sdpC))
		h.signal(call.SignalOffered)
		h.server.Reply(in.Leg, 488, nil)
		alice.expect(refused, 488)
		empty := alice.send(reinvite(""))
		if g := h.signal(call.SignalOffered); !g.Empty {
			t.Errorf("offered = %+v", g)
		}
		h.server.Reply(in.Leg, 200, []byte(sdpB))
		alice.ack(alice.expect(empty, 200), sdpC)
		if g := h.signal(call.SignalReplied); string(g.SDP) != sdpC {
			t.Errorf("replied = %+v", g)
		}
		h.quiet()
	})
}

func TestOldSequenceNumberIsRefused(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		alice := h.phone("alice", "192.0.2.11:5060")
		in, answers := h.calls(alice, sdpA)
		h.server.Accept(in.Leg, []byte(sdpB))
		ok := alice.expect(answers, 200)
		alice.ack(ok, "")
		h.signal(call.SignalAnswered)
		old := stack.NewRequest("BYE", ok.Contact().URI, ok.From(), ok.To(), ok.CallID(), 1)
		alice.expect(alice.send(old), 500)
		stranger := stack.NewRequest("BYE", ok.Contact().URI, ok.From().WithTag("guess"), ok.To(), ok.CallID(), 900)
		alice.expect(alice.send(stranger), 481)
		h.quiet()
	})
}
