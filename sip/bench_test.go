package sip

import "runtime"

// heap0 is the live heap after a full collection.
func heap0() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
