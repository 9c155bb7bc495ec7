package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/report"
	"tandem/store"
)

func party(name, number string) pbx.Party {
	return pbx.Party{User: pbx.UserID("usr_" + strings.ToLower(name)), Name: name, Number: number}
}

var (
	ada = party("Ada", "100")
	bob = party("Bob", "102")
	cid = party("Cid", "103")
)

// record is a call that began at a minute of the day; talk 0 was not answered.
func record(n, minute int, talk time.Duration, from, to pbx.Party) report.CDR {
	c := report.CDR{ID: pbx.CallID(fmt.Sprintf("cal_%04d", n)), From: from, To: to, Dialled: to.Number, Users: []pbx.UserID{from.User, to.User},
		Started: day.Add(time.Duration(minute) * time.Minute), Cause: pbx.CauseNoAnswer, Reason: i18n.T("cause.no_answer"),
		Legs: []report.Leg{{ID: "leg_1", Party: from}, {ID: "leg_2", Party: to, Out: true}}, Trace: []i18n.Text{i18n.T("route.person", "name", to.Name)}}
	c.Ended = c.Started.Add(20 * time.Second)
	if talk > 0 {
		c.Answered = c.Started.Add(5 * time.Second)
		c.Ended, c.Cause = c.Answered.Add(talk), pbx.CauseHangup
	}
	return c
}

func appendCalls(t testing.TB, x *store.Tenant, calls ...report.CDR) {
	t.Helper()
	if _, err := x.Append(t.Context(), calls, nil); err != nil {
		t.Fatal(err)
	}
}

func TestCallComesBack(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		want := record(1, 0, time.Minute, ada, bob)
		want.Groups = []pbx.GroupID{"grp_sales"}
		want.From.Name = "A\x00b" // what a phone may send
		appendCalls(t, x, want)
		got, err := x.Call(t.Context(), want.ID)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("-written +read:\n%s", d)
		}
		if _, err := x.Call(t.Context(), "cal_none"); !isCode(err, pbx.NotFound, "call.unknown") {
			t.Errorf("no such call: %v", err)
		}
		changed := want
		changed.Cause = pbx.CauseInterrupted
		appendCalls(t, x, changed)
		if got, err := x.Call(t.Context(), want.ID); err != nil || got.Cause != pbx.CauseHangup {
			t.Errorf("the second record of a call won: %v, %v", got.Cause, err)
		}
	})
}

func TestCalls(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		queue := record(5, 4, 0, cid, pbx.Party{Name: "Sales", Number: "800"})
		queue.Users, queue.Groups = []pbx.UserID{"usr_cid"}, []pbx.GroupID{"grp_sales"}
		appendCalls(t, x, record(1, 0, time.Minute, ada, bob), record(2, 1, 0, bob, ada), record(3, 2, 3*time.Minute, cid, ada),
			record(4, 2, 2*time.Minute, cid, bob), queue)

		all := store.Scope{All: true}
		users := func(u ...pbx.UserID) store.Scope { return store.Scope{Users: u} }
		tests := []struct {
			name string
			q    store.CallQuery
			want string
		}{
			{"no sight sees nothing", store.CallQuery{}, "[] 0"},
			{"newest first, equal starts by id", store.CallQuery{Sight: all}, "[5 4 3 2 1] 5"},
			{"oldest first", store.CallQuery{Sight: all, Sort: "started"}, "[1 2 3 4 5] 5"},
			{"by answer, unanswered last", store.CallQuery{Sight: all, Sort: "-answered"}, "[4 3 1 5 2] 5"},
			{"by end", store.CallQuery{Sight: all, Sort: "ended"}, "[1 2 4 5 3] 5"},
			{"longest first", store.CallQuery{Sight: all, Sort: "-duration"}, "[3 4 1 5 2] 5"},
			{"shortest first", store.CallQuery{Sight: all, Sort: "duration"}, "[2 5 1 4 3] 5"},
			{"answered", store.CallQuery{Sight: all, Result: "answered"}, "[4 3 1] 3"},
			{"missed", store.CallQuery{Sight: all, Result: "missed"}, "[5 2] 2"},
			{"by cause", store.CallQuery{Sight: all, Cause: pbx.CauseNoAnswer}, "[5 2] 2"},
			{"of a person", store.CallQuery{Sight: all, User: "usr_bob"}, "[4 2 1] 3"},
			{"from and until", store.CallQuery{Sight: all, From: day.Add(time.Minute), Until: day.Add(2 * time.Minute)}, "[2] 1"},
			{"of a person, from and until", store.CallQuery{Sight: all, User: "usr_bob", From: day.Add(time.Minute), Until: day.Add(9 * time.Minute)}, "[4 2] 2"},
			{"by name in other letters", store.CallQuery{Sight: all, Text: "SALES"}, "[5] 1"},
			{"by number", store.CallQuery{Sight: all, Text: "103"}, "[5 4 3] 3"},
			{"text is no pattern", store.CallQuery{Sight: all, Text: "1_3"}, "[] 0"},
			{"own calls", store.CallQuery{Sight: users("usr_ada")}, "[3 2 1] 3"},
			{"own calls, longest first", store.CallQuery{Sight: users("usr_ada"), Sort: "-duration"}, "[3 1 2] 3"},
			{"of two people, none twice", store.CallQuery{Sight: users("usr_ada", "usr_bob")}, "[4 3 2 1] 4"},
			{"of a group's queue", store.CallQuery{Sight: store.Scope{Groups: []pbx.GroupID{"grp_sales"}}}, "[5] 1"},
			{"another person's, as far as they are mine too", store.CallQuery{Sight: users("usr_ada"), User: "usr_bob"}, "[2 1] 2"},
			{"of nobody who called", store.CallQuery{Sight: users("usr_zoe")}, "[] 0"},
			{"kept by the caller", store.CallQuery{Sight: all, Keep: func(c *report.CDR) bool { return c.To.Number != "100" }}, "[5 4 1] 5"},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				tt.q.Count = true
				for _, limit := range []int{50, 2, 1} {
					tt.q.Limit, tt.q.Cursor = limit, ""
					got, total := pages(t, x, tt.q)
					if s := fmt.Sprint(got, total); s != tt.want {
						t.Errorf("pages of %d: %s, want %s", limit, s, tt.want)
					}
				}
			})
		}
		for _, q := range []store.CallQuery{{Sight: all, Sort: "cost"}, {Sight: all, Cursor: "rubbish"}, {Sight: all, Cursor: "LXN0YXJ0ZWQgMSB4", Sort: "ended"}} {
			if _, err := x.Calls(t.Context(), q); !isCode(err, pbx.Invalid, "list.sort_unknown") && !isCode(err, pbx.Invalid, "list.cursor_invalid") {
				t.Errorf("%+v: %v", q, err)
			}
		}
		if n, err := x.Tally(t.Context(), users("usr_ada"), day.Add(time.Minute)); err != nil || n != (store.Tally{Calls: 2, Missed: 1}) {
			t.Errorf("tally %+v, %v", n, err)
		}
		if n, err := x.Tally(t.Context(), all, time.Time{}); err != nil || n != (store.Tally{Calls: 5, Missed: 2}) {
			t.Errorf("tally of all %+v, %v", n, err)
		}
	})
}

