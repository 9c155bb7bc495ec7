package hours

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

func zone(t testing.TB, name string) *Zone {
	t.Helper()
	z, err := LoadZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// read makes a schedule of its JSON, as the database keeps it.
func read(t testing.TB, text string) *Schedule {
	t.Helper()
	var s Schedule
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	return &s
}

func moments(t testing.TB, text string) time.Time {
	t.Helper()
	m, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const office = `{"open":{"mon":"9-17","tue":"9-17","wed":"9-17","thu":"9-17","fri":"9-15"},"breaks":{"mon":"12:30-13","fri":"20-21"},
	"holidays":[{"name":"Christmas","on":"12-25..12-26"},{"name":"Easter Monday","on":"easter+1"},{"name":"Christmas Eve","on":"12-24","hours":"9-12"},
	{"name":"Inventory","on":"2026-12-24","closed":"11-24"},{"name":"Moving","on":"2026-06-15..2026-06-16"}]}`

func TestPlan(t *testing.T) {
	night := `{"open":{"fri":"22-6","sun":"22-6"},"holidays":[{"name":"May","on":"2026-05-02"},{"name":"Ball","on":"2026-05-09","hours":"20-4"},{"name":"Late","on":"2026-05-15","closed":"23-2"}]}`
	edges := `{"open":{"sun":"2:30-10"}}`
	closes := `{"open":{"sun":"0-2:30"}}`
	tests := []struct {
		name, schedule, zone, at string
		want                     Answer
		until                    string // of the state; empty: not looked at
	}{
		{"TZ-01 open on a Monday morning", office, "Europe/Berlin", "2026-06-08T09:00:00+02:00", Answer{Open, WhyWeek, false, ""}, "2026-06-08T12:30:00+02:00"},
		{"a minute before opening it is closed", office, "Europe/Berlin", "2026-06-08T08:59:59+02:00", Answer{Closed, WhyWeek, false, ""}, "2026-06-08T09:00:00+02:00"},
		{"C-12 a break is neither open nor closed", office, "Europe/Berlin", "2026-06-08T12:30:00+02:00", Answer{Break, WhyWeek, false, ""}, "2026-06-08T13:00:00+02:00"},
		{"a break outside of the hours is no break", office, "Europe/Berlin", "2026-06-12T20:30:00+02:00", Answer{Closed, WhyWeek, false, ""}, "2026-06-17T09:00:00+02:00"},
		{"the end does not count", office, "Europe/Berlin", "2026-06-08T17:00:00+02:00", Answer{Closed, WhyWeek, false, ""}, "2026-06-09T09:00:00+02:00"},
		{"until goes over the weekend and a holiday", office, "Europe/Berlin", "2026-04-03T16:00:00+02:00", Answer{Closed, WhyWeek, false, ""}, "2026-04-07T09:00:00+02:00"},
		{"TZ-08 computed holiday", office, "Europe/Berlin", "2026-04-06T10:00:00+02:00", Answer{Closed, WhyHoliday, true, "Easter Monday"}, "2026-04-07T09:00:00+02:00"},
		{"TZ-08 recurring holiday", office, "Europe/Berlin", "2028-12-25T10:00:00+01:00", Answer{Closed, WhyHoliday, true, "Christmas"}, "2028-12-27T09:00:00+01:00"},
		{"TZ-08 half-day holiday opens by its own hours", office, "Europe/Berlin", "2027-12-24T11:59:00+01:00", Answer{Open, WhyHoliday, true, "Christmas Eve"}, "2027-12-24T12:00:00+01:00"},
		{"TZ-08 and closes", office, "Europe/Berlin", "2027-12-24T12:00:00+01:00", Answer{Closed, WhyHoliday, true, "Christmas Eve"}, "2027-12-27T09:00:00+01:00"},
		{"TZ-08 one-off comes before yearly: the week counts in the morning", office, "Europe/Berlin", "2026-12-24T10:00:00+01:00", Answer{Open, WhyWeek, false, ""}, "2026-12-24T11:00:00+01:00"},
		{"TZ-08 one-off comes before yearly: then it is closed", office, "Europe/Berlin", "2026-12-24T11:30:00+01:00", Answer{Closed, WhyHoliday, true, "Inventory"}, "2026-12-28T09:00:00+01:00"},
		{"TZ-08 one-off over two days", office, "Europe/Berlin", "2026-06-16T10:00:00+02:00", Answer{Closed, WhyHoliday, true, "Moving"}, "2026-06-17T09:00:00+02:00"},
		{"TZ-04 a night belongs to the day it began", night, "Europe/Berlin", "2026-04-25T05:59:00+02:00", Answer{Open, WhyWeek, false, ""}, "2026-04-25T06:00:00+02:00"},
		{"TZ-04 from Sunday into Monday", night, "Europe/Berlin", "2026-04-27T03:00:00+02:00", Answer{Open, WhyWeek, false, ""}, "2026-04-27T06:00:00+02:00"},
		{"TZ-04 a holiday ends the night at midnight", night, "Europe/Berlin", "2026-05-02T00:00:00+02:00", Answer{Closed, WhyHoliday, true, "May"}, "2026-05-03T22:00:00+02:00"},
		{"TZ-04 hours of a holiday reach into the next day", night, "Europe/Berlin", "2026-05-10T03:00:00+02:00", Answer{Open, WhyHoliday, true, "Ball"}, "2026-05-10T04:00:00+02:00"},
		{"TZ-04 a holiday that closes for hours reaches into the next day", night, "Europe/Berlin", "2026-05-16T01:00:00+02:00", Answer{Closed, WhyHoliday, true, "Late"}, "2026-05-16T02:00:00+02:00"},
		{"TZ-04 and then the night goes on", night, "Europe/Berlin", "2026-05-16T02:00:00+02:00", Answer{Open, WhyWeek, false, ""}, "2026-05-16T06:00:00+02:00"},
		{"TZ-02 an edge that does not exist moves forward by the gap: not yet", edges, "Europe/Berlin", "2026-03-29T03:29:00+02:00", Answer{Closed, WhyWeek, false, ""}, "2026-03-29T03:30:00+02:00"},
		{"TZ-02 an edge that does not exist moves forward by the gap: now", edges, "Europe/Berlin", "2026-03-29T03:30:00+02:00", Answer{Open, WhyWeek, false, ""}, "2026-03-29T10:00:00+02:00"},
		{"TZ-02 half an hour in Lord Howe", `{"open":{"sun":"2:15-10"}}`, "Australia/Lord_Howe", "2026-10-04T02:44:00+11:00", Answer{Closed, WhyWeek, false, ""}, "2026-10-04T02:45:00+11:00"},
		{"TZ-03 of an hour that comes twice, the first opens", edges, "Europe/Berlin", "2026-10-25T02:30:00+02:00", Answer{Open, WhyWeek, false, ""}, "2026-10-25T10:00:00+01:00"},
		{"TZ-03 of an hour that comes twice, the last closes", closes, "Europe/Berlin", "2026-10-25T02:29:00+01:00", Answer{Open, WhyWeek, false, ""}, "2026-10-25T02:30:00+01:00"},
		{"TZ-04 a holiday whose midnight does not exist", `{"open":{"sun":"0-24"},"holidays":[{"name":"Election","on":"2018-11-04"}]}`, "America/Sao_Paulo", "2018-11-04T01:00:00-02:00", Answer{Closed, WhyHoliday, true, "Election"}, "2018-11-11T00:00:00-02:00"},
		{"TZ-04 and the moment before is the day before", `{"open":{"sat":"0-24"},"holidays":[{"name":"Election","on":"2018-11-04"}]}`, "America/Sao_Paulo", "2018-11-03T23:59:59-03:00", Answer{Open, WhyWeek, false, ""}, "2018-11-04T01:00:00-02:00"},
		{"TZ-01 a day that was left out has no hours", `{"open":{"fri":"8-17"}}`, "Pacific/Apia", "2011-12-31T10:00:00+14:00", Answer{Closed, WhyWeek, false, ""}, "2012-01-06T08:00:00+14:00"},
		{"TZ-01 a night across the day that was left out", `{"open":{"thu":"22-6"}}`, "Pacific/Apia", "2011-12-31T05:00:00+14:00", Answer{Open, WhyWeek, false, ""}, "2011-12-31T06:00:00+14:00"},
		{"TZ-06 the old name of a zone", office, "Europe/Kiev", "2026-06-08T09:00:00+03:00", Answer{Open, WhyWeek, false, ""}, "2026-06-08T12:30:00+03:00"},
		{"TZ-07 after 2038", office, "America/New_York", "2045-07-03T09:00:00-04:00", Answer{Open, WhyWeek, false, ""}, "2045-07-03T12:30:00-04:00"},
		{"seconds in the offset", `{"open":{"mon":"9-17"}}`, "Africa/Monrovia", "1970-06-01T09:44:30+00:00", Answer{Open, WhyWeek, false, ""}, "1970-06-01T17:44:30+00:00"},
		{"no spans at all is always closed", `{"open":{}}`, "UTC", "2026-01-01T00:00:00Z", Answer{Closed, WhyWeek, false, ""}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, at := Compile(read(t, tt.schedule), zone(t, tt.zone)), moments(t, tt.at)
			if got := p.At(at); got != tt.want {
				t.Errorf("At = %+v, want %+v", got, tt.want)
			}
			if around := p.Around(at); tt.until != "" && !around.Until.Equal(moments(t, tt.until)) {
				t.Errorf("until %s, want %s", around.Until.In(p.Zone().Location()), tt.until)
			}
		})
	}
}

func TestOverrideComesBeforeEverything(t *testing.T) {
	p := Compile(read(t, office), zone(t, "Europe/Berlin"))
	from, until := moments(t, "2026-12-25T10:00:00+01:00"), moments(t, "2026-12-25T19:00:00+01:00")
	held := p.With(Override{State: Open, From: from, Until: until})
	for _, tt := range []struct {
		at   string
		want Answer
	}{
		{"2026-12-25T09:59:59+01:00", Answer{Closed, WhyHoliday, true, "Christmas"}},
		{"2026-12-25T10:00:00+01:00", Answer{Open, WhyOverride, false, ""}},
		{"2026-12-25T18:59:59+01:00", Answer{Open, WhyOverride, false, ""}},
		{"2026-12-25T19:00:00+01:00", Answer{Closed, WhyHoliday, true, "Christmas"}},
	} {
		if got := held.At(moments(t, tt.at)); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.at, got, tt.want)
		}
	}
	if a := held.Around(from); !a.From.Equal(from) || !a.Until.Equal(until) {
		t.Errorf("held open from %s until %s", a.From, a.Until)
	}
	if a := p.With(Override{State: Closed, Holiday: true, From: from}).Around(until); a.State != Closed || !a.Holiday || !a.Until.IsZero() {
		t.Errorf("an override without end: %+v", a)
	}
	if p.At(from).Why == WhyOverride {
		t.Error("With changed the plan")
	}
	var none *Plan
	if none.At(from) != (Answer{}) || none.Around(from) != (Stretch{}) {
		t.Error("no plan keeps no hours")
	}
	if a := Compile(&Schedule{}, zone(t, "UTC")).Around(from); a.State != Closed || !a.From.IsZero() || !a.Until.IsZero() {
		t.Errorf("nothing ever changes: %+v", a)
	}
}

