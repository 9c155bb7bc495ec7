package media

import (
	"net/netip"
	"slices"
	"time"
)

// The probation window: an address is learned only this long after an offer/answer or a new bridge,
// only from this many packets of expected addresses (RT-01 a), and only after enough packets in a row.
const (
	windowTime    = 2 * time.Second
	windowPackets = 50
	inARow        = 4
)

// learning is an open probation window.
type learning struct {
	until time.Duration
	left  int
	home  int // packets from the address that is locked already
	rows  [4]row
	next  int
}

// row is a sender that may become the locked one.
type row struct {
	from  netip.AddrPort
	ssrc  uint32
	seq   uint16
	n     int
	since time.Duration
}

// takeover is how long a new address must have sent, and the locked one been silent, before it replaces the locked one.
const takeover = 200 * time.Millisecond

// standing is what the sender of a packet is to the session.
type standing uint8

const (
	foreign standing = iota // may not send
	home                    // the locked address
	exact                   // nothing is locked and this is the address from the description
	maybe                   // an expected address within the probation window
)

// probe opens the window.
func (s *Session) probe(now time.Duration) {
	s.learn = &learning{until: now + windowTime, left: windowPackets}
	s.rtp.unjoin()
}

// learned closes the window.
func (s *Session) learned() {
	s.learn = nil
	s.rtp.join()
}

// expects reports whether anything may ever be learned from that host (RT-01 b).
func (s *Session) expects(host netip.Addr) bool { return slices.Contains(s.expect, host) }

// judge says what the sender of an RTP packet is, before anything in the packet is believed.
func (s *Session) judge(from netip.AddrPort, now time.Duration) standing {
	if s.web != nil { // only from where a check came
		if s.rtp.locked && from == s.rtp.remote {
			return home
		}
		return foreign
	}
	if s.learn != nil && (now > s.learn.until || s.learn.left <= 0) {
		s.learned()
	}
	switch {
	case s.rtp.locked && from == s.rtp.remote:
		return home
	case !s.expects(from.Addr()):
		return foreign
	case !s.rtp.locked && from == s.remote:
		return exact
	case s.learn != nil:
		return maybe
	}
	return foreign
}

// settle decides with a valid packet in hand whether its sender is, or now becomes, the locked one.
// A sender that proved to hold the key needs no row (authentic). While the locked address still sends, it wins (RT-02).
func (s *Session) settle(who standing, from netip.AddrPort, h header, now time.Duration, authentic bool) (accepted, locked bool) {
	l := s.learn
	if l != nil {
		l.left--
	}
	switch {
	case who == home:
		if l != nil {
			if l.home++; l.home >= inARow {
				s.learned()
			}
		}
		return true, false
	case who == maybe && !authentic:
		r := l.row(from, h, now)
		if r.n < inARow || s.rtp.locked && (l.home > 0 || now-r.since < takeover) {
			return false, false
		}
	}
	s.learn = nil
	s.rtp.lock(from)
	if s.rtcp.locked && s.rtcp.remote.Addr() != from.Addr() {
		s.rtcp.unlock(netip.AddrPort{})
	}
	return true, true
}

// row counts the packets of one sender that came in a row.
func (l *learning) row(from netip.AddrPort, h header, now time.Duration) *row {
	for i := range l.rows {
		r := &l.rows[i]
		if r.n == 0 || r.from != from || r.ssrc != h.ssrc {
			continue
		}
		if h.seq != r.seq+1 {
			r.n, r.since = 0, now
		}
		r.seq = h.seq
		r.n++
		return r
	}
	r := &l.rows[l.next]
	*r = row{from, h.ssrc, h.seq, 1, now}
	l.next = (l.next + 1) % len(l.rows)
	return r
}

// judgeRTCP accepts RTCP from its locked address, from the address of the description, and, once RTP is locked, from the
// same host when it speaks of the same stream. Whoever is accepted is locked (RT-03).
func (s *Session) judgeRTCP(k *socket, from netip.AddrPort, ssrc uint32, authentic bool) bool {
	switch {
	case k.locked:
		return from == k.remote
	case s.rtp.locked && from.Addr() != s.rtp.remote.Addr():
		return false
	case !s.expects(from.Addr()):
		return false
	case from == s.remoteRTCP, authentic, s.rtp.locked && s.source.started && ssrc == s.source.ssrc:
		k.lock(from)
		return true
	}
	return false
}

// sendable is the address from the description when packets may go there before anything was learned:
// one that a packet can reach, that is expected, and that is not a private address told by a far side that signals from
// a public one, because in our network that address belongs to somebody else.
func (s *Session) sendable(to netip.AddrPort) netip.AddrPort {
	ip := to.Addr()
	if !ip.IsValid() || to.Port() == 0 || ip.IsUnspecified() || ip.IsMulticast() || ip == broadcast || !s.expects(ip) {
		return netip.AddrPort{}
	}
	if private(ip) && slices.ContainsFunc(s.expect, func(a netip.Addr) bool { return !private(a) && !a.IsUnspecified() }) {
		return netip.AddrPort{}
	}
	return to
}

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

func private(ip netip.Addr) bool {
	return ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast()
}