func pages(t testing.TB, x *store.Tenant, q store.CallQuery) (got []int, total int) {
	t.Helper()
	got = []int{}
	for range 1000 {
		p, err := x.Calls(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		total = p.Total
		for _, c := range p.Items {
			n := 0
			fmt.Sscanf(string(c.ID), "cal_%d", &n)
			got = append(got, n)
		}
		if q.Cursor = p.Next; p.Next == "" {
			return got, total
		}
	}
	t.Fatal("pages without end")
	return nil, 0
}

// A page is not shifted by calls that end while somebody reads.
func TestPagesStayUnderInserts(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		for i := range 6 {
			appendCalls(t, x, record(i, i, 0, ada, bob))
		}
		q := store.CallQuery{Sight: store.Scope{All: true}, Limit: 3}
		first, err := x.Calls(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		appendCalls(t, x, record(100, 100, 0, ada, bob))
		q.Cursor = first.Next
		if got, _ := pages(t, x, q); fmt.Sprint(got) != "[2 1 0]" {
			t.Errorf("second page %v", got)
		}
	})
}

// The two ways of reading a page, gathering few and walking along many, agree with a plain filter over all calls.
func TestCallsAgreeWithAPlainFilter(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		r := rand.New(rand.NewPCG(1, 2))
		people := []pbx.Party{ada, bob, cid, party("Dee", "104")}
		var calls []report.CDR
		for i := range 5600 {
			from, to := people[r.IntN(2)], people[r.IntN(2)] // ada and bob have more than are gathered
			if i%100 == 0 {
				to = people[2+r.IntN(2)]
			}
			calls = append(calls, record(i, r.IntN(500), time.Duration(r.IntN(3))*time.Minute, from, to))
		}
		appendCalls(t, x, calls...)
		for _, sight := range []store.Scope{{All: true}, {Users: []pbx.UserID{"usr_ada", "usr_bob"}}, {Users: []pbx.UserID{"usr_cid"}}, {Users: []pbx.UserID{"usr_dee", "usr_ada"}}} {
			for _, sort := range []string{"-started", "ended", "-duration"} {
				q := store.CallQuery{Sight: sight, Sort: sort, Limit: 60, Result: "answered"}
				p, err := x.Calls(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				var got []pbx.CallID
				for _, c := range p.Items {
					got = append(got, c.ID)
				}
				if want := plain(calls, sight, sort)[:len(got)]; !slices.Equal(got, want) || len(got) < 10 {
					t.Errorf("%v %s:\n got %v\nwant %v", sight, sort, got, want)
				}
			}
		}
	})
}

