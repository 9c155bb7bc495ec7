package pbx

import (
	"time"

	"tandem/hours"
)

// Status is what a person says about being reachable; five of them, two named by the person.
type Status string

// The statuses. The zero value is Available.
const (
	StatusAvailable  Status = "available"  // phones ring, then the rules of the status apply
	StatusAway       Status = "away"       // nothing rings, the rule applies at once
	StatusDND        Status = "dnd"        // likewise
	StatusAvailable2 Status = "available2" // rings; has the person's own name
	StatusAway2      Status = "away2"      // does not ring; has the person's own name
)

// Statuses lists all of them in the order in which people see them.
func Statuses() []Status {
	return []Status{StatusAvailable, StatusAway, StatusDND, StatusAvailable2, StatusAway2}
}

// Rings reports whether phones ring before the rules of the status apply.
func (s Status) Rings() bool {
	return s == "" || s == StatusAvailable || s == StatusAvailable2
}

// IsNamed reports whether the person names the status.
func (s Status) IsNamed() bool { return s == StatusAvailable2 || s == StatusAway2 }

// Choice is a status that somebody chose by hand. Without an end it holds until the hours of the person change next (C-4).
type Choice struct {
	User   UserID    `json:"user"`
	Status Status    `json:"status"`
	At     time.Time `json:"at"`
	Until  time.Time `json:"until,omitzero"`
}

// Stand is the status of a person at a moment, until when it holds as far as is known, and what made it so.
type Stand struct {
	Status Status
	Until  time.Time // zero: nothing is planned that would end it
	Manual bool      // chosen by hand
	Busy   bool      // his calendar says so
	Hours  State     // with neither choice nor switch: what the hours say; empty where no hours count
	Group  GroupID   // whose hours these are; empty for the person's own
}

// State is what office hours say about a moment (C-12).
type State = hours.State

// The states of an office. The zero value is that no hours are kept.
const (
	StateNone   = hours.None
	StateOpen   = hours.Open
	StateBreak  = hours.Break
	StateClosed = hours.Closed
)

// shift is what hours say about one moment, and between which moments they say it.
type shift struct {
	state       State
	from, until time.Time // zero: for ever
	group       GroupID
}

// StatusOf is the status of a person at a moment: the one chosen by hand while it holds, else what the hours make of it
// (open: Available, break: Away, closed: Do Not Disturb; X-073…X-078), else Available. Who would be Available has the status that he chose for it
// while his calendar says that he is busy (BAR BL-04).
func (s *Snapshot) StatusOf(u UserID, at time.Time) Stand {
	f, c := s.Forwardings[u], s.Choices[u]
	var now shift
	if f == nil || !f.Fixed {
		now = s.shiftOf(u, at)
	}
	if c != nil && s.holds(c, now, at) {
		until := c.Until
		if until.IsZero() {
			until = now.until
		}
		return Stand{Status: c.Status, Until: until, Manual: true, Hours: now.state, Group: now.group}
	}
	stand := Stand{Status: StatusAvailable, Until: now.until, Hours: now.state, Group: now.group}
	switch now.state {
	case StateBreak:
		stand.Status = StatusAway
	case StateClosed:
		stand.Status = StatusDND
	default:
		s.isBusy(u, at, &stand)
	}
	return stand
}

// isBusy puts what the calendar of a person says into his status.
func (s *Snapshot) isBusy(u UserID, at time.Time, stand *Stand) {
	c := s.Calendars[u]
	if c == nil {
		return
	}
	spell, busy, ok := c.at(at)
	end := spell.From
	if busy {
		stand.Status, stand.Busy, end = c.As, true, spell.Until
	}
	if ok && (stand.Until.IsZero() || end.Before(stand.Until)) {
		stand.Until = end
	}
}

// holds reports whether a choice still counts: until its end, or without one while the hours have not changed since.
func (s *Snapshot) holds(c *Choice, now shift, at time.Time) bool {
	if at.Before(c.At) {
		return false
	}
	if !c.Until.IsZero() {
		return at.Before(c.Until)
	}
	return !now.from.After(c.At)
}

func (s *Snapshot) checkChoice(c *Choice) error {
	if !isStatus(c.Status) {
		return Refuse(Invalid, "status", "status.unknown", "value", string(c.Status))
	}
	if !c.Until.IsZero() && !c.Until.After(c.At) {
		return Refuse(Invalid, "until", "interval.backwards")
	}
	return s.hasUser(c.User)
}

func isStatus(v Status) bool {
	for _, s := range Statuses() {
		if s == v {
			return true
		}
	}
	return false
}
