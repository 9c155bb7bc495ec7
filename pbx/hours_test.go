package pbx_test

import (
	"testing"
	"time"

	"tandem/hours"
	"tandem/pbx"
)

// week is open on Mondays for some hours of the clock.
func week(text string) hours.Schedule {
	spans, err := hours.ParseSpans(text)
	if err != nil {
		panic(err)
	}
	return hours.Schedule{Open: hours.Week{time.Monday: spans}, Breaks: hours.Week{time.Monday: hours.Spans{{From: 720, Until: 780}}}}
}

func applied(t *testing.T, s *pbx.Snapshot, n ...pbx.Noun) *pbx.Snapshot {
	t.Helper()
	next, err := s.Apply(put(n...))
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// monday is 9 March 2026 in Berlin, an hour behind UTC.
func monday(hour, minute int) time.Time { return time.Date(2026, 3, 9, hour-1, minute, 0, 0, time.UTC) }

func TestHoursComeFromTheNearest(t *testing.T) {
	bare := office(t)
	company := &pbx.Timetable{ID: pbx.OfficeHours, Schedule: week("8-18")}
	sales := &pbx.Timetable{ID: "grp_sales", Schedule: week("9-17")}
	bob := &pbx.Timetable{ID: "usr_bob", Zone: "Asia/Tokyo", Schedule: week("10-16")}
	held := &pbx.HoursOverride{ID: "grp_sales", State: pbx.StateOpen, From: monday(18, 0), Until: monday(19, 0), By: "usr_ada"}
	holiday := &pbx.HoursOverride{ID: pbx.OfficeHours, State: pbx.StateClosed, Holiday: true, From: monday(9, 0)}
	berlin := func(s *pbx.Snapshot, zone string) *pbx.Snapshot {
		return applied(t, s, with(s.Groups["grp_north"], func(g *pbx.Group) { g.Zone = zone }))
	}
	tests := []struct {
		name   string
		s      *pbx.Snapshot
		who    pbx.HoursID
		at     time.Time
		want   pbx.State
		source pbx.HoursID
		zone   string
	}{
		{"nobody keeps hours", bare, "usr_bob", monday(3, 0), pbx.StateNone, "", "Europe/Berlin"},
		{"X-019 X-115 a person has the hours of the main group, which has those of the office", applied(t, bare, company), "usr_cid", monday(8, 30), pbx.StateOpen, pbx.OfficeHours, "Europe/Berlin"},
		{"a sub-group has those of its parent", applied(t, bare, company, sales), "grp_north", monday(8, 30), pbx.StateClosed, "grp_sales", "Europe/Berlin"},
		{"X-077 and its people too", applied(t, bare, company, sales), "usr_bob", monday(9, 0), pbx.StateOpen, "grp_sales", "Europe/Berlin"},
		{"C-12 a break is a break for people too", applied(t, bare, company, sales), "usr_bob", monday(12, 30), pbx.StateBreak, "grp_sales", "Europe/Berlin"},
		{"X-078 own hours come first, in their own zone", applied(t, bare, company, sales, bob), "usr_bob", monday(2, 30), pbx.StateOpen, "usr_bob", "Asia/Tokyo"},
		{"TZ-05 inherited hours go by the clock of the group that inherits", berlin(applied(t, bare, company), "America/New_York"), "grp_north", monday(14, 0), pbx.StateOpen, pbx.OfficeHours, "America/New_York"},
		{"TZ-05 not by that of the person", applied(t, applied(t, bare, company), with(bare.Users["usr_cid"], func(u *pbx.User) { u.Zone = "Asia/Tokyo" })), "usr_cid", monday(8, 30), pbx.StateOpen, pbx.OfficeHours, "Europe/Berlin"},
		{"X-082 an override reaches who inherits from there", applied(t, bare, company, sales, held), "usr_bob", monday(18, 30), pbx.StateOpen, "grp_sales", "Europe/Berlin"},
		{"and ends by itself", applied(t, bare, company, sales, held), "usr_bob", monday(19, 0), pbx.StateClosed, "grp_sales", "Europe/Berlin"},
		{"an override further up does not reach own hours", applied(t, bare, company, sales, holiday), "grp_sales", monday(10, 0), pbx.StateOpen, "grp_sales", "Europe/Berlin"},
		{"but whoever inherits through", applied(t, bare, company, holiday), "usr_bob", monday(10, 0), pbx.StateClosed, pbx.OfficeHours, "Europe/Berlin"},
		{"an override needs no hours", applied(t, bare, holiday), "usr_bob", monday(10, 0), pbx.StateClosed, "", "Europe/Berlin"},
		{"and before it there are none", applied(t, bare, holiday), "usr_bob", monday(8, 59), pbx.StateNone, "", "Europe/Berlin"},
		{"a person alone may be held open", applied(t, bare, company, &pbx.HoursOverride{ID: "usr_bob", State: pbx.StateOpen, From: monday(0, 30)}), "usr_bob", monday(3, 0), pbx.StateOpen, pbx.OfficeHours, "Europe/Berlin"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := tt.s.KeptBy(tt.who, tt.at)
			if got := k.Plan.At(tt.at).State; got != tt.want || k.Source != tt.source || k.Zone != tt.zone {
				t.Errorf("%q from %q in %s, want %q from %q in %s", got, k.Source, k.Zone, tt.want, tt.source, tt.zone)
			}
		})
	}
}

