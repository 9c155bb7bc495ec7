package stack

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
)

func optionsTo(at netip.AddrPort, id string) string {
	return fmt.Sprintf("OPTIONS sip:%[1]s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.9:5060;branch=z9hG4bK%[2]s;rport\r\nMax-Forwards: 70\r\n"+
		"From: <sip:a@127.0.0.9>;tag=%[2]s\r\nTo: <sip:%[1]s>\r\nCall-ID: %[2]s\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n", at, id)
}

// On a machine with several addresses an answer leaves from the one that was asked; the connected socket of the far side hears no other.
// What we begin later over the same flow, or over one that was rebuilt from the two addresses, does the same.
func TestAnswersLeaveFromTheAddressThatWasAsked(t *testing.T) {
	for name, tt := range map[string]struct {
		listen func(*Stack) (netip.AddrPort, error)
		homes  []string
	}{
		"one socket for both families": {func(s *Stack) (netip.AddrPort, error) { return s.ListenUDP(":0") }, []string{"127.0.0.1", "127.0.0.2", "127.0.0.3", "::1"}},
		"an IPv4 socket": {func(s *Stack) (netip.AddrPort, error) {
			pc, err := net.ListenPacket("udp4", "0.0.0.0:0")
			if err != nil {
				return netip.AddrPort{}, err
			}
			return addrPort(pc.LocalAddr()), s.ServePacket(pc)
		}, []string{"127.0.0.1", "127.0.0.2"}},
		"one address": {func(s *Stack) (netip.AddrPort, error) { return s.ListenUDP("127.0.0.2:0") }, []string{"127.0.0.2"}},
	} {
		t.Run(name, func(t *testing.T) {
			flows := make(chan Flow, 1)
			s := open(t, Config{OnRequest: func(tx *ServerTx) { flows <- tx.Request.Flow; front(tx) }})
			bound := must[netip.AddrPort](t)(tt.listen(s))
			for _, host := range tt.homes {
				home := netip.AddrPortFrom(netip.MustParseAddr(host), bound.Port())
				p := dial(t, "udp", home)
				if _, err := p.Write([]byte(optionsTo(home, "id"+strings.ReplaceAll(host, ":", "")))); err != nil {
					t.Fatal(err)
				}
				if m, err := p.next(); err != nil || m.Status != 200 {
					t.Fatalf("%s: %v", host, err)
				}
				flow := <-flows
				if flow.Local != home {
					t.Errorf("%s: the flow says %s", host, flow.Local)
				}
				rebuilt, ok := s.UDPFlowFrom(flow.Local, flow.Remote)
				if !ok || rebuilt.Local != home {
					t.Errorf("%s: rebuilt as %+v, %v", host, rebuilt, ok)
				}
				for _, f := range []Flow{flow, rebuilt} {
					u := must[URI](t)(ParseURI("sip:a@" + home.String()))
					s.Request(f, NewRequest(MethodOptions, u, NameAddr{URI: u}.WithTag("t"), NameAddr{URI: u}, NewToken(), 1), func(*Message) {})
					n, err := p.Read(p.buf)
					if got := string(p.buf[:n]); err != nil || !strings.HasPrefix(got, "OPTIONS ") || !strings.Contains(got, "Via: SIP/2.0/UDP "+home.String()+";") {
						t.Errorf("%s: %q, %v", host, got, err)
					}
				}
			}
		})
	}
}

// An address that is not ours any more does not keep a message from leaving.
func TestAddressThatIsGone(t *testing.T) {
	s := open(t, Config{OnRequest: front})
	bound := must[netip.AddrPort](t)(s.ListenUDP(":0"))
	far := must[net.PacketConn](t)(net.ListenPacket("udp", "127.0.0.1:0"))
	defer far.Close()
	for range homesMost + 2 {
		f, ok := s.UDPFlowFrom(netip.AddrPortFrom(netip.MustParseAddr("192.0.2.55"), bound.Port()), addrPort(far.LocalAddr()))
		if !ok || f.write([]byte("hello")) != nil {
			t.Fatal("not sent")
		}
		b := make([]byte, 16)
		if n, _, err := far.ReadFrom(b); err != nil || string(b[:n]) != "hello" {
			t.Fatalf("%q, %v", b[:n], err)
		}
	}
	k := s.sockets[0]
	for i := range 2 * homesMost {
		k.homes.find(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}))
	}
	if n := len(*k.homes.list.Load()); n != homesMost {
		t.Errorf("%d addresses are remembered", n)
	}
}
