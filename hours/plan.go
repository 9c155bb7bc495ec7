package hours

import (
	"iter"
	"math"
	"slices"
	"time"
)

// Why says what made a state.
type Why string

// The reasons.
const (
	WhyNone     Why = ""
	WhyWeek     Why = "week"     // the week or its breaks
	WhyHoliday  Why = "holiday"  // a holiday, also while it is open by its own hours
	WhyOverride Why = "override" // somebody set it by hand
)

// Answer is what hours say about a moment.
type Answer struct {
	State   State
	Why     Why
	Holiday bool   // a holiday, from the calendar or by hand
	Name    string // of the holiday in the calendar
}

// Stretch is an answer for as long as it does not change.
type Stretch struct {
	Answer
	From, Until time.Time // zero: as far as one can see
}

// Plan is a schedule in a zone, with the override that is set. It never changes. A nil Plan keeps no hours.
type Plan struct {
	zone      *Zone
	schedule  *Schedule
	days      []kept     // in order of the day; one for each day
	overrides []Override // the first in force counts
	still     bool       // every moment of the week is like the other, and there are no holidays
}

// kept is the holiday of a day.
type kept struct {
	day     Date
	holiday int32
}

// sight is how far a change is looked for: a year, and the longest holiday.
const sight = 2 * maxRange * day

// Compile makes a plan. The schedule must be checked and not change afterwards. Holidays with a date come before those
// of every year; of equal ones the first counts. Without a schedule only overrides count.
func Compile(s *Schedule, z *Zone) *Plan {
	p := &Plan{zone: z, schedule: s}
	if s == nil {
		return p
	}
	low, high := DateOf(FirstYear, 1, 1), DateOf(LastYear, 12, 31)
	for i := range s.Holidays {
		r := s.Holidays[i].On
		years := [2]int{FirstYear - 1, LastYear + 1}
		if r.form == dated {
			years = [2]int{r.from.Time().Year(), r.from.Time().Year()}
		}
		for y := years[0]; y <= years[1]; y++ {
			for d := range r.in(y) {
				if d >= low && d <= high {
					p.days = append(p.days, kept{d, int32(i)})
				}
			}
		}
	}
	slices.SortStableFunc(p.days, func(a, b kept) int {
		if a.day != b.day {
			return int(a.day) - int(b.day)
		}
		return rank(&s.Holidays[a.holiday]) - rank(&s.Holidays[b.holiday])
	})
	p.days = slices.CompactFunc(p.days, func(a, b kept) bool { return a.day == b.day })
	p.still = len(p.days) == 0 && s.Breaks.IsZero() && (s.Open.IsZero() || s.Open.isWhole())
	return p
}

func (r Rule) in(year int) iter.Seq[Date] {
	return func(yield func(Date) bool) { r.Days(year, yield) }
}

func rank(h *Holiday) int {
	if h.On.form == dated {
		return 0
	}
	return 1
}

func (w *Week) isWhole() bool {
	for _, d := range w {
		if len(d) != 1 || d[0] != (Span{0, wholeDay}) {
			return false
		}
	}
	return true
}

// With is the plan with these overrides in place of those before; the first in force counts.
func (p *Plan) With(overrides ...Override) *Plan {
	next := *p
	next.overrides = overrides
	return &next
}

// Zone is the zone in which the plan counts.
func (p *Plan) Zone() *Zone { return p.zone }

// At is what the hours say about a moment.
func (p *Plan) At(t time.Time) Answer {
	if p == nil {
		return Answer{}
	}
	a, _, _ := p.stretch(t.Unix())
	return a
}

// Around is the answer for a moment, and since when and until when the state is the same, whatever its reasons are. A
// side on which nothing changes within two years is zero.
func (p *Plan) Around(t time.Time) Stretch {
	if p == nil {
		return Stretch{}
	}
	unix := t.Unix()
	a, since, until := p.stretch(unix)
	s := Stretch{Answer: a}
	if p.still && len(p.overrides) == 0 {
		return s
	}
	for until < unix+sight {
		next, _, end := p.stretch(until)
		if next.State != a.State {
			s.Until = time.Unix(until, 0).UTC()
			break
		}
		until = end
	}
	for since > unix-sight {
		last, start, _ := p.stretch(since - 1)
		if last.State != a.State {
			s.From = time.Unix(since, 0).UTC()
			break
		}
		since = start
	}
	return s
}

// Stretches goes over the time between two moments, from one answer to the next, reasons included.
func (p *Plan) Stretches(from, until time.Time) iter.Seq[Stretch] {
	return func(yield func(Stretch) bool) {
		if p == nil || !from.Before(until) {
			return
		}
		end := until.Unix()
		now := Stretch{From: from.UTC()}
		for t, begun := from.Unix(), false; t < end; {
			a, _, next := p.stretch(t)
			if begun && a != now.Answer {
				now.Until = time.Unix(t, 0).UTC()
				if !yield(now) {
					return
				}
				now.From = now.Until
			}
			now.Answer, begun, t = a, true, next
		}
		now.Until = until.UTC()
		yield(now)
	}
}

