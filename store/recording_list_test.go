package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// recorded are n recordings of a few people with a few numbers, some of which are kept for good, in the bin, or of conferences.
func recorded(n int) []pbx.Recording {
	r := rand.New(rand.NewPCG(3, 4))
	people := []pbx.Party{ada, bob, cid}
	var list []pbx.Recording
	for i := range n {
		at, one := day.Add(time.Duration(r.IntN(500))*time.Minute), people[r.IntN(3)]
		rec := pbx.Recording{ID: pbx.RecordingID(fmt.Sprintf("rec_%04d", i)), Call: pbx.CallID(fmt.Sprintf("cal_%04d", i/2)), Started: at, Began: at,
			Length: time.Duration(r.IntN(600)) * time.Second, From: one, To: pbx.Party{Number: fmt.Sprintf("+4930123%02d", r.IntN(20))},
			Voices: []pbx.RecordingVoice{{User: one.User, From: at}}, Mode: []pbx.RecordMode{pbx.RecordAlways, pbx.RecordDemand}[r.IntN(2)], Hold: r.IntN(9) == 0}
		switch r.IntN(5) {
		case 0:
			rec.From, rec.To = rec.To, rec.From
		case 1:
			rec.To = people[r.IntN(3)]
			rec.Voices = append(rec.Voices, pbx.RecordingVoice{User: rec.To.User, From: at})
		case 2:
			rec.Groups = []pbx.GroupID{"grp_sales"}
		case 3:
			rec.Room, rec.Calls = "roo_1", []pbx.CallID{"cal_0001"}
		}
		if r.IntN(7) == 0 {
			rec.Deleted = day
		}
		list = append(list, rec)
	}
	return list
}

// isAsked is the plain filter.
func isAsked(q store.RecordingQuery, r pbx.Recording) bool {
	parts := map[string]bool{}
	for _, v := range r.Voices {
		parts[string(v.User)] = true
	}
	for _, g := range r.Groups {
		parts[string(g)] = true
	}
	any := func(ids []string) bool { return slices.ContainsFunc(ids, func(id string) bool { return parts[id] }) }
	var sight []string
	for _, u := range q.Sight.Users {
		sight = append(sight, string(u))
	}
	for _, g := range q.Sight.Groups {
		sight = append(sight, string(g))
	}
	words := strings.ToLower(strings.Join([]string{r.From.Name, r.From.Number, r.To.Name, r.To.Number}, " "))
	for _, w := range strings.Fields(strings.ToLower(q.Text)) {
		if !strings.Contains(words, w) {
			return false
		}
	}
	return (q.Sight.All || any(sight)) && r.Deleted.IsZero() != q.Deleted && (q.User == "" || any([]string{string(q.User)})) && (q.Group == nil || any(q.Group)) &&
		(q.Call == "" || r.Call == q.Call || slices.Contains(r.Calls, q.Call)) && (q.Number == "" || r.From.Number == q.Number || r.To.Number == q.Number) &&
		(q.Kind == "" || r.Kind() == q.Kind) && (q.Direction == "" || r.Direction() == q.Direction) && r.Length >= q.Shortest && (q.Longest == 0 || r.Length <= q.Longest) &&
		(!q.Held || r.Hold) && (q.From.IsZero() || !r.Started.Before(q.From)) && (q.Until.IsZero() || r.Started.Before(q.Until))
}

// Whatever a list is narrowed to, and by whichever index it is read, it is what a plain filter leaves, in order and each once.
func TestRecordingsAgreeWithAPlainFilter(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		tenant, ctx := claim(t, open(t, address)), t.Context()
		all := recorded(400)
		var also []store.Also
		for _, r := range all {
			also = append(also, store.RecordingKept{Recording: r})
		}
		if _, err := tenant.Write(ctx, []event.Fact{fact(event.RecordingMade, pbx.KindRecording, "rec_1")}, also...); err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(all, func(a, b pbx.Recording) int {
			return b.Started.Compare(a.Started)*2 + strings.Compare(string(b.ID), string(a.ID))
		})
		many := []pbx.UserID{"usr_ada"}
		for i := range 80 {
			many = append(many, pbx.UserID(fmt.Sprint("usr_", i)))
		}
		crowd := append([]pbx.UserID{"usr_bob"}, many...)
		for i := range 600 {
			crowd = append(crowd, pbx.UserID(fmt.Sprint("usr_of_the_crowd_", i)))
		}
		r := rand.New(rand.NewPCG(5, 6))
		found := 0
		for range 400 {
			q := store.RecordingQuery{Sight: []store.Scope{{All: true}, {Users: []pbx.UserID{"usr_ada"}}, {Users: []pbx.UserID{"usr_bob"}, Groups: []pbx.GroupID{"grp_sales"}}, {Users: many}, {Users: crowd}}[r.IntN(5)], Limit: 7}
			some := func(f func()) {
				if r.IntN(4) == 0 {
					f()
				}
			}
			some(func() { q.User = []pbx.UserID{"usr_ada", "usr_cid"}[r.IntN(2)] })
			some(func() { q.Number = []string{"+493012300", "+493012301", "100"}[r.IntN(3)] })
			some(func() { q.Group = []string{"grp_sales", "usr_cid"} })
			some(func() { q.Call = "cal_0001" })
			some(func() {
				q.Kind = []pbx.RecordingKind{pbx.RecordedAlways, pbx.RecordedOnDemand, pbx.RecordedRoom}[r.IntN(3)]
			})
			some(func() {
				q.Direction = []pbx.RecordingDirection{pbx.RecordedIn, pbx.RecordedOut, pbx.RecordedInternal}[r.IntN(3)]
			})
			some(func() { q.Shortest = 100 * time.Second })
			some(func() { q.Longest = 400 * time.Second })
			some(func() { q.Held = true })
			some(func() { q.Deleted = true })
			some(func() { q.From = day.Add(100 * time.Minute) })
			some(func() { q.Until = day.Add(300 * time.Minute) })
			some(func() { q.Text = []string{"ada", "4930123", "bob 01", "nobody", "ob", "30 ob"}[r.IntN(6)] })
			var got, want []pbx.RecordingID
			for one, err := range tenant.EachRecording(ctx, q) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, one.ID)
			}
			for _, one := range all {
				if isAsked(q, one) {
					want = append(want, one.ID)
				}
			}
			page, err := tenant.Recordings(ctx, q)
			if err != nil || len(page.Items) != min(7, len(want)) || !slices.Equal(got, want) {
				t.Fatalf("%+v:\n got %v\nwant %v; %d in a page, %v", q, got, want, len(page.Items), err)
			}
			found += len(got)
		}
		if found < 1000 {
			t.Errorf("only %d found in all: the filters leave too little to tell", found)
		}
	})
}

