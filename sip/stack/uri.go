package stack

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
)

// URI is a SIP, SIPS or tel URI taken apart, or a URI of another scheme kept whole (RFC 3261 §19.1). User, Password, Params and
// Headers keep their escaped form, so that writing gives back what was read and "%00" stays different from "%00%00".
type URI struct {
	Scheme   string // lower case for sip, sips and tel
	User     string // escaped; for tel the number
	Password string // escaped
	Host     string // name, IPv4, or IPv6 in brackets; empty for schemes other than sip and sips
	Port     uint16 // 0 when not written
	Params   Params
	Headers  string // what follows "?"
	Opaque   string // everything after the colon, for schemes other than sip, sips and tel
}

var errURI = errors.New("malformed URI")

// ParseURI reads an addr-spec. It refuses blanks, angle brackets, bad escapes and bad hosts. An unknown scheme is no error: it is for
// the layer above to answer 416.
func ParseURI(s string) (URI, error) {
	colon := strings.IndexByte(s, ':')
	if colon <= 0 || len(s) == colon+1 {
		return URI{}, errURI
	}
	scheme, rest := s[:colon], s[colon+1:]
	switch {
	case fold(scheme, "sip"):
		scheme = "sip"
	case fold(scheme, "sips"):
		scheme = "sips"
	case fold(scheme, "tel"):
		return parseTel(rest)
	default:
		if !all(scheme, charToken) || !all(rest, charOpaque) {
			return URI{}, errURI
		}
		return URI{Scheme: scheme, Opaque: rest}, nil
	}
	u := URI{Scheme: scheme}
	if at := strings.IndexByte(rest, '@'); at >= 0 {
		user := rest[:at]
		rest = rest[at+1:]
		if c := strings.IndexByte(user, ':'); c >= 0 {
			user, u.Password = user[:c], user[c+1:]
			if !escaped(u.Password, charUser) {
				return URI{}, errURI
			}
		}
		if user == "" || !escaped(user, charUser) {
			return URI{}, errURI
		}
		u.User = user
	}
	end := 0
	if rest != "" && rest[0] == '[' {
		if end = strings.IndexByte(rest, ']') + 1; end == 0 {
			return URI{}, errURI
		}
	}
	for end < len(rest) && rest[end] != ';' && rest[end] != '?' {
		end++
	}
	var ok bool
	if u.Host, u.Port, ok = hostPort(rest[:end]); !ok {
		return URI{}, errURI
	}
	rest = rest[end:]
	if q := strings.IndexByte(rest, '?'); q >= 0 {
		u.Headers = rest[q+1:]
		rest = rest[:q]
		if u.Headers == "" || !escaped(u.Headers, charParam|charUser) {
			return URI{}, errURI
		}
	}
	if rest != "" {
		u.Params = Params(rest[1:])
		if u.Params == "" || !uriParams(u.Params) {
			return URI{}, errURI
		}
	}
	return u, nil
}

func parseTel(rest string) (URI, error) {
	u := URI{Scheme: "tel", User: rest}
	if i := strings.IndexByte(rest, ';'); i >= 0 {
		u.User, u.Params = rest[:i], Params(rest[i+1:])
		if u.Params == "" || !uriParams(u.Params) {
			return URI{}, errURI
		}
	}
	if u.User == "" || !escaped(u.User, charUser) {
		return URI{}, errURI
	}
	return u, nil
}

// hostPort reads "host", "host:port" or "[v6]:port".
func hostPort(s string) (host string, port uint16, ok bool) {
	host = s
	rest := ""
	if s != "" && s[0] == '[' {
		end := strings.IndexByte(s, ']') + 1
		if end == 0 {
			return "", 0, false
		}
		host, rest = s[:end], s[end:]
		addr, err := netip.ParseAddr(host[1 : end-1])
		if err != nil || !addr.Is6() || addr.Zone() != "" {
			return "", 0, false
		}
	} else {
		if i := strings.IndexByte(s, ':'); i >= 0 {
			host, rest = s[:i], s[i:]
		}
		if !all(host, charHost) {
			return "", 0, false
		}
	}
	if rest == "" {
		return host, 0, true
	}
	if rest[0] != ':' {
		return "", 0, false
	}
	n, good := decimal(rest[1:], 65535)
	return host, uint16(n), good && n > 0
}

// IsSIP reports whether the scheme is sip or sips.
func (u URI) IsSIP() bool { return u.Scheme == "sip" || u.Scheme == "sips" }

// IsZero reports whether there is no URI at all.
func (u URI) IsZero() bool { return u.Scheme == "" }