func TestStatusFollowsTheHours(t *testing.T) {
	s := applied(t, office(t), &pbx.Timetable{ID: "grp_sales", Schedule: week("9-17")})
	for _, tt := range []struct {
		name  string
		at    time.Time
		want  pbx.Status
		until time.Time
	}{
		{"X-074 in hours available", monday(9, 0), pbx.StatusAvailable, monday(12, 0)},
		{"X-076 in breaks away", monday(12, 0), pbx.StatusAway, monday(13, 0)},
		{"X-074 back after the break", monday(13, 0), pbx.StatusAvailable, monday(17, 0)},
		{"X-075 outside do not disturb", monday(17, 0), pbx.StatusDND, monday(9, 0).AddDate(0, 0, 7)},
	} {
		if got := s.StatusOf("usr_bob", tt.at); got.Status != tt.want || !got.Until.Equal(tt.until) || got.Group != "grp_sales" || got.Manual {
			t.Errorf("%s: %+v, want %s until %s", tt.name, got, tt.want, tt.until)
		}
	}
	s = applied(t, s, &pbx.Choice{User: "usr_bob", Status: pbx.StatusAway2, At: monday(10, 0)})
	if got := s.StatusOf("usr_bob", monday(11, 59)); got.Status != pbx.StatusAway2 || !got.Until.Equal(monday(12, 0)) {
		t.Errorf("C-4 a choice holds until the next boundary: %+v", got)
	}
	if got := s.StatusOf("usr_bob", monday(13, 30)); got.Manual || got.Status != pbx.StatusAvailable {
		t.Errorf("C-4 and ends there: %+v", got)
	}
}

// a status follows the hours of the main group, or the person's own in their place, unless the person switched that off.
func TestStatusFollowsWhoseHours(t *testing.T) {
	sales := &pbx.Timetable{ID: "grp_sales", Schedule: week("9-17")}
	bob := &pbx.Timetable{ID: "usr_bob", Schedule: week("13-20")}
	fixed := &pbx.Forwarding{User: "usr_bob", Fixed: true}
	for _, tt := range []struct {
		name  string
		nouns []pbx.Noun
		at    time.Time
		want  pbx.Status
		group pbx.GroupID
		hours pbx.State
	}{
		{"X-073 by the group's hours", []pbx.Noun{sales}, monday(9, 0), pbx.StatusAvailable, "grp_sales", pbx.StateOpen},
		{"X-073 by the group's hours, later", []pbx.Noun{sales}, monday(18, 0), pbx.StatusDND, "grp_sales", pbx.StateClosed},
		{"X-073 by his own", []pbx.Noun{sales, bob}, monday(9, 0), pbx.StatusDND, "", pbx.StateClosed},
		{"X-073 by his own, later", []pbx.Noun{sales, bob}, monday(18, 0), pbx.StatusAvailable, "", pbx.StateOpen},
		{"X-073 switched off", []pbx.Noun{sales, fixed}, monday(18, 0), pbx.StatusAvailable, "", pbx.StateNone},
		{"X-073 where nobody keeps hours it does not change", nil, monday(3, 0), pbx.StatusAvailable, "", pbx.StateNone},
	} {
		if got := applied(t, office(t), tt.nouns...).StatusOf("usr_bob", tt.at); got.Status != tt.want || got.Group != tt.group || got.Hours != tt.hours || got.Manual {
			t.Errorf("%s: %+v, want %s by %q", tt.name, got, tt.want, tt.group)
		}
	}
}

