package media

// stillAfter is how many frames of nothing at all are coded before the last of them is said again and again.
const stillAfter = 10

// still is a voice that has nothing to say. What Opus makes of silence does not change once it has lasted for a while, so it is coded once and not fifty times a
// second for everybody who hears nothing: who speaks alone in a room, and all while nobody does. Each packet is a whole one, and the far side's decoder stays
// where it is; whatever is said next is coded without regard to the frames before, as Opus codes each first frame of a packet (RFC 6716 §4.2.7.4).
type still struct {
	frames int // of silence in a row
	packet []byte
}

// takes counts a frame and reports whether it is silence.
func (s *still) takes(samples []int16) bool {
	for _, v := range samples {
		if v != 0 {
			s.frames, s.packet = 0, s.packet[:0]
			return false
		}
	}
	s.frames++
	return true
}

// holds reports whether there is a packet to say again.
func (s *still) holds() bool { return s.frames > stillAfter && len(s.packet) > 0 }

// keep takes the packet of a silent frame.
func (s *still) keep(packet []byte) {
	if s.frames >= stillAfter {
		s.packet = append(s.packet[:0], packet...)
	}
}

// follow goes on where another voice is.
func (s *still) follow(o *still) { s.frames, s.packet = o.frames, append(s.packet[:0], o.packet...) }
