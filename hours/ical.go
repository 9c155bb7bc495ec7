package hours

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The bounds of a calendar that is read.
const (
	MaxCalendar = 1 << 20 // bytes
	maxEvents   = 2000
	maxExpanded = 20 // years of an event that ends after a number of times
)

// Unread is an event of a calendar that is not taken over.
type Unread struct {
	Name string
	Code string // recurrence, utc, long, time, date, past
}

// ParseCalendar reads the events of an iCalendar file (RFC 5545) as holidays (BAR TZ-08): whole days, several days in a row, every
// year on a date or on a certain weekday of a month, and events of some hours of one day, during which it is closed. What has no
// such form is told and left out, as are days before the given one; cancelled events are not there. The file as a whole is refused
// with a *Problem when it is no calendar or too long.
func ParseCalendar(b []byte, from Date) ([]Holiday, []Unread, error) {
	if len(b) > MaxCalendar {
		return nil, nil, &Problem{Code: "calendar", Field: "calendar"}
	}
	var all []Holiday
	var unread []Unread
	e := &vevent{}
	err := events(b, maxEvents, e.take, func() {
		found, code := e.holidays(from)
		if code != "" && code != "cancelled" {
			unread = append(unread, Unread{e.name(), code})
		}
		all = append(all, found...)
		*e = vevent{}
	})
	if err != nil {
		return nil, nil, err
	}
	if len(all) > MaxHolidays {
		return nil, nil, &Problem{Code: "holidays_many", Value: strconv.Itoa(MaxHolidays), Field: "calendar"}
	}
	return all, unread, nil
}

// events goes over the events of an iCalendar file: each of its properties, and then its end. Alarms in it are passed over.
func events(b []byte, most int, take func(name string, params map[string]string, value string), end func()) error {
	if !utf8.Valid(b) {
		return &Problem{Code: "calendar", Field: "calendar"}
	}
	count, depth, inside, within := 0, 0, false, false
	for line := range unfolded(string(b)) {
		name, params, value := property(line)
		switch {
		case name == "BEGIN" && value == "VCALENDAR":
			inside = true
		case !inside:
			if strings.TrimSpace(line) != "" {
				return &Problem{Code: "calendar", Field: "calendar"}
			}
		case name == "BEGIN" && value == "VEVENT" && !within:
			if count++; count > most {
				return &Problem{Code: "calendar_long", Value: strconv.Itoa(most), Field: "calendar"}
			}
			within = true
		case name == "BEGIN" && within:
			depth++ // an alarm
		case name == "END" && depth > 0:
			depth--
		case name == "END" && value == "VEVENT" && within:
			end()
			within = false
		case within && depth == 0:
			take(name, params, value)
		}
	}
	if !inside {
		return &Problem{Code: "calendar", Field: "calendar"}
	}
	return nil
}

// unfolded goes over the lines of a file; those that begin with a space go on with the one before (RFC 5545 §3.1).
func unfolded(s string) func(func(string) bool) {
	return func(yield func(string) bool) {
		var line strings.Builder
		begun := false
		for part := range strings.SplitSeq(strings.TrimPrefix(s, "\ufeff"), "\n") {
			part = strings.TrimSuffix(part, "\r")
			if begun && (strings.HasPrefix(part, " ") || strings.HasPrefix(part, "\t")) {
				line.WriteString(part[1:])
				continue
			}
			if begun && !yield(line.String()) {
				return
			}
			line.Reset()
			line.WriteString(part)
			begun = true
		}
		if begun {
			yield(line.String())
		}
	}
}

// property takes a line apart: name, parameters, value. Quotes protect colons and semicolons.
func property(line string) (name string, params map[string]string, value string) {
	quoted, start, parts := false, 0, []string(nil)
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case quoted:
		case line[i] == ';':
			parts = append(parts, line[start:i])
			start = i + 1
		case line[i] == ':':
			parts = append(parts, line[start:i])
			value, params = line[i+1:], map[string]string{}
			for _, p := range parts[1:] {
				k, v, _ := strings.Cut(p, "=")
				if k, v = strings.ToUpper(k), strings.Trim(v, `"`); k != "TZID" { // names of zones are written in one way
					v = strings.ToUpper(v)
				}
				params[k] = v
			}
			return strings.ToUpper(parts[0]), params, value
		}
	}
	return "", nil, ""
}

