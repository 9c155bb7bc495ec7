package stack

import (
	"net"
	"net/netip"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// noteSize is room for one control message of either family, and a multiple of eight.
const noteSize = 64

// homesMost bounds the addresses whose control message is remembered; further ones are sent to as the system thinks best.
const homesMost = 256

// homes are the addresses of ours that a wildcard socket was reached at, each with the control message that makes a datagram leave from it
// (RFC 3542 §6.2). It is read without a lock for every datagram that leaves.
type homes struct {
	on   bool
	six  bool // the socket carries both families and writes IPv4 addresses as mapped ones
	list atomic.Pointer[[]home]
}

type home struct {
	addr    netip.Addr
	control []byte
}

// open asks the system to say where each datagram was sent to, before the socket is used.
func (h *homes) open(udp *net.UDPConn) {
	raw, err := udp.SyscallConn()
	if err != nil {
		return
	}
	ok := false
	err = raw.Control(func(fd uintptr) {
		domain, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DOMAIN)
		if err != nil {
			return
		}
		if h.six = domain == unix.AF_INET6; h.six {
			err = unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1)
		} else {
			err = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_PKTINFO, 1)
		}
		ok = err == nil
	})
	h.on = err == nil && ok
}

// find is the control message for sending from an address; nil where the system chooses.
func (h *homes) find(addr netip.Addr) []byte {
	if !h.on || !addr.IsValid() || addr.IsUnspecified() {
		return nil
	}
	addr = addr.Unmap()
	for {
		known := h.list.Load()
		var list []home
		if known != nil {
			list = *known
		}
		for i := range list {
			if list[i].addr == addr {
				return list[i].control
			}
		}
		if len(list) >= homesMost {
			return nil
		}
		next := append(list[:len(list):len(list)], home{addr, h.control(addr)})
		if h.list.CompareAndSwap(known, &next) {
			return next[len(next)-1].control
		}
	}
}

func (h *homes) control(addr netip.Addr) []byte {
	switch {
	case h.six: // the zone is that of the far side's address
		return unix.PktInfo6(&unix.Inet6Pktinfo{Addr: addr.WithZone("").As16()})
	case addr.Is4():
		return unix.PktInfo4(&unix.Inet4Pktinfo{Spec_dst: addr.As4()})
	}
	return nil
}

// at reads which of our addresses a datagram was sent to; the zero address when the kernel did not say.
func (b *inbox) at(i int) netip.Addr {
	if !b.noted {
		return netip.Addr{}
	}
	n := int(b.heads[i].head.Controllen)
	head := (*unix.Cmsghdr)(unsafe.Pointer(&b.notes[i]))
	if n < unix.SizeofCmsghdr || n < int(head.Len) {
		return netip.Addr{}
	}
	body := unsafe.Add(unsafe.Pointer(head), unix.CmsgLen(0))
	switch {
	case head.Level == unix.IPPROTO_IPV6 && head.Type == unix.IPV6_PKTINFO && int(head.Len) >= unix.CmsgLen(unix.SizeofInet6Pktinfo):
		return netip.AddrFrom16((*unix.Inet6Pktinfo)(body).Addr).Unmap()
	case head.Level == unix.IPPROTO_IP && head.Type == unix.IP_PKTINFO && int(head.Len) >= unix.CmsgLen(unix.SizeofInet4Pktinfo):
		return netip.AddrFrom4((*unix.Inet4Pktinfo)(body).Spec_dst)
	}
	return netip.Addr{}
}
