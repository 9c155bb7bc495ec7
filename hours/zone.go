package hours

import (
	"slices"
	"time"
	_ "time/tzdata" // for machines without a time zone database of their own, which comes first
)

// The first and the last year that are answered.
const (
	FirstYear = 1970
	LastYear  = 2100
)

const (
	minute = 60
	day    = 24 * 60 * minute // seconds
	// near is further than any clock was ever put (Pacific/Apia left out a whole day, from −11 to +13).
	near = 27 * 60 * minute
)

// Zone is a time zone as a list of periods with one offset each. It never changes; a newer time zone database is read
// by loading the zone again (TZ-06).
type Zone struct {
	name    string
	loc     *time.Location
	from    []int64 // Unix seconds at which a period begins, ascending; the first is before FirstYear
	offsets []int64 // seconds east of Greenwich
}

// LoadZone finds a zone of the IANA database by name; aliases count (Europe/Kiev, Europe/Kyiv).
func LoadZone(name string) (*Zone, error) {
	loc, err := time.LoadLocation(name)
	if name == "" || name == "Local" || err != nil {
		return nil, &Problem{Code: "zone", Value: name}
	}
	return NewZone(name, loc), nil
}

// NewZone makes a zone of a location.
func NewZone(name string, loc *time.Location) *Zone {
	z := &Zone{name: name, loc: loc}
	end := time.Date(LastYear+1, 1, 3, 0, 0, 0, 0, time.UTC)
	for t := time.Date(FirstYear-1, 12, 28, 0, 0, 0, 0, time.UTC).In(loc); ; {
		_, offset := t.Zone()
		if n := len(z.offsets); n == 0 || z.offsets[n-1] != int64(offset) {
			z.from = append(z.from, t.Unix())
			z.offsets = append(z.offsets, int64(offset))
		}
		_, next := t.ZoneBounds()
		if next.IsZero() || next.After(end) {
			return z
		}
		if !next.After(t) { // on the last day of a leap year, package time takes the period for ended
			next = t.Add(time.Hour)
		}
		t = next
	}
}

// Name is the name the zone was asked for by.
func (z *Zone) Name() string { return z.name }

// Location is the same zone for package time.
func (z *Zone) Location() *time.Location { return z.loc }

// Day is the day of the calendar that a moment lies in.
func (z *Zone) Day(t time.Time) Date {
	return DateOf(t.In(z.loc).Date())
}

// Begin is the first moment of a day.
func (z *Zone) Begin(d Date) time.Time {
	local := int64(d) * day
	first, _ := z.moments(local, z.period(local))
	return time.Unix(first, 0).UTC()
}

// period is the index of the period a moment lies in.
func (z *Zone) period(unix int64) int {
	i, found := slices.BinarySearch(z.from, unix)
	if found {
		return i
	}
	return max(i-1, 0)
}

// holds reports whether a moment lies in a period, but not near its ends.
func (z *Zone) holds(i int, unix, margin int64) bool {
	return (i == 0 || unix >= z.from[i]+margin) && (i+1 == len(z.from) || unix < z.from[i+1]-margin)
}

// moments are the first and the last moment at which clocks show a local time, given as seconds since 1970 as if it were
// UTC. A time that is left out moves forward by the gap. The period near which the answer lies is only a hint.
func (z *Zone) moments(local int64, hint int) (first, last int64) {
	if u := local - z.offsets[hint]; z.holds(hint, u, near) {
		return u, u
	}
	low := max(z.period(local-z.offsets[hint])-2, 0)
	found := false
	for k := low; k < min(low+5, len(z.from)); k++ {
		if u := local - z.offsets[k]; z.holds(k, u, 0) {
			if !found {
				first = u
			}
			last, found = u, true
		}
	}
	if found {
		return first, last
	}
	for k := max(low, 1); k < min(low+5, len(z.from)); k++ {
		if at := z.from[k]; local >= at+z.offsets[k-1] && local < at+z.offsets[k] {
			u := local - z.offsets[k-1]
			return u, u
		}
	}
	u := local - z.offsets[hint]
	return u, u
}
