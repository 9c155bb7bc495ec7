package i18n

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Say speaks numbers, dates and times in one language: as a list of sentences and words that are kept as sound, by their keys in the
// catalogue, with the cases and genders that the language asks for (BAR L10N-03). A language that is not known is spoken as English.
type Say string

// Pause stands in a list for a short silence. It is no key of a catalogue.
const Pause = "pause"

// SayPrefix begins the key of everything that is spoken.
const SayPrefix = "say."

// Unit is what is counted aloud. Messages are counted as after "you have", everything else as by itself.
type Unit string

// The units.
const (
	Day    Unit = "day"
	Hour   Unit = "hour"
	Minute Unit = "minute"
	Second Unit = "second"
	New    Unit = "new"    // messages that were not heard yet
	Old    Unit = "old"    // messages that were
	Person Unit = "person" // in a conference
)

// Units lists them all.
func Units() []Unit { return []Unit{Day, Hour, Minute, Second, New, Old, Person} }

// form is how a number agrees with what it counts; it matters only where it ends in one or two.
type form string

const (
	plain      form = ""  // by itself: eins, один, jeden
	masculine  form = "m" // ein Tag
	feminine   form = "f" // eine Minute, две минуты, dwie minuty
	neuter     form = "n" // одно сообщение
	accusative form = "a" // jedną wiadomość
)

// agreement is the form a number takes before a unit.
func (l Say) agreement(u Unit) form {
	switch l.known() {
	case "de":
		if u == Day {
			return masculine
		}
		return feminine
	case "pl":
		switch u {
		case Day:
			return plain
		case New, Old:
			return accusative
		}
		return feminine
	case "ru":
		switch u {
		case Minute, Second:
			return feminine
		case New, Old:
			return neuter
		}
	}
	return plain
}

func (l Say) known() string {
	if Known(string(l)) {
		return string(l)
	}
	return English
}

func key(parts ...string) string { return SayPrefix + strings.Join(parts, ".") }

// word is a number that has a sound of its own.
func word(n int) string { return key("n", strconv.Itoa(n)) }

// Number speaks a whole number from 0 to 999 999 by itself; others digit by digit.
func (l Say) Number(n int) []string { return l.number(n, plain) }

// Count speaks so many of a unit.
func (l Say) Count(n int, u Unit) []string {
	return append(l.number(n, l.agreement(u)), key("unit", string(u), string(PluralOf(l.known(), strconv.Itoa(n)))))
}

func (l Say) number(n int, f form) []string {
	if n < 0 || n > 999_999 {
		return l.Digits(strconv.Itoa(n))
	}
	var list []string
	if k := n / 1000; k > 0 {
		list = append(list, l.thousands(k)...)
		if n %= 1000; n == 0 {
			return list
		}
	}
	return append(list, l.below(n, f)...)
}

// thousands speaks k thousand.
func (l Say) thousands(k int) []string {
	switch l.known() {
	case "de":
		return append(l.below(k, masculine), key("n.thousand"))
	case "pl", "ru":
		name := key("n.thousand", string(PluralOf(l.known(), strconv.Itoa(k))))
		f := plain
		if l.known() == "ru" {
			f = feminine
		}
		if k == 1 {
			return []string{name}
		}
		return append(l.below(k, f), name)
	case "id":
		if k == 1 {
			return []string{key("n.one_thousand")}
		}
	}
	return append(l.below(k, plain), key("n.thousand"))
}

// below speaks a number below a thousand.
func (l Say) below(n int, f form) []string {
	var list []string
	if h := n / 100; h > 0 {
		switch l.known() {
		case "de", "pl", "ru":
			list = append(list, word(100*h))
		case "id":
			if h == 1 {
				list = append(list, key("n.one_hundred"))
				break
			}
			list = append(list, word(h), key("n.hundred"))
		default:
			list = append(list, word(h), key("n.hundred"))
		}
		if n %= 100; n == 0 {
			return list
		}
	}
	return append(list, l.hundred(n, f)...)
}

