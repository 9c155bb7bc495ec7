package switchboard

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"tandem/call"
	"tandem/media"
	"tandem/pbx"
	"tandem/sdp"
)

// TestRealSound carries one packet each way through the real relay: what was negotiated here is what it needs.
// The phones number their codec differently, and each knows only our address.
func TestRealSound(t *testing.T) {
	loopback := netip.MustParseAddr("127.0.0.1")
	engine, err := media.New(media.Config{Bind: loopback, Public: loopback, Low: 42000, High: 42999, Loops: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	o := newOffice(t, func(c *Config) { c.Sound = Media(engine) })
	o.caller, o.callee = "127.0.0.1:5060", "127.0.0.1:5062"
	ears := func() (*net.UDPConn, uint16) {
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c, uint16(c.LocalAddr().(*net.UDPAddr).Port)
	}
	describe := func(port uint16, c sdp.Codec) []byte {
		return sdp.Offer(sdp.Local{ID: 1, Version: 1, Addr: loopback, Port: port, Codecs: []sdp.Codec{c}}).Encode()
	}
	alice, portA := ears()
	bob, portB := ears()
	other := opus
	other.Payload = 120
	toBob := make(chan []byte, 1)
	o.phone("b1", false, func(p *phone) {
		toBob <- p.invite.Offer
		p.send(call.Signal{Kind: call.SignalAnswered, SDP: describe(portB, other)})
	})
	accepted := make(chan []byte, 1)
	o.board.c.Legs = accepts{o.wire, accepted}
	a := o.dial("102", false, describe(portA, opus))
	answer := <-accepted

	send := func(from, to *net.UDPConn, description []byte, payload, want byte) {
		t.Helper()
		_, st := described(t, description)
		packet := append([]byte{0x80, payload, 0, 1, 0, 0, 0, 160, 1, 2, 3, payload}, "sound"...)
		if _, err := from.WriteToUDPAddrPort(packet, st.Addr); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 1500)
		_ = to.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, _, err := to.ReadFromUDPAddrPort(buf)
		if err != nil {
			t.Fatal(err)
		}
		if n != len(packet) || buf[1]&0x7f != want || string(buf[12:n]) != "sound" {
			t.Errorf("arrived %x, sent %x, want payload type %d", buf[:n], packet, want)
		}
	}
	send(alice, bob, answer, 96, 120)
	send(bob, alice, <-toBob, 96, 96) // whoever receives chooses the numbers (RFC 3264 §5.1)
	a.hangsUp()
	o.drain()
	if c := o.only(); c.Codec != "opus" || len(c.Legs) != 2 {
		t.Errorf("%+v", c)
	}
}

// accepts tells when the caller was answered.
type accepts struct {
	*wire
	answer chan []byte
}

func (a accepts) Accept(leg pbx.LegID, body []byte) {
	a.wire.Accept(leg, body)
	a.answer <- body
}
