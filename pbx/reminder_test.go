package pbx_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/hours"
	"tandem/pbx"
)

func berlin(t testing.TB) *hours.Zone {
	z, err := hours.LoadZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestReminderNext(t *testing.T) {
	z := berlin(t)
	workdays := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	for _, c := range []struct {
		name        string
		r           pbx.Reminder
		after, want string
	}{
		{"once", pbx.Reminder{Clock: 7 * 60, Date: hours.DateOf(2026, 3, 2)}, "2026-03-01T20:00:00Z", "2026-03-02T06:00:00Z"},
		{"once, behind", pbx.Reminder{Clock: 7 * 60, Date: hours.DateOf(2026, 3, 2)}, "2026-03-02T06:00:00Z", ""},
		{"over the weekend", pbx.Reminder{Clock: 7 * 60, Days: workdays}, "2026-03-06T06:00:00Z", "2026-03-09T06:00:00Z"},
		{"the same day", pbx.Reminder{Clock: 7 * 60, Days: workdays}, "2026-03-06T05:59:59Z", "2026-03-06T06:00:00Z"},
		{"left out by the clock", pbx.Reminder{Clock: 2*60 + 30, Date: hours.DateOf(2026, 3, 29)}, "2026-03-28T20:00:00Z", "2026-03-29T01:30:00Z"},
		{"shown twice", pbx.Reminder{Clock: 2*60 + 30, Days: []time.Weekday{time.Sunday}}, "2026-10-24T20:00:00Z", "2026-10-25T00:30:00Z"},
		{"… but called once", pbx.Reminder{Clock: 2*60 + 30, Days: []time.Weekday{time.Sunday}}, "2026-10-25T00:30:00Z", "2026-11-01T01:30:00Z"},
	} {
		c.r.After, _ = time.Parse(time.RFC3339, c.after)
		want, _ := time.Parse(time.RFC3339, c.want)
		if got := c.r.Next(z); !got.Equal(want) {
			t.Errorf("%s: %v, want %v", c.name, got, want)
		}
	}
}

// What a house does that looks every few seconds, and stands still now and then: each occasion is called at most ReminderTries times unless somebody answers and
// puts it off, and never late; a try that reached nobody ends in an answer or in one that is missed.
func TestReminderDue(t *testing.T) {
	z := berlin(t)
	rapid.Check(t, func(t *rapid.T) {
		start := time.Date(2026, 3, 27, 12, 0, 0, 0, time.UTC)
		r := &pbx.Reminder{Clock: rapid.IntRange(0, 24*60-1).Draw(t, "clock"), After: start, Days: []time.Weekday{0, 1, 2, 3, 4, 5, 6}}
		calls, open := 0, false
		now, end := start, start.Add(96*time.Hour)
		for end.After(now) {
			due := r.Next(z)
			next, call, missed := r.Due(z, now)
			switch {
			case call && missed:
				t.Fatal("called and missed at once")
			case (call || missed) != (!due.IsZero() && !due.After(now)):
				t.Fatalf("due %v, now %v: call %v, missed %v", due, now, call, missed)
			case !call && !missed && next != r:
				t.Fatal("changed for nothing")
			}
			r = next
			if call {
				if now.Sub(due) > pbx.ReminderLate {
					t.Fatalf("called %v late", now.Sub(due))
				}
				if calls++; calls > pbx.ReminderTries {
					t.Fatal("too many tries")
				}
				if !r.Next(z).After(now) {
					t.Fatal("called again at once")
				}
				open = true
				switch rapid.IntRange(0, 3).Draw(t, "answers") {
				case 0:
					r, _ = r.Answered(now.Add(10 * time.Second))
					calls, open = 0, false
				case 1:
					r, _ = r.Answered(now.Add(10 * time.Second))
					put, ok := r.Snoozed(now.Add(20 * time.Second))
					if !ok || !put.Next(z).Equal(now.Add(20*time.Second+pbx.ReminderSnooze)) {
						t.Fatalf("put off: %+v", put)
					}
					r, calls = put, 0
				}
			}
			if missed {
				if r.Last != pbx.ReminderMissed || !r.For.IsZero() {
					t.Fatalf("missed: %+v", r)
				}
				calls, open = 0, false
			}
			if open == r.For.IsZero() {
				t.Fatalf("open %v: %+v", open, r)
			}
			now = now.Add(time.Duration(rapid.SampledFrom([]int{5, 60, 600, 7200}).Draw(t, "step")) * time.Second)
		}
		if _, ok := (&pbx.Reminder{}).Answered(start); ok {
			t.Fatal("answered without a call")
		}
		if _, ok := (&pbx.Reminder{}).Snoozed(start); ok {
			t.Fatal("put off without an answer")
		}
	})
}
