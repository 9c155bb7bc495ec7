// Package stack reads and writes SIP messages and carries them in transactions over UDP, TCP, TLS and WebSocket.
//
// It does not know who is registered, what a dialog means, or who may call whom; that is package sip, its only user.
package stack
