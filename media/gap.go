package media

import (
	"time"

	"tandem/audio/opus"
)

// gapMost is the longest gap that is filled; beyond it, a guess helps nobody.
const gapMost = 120 * time.Millisecond

// gap finds out what of a stream never came, packet by packet.
type gap struct {
	on    bool
	ssrc  uint32
	clock int
	seq   uint16
	next  uint32 // the time stamp that follows
}

// place is how a packet follows the one before it.
type place struct {
	fresh bool // a stream begins
	late  bool // one that follows it is here already, or itself
	lost  int  // so much directly before it never came, in the stream's clock
	pause int  // … or was never sent, or is too long to be filled
}

// take says how a packet follows the one before it. A pause of the sender is no loss: its numbers go on.
func (g *gap) take(h header, clock, length int) (p place) {
	d := int16(h.seq - g.seq)
	if !g.on || g.ssrc != h.ssrc || g.clock != clock || d > maxGap || d < -maxLate {
		*g = gap{on: true, ssrc: h.ssrc, clock: clock, seq: h.seq, next: h.stamp + uint32(length)}
		return place{fresh: true}
	}
	if d <= 0 {
		return place{late: true}
	}
	jump := max(int(int32(h.stamp-g.next)), 0)
	g.seq, g.next = h.seq, h.stamp+uint32(length)
	if d > 1 && jump <= clock*int(gapMost/time.Millisecond)/1000 {
		return place{lost: jump}
	}
	return place{pause: jump}
}

// conceal appends n samples in place of what was lost before a packet; Opus packets help to do so (RFC 6716 §2.1.7).
func (e *hearing) conceal(m *opus.Machine, c codec, dst []int16, payload []byte, n, rate int) []int16 {
	if c != codecOpus {
		return e.lost.Fill(dst, n, rate)
	}
	if unit := rate / 400; n%unit != 0 { // Opus counts in pieces of 2.5 ms
		n -= n % unit
	}
	if d := e.decoder(m, rate); d != nil && n > 0 {
		dst, _ = m.Recover(d, dst, payload, n)
	}
	return dst
}
