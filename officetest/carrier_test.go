package officetest

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"

	"tandem/sdp"
	"tandem/sip/stack"
)

// reoffers sends another description into a call that came in, and returns what the server says to it.
func (t *Talk) reoffers(ctx context.Context, seq uint32, body string) (*stack.Message, error) {
	in := t.invite.Request
	m := stack.NewRequest(stack.MethodInvite, in.Contact().URI, in.To().WithTag(stack.LocalTag(in)), in.From(), t.callID, seq)
	m.Add(stack.HeaderContact, "<"+t.phone.contact()+">")
	m.SetBody("application/sdp", []byte(body))
	a, err := t.phone.ask(ctx, m)
	if err == nil && a.Status < 300 {
		flow, _ := t.phone.flow()
		t.phone.x.stack.Send(flow, stack.NewRequest(stack.MethodAck, in.Contact().URI, m.From(), m.To(), t.callID, seq))
	}
	return a, err
}

// reached waits for sound at a socket.
func reached(ctx context.Context, t *testing.T, c net.PacketConn) {
	t.Helper()
	deadline, _ := ctx.Deadline()
	_ = c.SetReadDeadline(deadline)
	if _, _, err := c.ReadFrom(make([]byte, 1500)); err != nil {
		t.Error(err)
	}
}

// Carriers do odd things: one line sends every call elsewhere, which is refused and the next line taken; the next lets the caller hear its own announcement
// before anybody answers, wants to turn the call into a fax, which is refused without harm, and changes codec and address in the middle of it (CR-10, RFC 3261 §14).
func TestCarrierChangesItsMind(t *testing.T) {
	s := start(t)
	s.claim()
	_, account := s.person("Alice", "150")
	ctx, desk, carrier, _ := s.deskAndCarrier(account)
	other, err := NewExchange(netip.MustParseAddrPort(s.Address("SIP UDP")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(other.Close)
	for i, host := range []string{other.local.String(), carrier.local.String()} {
		line := s.call(201, "POST", "/v1/trunks", object{"name": fmt.Sprint("Line ", i), "host": host, "transport": "udp", "shows": "+4930555100"})
		eventually(t, "the line is up", func() bool {
			return s.call(200, "GET", "/v1/trunks/"+line.Text("id"), nil).Text("state", "state") == "up"
		})
	}
	other.Add("+4989111222", "").Ringing = func(c *Talk) {
		away := stack.NewResponse(c.invite.Request, 302, "")
		away.Add(stack.HeaderContact, "<sip:+882999@"+carrier.local.String()+">")
		_ = c.invite.Respond(away)
	}
	lured := make(chan *Talk, 1)
	carrier.Add("+882999", "").Ringing = func(c *Talk) { lured <- c }
	rung := make(chan *Talk, 1)
	carrier.Add("+4989111222", "").Ringing = func(c *Talk) { rung <- c }
	for _, x := range []*Exchange{other, carrier} { // they see what was set before
		x.Add("+498900000", "")
	}
	out, err := desk.Dial(ctx, "089111222")
	if err != nil {
		t.Fatal(err)
	}
	far := receive(t, ctx, rung, out)

	// The announcement before the answer.
	if _, err := far.open(ctx); err != nil {
		t.Fatal(err)
	}
	body, err := far.describe()
	if err != nil {
		t.Fatal(err)
	}
	answer := func(status int) {
		t.Helper()
		m := stack.NewResponse(far.invite.Request, status, "")
		m.Add(stack.HeaderContact, "<"+far.phone.contact()+">")
		m.SetBody("application/sdp", body)
		if err := far.invite.Respond(m); err != nil {
			t.Fatal(err)
		}
	}
	answer(183)
	far.speak(far.far)
	eventually(t, "the caller hears the announcement", func() bool { return out.Early() > 0 })
	answer(200)
	await(t, ctx, out.Answered(), out)

	sound, err := new(net.ListenConfig).ListenPacket(ctx, "udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer sound.Close()
	port := sound.LocalAddr().(*net.UDPAddr).Port
	head := "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
	seq := uint32(10)
	reoffer := func(body string) (a *stack.Message) {
		t.Helper()
		eventually(t, "no other change is under way", func() bool { // RFC 3261 §14.1: 491 is asked again
			seq++
			var err error
			if a, err = far.reoffers(ctx, seq, body); err != nil {
				t.Fatal(err)
			}
			return a.Status != 491
		})
		return a
	}
	for _, fax := range []string{"m=image 5000 udptl t38\r\na=T38FaxVersion:0\r\n", "m=audio 0 RTP/AVP 0\r\nm=image 5000 udptl t38\r\n"} {
		if a := reoffer(head + fax); a.Status != 488 {
			t.Fatalf("a fax: %s", a.Encode())
		}
	}
	a := reoffer(head + "m=audio 5002 RTP/AVP 8\r\n")
	if a.Status != 200 {
		t.Fatalf("another codec: %s", a.Encode())
	}
	said, err := sdp.Parse(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	if st, err := said.Audio(sdp.Plain); err != nil || len(st.Codecs) == 0 || st.Codecs[0].Name != "PCMA" {
		t.Errorf("%v\n%s", err, a.Body)
	}
	if a := reoffer(head + fmt.Sprintf("m=audio %d RTP/AVP 0\r\n", port)); a.Status != 200 {
		t.Fatalf("another address: %s", a.Encode())
	}
	reached(ctx, t, sound)
	far.Hangup()
	await(t, ctx, out.Ended(), out)
	select {
	case <-lured:
		t.Error("the call went where the carrier pointed")
	default:
	}
	eventually(t, "one record over the second line", func() bool {
		list := s.call(200, "GET", "/v1/calls", nil).Items()
		return len(list) == 1 && strings.Contains(list[0].Text("to", "number"), "+4989111222")
	})
}
