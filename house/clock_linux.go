package house

import "syscall"

const (
	clockUnkept = 0x40                   // STA_UNSYNC of adjtimex(2)
	clockWorst  = int64(clockOff / 1000) // of the error that the kernel reckons with, in µs
)

// clockKept asks the kernel whether a time service keeps the clock. Whoever sets the clock takes that back, until the service has looked at it again.
func clockKept() bool {
	var t syscall.Timex
	_, err := syscall.Adjtimex(&t)
	return err == nil && t.Status&clockUnkept == 0 && int64(t.Maxerror) <= clockWorst
}
