package media

import "tandem/audio/opus"

// Whoever says nothing in a room need not be decoded (ADR 152).
const (
	restBytes = 160 // a larger packet is no silence
	restLook  = 25  // after so many packets one is decoded all the same: there may be sound that its coder takes for noise
	restWarm  = 3   // packets from which a decoder follows again
)

// doze is a party whose Opus is not decoded: it has made no sound that is heard for a while, and its own coder says that there is no voice. What the decoder needs
// to follow again is kept. Only the room's goroutine touches it.
type doze struct {
	skipped int // since a packet was decoded
	kept    [restWarm][restBytes]byte
	sizes   [restWarm]int
}

// skips reports whether a packet need not be decoded, and keeps it then.
func (d *doze) skips(sounding int, payload []byte) bool {
	if sounding > 0 || d.skipped >= restLook || len(payload) > restBytes || !opus.IsSilent(payload) {
		return false
	}
	i := d.skipped % restWarm
	d.sizes[i] = copy(d.kept[i][:], payload)
	d.skipped++
	return true
}

// wake lets a decoder hear the last of what was skipped, so that it follows what comes now. What it says of that has had its time; it goes to room.
func (d *doze) wake(e *hearing, m *opus.Machine, room []int16, rate int) {
	for n := min(d.skipped, restWarm); n > 0; n-- {
		i := (d.skipped - n) % restWarm
		e.decode(m, codecOpus, room, d.kept[i][:d.sizes[i]], rate)
	}
	d.skipped = 0
}

// rests reports whether a packet of a party in a room is passed over. The session's lock is held, and the room's goroutine asks.
func (s *Session) rests(l *loop, c codec, payload []byte) bool {
	t := s.seat
	return c == codecOpus && l.drains && t != nil && s.record == nil && !s.ear.inband && t.doze.skips(t.part.sounding, payload)
}