// hundred speaks a number below a hundred: one word in German, where the units come first; tens and units elsewhere.
func (l Say) hundred(n int, f form) []string {
	switch l.known() {
	case "de":
		if n == 1 && f != plain {
			return []string{key("n.1", string(f))}
		}
		return []string{word(n)}
	case "id":
		switch {
		case n <= 11:
			return []string{word(n)}
		case n < 20:
			return []string{word(n - 10), key("n.teen")}
		}
		list := []string{word(n / 10), key("n.ten")}
		if n%10 > 0 {
			list = append(list, word(n%10))
		}
		return list
	}
	if n < 20 {
		return []string{l.agreeing(n, f)}
	}
	list := []string{word(n / 10 * 10)}
	if n%10 > 0 {
		list = append(list, l.following(n%10, f))
	}
	return list
}

// agreeing is one or two, or any other number below twenty, in the form that what is counted asks for.
func (l Say) agreeing(n int, f form) string {
	switch {
	case l.known() == "ru" && n == 1 && (f == feminine || f == neuter),
		l.known() == "pl" && n == 1 && (f == feminine || f == accusative):
		return key("n.1", string(f))
	case (l.known() == "ru" && f == feminine || l.known() == "pl" && f != plain) && n == 2:
		return key("n.2.f")
	}
	return word(n)
}

// following is the same after tens; Polish does not bend one there: dwadzieścia jeden minut, but dwadzieścia dwie minuty.
func (l Say) following(n int, f form) string {
	if l.known() == "pl" && n == 1 {
		return word(1)
	}
	return l.agreeing(n, f)
}

// Ordinal speaks the place of something in a row, from 1 to 31: first, erste, pierwsza (of a message), первое, pertama.
func (l Say) Ordinal(n int) []string {
	switch {
	case n < 1 || n > 31:
		return l.Number(n)
	case l.known() != "id" || n == 1:
		return []string{key("o", strconv.Itoa(n))}
	}
	return append([]string{key("o.nth")}, l.Number(n)...)
}

// Digits speaks what is dialled, sign by sign; signs that cannot be dialled are left out.
func (l Say) Digits(s string) []string {
	var list []string
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			list = append(list, word(int(c-'0')))
		case c == '*':
			list = append(list, key("star"))
		case c == '#':
			list = append(list, key("hash"))
		case c == '+':
			list = append(list, key("plus"))
		}
	}
	return list
}

// Phone speaks a telephone number digit by digit, in groups of three with pauses between them; the last group has two to four.
func (l Say) Phone(number string) []string {
	all := l.Digits(number)
	var list []string
	if len(all) > 0 && all[0] == key("plus") {
		list, all = append(list, all[0]), all[1:]
	}
	for len(all) > 0 {
		n := 3
		if len(all) <= 4 {
			n = len(all)
		}
		list, all = append(list, all[:n]...), all[n:]
		if len(all) > 0 {
			list = append(list, Pause)
		}
	}
	return list
}

// Time speaks the time of day.
func (l Say) Time(hour, minute int) []string {
	hour, minute = (hour%24+24)%24, (minute%60+60)%60
	switch l.known() {
	case "de":
		list := append(l.number(hour, masculine), key("time.uhr"))
		if minute > 0 {
			list = append(list, l.Number(minute)...)
		}
		return list
	case "pl":
		list := l.Number(0)
		if hour > 0 {
			list = []string{key("o", strconv.Itoa(hour))}
		}
		return append(list, l.minutes(minute)...)
	case "ru":
		list := l.Count(hour, Hour)
		if minute == 0 {
			return append(list, key("time.sharp"))
		}
		return append(list, l.Count(minute, Minute)...)
	case "id":
		list := l.Number(hour)
		if minute > 0 {
			list = append(append(list, key("time.past")), l.Count(minute, Minute)...)
		}
		return list
	}
	half := key("time.am")
	if hour >= 12 {
		half = key("time.pm")
	}
	if hour %= 12; hour == 0 {
		hour = 12
	}
	list := l.Number(hour)
	switch {
	case minute == 0:
	case minute < 10:
		list = append(append(list, key("time.oh")), l.Number(minute)...)
	default:
		list = append(list, l.Number(minute)...)
	}
	return append(list, half)
}

// minutes are spoken in Polish after the hour as two digits; the full hour as two zeros only after midnight, where there is no other word.
func (l Say) minutes(minute int) []string {
	if minute < 10 {
		return append(l.Number(0), l.Number(minute)...)
	}
	return l.Number(minute)
}