// stretch is the answer for a moment and two moments around it between which it certainly stays the same.
func (p *Plan) stretch(t int64) (Answer, int64, int64) {
	x := cut{t: t, low: math.MinInt64, high: math.MaxInt64}
	for i := range p.overrides {
		if o := &p.overrides[i]; x.covers(unix(o.From, math.MinInt64), unix(o.Until, math.MaxInt64)) {
			return Answer{State: o.State, Why: WhyOverride, Holiday: o.Holiday}, x.low, x.high
		}
	}
	if p.schedule == nil {
		return Answer{}, x.low, x.high
	}
	x.hint = p.zone.period(t)
	d := Date(floor(t+p.zone.offsets[x.hint], day))
	begin, end := p.begin(d, x.hint), p.begin(d+1, x.hint)
	for t >= end { // an hour before midnight that comes a second time belongs to the day that had begun
		d, begin, end = d+1, end, p.begin(d+2, x.hint)
	}
	for t < begin {
		d, begin, end = d-1, p.begin(d-1, x.hint), begin
	}
	x.covers(begin, end)
	last := d - 1
	if p.begin(last, x.hint) == begin { // left out, as 30 December 2011 in Apia: it has no hours
		last--
	}
	return p.answer(&x, d, last), x.low, x.high
}

// answer decides a day: its holiday, else its week and what reaches into it from the last day.
func (p *Plan) answer(x *cut, d, last Date) Answer {
	z := p.zone
	today, before := p.holiday(d), p.holiday(last)
	if today != nil && len(today.Closed) == 0 {
		if x.inside(z, d, today.Hours) {
			return Answer{Open, WhyHoliday, true, today.Name}
		}
		return Answer{Closed, WhyHoliday, true, today.Name}
	}
	if today != nil && x.inside(z, d, today.Closed) {
		return Answer{Closed, WhyHoliday, true, today.Name}
	}
	week, breaks := &p.schedule.Open, &p.schedule.Breaks
	open, pause := x.inside(z, d, week[d.Weekday()]), x.inside(z, d, breaks[d.Weekday()])
	switch {
	case before == nil:
		open = x.inside(z, last, week[last.Weekday()]) || open
		pause = x.inside(z, last, breaks[last.Weekday()]) || pause
	case len(before.Closed) > 0:
		if x.inside(z, last, before.Closed) {
			return Answer{Closed, WhyHoliday, true, before.Name}
		}
		open = x.inside(z, last, week[last.Weekday()]) || open
		pause = x.inside(z, last, breaks[last.Weekday()]) || pause
	case x.inside(z, last, before.Hours):
		return Answer{Open, WhyHoliday, true, before.Name}
	}
	switch {
	case !open:
		return Answer{State: Closed, Why: WhyWeek}
	case pause:
		return Answer{State: Break, Why: WhyWeek}
	}
	return Answer{State: Open, Why: WhyWeek}
}

// holiday finds what a day keeps; nil on most.
func (p *Plan) holiday(d Date) *Holiday {
	i, ok := slices.BinarySearchFunc(p.days, d, func(k kept, d Date) int { return int(k.day) - int(d) })
	if !ok {
		return nil
	}
	return &p.schedule.Holidays[p.days[i].holiday]
}

// begin is the first moment of a day.
func (p *Plan) begin(d Date, hint int) int64 {
	first, _ := p.zone.moments(int64(d)*day, hint)
	return first
}

// cut narrows the time around a moment to what lies between the edges nearest to it.
type cut struct {
	t, low, high int64
	hint         int // the period of t
}

// covers reports whether the moment lies between two others, and takes these as edges.
func (x *cut) covers(from, until int64) bool {
	for _, e := range [2]int64{from, until} {
		if e <= x.t {
			x.low = max(x.low, e)
		} else {
			x.high = min(x.high, e)
		}
	}
	return from <= x.t && x.t < until
}

// inside reports whether the moment lies in a span of a day.
func (x *cut) inside(z *Zone, d Date, spans Spans) bool {
	found := false
	for _, s := range spans {
		from, _ := z.moments(int64(d)*day+int64(s.From)*minute, x.hint)
		_, until := z.moments(int64(d)*day+int64(s.Until)*minute, x.hint)
		if from < until && x.covers(from, until) {
			found = true
		}
	}
	return found
}

func unix(t time.Time, zero int64) int64 {
	if t.IsZero() {
		return zero
	}
	return t.Unix()
}

func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
