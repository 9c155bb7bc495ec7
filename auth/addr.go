package auth

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Addr is the address of the client. Headers of reverse proxies are believed only when the connection comes from one
// that was named at start: anybody can send them.
func (s *Service) Addr(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	addr = addr.Unmap().WithZone("")
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.isProxy(addr); i-- {
		next, err := netip.ParseAddr(strings.Trim(strings.TrimSpace(hops[i]), "[]"))
		if err != nil {
			break
		}
		addr = next.Unmap().WithZone("")
	}
	return addr.String()
}

func (s *Service) isProxy(a netip.Addr) bool {
	for _, p := range s.c.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// IsSecure reports whether the client's side of the connection is encrypted.
func (s *Service) IsSecure(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	a, err := netip.ParseAddr(host)
	return err == nil && s.isProxy(a.Unmap().WithZone("")) && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

// Visit is where a request comes from.
func (s *Service) Visit(r *http.Request) Visit {
	return Visit{Addr: s.Addr(r), Agent: cut(r.UserAgent(), 300)}
}

// cut bounds a text from outside, at a whole character.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}
