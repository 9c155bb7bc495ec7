//go:build !linux

package stack

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
)

// canShare is false: elsewhere sharing a port does not spread the load.
const canShare = false

func shareport(string, string, syscall.RawConn) error { return nil }

// readBatch reads one datagram at a time and leaves the callbacks to the workers, so that the socket is emptied quickly.
func (k *socket) readBatch() {
	buf := make([]byte, k.stack.limits.Datagram)
	for {
		n, from, err := k.udp.ReadFromUDPAddrPort(buf)
		if err != nil {
			if k.gone.Load() || errors.Is(err, net.ErrClosed) {
				return
			}
			continue
		}
		k.datagram(buf[:n], from, netip.Addr{}, -1)
	}
}

// homes is empty: elsewhere the system chooses the address that an answer leaves from.
type homes struct{}

func (homes) open(*net.UDPConn) {}

func (homes) find(netip.Addr) []byte { return nil }
