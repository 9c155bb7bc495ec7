package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/report"
	"tandem/store"
)

func eachB(b *testing.B, f func(b *testing.B, db *store.DB)) {
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(kind, func(b *testing.B) { f(b, open(b, newAddress(b, kind))) })
	}
}

// crowd is a change that fills an office with people who have a phone each.
func crowd(people int) pbx.Change {
	c := pbx.Change{Put: []pbx.Noun{&pbx.Group{ID: "grp_0", Name: "Default", Default: true, Created: day}}}
	for i := range people {
		n := fmt.Sprintf("%05d", i)
		c.Put = append(c.Put,
			&pbx.User{ID: pbx.UserID("usr_" + n), Name: "Person " + n, Email: "p" + n + "@acme.example", Extension: fmt.Sprint(20000 + i), Created: day},
			&pbx.Membership{ID: pbx.MembershipID("mem_" + n), User: pbx.UserID("usr_" + n), Group: "grp_0", Role: "user", From: day},
			&pbx.Device{ID: pbx.DeviceID("dev_" + n), User: pbx.UserID("usr_" + n), Name: "Desk", Kind: pbx.DeviceDesk, Username: "d" + n, MD5: "m", SHA256: "s", Created: day})
	}
	return c
}

func BenchmarkLoad10000(b *testing.B) {
	eachB(b, func(b *testing.B, db *store.DB) {
		x := db.Tenant("main")
		start := time.Now()
		if _, err := x.Apply(b.Context(), 0, crowd(10000), []event.Fact{fact(event.SetupClaimed, pbx.KindSystem, "main")}); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(time.Since(start).Milliseconds()), "ms/import")
		b.ReportAllocs()
		for b.Loop() {
			if s, err := x.Load(b.Context()); err != nil || len(s.Users) != 10000 {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkAppend is one call: its record and six facts, on disk.
func BenchmarkAppend(b *testing.B) {
	for _, at := range []int{1, 64} {
		b.Run(fmt.Sprint(at, " at once"), func(b *testing.B) {
			eachB(b, func(b *testing.B, db *store.DB) {
				x := db.Tenant("main")
				var n atomic.Int64
				b.ReportAllocs()
				b.SetParallelism(max(1, at/2))
				work := func() {
					i := int(n.Add(1))
					c := record(i, i, time.Minute, ada, bob)
					facts := make([]event.Fact, 6)
					for j := range facts {
						facts[j] = event.New(event.CallEnded, day, admin, pbx.Ref{Kind: pbx.KindCall, ID: string(c.ID)}, event.Ended{Cause: pbx.CauseHangup})
					}
					if _, err := x.Append(b.Context(), []report.CDR{c}, facts); err != nil {
						b.Fatal(err)
					}
				}
				if at == 1 {
					for b.Loop() {
						work()
					}
					return
				}
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						work()
					}
				})
			})
		})
	}
}

func BenchmarkSession(b *testing.B) {
	eachB(b, func(b *testing.B, db *store.DB) {
		x := db.Tenant("main")
		if _, err := x.CreateSession(b.Context(), session("a", "usr_ada", 0)); err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := x.SessionByHash(b.Context(), "hash of a", day); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkCalls reads pages of a log of 100,000 calls between 2,000 people, of which ten make a third.
func BenchmarkCalls(b *testing.B) {
	eachB(b, func(b *testing.B, db *store.DB) {
		x := db.Tenant("main")
		fillCalls(b, x, 100_000)
		if err := db.Analyze(b.Context()); err != nil {
			b.Fatal(err)
		}
		users := func(from, to int) store.Scope {
			var s store.Scope
			for i := from; i < to; i++ {
				s.Users = append(s.Users, pbx.UserID(fmt.Sprintf("usr_%04d", i)))
			}
			return s
		}
		all := store.Scope{All: true}
		for _, q := range []struct {
			name string
			q    store.CallQuery
		}{
			{"everything", store.CallQuery{Sight: all}},
			{"everything counted", store.CallQuery{Sight: all, Count: true}},
			{"longest", store.CallQuery{Sight: all, Sort: "-duration"}},
			{"missed", store.CallQuery{Sight: all, Result: "missed"}},
			{"own", store.CallQuery{Sight: users(1000, 1001), Count: true}},
			{"own of a busy person", store.CallQuery{Sight: users(3, 4), Count: true}},
			{"team of 20", store.CallQuery{Sight: users(500, 520), Count: true}},
			{"team of 20 longest", store.CallQuery{Sight: users(500, 520), Sort: "-duration"}},
			{"busy team", store.CallQuery{Sight: users(0, 10), Count: true}},
			{"half of the company", store.CallQuery{Sight: users(0, 1000), Count: true}},
			{"text that is often", store.CallQuery{Sight: all, Text: "person 7"}},
			{"text that is nowhere", store.CallQuery{Sight: all, Text: "nobody"}},
			{"a week", store.CallQuery{Sight: all, From: day, Until: day.AddDate(0, 0, 7)}},
		} {
			b.Run(q.name, func(b *testing.B) {
				var times []time.Duration
				for b.Loop() {
					start := time.Now()
					if _, err := x.Calls(b.Context(), q.q); err != nil {
						b.Fatal(err)
					}
					times = append(times, time.Since(start))
				}
				slices.Sort(times)
				b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "ms/p50")
				b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "ms/p99")
			})
		}
	})
}

func fillCalls(b *testing.B, x *store.Tenant, n int) {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	person := func() pbx.Party {
		i := r.IntN(2000)
		if r.IntN(3) == 0 {
			i = r.IntN(10)
		}
		return pbx.Party{User: pbx.UserID(fmt.Sprintf("usr_%04d", i)), Name: fmt.Sprint("Person ", i), Number: fmt.Sprint(20000 + i)}
	}
	for i := 0; i < n; i += 1000 {
		var list []report.CDR
		for j := range 1000 {
			c := record(i+j, (i+j)*5, time.Duration(r.IntN(3)*r.IntN(600))*time.Second, person(), person())
			c.ID = pbx.CallID(fmt.Sprintf("cal_%08d", i+j))
			list = append(list, c)
		}
		if _, err := x.Append(b.Context(), list, nil); err != nil {
			b.Fatal(err)
		}
	}
}
