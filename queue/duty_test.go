package queue

import (
	"testing"
	"time"

	"tandem/hours"
	"tandem/pbx"
)

// TestDutyOf: what keeps an agent from being offered calls, one thing after the other.
func TestDutyOf(t *testing.T) {
	s, err := pbx.NewSnapshot(1,
		&pbx.Tenant{Name: "Office", Country: "DE", Zone: "UTC", Language: "en", Digits: 3},
		&pbx.Group{ID: "grp_all", Name: "Default", Default: true},
		&pbx.User{ID: "usr_a", Name: "Anna", Email: "a@example.org", Extension: "101"},
		&pbx.Membership{ID: "mem_a", User: "usr_a", Group: "grp_all", Role: "user", From: nine.Add(-time.Hour)},
		&pbx.Device{ID: "dev_a", User: "usr_a", Name: "Desk", Kind: pbx.DeviceDesk, Username: "a"},
		&pbx.Queue{ID: "que_1", Name: "Desk", Strategy: pbx.ServeAll, Ring: 20, Agents: []pbx.QueueAgent{{User: "usr_a"}}})
	if err != nil {
		t.Fatal(err)
	}
	here := (&pbx.Presence{}).WithBindings("dev_a", []pbx.Binding{{ID: "bnd_a", Device: "dev_a", Expires: nine.Add(time.Hour)}})
	talks := here.WithCall(&pbx.LiveCall{ID: "cal_1", Phase: pbx.PhaseTalking, Users: []pbx.UserID{"usr_a"}})
	mine := func(c pbx.CallID) bool { return c == "cal_1" }
	closed := &pbx.Timetable{ID: pbx.OfficeHours, Schedule: hours.Schedule{Open: hours.Week{time.Sunday: {{From: 60, Until: 120}}}}}
	for _, tt := range []struct {
		name   string
		nouns  []pbx.Noun
		user   pbx.UserID
		at     time.Duration
		around Around
		duty   Duty
		why    Reason
	}{
		{name: "free", around: Around{Live: here}, duty: Free},
		{name: "nobody", user: "usr_none", around: Around{Live: here}, duty: Out, why: Suspended},
		{name: "logged out of this queue", nouns: []pbx.Noun{&pbx.Duty{User: "usr_a", Out: []pbx.QueueID{"que_1"}, Pause: "lunch"}}, around: Around{Live: here}, duty: Out, why: LoggedOut},
		{name: "logged out of another one", nouns: []pbx.Noun{&pbx.Duty{User: "usr_a", Out: []pbx.QueueID{"que_2"}}}, around: Around{Live: here}, duty: Free},
		{name: "on a break", nouns: []pbx.Noun{&pbx.Duty{User: "usr_a", Pause: "lunch"}}, around: Around{Live: here}, duty: Away, why: OnBreak},
		{name: "does not want to be disturbed", nouns: []pbx.Noun{&pbx.Choice{User: "usr_a", Status: pbx.StatusDND, At: nine}}, around: Around{Live: here}, duty: Away, why: ByStatus},
		{name: "the office is closed", nouns: []pbx.Noun{closed}, around: Around{Live: here}, duty: Out, why: ByStatus},
		{name: "no phone", around: Around{Live: &pbx.Presence{}}, duty: Away, why: Offline},
		{name: "the registration has ended", at: 2 * time.Hour, around: Around{Live: here}, duty: Away, why: Offline},
		{name: "in a call", around: Around{Live: talks}, duty: Away, why: InCall},
		{name: "in a call of this queue", around: Around{Live: talks, Mine: mine}, duty: Free},
		{name: "another queue has him", around: Around{Live: here, Elsewhere: true}, duty: Away, why: Elsewhere},
	} {
		next, err := s.Apply(pbx.Change{Put: tt.nouns})
		if err != nil {
			t.Fatal(tt.name, err)
		}
		user := tt.user
		if user == "" {
			user = "usr_a"
		}
		if duty, why := DutyOf(next, "que_1", user, nine.Add(tt.at), tt.around); duty != tt.duty || why != tt.why {
			t.Errorf("%s: %v %q, want %v %q", tt.name, duty, why, tt.duty, tt.why)
		}
	}
}