// What an older version kept is found by calls, numbers, kind and length as well, once it is marked; twice is once.
func TestOldRecordingsAreMarked(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		db := open(t, address)
		tenant, ctx := claim(t, db), t.Context()
		one := recorded(1)[0]
		one.Deleted, one.To = time.Time{}, pbx.Party{Number: "+4930777"}
		if _, err := tenant.Write(ctx, []event.Fact{fact(event.RecordingMade, pbx.KindRecording, "rec_1")}, store.RecordingKept{Recording: one}); err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{"DELETE FROM endings", "UPDATE recordings SET marked = 0, kind = '', direction = '', length = 0", "DELETE FROM recording_parts WHERE part LIKE 'number%' OR part LIKE 'cal%' OR part LIKE 'text%'"} {
			if err := db.Exec(ctx, s); err != nil {
				t.Fatal(err)
			}
		}
		q := store.RecordingQuery{Sight: store.Scope{All: true}, Number: "+4930777", Call: one.Call, Kind: one.Kind(), Direction: one.Direction()}
		if p, err := tenant.Recordings(ctx, q); err != nil || len(p.Items) != 0 {
			t.Fatalf("%v, %v", p, err)
		}
		text := store.RecordingQuery{Sight: store.Scope{All: true}, Text: "30777"}
		if p, err := tenant.Recordings(ctx, text); err != nil || len(p.Items) != 1 {
			t.Errorf("by text before: %v, %v", p, err)
		}
		for want := 1; want >= 0; want-- {
			if n, err := tenant.MarkRecordings(ctx, 10); err != nil || n != want {
				t.Errorf("%d marked, %v; want %d", n, err, want)
			}
		}
		for _, q := range []store.RecordingQuery{q, text} {
			if p, err := tenant.Recordings(ctx, q); err != nil || len(p.Items) != 1 {
				t.Errorf("%v, %v", p, err)
			}
		}
	})
}

// A page never reads the whole table: it goes along an index in the order of the list, and looks at the recordings that it finds there.
func TestRecordingsGoAlongAnIndex(t *testing.T) {
	tenant := claim(t, open(t, newAddress(t, "sqlite")))
	one := pbx.Recording{ID: "rec_1", Call: "cal_1", Started: day, From: ada, To: pbx.Party{Number: "+4930"}}
	if _, err := tenant.Write(t.Context(), []event.Fact{fact(event.RecordingMade, pbx.KindRecording, "rec_1")}, store.RecordingKept{Recording: one}); err != nil {
		t.Fatal(err)
	}
	all := store.Scope{All: true}
	team := store.Scope{}
	for i := range 200 {
		team.Users = append(team.Users, pbx.UserID(fmt.Sprint("usr_", i)))
	}
	for _, c := range []struct {
		q    store.RecordingQuery
		want string
	}{
		{store.RecordingQuery{Sight: all}, "recordings_found"},
		{store.RecordingQuery{Sight: all, Kind: pbx.RecordedAlways, Direction: pbx.RecordedIn, Shortest: time.Minute}, "recordings_found"},
		{store.RecordingQuery{Sight: all, Text: "30"}, "part=?"},
		{store.RecordingQuery{Sight: team, Text: "ada"}, "part=?"},
		{store.RecordingQuery{Sight: all, Deleted: true}, "part=?"},
		{store.RecordingQuery{Sight: all, Kind: pbx.RecordedRoom}, "part=?"},
		{store.RecordingQuery{Sight: all, Held: true}, "part=?"},
		{store.RecordingQuery{Sight: all, Number: "+4930"}, "part=?"},
		{store.RecordingQuery{Sight: store.Scope{Users: []pbx.UserID{"usr_1", "usr_2"}}, Held: true}, "part=?"},
		{store.RecordingQuery{Sight: team, Call: "cal_1"}, "p EXISTS USING COVERING INDEX recording_parts_whose (tenant=? AND recording_id=?"},
	} {
		plan, err := tenant.PlanOfRecordings(t.Context(), c.q)
		if err != nil || !strings.Contains(plan, c.want) || strings.Contains(plan, "SCAN recordings") {
			t.Errorf("%+v: %v, want %s in\n%s", c.q, err, c.want, plan)
		}
	}
}
