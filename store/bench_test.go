package store_test

import (
	"fmt"
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
