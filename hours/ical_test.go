package hours

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TZ-08: calendars of others become holidays; what has no such form is named.
func TestParseCalendar(t *testing.T) {
	files, err := filepath.Glob("testdata/calendar/*.ics")
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		list, unread, err := ParseCalendar(b, DateOf(2026, 1, 1))
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		var out strings.Builder
		for _, h := range list {
			fmt.Fprintf(&out, "%s | %s", h.On, h.Name)
			if len(h.Closed) > 0 {
				fmt.Fprintf(&out, " | closed %s", h.Closed)
			}
			out.WriteString("\n")
		}
		for _, u := range unread {
			fmt.Fprintf(&out, "left out | %s | %s\n", u.Name, u.Code)
		}
		golden := strings.TrimSuffix(file, ".ics") + ".txt"
		if *update {
			if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || string(want) != out.String() {
			t.Errorf("%s: %v\n%s", golden, err, out.String())
		}
	}
	for name, s := range map[string]string{"nothing": "", "something else": "%PDF-1.4", "a page": "<html>", "events without a calendar": "BEGIN:VEVENT\nDTSTART:20260101\nEND:VEVENT",
		"not UTF-8": "BEGIN:VCALENDAR\n\xff", "too long": "BEGIN:VCALENDAR\n" + strings.Repeat(" ", MaxCalendar),
		"too many events": "BEGIN:VCALENDAR\n" + strings.Repeat("BEGIN:VEVENT\nDTSTART:20260101\nEND:VEVENT\n", maxEvents+1)} {
		if _, _, err := ParseCalendar([]byte(s), 0); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}

// Whatever a calendar holds, what is read of it is a schedule that can be kept.
func FuzzParseCalendar(f *testing.F) {
	files, _ := filepath.Glob("testdata/calendar/*.ics")
	for _, file := range files {
		if b, err := os.ReadFile(file); err == nil {
			f.Add(b)
		}
	}
	f.Add([]byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101T230000\nDURATION:PT3H\nRRULE:FREQ=YEARLY;COUNT=3\nSUMMARY:\x01 a\\,b\nEND:VEVENT"))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, _, err := ParseCalendar(b, DateOf(2026, 1, 1))
		if err != nil {
			return
		}
		s := Schedule{Holidays: list}
		if err := s.Check(); err != nil {
			t.Fatalf("%v: %+v", err, list)
		}
		for _, h := range list {
			again, err := ParseRule(h.On.String())
			if err != nil || !again.Equal(h.On) {
				t.Fatalf("%s: %v %v", h.On, again, err)
			}
		}
	})
}

func TestPublicHolidays(t *testing.T) {
	days := func(country, region string, year int) string {
		var all []string
		for _, p := range PublicHolidays(country, region, year) {
			for d := range func(y func(Date) bool) { p.On.Days(year, y) } {
				all = append(all, d.Time().Format("01-02"))
			}
		}
		slices.Sort(all)
		return strings.Join(slices.Compact(all), " ")
	}
	for _, tt := range []struct {
		country, region string
		year            int
		want            string
	}{
		{"DE", "", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26"},
		{"DE", "BY", 2026, "01-01 01-06 04-03 04-06 05-01 05-14 05-25 06-04 10-03 11-01 12-25 12-26"},
		{"DE", "SN", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 10-31 11-18 12-25 12-26"},
		{"PL", "", 2026, "01-01 01-06 04-05 04-06 05-01 05-03 05-24 06-04 08-15 11-01 11-11 12-24 12-25 12-26"},
		{"GB", "EAW", 2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-26 12-28"},
		{"GB", "SCT", 2027, "01-01 01-02 01-04 03-26 05-03 05-31 08-02 11-30 12-25 12-26 12-27 12-28"},
		{"GB", "NIR", 2026, "01-01 03-17 04-03 04-06 05-04 05-25 07-12 07-13 08-31 12-25 12-26 12-28"},
		{"US", "", 2026, "01-01 01-19 02-16 05-25 06-19 07-03 07-04 09-07 10-12 11-11 11-26 12-25"},
		{"RU", "", 2026, "01-01 01-02 01-03 01-04 01-05 01-06 01-07 01-08 02-23 03-08 05-01 05-09 06-12 11-04"},
		{"ID", "", 2026, "01-01 01-16 02-17 03-19 03-20 03-21 04-03 04-05 05-01 05-14 05-27 05-31 06-01 06-17 08-17 08-26 12-25"},
		{"FR", "", 2026, ""},
	} {
		if got := days(tt.country, tt.region, tt.year); got != tt.want {
			t.Errorf("%s %s %d:\n%s\n%s", tt.country, tt.region, tt.year, got, tt.want)
		}
	}
	for _, c := range Countries() {
		for _, r := range append(Regions(c), Region{}) {
			s := Schedule{}
			for _, p := range PublicHolidays(c, r.Code, 2026) {
				s.Holidays = append(s.Holidays, Holiday{Name: p.Key, On: p.On})
			}
			if err := s.Check(); err != nil || len(s.Holidays) < 7 {
				t.Errorf("%s %s: %v, %d holidays", c, r.Code, err, len(s.Holidays))
			}
		}
	}
}

// TZ-06: a zone that was renamed is found under both names, and both say the same.
func TestZoneAliases(t *testing.T) {
	for _, pair := range [][2]string{{"Europe/Kyiv", "Europe/Kiev"}, {"Asia/Kolkata", "Asia/Calcutta"}, {"America/Nuuk", "America/Godthab"}, {"Asia/Ho_Chi_Minh", "Asia/Saigon"}} {
		a, errA := LoadZone(pair[0])
		b, errB := LoadZone(pair[1])
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		for at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2030; at = at.Add(97 * time.Hour) {
			if a.Day(at) != b.Day(at) || !a.Begin(a.Day(at)).Equal(b.Begin(b.Day(at))) {
				t.Fatalf("%v differ at %v", pair, at)
			}
		}
	}
}
