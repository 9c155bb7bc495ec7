package sip

import (
	"strings"
	"testing"

	"tandem/call"
	"tandem/pbx"
	"tandem/sip/stack"
)

// talking is an established incoming call of a phone.
func (h *house) talking(p *phone) (pbx.LegID, *stack.Message) {
	h.t.Helper()
	in, answers := h.calls(p, sdpA)
	h.server.Accept(in.Leg, []byte(sdpB))
	ok := p.expect(answers, 200)
	p.ack(ok, "")
	h.signal(call.SignalAnswered)
	return in.Leg, ok
}

// told reads the next report about a REFER.
func (p *phone) told(want, state string) {
	p.t.Helper()
	tx := p.next("NOTIFY")
	m := tx.Request
	if got := strings.TrimSpace(string(m.Body)); got != want || !strings.HasPrefix(m.Get("Subscription-State"), state) || !strings.HasPrefix(m.Get("Event"), "refer;id=") ||
		m.Get("Content-Type") != sipfrag {
		p.t.Errorf("NOTIFY %q, want %q %s\n%s", got, want, state, m.Encode())
	}
	_ = tx.Respond(stack.NewResponse(m, 200, ""))
}

func TestRefer(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		alice := h.phone("alice", "192.0.2.11:5060")
		leg, ok := h.talking(alice)
		refer := func(headers ...string) chan *stack.Message {
			m := alice.within("REFER", ok, nil)
			for i := 0; i+1 < len(headers); i += 2 {
				m.Add(headers[i], headers[i+1])
			}
			return alice.send(m)
		}
		for _, tt := range []struct {
			name    string
			headers []string
			status  int
		}{
			{"nowhere", nil, 400},
			{"two places", []string{"Refer-To", "<sip:103@pbx>", "Refer-To", "<sip:104@pbx>"}, 400},
			{"no SIP", []string{"Refer-To", "<mailto:carol@example.org>"}, 416},
			{"another method", []string{"Refer-To", "<sip:103@pbx;method=BYE>"}, 603},
		} {
			alice.expect(refer(tt.headers...), tt.status)
			h.quiet()
		}

		answers := refer("Refer-To", `"Carol" <sip:103@pbx>`, "Referred-By", "<sip:nobody@example.org>")
		if g := h.signal(call.SignalReferred); g.Refer.Dialled != "103" {
			t.Errorf("signal %+v", g)
		}
		h.server.Report(leg, call.Progress{Cause: pbx.CauseDenied, Text: "You may not"})
		if r := alice.expect(answers, 603); r.Reason != "You may not" {
			t.Errorf("refused with %s", r.Encode())
		}

		answers = refer("Refer-To", "<sip:103@pbx>")
		h.signal(call.SignalReferred)
		alice.expect(refer("Refer-To", "<sip:104@pbx>"), 491) // one at a time
		h.server.Report(leg, call.Progress{Status: 202})
		alice.expect(answers, 202)
		alice.told("SIP/2.0 100 Trying", "active")
		h.server.Report(leg, call.Progress{Status: 180})
		alice.told("SIP/2.0 180 Ringing", "active")
		h.server.Report(leg, call.Progress{Cause: pbx.CauseBusy})
		alice.told("SIP/2.0 486 Busy Here", "terminated")
		h.server.Report(leg, call.Progress{Status: 200}) // too late
		h.quiet()

		answers = refer("Refer-To", "<sip:103@pbx>", "Refer-Sub", "false", "Require", "norefersub")
		h.signal(call.SignalReferred)
		h.server.Report(leg, call.Progress{Status: 202})
		if r := alice.expect(answers, 202); r.Get("Refer-Sub") != "false" {
			t.Errorf("accepted with %s", r.Encode())
		}
		h.server.Report(leg, call.Progress{Status: 200})
		h.quiet()

		answers = refer("Refer-To", "<sip:103@pbx>")
		h.signal(call.SignalReferred)
		bye := alice.send(alice.within("BYE", ok, nil))
		alice.expect(answers, 481)
		alice.expect(bye, 200)
		h.signal(call.SignalEnded)
		h.quiet()
	})
}
