package stack

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// canShare says that several sockets may be bound to one port and the kernel spreads the sources over them.
const canShare = true

func shareport(_, _ string, c syscall.RawConn) error {
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
	})
	if err != nil {
		return err
	}
	return failed
}

// batch is how many datagrams one system call reads at most.
const batch = 32

// mmsghdr is the struct of recvmmsg(2).
type mmsghdr struct {
	head unix.Msghdr
	size uint32
}

// inbox is the memory recvmmsg fills. Only pages that datagrams touch become real.
type inbox struct {
	heads [batch]mmsghdr
	iovs  [batch]unix.Iovec
	names [batch]unix.RawSockaddrInet6 // large enough for both families
	notes [batch][noteSize / 8]uint64  // where each was sent to, in the kernel's words; aligned
	noted bool                         // whether the kernel was asked to say it
	space []byte
	size  int
}

func newInbox(size int, noted bool) *inbox {
	b := &inbox{space: make([]byte, batch*size), size: size, noted: noted}
	for i := range batch {
		b.iovs[i].Base = &b.space[i*size]
		b.iovs[i].SetLen(size)
		b.heads[i].head.Name = (*byte)(unsafe.Pointer(&b.names[i]))
		b.heads[i].head.Iov = &b.iovs[i]
		b.heads[i].head.SetIovlen(1)
		if noted {
			b.heads[i].head.Control = (*byte)(unsafe.Pointer(&b.notes[i]))
		}
	}
	return b
}

// read asks the kernel once; it does not wait.
func (b *inbox) read(fd uintptr) (int, syscall.Errno) {
	for i := range b.heads {
		b.heads[i].head.Namelen = unix.SizeofSockaddrInet6
		if b.noted {
			b.heads[i].head.SetControllen(noteSize)
		}
	}
	n, _, e := unix.RawSyscall6(unix.SYS_RECVMMSG, fd, uintptr(unsafe.Pointer(&b.heads[0])), batch, unix.MSG_DONTWAIT, 0, 0)
	return int(n), e
}

func (b *inbox) from(i int) netip.AddrPort {
	name := &b.names[i]
	raw := (*[2]byte)(unsafe.Pointer(&name.Port))
	port := binary.BigEndian.Uint16(raw[:])
	if name.Family == unix.AF_INET {
		v4 := (*unix.RawSockaddrInet4)(unsafe.Pointer(name))
		return netip.AddrPortFrom(netip.AddrFrom4(v4.Addr), port)
	}
	addr := netip.AddrFrom16(name.Addr)
	if name.Scope_id != 0 {
		if ifi, err := net.InterfaceByIndex(int(name.Scope_id)); err == nil {
			addr = addr.WithZone(ifi.Name)
		}
	}
	return netip.AddrPortFrom(addr, port)
}

// readBatch is the reader of a UDP socket. A batch that is not full means that the socket is empty. While batches are full, a queue
// stands in the kernel; how long it has been standing is what the overload control counts. A burst after a pause is no standing queue.
func (k *socket) readBatch() {
	s := k.stack
	raw, err := k.udp.SyscallConn()
	if err != nil {
		return
	}
	b := newInbox(s.limits.Datagram, k.homes.on)
	var n int
	var failed syscall.Errno
	ask := func(fd uintptr) bool {
		n, failed = b.read(fd)
		return failed != unix.EAGAIN && failed != unix.EINTR
	}
	const none = -1
	var standing time.Duration = none // since when batches are full
	for {
		if err := raw.Read(ask); err != nil {
			if k.gone.Load() || errors.Is(err, net.ErrClosed) {
				return
			}
			continue
		}
		if failed != 0 { // an ICMP error of an earlier datagram
			continue
		}
		var behind time.Duration
		switch {
		case n < batch:
			standing = none
		case standing == none:
			standing = s.now()
		default:
			behind = s.now() - standing
		}
		for i := range n {
			k.datagram(b.space[i*b.size:i*b.size+int(b.heads[i].size)], b.from(i), b.at(i), behind)
		}
	}
}
