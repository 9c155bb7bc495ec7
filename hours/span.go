package hours

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// MaxSpans is how many spans one day may have.
const MaxSpans = 12

const wholeDay = 24 * 60 // minutes

// Span is a part of a day by its clock, in minutes since midnight. One that ends beyond 24:00 reaches into the next day.
type Span struct{ From, Until int }

// String is the span as it is written: 22:00-06:00, 09:00-24:00.
func (p Span) String() string {
	until := p.Until
	if until > wholeDay {
		until -= wholeDay
	}
	return clock(p.From) + "-" + clock(until)
}

func clock(m int) string {
	b := [5]byte{'0' + byte(m/600), '0' + byte(m/60%10), ':', '0' + byte(m%60/10), '0' + byte(m%10)}
	return string(b[:])
}

// Spans are the spans of one day in order. They do not overlap.
type Spans []Span

// ParseSpans reads what people type for one day: "9-12:30, 13-17", "22:00–06:00", "0-24"; nothing is closed.
func ParseSpans(s string) (Spans, error) {
	if strings.TrimSpace(s) == "" {
		return nil, nil
	}
	var all Spans
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' }) {
		part = strings.TrimSpace(part)
		a, b, ok := strings.Cut(strings.NewReplacer("–", "-", "—", "-", "−", "-").Replace(part), "-")
		from, okA := parseClock(a)
		until, okB := parseClock(b)
		if !ok || !okA || !okB || from == wholeDay || from == until {
			return nil, &Problem{Code: "span", Value: part}
		}
		if until < from {
			until += wholeDay
		}
		all = append(all, Span{from, until})
	}
	slices.SortFunc(all, func(a, b Span) int { return a.From - b.From })
	return all, all.check()
}

// parseClock reads 9, 09:00, 9.30 and 24:00 as minutes.
func parseClock(s string) (int, bool) {
	h, m, written := strings.Cut(strings.Replace(strings.TrimSpace(s), ".", ":", 1), ":")
	if len(h) < 1 || len(h) > 2 || written && len(m) != 2 || strings.Trim(h+m, "0123456789") != "" {
		return 0, false
	}
	hour, _ := strconv.Atoi(h)
	minutes := 0
	if written {
		minutes, _ = strconv.Atoi(m)
	}
	total := hour*60 + minutes
	return total, minutes < 60 && total <= wholeDay
}

// check refuses spans that are out of bounds, out of order or on top of each other.
func (d Spans) check() error {
	if len(d) > MaxSpans {
		return &Problem{Code: "spans_many", Value: strconv.Itoa(MaxSpans)}
	}
	for i, p := range d {
		if p.From < 0 || p.From >= wholeDay || p.Until <= p.From || p.Until >= p.From+wholeDay && p != (Span{0, wholeDay}) {
			return &Problem{Code: "span", Value: strconv.Itoa(p.From) + "-" + strconv.Itoa(p.Until)}
		}
		if i > 0 && p.From < d[i-1].Until {
			return &Problem{Code: "span_overlap", Value: d[i-1].String() + ", " + p.String()}
		}
	}
	return nil
}

// String is the day as it is written; empty is closed.
func (d Spans) String() string {
	words := make([]string, len(d))
	for i, p := range d {
		words[i] = p.String()
	}
	return strings.Join(words, ", ")
}

// MarshalText writes the day as String does.
func (d Spans) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the day as ParseSpans does.
func (d *Spans) UnmarshalText(b []byte) error {
	var err error
	*d, err = ParseSpans(string(b))
	return err
}

// Week is the spans of every day of the week; a day without an entry is closed.
type Week [7]Spans

// DayNames are the short names of the days in files and answers, by time.Weekday.
func DayNames() [7]string { return [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} }

func weekday(name string) (time.Weekday, bool) {
	for i, n := range DayNames() {
		if n == name {
			return time.Weekday(i), true
		}
	}
	return 0, false
}
