package pbx

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// The bounds of forwarding.
const (
	MaxExceptions = 15  // of one person
	MinRing       = 5   // seconds
	MaxRing       = 300 // seconds
	UsualRing     = 30  // seconds, where nobody set anything else
)

// Forwarding is what happens to calls for one person: rules per status, and exceptions that come before them
// (X-048…X-072). Who has none rings as usual.
type Forwarding struct {
	User       UserID             `json:"user"`
	Profiles   map[Status]Profile `json:"profiles,omitempty"` // a status without an entry has the usual one
	Exceptions []Exception        `json:"exceptions,omitempty"`
	Fixed      bool               `json:"fixed,omitempty"`  // the status does not follow office hours
	Locked     bool               `json:"locked,omitempty"` // the person does not change his rules himself
}

// Profile is what happens in one status.
type Profile struct {
	Name     string `json:"name,omitempty"`    // of a status that the person names
	Message  string `json:"message,omitempty"` // what colleagues read beside the status
	Ring     int    `json:"ring,omitempty"`    // seconds; 0 is UsualRing
	NoAnswer Case   `json:"no_answer,omitzero"`
	Busy     Case   `json:"busy,omitzero"`    // in a call and not taking several; declined
	Offline  Case   `json:"offline,omitzero"` // no phone is registered
	Always   Case   `json:"always,omitzero"`  // of statuses in which nothing rings
	Mobile   bool   `json:"mobile,omitempty"` // rings the mobile number too
	Single   bool   `json:"single,omitempty"` // no second call is offered during a call
	NoPush   bool   `json:"no_push,omitempty"`
	NoGroups bool   `json:"no_groups,omitempty"` // calls for ring groups pass the person by
}

// Case is one rule: where colleagues and callers from outside go. Without Outside these go the same way.
type Case struct {
	Inside  Destination  `json:"inside,omitzero"`
	Outside *Destination `json:"outside,omitempty"`
}

// For is the destination for one side.
func (c Case) For(outside bool) Destination {
	if outside && c.Outside != nil {
		return *c.Outside
	}
	return c.Inside
}

// IsZero reports whether the rule leads nowhere.
func (c Case) IsZero() bool { return c.Inside.IsZero() && c.Outside == nil }

// Side restricts an exception to callers of one kind.
type Side string

// The sides; the zero value is both.
const (
	SideBoth    Side = ""
	SideInside  Side = "inside"
	SideOutside Side = "outside"
)

// When says on which occasion an exception counts.
type When string

// The occasions. The zero value is at once, whatever the status is.
const (
	WhenAlways   When = ""
	WhenNoAnswer When = "no_answer"
	WhenBusy     When = "busy"
	WhenOffline  When = "offline"
)

// Exception is a rule that comes before those of the status: who calls, when, and where to.
type Exception struct {
	Caller UserID      `json:"caller,omitempty"` // a colleague, whatever his number is
	Number string      `json:"number,omitempty"` // or a number; a star at its end stands for any digits; empty is everybody
	Side   Side        `json:"side,omitempty"`
	When   When        `json:"when,omitempty"`
	Hours  Hours       `json:"hours,omitempty"`
	Spans  []Span      `json:"spans,omitempty"` // with specific hours
	To     Destination `json:"to"`              // the person himself: his phones ring, whatever his status is
	Off    bool        `json:"off,omitempty"`
}

// Hours says at which times an exception counts.
type Hours string

// The times. The zero value is at any time.
const (
	HoursAny      Hours = ""
	HoursOpen     Hours = "open"     // in the office hours that count for the person
	HoursBreak    Hours = "break"    // in breaks
	HoursClosed   Hours = "closed"   // outside office hours
	HoursSpecific Hours = "specific" // inside the spans
	HoursOther    Hours = "other"    // outside the spans
	HoursNever    Hours = "never"
)

// Span is a part of some days of the week, in the time zone of the person. One that ends before it begins reaches into
// the next day.
type Span struct {
	Days  []time.Weekday `json:"days"` // 0 is Sunday
	From  int            `json:"from"` // minutes since midnight
	Until int            `json:"until"`
}

// Contains reports whether a moment of the local clock lies inside.
func (p Span) Contains(day time.Weekday, minute int) bool {
	if p.From < p.Until {
		return slices.Contains(p.Days, day) && p.From <= minute && minute < p.Until
	}
	return slices.Contains(p.Days, day) && minute >= p.From || slices.Contains(p.Days, (day+6)%7) && minute < p.Until
}

// Fits reports whether a caller is the one the exception names: a colleague, or a number as it is written in full.
func (e *Exception) Fits(caller UserID, number string, outside bool) bool {
	switch {
	case e.Off, e.Side == SideInside && outside, e.Side == SideOutside && !outside:
		return false
	case e.Caller != "":
		return caller == e.Caller
	case e.Number == "":
		return true
	}
	return fitsNumber(e.Number, number)
}

// fitsNumber reports whether a number is the one of a pattern, or begins as it does.
func fitsNumber(pattern, number string) bool {
	if start, open := strings.CutSuffix(pattern, "*"); open {
		return number != "" && strings.HasPrefix(number, start)
	}
	return number == pattern
}

// IsWhole reports whether the exception counts for every caller at any time on an occasion, as a feature code makes it.
func (e *Exception) IsWhole(w When) bool {
	return e.When == w && e.Caller == "" && e.Number == "" && e.Side == SideBoth && e.Hours == HoursAny
}

// Diverted is where a feature code sends a person's calls on an occasion; false when none does.
func (s *Snapshot) Diverted(u UserID, w When) (Destination, bool) {
	if f := s.Forwardings[u]; f != nil {
		for i := range f.Exceptions {
			if e := &f.Exceptions[i]; e.IsWhole(w) && !e.Off {
				return e.To, true
			}
		}
	}
	return Destination{}, false
}

