package pbx

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/hours"
)

// Reminder is a wake-up or reminder call: the house calls somebody's phones at a time of his own day (G-019).
type Reminder struct {
	ID      ReminderID     `json:"id"`
	User    UserID         `json:"user"`           // who is called
	By      UserID         `json:"by"`             // who set it; he is told when nobody answers
	Clock   int            `json:"clock"`          // minutes since midnight, in the time zone of who is called
	Date    hours.Date     `json:"date,omitempty"` // the only day …
	Days    []time.Weekday `json:"days,omitempty"` // … or the weekdays on which it is repeated, ascending
	Note    string         `json:"note,omitempty"` // shown by the phone while it rings
	Created time.Time      `json:"created"`

	After time.Time `json:"after"`           // what was due until then is settled
	For   time.Time `json:"for,omitzero"`    // the moment that is being settled: it was called, and nobody has answered yet, or wants to be called again
	Tries int       `json:"tries,omitempty"` // that reached nobody, this one among them
	Again time.Time `json:"again,omitzero"`  // with For: when the house calls again

	Last  ReminderEnd `json:"last,omitempty"` // what became of the last one …
	Ended time.Time   `json:"ended,omitzero"` // … and when
}

// ReminderEnd is what became of a reminder call.
type ReminderEnd string

// What becomes of reminder calls; the zero value: none was due yet.
const (
	ReminderAnswered ReminderEnd = "answered"
	ReminderSnoozed  ReminderEnd = "snoozed" // he wants to be called again
	ReminderMissed   ReminderEnd = "missed"  // nobody answered, or the house was not there
)

// How reminder calls go.
const (
	MaxReminders   = 20 // of one person
	ReminderTries  = 3
	ReminderRing   = 45 * time.Second // each time
	ReminderPause  = 3 * time.Minute  // from one try to the next
	ReminderSnooze = 10 * time.Minute
	ReminderLate   = 15 * time.Minute // a call that is later wakes nobody any more
	ReminderKept   = 7 * 24 * time.Hour
)

// Ref points at the reminder.
func (r *Reminder) Ref() Ref { return Ref{KindReminder, string(r.ID)} }

// Next is when the house calls next; zero when it never does again. It follows the zone, should that change.
func (r *Reminder) Next(z *hours.Zone) time.Time {
	switch {
	case !r.For.IsZero():
		return r.Again
	case len(r.Days) > 0:
		return z.Next(r.After, r.Clock, func(d time.Weekday) bool { return slices.Contains(r.Days, d) })
	}
	if at := z.At(r.Date, r.Clock); at.After(r.After) {
		return at
	}
	return time.Time{}
}

// Due is what the house does about a reminder at a moment, and what the reminder is afterwards: with call the phones are rung, with missed the last try
// failed or the moment is too long ago. It is the same reminder when nothing is to be done.
func (r *Reminder) Due(z *hours.Zone, now time.Time) (next *Reminder, call, missed bool) {
	at := r.Next(z)
	if at.IsZero() || at.After(now) {
		return r, false, false
	}
	n := *r
	if n.For.IsZero() {
		n.For = at
	}
	if n.Tries >= ReminderTries || now.Sub(at) > ReminderLate {
		n.settle(ReminderMissed, now)
		return &n, false, true
	}
	n.Tries++
	n.Again = now.Add(ReminderPause)
	return &n, true, false
}

// Answered is the reminder after somebody answered the call. It is false when no call of it is out.
func (r *Reminder) Answered(now time.Time) (*Reminder, bool) {
	if r.For.IsZero() {
		return r, false
	}
	n := *r
	n.settle(ReminderAnswered, now)
	return &n, true
}

// Snoozed is the reminder after who answered asked to be called again. It is false when he has not answered just now.
func (r *Reminder) Snoozed(now time.Time) (*Reminder, bool) {
	if r.Last != ReminderAnswered || !r.For.IsZero() || now.Sub(r.Ended) > ReminderPause {
		return r, false
	}
	n := *r
	n.For, n.Again, n.Tries = n.Ended, now.Add(ReminderSnooze), 0
	n.Last, n.Ended = ReminderSnoozed, now
	return &n, true
}

// settle ends what is due. Everything until now is behind it: what a house that stood still left out is not made up for.
func (r *Reminder) settle(how ReminderEnd, now time.Time) {
	r.After, r.For, r.Again, r.Tries = now, time.Time{}, time.Time{}, 0
	r.Last, r.Ended = how, now
}

// ReminderZone is the zone in which a reminder of somebody is meant.
func (s *Snapshot) ReminderZone(u UserID, at time.Time) *hours.Zone {
	z, err := hours.LoadZone(s.ZoneOf(u, at))
	if err != nil {
		z, _ = hours.LoadZone("UTC")
	}
	return z
}

// RemindersOf lists the reminders of somebody in order of id.
func (s *Snapshot) RemindersOf(u UserID) (all []*Reminder) {
	for _, r := range s.Reminders {
		if r.User == u {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b *Reminder) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return all
}

func (s *Snapshot) checkReminder(r *Reminder) error {
	switch {
	case s.Users[r.User] == nil:
		return Refuse(Invalid, "user", "user.unknown")
	case r.Clock < 0 || r.Clock >= 24*60:
		return Refuse(Invalid, "time", "reminder.time_bad")
	case (r.Date == 0) == (len(r.Days) == 0):
		return Refuse(Invalid, "days", "reminder.day_missing")
	case len(s.RemindersOf(r.User)) > MaxReminders:
		return Refuse(Exhausted, "", "reminder.too_many", "max", strconv.Itoa(MaxReminders))
	}
	for i, d := range r.Days {
		if d < time.Sunday || d > time.Saturday || i > 0 && d <= r.Days[i-1] {
			return Refuse(Invalid, "days", "reminder.day_missing")
		}
	}
	return checkLine("note", r.Note, 100)
}
