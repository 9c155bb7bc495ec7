package hours

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// The bounds of a calendar that is asked when somebody is busy.
const (
	MaxFeed   = 8 << 20 // bytes
	maxBusy   = 10_000  // events
	MaxSpells = 2_000   // spells that are kept
	longest   = 62      // days of one event; what lasts longer is no meeting
	maxAsked  = 2 << 20 // days that all rules of a file together are asked about
)

// Spell is a part of time.
type Spell struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// ParseBusy reads an iCalendar file (RFC 5545) as the time in which somebody is busy between two moments, in order and without overlaps (BAR BL-04).
// Events that are cancelled, that show the time as free, or as tentative, do not count. Times without a zone, and whole days, are by the clock of the
// given one; zones are known by their IANA names and by those of Windows. Left counts the events that could not be read. A file that is no calendar,
// or too long, is refused with a *Problem.
func ParseBusy(b []byte, home *time.Location, from, until time.Time) (busy []Spell, left int, err error) {
	if len(b) > MaxFeed {
		return nil, 0, &Problem{Code: "calendar_long", Value: strconv.Itoa(maxBusy), Field: "calendar"}
	}
	var all []engagement
	moved := map[string]bool{} // times of recurring events that have an event of their own
	e := engagement{home: home}
	err = events(b, maxBusy, func(name string, params map[string]string, value string) { e.take(name, params, value) }, func() {
		if e.bad || e.start.IsZero() || !e.complete() {
			left++
		} else {
			if !e.instead.IsZero() {
				moved[e.uid+e.instead.UTC().String()] = true
			}
			all = append(all, e)
		}
		e = engagement{home: home}
	})
	if err != nil {
		return nil, 0, err
	}
	asked := maxAsked
	for i := range all {
		e := &all[i]
		if asked <= 0 {
			left++
			continue
		}
		e.times(from, until, &asked, func(at time.Time) {
			if e.instead.IsZero() && moved[e.uid+at.UTC().String()] {
				return
			}
			if end := e.end(at); end.After(at) && end.After(from) && at.Before(until) {
				busy = append(busy, Spell{at.UTC(), end.UTC()})
			}
		})
	}
	return join(busy), left, nil
}

// join puts spells in order and makes one of those that touch.
func join(all []Spell) []Spell {
	slices.SortFunc(all, func(a, b Spell) int { return a.From.Compare(b.From) })
	out := all[:0]
	for _, s := range all {
		if n := len(out); n > 0 && !s.From.After(out[n-1].Until) {
			if s.Until.After(out[n-1].Until) {
				out[n-1].Until = s.Until
			}
			continue
		}
		out = append(out, s)
	}
	return out[:min(len(out), MaxSpells)]
}

// engagement is one event as far as it makes busy.
type engagement struct {
	home    *time.Location
	uid     string
	start   time.Time
	whole   bool // whole days
	stop    time.Time
	length  string // DURATION
	instead time.Time
	rule    recurrence
	but     []time.Time // times that are left out
	also    []time.Time // further times
	free    bool
	bad     bool
	days    int           // how long it lasts, on the calendar …
	lasts   time.Duration // … and on the clock
}

func (e *engagement) take(name string, params map[string]string, value string) {
	moment := func(to *time.Time, whole *bool) {
		t, day, ok := readTime(params, value, e.home)
		e.bad = e.bad || !ok
		*to = t
		if whole != nil {
			*whole = day
		}
	}
	list := func(to *[]time.Time) {
		for v := range strings.SplitSeq(value, ",") {
			t, _, ok := readTime(params, v, e.home)
			if e.bad = e.bad || !ok || len(*to) >= 1000; e.bad {
				return
			}
			*to = append(*to, t)
		}
	}
	switch name {
	case "UID":
		e.uid = value
	case "DTSTART":
		moment(&e.start, &e.whole)
	case "DTEND":
		moment(&e.stop, nil)
	case "DURATION":
		e.length = strings.ToUpper(value)
	case "RECURRENCE-ID":
		moment(&e.instead, nil)
	case "EXDATE":
		list(&e.but)
	case "RDATE":
		list(&e.also)
	case "RRULE":
		var ok bool
		if e.rule, ok = readRecurrence(strings.ToUpper(value), e.home); !ok {
			e.bad = true
		}
	case "STATUS":
		v := strings.ToUpper(value)
		e.free = e.free || v == "CANCELLED" || v == "TENTATIVE"
	case "TRANSP":
		e.free = e.free || strings.EqualFold(value, "TRANSPARENT")
	case "X-MICROSOFT-CDO-BUSYSTATUS": // Outlook and Exchange
		v := strings.ToUpper(value)
		e.free = e.free || v == "FREE" || v == "TENTATIVE" || v == "WORKINGELSEWHERE"
	}
}

