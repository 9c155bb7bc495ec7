package hours

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The bounds of a schedule.
const (
	MaxHolidays = 300
	MaxName     = 100 // characters
)

// State is what hours say about a moment (C-12).
type State string

// The states. The zero value is that no hours are kept.
const (
	None   State = ""
	Open   State = "open"
	Break  State = "break"
	Closed State = "closed"
)

// Schedule is what an office writes down about its hours, without a place on earth.
type Schedule struct {
	Open     Week      `json:"open"`
	Breaks   Week      `json:"breaks,omitzero"` // count while the office would be open
	Holidays []Holiday `json:"holidays,omitempty"`
}

// Holiday is a day, or several, that does not follow the week. Without spans it is closed from midnight to midnight, and
// a night that began before ends there. The night after follows its own day again.
type Holiday struct {
	Name   string `json:"name"`
	On     Rule   `json:"on"`
	Hours  Spans  `json:"hours,omitempty"`  // open at these times instead, without breaks
	Closed Spans  `json:"closed,omitempty"` // closed at these times only; else the week counts
}

// Override sets a state by hand for some time; it comes before holidays, breaks and the week.
type Override struct {
	State   State
	Holiday bool // closed as on a holiday
	From    time.Time
	Until   time.Time // zero: until somebody ends it
}

// MarshalJSON writes the days that are not empty by name.
func (w Week) MarshalJSON() ([]byte, error) {
	m := make(map[string]string, 7)
	for i, name := range DayNames() {
		if len(w[i]) > 0 {
			m[name] = w[i].String()
		}
	}
	return json.Marshal(m)
}

// UnmarshalJSON reads the days by name.
func (w *Week) UnmarshalJSON(b []byte) error {
	var m map[string]string
	if err := json.Unmarshal(b, &m); err != nil {
		return err
	}
	*w = Week{}
	for name, s := range m {
		d, ok := weekday(name)
		if !ok {
			return &Problem{Code: "day", Value: name}
		}
		var err error
		if w[d], err = ParseSpans(s); err != nil {
			return at(err, name)
		}
	}
	return nil
}

// IsZero reports whether no day has a span.
func (w Week) IsZero() bool {
	for _, d := range w {
		if len(d) > 0 {
			return false
		}
	}
	return true
}

// Check refuses a schedule that means nothing; the error is a *Problem with its field.
func (s *Schedule) Check() error {
	for i, name := range DayNames() {
		if err := s.Open[i].check(); err != nil {
			return at(err, "open."+name)
		}
		if err := s.Breaks[i].check(); err != nil {
			return at(err, "breaks."+name)
		}
	}
	if len(s.Holidays) > MaxHolidays {
		return &Problem{Code: "holidays_many", Value: strconv.Itoa(MaxHolidays), Field: "holidays"}
	}
	for i := range s.Holidays {
		h, field := &s.Holidays[i], "holidays."+strconv.Itoa(i)
		if h.Name != strings.TrimSpace(h.Name) || h.Name == "" || utf8.RuneCountInString(h.Name) > MaxName || strings.ContainsAny(h.Name, "\r\n\x00") || !utf8.ValidString(h.Name) {
			return &Problem{Code: "holiday_name", Value: strconv.Itoa(MaxName), Field: field + ".name"}
		}
		if h.On.form == 0 {
			return &Problem{Code: "rule", Field: field + ".on"}
		}
		if err := h.Hours.check(); err != nil {
			return at(err, field+".hours")
		}
		if err := h.Closed.check(); err != nil {
			return at(err, field+".closed")
		}
		if len(h.Hours) > 0 && len(h.Closed) > 0 {
			return &Problem{Code: "holiday_both", Value: h.Name, Field: field + ".hours"}
		}
	}
	return nil
}

// at says where a problem lies.
func at(err error, field string) error {
	if p, ok := err.(*Problem); ok {
		moved := *p
		moved.Field = field
		return &moved
	}
	return err
}
