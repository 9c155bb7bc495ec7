package house

import (
	"net"
	"net/netip"
)

// ownAddress is the address other machines most likely reach this one at: the source address of the default route, else loopback.
// Nothing is sent.
func ownAddress() netip.Addr {
	c, err := net.Dial("udp4", "192.0.2.1:9")
	if err != nil {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
}

// certificateNames lists what a self-made certificate must cover: the public name first, then how the machine calls itself.
func certificateNames(public string) []string {
	names := []string{}
	add := func(n string) {
		for _, have := range names {
			if have == n {
				return
			}
		}
		if n != "" {
			names = append(names, n)
		}
	}
	add(public)
	add(ownAddress().String())
	add("localhost")
	add("127.0.0.1")
	add("::1")
	return names
}