// Date speaks a day as seen from another: today, yesterday, tomorrow, or weekday, day and month.
func (l Say) Date(day, today time.Time) []string {
	y, m, d := day.Date()
	at := func(t time.Time) int {
		y, m, d := t.Date()
		return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	}
	switch at(time.Date(y, m, d, 0, 0, 0, 0, time.UTC)) - at(today) {
	case 0:
		return []string{key("today")}
	case 1:
		return []string{key("tomorrow")}
	case -1:
		return []string{key("yesterday")}
	}
	list := []string{key("wday", strconv.Itoa(int(day.Weekday())))}
	month, number := key("month", strconv.Itoa(int(m))), key("o", strconv.Itoa(d))
	switch l.known() {
	case "de":
		return append(list, key("date.the"), number, month)
	case "pl":
		return append(list, key("date", strconv.Itoa(d)), month)
	case "ru":
		return append(list, number, month)
	case "id":
		return append(append(append(list, key("date.date")), l.Number(d)...), month)
	}
	return append(list, month, number)
}

// Moment speaks day and time; now and the moment are in the zone of whoever listens.
func (l Say) Moment(at, now time.Time) []string {
	list := l.Date(at, now)
	if l.known() != "ru" {
		list = append(list, key("time.at"))
	}
	return append(list, l.Time(at.Hour(), at.Minute())...)
}

// Duration speaks how long something takes, in its two largest units; less than a second is nothing of seconds.
func (l Say) Duration(d time.Duration) []string {
	d = max(d, 0)
	var list []string
	parts := 0
	for _, u := range []struct {
		unit Unit
		long time.Duration
	}{{Day, 24 * time.Hour}, {Hour, time.Hour}, {Minute, time.Minute}, {Second, time.Second}} {
		n := int(d / u.long)
		d %= u.long
		if n > 0 && parts < 2 {
			list = append(list, l.Count(n, u.unit)...)
		}
		if n > 0 || parts > 0 {
			parts++
		}
	}
	if parts == 0 {
		return l.Count(0, Second)
	}
	return list
}

// Words lists the words that the language needs for all this, besides its sentences.
func (l Say) Words() []string {
	seen := map[string]bool{}
	add := func(list []string) {
		for _, k := range list {
			if k != Pause {
				seen[k] = true
			}
		}
	}
	for _, f := range []form{plain, masculine, feminine, neuter, accusative} {
		if f == plain || l.uses(f) {
			for n := range 1000 {
				add(l.below(n, f))
			}
		}
	}
	for k := 1; k < 100; k++ {
		add(l.thousands(k))
	}
	for _, u := range Units() {
		for n := range 30 {
			add(l.Count(n, u))
		}
	}
	for n := 1; n <= 31; n++ {
		add(l.Ordinal(n))
	}
	first := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for d := range 365 {
		add(l.Moment(first.AddDate(0, 0, d), first.AddDate(1, 0, 0)))
	}
	for m := range 24 * 60 {
		add(l.Time(m/60, m%60))
	}
	add(l.Digits("+*#"))
	for _, d := range []int{-1, 0, 1} {
		add(l.Date(first.AddDate(0, 0, d), first))
	}
	var list []string
	for k := range seen {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

// uses reports whether any unit is counted in that form.
func (l Say) uses(f form) bool {
	return slices.ContainsFunc(Units(), func(u Unit) bool { return l.agreement(u) == f }) || l.known() == "de" && f == masculine
}

// Spoken lists the keys of everything that is spoken in a language, in order.
func (c *Catalog) Spoken(language string) []string {
	var list []string
	for k := range c.sentences[Say(language).known()] {
		if strings.HasPrefix(k, SayPrefix) {
			list = append(list, k)
		}
	}
	slices.Sort(list)
	return list
}

// Transcript is a list of spoken keys as words, as a person would hear them.
func (c *Catalog) Transcript(language string, list []string) string {
	var words []string
	for _, k := range list {
		if k == Pause {
			words = append(words, "–")
			continue
		}
		words = append(words, c.Say(language, T(k)))
	}
	return strings.Join(words, " ")
}
