package pbx

import (
	"cmp"
	"slices"
	"time"
)

// Duty is what an agent does beside his calls: he has logged out of queues that he serves, or is on a break (D-016). Who has
// none is at work in all of them.
type Duty struct {
	User  UserID    `json:"user"`
	Out   []QueueID `json:"out,omitempty"`   // queues that he has logged out of
	Pause string    `json:"pause,omitempty"` // why he takes no calls; empty: no break
	Since time.Time `json:"since"`           // of the break, or of the last change
}

// Pauses lists the reasons of a break that forms offer; a person may use words of his own.
func Pauses() []string { return []string{"break", "lunch", "meeting", "training", "paperwork"} }

// IsIn reports whether an agent is logged in to a queue that he serves.
func (s *Snapshot) IsIn(u UserID, q QueueID) bool {
	d := s.Duties[u]
	return d == nil || !slices.Contains(d.Out, q)
}

// QueuesOf lists the queues that somebody serves, in order of id.
func (s *Snapshot) QueuesOf(u UserID) []*Queue {
	var all []*Queue
	for _, q := range s.Queues {
		if q.Serves(u) {
			all = append(all, q)
		}
	}
	slices.SortFunc(all, func(a, b *Queue) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

func (s *Snapshot) checkDuty(d *Duty) error {
	return first(s.hasUser(d.User), checkLine("pause", d.Pause, 80))
}
