package media

import (
	"errors"
	"time"

	"github.com/pion/rtp"
	"golang.org/x/sys/unix"

	"tandem/audio/opus"
)

// packetSize is the largest packet that is relayed; the Ethernet limit with room for an SRTP tag.
const packetSize = 1600

// loop is one thread that waits for packets of its sessions and carries each one across.
// Level-triggered epoll with one packet per event was the cheapest in the comparison DESIGN.md tells of.
type loop struct {
	engine *Engine
	epoll  int
	wake   int
	ready  [128]unix.EpollEvent
	in     [packetSize]byte
	from   raw
	paused []*socket // ports above their cap, oldest first
	until  []time.Duration
	events []Event    // of the packet in hand
	header rtp.Header // room for the SRTP library to parse into
	opus   opus.Machine
	drains bool // it is no thread but a room's, and reads what that drains
}

// wakeup is the event number that is no port.
const wakeup = -1

func newLoop(e *Engine) (*loop, error) {
	l := &loop{engine: e, epoll: -1, wake: -1}
	var err error
	if l.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, err
	}
	if l.wake, err = unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC); err == nil {
		err = unix.EpollCtl(l.epoll, unix.EPOLL_CTL_ADD, l.wake, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: wakeup})
	}
	if err != nil {
		l.free()
		return nil, err
	}
	return l, nil
}

// add begins to listen to a socket.
func (l *loop) add(s *socket) error {
	l.engine.slot(s.port()).Store(s)
	return l.listen(s)
}

func (l *loop) listen(s *socket) error {
	return unix.EpollCtl(l.epoll, unix.EPOLL_CTL_ADD, s.fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(s.port())})
}

// run carries packets until stop.
func (l *loop) run() {
	for {
		n, err := unix.EpollWait(l.epoll, l.ready[:], l.patience())
		if err != nil && !errors.Is(err, unix.EINTR) {
			l.engine.config.Log.Error("media: waiting for packets failed", "error", err)
			return
		}
		now := l.engine.now()
		for i := range max(n, 0) {
			port := l.ready[i].Fd
			if port == wakeup {
				return
			}
			if s := l.engine.slot(uint16(port)).Load(); s != nil {
				l.carry(s, now)
			}
		}
		l.resume(now)
	}
}

// patience is how long to wait, in milliseconds: for ever, unless a paused port is to be heard again.
func (l *loop) patience() int {
	if len(l.until) == 0 {
		return -1
	}
	return int(max(l.until[0]-l.engine.now(), 0)/time.Millisecond) + 1
}

// hush stops listening to a port that is above its cap. The session's lock is held. The port leaves epoll wholly,
// because errors would be told even with an empty event mask.
func (l *loop) hush(s *socket, now time.Duration) {
	if s.paused || unix.EpollCtl(l.epoll, unix.EPOLL_CTL_DEL, s.fd, nil) != nil {
		return
	}
	s.paused = true
	l.paused = append(l.paused, s)
	l.until = append(l.until, now+pause)
}

// resume listens again to the ports whose pause is over.
func (l *loop) resume(now time.Duration) {
	for len(l.until) > 0 && l.until[0] <= now {
		s := l.paused[0]
		l.paused[0] = nil
		l.paused, l.until = l.paused[1:], l.until[1:]
		s.session.mu.Lock()
		s.paused = false
		if !s.session.closed && (s.rtcp || !s.session.drained) {
			_ = l.listen(s)
		}
		s.session.mu.Unlock()
	}
}

// stop makes run return.
func (l *loop) stop() {
	_, _ = unix.Write(l.wake, []byte{1, 0, 0, 0, 0, 0, 0, 0})
}

// free gives the descriptors back; run has returned or was never started.
func (l *loop) free() {
	if l.epoll >= 0 {
		_ = unix.Close(l.epoll)
	}
	if l.wake >= 0 {
		_ = unix.Close(l.wake)
	}
}
