package media

import (
	"net/netip"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// socket is one UDP port with the address it talks to. Its session's lock guards it.
type socket struct {
	session *Session
	fd      int
	rtcp    bool
	paused  bool // out of epoll until its rate bucket has refilled

	locked bool
	remote netip.AddrPort // where packets come from and go to, once locked
	dest   raw            // where packets go to now; empty: nowhere
	joined bool           // the kernel itself drops packets of other sources

	rate bucket // of the flow itself
	junk bucket // of packets from foreign addresses
}

// raw is an address as the kernel wants it; length 0 means none.
type raw struct {
	addr   unix.RawSockaddrInet6 // large enough for IPv4 as well
	length uint32
}

func (s *socket) open(owner *Session, fd int, rtcp bool) {
	s.session, s.fd, s.rtcp = owner, fd, rtcp
	if rtcp {
		s.rate, s.junk = bucket{limit: rtcpRate}, bucket{limit: junkRate}
		return
	}
	s.rate, s.junk = bucket{limit: rtpRate}, bucket{limit: junkRate}
}

func (s *socket) port() uint16 {
	if s.rtcp {
		return s.session.port + 1
	}
	return s.session.port
}

// bind opens a non-blocking UDP socket. Packets are marked Expedited Forwarding (RFC 3246),
// and at most about a second of a call is kept in the kernel while the thread is busy.
func bind(ip netip.Addr, port uint16) (int, error) {
	family := unix.AF_INET
	if ip.Is6() {
		family = unix.AF_INET6
	}
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	const expedited = 46 << 2
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_TOS, expedited) // a wish; the network may ignore it
	if ip.Is6() {
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_TCLASS, expedited)
		only := 1
		if ip.IsUnspecified() {
			only = 0
		}
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, only); err != nil {
			_ = unix.Close(fd)
			return -1, err
		}
	}
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, 128<<10)
	var sa unix.Sockaddr
	if ip.Is6() {
		sa = &unix.SockaddrInet6{Addr: ip.As16(), Port: int(port)}
	} else {
		sa = &unix.SockaddrInet4{Addr: ip.As4(), Port: int(port)}
	}
	if err := unix.Bind(fd, sa); err != nil {
		_ = unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// rawAddr writes an address in the form of the engine's sockets; an IPv4 address on an IPv6 socket is mapped.
func rawAddr(to netip.AddrPort, six bool) raw {
	var r raw
	if !to.IsValid() {
		return r
	}
	if six {
		r.addr.Family = unix.AF_INET6
		r.addr.Addr = to.Addr().As16()
		r.length = unix.SizeofSockaddrInet6
	} else {
		v4 := (*unix.RawSockaddrInet4)(unsafe.Pointer(&r.addr))
		v4.Family = unix.AF_INET
		v4.Addr = to.Addr().As4()
		r.length = unix.SizeofSockaddrInet4
	}
	port := (*[2]byte)(unsafe.Pointer(&r.addr.Port)) // both forms keep it in the same place
	port[0], port[1] = byte(to.Port()>>8), byte(to.Port())
	return r
}

// source reads what the kernel wrote.
func (r *raw) source() netip.AddrPort {
	port := (*[2]byte)(unsafe.Pointer(&r.addr.Port))
	n := uint16(port[0])<<8 | uint16(port[1])
	if r.addr.Family == unix.AF_INET {
		v4 := (*unix.RawSockaddrInet4)(unsafe.Pointer(&r.addr))
		return netip.AddrPortFrom(netip.AddrFrom4(v4.Addr), n)
	}
	return netip.AddrPortFrom(netip.AddrFrom16(r.addr.Addr).Unmap(), n)
}

// receive takes one packet. The socket never blocks, so the call does not trouble the Go scheduler.
func (s *socket) receive(buf []byte, from *raw) (int, syscall.Errno) {
	from.length = unix.SizeofSockaddrInet6
	n, _, errno := syscall.RawSyscall6(unix.SYS_RECVFROM, uintptr(s.fd), uintptr(unsafe.Pointer(unsafe.SliceData(buf))),
		uintptr(len(buf)), 0, uintptr(unsafe.Pointer(&from.addr)), uintptr(unsafe.Pointer(&from.length)))
	return int(n), errno
}

// siocgstampns asks when the packet that was read last came; asked for the first time, it makes the kernel keep that (socket(7)).
const siocgstampns = 0x8907

// arrived is when the packet that was read last came, if it is read later than that. Where the kernel does not know, it came now.
func (s *socket) arrived(now time.Duration) time.Duration {
	var t unix.Timespec
	if _, _, errno := syscall.RawSyscall(unix.SYS_IOCTL, uintptr(s.fd), siocgstampns, uintptr(unsafe.Pointer(&t))); errno != 0 {
		return now
	}
	if ago := time.Since(time.Unix(t.Unix())); ago > 0 && ago < time.Second { // otherwise the clock was set
		return now - ago
	}
	return now
}

// send lets one packet go to dest, and reports whether the kernel took it.
func (s *socket) send(buf []byte) bool {
	if s.dest.length == 0 {
		return false
	}
	to, length := uintptr(unsafe.Pointer(&s.dest.addr)), uintptr(s.dest.length)
	if s.joined {
		to, length = 0, 0
	}
	for range 2 {
		_, _, errno := syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(s.fd), uintptr(unsafe.Pointer(unsafe.SliceData(buf))),
			uintptr(len(buf)), 0, to, length)
		// A refusal is news about an earlier packet; the present one has not been tried yet.
		if errno != unix.ECONNREFUSED {
			return errno == 0
		}
	}
	return false
}

// lock settles where packets come from and go to.
func (s *socket) lock(to netip.AddrPort) {
	s.unjoin()
	s.locked, s.remote = true, to
	s.dest = rawAddr(to, s.session.engine.six)
	s.join()
}

// join lets the kernel itself drop what does not come from the locked address, before it costs anything.
func (s *socket) join() {
	if s.joined || !s.locked || s.session.web != nil { // a browser may come from elsewhere at any time, with proof
		return
	}
	_, _, errno := syscall.RawSyscall(unix.SYS_CONNECT, uintptr(s.fd), uintptr(unsafe.Pointer(&s.dest.addr)), uintptr(s.dest.length))
	s.joined = errno == 0
}

// unlock forgets the far side; packets go to the given address, if it is valid, until another is locked.
func (s *socket) unlock(to netip.AddrPort) {
	s.unjoin()
	s.locked, s.remote = false, netip.AddrPort{}
	s.dest = rawAddr(to, s.session.engine.six)
}

// unjoin lets packets of any source in again.
func (s *socket) unjoin() {
	if !s.joined {
		return
	}
	none := unix.RawSockaddrInet4{Family: unix.AF_UNSPEC}
	_, _, _ = syscall.RawSyscall(unix.SYS_CONNECT, uintptr(s.fd), uintptr(unsafe.Pointer(&none)), unix.SizeofSockaddrInet4)
	s.joined = false
}

// close takes the socket out of the table and gives the descriptor back, which also takes it out of epoll.
func (s *socket) close() {
	s.session.engine.slot(s.port()).CompareAndSwap(s, nil)
	_ = unix.Close(s.fd)
}
