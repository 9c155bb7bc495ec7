package main

import (
	"encoding/binary"
	"math"
	"math/rand"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

type stream struct {
	id      uint32
	side    int // 0 caller, 1 callee
	sock    *rtpSock
	dst     atomic.Uint64 // ip<<16 | port, 0 = not yet
	seq     uint16
	ts      uint32
	sent    atomic.Uint64
	got     uint64
	late    uint64
	lastLat int64
	pkt     [pktLen]byte
	sa      syscall.RawSockaddrInet4
}

type hist struct {
	b   [buckets + 1]uint32
	n   uint64
	max int64
}

func (h *hist) add(us int64) {
	if us < 0 {
		us = 0
	}
	if us > h.max {
		h.max = us
	}
	i := us / bucketUS
	if i > buckets {
		i = buckets
	}
	h.b[i]++
	h.n++
}

func (h *hist) merge(o *hist) {
	for i := range h.b {
		h.b[i] += o.b[i]
	}
	h.n += o.n
	if o.max > h.max {
		h.max = o.max
	}
}

func (h *hist) q(p float64) float64 { // milliseconds
	if h.n == 0 {
		return 0
	}
	want := uint64(math.Ceil(p * float64(h.n)))
	var c uint64
	for i := range h.b {
		c += uint64(h.b[i])
		if c >= want {
			return float64(i+1) * bucketUS / 1000
		}
	}
	return float64(h.max) / 1000
}

var (
	streams  []*stream
	winStart atomic.Int64
	winEnd   atomic.Int64
	stopRx   atomic.Bool
	stopTx   atomic.Bool
)

// ---------------------------------------------------------------- sockets

type iovec struct {
	base *byte
	len  uint64
}

type msghdr struct {
	name       *byte
	namelen    uint32
	_          uint32
	iov        *iovec
	iovlen     uint64
	control    *byte
	controllen uint64
	flags      int32
	_          int32
}

type mmsghdr struct {
	hdr msghdr
	n   uint32
	_   uint32
}

func mmsgNumbers() (send, recv uintptr) {
	if runtime.GOARCH == "arm64" {
		return 269, 243
	}
	return 307, 299
}

type rtpSock struct {
	fd      int
	port    int
	lat     *hist
	pdv     *hist
	total   uint64
	foreign uint64
	bySrc   map[uint16]*srcStat
	iaj     *hist
}

type srcStat struct{ last int64 }

func openSock(port int) *rtpSock {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	must(err)
	for _, o := range []int{syscall.SO_RCVBUF, syscall.SO_SNDBUF} {
		_ = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, o, 4<<20)
	}
	_ = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, 33, 4<<20) // SO_RCVBUFFORCE
	must(syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, 35, 1))   // SO_TIMESTAMPNS
	sa := &syscall.SockaddrInet4{Port: port}
	copy(sa.Addr[:], net.ParseIP(*local).To4())
	must(syscall.Bind(fd, sa))
	return &rtpSock{fd: fd, port: port, lat: new(hist), pdv: new(hist), iaj: new(hist), bySrc: map[uint16]*srcStat{}}
}

const batch = 128

func (s *rtpSock) rx(wg *sync.WaitGroup) {
	defer wg.Done()
	runtime.LockOSThread()
	_, nrRecv := mmsgNumbers()
	var hdrs [batch]mmsghdr
	var iovs [batch]iovec
	var bufs [batch][512]byte
	var names [batch]syscall.RawSockaddrInet4
	var ctl [batch][64]byte
	for !stopRx.Load() {
		for i := range hdrs {
			iovs[i] = iovec{&bufs[i][0], 512}
			hdrs[i].hdr = msghdr{name: (*byte)(unsafe.Pointer(&names[i])), namelen: 16, iov: &iovs[i], iovlen: 1, control: &ctl[i][0], controllen: 64}
		}
		n, _, e := syscall.Syscall6(nrRecv, uintptr(s.fd), uintptr(unsafe.Pointer(&hdrs[0])), batch, syscall.MSG_DONTWAIT, 0, 0)
		if e != 0 {
			ts := syscall.Timespec{Nsec: 1_000_000}
			_ = syscall.Nanosleep(&ts, nil)
			continue
		}
		w0, w1 := winStart.Load(), winEnd.Load()
		for i := 0; i < int(n); i++ {
			var at int64
			if hdrs[i].hdr.controllen >= 32 {
				sec := int64(binary.LittleEndian.Uint64(ctl[i][16:]))
				ns := int64(binary.LittleEndian.Uint64(ctl[i][24:]))
				at = sec*1e9 + ns
			} else {
				at = time.Now().UnixNano()
			}
			b := bufs[i][:hdrs[i].n]
			if len(b) < 12 || b[0]>>6 != 2 || b[1]&0x7f >= 72 && b[1]&0x7f <= 76 {
				continue
			}
			if *mode == "conf" {
				if w0 == 0 || at < w0 || w1 != 0 && at >= w1 {
					continue
				}
				s.total++
				p := names[i].Port
				st := s.bySrc[p]
				if st == nil {
					st = &srcStat{}
					s.bySrc[p] = st
				}
				if st.last != 0 {
					d := (at-st.last)/1000 - 20000
					if d < 0 {
						d = -d
					}
					s.iaj.add(d)
				}
				st.last = at
				continue
			}
			if len(b) < 12+24 || binary.BigEndian.Uint32(b[12:]) != magic {
				s.foreign++
				continue
			}
			id := binary.BigEndian.Uint32(b[16:])
			sentAt := int64(binary.BigEndian.Uint64(b[24:]))
			if int(id) >= len(streams) || w0 == 0 || sentAt < w0 || w1 != 0 && sentAt >= w1 {
				continue
			}
			st := streams[id]
			us := (at - sentAt) / 1000
			s.lat.add(us)
			if st.got > 0 {
				d := us - st.lastLat
				if d < 0 {
					d = -d
				}
				s.pdv.add(d)
			}
			st.lastLat = us
			st.got++
			if us > 60000 {
				st.late++
			}
			s.total++
		}
	}
}

