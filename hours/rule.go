package hours

import (
	"strconv"
	"strings"
	"time"
)

// form is how a rule finds its days.
type form uint8

const (
	dated    form = iota + 1 // 2026-12-24, 2026-12-24..2027-01-02
	yearly                   // 12-25, 12-24..01-02
	western                  // easter-2
	orthodox                 // orthodox+1
	nth                      // 4 thu 11, last mon 05
	before                   // wed before 11-23
)

// Rule says on which days a holiday falls:
//
//	2026-12-24               one day
//	2026-12-24..2027-01-02   some days
//	12-25                    every year; 02-29 only in leap years
//	12-24..01-02             every year
//	easter+39 orthodox-2     counted from Easter Sunday, Western or Orthodox
//	4 thu 11   last mon 05   the fourth Thursday of November, the last Monday of May
//	wed before 11-23         the last Wednesday before 23 November
//
// A day that comes every year may also be kept on another day when it falls on a certain one: "07-04 sat-1 sun+1" is
// also Friday the 3rd or Monday the 5th.
type Rule struct {
	form     form
	from, to Date   // dated
	a, b     monthd // yearly; before: a
	n        int16  // days from Easter; which weekday of the month, −1 is the last
	weekday  int8
	shift    [7]int8 // by weekday
}

// monthd is a day of no particular year.
type monthd struct {
	month time.Month
	day   int8
}

// maxRange is the longest holiday in days.
const maxRange = 366

// ParseRule reads a rule as its doc says.
func ParseRule(s string) (Rule, error) {
	bad := &Problem{Code: "rule", Value: s}
	f := strings.Fields(strings.ToLower(s))
	if len(f) == 0 || len(s) > 100 {
		return Rule{}, bad
	}
	var r Rule
	rest := f[1:]
	switch {
	case strings.HasPrefix(f[0], "easter"), strings.HasPrefix(f[0], "orthodox"):
		r.form = western
		n, ok := strings.CutPrefix(f[0], "easter")
		if !ok {
			r.form, n = orthodox, strings.TrimPrefix(f[0], "orthodox")
		}
		if n != "" {
			v, err := signed(n)
			if err != nil || v == 0 || v < -100 || v > 250 {
				return Rule{}, bad
			}
			r.n = int16(v)
		}
	case len(f) >= 3 && f[1] == "before":
		d, ok := weekday(f[0])
		if r.a, rest = parseMonthDay(f[2]), f[3:]; !ok || r.a.month == 0 {
			return Rule{}, bad
		}
		r.form, r.weekday = before, int8(d)
	case len(f) >= 3 && isDayName(f[1]):
		d, _ := weekday(f[1])
		n, err := strconv.Atoi(f[0])
		if f[0] == "last" {
			n, err = -1, nil
		}
		month, errM := strconv.Atoi(f[2])
		if err != nil || errM != nil || n == 0 || n < -1 || n > 5 || month < 1 || month > 12 {
			return Rule{}, bad
		}
		r.form, r.n, r.weekday, r.a, rest = nth, int16(n), int8(d), monthd{month: time.Month(month)}, f[3:]
	default:
		a, b, ranged := strings.Cut(f[0], "..")
		if r = parseDates(a, b, ranged); r.form == 0 {
			return Rule{}, bad
		}
	}
	for _, w := range rest {
		if len(w) < 5 || r.form == dated || r.form == yearly && r.a != r.b {
			return Rule{}, bad
		}
		d, ok := weekday(w[:3])
		v, err := signed(w[3:])
		if !ok || err != nil || v == 0 || v < -7 || v > 7 || r.shift[d] != 0 {
			return Rule{}, bad
		}
		r.shift[d] = int8(v)
	}
	return r, nil
}

// MustRule is ParseRule for rules that stand in the program.
func MustRule(s string) Rule {
	r, err := ParseRule(s)
	if err != nil {
		panic(err)
	}
	return r
}

// OnDates is the rule of one day or, up to a year, of several in a row.
func OnDates(from, to Date) (Rule, error) {
	first, last := DateOf(FirstYear, 1, 1), DateOf(LastYear, 12, 31)
	if from > to || to-from >= maxRange || from < first || to > last {
		return Rule{}, &Problem{Code: "rule", Value: from.String() + ".." + to.String()}
	}
	return Rule{form: dated, from: from, to: to}, nil
}

func isDayName(s string) bool { _, ok := weekday(s); return ok }

// signed reads a number that begins with its sign.
func signed(s string) (int, error) {
	if s[0] != '+' && s[0] != '-' || len(s) < 2 || s[1] < '0' || s[1] > '9' {
		return 0, strconv.ErrSyntax
	}
	return strconv.Atoi(s)
}

