package whatif

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tandem/number"
	"tandem/pbx"
	"tandem/toll"
)

var day = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func office(t testing.TB, profiles ...*pbx.Restriction) *pbx.Snapshot {
	t.Helper()
	nouns := []pbx.Noun{&pbx.Tenant{Name: "Lindenhof", Country: "DE", Zone: "Europe/Berlin", Digits: 3}, &pbx.Group{ID: "grp_all", Name: "Default", Default: true},
		&pbx.Group{ID: "grp_sales", Name: "Sales", Parent: "grp_all"}}
	for i := range 20 {
		u := pbx.UserID(fmt.Sprintf("usr_%02d", i))
		nouns = append(nouns, &pbx.User{ID: u, Name: string(u), Email: string(u) + "@x.example", Extension: fmt.Sprint(200 + i)},
			&pbx.Membership{ID: pbx.MembershipID("mem" + u[3:]), User: u, Group: []pbx.GroupID{"grp_all", "grp_sales"}[i%2], Role: "user", From: day.AddDate(-1, 0, 0)})
	}
	for _, p := range profiles {
		nouns = append(nouns, p)
	}
	s, err := pbx.NewSnapshot(1, nouns...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func profile(id string, on pbx.Ref, rules ...pbx.TollRule) *pbx.Restriction {
	return &pbx.Restriction{ID: pbx.RestrictionID(id), Name: id, On: []pbx.Ref{on}, Rules: rules}
}

var everybody = pbx.Ref{Kind: pbx.KindSettings, ID: "office"}

// worlds are a configuration and a draft.
func worlds(t testing.TB) (now, draft *pbx.Snapshot) {
	sales := pbx.Ref{Kind: pbx.KindGroup, ID: "grp_sales"}
	now = office(t, profile("rst_1", everybody, pbx.Basic(), pbx.TollRule{Effect: pbx.TollAllow, Classes: []string{"international"}}))
	return now, applied(t, now, profile("rst_1", everybody, pbx.Basic(), pbx.TollRule{Effect: pbx.TollDeny, From: 20 * 60, Until: 6 * 60}, pbx.TollRule{Effect: pbx.TollLimit, Minutes: 15}),
		profile("rst_2", sales, pbx.TollRule{Effect: pbx.TollAllow, Classes: []string{"international", "shared_cost"}, Countries: []string{"PL", "DE"}}))
}

// applied is a configuration with other rows.
func applied(t testing.TB, s *pbx.Snapshot, nouns ...pbx.Noun) *pbx.Snapshot {
	t.Helper()
	next, err := s.Apply(pbx.Change{Put: nouns})
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// history is what 20 people dialled, always the same for a seed.
func history(n, numbers int) []Call {
	r := rand.New(rand.NewPCG(7, 7))
	dialled := []string{"112", "101", "*97", "0900 1234567", "0180 1 123456", "+1 876 926 1234", "+48 22 123 45 67"}
	for i := len(dialled); i < numbers; i++ {
		dialled = append(dialled, []string{fmt.Sprintf("030 9018%04d", i), fmt.Sprintf("+48 22 123 %04d", i), fmt.Sprintf("0170 123%04d", i)}[i%3])
	}
	calls := make([]Call, n)
	for i := range calls {
		who := pbx.UserID(fmt.Sprintf("usr_%02d", r.IntN(20)))
		calls[i] = Call{ID: pbx.CallID(fmt.Sprint("cal_", i)), From: who, Payer: who, Dialled: dialled[r.IntN(len(dialled))],
			At: day.Add(time.Duration(r.IntN(30*24*60)) * time.Minute), Talk: time.Duration(r.IntN(3600)) * time.Second}
	}
	return calls
}

// What the replay says about 10,000 calls is what happens to them when the draft is in force (N-2).
func TestReplayIsWhatHappens(t *testing.T) {
	now, draft := worlds(t)
	calls := history(10_000, 300)
	out := Replay(now, draft, slices.Values(calls))
	var want Count
	outside := 0
	for _, c := range calls {
		to := number.Read("DE", c.Dialled)
		if !to.Class.IsOutside() {
			continue
		}
		outside++
		q := toll.Question{Payer: c.Payer, To: to, At: c.At}
		a, b := toll.Decide(now, q), toll.Decide(draft, q)
		switch {
		case a.OK && !b.OK:
			want.Closed++
		case !a.OK && b.OK:
			want.Opened++
		case b.OK && b.Most > 0 && c.Talk > b.Most && !(a.Most > 0 && a.Most <= b.Most):
			want.Shorter++
		}
	}
	if out.Count != want || out.Calls != len(calls) || out.Outside != outside || want.Closed == 0 || want.Opened == 0 || want.Shorter == 0 {
		t.Errorf("%+v of %d outside, want %+v of %d", out.Count, out.Outside, want, outside)
	}
	var sum Count
	for g, p := range out.Groups {
		if g.By == ByPerson {
			sum.Closed, sum.Opened, sum.Shorter = sum.Closed+p.Closed, sum.Opened+p.Opened, sum.Shorter+p.Shorter
		}
	}
	if sum != out.Count || len(out.Effects) != min(Most, sum.All()) {
		t.Errorf("people add up to %+v, %d effects named", sum, len(out.Effects))
	}
	for _, e := range out.Effects {
		if e.To.Class == number.Emergency {
			t.Errorf("an emergency call would change: %+v", e)
		}
	}
}

// Nothing changes where nothing is drafted.
func TestSameConfigurationChangesNothing(t *testing.T) {
	now, _ := worlds(t)
	if out := Replay(now, now, slices.Values(history(1000, 50))); out.Count != (Count{}) || len(out.Effects) != 0 {
		t.Errorf("%+v", out)
	}
}

// A million calls are replayed while somebody waits.
func BenchmarkReplay(b *testing.B) {
	now, draft := worlds(b)
	calls := history(1_000_000, 5_000)
	for b.Loop() {
		Replay(now, draft, slices.Values(calls))
	}
}
