package toll

import (
	"slices"
	"time"

	"tandem/number"
	"tandem/pbx"
)

// Abroad reports whether a kind of number is one that fraud calls, and that an alarm stops: another country, and what costs more than a national call (TF-06).
func Abroad(c number.Class) bool {
	return c == number.International || pricy(c)
}

// Flight is one leg on its way abroad.
type Flight struct {
	Call    pbx.CallID
	Payer   pbx.UserID
	Groups  []pbx.GroupID // whose member he is, without those above
	Number  string        // E.164, or the digits of what has no such form
	Country string        // ISO 3166 alpha-2; empty for what belongs to none
	At      time.Time
	Closed  bool // the payer's office is closed
}

// FlightOf is a leg that a payer sends abroad at a moment.
func FlightOf(s *pbx.Snapshot, call pbx.CallID, payer pbx.UserID, to *number.Number, at time.Time) Flight {
	f := Flight{Call: call, Payer: payer, Number: string(to.E164), Country: to.Country, At: at}
	if f.Number == "" {
		f.Number = to.Digits
	}
	for _, m := range s.MembershipsOf(payer) {
		if m.IsActive(at) && !slices.Contains(f.Groups, m.Group) {
			f.Groups = append(f.Groups, m.Group)
		}
	}
	if k := s.KeptBy(pbx.HoursID(payer), at); k.Plan != nil {
		f.Closed = k.Plan.At(at).State == pbx.StateClosed
	}
	return f
}

// flown is what is remembered of a leg that went abroad.
type flown struct {
	Flight
	short bool // it was over sooner than a call that means something
}

// remember is how long legs are remembered.
const remember = time.Hour

// Velocity knows which legs are on their way abroad, which were within the hour, and which countries were ever called; it says when that is too much (TF-06).
// It has one owner. The zero value has seen nothing.
type Velocity struct {
	open      map[int64]Flight
	last      int64
	recent    []flown // that began within the hour, in order
	countries map[string]bool
	stopped   map[pbx.Ref]bool // who may not go abroad until the alarm is lifted
}

// Known puts in a country that was called before.
func (v *Velocity) Known(country string) {
	if v.countries == nil {
		v.countries = map[string]bool{}
	}
	v.countries[country] = true
}

// Past puts in a leg that is over: of before a restart. They come in order.
func (v *Velocity) Past(f Flight, short bool) { v.recent = append(v.recent, flown{f, short}) }

// Begin asks for a leg that wants to go abroad. It may when the ticket is not 0; End takes it back. Otherwise the alarm says what was too much, or is empty
// when whoever asks is stopped already. A country that was never called before is new.
func (v *Velocity) Begin(l pbx.AlarmLimits, f Flight) (ticket int64, alarm pbx.Alarm, fresh bool) {
	v.forget(f.At)
	if v.isStopped(f) {
		return 0, pbx.Alarm{}, false
	}
	if a, bad := v.judge(l, f); bad {
		v.stop(a.On)
		return 0, a, false
	}
	fresh = f.Country != "" && !v.countries[f.Country]
	if fresh {
		v.Known(f.Country)
	}
	if v.open == nil {
		v.open = map[int64]Flight{}
	}
	v.last++
	v.open[v.last] = f
	v.recent = append(v.recent, flown{Flight: f})
	return v.last, pbx.Alarm{}, fresh
}

// judge says what would be too much with one leg more.
func (v *Velocity) judge(l pbx.AlarmLimits, f Flight) (pbx.Alarm, bool) {
	raise := func(k pbx.AlarmKind, on pbx.Ref, n int) (pbx.Alarm, bool) {
		return pbx.Alarm{On: on, Kind: k, Raised: f.At, User: f.Payer, Number: f.Number, Country: f.Country, Count: n, Cut: l.Cut}, true
	}
	me := pbx.Ref{Kind: pbx.KindUser, ID: string(f.Payer)}
	if l.Country && f.Closed && f.Country != "" && !v.countries[f.Country] {
		return raise(pbx.AlarmCountry, me, 1)
	}
	if n := v.together(f, func(o *Flight) bool { return o.Payer == f.Payer }); l.AtOnce > 0 && n > l.AtOnce {
		return raise(pbx.AlarmAtOnce, me, n)
	}
	if n := v.destinations(f); l.Destinations > 0 && n > l.Destinations {
		return raise(pbx.AlarmDestinations, me, n)
	}
	if l.Group > 0 {
		for _, g := range f.Groups {
			if n := v.together(f, func(o *Flight) bool { return slices.Contains(o.Groups, g) }); n > l.Group {
				return raise(pbx.AlarmGroup, pbx.Ref{Kind: pbx.KindGroup, ID: string(g)}, n)
			}
		}
	}
	return pbx.Alarm{}, false
}