// vevent is one event as it stands in the file.
type vevent struct {
	summary, rule, status string
	start, end            instant
	length                string // DURATION
	single                bool   // it replaces one time of an event that recurs
	dates                 bool   // it has further or left out dates
	bad                   bool
}

// instant is a day, perhaps with a time of day by the clock of whoever reads it.
type instant struct {
	day    Date
	minute int
	timed  bool
	utc    bool
	set    bool
}

func (e *vevent) take(name string, params map[string]string, value string) {
	var ok bool
	switch name {
	case "SUMMARY":
		e.summary = unescape(value)
	case "STATUS":
		e.status = strings.ToUpper(value)
	case "RRULE":
		e.rule = strings.ToUpper(value)
	case "RECURRENCE-ID":
		e.single = true
	case "RDATE", "EXDATE":
		e.dates = true
	case "DURATION":
		e.length = strings.ToUpper(value)
	case "DTSTART":
		e.start, ok = readMoment(params, value)
		e.bad = e.bad || !ok
	case "DTEND":
		e.end, ok = readMoment(params, value)
		e.bad = e.bad || !ok
	}
}

func readMoment(params map[string]string, value string) (instant, bool) {
	text, utc := strings.CutSuffix(value, "Z")
	layout := "20060102T150405"
	if params["VALUE"] == "DATE" || len(text) == 8 {
		layout = "20060102"
	}
	t, err := time.Parse(layout, text)
	if err != nil || t.Year() < FirstYear || t.Year() > LastYear {
		return instant{}, false
	}
	return instant{day: DateOf(t.Date()), minute: t.Hour()*60 + t.Minute(), timed: len(layout) > 8, utc: utc, set: true}, true
}

// unescape reads text (RFC 5545 §3.3.11).
func unescape(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, " ", `\N`, " ").Replace(s)
}

// name is the summary as a holiday may be called.
func (e *vevent) name() string {
	s := strings.Join(strings.FieldsFunc(e.summary, func(r rune) bool { return r <= ' ' || r == '\u007f' || r == '\u00a0' || r == '\u2028' || r == '\u2029' }), " ")
	if utf8.RuneCountInString(s) > MaxName {
		s = strings.TrimSpace(string([]rune(s)[:MaxName-1])) + "…"
	}
	if s == "" {
		s = "–"
	}
	return s
}

// holidays is what an event means; the code says why it means nothing.
func (e *vevent) holidays(from Date) ([]Holiday, string) {
	if e.status == "CANCELLED" {
		return nil, "cancelled"
	}
	if e.bad || !e.start.set {
		return nil, "date"
	}
	if e.single || e.dates {
		return nil, "recurrence"
	}
	if e.start.timed && e.start.utc {
		return nil, "utc" // which hours of the clock these are depends on the place
	}
	last, closed, code := e.extent()
	if code != "" {
		return nil, code
	}
	h := Holiday{Name: e.name(), Closed: closed}
	if e.rule != "" {
		return e.recurring(h, last, from)
	}
	if last < from {
		return nil, "past"
	}
	rule, err := OnDates(e.start.day, last)
	if err != nil {
		return nil, "long"
	}
	h.On = rule
	return []Holiday{h}, ""
}

// extent is the last day of an event, and the times of day of one that has some.
func (e *vevent) extent() (last Date, closed Spans, code string) {
	last = e.start.day
	days, minutes, ok := duration(e.length)
	switch {
	case e.length != "" && !ok:
		return 0, nil, "date"
	case e.start.timed:
		until := e.start.minute + days*wholeDay + minutes
		if e.end.set {
			until = int(e.end.day-e.start.day)*wholeDay + e.end.minute
		}
		if e.start.minute == 0 && until > 0 && until%wholeDay == 0 { // whole days, written with times
			return last + Date(until/wholeDay) - 1, nil, ""
		}
		if until <= e.start.minute || until > 2*wholeDay || until-e.start.minute > wholeDay {
			return 0, nil, "time"
		}
		closed = Spans{{e.start.minute, until}}
		if closed.check() != nil {
			return 0, nil, "time"
		}
		return last, closed, ""
	case e.end.set:
		last = max(last, e.end.day-1)
	case days > 0:
		last += Date(days - 1)
	}
	return last, nil, ""
}

