package toll

import (
	"testing"
	"time"

	"tandem/number"
	"tandem/pbx"
)

// A typed PIN holds as long as every rule says that asks for one, for the phone where it was typed, and never for a program (B-002).
func TestTypedPINHolds(t *testing.T) {
	pin := func(minutes int, classes ...string) pbx.TollRule {
		return pbx.TollRule{Effect: pbx.TollPIN, Minutes: minutes, Classes: classes}
	}
	ago := func(d time.Duration) Question { return Question{Device: "dev_1", Typed: noon.Add(-d)} }
	for _, tt := range []struct {
		name  string
		rules []pbx.TollRule
		q     Question
		asks  int // place of the rule; 0: none, for the first allows
		held  int
		until time.Duration // from noon
	}{
		{"never typed", []pbx.TollRule{pin(15)}, Question{Device: "dev_1"}, 1, 0, 0},
		{"at once", []pbx.TollRule{pin(15)}, ago(0), 0, 1, 15 * time.Minute},
		{"just before the end", []pbx.TollRule{pin(15)}, ago(15*time.Minute - time.Millisecond), 0, 1, time.Millisecond},
		{"at the end", []pbx.TollRule{pin(15)}, ago(15 * time.Minute), 1, 0, 0},
		{"the clock went back", []pbx.TollRule{pin(15)}, ago(-time.Second), 1, 0, 0},
		{"a rule for each call", []pbx.TollRule{pin(0)}, ago(0), 1, 0, 0},
		{"no phone", []pbx.TollRule{pin(15)}, Question{Typed: noon}, 1, 0, 0},
		{"a program", []pbx.TollRule{pin(15)}, Question{Device: "dev_1", Token: "tok_1", Typed: noon}, 1, 0, 0},
		{"the shorter of two", []pbx.TollRule{pin(30), pin(15)}, ago(10 * time.Minute), 0, 2, 5 * time.Minute},
		{"one of two is over", []pbx.TollRule{pin(30), pin(5)}, ago(10 * time.Minute), 2, 0, 0},
		{"the shorter is about other numbers", []pbx.TollRule{pin(30), pin(5, "premium")}, ago(10 * time.Minute), 0, 1, 20 * time.Minute},
		{"typed for this call", []pbx.TollRule{pin(0), pin(15)}, Question{Device: "dev_1", PIN: true, Typed: noon}, 0, 0, 0},
		{"no rule asks", nil, ago(0), 0, 0, 0},
		{"what is forbidden asks for nothing", []pbx.TollRule{pin(15), deny()}, ago(0), 0, 0, 0},
	} {
		s := office(t, everybody(append([]pbx.TollRule{allow()}, tt.rules...)...))
		tt.q.Payer, tt.q.To, tt.q.At = "usr_alice", number.Read("DE", "089 901820"), noon
		v := Decide(s, tt.q)
		var until time.Time
		if tt.held > 0 {
			until = noon.Add(tt.until)
		}
		if v.Asks.Rule != tt.asks || v.Held.Rule != tt.held || !v.HeldUntil(tt.q.Typed).Equal(until) {
			t.Errorf("%s: asks %d, held %d until %v", tt.name, v.Asks.Rule, v.Held.Rule, v.HeldUntil(tt.q.Typed))
		}
	}
}