func parseDates(a, b string, ranged bool) Rule {
	if !ranged {
		b = a
	}
	if len(a) == len(time.DateOnly) && len(b) == len(a) {
		x, errX := time.Parse(time.DateOnly, a)
		y, errY := time.Parse(time.DateOnly, b)
		if errX != nil || errY != nil || x.Year() < 1 || y.Year() < 1 || x.Year() > 9999 || y.Year() > 9999 {
			return Rule{}
		}
		r, err := OnDates(DateOf(x.Date()), DateOf(y.Date()))
		if err != nil {
			return Rule{}
		}
		return r
	}
	if from, to := parseMonthDay(a), parseMonthDay(b); from.month != 0 && to.month != 0 {
		return Rule{form: yearly, a: from, b: to}
	}
	return Rule{}
}

// parseMonthDay reads 12-25; the zero value is that it is none.
func parseMonthDay(s string) monthd {
	t, err := time.Parse(time.DateOnly, "2000-"+s) // a leap year
	if err != nil || len(s) != 5 {
		return monthd{}
	}
	return monthd{t.Month(), int8(t.Day())}
}

// in is the day of a year; false for 29 February of most years.
func (m monthd) in(year int) (Date, bool) {
	t := time.Date(year, m.month, int(m.day), 0, 0, 0, 0, time.UTC)
	return DateOf(t.Date()), t.Month() == m.month
}

func (m monthd) String() string {
	return time.Date(2000, m.month, int(m.day), 0, 0, 0, 0, time.UTC).Format("01-02")
}

// Equal reports whether two rules are the same.
func (r Rule) Equal(o Rule) bool { return r == o }

// IsDated reports whether the rule names days of one year.
func (r Rule) IsDated() bool { return r.form == dated }

// String is the rule as ParseRule reads it.
func (r Rule) String() string {
	var s string
	switch r.form {
	case dated:
		if s = r.from.String(); r.to != r.from {
			s += ".." + r.to.String()
		}
	case yearly:
		if s = r.a.String(); r.b != r.a {
			s += ".." + r.b.String()
		}
	case western, orthodox:
		if s = "easter"; r.form == orthodox {
			s = "orthodox"
		}
		if r.n != 0 {
			s += plus(int(r.n))
		}
	case nth:
		if s = "last"; r.n > 0 {
			s = strconv.Itoa(int(r.n))
		}
		s += " " + DayNames()[r.weekday] + " " + strconv.Itoa(int(r.a.month) + 100)[1:]
	case before:
		s = DayNames()[r.weekday] + " before " + r.a.String()
	}
	for i := range r.shift {
		if d := (i + 1) % 7; r.shift[d] != 0 {
			s += " " + DayNames()[d] + plus(int(r.shift[d]))
		}
	}
	return s
}

func plus(n int) string {
	if n > 0 {
		return "+" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// MarshalText writes the rule as String does.
func (r Rule) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the rule as ParseRule does.
func (r *Rule) UnmarshalText(b []byte) error {
	var err error
	*r, err = ParseRule(string(b))
	return err
}

// Days goes over the days that the rule finds in a year: those that begin in it, and what they are also kept on.
func (r Rule) Days(year int, yield func(Date) bool) {
	from, to, ok := r.first(year)
	if !ok {
		return
	}
	for d := from; d <= to; d++ {
		if !yield(d) {
			return
		}
	}
	if shift := r.shift[from.Weekday()]; shift != 0 {
		yield(from + Date(shift))
	}
}

// first is the first and the last day of the year's holiday.
func (r Rule) first(year int) (from, to Date, ok bool) {
	switch r.form {
	case dated:
		return r.from, r.to, r.from.Time().Year() == year
	case yearly:
		from, ok = r.a.in(year)
		if r.b == r.a {
			return from, from, ok
		}
		to, ok = r.b.in(year) // a range from 29 February begins on 1 March in most years
		if to < from {
			to, ok = r.b.in(year + 1)
		}
		if !ok {
			to-- // and one until 29 February ends on the 28th
		}
		return from, to, true
	case western:
		from = easter(year) + Date(r.n)
	case orthodox:
		from = pascha(year) + Date(r.n)
	case nth:
		from, ok = nthDay(year, r.a.month, time.Weekday(r.weekday), int(r.n))
		return from, from, ok
	case before:
		from, _ = r.a.in(year)
		for from--; from.Weekday() != time.Weekday(r.weekday); from-- {
		}
	default:
		return 0, 0, false
	}
	return from, from, true
}

func nthDay(year int, month time.Month, w time.Weekday, n int) (Date, bool) {
	if n < 0 {
		d := DateOf(year, month+1, 1) - 1
		return d - Date((int(d.Weekday())-int(w)+7)%7), true
	}
	d := DateOf(year, month, 1)
	d += Date((int(w)-int(d.Weekday())+7)%7 + 7*(n-1))
	return d, d.Time().Month() == month
}
