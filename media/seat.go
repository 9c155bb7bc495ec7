package media

import (
	"time"

	"golang.org/x/sys/unix"
)

// drainMost is how many packets of a party are read in one beat: twice what the cap of its flow lets through.
const drainMost = int(2 * rtpRate / 50)

// sit puts a session into a room, which reads its sound from now on: a room needs packets only when it mixes, and to be woken for each of them costs more
// than all its arithmetic. The lock is held.
func (s *Session) sit(t *seat) {
	s.seat, s.house, s.voice.complexity = t, true, thrift
	if !s.drained && s.loop != nil {
		s.drained = true
		_ = s.rtp.arrived(0)                                               // the kernel keeps it from now on
		_ = unix.EpollCtl(s.loop.epoll, unix.EPOLL_CTL_DEL, s.rtp.fd, nil) // it is not there while it is above its cap
	}
}

// rise takes a session out of its room. The lock is held.
func (s *Session) rise() {
	s.seat, s.voice.complexity = nil, 0
	if s.drained {
		if s.drained = false; !s.closed && !s.rtp.paused {
			_ = s.loop.listen(&s.rtp)
		}
	}
}

// drain reads what has come for the parties since the last beat.
func (r *Room) drain(now time.Duration) {
	r.mu.Lock()
	r.round = r.round[:0]
	for _, t := range r.seats {
		r.round = append(r.round, t.session)
	}
	r.mu.Unlock()
	for _, s := range r.round {
		for range drainMost {
			if !r.reader.carry(&s.rtp, now) {
				break
			}
		}
	}
	clear(r.round)
}