// tx sends every stream's packet once per 20 ms, spread over 20 slots of 1 ms.
func tx(wg *sync.WaitGroup, worst *atomic.Int64) {
	defer wg.Done()
	runtime.LockOSThread()
	nrSend, _ := mmsgNumbers()
	bySock := map[*rtpSock][20][]*stream{}
	for i, st := range streams {
		m := bySock[st.sock]
		m[i%20] = append(m[i%20], st)
		bySock[st.sock] = m
	}
	var hdrs [batch]mmsghdr
	var iovs [batch]iovec
	start := time.Now()
	for tick := int64(0); !stopTx.Load(); tick++ {
		due := start.Add(time.Duration(tick) * time.Millisecond)
		if d := time.Until(due); d > 0 {
			ts := syscall.NsecToTimespec(int64(d))
			_ = syscall.Nanosleep(&ts, nil)
		} else if winStart.Load() != 0 && winEnd.Load() == 0 && -int64(d) > worst.Load() {
			worst.Store(-int64(d))
		}
		for sock, slots := range bySock {
			list := slots[tick%20]
			k := 0
			now := time.Now().UnixNano()
			w0, w1 := winStart.Load(), winEnd.Load()
			in := w0 != 0 && now >= w0 && (w1 == 0 || now < w1)
			flush := func() {
				off := 0
				for off < k {
					n, _, e := syscall.Syscall6(nrSend, uintptr(sock.fd), uintptr(unsafe.Pointer(&hdrs[off])), uintptr(k-off), 0, 0, 0)
					if e != 0 {
						off++ // e.g. ECONNREFUSED of an earlier packet
						continue
					}
					off += int(n)
				}
				k = 0
			}
			for _, st := range list {
				d := st.dst.Load()
				if d == 0 {
					continue
				}
				p := st.pkt[:]
				binary.BigEndian.PutUint16(p[2:], st.seq)
				binary.BigEndian.PutUint32(p[4:], st.ts)
				st.seq++
				st.ts += 160
				if *mode != "conf" {
					binary.BigEndian.PutUint64(p[24:], uint64(now))
				}
				st.sa.Family = syscall.AF_INET
				binary.BigEndian.PutUint32(st.sa.Addr[:], uint32(d>>16))
				pp := (*[2]byte)(unsafe.Pointer(&st.sa.Port))
				pp[0], pp[1] = byte(d>>8), byte(d)
				iovs[k] = iovec{&p[0], pktLen}
				hdrs[k].hdr = msghdr{name: (*byte)(unsafe.Pointer(&st.sa)), namelen: 16, iov: &iovs[k], iovlen: 1}
				k++
				if in {
					st.sent.Add(1)
				}
				if k == batch {
					flush()
					now = time.Now().UnixNano()
				}
			}
			flush()
		}
	}
}

func newStream(side int, sock *rtpSock) *stream {
	st := &stream{id: uint32(len(streams)), side: side, sock: sock, seq: uint16(rand.Intn(1 << 15)), ts: rand.Uint32()}
	p := st.pkt[:]
	p[0], p[1] = 0x80, 0
	binary.BigEndian.PutUint32(p[8:], rand.Uint32())
	for i := 12; i < pktLen; i++ {
		p[i] = byte(0x20 + rand.Intn(0x10) + 0x80*rand.Intn(2)) // loud-ish noise
	}
	if *mode != "conf" {
		binary.BigEndian.PutUint32(p[12:], magic)
		binary.BigEndian.PutUint32(p[16:], st.id)
	}
	streams = append(streams, st)
	return st
}

func addrKey(ip string, port int) uint64 {
	if *mode == "calls" {
		return 0
	}
	v4 := net.ParseIP(ip).To4()
	if v4 == nil || port == 0 {
		return 0
	}
	return uint64(binary.BigEndian.Uint32(v4))<<16 | uint64(port)
}

// ---------------------------------------------------------------- SIP, just enough
