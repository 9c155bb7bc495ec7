// Package call is the life of one call as a machine: State × Input → State × Effects.
//
// It knows no sockets, timers or locks; package switchboard runs it.
package call
