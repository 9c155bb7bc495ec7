package sdp

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"
)

// Error says what is wrong with a description and in which line (counted from 1; 0 for the whole).
type Error struct {
	Line   int
	Reason string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return "sdp: " + e.Reason
	}
	return "sdp: line " + strconv.Itoa(e.Line) + ": " + e.Reason
}

// Parse reads a description. Lines may end in CRLF or in LF alone (RFC 8866 §5 asks receivers for that),
// the order of lines within a level is free, and s= and t= may be missing, because phones in the field do all three.
// Everything else that breaks the grammar, and everything over the caps, is an *Error.
func Parse(b []byte) (Session, error) {
	if len(b) > MaxBytes {
		return Session{}, &Error{0, "longer than 64 KiB"}
	}
	p := parser{}
	b = bytes.TrimRight(b, "\r\n")
	for len(b) > 0 {
		var line []byte
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			line, b = b[:i], b[i+1:]
		} else {
			line, b = b, nil
		}
		p.n++
		if err := p.line(strings.TrimSuffix(string(line), "\r")); err != nil {
			return Session{}, err
		}
	}
	switch {
	case p.n == 0:
		return Session{}, &Error{0, "empty"}
	case !p.origin:
		return Session{}, &Error{0, "no o= line"}
	}
	return p.s, nil
}

type parser struct {
	s      Session
	n      int
	origin bool
	named  bool
}

func (p *parser) fail(reason string) error { return &Error{p.n, reason} }

func (p *parser) line(l string) error {
	if len(l) < 2 || l[1] != '=' {
		return p.fail("is not letter=value")
	}
	if strings.ContainsAny(l, "\x00\r") {
		return p.fail("holds a control character")
	}
	letter, value := l[0], l[2:]
	if p.n == 1 {
		if letter != 'v' || strings.TrimSpace(value) != "0" {
			return p.fail("v=0 expected")
		}
		return nil
	}
	if letter == 'm' {
		return p.media(value)
	}
	if len(p.s.Media) > 0 {
		return p.mediaLine(&p.s.Media[len(p.s.Media)-1], letter, value)
	}
	return p.sessionLine(letter, value)
}

func (p *parser) sessionLine(letter byte, value string) (err error) {
	s := &p.s
	switch letter {
	case 'o':
		if p.origin {
			return p.fail("second o= line")
		}
		p.origin = true
		s.Origin, err = p.parseOrigin(value)
	case 's':
		if p.named {
			return p.fail("second s= line")
		}
		p.named = true
		s.Name = value
	case 'i', 'u', 'e', 'p':
		s.About = append(s.About, Field{letter, value})
	case 'c':
		if s.Conn.Host != "" {
			return p.fail("second c= line")
		}
		s.Conn, err = p.parseAddress(value)
	case 'b':
		s.Bandwidth = append(s.Bandwidth, value)
	case 't', 'r', 'z', 'k':
		s.Timing = append(s.Timing, Field{letter, value})
	case 'a':
		var a Attribute
		a, err = p.parseAttribute(value)
		s.Attributes = append(s.Attributes, a)
	default:
		return p.fail("unknown letter")
	}
	return err
}

func (p *parser) mediaLine(m *Media, letter byte, value string) (err error) {
	switch letter {
	case 'i':
		m.Title = value
	case 'c':
		var a Address
		a, err = p.parseAddress(value)
		m.Conns = append(m.Conns, a)
	case 'b':
		m.Bandwidth = append(m.Bandwidth, value)
	case 'k':
		m.Key = value
	case 'a':
		var a Attribute
		a, err = p.parseAttribute(value)
		m.Attributes = append(m.Attributes, a)
	default:
		return p.fail("letter not allowed after m=")
	}
	return err
}

func (p *parser) media(value string) error {
	if len(p.s.Media) == MaxMedia {
		return p.fail("more than 64 media lines")
	}
	f := strings.Fields(value)
	if len(f) < 4 {
		return p.fail("m= needs type, port, protocol and format")
	}
	port, count, many := strings.Cut(f[1], "/")
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return p.fail("m= port is no port number")
	}
	m := Media{Type: f[0], Port: uint16(n), Proto: f[2], Formats: f[3:]}
	if many {
		k, err := strconv.ParseUint(count, 10, 16)
		if err != nil || k == 0 {
			return p.fail("m= port count is no number")
		}
		if k > 1 {
			m.Ports = int(k)
		}
	}
	if !token(m.Type) || !token(strings.ReplaceAll(m.Proto, "/", "")) {
		return p.fail("m= type or protocol is no token")
	}
	p.s.Media = append(p.s.Media, m)
	return nil
}

// parseOrigin takes the last five words for the numbered fields, because user names with spaces exist.
func (p *parser) parseOrigin(value string) (Origin, error) {
	f := strings.Fields(value)
	if len(f) < 5 {
		return Origin{}, p.fail("o= needs user, id, version and address")
	}
	tail := f[len(f)-5:]
	o := Origin{User: strings.Join(f[:len(f)-5], " "), ID: tail[0], Version: tail[1]}
	if !digits(o.ID) || !digits(o.Version) {
		return Origin{}, p.fail("o= id or version is no number")
	}
	var err error
	o.Addr, err = p.parseAddress(strings.Join(tail[2:], " "))
	return o, err
}

func (p *parser) parseAddress(value string) (Address, error) {
	f := strings.Fields(value)
	if len(f) != 3 || f[0] != "IN" || f[1] != "IP4" && f[1] != "IP6" {
		return Address{}, p.fail("address is not IN IP4 or IN IP6")
	}
	a := Address{Six: f[1] == "IP6", Host: f[2]}
	host, _, _ := strings.Cut(a.Host, "/")
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.Zone() != "" || ip.Is6() != a.Six {
			return Address{}, p.fail("address does not fit its type")
		}
		return a, nil
	}
	if host == "" || strings.Trim(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") != "" {
		return Address{}, p.fail("address is neither a number nor a name")
	}
	return a, nil
}

func (p *parser) parseAttribute(value string) (Attribute, error) {
	name, rest, _ := strings.Cut(value, ":")
	name = strings.TrimRight(name, " \t") // "a=sendrecv " is common
	if !token(name) {
		return Attribute{}, p.fail("a= name is no token")
	}
	return Attribute{name, rest}, nil
}

// token is RFC 8866 §9 token: visible ASCII without separators.
func token(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"(),/:;<=>?@[\\]", c) >= 0 {
			return false
		}
	}
	return s != ""
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
