package hours

import (
	"math"
	"slices"
	"time"
)

// moonYears is for how many years holidays by the moon are written out.
const moonYears = 3

// byMoon are the holidays of Indonesia that the moon decides. The government announces them anew every year, so each is marked as unsure: the
// Islamic ones are those of the tabular calendar, which is up to two days off the announced ones; the others are those announced from 2005 to 2027,
// and computed on.
func byMoon(year int) []Public {
	var all []Public
	add := func(key string, from, to Date) {
		if r, err := OnDates(from, to); err == nil && from.Time().Year() == year {
			all = append(all, Public{Key: key, On: r, Unsure: true})
		}
	}
	for h := (year - 622) * 33 / 32; h <= (year-622)*33/32+2; h++ {
		add("hijri_new_year", islamic(h, 1, 1), islamic(h, 1, 1))
		add("mawlid", islamic(h, 3, 12), islamic(h, 3, 12))
		add("ascent", islamic(h, 7, 27), islamic(h, 7, 27))
		add("eid_fitr", islamic(h, 10, 1), islamic(h, 10, 2))
		add("eid_adha", islamic(h, 12, 10), islamic(h, 12, 10))
	}
	add("chinese_new_year", chineseNewYear(year), chineseNewYear(year))
	add("nyepi", nyepi(year), nyepi(year))
	add("vesak", vesak(year), vesak(year))
	slices.SortFunc(all, func(a, b Public) int { return int(a.On.from - b.On.from) })
	return all
}

// islamic is a day of the tabular Islamic calendar (years of 30, leap years 2, 5, 7, 10, 13, 16, 18, 21, 24, 26, 29; civil epoch).
func islamic(year, month, day int) Date {
	return Date((11*year+3)/30 + 354*year + 30*month - (month-1)/2 + day + 1948440 - 385 - 2440588)
}

// nyepi is the first day of the Balinese month that begins on or after 3 March. The calendar of Bali does not look at the sky: it counts 64 lunar
// days in 63 days (ngunaratri), and 30 lunar days make a month. Since 2000 the days that hold two are those counted here (pangalantaka eka
// sungsang ka paing). From 2005 to 2027 it is the announced day.
func nyepi(year int) Date {
	lunar := func(d Date) int { n := int(d - DateOf(2000, time.January, 1)); return n + floorDiv(n+43, 63) }
	d := DateOf(year, time.March, 3)
	for floorDiv(lunar(d)-6, 30) == floorDiv(lunar(d-1)-6, 30) {
		d++
	}
	return d
}

// floorDiv divides and rounds down, below zero too.
func floorDiv(a, b int) int { return int(math.Floor(float64(a) / float64(b))) }

// vesak is the day, by the clock of Jakarta, of the first full moon after two in the night of 6 May. From 2010 to 2027 it is the announced day.
func vesak(year int) Date {
	jakarta := 7 * time.Hour
	after := time.Date(year, time.May, 6, 2, 0, 0, 0, time.UTC).Add(-jakarta)
	for k := lunation(after) - 1; ; k++ {
		if full := phase(float64(k) + 0.5); full.After(after) {
			return DateOf(full.Add(jakarta).Date())
		}
	}
}

// chineseNewYear is the day, by the clock of Beijing, of the new moon that is nearest to 4 February, when spring begins there. That is right from
// 2016 to 2050 at least.
func chineseNewYear(year int) Date {
	beijing := 8 * time.Hour
	spring := time.Date(year, time.February, 4, 12, 0, 0, 0, time.UTC)
	var best time.Time
	for k := lunation(spring) - 2; k < lunation(spring)+3; k++ {
		if moon := phase(float64(k)); best.IsZero() || moon.Sub(spring).Abs() < best.Sub(spring).Abs() {
			best = moon
		}
	}
	return DateOf(best.Add(beijing).Date())
}

// lunation numbers the new moon near a moment, as phase does.
func lunation(at time.Time) int {
	return int(math.Round((float64(at.Unix())/86400 + 2440587.5 - 2451550.09766) / 29.530588861))
}

// phase is the moment of a new moon (k whole) or of a full moon (k and a half) after that of 6 January 2000, right to some minutes between 1900 and
// 2100: the main terms of J. Meeus, Astronomical Algorithms, chapter 49.
func phase(k float64) time.Time {
	t := k / 1236.85
	jde := 2451550.09766 + 29.530588861*k + 0.00015437*t*t
	e := 1 - 0.002516*t
	sin := func(degrees float64) float64 { return math.Sin(degrees * math.Pi / 180) }
	sun := 2.5534 + 29.10535670*k         // its mean anomaly
	moon := 201.5643 + 385.81693528*k     // likewise
	latitude := 160.7108 + 390.67050284*k // argument of the moon's latitude
	node := 124.7746 - 1.56375588*k       // ascending node of its orbit
	main, second := -0.40720, 0.17241     // of a new moon
	if k != math.Floor(k) {
		main, second = -0.40614, 0.17302
	}
	jde += main*sin(moon) + second*e*sin(sun) + 0.01608*sin(2*moon) + 0.01039*sin(2*latitude) + 0.00739*e*sin(moon-sun) -
		0.00514*e*sin(moon+sun) + 0.00208*e*e*sin(2*sun) - 0.00111*sin(moon-2*latitude) - 0.00057*sin(moon+2*latitude) +
		0.00056*e*sin(2*moon+sun) - 0.00042*sin(3*moon) + 0.00042*e*sin(sun+2*latitude) + 0.00038*e*sin(sun-2*latitude) -
		0.00024*e*sin(2*moon-sun) - 0.00017*sin(node)
	const earthIsLate = 70.0 / 86400 // dynamical time is ahead of that of clocks, by about so much
	days := jde - earthIsLate - 2440587.5
	return time.Unix(int64(days*86400), 0).UTC()
}