// UserText is the user part with its escapes undone: for comparison and display, never to be read as a URI again.
func (u URI) UserText() string { return unescape(u.User) }

// Addr is the host as an IP address; false when it is a name.
func (u URI) Addr() (netip.Addr, bool) {
	h := u.Host
	if len(h) > 2 && h[0] == '[' {
		h = h[1 : len(h)-1]
	}
	if h == "" || (chars[h[0]]&charHex == 0 && h[0] != ':') {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(h)
	return a.Unmap(), err == nil
}

// Append writes the URI without angle brackets.
func (u URI) Append(buf []byte) []byte {
	buf = append(append(buf, u.Scheme...), ':')
	if u.Opaque != "" {
		return append(buf, u.Opaque...)
	}
	if u.User != "" {
		buf = append(buf, u.User...)
		if u.Password != "" {
			buf = append(append(buf, ':'), u.Password...)
		}
		if u.Scheme != "tel" {
			buf = append(buf, '@')
		}
	}
	buf = append(buf, u.Host...)
	if u.Port != 0 {
		buf = strconv.AppendUint(append(buf, ':'), uint64(u.Port), 10)
	}
	if u.Params != "" {
		buf = append(append(buf, ';'), u.Params...)
	}
	if u.Headers != "" {
		buf = append(append(buf, '?'), u.Headers...)
	}
	return buf
}

// String writes the URI without angle brackets; the zero URI is empty.
func (u URI) String() string {
	if u.IsZero() {
		return ""
	}
	return string(u.Append(make([]byte, 0, 96)))
}

// EscapeUser writes text as the user part of a URI; everything outside the grammar becomes a %-escape.
func EscapeUser(text string) string {
	if escaped(text, charUser) && !strings.ContainsAny(text, "%#") {
		return text
	}
	const hex = "0123456789ABCDEF"
	var out []byte
	for i := range len(text) {
		if c := text[i]; chars[c]&charUser != 0 && c != '#' {
			out = append(out, c)
		} else {
			out = append(out, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(out)
}

// Equal compares two URIs after RFC 3261 §19.1.4: user and password with case, the rest without; escapes of ordinary characters count as
// the characters; user, ttl, method and maddr must be on both sides or on none, other parameters only agree where both have them.
func (u URI) Equal(v URI) bool {
	if u.Scheme != v.Scheme {
		return u.Opaque != "" && fold(u.Scheme, v.Scheme) && u.Opaque == v.Opaque
	}
	if u.Opaque != v.Opaque || !sameText(u.User, v.User) || !sameText(u.Password, v.Password) {
		return false
	}
	if !fold(u.Host, v.Host) || u.Port != v.Port {
		return false
	}
	return sameParams(u.Params, v.Params) && sameParams(v.Params, u.Params) && sameHeaders(u.Headers, v.Headers)
}

// sameText compares escaped texts. Reserved characters and their escapes are different (RFC 3261 §19.1.4), all others alike.
func sameText(a, b string) bool {
	return a == b || normalEscapes(a) == normalEscapes(b)
}

// normalEscapes undoes the escapes of unreserved characters and writes the others in capitals.
func normalEscapes(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	const hex = "0123456789ABCDEF"
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '%' || i+2 >= len(s) || chars[s[i+1]]&charHex == 0 || chars[s[i+2]]&charHex == 0 {
			out = append(out, s[i])
			continue
		}
		c := unhex(s[i+1])<<4 | unhex(s[i+2])
		i += 2
		if chars[c]&charUser != 0 && strings.IndexByte("&=+$,;?/#", c) < 0 {
			out = append(out, c)
		} else {
			out = append(out, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(out)
}

func sameParams(a, b Params) bool {
	for name := range a.All() {
		x, _ := a.Get(name)
		y, ok := b.Get(name)
		if ok && !fold(x, y) {
			return false
		}
		if !ok && (fold(name, "user") || fold(name, "ttl") || fold(name, "method") || fold(name, "maddr")) {
			return false
		}
	}
	return true
}

func sameHeaders(a, b string) bool {
	if a == b {
		return true
	}
	x, y := strings.Split(a, "&"), strings.Split(b, "&")
	if len(x) != len(y) || len(x) > 32 {
		return false
	}
	for _, h := range x {
		found := false
		for i, other := range y {
			n, v, _ := strings.Cut(h, "=")
			m, w, _ := strings.Cut(other, "=")
			if fold(unescape(n), unescape(m)) && normalEscapes(v) == normalEscapes(w) {
				y = append(y[:i:i], y[i+1:]...)
				found = true
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}
