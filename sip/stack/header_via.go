package stack

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
)

// Via is one hop of a message (RFC 3261 §20.42).
type Via struct {
	Transport string // as on the wire: UDP, TCP, TLS, WS, WSS or anything else
	Host      string
	Port      uint16 // 0 when not written
	Params    Params
}

// magic begins every branch of RFC 3261.
const magic = "z9hG4bK"

var errVia = errors.New("malformed Via")

// ParseVia reads one Via value.
func ParseVia(s string) (Via, error) {
	v, rest, err := cutVia(s)
	if err == nil && rest != "" {
		err = errVia
	}
	return v, err
}

func cutVia(s string) (v Via, rest string, err error) {
	one, rest, ok := cutElement(trim(s))
	if !ok {
		return v, "", errVia
	}
	if len(one) > 8 && one[:8] == "SIP/2.0/" {
		one = one[8:]
	} else {
		name, after, found := cutToken(one, '/')
		if !found || !fold(name, "SIP") {
			return v, "", errVia
		}
		version, after, found := cutToken(after, '/')
		if !found || version != "2.0" {
			return v, "", errVia
		}
		one = after
	}
	one = trim(one)
	i := 0
	for i < len(one) && chars[one[i]]&charToken != 0 {
		i++
	}
	if i == 0 || i == len(one) || !isSpace(one[i]) {
		return v, "", errVia
	}
	v.Transport = one[:i]
	one = trim(one[i:])
	sentBy := one
	if i = strings.IndexByte(one, ';'); i >= 0 {
		sentBy, v.Params = trim(one[:i]), Params(one[i+1:])
		if !headerParams(v.Params) {
			return v, "", errVia
		}
	}
	if v.Host, v.Port, ok = hostPort(sentBy); !ok {
		host, port, found := strings.Cut(sentBy, ":") // "host : port" is legal in a Via alone
		if !found || strings.IndexByte(host, '[') >= 0 {
			return v, "", errVia
		}
		n, good := decimal(trim(port), 65535)
		if host = trim(host); !good || n == 0 || !all(host, charHost) {
			return v, "", errVia
		}
		v.Host, v.Port = host, uint16(n)
	}
	return v, rest, nil
}

// cutToken cuts a token that ends at a separator; blanks around both are allowed.
func cutToken(s string, sep byte) (token, rest string, ok bool) {
	i := strings.IndexByte(s, sep)
	if i < 0 {
		return "", "", false
	}
	token = trim(s[:i])
	return token, trim(s[i+1:]), all(token, charToken)
}

// Branch is the branch parameter; empty when there is none.
func (v Via) Branch() string { b, _ := v.Params.Raw("branch"); return b }

// Append writes the value.
func (v Via) Append(buf []byte) []byte {
	buf = append(buf, "SIP/2.0/"...)
	buf = append(append(buf, v.Transport...), ' ')
	buf = append(buf, v.Host...)
	if v.Port != 0 {
		buf = strconv.AppendUint(append(buf, ':'), uint64(v.Port), 10)
	}
	if v.Params != "" {
		buf = append(append(buf, ';'), v.Params...)
	}
	return buf
}

// String writes the value.
func (v Via) String() string { return string(v.Append(make([]byte, 0, 128))) }

// stamp adds received and fills in rport (RFC 3261 §18.2.1, RFC 3581 §4). Both come from the packet, never from the sender's word.
func (v Via) stamp(source netip.AddrPort) string {
	rport := false
	buf := append(make([]byte, 0, 160), "SIP/2.0/"...)
	buf = append(append(buf, v.Transport...), ' ')
	buf = append(buf, v.Host...)
	if v.Port != 0 {
		buf = strconv.AppendUint(append(buf, ':'), uint64(v.Port), 10)
	}
	for p := v.Params; p != ""; {
		var name, value string
		var has bool
		name, value, has, p = p.next()
		if fold(name, "received") {
			continue
		}
		buf = append(append(buf, ';'), name...)
		if fold(name, "rport") {
			rport = true
			buf = strconv.AppendUint(append(buf, '='), uint64(source.Port()), 10)
		} else if has {
			buf = append(append(buf, '='), value...)
		}
	}
	addr := source.Addr().Unmap()
	if rport || !v.isAt(addr) {
		buf = addr.WithZone("").AppendTo(append(buf, ";received="...))
	}
	return string(buf)
}

func (v Via) isAt(addr netip.Addr) bool {
	a, ok := URI{Host: v.Host}.Addr()
	return ok && a == addr
}