// complete finds out how long the event lasts; false when that makes no sense.
func (e *engagement) complete() bool {
	days, minutes, ok := duration(e.length)
	switch {
	case !ok:
		return false
	case e.length != "":
		e.days, e.lasts = days, time.Duration(minutes)*time.Minute
	case !e.stop.IsZero() && e.whole:
		e.days = int(dateIn(e.stop, e.home) - dateIn(e.start, e.home))
	case !e.stop.IsZero():
		e.lasts = e.stop.Sub(e.start)
	case e.whole:
		e.days = 1
	}
	return e.days >= 0 && e.lasts >= 0 && e.days < longest && e.lasts < longest*24*time.Hour
}

func (e *engagement) end(at time.Time) time.Time { return at.AddDate(0, 0, e.days).Add(e.lasts) }

func dateIn(t time.Time, zone *time.Location) Date { return DateOf(t.In(zone).Date()) }

// times goes over the beginnings of an event that may lie in a part of time, as long as days are left to ask about; an event that shows the time as
// free has none.
func (e *engagement) times(from, until time.Time, left *int, yield func(time.Time)) {
	if e.free {
		return
	}
	told := map[time.Time]bool{}
	for _, t := range e.but {
		told[t.UTC()] = true
	}
	tell := func(t time.Time) {
		if !told[t.UTC()] {
			told[t.UTC()] = true
			yield(t)
		}
	}
	tell(e.start)
	for _, t := range e.also {
		tell(t)
	}
	if e.rule.every == 0 {
		return
	}
	zone := e.start.Location()
	first := dateIn(e.start, zone)
	hour, minute, second := e.start.Clock()
	begin := max(first, dateIn(from, zone)-longest-1)
	count := 0
	if e.rule.count > 0 {
		begin = first // they have to be counted
	}
	for d := begin; d <= dateIn(until, zone) && *left > 0; d++ {
		*left--
		if d != first && !e.rule.falls(first, d) { // the first is one whether the rule says so or not (RFC 5545 §3.8.5.3)
			continue
		}
		day := d.Time()
		at := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, second, 0, zone)
		if count++; e.rule.count > 0 && count > e.rule.count || !e.rule.until.IsZero() && at.After(e.rule.until) {
			return
		}
		tell(at)
	}
}

// recurrence is an RRULE as far as meetings need it. It is asked day by day, so that no rule, however odd, takes longer than
// the days it is asked about.
type recurrence struct {
	every    byte // D, W, M, Y; 0: it does not recur
	interval int
	count    int
	until    time.Time
	months   []int
	days     []int // of the month; from the end when negative
	weekdays []ordinal
	position int // which of the days of a month that fit; 0: all
	begins   time.Weekday
}

// ordinal is a weekday, or the n-th of a month or year.
type ordinal struct {
	n   int
	day time.Weekday
}

func weekdayOf(s string) (time.Weekday, bool) {
	i := slices.Index([]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}, s)
	return time.Weekday(i), i >= 0
}

// readRecurrence reads a rule; false where it says what is not understood.
func readRecurrence(s string, home *time.Location) (recurrence, bool) {
	r := recurrence{interval: 1, begins: time.Monday}
	numbers := func(v string, low, high int) (all []int, ok bool) {
		for n := range strings.SplitSeq(v, ",") {
			i, err := strconv.Atoi(n)
			if err != nil || i < low || i > high || i == 0 || len(all) > 62 {
				return nil, false
			}
			all = append(all, i)
		}
		return all, true
	}
	one := func(v string, low, high int) (int, bool) {
		all, ok := numbers(v, low, high)
		return append(all, 0)[0], ok && len(all) == 1
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(s, ";"), ";") {
		k, v, _ := strings.Cut(part, "=")
		ok := true
		switch k {
		case "FREQ":
			ok = slices.Contains([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}, v)
			r.every = (v + " ")[0]
		case "INTERVAL":
			r.interval, ok = one(v, 1, 1000)
		case "COUNT":
			r.count, ok = one(v, 1, 100_000)
		case "UNTIL":
			var whole bool
			r.until, whole, ok = readTime(nil, v, home)
			if whole {
				r.until = r.until.AddDate(0, 0, 1).Add(-time.Second)
			}
		case "BYMONTH":
			r.months, ok = numbers(v, 1, 12)
		case "BYMONTHDAY":
			r.days, ok = numbers(v, -31, 31)
		case "BYSETPOS":
			r.position, ok = one(v, -31, 31)
		case "WKST":
			r.begins, ok = weekdayOf(v)
		case "BYDAY":
			for w := range strings.SplitSeq(v, ",") {
				at := max(len(w)-2, 0)
				d, known := weekdayOf(w[at:])
				n, err := strconv.Atoi("0" + w[:at])
				if at > 0 {
					n, err = strconv.Atoi(w[:at])
				}
				if !known || err != nil || n < -53 || n > 53 || at > 0 && n == 0 {
					return r, false
				}
				r.weekdays = append(r.weekdays, ordinal{n, d})
			}
		default:
			return r, false
		}
		if !ok {
			return r, false
		}
	}
	if r.position != 0 && (r.every != 'M' || len(r.weekdays) == 0) {
		return r, false
	}
	counts := slices.ContainsFunc(r.weekdays, func(o ordinal) bool { return o.n != 0 })
	return r, r.every != 0 && !(counts && (r.every == 'D' || r.every == 'W'))
}

