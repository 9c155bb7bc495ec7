package command

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"tandem/hours"
	"tandem/pbx"
)

// Everybody sets reminder calls for himself, a manager for the group, nobody for strangers; they are taken back, and the house alone moves them on (G-019).
func TestReminders(t *testing.T) {
	o := full(t)
	uwe, mark, mia := o.actor("uwe"), o.actor("mark"), o.actor("mia")
	of := o.user("uwe")
	before := rows(t, o.view())
	var done []Result
	do := func(who pbx.Actor, c Command) Result {
		t.Helper()
		done = append(done, o.must(who, c))
		return done[len(done)-1]
	}
	o.refused(uwe, CreateReminder{User: o.user("nina"), Clock: 7 * 60}, pbx.Denied)
	o.refused(mia, CreateReminder{User: of, Clock: 7 * 60}, pbx.NotFound)
	for _, bad := range []CreateReminder{{User: of, Clock: -1}, {User: of, Clock: 24 * 60}, {User: of, Clock: 420, Note: strings.Repeat("x", 101)},
		{User: of, Clock: 420, Date: hours.DateOf(2026, 3, 19)}, {User: of, Clock: 420, Date: hours.DateOf(2036, 3, 19)}, {User: of, Clock: 420, Date: hours.DateOf(2026, 3, 21), Days: []time.Weekday{1}}} {
		o.refused(uwe, bad, pbx.Invalid)
	}
	own := pbx.ReminderID(do(uwe, CreateReminder{User: of, Clock: 7 * 60, Note: " the  train "}).Object.ID)
	if m := o.view().Reminders[own]; m.Date != hours.DateOf(2026, 3, 21) || m.By != of { // it is past seven
		t.Errorf("%+v", m)
	}
	daily := pbx.ReminderID(do(mark, CreateReminder{User: of, Clock: 15 * 60, Days: []time.Weekday{5, 1, 5}}).Object.ID)
	if m := o.view().Reminders[daily]; len(m.Days) != 2 || m.Days[0] != time.Monday || m.By != o.user("mark") {
		t.Errorf("%+v", m)
	}
	o.refused(uwe, StepReminder{ID: own, Step: ReminderIsDue}, pbx.NotFound)
	do(mark, ClearReminders{User: of})
	if o.view().Reminders[own] != nil || o.view().Reminders[daily] == nil {
		t.Error("only what comes once is taken away")
	}
	o.refused(mia, DeleteReminder{daily}, pbx.NotFound)
	do(uwe, DeleteReminder{daily})
	o.refused(uwe, DeleteReminder{daily}, pbx.NotFound)
	for i := len(done) - 1; i >= 0; i-- {
		o.refused(o.actor("tom"), Undo{Facts: done[i].Facts}, pbx.NotFound)
		o.must(mark, Undo{Facts: done[i].Facts})
	}
	if !bytes.Equal(before, rows(t, o.view())) {
		t.Error("something is left")
	}

	for range pbx.MaxReminders {
		o.must(uwe, CreateReminder{User: of, Clock: 11 * 60})
	}
	o.refused(uwe, CreateReminder{User: of, Clock: 11 * 60}, pbx.Exhausted)
	house := pbx.Actor{Kind: pbx.ActorSystem, Via: "system"}
	o.now = o.now.AddDate(0, 0, 1)
	for _, m := range o.view().RemindersOf(of) {
		o.must(house, StepReminder{ID: m.ID, Step: ReminderIsDue}) // too late: missed
	}
	o.now = o.now.Add(pbx.ReminderKept + time.Minute)
	o.must(uwe, CreateReminder{User: of, Clock: 11 * 60})
	if n := len(o.view().RemindersOf(of)); n != 1 {
		t.Errorf("those that are over since a week are forgotten: %d left", n)
	}
}
