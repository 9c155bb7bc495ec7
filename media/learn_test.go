package media

import (
	"net/netip"
	"testing"
	"time"
)

func addr(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

// Who is accepted when: one row is one packet, or what happens between packets.
func TestLearning(t *testing.T) {
	const (
		sdp    = "127.0.0.1:5000" // address in the description, behind a NAT
		nat    = "127.0.0.9:6000" // where its packets really come from
		nat2   = "127.0.0.9:6002"
		thief  = "127.0.0.66:6000"
		thief2 = "127.0.0.66:5000"
	)
	flow := Flow{Remote: addr(sdp), Expect: []netip.Addr{addr(sdp).Addr(), addr(nat).Addr()}, Formats: []Format{pcmu}, Send: true, Receive: true}
	type step struct {
		from   string
		seq    uint16
		at     time.Duration // since Set
		passed bool
		set    bool // Set again first, with this remote if given
		remote string
	}
	for _, tt := range []struct {
		name  string
		steps []step
		want  string // locked address at the end
	}{
		{"the signalled address is taken at once", []step{{from: sdp, seq: 1, passed: true}, {from: sdp, seq: 9, passed: true}}, sdp},
		{"and also long after the window", []step{{from: sdp, seq: 1, at: time.Minute, passed: true}}, sdp},
		{"RT-01: a foreign address is never learned", []step{
			{from: thief, seq: 1}, {from: thief, seq: 2}, {from: thief, seq: 3}, {from: thief, seq: 4}, {from: thief, seq: 5}}, ""},
		{"RT-01: nor the signalled port at another host", []step{
			{from: thief2, seq: 1}, {from: thief2, seq: 2}, {from: thief2, seq: 3}, {from: thief2, seq: 4}}, ""},
		{"a phone behind NAT is learned after four in a row", []step{
			{from: nat, seq: 1}, {from: nat, seq: 2}, {from: nat, seq: 3}, {from: nat, seq: 4, passed: true}, {from: nat, seq: 6, passed: true}}, nat},
		{"four that are not in a row do not count", []step{
			{from: nat, seq: 1}, {from: nat, seq: 3}, {from: nat, seq: 5}, {from: nat, seq: 7}, {from: nat, seq: 9}}, ""},
		{"two senders in turn are told apart", []step{
			{from: nat, seq: 1}, {from: nat2, seq: 70}, {from: nat, seq: 2}, {from: nat2, seq: 72}, {from: nat, seq: 3}, {from: nat, seq: 4, passed: true}}, nat},
		{"RT-01: after the window nothing is learned", []step{
			{from: nat, seq: 1, at: 3 * time.Second}, {from: nat, seq: 2, at: 3 * time.Second}, {from: nat, seq: 3, at: 3 * time.Second},
			{from: nat, seq: 4, at: 3 * time.Second}, {from: nat, seq: 5, at: 3 * time.Second}}, ""},
		{"RT-02: the locked source wins over the same stream from elsewhere", []step{
			{from: sdp, seq: 1, passed: true}, {from: nat, seq: 2}, {from: nat, seq: 3}, {from: nat, seq: 4}, {from: nat, seq: 5}, {from: sdp, seq: 2, passed: true}}, sdp},
		{"a re-INVITE lets a moved NAT binding in when the old one is silent", []step{
			{from: sdp, seq: 1, passed: true}, {set: true, from: nat, seq: 2}, {from: nat, seq: 3, at: 90 * time.Millisecond},
			{from: nat, seq: 4, at: 180 * time.Millisecond}, {from: nat, seq: 5, at: 270 * time.Millisecond, passed: true}}, nat},
		{"a burst is not enough to take over", []step{
			{from: sdp, seq: 1, passed: true}, {set: true, from: nat, seq: 2}, {from: nat, seq: 3}, {from: nat, seq: 4}, {from: nat, seq: 5}, {from: nat, seq: 6}}, sdp},
		{"nor is anything while the old one still sends", []step{
			{from: sdp, seq: 1, passed: true}, {set: true, from: sdp, seq: 2, passed: true}, {from: nat, seq: 3},
			{from: nat, seq: 4, at: 200 * time.Millisecond}, {from: nat, seq: 5, at: 300 * time.Millisecond}, {from: nat, seq: 6, at: 400 * time.Millisecond}}, sdp},
		{"a new description moves the lock at once", []step{
			{from: sdp, seq: 1, passed: true}, {set: true, remote: nat, from: sdp, seq: 2}, {from: nat, seq: 100, passed: true}, {from: sdp, seq: 3}}, nat},
		{"an old-style hold forgets nothing", []step{
			{from: sdp, seq: 1, passed: true}, {set: true, remote: "0.0.0.0:5000", from: sdp, seq: 2, passed: true}}, sdp},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := engine(t, func(c *Config) { c.Bind = netip.MustParseAddr("0.0.0.0") })
			s := open(t, e)
			set(t, s, flow)
			begin := e.now()
			for i, st := range tt.steps {
				if st.set {
					f := flow
					if st.remote != "" {
						f.Remote = addr(st.remote)
					}
					set(t, s, f)
					begin = e.now()
				}
				_, passed := s.deliver(addr(st.from), rtpPacket(0, st.seq, uint32(st.seq)*160, 7, []byte("x")), begin+st.at)
				if passed != st.passed {
					t.Fatalf("step %d: passed %v", i, passed)
				}
			}
			if got := s.Stats().Locked; got.IsValid() != (tt.want != "") || got.IsValid() && got != addr(tt.want) {
				t.Errorf("locked %v, want %q", got, tt.want)
			}
		})
	}
}

