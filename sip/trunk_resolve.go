package sip

import (
	"cmp"
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"tandem/sip/stack"
)

// Resolver asks DNS; DNS is one.
type Resolver interface {
	LookupNAPTR(ctx context.Context, name string) ([]NAPTR, error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
}

// target is one place where a trunk can be reached.
type target struct {
	transport stack.Transport
	addr      netip.AddrPort
}

// maxTargets bounds what DNS can make us try.
const maxTargets = 16

// splitHost takes the port off a host; 0 when there is none.
func splitHost(host string) (string, uint16) {
	if h, p, err := net.SplitHostPort(host); err == nil {
		if n, err := strconv.ParseUint(p, 10, 16); err == nil {
			return h, uint16(n)
		}
	}
	return strings.Trim(host, "[]"), 0
}

// resolve lists where a trunk is reached, best first (RFC 3263 §4). An address or a port needs no service records. With a transport
// that is left to DNS, NAPTR records say which services there are, in their order. Where there are none, service records for TLS, TCP
// and UDP are looked for; whoever publishes several means them in this order, the safest first.
func resolve(ctx context.Context, r Resolver, host, transport string) ([]target, error) {
	name, port := splitHost(host)
	fixed, known := stack.ParseTransport(transport)
	if !known {
		fixed = stack.UDP
	}
	if ip, err := netip.ParseAddr(name); err == nil {
		return []target{{fixed, netip.AddrPortFrom(ip.Unmap(), cmp.Or(port, portOf(fixed)))}}, nil
	}
	if port == 0 {
		var wanted []service
		if !known {
			wanted = services(ctx, r, name)
		}
		if len(wanted) == 0 {
			wanted = usualServices(name, fixed, known)
		}
		var list []target
		for _, w := range wanted {
			list = append(list, serviceTargets(ctx, r, w)...)
		}
		if len(list) > 0 {
			return list[:min(len(list), maxTargets)], nil
		}
	}
	ips, err := r.LookupNetIP(ctx, "ip", name)
	if err != nil {
		return nil, err
	}
	var list []target
	for _, ip := range ips {
		list = append(list, target{fixed, netip.AddrPortFrom(ip.Unmap(), cmp.Or(port, portOf(fixed)))})
	}
	return list[:min(len(list), maxTargets)], nil
}

// usualServices are the names of the service records of one transport, or of all.
func usualServices(name string, fixed stack.Transport, known bool) []service {
	all := []service{{stack.TLS, "_sips._tcp." + name}, {stack.TCP, "_sip._tcp." + name}, {stack.UDP, "_sip._udp." + name}}
	if !known {
		return all
	}
	return slices.DeleteFunc(all, func(s service) bool { return s.transport != fixed })
}

// serviceTargets asks for service records. A record that leads nowhere is passed over.
func serviceTargets(ctx context.Context, r Resolver, s service) []target {
	_, records, err := r.LookupSRV(ctx, "", "", s.name)
	if err != nil {
		return nil
	}
	var list []target
	for _, rec := range inOrder(records) {
		host := strings.TrimSuffix(rec.Target, ".")
		if host == "" { // RFC 2782: the service is decidedly not available
			continue
		}
		ips, err := r.LookupNetIP(ctx, "ip", host)
		if err != nil {
			continue
		}
		for _, ip := range ips {
			list = append(list, target{s.transport, netip.AddrPortFrom(ip.Unmap(), rec.Port)})
		}
	}
	return list
}

// inOrder orders service records by priority, and by chance within one, as their weights want it (RFC 2782).
func inOrder(records []*net.SRV) []*net.SRV {
	rest := slices.Clone(records)
	slices.SortStableFunc(rest, func(a, b *net.SRV) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.Weight, b.Weight))
	})
	out := make([]*net.SRV, 0, len(rest))
	for len(rest) > 0 {
		n, sum := 0, 0
		for n < len(rest) && rest[n].Priority == rest[0].Priority {
			sum += int(rest[n].Weight)
			n++
		}
		pick, at := 0, rand.IntN(sum+1)
		for i := range n {
			if at -= int(rest[i].Weight); at <= 0 {
				pick = i
				break
			}
		}
		out = append(out, rest[pick])
		rest = slices.Delete(rest, pick, pick+1)
	}
	return out
}

func portOf(t stack.Transport) uint16 {
	if t == stack.TLS {
		return 5061
	}
	return 5060
}
