// Package pbx names what exists in a phone system: people, groups, devices, calls, and the snapshot that holds them.
//
// It contains no verb that waits: no sockets, no database, no clock.
package pbx
