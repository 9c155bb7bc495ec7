package queue

import (
	"time"

	"tandem/pbx"
)

// Reason says in one word why an agent is not offered calls.
type Reason string

// The reasons, in the order in which they are looked at.
const (
	Suspended Reason = "suspended"
	LoggedOut Reason = "logged_out"
	OnBreak   Reason = "break"
	ByStatus  Reason = "status"
	Offline   Reason = "offline" // no phone of his is registered
	InCall    Reason = "in_call"
	Elsewhere Reason = "elsewhere" // another queue has him
)

// Around is what is known of an agent beside the configuration.
type Around struct {
	Live      *pbx.Presence
	Mine      func(pbx.CallID) bool // the call belongs to this queue
	Elsewhere bool                  // another queue rings him, has him in a call, or waits for him to write it down
}

// DutyOf is what an agent does for a queue as far as he himself, his status and his phones decide: Free, Away or Out.
func DutyOf(s *pbx.Snapshot, q pbx.QueueID, u pbx.UserID, at time.Time, a Around) (Duty, Reason) {
	user := s.Users[u]
	switch {
	case user == nil || user.IsSuspended(at):
		return Out, Suspended
	case !s.IsIn(u, q):
		return Out, LoggedOut
	}
	if d := s.Duties[u]; d != nil && d.Pause != "" {
		return Away, OnBreak
	}
	switch stand := s.StatusOf(u, at); {
	case !stand.Status.Rings() && !stand.Manual && stand.Hours == pbx.StateClosed:
		return Out, ByStatus // his office is closed: nobody waits for him
	case !stand.Status.Rings():
		return Away, ByStatus
	case !isReachable(s, u, at, a.Live):
		return Away, Offline
	case isBusy(u, a):
		return Away, InCall
	case a.Elsewhere:
		return Away, Elsewhere
	}
	return Free, ""
}

// isReachable reports whether any phone of somebody is registered.
func isReachable(s *pbx.Snapshot, u pbx.UserID, at time.Time, live *pbx.Presence) bool {
	for _, d := range s.DevicesOf(u) {
		for _, b := range live.Bindings(d.ID) {
			if b.Expires.After(at) {
				return true
			}
		}
	}
	return false
}

// isBusy reports whether somebody rings or talks in a call that is none of this queue.
func isBusy(u pbx.UserID, a Around) bool {
	for _, c := range a.Live.CallsOf(u) {
		if a.Mine == nil || !a.Mine(c) {
			return true
		}
	}
	return false
}
