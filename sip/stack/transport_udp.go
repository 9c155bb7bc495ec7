package stack

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// socket is one UDP socket with its reader.
type socket struct {
	stack *Stack
	conn  net.PacketConn
	udp   *net.UDPConn // conn, if it is a real one: reading and writing then allocate nothing
	local netip.AddrPort
	gone  atomic.Bool
	homes homes // on a wildcard address: how to send from each of ours
}

// ListenUDP opens an address, "host:port" or ":port"; port 0 picks one. Where the system lets sockets share a port there are several
// readers, and the messages of one source always come to the same one.
func (s *Stack) ListenUDP(addr string) (netip.AddrPort, error) {
	var first netip.AddrPort
	for i := range s.cfg.Sockets {
		config := net.ListenConfig{Control: shareport}
		pc, err := config.ListenPacket(context.Background(), "udp", addr)
		if err != nil {
			if i > 0 {
				break
			}
			return first, err
		}
		udp := pc.(*net.UDPConn)
		udp.SetReadBuffer(8 << 20) // the kernel grants what it may
		udp.SetWriteBuffer(2 << 20)
		local := udp.LocalAddr().(*net.UDPAddr).AddrPort()
		if i == 0 {
			first = local
			host, _, _ := net.SplitHostPort(addr)
			addr = net.JoinHostPort(host, strconv.Itoa(int(local.Port())))
		}
		if err := s.serve(&socket{stack: s, conn: pc, udp: udp, local: local}, i == 0); err != nil {
			return first, err
		}
		if !canShare {
			break
		}
	}
	return first, nil
}

// ServePacket takes over a packet connection of any make; its addresses must be *net.UDPAddr or print as host:port.
func (s *Stack) ServePacket(pc net.PacketConn) error {
	udp, _ := pc.(*net.UDPConn)
	return s.serve(&socket{stack: s, conn: pc, udp: udp, local: addrPort(pc.LocalAddr())}, true)
}

func (s *Stack) serve(k *socket, announce bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		k.conn.Close()
		return ErrClosed
	}
	if k.udp != nil && k.local.Addr().IsUnspecified() {
		k.homes.open(k.udp)
	}
	s.sockets = append(s.sockets, k)
	if announce {
		s.addrs = append(s.addrs, Addr{UDP, k.local})
	}
	s.closers = append(s.closers, func() { k.gone.Store(true); k.conn.Close() })
	if k.udp != nil {
		s.group.Go(k.readBatch)
	} else {
		s.group.Go(k.read)
	}
	return nil
}

func addrPort(a net.Addr) netip.AddrPort {
	switch a := a.(type) {
	case *net.UDPAddr:
		return a.AddrPort()
	case *net.TCPAddr:
		return a.AddrPort()
	case nil:
		return netip.AddrPort{}
	}
	ap, _ := netip.ParseAddrPort(a.String())
	return ap
}

func plain(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

// read is the reader of a packet connection that is no UDP socket: one datagram at a time, for the workers.
func (k *socket) read() {
	buf := make([]byte, k.stack.limits.Datagram)
	for {
		n, a, err := k.conn.ReadFrom(buf)
		if err != nil {
			if k.gone.Load() || errors.Is(err, net.ErrClosed) {
				return
			}
			continue
		}
		k.datagram(buf[:n], addrPort(a), netip.Addr{}, -1)
	}
}

// datagram carries one datagram. at is the address of ours it was sent to, if the socket has many and the system says it.
func (k *socket) datagram(raw []byte, from netip.AddrPort, at netip.Addr, behind time.Duration) {
	s := k.stack
	from = plain(from)
	if !s.welcome(UDP, from) {
		return
	}
	if len(raw) < 16 { // CRLF and other signs of life need no answer over UDP
		return
	}
	local := k.local
	if at.IsValid() && !at.IsMulticast() && !at.IsUnspecified() {
		local = netip.AddrPortFrom(at, local.Port())
	}
	s.receive(Flow{Transport: UDP, Local: local, Remote: from, link: k}, raw, behind)
}

// send lets a datagram leave from the address it answers: on a machine with several, a phone or a firewall takes no answer from another one
// than was asked. When the system refuses that address – it was a broadcast, or is gone – it chooses one itself.
func (k *socket) send(from, to netip.AddrPort, data []byte) error {
	if k.udp != nil {
		if control := k.homes.find(from.Addr()); control != nil {
			if _, _, err := k.udp.WriteMsgUDPAddrPort(data, control, to); err == nil {
				return nil
			}
		}
		_, err := k.udp.WriteToUDPAddrPort(data, to)
		return err
	}
	_, err := k.conn.WriteTo(data, net.UDPAddrFromAddrPort(to))
	return err
}

func (k *socket) alive() bool    { return !k.gone.Load() }
func (k *socket) close(error)    {}
func (k *socket) number() uint64 { return 0 }

// UDPFlow is a flow to an address over one of our UDP sockets of the same family; false when there is none.
func (s *Stack) UDPFlow(to netip.AddrPort) (Flow, bool) { return s.UDPFlowFrom(netip.AddrPort{}, to) }

// UDPFlowFrom is UDPFlow over the socket with a local address, or at least its port: an address translator lets nothing else through.
// When we do not listen there any more it is any socket of the family.
func (s *Stack) UDPFlowFrom(local, to netip.AddrPort) (Flow, bool) {
	to = plain(to)
	s.mu.Lock()
	defer s.mu.Unlock()
	var best *socket
	points := 0
	for _, k := range s.sockets {
		p := 1
		switch {
		case !k.carries(to.Addr()):
			continue
		case k.local == local:
			p = 3
		case k.local.Port() == local.Port():
			p = 2
		}
		if p > points {
			best, points = k, p
		}
	}
	if best == nil {
		return Flow{}, false
	}
	flow := Flow{Transport: UDP, Local: best.local, Remote: to, link: best}
	if points > 1 && best.homes.find(local.Addr()) != nil {
		flow.Local = plain(local)
	}
	return flow, true
}

// carries reports whether the socket can send to an address.
func (k *socket) carries(to netip.Addr) bool {
	local := k.local.Addr()
	both := local.Is6() && local.IsUnspecified() // a wildcard socket carries both families
	return both || local.Unmap().Is4() == to.Is4() || !local.IsValid()
}

// FlowOf finds the flow a token names; false when its connection is gone or the token is none of ours.
func (s *Stack) FlowOf(token string) (Flow, bool) {
	name, rest, _ := strings.Cut(token, ":")
	t, ok := ParseTransport(name)
	if !ok {
		return Flow{}, false
	}
	if t == UDP {
		to, err := netip.ParseAddrPort(rest)
		if err != nil {
			return Flow{}, false
		}
		return s.UDPFlow(to)
	}
	id, err := strconv.ParseUint(rest, 36, 64)
	if err != nil {
		return Flow{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.conns[id]
	if c == nil || c.flow.Transport != t {
		return Flow{}, false
	}
	return c.flow, true
}
