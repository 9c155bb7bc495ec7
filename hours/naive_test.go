package hours

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// naive is a second evaluator that knows no trick: it finds the edges of spans by looking at a clock minute by minute, and
// holidays by comparing the written rules with every day.
type naive struct {
	s     *Schedule
	loc   *time.Location
	o     Override
	edges map[[2]int64][2]int64 // day and minute → first and last moment
}

// wall is what a clock shows, in minutes since 1970 as if it were UTC.
func (n *naive) wall(unix int64) int64 {
	t := time.Unix(unix, 0).In(n.loc)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC).Unix() / 60
}

func (n *naive) edge(d Date, m int) (first, last int64) {
	key := [2]int64{int64(d), int64(m)}
	if e, ok := n.edges[key]; ok {
		return e[0], e[1]
	}
	target := int64(d)*wholeDay + int64(m)
	found, moved := false, int64(0)
	for u := (target - 27*60) * 60; u <= (target+27*60)*60; u += 60 {
		switch w := n.wall(u); {
		case w == target:
			if !found {
				first, found = u, true
			}
			last = u
		case w > target && moved == 0:
			if before := n.wall(u - 60); before < target {
				moved = u - 60 + (target-before)*60
			}
		}
	}
	if !found {
		first, last = moved, moved
	}
	n.edges[key] = [2]int64{first, last}
	return first, last
}

func (n *naive) in(t int64, d Date, spans Spans) bool {
	for _, s := range spans {
		from, _ := n.edge(d, s.From)
		_, until := n.edge(d, s.Until)
		if from <= t && t < until {
			return true
		}
	}
	return false
}

func (n *naive) holiday(d Date) *Holiday {
	for _, wantDated := range []bool{true, false} {
		for i := range n.s.Holidays {
			h := &n.s.Holidays[i]
			if isDated := h.On.String()[4] == '-' && h.On.String()[0] == '2' && len(h.On.String()) >= 10 && h.On.String()[7] == '-'; isDated == wantDated && naiveFalls(h.On.String(), d) {
				return h
			}
		}
	}
	return nil
}

// naiveFalls reads the text of a rule anew.
func naiveFalls(rule string, d Date) bool {
	words := strings.Fields(rule)
	base := []string{}
	for _, w := range words {
		var name string
		var by int
		if n, err := fmt.Sscanf(w, "%3s%d", &name, &by); err == nil && n == 2 && strings.Contains("sun mon tue wed thu fri sat", name) {
			other := d - Date(by)
			if strings.HasPrefix(strings.ToLower(other.Time().Weekday().String()), name) && naiveFalls(strings.Join(base, " "), other) {
				return true
			}
			continue
		}
		base = append(base, w)
	}
	t := d.Time()
	day3 := strings.ToLower(t.Weekday().String())[:3]
	switch {
	case strings.HasPrefix(base[0], "easter"), strings.HasPrefix(base[0], "orthodox"):
		var by int
		kind := strings.TrimRight(base[0], "+-0123456789")
		fmt.Sscanf(strings.TrimPrefix(base[0], kind), "%d", &by)
		other := (d - Date(by)).Time()
		if kind == "easter" {
			return other.Equal(gauss(other.Year()))
		}
		return other.Equal(julian(other.Year()))
	case len(base) == 3 && base[1] == "before":
		for i := 1; i <= 7; i++ {
			if (d + Date(i)).Time().Format("01-02") == base[2] {
				return day3 == base[0]
			}
		}
		return false
	case len(base) == 3:
		if t.Format("01") != base[2] || day3 != base[1] {
			return false
		}
		if base[0] == "last" {
			return t.AddDate(0, 0, 7).Month() != t.Month()
		}
		return base[0] == fmt.Sprint((t.Day()+6)/7)
	}
	a, b, ranged := strings.Cut(base[0], "..")
	if !ranged {
		b = a
	}
	if len(a) == 10 {
		return a <= d.String() && d.String() <= b
	}
	md := t.Format("01-02")
	if a <= b {
		return a <= md && md <= b
	}
	return md >= a || md <= b
}