// duration reads days and minutes of a DURATION; weeks are seven days.
func duration(s string) (days, minutes int, ok bool) {
	if s == "" {
		return 0, 0, true
	}
	rest, found := strings.CutPrefix(s, "P")
	if !found || rest == "" {
		return 0, 0, false
	}
	time := false
	for rest != "" {
		if rest[0] == 'T' {
			time, rest = true, rest[1:]
			continue
		}
		i := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if i < 1 || i > 5 {
			return 0, 0, false
		}
		n, _ := strconv.Atoi(rest[:i])
		switch unit := rest[i]; {
		case unit == 'W' && !time:
			days += 7 * n
		case unit == 'D' && !time:
			days += n
		case unit == 'H' && time:
			minutes += 60 * n
		case unit == 'M' && time:
			minutes += n
		case unit == 'S' && time:
		default:
			return 0, 0, false
		}
		rest = rest[i+1:]
	}
	return days, minutes, true
}

// recurring is an event of every year, on its date or on a weekday of a month; one that ends some time is written out.
func (e *vevent) recurring(h Holiday, last, from Date) ([]Holiday, string) {
	parts := map[string]string{}
	for p := range strings.SplitSeq(e.rule, ";") {
		k, v, _ := strings.Cut(p, "=")
		parts[k] = v
	}
	if parts["FREQ"] != "YEARLY" || parts["INTERVAL"] != "" && parts["INTERVAL"] != "1" {
		return nil, "recurrence"
	}
	rule, ok := e.yearly(parts, last)
	if !ok {
		return nil, "recurrence"
	}
	h.On = rule
	if parts["UNTIL"] == "" && parts["COUNT"] == "" {
		return []Holiday{h}, ""
	}
	most := maxExpanded
	if c := parts["COUNT"]; c != "" {
		n, err := strconv.Atoi(c)
		if err != nil || n < 1 {
			return nil, "recurrence"
		}
		most = min(most, n)
	}
	end := DateOf(LastYear, 12, 31)
	if u := parts["UNTIL"]; u != "" {
		until, ok := readMoment(map[string]string{}, u)
		if !ok {
			return nil, "recurrence"
		}
		end = until.day
	}
	var all []Holiday
	for year := e.start.day.Time().Year(); most > 0 && year <= LastYear; year++ {
		most--
		first, lastDay, ok := rule.first(year)
		if !ok || first > end {
			continue
		}
		if one, err := OnDates(first, lastDay); err == nil && lastDay >= from {
			h.On = one
			all = append(all, h)
		}
	}
	if len(all) == 0 {
		return nil, "past"
	}
	return all, ""
}

// yearly is the rule of an event of every year.
func (e *vevent) yearly(parts map[string]string, last Date) (Rule, bool) {
	start := e.start.day.Time()
	for k := range parts {
		switch k {
		case "FREQ", "INTERVAL", "UNTIL", "COUNT", "WKST", "BYMONTH", "BYMONTHDAY", "BYDAY":
		default:
			return Rule{}, false
		}
	}
	month := int(start.Month())
	if m := parts["BYMONTH"]; m != "" {
		n, err := strconv.Atoi(m)
		if err != nil || n != month {
			return Rule{}, false
		}
	}
	if d := parts["BYDAY"]; d != "" {
		if last != e.start.day || parts["BYMONTHDAY"] != "" || len(d) < 3 || parts["BYMONTH"] == "" {
			return Rule{}, false
		}
		n, err := strconv.Atoi(d[:len(d)-2])
		w, ok := map[string]time.Weekday{"SU": 0, "MO": 1, "TU": 2, "WE": 3, "TH": 4, "FR": 5, "SA": 6}[d[len(d)-2:]]
		if err != nil || !ok || n == 0 || n < -1 || n > 5 {
			return Rule{}, false
		}
		return Rule{form: nth, n: int16(n), weekday: int8(w), a: monthd{month: start.Month()}}, true
	}
	if m := parts["BYMONTHDAY"]; m != "" && m != strconv.Itoa(start.Day()) {
		return Rule{}, false
	}
	end := last.Time()
	if last-e.start.day >= maxRange-1 {
		return Rule{}, false
	}
	return Rule{form: yearly, a: monthd{start.Month(), int8(start.Day())}, b: monthd{end.Month(), int8(end.Day())}}, true
}