func plain(calls []report.CDR, sight store.Scope, sort string) []pbx.CallID {
	var list []report.CDR
	for _, c := range calls {
		if !c.Missed() && (sight.All || slices.ContainsFunc(c.Users, func(u pbx.UserID) bool { return slices.Contains(sight.Users, u) })) {
			list = append(list, c)
		}
	}
	return sorted(list, sort)
}

// sorted are the calls of a list in an order.
func sorted(list []report.CDR, sort string) []pbx.CallID {
	slices.SortFunc(list, func(a, b report.CDR) int {
		var n int
		switch sort {
		case "-started":
			n = b.Started.Compare(a.Started)
		case "started":
			n = a.Started.Compare(b.Started)
		case "ended":
			n = a.Ended.Compare(b.Ended)
		default:
			n = int(b.Talk() - a.Talk())
		}
		if n == 0 {
			n = strings.Compare(string(a.ID), string(b.ID))
			if sort[0] == '-' {
				n = -n
			}
		}
		return n
	})
	ids := make([]pbx.CallID, len(list))
	for i, c := range list {
		ids[i] = c.ID
	}
	return ids
}

// Many calls end at once: each has one record, facts keep the order of their call, each caller gets his own back.
func TestAppendTogether(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		const n = 60
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				c := record(i, i, 0, ada, bob)
				ref := pbx.Ref{Kind: pbx.KindCall, ID: string(c.ID)}
				facts, err := x.Append(t.Context(), []report.CDR{c}, []event.Fact{
					event.New(event.CallStarted, day, admin, ref, event.Started{From: ada, To: bob}),
					event.New(event.CallEnded, day, admin, ref, event.Ended{Cause: pbx.CauseNoAnswer})})
				if err != nil || len(facts) != 2 || facts[0].Object != ref || facts[1].Object != ref || facts[1].Seq != facts[0].Seq+1 {
					t.Errorf("%v, %v", facts, err)
				}
			})
		}
		wg.Wait()
		if got, total := pages(t, x, store.CallQuery{Sight: store.Scope{All: true}, Count: true}); len(got) != n || total != n {
			t.Errorf("%d calls, total %d", len(got), total)
		}
		if v, err := x.Verify(t.Context()); err != nil || !v.OK || v.Entries != 2*n {
			t.Errorf("%+v, %v", v, err)
		}
	})
}

func TestAppendAfterTheEnd(t *testing.T) {
	x := open(t, newAddress(t, "sqlite")).Tenant("main")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := x.Append(ctx, []report.CDR{record(1, 0, 0, ada, bob)}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := x.Append(t.Context(), nil, nil); err != nil {
		t.Errorf("nothing to append: %v", err)
	}
}

// A crash leaves calls that have begun and not ended: each is closed exactly once, with what is known of it (BAR CR-01).
func TestInterrupted(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		start := func(id string, minute int) event.Fact {
			return event.New(event.CallStarted, day.Add(time.Duration(minute)*time.Minute), admin, pbx.Ref{Kind: pbx.KindCall, ID: id},
				event.Started{From: ada, To: bob, Dialled: "102", Users: []pbx.UserID{"usr_ada", "usr_bob"}, Leg: event.Leg{ID: "leg_1", Party: ada}})
		}
		answered := event.New(event.CallAnswered, day.Add(3*time.Minute), admin, pbx.Ref{Kind: pbx.KindCall, ID: "cal_2"},
			event.Answered{Leg: event.Leg{ID: "leg_2", Party: bob, Out: true}, To: bob, Codec: "PCMU"})
		whole := record(9, 1, 0, ada, bob)
		for _, f := range [][]event.Fact{{start("cal_1", 0)}, {start(string(whole.ID), 1)}, {start("cal_2", 2), answered}} {
			if _, err := x.Append(t.Context(), nil, f); err != nil {
				t.Fatal(err)
			}
		}
		appendCalls(t, x, whole)

		calls, facts, err := x.Interrupted(t.Context(), day.Add(time.Hour))
		if err != nil || len(calls) != 2 || len(facts) != 2 || facts[0].Seq != 5 {
			t.Fatalf("%d calls, %+v, %v", len(calls), facts, err)
		}
		c, err := x.Call(t.Context(), "cal_2")
		if err != nil || c.Cause != pbx.CauseInterrupted || c.Codec != "PCMU" || !c.Answered.Equal(day.Add(3*time.Minute)) ||
			!c.Ended.Equal(day.Add(3*time.Minute)) || c.Reason.Key != "cause.interrupted" || len(c.Legs) != 2 || len(c.Users) != 2 {
			t.Errorf("%+v, %v", c, err)
		}
		if calls, facts, err = x.Interrupted(t.Context(), day.Add(2*time.Hour)); err != nil || len(calls)+len(facts) != 0 {
			t.Errorf("closed twice: %v, %v, %v", calls, facts, err)
		}
		if v, err := x.Verify(t.Context()); err != nil || !v.OK {
			t.Errorf("%+v, %v", v, err)
		}
	})
}