// ProfileOf is what happens to calls for a person in a status; the usual thing where nobody set anything.
func (s *Snapshot) ProfileOf(u UserID, status Status) Profile {
	if f := s.Forwardings[u]; f != nil {
		if p, ok := f.Profiles[status]; ok {
			return p
		}
	}
	return s.UsualProfile(u)
}

// UsualProfile is what happens in every status as long as nobody set anything: who cannot be reached has a mailbox, unless it is
// switched off; then the caller hears why nobody answers.
func (s *Snapshot) UsualProfile(u UserID) Profile {
	if !s.HasMailbox(BoxID(u)) {
		return Profile{}
	}
	c := Case{Inside: Destination{Kind: ToMailbox, ID: string(u)}}
	return Profile{NoAnswer: c, Busy: c, Offline: c, Always: c}
}

// IsUsual reports whether nobody set anything for a status of a person.
func (s *Snapshot) IsUsual(u UserID, status Status) bool {
	f := s.Forwardings[u]
	if f == nil {
		return true
	}
	_, set := f.Profiles[status]
	return !set
}

// Seconds is how long phones ring.
func (p Profile) Seconds() int {
	if p.Ring == 0 {
		return UsualRing
	}
	return p.Ring
}

// Cases goes over the rules of a profile by the word of their occasion, in the order in which people read them.
func (p Profile) Cases(yield func(string, Case) bool) {
	_ = yield("no_answer", p.NoAnswer) && yield("busy", p.Busy) && yield("offline", p.Offline) && yield("always", p.Always)
}

func (s *Snapshot) checkForwarding(f *Forwarding) error {
	if err := s.hasUser(f.User); err != nil {
		return err
	}
	if len(f.Exceptions) > MaxExceptions {
		return Refuse(Invalid, "exceptions", "forwarding.exceptions_many", "max", strconv.Itoa(MaxExceptions))
	}
	for status, p := range f.Profiles {
		if !isStatus(status) {
			return Refuse(Invalid, "profiles", "status.unknown", "value", string(status))
		}
		if err := checkProfile("profiles."+string(status), p); err != nil {
			return err
		}
	}
	for i := range f.Exceptions {
		if err := checkException("exceptions."+strconv.Itoa(i), &f.Exceptions[i]); err != nil {
			return err
		}
	}
	return nil
}

func checkProfile(field string, p Profile) error {
	if err := first(checkLine(field+".name", p.Name, 40), checkLine(field+".message", p.Message, 200), checkRingTime(field+".ring", p.Ring)); err != nil {
		return err
	}
	for name, c := range p.Cases {
		if err := checkDestination(field+"."+name+".inside", c.Inside); err != nil {
			return err
		}
		if c.Outside != nil {
			if err := checkDestination(field+"."+name+".outside", *c.Outside); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkRingTime(field string, seconds int) error {
	if seconds != 0 && (seconds < MinRing || seconds > MaxRing) {
		return Refuse(Invalid, field, "forwarding.ring_range", "min", strconv.Itoa(MinRing), "max", strconv.Itoa(MaxRing))
	}
	return nil
}

func checkException(field string, e *Exception) error {
	if !slices.Contains([]Side{SideBoth, SideInside, SideOutside}, e.Side) ||
		!slices.Contains([]When{WhenAlways, WhenNoAnswer, WhenBusy, WhenOffline}, e.When) ||
		!slices.Contains([]Hours{HoursAny, HoursOpen, HoursBreak, HoursClosed, HoursSpecific, HoursOther, HoursNever}, e.Hours) {
		return Refuse(Invalid, field, "forwarding.exception_unknown")
	}
	if e.To.IsZero() {
		return Refuse(Invalid, field+".to", "destination.missing")
	}
	if e.Caller != "" && e.Number != "" || strings.Trim(strings.TrimSuffix(e.Number, "*"), "+0123456789*#") != "" || len(e.Number) > 33 {
		return Refuse(Invalid, field+".number", "forwarding.number_pattern")
	}
	if (len(e.Spans) > 0) != (e.Hours == HoursSpecific || e.Hours == HoursOther) || len(e.Spans) > 20 {
		return Refuse(Invalid, field+".spans", "forwarding.spans_missing")
	}
	for _, p := range e.Spans {
		bad := len(p.Days) == 0 || len(p.Days) > 7 || p.From < 0 || p.From >= 24*60 || p.Until < 0 || p.Until > 24*60 || p.From == p.Until
		for _, d := range p.Days {
			bad = bad || d < time.Sunday || d > time.Saturday
		}
		if bad {
			return Refuse(Invalid, field+".spans", "forwarding.span_bad")
		}
	}
	return checkDestination(field+".to", e.To)
}

// Counts reports whether an exception of a person counts at a moment, by its hours.
func (s *Snapshot) Counts(e *Exception, u UserID, at time.Time) bool {
	switch e.Hours {
	case HoursAny:
		return true
	case HoursOpen, HoursBreak, HoursClosed:
		return string(e.Hours) == string(s.shiftOf(u, at).state)
	case HoursSpecific:
		return s.within(e.Spans, u, at)
	case HoursOther:
		return !s.within(e.Spans, u, at)
	}
	return false
}

// within reports whether a moment lies in one of the spans, by the clock of the person.
func (s *Snapshot) within(spans []Span, u UserID, at time.Time) bool {
	zone, err := time.LoadLocation(s.ZoneOf(u, at))
	if err != nil {
		zone = time.UTC
	}
	local := at.In(zone)
	day, minute := local.Weekday(), local.Hour()*60+local.Minute()
	return slices.ContainsFunc(spans, func(p Span) bool { return p.Contains(day, minute) })
}
