// Package api is the HTTP door: it finds out who asks, translates between JSON and commands, and shows what may be seen.
//
// It decides nothing: what somebody may do is asked of package policy, what changes is done by package command.
package api
