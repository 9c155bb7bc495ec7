package command

import (
	"slices"
	"strings"
	"time"

	"tandem/event"
	"tandem/hours"
	"tandem/pbx"
	"tandem/policy"
)

// SetCalendar links a calendar of the actor's own, or what a file of one holds: while it says that he is busy, his status is another (BAR BL-04). Nobody
// does so for somebody else.
type SetCalendar struct {
	User pbx.UserID
	As   pbx.Status
	Link *string       // of a feed; nil keeps the calendar
	Busy []hours.Spell // with an empty link: of a file
	Left int           // … and how many of its events were not understood
}

// Need asks for presence.set.
func (c SetCalendar) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.PresenceSet, policy.User(c.User)}}
}

// Change writes the calendar; a feed is read by whoever is told of the change.
func (c SetCalendar) Change(w *Work) (pbx.Change, error) {
	u := w.Snapshot.Users[c.User]
	if u == nil || w.Who.User != c.User {
		return pbx.Change{}, missing()
	}
	w.object = u.Ref()
	old := w.Snapshot.Calendars[c.User]
	next := pbx.Calendar{User: c.User, Changed: w.Now}
	switch {
	case c.Link != nil:
		next.Link = strings.TrimSpace(*c.Link)
		if rest, ok := strings.CutPrefix(next.Link, "webcal://"); ok { // as some write the same
			next.Link = "https://" + rest
		}
		if next.Link == "" {
			next.Busy, next.Left, next.Read = c.Busy, c.Left, w.Now
		}
	case old == nil:
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "link", "calendar.link")
	default:
		next = *old
		next.Changed = w.Now
	}
	next.As = c.As
	return pbx.Change{Put: []pbx.Noun{&next}}, nil
}

// UnlinkCalendar forgets the calendar of the actor.
type UnlinkCalendar struct{ User pbx.UserID }

// Need asks for presence.set.
func (c UnlinkCalendar) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.PresenceSet, policy.User(c.User)}}
}

// Change takes the calendar away.
func (c UnlinkCalendar) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Calendars[c.User]
	if old == nil || w.Who.User != c.User {
		return pbx.Change{}, missing()
	}
	return pbx.Change{Delete: []pbx.Ref{old.Ref()}}, nil
}

// NoteCalendar keeps what a feed said, or why it could not be read; then what it said before counts on. Only the house does so.
type NoteCalendar struct {
	User  pbx.UserID
	Link  string // that was read; another one by now is not touched
	Busy  []hours.Spell
	Left  int
	Fault string // a key below calendar.fault; empty: it was read
}

// CheckedAgain is how old the note of the last reading may be that is kept while nothing changes.
const CheckedAgain = 6 * time.Hour

// Need is nothing that people have.
func (c NoteCalendar) Need(*pbx.Snapshot, pbx.Actor) []Need { return nil }

// Change writes what is new.
func (c NoteCalendar) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Calendars[c.User]
	if w.Who.Kind != pbx.ActorSystem || old == nil || old.Link != c.Link {
		return pbx.Change{}, missing()
	}
	next := *old
	next.Fault, next.Read = c.Fault, w.Now
	if c.Fault == "" {
		next.Busy, next.Left = c.Busy, c.Left
	}
	if next.Fault == old.Fault && next.Left == old.Left && slices.Equal(next.Busy, old.Busy) && w.Now.Sub(old.Read) < CheckedAgain {
		return pbx.Change{}, nil
	}
	return pbx.Change{Put: []pbx.Noun{&next}}, nil
}

func calendarKind(d pbx.Difference) event.Kind {
	before, _ := d.Before.(*pbx.Calendar)
	after, ok := d.After.(*pbx.Calendar)
	switch {
	case !ok:
		return event.CalendarUnlinked
	case before == nil || !before.Changed.Equal(after.Changed):
		return event.CalendarLinked
	}
	return event.CalendarRead
}
