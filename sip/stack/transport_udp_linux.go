package stack

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// canShare says that several sockets may be bound to one port and the kernel spreads the sources over them.
const canShare = true

func shareport(_, _ string, c syscall.RawConn) error {
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
	})
	if err != nil {
		return err
	}
	return failed
}
