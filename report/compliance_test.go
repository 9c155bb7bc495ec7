package report

import (
	"fmt"
	"testing"
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
)

// Every way in which a call can meet the rules is told from the others (B-065); those that break a rule have a mark (B-067).
func TestMeets(t *testing.T) {
	for _, tt := range []struct {
		name, verdict, reason string
		cause                 pbx.Cause
		want                  string
	}{
		{"inside", "", "cause.hangup", pbx.CauseHangup, " / false"},
		{"no right to listen", "", "policy.no", pbx.CauseDenied, " / false"},
		{"allowed", "allowed", "cause.hangup", pbx.CauseHangup, " /allowed true"},
		{"forbidden", "forbidden", "toll.refused.destination", pbx.CauseDenied, "refused /forbidden true!"},
		{"at night", "hours", "toll.refused.hours", pbx.CauseDenied, "refused /hours true!"},
		{"no right", "right", "policy.no", pbx.CauseDenied, "refused /right true!"},
		{"nobody pays", "nobody", "toll.refused.nobody", pbx.CauseDenied, "refused /nobody true"},
		{"not on the list", "missing", "toll.refused.destination", pbx.CauseDenied, "refused /missing true!"},
		{"no contact", "contacts", "toll.refused.contacts", pbx.CauseDenied, "refused /contacts true!"},
		{"alarm", "alarm", "toll.refused.alarm", pbx.CauseDenied, "refused /alarm true"},
		{"alarm since it was asked", "allowed", "toll.refused.alarm", pbx.CauseDenied, "refused /alarm true"},
		{"budget", "allowed", "toll.refused.budget", pbx.CauseDenied, "refused /budget true"},
		{"talk time", "allowed", "toll.refused.time", pbx.CauseDenied, "refused /time true"},
		{"no price", "unpriced", "toll.refused.unpriced", pbx.CauseDenied, "refused /unpriced true"},
		{"nothing can be written down", "allowed", "toll.refused.till", pbx.CauseDenied, " /allowed true"},
		{"wrong PIN", "allowed", "toll.refused.pin_wrong", pbx.CauseDenied, "refused /pin true!"},
		{"cut by a limit", "allowed", "toll.over", pbx.CauseHangup, "cut /limit true"},
		{"cut by a budget, though excepted", "excepted", "toll.spent", pbx.CauseHangup, "cut /budget true"},
		{"cut by an alarm", "allowed", "toll.cut.alarm", pbx.CauseHangup, "cut /alarm true"},
		{"excepted", "excepted", "cause.hangup", pbx.CauseHangup, "excepted /excepted true"},
		{"emergency", "emergency", "cause.hangup", pbx.CauseHangup, "emergency /emergency true"},
		{"emergency, refused", "emergency", "toll.refused.destination", pbx.CauseDenied, "blocked /emergency true"},
	} {
		c := CDR{Cause: tt.cause, Reason: i18n.T(tt.reason)}
		if tt.verdict != "" {
			c.Ruling = &event.Ruling{Code: tt.verdict}
		}
		met, code, asked := Meets(&c)
		got := fmt.Sprintf("%s /%s %t", met, code, asked)
		if c.IsViolation() {
			got += "!"
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// refusedCall is a call that a rule refused.
func refusedCall(n int, payer pbx.UserID, profile pbx.RestrictionID, class string) CDR {
	return CDR{ID: pbx.CallID(fmt.Sprint("cal_", n)), From: pbx.Party{User: "usr_from"}, Started: time.Unix(int64(n), 0), Cause: pbx.CauseDenied, Reason: i18n.T("toll.refused.destination"),
		Ruling: &event.Ruling{Code: "forbidden", Payer: payer, Profile: profile, Rule: &pbx.TollRule{Classes: []string{class}}}}
}

// Calls are counted by who answers for them and by the rule, not by who called, whatever order they come in.
func TestCompliance(t *testing.T) {
	calls := []CDR{refusedCall(1, "usr_a", "rst_1", "premium"), refusedCall(3, "usr_a", "rst_1", "premium"), refusedCall(2, "usr_a", "rst_1", "satellite"),
		refusedCall(4, "usr_b", "rst_1", "premium"), refusedCall(5, "usr_a", "rst_2", "premium"),
		{ID: "cal_6", From: pbx.Party{User: "usr_a"}, Started: time.Unix(6, 0), Cause: pbx.CauseHangup, Ruling: &event.Ruling{Code: "allowed", Payer: "usr_a"}},
		{ID: "cal_7", From: pbx.Party{User: "usr_a"}, Cause: pbx.CauseHangup}}
	want := "usr_a rst_1 premium 2 cal_3; usr_a rst_2 premium 1 cal_5; usr_b rst_1 premium 1 cal_4; usr_a rst_1 satellite 1 cal_2; "
	for turn := range calls {
		var f Compliance
		for i := range calls {
			f.Add(&calls[(i+turn)%len(calls)])
		}
		got := ""
		for _, r := range f.Rows() {
			got += fmt.Sprintf("%s %s %s %d %s; ", r.User, r.Ruling.Profile, r.Ruling.Rule.Classes[0], r.Calls, r.Call)
		}
		if got != want || f.Outside["usr_a"] != 5 || f.Outside["usr_b"] != 1 || len(f.Outside) != 2 {
			t.Errorf("from %d: %s, outside %v", turn, got, f.Outside)
		}
	}
}