func TestWindowEndsAfterFiftyPackets(t *testing.T) {
	e := engine(t)
	s := open(t, e)
	set(t, s, Flow{Remote: addr("127.0.0.1:5000"), Expect: []netip.Addr{addr("127.0.0.1:1").Addr(), addr("127.0.0.9:1").Addr()}, Formats: []Format{pcmu}, Send: true, Receive: true})
	now := e.now()
	for i := range 50 { // an expected host, but never two in a row
		s.deliver(addr("127.0.0.9:6000"), rtpPacket(0, uint16(2*i), 0, 7, nil), now)
	}
	for i := range 10 {
		if _, passed := s.deliver(addr("127.0.0.9:6000"), rtpPacket(0, uint16(500+i), 0, 7, nil), now); passed {
			t.Fatal("learned after the window")
		}
	}
	other := open(t, e)
	set(t, other, Flow{})
	e.Bridge(s, other) // the call is answered: one more window
	for i := range 4 {
		if _, passed := s.deliver(addr("127.0.0.9:6000"), rtpPacket(0, uint16(500+i), 0, 7, nil), now); passed != (i == 3) {
			t.Fatalf("packet %d: passed %v", i, passed)
		}
	}
}

func TestWhereToSendBeforeLearning(t *testing.T) {
	for _, tt := range []struct {
		name, remote string
		expect       []string
		want         bool
	}{
		{"the address of the description", "192.0.2.4:4000", nil, true},
		{"a private phone in a private network", "192.168.1.4:4000", []string{"192.168.1.4", "192.168.1.1"}, true},
		{"a private address told from a public one", "192.168.1.4:4000", []string{"192.168.1.4", "203.0.113.1"}, false},
		{"an address that is not expected", "192.0.2.4:4000", []string{"192.0.2.5"}, false},
		{"nowhere", "0.0.0.0:4000", nil, false},
		{"multicast", "224.0.1.1:4000", nil, false},
		{"everybody", "255.255.255.255:4000", nil, false},
		{"port zero", "192.0.2.4:0", nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t, engine(t))
			f := Flow{Remote: addr(tt.remote)}
			for _, x := range tt.expect {
				f.Expect = append(f.Expect, netip.MustParseAddr(x))
			}
			set(t, s, f)
			if got := s.rtp.dest.length > 0; got != tt.want {
				t.Errorf("would send: %v", got)
			}
		})
	}
}

// RT-01, RT-02, RT-03 over real sockets: a thief at another address sprays both ports of both legs, with the right
// payload number and even with the right SSRC and sequence, before and after the first legitimate packet.
func TestSprayGetsNothing(t *testing.T) {
	e := engine(t, func(c *Config) { c.Bind = netip.MustParseAddr("0.0.0.0"); c.Loops = 1 })
	a, b := ring(t, "127.0.0.1"), ring(t, "127.0.0.1")
	thief := ring(t, "127.0.0.66")
	sa, sb := open(t, e), open(t, e)
	set(t, sa, a.flow(pcmu))
	set(t, sb, b.flow(pcmu))
	e.Bridge(sa, sb)
	spray := func(ssrc uint32) {
		for i := range 100 {
			for _, s := range []*Session{sa, sb} {
				thief.send(s.here(), rtpPacket(0, uint16(1000+i), uint32(160*i), ssrc, []byte("stolen")))
				thief.send(s.hereRTCP(), senderReport(ssrc, nil))
				thief.send(s.hereRTCP(), append(senderReport(ssrc, nil), 0x81, 203, 0, 1, byte(ssrc>>24), byte(ssrc>>16), byte(ssrc>>8), byte(ssrc)))
			}
		}
	}
	spray(0x1234)
	for i := range 50 {
		a.talk(sa, 0, "to b")
		b.talk(sb, 0, "to a")
		if got := body(b.hear()); got != "to b" {
			t.Fatalf("B heard %q", got)
		}
		if got := body(a.hear()); got != "to a" {
			t.Fatalf("A heard %q", got)
		}
		if i == 0 {
			spray(0x1234)
		}
		if i%10 == 0 {
			spray(a.ssrc)
		}
	}
	thief.silent()
	if st := sa.Stats(); st.Locked != a.addr() || st.Foreign == 0 {
		t.Errorf("%+v", st)
	}
}
