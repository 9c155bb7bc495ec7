package hours

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"
)

var berlin = func() *time.Location {
	l, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return l
}()

// calendar is a file with these events.
func calendar(events ...string) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
	for _, e := range events {
		b.WriteString("BEGIN:VEVENT\r\n" + strings.ReplaceAll(e, "|", "\r\n") + "\r\nBEGIN:VALARM\r\nDTSTART:20200101T000000Z\r\nEND:VALARM\r\nEND:VEVENT\r\n")
	}
	return b.String() + "END:VCALENDAR\r\n"
}

// shown writes spells by the clock of Berlin.
func shown(all []Spell) string {
	var out []string
	for _, s := range all {
		a, b := s.From.In(berlin), s.Until.In(berlin)
		if a.YearDay() == b.YearDay() {
			out = append(out, a.Format("01-02 15:04")+"-"+b.Format("15:04"))
		} else {
			out = append(out, a.Format("01-02 15:04")+"-"+b.Format("01-02 15:04"))
		}
	}
	return strings.Join(out, ", ")
}

func TestParseBusy(t *testing.T) {
	from := time.Date(2026, 3, 23, 0, 0, 0, 0, berlin) // the clock is put forward on Sunday the 29th
	until := from.AddDate(0, 0, 14)
	for _, tt := range []struct {
		name, file, want string
		left             int
	}{
		{"one meeting", calendar("UID:1|DTSTART;TZID=Europe/Berlin:20260324T090000|DTEND;TZID=Europe/Berlin:20260324T103000"), "03-24 09:00-10:30", 0},
		{"in another zone", calendar("DTSTART;TZID=America/New_York:20260324T090000|DURATION:PT1H"), "03-24 14:00-15:00", 0},
		{"as Exchange writes zones", calendar(`DTSTART;TZID="W. Europe Standard Time":20260324T090000|DURATION:PT1H`), "03-24 09:00-10:00", 0},
		{"in UTC", calendar("DTSTART:20260324T090000Z|DTEND:20260324T100000Z"), "03-24 10:00-11:00", 0},
		{"by the clock of whoever reads", calendar("DTSTART:20260324T090000|DTEND:20260324T100000"), "03-24 09:00-10:00", 0},
		{"a whole day", calendar("DTSTART;VALUE=DATE:20260326"), "03-26 00:00-03-27 00:00", 0},
		{"a whole day of 23 hours", calendar("DTSTART;VALUE=DATE:20260329|DTEND;VALUE=DATE:20260330"), "03-29 00:00-03-30 00:00", 0},
		{"shown as free", calendar("DTSTART;VALUE=DATE:20260326|TRANSP:TRANSPARENT", "DTSTART:20260324T090000|DURATION:PT1H|X-MICROSOFT-CDO-BUSYSTATUS:FREE"), "", 0},
		{"tentative and cancelled", calendar("DTSTART:20260324T090000|DURATION:PT1H|STATUS:TENTATIVE", "DTSTART:20260324T090000|DURATION:PT1H|STATUS:CANCELLED"), "", 0},
		{"two that touch are one", calendar("DTSTART:20260324T100000|DURATION:PT1H", "DTSTART:20260324T090000|DURATION:PT1H", "DTSTART:20260324T091500|DURATION:PT5M"), "03-24 09:00-11:00", 0},
		{"begun before, and not over", calendar("DTSTART:20260322T220000|DURATION:PT4H"), "03-22 22:00-03-23 02:00", 0},
		{"before and after", calendar("DTSTART:20260320T220000|DURATION:PT4H", "DTSTART:20260501T220000|DURATION:PT4H"), "", 0},
		{"no length takes no time", calendar("DTSTART:20260324T090000"), "", 0},
		{"every weekday, over the change of the clock", calendar("DTSTART;TZID=Europe/Berlin:20240101T083000|DURATION:PT15M|RRULE:FREQ=WEEKLY;BYDAY=FR,MO"),
			"03-23 08:30-08:45, 03-27 08:30-08:45, 03-30 08:30-08:45, 04-03 08:30-08:45", 0},
		{"one time left out, one moved", calendar("UID:a|DTSTART;TZID=Europe/Berlin:20260302T083000|DURATION:PT15M|RRULE:FREQ=WEEKLY|EXDATE;TZID=Europe/Berlin:20260323T083000",
			"UID:a|RECURRENCE-ID;TZID=Europe/Berlin:20260330T083000|DTSTART;TZID=Europe/Berlin:20260331T120000|DURATION:PT15M"), "03-31 12:00-12:15", 0},
		{"one time of them cancelled", calendar("UID:a|DTSTART:20260302T083000|DURATION:PT15M|RRULE:FREQ=WEEKLY;UNTIL=20260330T230000Z",
			"UID:a|RECURRENCE-ID:20260330T083000|DTSTART:20260330T083000|STATUS:CANCELLED"), "03-23 08:30-08:45", 0},
		{"five times", calendar("DTSTART:20260320T083000|DURATION:PT15M|RRULE:FREQ=DAILY;COUNT=5"), "03-23 08:30-08:45, 03-24 08:30-08:45", 0},
		{"further times", calendar("DTSTART:20260320T083000|DURATION:PT15M|RDATE:20260324T083000,20260325T083000"), "03-24 08:30-08:45, 03-25 08:30-08:45", 0},
		{"what is not understood is counted", calendar("DTSTART;TZID=Mars/Olympus:20260324T090000|DURATION:PT1H", "DTSTART:20260324T090000|DURATION:PT1H|RRULE:FREQ=SECONDLY",
			"DTSTART:20260324T110000|DURATION:PT1H", "DTSTART:soon", "DTSTART:20260324T090000|DTEND:20260324T080000", "DTSTART:20260101T090000|DTEND:20260924T080000"), "03-24 11:00-12:00", 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			busy, left, err := ParseBusy([]byte(tt.file), berlin, from, until)
			if err != nil || left != tt.left {
				t.Fatalf("%d left, want %d: %v", left, tt.left, err)
			}
			if got := shown(busy); got != tt.want {
				t.Errorf("busy %s\nwant %s", got, tt.want)
			}
		})
	}
	for _, bad := range []string{"", "<html>", "BEGIN:VEVENT", "BEGIN:VCALENDAR\r\n\xff", strings.Repeat("x", MaxFeed+1), calendar(make([]string, maxBusy+1)...)} {
		if _, _, err := ParseBusy([]byte(bad), berlin, from, until); err == nil {
			t.Errorf("%.20q is no calendar", bad)
		}
	}
}

