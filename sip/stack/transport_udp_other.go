//go:build !linux

package stack

import "syscall"

// canShare is false: elsewhere sharing a port does not spread the load.
const canShare = false

func shareport(string, string, syscall.RawConn) error { return nil }