// gauss is Easter as Gauss computed it.
func gauss(year int) time.Time {
	k := year / 100
	m, n := 15-(13+8*k)/25+k-k/4, 4+k-k/4
	a, b, c := year%19, year%4, year%7
	d := (19*a + m%30) % 30
	e := (2*b + 4*c + 6*d + n%7) % 7
	if d == 29 && e == 6 {
		return time.Date(year, 4, 19, 0, 0, 0, 0, time.UTC)
	}
	if d == 28 && e == 6 && a > 10 {
		return time.Date(year, 4, 18, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(year, 3, 22+d+e, 0, 0, 0, 0, time.UTC)
}

// julian is Orthodox Easter as Gauss computed it, 13 days later in the Gregorian calendar of 1900 to 2099.
func julian(year int) time.Time {
	a, b, c := year%19, year%4, year%7
	d := (19*a + 15) % 30
	e := (2*b + 4*c + 6*d + 6) % 7
	return time.Date(year, 3, 22+d+e+13, 0, 0, 0, 0, time.UTC)
}

// at decides as the documentation says, in its order.
func (n *naive) at(t int64) Answer {
	if n.o.State != None && !time.Unix(t, 0).Before(n.o.From) && (n.o.Until.IsZero() || time.Unix(t, 0).Before(n.o.Until)) {
		return Answer{n.o.State, WhyOverride, n.o.Holiday, ""}
	}
	d := Date(n.wall(t)/wholeDay) - 2
	for { // the last day whose first moment has come
		if begin, _ := n.edge(d+1, 0); begin > t {
			break
		}
		d++
	}
	if n.wall(t)/wholeDay > int64(d)+1 {
		panic("a day is missing")
	}
	if h := n.holiday(d); h != nil {
		switch {
		case len(h.Hours) > 0 && n.in(t, d, h.Hours):
			return Answer{Open, WhyHoliday, true, h.Name}
		case len(h.Closed) == 0, n.in(t, d, h.Closed):
			return Answer{Closed, WhyHoliday, true, h.Name}
		}
	}
	open, pause := n.in(t, d, n.s.Open[d.Weekday()]), n.in(t, d, n.s.Breaks[d.Weekday()])
	b := d - 1
	if first, _ := n.edge(b, 0); n.wall(first)/wholeDay != int64(b) {
		b-- // no clock ever showed it
	}
	if h := n.holiday(b); h != nil && len(h.Closed) == 0 {
		if n.in(t, b, h.Hours) {
			return Answer{Open, WhyHoliday, true, h.Name}
		}
	} else {
		if h != nil && n.in(t, b, h.Closed) {
			return Answer{Closed, WhyHoliday, true, h.Name}
		}
		open = open || n.in(t, b, n.s.Open[b.Weekday()])
		pause = pause || n.in(t, b, n.s.Breaks[b.Weekday()])
	}
	switch {
	case open && pause:
		return Answer{State: Break, Why: WhyWeek}
	case open:
		return Answer{State: Open, Why: WhyWeek}
	}
	return Answer{State: Closed, Why: WhyWeek}
}

// zones under test: no daylight saving, half hours, a skipped day, negative saving, midnight changes, a minute past midnight.
var strange = []string{"Europe/Berlin", "Europe/Warsaw", "America/New_York", "Asia/Jakarta", "Europe/Moscow", "Australia/Lord_Howe",
	"Africa/Casablanca", "America/Sao_Paulo", "Asia/Tehran", "Pacific/Apia", "America/St_Johns", "Asia/Kathmandu", "Pacific/Chatham",
	"America/Havana", "Asia/Beirut", "Africa/Cairo", "Pacific/Kiritimati", "Pacific/Kwajalein", "America/Scoresbysund", "Antarctica/Troll"}

func randomSpans(r *rand.Rand) Spans {
	var all Spans
	from := 15 * r.IntN(60)
	for range r.IntN(4) {
		until := from + 15*(1+r.IntN(40))
		s := Spans{{from, until}}
		if s.check() == nil && append(all[:len(all):len(all)], s...).check() == nil {
			all = append(all, s...)
		}
		from = until + 15*r.IntN(12)
	}
	return all
}

func randomSchedule(r *rand.Rand, around time.Time) *Schedule {
	s := &Schedule{}
	for i := range s.Open {
		if r.IntN(5) > 0 {
			s.Open[i] = randomSpans(r)
		}
		if r.IntN(2) > 0 {
			s.Breaks[i] = randomSpans(r)
		}
	}
	rules := []string{"12-25", "12-24..01-02", "02-29", "easter-2", "easter+1", "easter+60", "orthodox+1", "4 thu 11", "last mon 05", "5 fri 03",
		"wed before 11-23", "07-04 sat-1 sun+1", "01-01 sat-1 sun+1", "12-25 sat+2 sun+2"}
	for range 3 {
		d := around.AddDate(0, 0, r.IntN(9)-4)
		rules = append(rules, d.Format(time.DateOnly), d.Format("01-02"), d.Format(time.DateOnly)+".."+d.AddDate(0, 0, r.IntN(3)).Format(time.DateOnly))
	}
	for i := range r.IntN(8) {
		h := Holiday{Name: fmt.Sprint("holiday ", i), On: MustRule(rules[r.IntN(len(rules))])}
		switch r.IntN(3) {
		case 0:
			h.Hours = randomSpans(r)
		case 1:
			h.Closed = randomSpans(r)
		}
		s.Holidays = append(s.Holidays, h)
	}
	return s
}

// moment prefers the days around changes of clocks.
func moment(r *rand.Rand, z *Zone) time.Time {
	low, high := time.Date(2005, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(2099, 12, 1, 0, 0, 0, 0, time.UTC).Unix()
	t := low + r.Int64N(high-low)
	if len(z.from) > 1 && r.IntN(2) == 0 {
		if c := z.from[1+r.IntN(len(z.from)-1)]; c > low && c < high {
			t = c + r.Int64N(2*day) - day
		}
	}
	return time.Unix(t/60*60, 0).UTC()
}

func TestAtIsWhatTheNaiveEvaluatorSays(t *testing.T) {
	r := rand.New(rand.NewPCG(40, 31))
	for i := range 160 {
		z, err := LoadZone(strange[i%len(strange)])
		if err != nil {
			t.Fatal(err)
		}
		at := moment(r, z)
		s := randomSchedule(r, at)
		if err := s.Check(); err != nil {
			t.Fatalf("random schedule: %v", err)
		}
		p := Compile(s, z)
		var o Override
		if r.IntN(4) == 0 {
			o = Override{State: []State{Open, Break, Closed}[r.IntN(3)], From: at, Until: at.Add(time.Duration(r.IntN(9)) * time.Hour)}
			p = p.With(o)
		}
		n := &naive{s: s, loc: z.loc, o: o, edges: map[[2]int64][2]int64{}}
		for range 30 {
			at := at.Add(time.Duration(r.IntN(2*wholeDay)-wholeDay) * time.Minute)
			got, want := p.At(at), n.at(at.Unix())
			if got != want {
				t.Fatalf("%s %s: %+v, naive says %+v\n%+v", z.name, at.In(z.loc), got, want, s)
			}
		}
	}
}

func TestStretchesCoverTimeOnceAndAgreeWithAt(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 31))
	for i := range 100 {
		z, err := LoadZone(strange[i%len(strange)])
		if err != nil {
			t.Fatal(err)
		}
		from := moment(r, z)
		p := Compile(randomSchedule(r, from), z)
		until, last := from.AddDate(0, 0, 14), from
		var before Answer
		for s := range p.Stretches(from, until) {
			if !s.From.Equal(last) || !s.From.Before(s.Until) || s.Answer == before {
				t.Fatalf("%s: stretch %+v follows %s %+v", z.name, s, last, before)
			}
			last, before = s.Until, s.Answer
			for range 5 {
				at := s.From.Add(time.Duration(r.Int64N(int64(s.Until.Sub(s.From)))))
				if got := p.At(at); got != s.Answer {
					t.Fatalf("%s %s: At %+v in the stretch %+v", z.name, at, got, s)
				}
				around := p.Around(at)
				if around.State != s.State || !around.From.IsZero() && around.From.After(at) || !around.Until.IsZero() && !around.Until.After(at) {
					t.Fatalf("%s %s: Around %+v in the stretch %+v", z.name, at, around, s)
				}
				if !around.Until.IsZero() && p.At(around.Until).State == s.State || !around.From.IsZero() && p.At(around.From.Add(-time.Second)).State == s.State {
					t.Fatalf("%s %s: the state does not change at the ends of %+v", z.name, at, around)
				}
			}
		}
		if !last.Equal(until) {
			t.Fatalf("stretches end at %s", last)
		}
	}
}