// falls reports whether an event that began on a day falls on another one.
func (r *recurrence) falls(first, d Date) bool {
	a, b := first.Time(), d.Time()
	months := (b.Year()-a.Year())*12 + int(b.Month()-a.Month())
	if len(r.months) > 0 && !slices.Contains(r.months, int(b.Month())) {
		return false
	}
	switch r.every {
	case 'D':
		return int(d-first)%r.interval == 0 && r.onDay(b) && r.onWeekday(d, false)
	case 'W':
		week := func(d Date) Date { return d - Date((int(d.Weekday())-int(r.begins)+7)%7) }
		if int(week(d)-week(first))/7%r.interval != 0 || !r.onDay(b) {
			return false
		}
		return len(r.weekdays) == 0 && d.Weekday() == first.Weekday() || len(r.weekdays) > 0 && r.onWeekday(d, false)
	case 'M':
		if months%r.interval != 0 {
			return false
		}
		if len(r.days) == 0 && len(r.weekdays) == 0 {
			return b.Day() == a.Day()
		}
		return r.onDay(b) && r.onWeekday(d, false) && r.atPosition(d)
	}
	if (b.Year()-a.Year())%r.interval != 0 {
		return false
	}
	switch {
	case len(r.days) > 0:
		return r.onDay(b) && r.onWeekday(d, len(r.months) == 0)
	case len(r.weekdays) > 0:
		return r.onWeekday(d, len(r.months) == 0)
	case len(r.months) > 0:
		return b.Day() == a.Day()
	}
	return b.Day() == a.Day() && b.Month() == a.Month()
}

// onDay reports whether a day is one of those of a month that the rule names; without any, all are.
func (r *recurrence) onDay(t time.Time) bool {
	return len(r.days) == 0 || slices.Contains(r.days, t.Day()) || slices.Contains(r.days, t.Day()-monthDays(t)-1)
}

