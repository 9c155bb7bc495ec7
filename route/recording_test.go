package route

import (
	"testing"

	"tandem/pbx"
)

// A room is recorded as the rule of its group has it, or that of the office; for whoever comes in, his own rule can only make it stricter (PR-01, PR-05).
func TestRoomAndGuestRecording(t *testing.T) {
	w := newWorld()
	plain, never, asks, off := w.person("plain", "101", false), w.person("never", "102", false), w.person("asks", "103", false), w.person("off", "104", false)
	w.nouns = append(w.nouns, &pbx.Group{ID: "grp_top", Name: "Top"}, &pbx.Group{ID: "grp_sales", Name: "Sales", Parent: "grp_top"},
		&pbx.RecordRule{ID: pbx.OfficeRule, Mode: pbx.RecordDemand, Notice: pbx.RecordTell, Days: 60},
		&pbx.RecordRule{ID: "grp_top", Mode: pbx.RecordAlways, Outside: true, Days: 40},
		&pbx.RecordRule{ID: pbx.RecordRuleID(never), Mode: pbx.RecordNever},
		&pbx.RecordRule{ID: pbx.RecordRuleID(asks), Mode: pbx.RecordAlways, Notice: pbx.RecordAsk, Days: 20},
		&pbx.RecordRule{ID: pbx.RecordRuleID(off), Mode: pbx.RecordOff, Notice: pbx.RecordAsk, Days: 1})
	s := w.snapshot(t)
	rooms := []struct {
		name    string
		group   pbx.GroupID
		outside bool
		mode    pbx.RecordMode
		rule    pbx.RecordRuleID
		days    int
	}{
		{"of the office, inside", "", false, pbx.RecordDemand, pbx.OfficeRule, 60},
		{"of the office, with somebody outside", "", true, pbx.RecordDemand, pbx.OfficeRule, 60},
		{"of a group below one with a rule for outside only, inside", "grp_sales", false, pbx.RecordOff, "grp_top", 40},
		{"… with somebody outside", "grp_sales", true, pbx.RecordAlways, "grp_top", 40},
		{"of a group without a rule", "grp_all", true, pbx.RecordDemand, pbx.OfficeRule, 60},
	}
	guests := []struct {
		name   string
		user   pbx.UserID
		never  bool
		notice pbx.RecordNotice
		days   int // at most
	}{
		{"somebody outside", "", false, pbx.RecordTell, 60},
		{"somebody who is gone", "usr_gone", false, pbx.RecordTell, 60},
		{"one without a rule of his own", plain, false, pbx.RecordTell, 60},
		{"one who is never recorded", never, true, pbx.RecordTell, 60},
		{"one who is asked first", asks, false, pbx.RecordAsk, 20},
		{"one whose rule records nothing changes nothing", off, false, pbx.RecordTell, 60},
	}
	for _, r := range rooms {
		got := RoomRecording(s, &pbx.Room{ID: "rom_1", Group: r.group}, r.outside, noon)
		if got.Mode != r.mode || got.Rule != r.rule || got.Notice != pbx.RecordTell || got.Days != r.days {
			t.Errorf("a room %s: %+v", r.name, got)
		}
		for _, g := range guests {
			want := got
			if want.Notice, want.Days = g.notice, min(r.days, g.days); g.never {
				want.Mode = pbx.RecordNever
			}
			if his := GuestRecording(s, got, g.user, noon); his != want {
				t.Errorf("a room %s, for %s: %+v, want %+v", r.name, g.name, his, want)
			}
		}
	}
}
