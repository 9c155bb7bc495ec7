package sdp

import (
	"net/netip"
	"strconv"
	"strings"
)

// The caps of everything that is parsed (SIP-12).
const (
	MaxBytes = 64 << 10 // of one description
	MaxMedia = 64       // m= lines of one description
)

// Session is one description: the session part and its media lines (RFC 8866 §5).
// Encoding a parsed Session keeps every line; only the order of lines is made regular.
type Session struct {
	Origin     Origin
	Name       string   // s=; "-" when empty
	About      []Field  // i=, u=, e=, p= lines of the session
	Conn       Address  // c= of the session; the zero Address when absent
	Bandwidth  []string // b= values
	Timing     []Field  // t=, r=, z=, k= lines; "t=0 0" is written when there is none
	Attributes []Attribute
	Media      []Media
}

// Media is one m= line with what belongs to it (RFC 8866 §5.14).
type Media struct {
	Type       string // "audio", "video", "application" …
	Port       uint16 // 0: refused or withdrawn (RFC 3264 §6)
	Ports      int    // number of ports where more than one is given, else 0
	Proto      string // "RTP/AVP", "RTP/SAVP", "UDP/TLS/RTP/SAVPF" …
	Formats    []string
	Title      string // i=
	Conns      []Address
	Bandwidth  []string
	Key        string // k=; obsolete, kept only to be written back
	Attributes []Attribute
}

// Origin is the o= line (RFC 8866 §5.2). Two descriptions with equal Origins are the same description.
type Origin struct {
	User    string
	ID      string // digits; of any length, therefore text
	Version string // digits
	Addr    Address
}

// Address is what c= and o= say about a host (RFC 8866 §5.7). It may be a name instead of a number.
type Address struct {
	Six  bool   // IP6 instead of IP4
	Host string // as written, with a multicast scope ("/127") if there was one
}

// Field is one line that is kept but not understood.
type Field struct {
	Letter byte
	Value  string
}

// Attribute is one a= line. A flag such as "a=sendonly" has no Value.
type Attribute struct {
	Name, Value string
}

// AddressOf makes an Address of a number.
func AddressOf(ip netip.Addr) Address {
	ip = ip.Unmap().WithZone("")
	return Address{Six: ip.Is6(), Host: ip.String()}
}

// IP is the number behind the address, or the zero Addr when it is absent or a name.
func (a Address) IP() netip.Addr {
	host, _, _ := strings.Cut(a.Host, "/")
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return ip.Unmap()
}

// Attribute finds the first attribute of that name at the media line.
func (m *Media) Attribute(name string) (string, bool) { return find(m.Attributes, name) }

// Attribute finds the first attribute of that name at the session level.
func (s *Session) Attribute(name string) (string, bool) { return find(s.Attributes, name) }

func find(list []Attribute, name string) (string, bool) {
	for _, a := range list {
		if a.Name == name {
			return a.Value, true
		}
	}
	return "", false
}

// Host is the address that media line i is received at: its own c= line, else the session's (RFC 8866 §5.7).
func (s *Session) Host(i int) Address {
	if len(s.Media[i].Conns) > 0 {
		return s.Media[i].Conns[0]
	}
	return s.Conn
}

// Following gives our description s the identity of our previous one on the same leg:
// the same session id, and a version that grows by one exactly when something else changed (RFC 3264 §8).
func (s Session) Following(previous Session) Session {
	s.Origin.User, s.Origin.ID, s.Origin.Version = previous.Origin.User, previous.Origin.ID, previous.Origin.Version
	if string(s.Encode()) == string(previous.Encode()) {
		return s
	}
	n, err := strconv.ParseUint(previous.Origin.Version, 10, 63)
	if err != nil {
		n = 0 // only our own descriptions are followed, and theirs are short numbers
	}
	s.Origin.Version = strconv.FormatUint(n+1, 10)
	return s
}