func monthDays(t time.Time) int {
	return time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// onWeekday reports whether a day is one of the weekdays that the rule names, counted in its month or in its year.
func (r *recurrence) onWeekday(d Date, inYear bool) bool {
	if len(r.weekdays) == 0 {
		return true
	}
	t := d.Time()
	index, size := t.Day(), monthDays(t)
	if inYear {
		index, size = t.YearDay(), time.Date(t.Year(), 12, 31, 0, 0, 0, 0, time.UTC).YearDay()
	}
	return slices.ContainsFunc(r.weekdays, func(o ordinal) bool {
		return o.day == d.Weekday() && (o.n == 0 || o.n == (index-1)/7+1 || o.n == -((size-index)/7+1))
	})
}

// atPosition reports whether a day is the one of its month that BYSETPOS chooses among those that fit.
func (r *recurrence) atPosition(d Date) bool {
	if r.position == 0 {
		return true
	}
	t := d.Time()
	before, all := 0, 0
	for i := range monthDays(t) {
		o := d - Date(t.Day()-1-i)
		if r.onDay(o.Time()) && r.onWeekday(o, false) {
			if all++; o <= d {
				before++
			}
		}
	}
	return r.position == before || r.position == before-all-1
}

// readTime reads a moment or a day. A day begins at midnight of the given zone; a zone that nobody knows is told by false.
func readTime(params map[string]string, value string, home *time.Location) (t time.Time, whole, ok bool) {
	text, utc := strings.CutSuffix(value, "Z")
	zone := home
	if name := params["TZID"]; utc {
		zone = time.UTC
	} else if name != "" && params["VALUE"] != "DATE" {
		z, err := LoadZone(ianaZone(name))
		if err != nil {
			return t, false, false
		}
		zone = z.Location()
	}
	layout := "20060102T150405"
	if whole = params["VALUE"] == "DATE" || len(text) == 8; whole {
		layout, zone = "20060102", home
	}
	t, err := time.ParseInLocation(layout, text, zone)
	return t, whole, err == nil && t.Year() >= FirstYear && t.Year() <= LastYear
}

// ianaZone is the IANA name of a zone that Windows, and so Outlook and Exchange, call otherwise (after windowsZones of the CLDR, territory 001).
func ianaZone(name string) string {
	if iana, ok := windowsZones()[name]; ok {
		return iana
	}
	return strings.TrimPrefix(name, "/")
}

func windowsZones() map[string]string {
	return map[string]string{
		"UTC": "Etc/UTC", "Greenwich Standard Time": "Atlantic/Reykjavik", "GMT Standard Time": "Europe/London", "W. Europe Standard Time": "Europe/Berlin",
		"Central Europe Standard Time": "Europe/Budapest", "Central European Standard Time": "Europe/Warsaw", "Romance Standard Time": "Europe/Paris",
		"GTB Standard Time": "Europe/Bucharest", "FLE Standard Time": "Europe/Kiev", "E. Europe Standard Time": "Europe/Chisinau", "Turkey Standard Time": "Europe/Istanbul",
		"Kaliningrad Standard Time": "Europe/Kaliningrad", "Russian Standard Time": "Europe/Moscow", "Belarus Standard Time": "Europe/Minsk", "Volga Standard Time": "Europe/Volgograd",
		"Russia Time Zone 3": "Europe/Samara", "Astrakhan Standard Time": "Europe/Astrakhan", "Saratov Standard Time": "Europe/Saratov", "Ekaterinburg Standard Time": "Asia/Yekaterinburg",
		"Omsk Standard Time": "Asia/Omsk", "N. Central Asia Standard Time": "Asia/Novosibirsk", "North Asia Standard Time": "Asia/Krasnoyarsk", "Tomsk Standard Time": "Asia/Tomsk",
		"Altai Standard Time": "Asia/Barnaul", "North Asia East Standard Time": "Asia/Irkutsk", "Yakutsk Standard Time": "Asia/Yakutsk", "Transbaikal Standard Time": "Asia/Chita",
		"Vladivostok Standard Time": "Asia/Vladivostok", "Sakhalin Standard Time": "Asia/Sakhalin", "Magadan Standard Time": "Asia/Magadan", "Russia Time Zone 10": "Asia/Srednekolymsk",
		"Russia Time Zone 11": "Asia/Kamchatka", "SE Asia Standard Time": "Asia/Bangkok", "Singapore Standard Time": "Asia/Singapore", "China Standard Time": "Asia/Shanghai",
		"Tokyo Standard Time": "Asia/Tokyo", "Korea Standard Time": "Asia/Seoul", "India Standard Time": "Asia/Calcutta", "Arabian Standard Time": "Asia/Dubai", "Arab Standard Time": "Asia/Riyadh",
		"Israel Standard Time": "Asia/Jerusalem", "Iran Standard Time": "Asia/Tehran", "Georgian Standard Time": "Asia/Tbilisi", "Caucasus Standard Time": "Asia/Yerevan",
		"Azerbaijan Standard Time": "Asia/Baku", "West Asia Standard Time": "Asia/Tashkent", "Central Asia Standard Time": "Asia/Bishkek", "Qyzylorda Standard Time": "Asia/Qyzylorda",
		"South Africa Standard Time": "Africa/Johannesburg", "Egypt Standard Time": "Africa/Cairo", "Morocco Standard Time": "Africa/Casablanca", "W. Central Africa Standard Time": "Africa/Lagos",
		"AUS Eastern Standard Time": "Australia/Sydney", "E. Australia Standard Time": "Australia/Brisbane", "W. Australia Standard Time": "Australia/Perth", "New Zealand Standard Time": "Pacific/Auckland",
		"Eastern Standard Time": "America/New_York", "Central Standard Time": "America/Chicago", "Mountain Standard Time": "America/Denver", "US Mountain Standard Time": "America/Phoenix",
		"Pacific Standard Time": "America/Los_Angeles", "Alaskan Standard Time": "America/Anchorage", "Hawaiian Standard Time": "Pacific/Honolulu", "Atlantic Standard Time": "America/Halifax",
		"E. South America Standard Time": "America/Sao_Paulo", "Argentina Standard Time": "America/Buenos_Aires", "SA Pacific Standard Time": "America/Bogota",
		"Central Standard Time (Mexico)": "America/Mexico_City",
	}
}
