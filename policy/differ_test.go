package policy

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tandem/pbx"
)

// offices is how many random offices a property looks at; TANDEM_POLICY_OFFICES asks for a longer run.
func offices(t testing.TB, usual int) int {
	if v, err := strconv.Atoi(os.Getenv("TANDEM_POLICY_OFFICES")); err == nil {
		return v
	}
	return usual
}

// allCodes are the codes a comparison must meet before it says anything.
var allCodes = []Code{Unknown, Suspended, Guest, Expired, Trunk, Phone, ByTokenOnly, Deny, Excluded, NoGrant, Needs, WrongState,
	NotShared, Standing, LastOwner, OutOfSpan, Oneself, Ceiling, NotAssignable, PullIn, DefaultGroup, Billing, Deputy,
	ByRole, ByGrant, ByOverride, ByImplied, ByPublished, ByDelegation, ByInterval, ByLink}

// differ asks random questions about one office and fails at the first that the naive evaluator answers otherwise.
func (d *dice) differ(t testing.TB, s *pbx.Snapshot, questions int, codes map[Code]int) {
	t.Helper()
	for range questions {
		r := d.request()
		got := Decide(s, r)
		want := naive{s, r.At}.ask(r)
		told := got.Code
		if got.OK && strings.HasPrefix(string(told), "allow.") {
			told = ""
		}
		codes[got.Code]++
		if told != want {
			t.Fatalf("%s: %s\ngot %q, the naive evaluator says %q", d.name, describe(s, r), got.Code, want)
		}
	}
}

// once are offices in which a longer run once found a difference: what somebody holds over himself hands on what reaches nobody, however far back (7566).
var once = []uint64{7566}

// AZ-02: a second evaluator, written for clarity only, answers a million random questions alike, with the same code.
// Before a release TANDEM_POLICY_OFFICES=2500000 asks 10⁹; TANDEM_POLICY_FIRST says with which office it begins.
func TestNaiveEvaluatorAgrees(t *testing.T) {
	t.Parallel()
	const each = 400
	codes := map[Code]int{}
	n := offices(t, 2_500)
	ask := func(seed uint64) {
		d := throw(seed)
		d.differ(t, d.snapshot(t), each, codes)
	}
	first, _ := strconv.ParseUint(os.Getenv("TANDEM_POLICY_FIRST"), 10, 64)
	for seed := range uint64(n) {
		ask(first + seed)
	}
	for _, seed := range once {
		ask(seed)
	}
	if n*each < 1_000_000 && os.Getenv("TANDEM_POLICY_OFFICES") == "" {
		t.Errorf("only %d questions", n*each)
	}
	for _, c := range allCodes {
		if codes[c] == 0 {
			t.Errorf("no question was answered with %q", c)
		}
	}
}

// seen compares a list with single decisions, which are held against the naive evaluator as well; it returns how often
// something was seen, and how often a list said that it needs no filter.
func (d *dice) seen(t testing.TB, s *pbx.Snapshot, lists int) (some, everything int) {
	t.Helper()
	for range lists {
		r := d.request()
		if d.oneIn(3) {
			r.Right = pick(d, []Right{CallDetail, UserSee, GroupSee, RecordingList, CallSee, AuditRead})
		}
		v := Sight(s, r.Actor, r.Right, r.At)
		users, groups := v.Users(), v.Groups()
		n := naive{s, r.At}
		for range 10 {
			r.Target = d.target(r.Right)
			sees := v.Sees(r.Target)
			if allowed := n.ask(r) == ""; sees != Decide(s, r).OK || sees != allowed {
				t.Fatalf("%s: sees %v, the naive evaluator %v: %s", d.name, sees, allowed, describe(s, r))
			}
			th, exists := n.thing(r.Target)
			touches := slices.ContainsFunc(th.people, func(u pbx.UserID) bool { return slices.Contains(users, u) }) ||
				slices.ContainsFunc(th.groups, func(g pbx.GroupID) bool { return slices.Contains(groups, g) })
			listable := slices.Contains([]Kind{KindUser, KindGroup, KindCall, KindRecording}, th.kind)
			known := slices.ContainsFunc(th.people, func(u pbx.UserID) bool { return s.Users[u] != nil }) || len(th.groups) > 0
			if sees && listable && known && !touches && !v.things[pbx.Ref{Kind: pbx.Kind(th.kind.String()), ID: th.id}] {
				t.Fatalf("%s: seen, but not selected by %v %v: %s", d.name, users, groups, describe(s, r))
			}
			if sees {
				some++
			}
			if v.All() && exists && listable && r.Right.fits(th.kind) && !(th.kind == KindCall && th.living) {
				everything++
				if !sees {
					t.Fatalf("%s: all, but not this: %s", d.name, describe(s, r))
				}
			}
		}
	}
	return some, everything
}

// AZ-03: what a list selects by leaves out nothing that is seen, and everything is seen when it says so.
func TestSightIsDecide(t *testing.T) {
	t.Parallel()
	some, everything := 0, 0
	for seed := range uint64(offices(t, 1_200)) {
		d := throw(seed)
		a, b := d.seen(t, d.snapshot(t), 25)
		some, everything = some+a, everything+b
	}
	if everything < 150 || some < 3000 {
		t.Errorf("all %d times, seen %d times", everything, some)
	}
}

// FuzzRights throws an office and questions from a tape, so that what the fuzzer learns about the evaluator's branches
// steers which rows and which questions come next. When the tape is at its end, chance goes on from the seed.
// A seed that failed elsewhere is kept as a file in testdata/fuzz/FuzzRights with its number and an empty tape.
func FuzzRights(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, []byte{})
	}
	f.Add(uint64(1), []byte(strings.Repeat("\x00", 64)))
	f.Add(uint64(2), []byte(strings.Repeat("\xff\x10\x80", 64)))
	f.Fuzz(func(t *testing.T, seed uint64, tape []byte) {
		d := play(seed, tape)
		s := d.snapshot(t)
		d.differ(t, s, 60, map[Code]int{})
		d.seen(t, s, 3)
	})
}

// tape is a source of chance that first plays what it is given, one byte a throw.
type tape struct {
	bytes []byte
	then  interface{ Uint64() uint64 }
}

func (p *tape) Uint64() uint64 {
	if len(p.bytes) == 0 {
		return p.then.Uint64()
	}
	b := uint64(p.bytes[0])
	p.bytes = p.bytes[1:]
	return b * 0x0101010101010101 // low and high bits alike: dice look at either
}

// corpus is how a failing seed is kept.
func corpus(seed uint64) string {
	return fmt.Sprintf("office %d (keep it as testdata/fuzz/FuzzRights/%d: go test fuzz v1, uint64(%d), []byte(\"\"))", seed, seed, seed)
}
