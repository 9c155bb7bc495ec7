package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
	"tandem/report"
	"tandem/store"
)

// logged is a log of calls of 300 people, of whom three make most, with numbers outside, some of which come often.
func logged(n int) []report.CDR {
	r := rand.New(rand.NewPCG(7, 8))
	person := func() pbx.Party {
		i := r.IntN(300)
		if r.IntN(2) == 0 {
			i = r.IntN(3)
		}
		return pbx.Party{User: pbx.UserID(fmt.Sprint("usr_", i)), Name: fmt.Sprint("Person ", i), Number: fmt.Sprint(20000 + i)}
	}
	var calls []report.CDR
	for i := range n {
		from, to := person(), pbx.Party{Name: []string{"", "Żółć_100% GmbH", "Ünal"}[r.IntN(3)], Number: fmt.Sprint("+49301", r.IntN(r.IntN(400)+1))}
		if r.IntN(3) == 0 {
			to = person()
		}
		if r.IntN(2) == 0 {
			from, to = to, from
		}
		c := record(i, r.IntN(n/2), time.Duration(r.IntN(3))*time.Minute, from, to)
		c.Users = slices.DeleteFunc(c.Users, func(u pbx.UserID) bool { return u == "" })
		if r.IntN(4) == 0 {
			c.Groups = []pbx.GroupID{"grp_sales"}
		}
		if i%7 == 0 { // by a Talk link; neither it nor the visit is somebody whose call it is
			c.From.Link, c.From.Visit = "tlk_1", pbx.VisitID(fmt.Sprint("vst_", i))
		}
		calls = append(calls, c)
	}
	return calls
}

// inLog is the plain filter of the call log.
func inLog(q store.CallQuery, c report.CDR) bool {
	if q.Link != "" && c.From.Link != q.Link {
		return false
	}
	seen := q.Sight.All || slices.ContainsFunc(c.Users, func(u pbx.UserID) bool { return slices.Contains(q.Sight.Users, u) }) ||
		slices.ContainsFunc(c.Groups, func(g pbx.GroupID) bool { return slices.Contains(q.Sight.Groups, g) })
	words := strings.ToLower(strings.Join([]string{c.From.Name, c.From.Number, c.To.Name, c.To.Number, c.Dialled}, " "))
	for _, w := range strings.Fields(strings.ToLower(q.Text)) {
		seen = seen && strings.Contains(words, w)
	}
	return seen && (q.User == "" || slices.Contains(c.Users, q.User)) && (q.From.IsZero() || !c.Started.Before(q.From)) && (q.Until.IsZero() || c.Started.Before(q.Until)) &&
		(q.Result == "" || (q.Result == "missed") == c.Missed())
}

// Whatever the log is narrowed to, in whichever order, and by whichever index it is read: page by page it is what a plain filter leaves, each call once.
func TestTheLogAgreesWithAPlainFilter(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		calls := logged(1000)
		appendCalls(t, x, calls[:900]...)
		if done, err := x.TextCalls(t.Context(), day.Add(300*time.Minute), 5000); err != nil || !done {
			t.Fatal(done, err)
		}
		appendCalls(t, x, calls[900:]...) // of which many began before that moment
		sights := []store.Scope{{All: true}, team(7, 8), team(0, 2), team(20, 120), {Users: team(200, 260).Users, Groups: []pbx.GroupID{"grp_sales", "grp_none"}}, team(1, 1200), {Users: append(team(7, 8).Users, team(5000, 5700).Users...)}}
		r := rand.New(rand.NewPCG(9, 10))
		found := 0
		for range 150 {
			q := store.CallQuery{Sight: sights[r.IntN(len(sights))], Sort: []string{"-started", "-started", "-started", "started", "ended", "-duration"}[r.IntN(6)], Limit: 9}
			some := func(f func()) {
				if r.IntN(4) == 0 {
					f()
				}
			}
			some(func() { q.User = pbx.UserID(fmt.Sprint("usr_", r.IntN(20))) })
			some(func() { q.Result = []string{"missed", "answered"}[r.IntN(2)] })
			some(func() {
				q.Text = []string{"person", "Person 7", "2000", "+4930123", "4930 żółć_100%", "7 gmbh", "nobody", "30 nobody", "xy", "ü", "1", "person 299 20299", "_", "%"}[r.IntN(14)]
			})
			some(func() { q.Link = []pbx.TalkLinkID{"tlk_1", "tlk_2"}[r.IntN(2)] })
			some(func() { q.From = day.Add(200 * time.Minute) })
			some(func() { q.Until = day.Add(500 * time.Minute) })
			var want []report.CDR
			for _, c := range calls {
				if inLog(q, c) {
					want = append(want, c)
				}
			}
			ids := sorted(want, q.Sort)
			var got []pbx.CallID
			for n := 0; n < 4; n++ {
				p, err := x.Calls(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range p.Items {
					got = append(got, c.ID)
				}
				if q.Cursor = p.Next; q.Cursor == "" {
					break
				}
			}
			q.Cursor, q.Count = "", true
			if p, err := x.Calls(t.Context(), q); err != nil || p.Total != len(ids) {
				t.Errorf("%+v: %d in all, %v, want %d", q, p.Total, err, len(ids))
			}
			if !slices.Equal(got, ids[:min(36, len(ids))]) {
				t.Fatalf("%+v:\n got %v\nwant %v", q, got, ids[:min(36, len(ids))])
			}
			q.Count = false
			keep := func(s store.Seen) bool { return len(s.Users) != 2 } // as a right may refuse some
			kept := 0
			for _, c := range want {
				users := slices.Compact(slices.Sorted(slices.Values(c.Users)))
				if keep(store.Seen{Users: users}) {
					kept++
				}
			}
			for _, limit := range []int{40, 5000} {
				if n, err := x.CountSeen(t.Context(), q, limit, keep); err != nil || n != min(limit, kept) {
					t.Errorf("%+v: %d seen, %v, want %d", q, n, err, kept)
				}
			}
			found += len(got)
		}
		if found < 800 {
			t.Errorf("only %d found in all: the filters leave too little to tell", found)
		}
	})
}
