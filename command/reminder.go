package command

import (
	"slices"
	"time"

	"tandem/hours"
	"tandem/pbx"
	"tandem/policy"
)

// CreateReminder sets a wake-up or reminder call (G-019). Without a date and weekdays it comes once, when clocks show the time next.
type CreateReminder struct {
	User  pbx.UserID
	Clock int // minutes since midnight, in the time zone of who is called
	Date  hours.Date
	Days  []time.Weekday
	Note  string
}

// Need asks for reminder.set.
func (c CreateReminder) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.ReminderSet, policy.User(c.User)}}
}

// Change makes the reminder, and forgets those of the person that are over since a while.
func (c CreateReminder) Change(w *Work) (pbx.Change, error) {
	if w.Snapshot.Users[c.User] == nil {
		return pbx.Change{}, missing()
	}
	zone := w.Snapshot.ReminderZone(c.User, w.Now)
	r := &pbx.Reminder{ID: pbx.ReminderID(w.ID("rem")), User: c.User, By: w.Who.User, Clock: c.Clock, Date: c.Date, Note: oneLine(c.Note), Created: w.Now, After: w.Now}
	if len(c.Days) > 0 {
		r.Days = slices.Compact(slices.Sorted(slices.Values(c.Days)))
	} else if r.Date == 0 {
		r.Date = zone.Day(zone.Next(w.Now, c.Clock, func(time.Weekday) bool { return true }))
	}
	w.object = r.Ref()
	if len(c.Days) == 0 {
		if at := r.Next(zone); at.IsZero() || at.After(w.Now.Add(MaxAhead)) {
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, "date", "reminder.date_bad")
		}
	}
	change := pbx.Change{Put: []pbx.Noun{r}}
	for _, old := range w.Snapshot.RemindersOf(c.User) {
		if old.Next(zone).IsZero() && w.Now.Sub(old.Ended) > pbx.ReminderKept {
			change.Delete = append(change.Delete, old.Ref())
		}
	}
	return change, nil
}

// DeleteReminder takes a reminder call away.
type DeleteReminder struct{ ID pbx.ReminderID }

// Need asks for reminder.set over who is called.
func (c DeleteReminder) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	if r := s.Reminders[c.ID]; r != nil {
		return []Need{{policy.ReminderSet, policy.User(r.User)}}
	}
	return nil
}

// Change deletes the row.
func (c DeleteReminder) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Reminders[c.ID]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	return pbx.Change{Delete: []pbx.Ref{old.Ref()}}, nil
}

// ClearReminders takes away what somebody is still called for once.
type ClearReminders struct{ User pbx.UserID }

// Need asks for reminder.set.
func (c ClearReminders) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.ReminderSet, policy.User(c.User)}}
}

// Change deletes the rows.
func (c ClearReminders) Change(w *Work) (pbx.Change, error) {
	w.object = pbx.Ref{Kind: pbx.KindUser, ID: string(c.User)}
	var change pbx.Change
	for _, r := range w.Snapshot.RemindersOf(c.User) {
		if len(r.Days) == 0 && !r.Next(w.Snapshot.ReminderZone(c.User, w.Now)).IsZero() {
			change.Delete = append(change.Delete, r.Ref())
		}
	}
	return change, nil
}

// ReminderStep is what happened to a reminder call.
type ReminderStep string

// The steps.
const (
	ReminderIsDue    ReminderStep = "due"
	ReminderAnswered ReminderStep = "answered"
	ReminderSnoozed  ReminderStep = "snoozed"
)

// StepReminder writes down what happens to a reminder call. Only the house does it.
type StepReminder struct {
	ID   pbx.ReminderID
	Step ReminderStep
	For  time.Time // of an answer: the moment that the call was for; it is behind when another one is being settled. Zero: whichever is
}

// Need asks for nothing: Change refuses everybody but the house.
func (StepReminder) Need(*pbx.Snapshot, pbx.Actor) []Need { return nil }

// Change makes the step, or none when it is behind.
func (c StepReminder) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Reminders[c.ID]
	if old == nil || w.Who.Kind != pbx.ActorSystem {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	next, moved := old, false
	switch c.Step {
	case ReminderAnswered:
		if c.For.IsZero() || c.For.Equal(old.For) {
			next, moved = old.Answered(w.Now)
		}
	case ReminderSnoozed:
		next, moved = old.Snoozed(w.Now)
	default:
		next, _, _ = old.Due(w.Snapshot.ReminderZone(old.User, w.Now), w.Now)
		moved = next != old
	}
	if !moved {
		return pbx.Change{}, nil
	}
	return pbx.Change{Put: []pbx.Noun{next}}, nil
}
