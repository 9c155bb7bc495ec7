// Package libopus is the reference implementation of Opus (RFC 6716), translated to Go: SOURCE says from what and with what,
// scripts/libopus does it again. Nobody edits or calls it but package opus.
package libopus