// Recurring meetings fall on the days that a library of others finds.
func TestRecurrencesAgreeWithAnotherImplementation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := []string{"FREQ=" + rapid.SampledFrom([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}).Draw(t, "freq")}
		add := func(name string, of ...string) {
			if rapid.Bool().Draw(t, name) {
				parts = append(parts, name+"="+rapid.SampledFrom(of).Draw(t, name+" is"))
			}
		}
		freq := strings.TrimPrefix(parts[0], "FREQ=")
		add("INTERVAL", "1", "2", "3", "5")
		add("COUNT", "1", "3", "10", "40")
		switch freq {
		case "DAILY", "WEEKLY":
			add("BYDAY", "MO", "TU,TH", "SU", "MO,TU,WE,TH,FR")
			add("BYMONTH", "3", "1,6")
		case "MONTHLY":
			add("BYDAY", "MO", "2TU", "-1FR", "1MO,3MO", "MO,TU,WE,TH,FR")
			if strings.Contains(strings.Join(parts, ";"), "BYDAY=MO,") {
				add("BYSETPOS", "1", "-1", "3")
			} else {
				add("BYMONTHDAY", "1", "15", "31", "-1", "-2,2")
			}
		case "YEARLY":
			add("BYMONTH", "2", "3,11")
			if len(parts) > 1 && strings.Contains(parts[len(parts)-1], "BYMONTH") {
				add("BYDAY", "4TH", "-1MO", "TU")
			} else {
				add("BYDAY", "20MO", "-1SU", "TU")
			}
		}
		if freq == "WEEKLY" {
			add("WKST", "SU", "MO", "TH")
		}
		text := strings.Join(parts, ";")
		start := time.Date(2024, 1, 1, rapid.IntRange(0, 23).Draw(t, "hour"), 30, 0, 0, berlin).AddDate(0, 0, rapid.IntRange(0, 800).Draw(t, "day"))
		if start.Hour() == 2 || start.Hour() == 3 { // a time that clocks leave out is another matter
			start = start.Add(4 * time.Hour)
		}
		rule, ok := readRecurrence(text, berlin)
		if !ok {
			t.Fatalf("%s is not read", text)
		}
		option, err := rrule.StrToROptionInLocation(text, berlin)
		if err != nil {
			t.Fatal(err)
		}
		other := func() *rrule.RRule {
			option.Dtstart = start
			r, err := rrule.NewRRule(*option)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		if rule.count > 0 { // the start counts for rrule only where the rule falls on it: begin there
			if first := other().After(start, true); !first.IsZero() {
				start = first
			}
		}
		from := start.AddDate(0, 0, rapid.IntRange(0, 900).Draw(t, "later"))
		until := from.AddDate(0, 0, 100)
		e := engagement{home: berlin, start: start, rule: rule}
		var got []string
		days := maxAsked
		e.times(from, until, &days, func(at time.Time) {
			if !at.Before(from) && at.Before(until) && !at.Equal(start) {
				got = append(got, at.Format(time.RFC3339))
			}
		})
		var want []string
		for _, at := range other().Between(from, until.Add(-time.Second), true) {
			if !at.Equal(start) {
				want = append(want, at.Format(time.RFC3339))
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%s from %v\n got %v\nwant %v", text, start, got, want)
		}
	})
}

func FuzzParseBusy(f *testing.F) {
	f.Add(calendar("UID:a|DTSTART;TZID=Europe/Berlin:20260302T083000|DURATION:PT15M|RRULE:FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1|EXDATE:20260323T083000"))
	f.Add(calendar("DTSTART;VALUE=DATE:20260326|RRULE:FREQ=YEARLY;BYMONTHDAY=-1;BYMONTH=2;COUNT=3"))
	from := time.Date(2026, 3, 23, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, file string) {
		busy, _, err := ParseBusy([]byte(file), berlin, from, from.AddDate(0, 0, 60))
		for i, s := range busy {
			if err != nil || s.Until.Before(s.From) || i > 0 && !s.From.After(busy[i-1].Until) {
				t.Fatalf("%v %v", busy, err)
			}
		}
	})
}

// A calendar made to keep the reader busy takes no longer than the days it asks about.
func BenchmarkParseBusy(b *testing.B) {
	events := make([]string, 5000)
	for i := range events {
		events[i] = "DTSTART:19700101T083000Z|DURATION:PT15M|RRULE:FREQ=YEARLY;BYMONTHDAY=30;BYMONTH=2;COUNT=9"
	}
	file := []byte(calendar(events...))
	from := time.Date(2026, 3, 23, 0, 0, 0, 0, time.UTC)
	for b.Loop() {
		if _, _, err := ParseBusy(file, berlin, from, from.AddDate(0, 0, 60)); err != nil {
			b.Fatal(err)
		}
	}
}
