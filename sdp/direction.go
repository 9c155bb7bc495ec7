package sdp

import "strings"

// Direction is who sends, seen from the side whose description it stands in (RFC 8866 §6.7).
// The zero value is sendrecv, which is also what a missing attribute means.
type Direction uint8

// The four directions.
const (
	SendRecv Direction = iota
	SendOnly           // he sends and does not listen: he put the other side on hold, maybe with music
	RecvOnly           // he listens and does not send
	Inactive           // neither
)

var directionNames = [...]string{"sendrecv", "sendonly", "recvonly", "inactive"}

func (d Direction) String() string { return directionNames[d&3] }

// Sends reports whether the describing side sends.
func (d Direction) Sends() bool { return d == SendRecv || d == SendOnly }

// Receives reports whether the describing side listens.
func (d Direction) Receives() bool { return d == SendRecv || d == RecvOnly }

// Reverse is the same state seen from the other side.
func (d Direction) Reverse() Direction {
	switch d {
	case SendOnly:
		return RecvOnly
	case RecvOnly:
		return SendOnly
	}
	return d
}

// Direct makes a Direction of its two halves.
func Direct(sends, receives bool) Direction {
	switch {
	case sends && receives:
		return SendRecv
	case sends:
		return SendOnly
	case receives:
		return RecvOnly
	}
	return Inactive
}

// Reply is the widest direction we may answer to an offer when we want to do want:
// we send only if the offerer listens and listen only if he sends (RFC 3264 §6.1).
func (d Direction) Reply(want Direction) Direction {
	return Direct(want.Sends() && d.Receives(), want.Receives() && d.Sends())
}

// direction reads the attribute at media level, else at session level.
// An address of 0.0.0.0 or :: means that the side does not listen, the hold of RFC 2543 (RFC 3264 §8.4). Browsers write it too,
// before they know where they are (RFC 8840 §4.1.1), and mean nothing by it.
func (s *Session) direction(i int) Direction {
	d := SendRecv
	for _, list := range [][]Attribute{s.Attributes, s.Media[i].Attributes} {
		for _, a := range list {
			for n, name := range directionNames {
				if a.Name == name && a.Value == "" {
					d = Direction(n)
				}
			}
		}
	}
	if ip := s.Host(i).IP(); ip.IsValid() && ip.IsUnspecified() && !strings.HasPrefix(s.Media[i].Proto, "UDP/TLS/") {
		d = Direct(d.Sends(), false)
	}
	return d
}
