package media

import "golang.org/x/sys/unix"

// waiting is the size of the next packet in a socket, 0 when there is none.
func waiting(fd int) int {
	var b [2000]byte
	n, _, err := unix.Recvfrom(fd, b[:], unix.MSG_DONTWAIT|unix.MSG_PEEK)
	if err != nil {
		return 0
	}
	return n
}