// BL-04: who would be available has the status that he chose for it while his calendar says busy; a choice by hand, a break and the end of the day come before.
func TestStatusFollowsTheCalendar(t *testing.T) {
	busy := func(from, until time.Time) hours.Spell { return hours.Spell{From: from, Until: until} }
	s := applied(t, office(t), &pbx.Timetable{ID: "grp_sales", Schedule: week("9-17")}, &pbx.Calendar{User: "usr_bob", As: pbx.StatusDND, Link: "https://calendar.example/a.ics",
		Busy: []hours.Spell{busy(monday(10, 0), monday(11, 0)), busy(monday(11, 30), monday(12, 30)), busy(monday(16, 0), monday(19, 0))}})
	for _, tt := range []struct {
		at    time.Time
		want  pbx.Status
		busy  bool
		until time.Time
	}{
		{monday(9, 0), pbx.StatusAvailable, false, monday(10, 0)},
		{monday(10, 0), pbx.StatusDND, true, monday(11, 0)},
		{monday(11, 0), pbx.StatusAvailable, false, monday(11, 30)},
		{monday(11, 59), pbx.StatusDND, true, monday(12, 0)},
		{monday(12, 10), pbx.StatusAway, false, monday(13, 0)},
		{monday(16, 30), pbx.StatusDND, true, monday(17, 0)},
		{monday(17, 30), pbx.StatusDND, false, monday(9, 0).AddDate(0, 0, 7)},
		{monday(19, 0), pbx.StatusDND, false, monday(9, 0).AddDate(0, 0, 7)},
	} {
		if got := s.StatusOf("usr_bob", tt.at); got.Status != tt.want || got.Busy != tt.busy || !got.Until.Equal(tt.until) || got.Manual {
			t.Errorf("%s: %+v, want %s until %s", tt.at, got, tt.want, tt.until)
		}
	}
	s = applied(t, s, &pbx.Choice{User: "usr_bob", Status: pbx.StatusAvailable, At: monday(9, 30), Until: monday(10, 30)})
	if got := s.StatusOf("usr_bob", monday(10, 15)); got.Status != pbx.StatusAvailable || got.Busy || !got.Manual {
		t.Errorf("a choice by hand comes before: %+v", got)
	}
	alone := applied(t, office(t), &pbx.Calendar{User: "usr_bob", As: pbx.StatusAway2, Busy: []hours.Spell{busy(monday(10, 0), monday(11, 0))}})
	if got := alone.StatusOf("usr_bob", monday(10, 15)); got.Status != pbx.StatusAway2 || !got.Until.Equal(monday(11, 0)) {
		t.Errorf("where no hours are kept: %+v", got)
	}
	for _, bad := range []pbx.Calendar{{User: "usr_bob", As: pbx.StatusAvailable}, {User: "usr_bob", As: "lunch"}, {User: "usr_none", As: pbx.StatusAway},
		{User: "usr_bob", As: pbx.StatusAway, Link: "http://calendar.example/"}, {User: "usr_bob", As: pbx.StatusAway, Link: "https://name:word@calendar.example/"}, {User: "usr_bob", As: pbx.StatusAway, Link: "file:///etc/passwd"}} {
		if _, err := s.Apply(pbx.Change{Put: []pbx.Noun{&bad}}); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

func TestHoursOfNobodyAreRefused(t *testing.T) {
	s := office(t)
	for name, n := range map[string]pbx.Noun{
		"hours of nobody":            &pbx.Timetable{ID: "grp_none"},
		"a zone that does not exist": &pbx.Timetable{ID: pbx.OfficeHours, Zone: "Mars/Base"},
		"spans on top of each other": &pbx.Timetable{ID: pbx.OfficeHours, Schedule: hours.Schedule{Open: hours.Week{1: {{From: 60, Until: 180}, {From: 120, Until: 240}}}}},
		"a holiday without a day":    &pbx.Timetable{ID: pbx.OfficeHours, Schedule: hours.Schedule{Holidays: []hours.Holiday{{Name: "x"}}}},
		"an override of nobody":      &pbx.HoursOverride{ID: "usr_none", State: pbx.StateOpen},
		"a state that is none":       &pbx.HoursOverride{ID: pbx.OfficeHours, State: "asleep"},
		"an open holiday":            &pbx.HoursOverride{ID: pbx.OfficeHours, State: pbx.StateOpen, Holiday: true},
		"an end before the begin":    &pbx.HoursOverride{ID: pbx.OfficeHours, State: pbx.StateOpen, From: day, Until: day},
	} {
		if _, err := s.Apply(put(n)); err == nil {
			t.Errorf("%s went through", name)
		}
	}
	s = applied(t, s, &pbx.Timetable{ID: "usr_bob", Schedule: week("9-17")}, &pbx.HoursOverride{ID: "usr_bob", State: pbx.StateOpen, From: day})
	all := s.Cascade(ref(pbx.KindUser, "usr_bob"))
	if _, err := s.Apply(del(append(all, ref(pbx.KindUser, "usr_bob"))...)); err != nil {
		t.Errorf("a person goes with his hours: %v", err)
	}
}