// TestEveryMinuteOf26Years compares hours from 8 to 17 with the changes of clocks that zdump of the C library printed
// (TZ-01): every minute from 2010 to 2035 in ten zones, and not one may differ.
func TestEveryMinuteOf26Years(t *testing.T) {
	f, err := os.Open("testdata/zdump.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	type change struct{ at, offset int64 }
	zones := map[string][]change{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		w := strings.Fields(lines.Text())
		at, err := time.Parse("2006-01-02T15:04:05", w[1])
		offset, errO := time.ParseDuration(w[2] + "s")
		if err != nil || errO != nil {
			t.Fatal(lines.Text(), err, errO)
		}
		zones[w[0]] = append(zones[w[0]], change{at.Unix(), int64(offset.Seconds())})
	}
	if len(zones) != 10 {
		t.Fatalf("%d zones", len(zones))
	}
	s := read(t, `{"open":{"sun":"8-17","mon":"8-17","tue":"8-17","wed":"8-17","thu":"8-17","fri":"8-17","sat":"8-17"}}`)
	from, until := time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, changes := range zones {
		p := Compile(s, zone(t, name))
		minutes, k := 0, 0
		for st := range p.Stretches(from, until) {
			for u := st.From.Unix(); u < st.Until.Unix(); u += 60 {
				for k+1 < len(changes) && changes[k+1].at <= u {
					k++
				}
				w := (u + changes[k].offset) % day
				if (w >= 8*3600 && w < 17*3600) != (st.State == Open) {
					t.Fatalf("%s at %s: %s", name, time.Unix(u, 0).UTC(), st.State)
				}
				minutes++
			}
		}
		if minutes != int(until.Sub(from).Minutes()) {
			t.Errorf("%s: %d minutes", name, minutes)
		}
	}
}

// The hours are asked in every call: well below a microsecond, and nothing allocated.
func BenchmarkAt(b *testing.B) {
	p, at := Compile(read(b, office), zone(b, "Europe/Berlin")), moments(b, "2026-06-08T10:11:12+02:00")
	b.ReportAllocs()
	for b.Loop() {
		if p.At(at).State != Open {
			b.Fatal("closed")
		}
	}
}

func BenchmarkAround(b *testing.B) {
	p, at := Compile(read(b, office), zone(b, "Europe/Berlin")), moments(b, "2026-04-03T16:00:00+02:00")
	b.ReportAllocs()
	for b.Loop() {
		p.Around(at)
	}
}

func BenchmarkCompile(b *testing.B) {
	s, z := read(b, office), zone(b, "Europe/Berlin")
	for b.Loop() {
		Compile(s, z)
	}
}

func TestAtAllocatesNothing(t *testing.T) {
	p, at := Compile(read(t, office), zone(t, "Europe/Berlin")), moments(t, "2026-12-24T10:11:12+02:00")
	if n := testing.AllocsPerRun(100, func() { p.At(at) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