// together counts the calls abroad that are up, this one too. A call that tries one line after the other for one number is one.
func (v *Velocity) together(f Flight, counts func(*Flight) bool) int {
	type way struct {
		call   pbx.CallID
		number string
	}
	ways := map[way]bool{{f.Call, f.Number}: true}
	for _, o := range v.open {
		if counts(&o) {
			ways[way{o.Call, o.Number}] = true
		}
	}
	return len(ways)
}

// destinations counts the numbers abroad that a person called within the hour, this one too.
func (v *Velocity) destinations(f Flight) int {
	seen := map[string]bool{f.Number: true}
	for i := range v.recent {
		if o := &v.recent[i]; o.Payer == f.Payer {
			seen[o.Number] = true
		}
	}
	return len(seen)
}

// End takes a leg back that lasted so long, or was never answered. It may have been one short call too many.
func (v *Velocity) End(l pbx.AlarmLimits, ticket int64, answered bool, talk time.Duration, at time.Time) (pbx.Alarm, bool) {
	f, ok := v.open[ticket]
	if !ok {
		return pbx.Alarm{}, false
	}
	delete(v.open, ticket)
	if !answered || l.Short == 0 || talk >= time.Duration(l.ShortSeconds)*time.Second {
		return pbx.Alarm{}, false
	}
	n := 0
	for i := range v.recent {
		o := &v.recent[i]
		if o.Payer != f.Payer || span(o.Number) != span(f.Number) || at.Sub(o.At) >= remember {
			continue
		}
		if o.Call == f.Call && o.Number == f.Number && o.At.Equal(f.At) {
			o.short = true
		}
		if o.short {
			n++
		}
	}
	me := pbx.Ref{Kind: pbx.KindUser, ID: string(f.Payer)}
	if n < l.Short || v.stopped[me] {
		return pbx.Alarm{}, false
	}
	v.stop(me)
	return pbx.Alarm{On: me, Kind: pbx.AlarmShort, Raised: at, User: f.Payer, Number: f.Number, Country: f.Country, Count: n, Cut: l.Cut}, true
}

// span is the range that a number belongs to: carriers give them out by ten thousand.
func span(number string) string {
	const own = 4
	if len(number) <= own+3 {
		return number
	}
	return number[:len(number)-own]
}

func (v *Velocity) stop(on pbx.Ref) {
	if v.stopped == nil {
		v.stopped = map[pbx.Ref]bool{}
	}
	v.stopped[on] = true
}

func (v *Velocity) isStopped(f Flight) bool {
	if len(v.stopped) == 0 {
		return false
	}
	return v.stopped[pbx.Ref{Kind: pbx.KindUser, ID: string(f.Payer)}] ||
		slices.ContainsFunc(f.Groups, func(g pbx.GroupID) bool { return v.stopped[pbx.Ref{Kind: pbx.KindGroup, ID: string(g)}] })
}

// Lift lets somebody go abroad again. What he did before counts no more, and his country is known.
func (v *Velocity) Lift(a *pbx.Alarm) {
	delete(v.stopped, a.On)
	if a.Country != "" {
		v.Known(a.Country)
	}
	v.recent = slices.DeleteFunc(v.recent, func(o flown) bool { return a.About(o.Payer, o.Groups) && !o.At.After(a.Lifted) })
}

// forget leaves out what is too long ago.
func (v *Velocity) forget(at time.Time) {
	n := 0
	for n < len(v.recent) && at.Sub(v.recent[n].At) >= remember {
		n++
	}
	v.recent = slices.Delete(v.recent, 0, n)
}
