package pbx

import (
	"net/url"
	"slices"
	"time"

	"tandem/hours"
)

// Calendar is where a person is busy, as a calendar of his tells that he linked himself (BAR BL-04). While he is, and neither his hours nor a choice by
// hand say otherwise, his status is another.
type Calendar struct {
	User    UserID        `json:"user"`
	Link    string        `json:"-"`                // of a feed that is fetched again and again; who knows it may read the calendar. Empty: it was a file
	As      Status        `json:"as"`               // while busy
	Busy    []hours.Spell `json:"-"`                // in order, without overlaps
	Read    time.Time     `json:"read,omitzero"`    // when it was last read …
	Left    int           `json:"left,omitempty"`   // … and how many of its events were not understood
	Fault   string        `json:"fault,omitempty"`  // why it could not be read last: a key of the catalogue without its beginning
	Changed time.Time     `json:"changed,omitzero"` // when the link or the file became this
}

// MaxLink is the longest address of a calendar.
const MaxLink = 2000

// at is the spell that a moment lies in, or that comes next; false when there is none.
func (c *Calendar) at(t time.Time) (spell hours.Spell, busy, ok bool) {
	i, _ := slices.BinarySearchFunc(c.Busy, t, func(s hours.Spell, t time.Time) int {
		if s.Until.After(t) {
			return 1
		}
		return -1
	})
	if i == len(c.Busy) {
		return spell, false, false
	}
	return c.Busy[i], !c.Busy[i].From.After(t), true
}

func (s *Snapshot) checkCalendar(c *Calendar) error {
	if !isStatus(c.As) || c.As == StatusAvailable {
		return Refuse(Invalid, "as", "status.unknown", "value", string(c.As))
	}
	if u, err := url.Parse(c.Link); c.Link != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(c.Link) > MaxLink) {
		return Refuse(Invalid, "link", "calendar.link")
	}
	return s.hasUser(c.User)
}
