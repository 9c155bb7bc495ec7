package policy

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// offices is how many random offices a property looks at; TANDEM_POLICY_OFFICES asks for a longer run.
func offices(t testing.TB, usual int) int {
	if v, err := strconv.Atoi(os.Getenv("TANDEM_POLICY_OFFICES")); err == nil {
		return v
	}
	return usual
}

// AZ-02: a second evaluator, written for clarity only, answers every random question alike, with the same code.
func TestNaiveEvaluatorAgrees(t *testing.T) {
	codes := map[Code]int{}
	questions := 0
	for seed := range uint64(offices(t, 900)) {
		d := throw(seed)
		s := d.snapshot(t)
		for range 200 {
			r := d.request()
			got := Decide(s, r)
			want := naive{s, r.At}.ask(r)
			told := got.Code
			if got.OK && strings.HasPrefix(string(told), "allow.") {
				told = ""
			}
			codes[got.Code]++
			questions++
			if told != want {
				t.Fatalf("office %d: %s\ngot %q, the naive evaluator says %q", seed, describe(s, r), got.Code, want)
			}
		}
	}
	if questions < 100_000 && os.Getenv("TANDEM_POLICY_OFFICES") == "" {
		t.Errorf("only %d questions", questions)
	}
	for _, c := range []Code{Unknown, Suspended, Guest, Expired, Trunk, Phone, ByTokenOnly, Deny, Excluded, NoGrant, Needs, WrongState,
		NotShared, Standing, LastOwner, OutOfSpan, Oneself, Ceiling, NotAssignable, PullIn, DefaultGroup, Billing, Deputy,
		ByRole, ByGrant, ByOverride, ByImplied, ByPublished, ByDelegation, ByInterval, ByLink} {
		if codes[c] == 0 {
			t.Errorf("no question was answered with %q", c)
		}
	}
}
