package store_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// Calls by a link are counted by the day, and what was counted goes with the link (PL-13).
func TestTalkUses(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		db := open(t, address)
		tenant := claim(t, db)
		now := day.Add(36 * time.Hour)
		for _, u := range []store.TalkUsed{{"tlk_1", 19, 1, 60, now.Add(-24 * time.Hour)}, {"tlk_1", 20, 0, 5, now}, {"tlk_1", 20, 2, 7, now.Add(time.Second)}, {"tlk_2", 20, 1, 1, now}} {
			if err := tenant.CountTalk(t.Context(), u); err != nil {
				t.Fatal(err)
			}
		}
		today, err := tenant.TalkUses(t.Context(), 20)
		if err != nil || today["tlk_1"] != (store.TalkUse{Calls: 2, Seconds: 12, Last: now.Add(time.Second)}) || today["tlk_2"].Calls != 1 {
			t.Errorf("%+v %v", today, err)
		}
		if all, err := tenant.TalkUses(t.Context(), 19); err != nil || all["tlk_1"].Seconds != 72 || all["tlk_1"].Calls != 3 {
			t.Errorf("%+v %v", all, err)
		}
		s, err := tenant.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		change := pbx.Change{Delete: []pbx.Ref{{Kind: pbx.KindTalkLink, ID: "tlk_1"}}}
		if _, err := tenant.Apply(t.Context(), s.Version, change, []event.Fact{fact(event.TalkLinkDeleted, pbx.KindTalkLink, "tlk_1")}); err != nil {
			t.Fatal(err)
		}
		if all, err := tenant.TalkUses(t.Context(), 19); err != nil || len(all) != 1 {
			t.Errorf("%+v %v", all, err)
		}
	})
}

// Validity of links, as either database gives them back, is what a model on whole milliseconds says: in whatever zone a moment was written, to the millisecond, and in
// nights in which clocks change (PL-04).
func TestTalkValidity(t *testing.T) {
	zones := []*time.Location{time.UTC, time.FixedZone("", 5*3600+45*60)}
	for _, name := range []string{"Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, zone)
	}
	var nights []int64
	for _, at := range []string{"2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z", "2026-04-04T15:00:00Z", "2011-12-30T10:00:00Z", "2038-01-19T03:14:07Z"} {
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		nights = append(nights, when.UnixMilli())
	}
	r := rand.New(rand.NewPCG(4, 2))
	type span struct{ from, until int64 } // 0: open
	model := map[pbx.TalkLinkID]span{}
	change := pbx.Change{}
	for i := range 400 {
		moment := func() int64 { return nights[r.IntN(len(nights))] + r.Int64N(4*3600_000) - 2*3600_000 }
		var m span
		if r.IntN(4) > 0 {
			m.from = moment()
		}
		if r.IntN(4) > 0 {
			for m.until = moment(); m.until <= m.from; m.until = moment() + m.from - nights[0] {
			}
		}
		l := &pbx.TalkLink{ID: pbx.TalkLinkID(fmt.Sprintf("tlk_%d", i)), Name: "L", Slug: fmt.Sprintf("validity-%d", i), To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_ada"}, Created: day}
		write := func(ms int64) time.Time {
			if ms == 0 {
				return time.Time{}
			}
			return time.UnixMilli(ms).In(zones[r.IntN(len(zones))])
		}
		l.From, l.Until = write(m.from), write(m.until)
		model[l.ID] = m
		change.Put = append(change.Put, l)
	}
	each(t, func(t *testing.T, address string) {
		tenant := claim(t, open(t, address))
		if _, err := tenant.Apply(t.Context(), 1, change, []event.Fact{fact(event.TalkLinkCreated, pbx.KindTalkLink, "tlk_0")}); err != nil {
			t.Fatal(err)
		}
		s, err := tenant.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		asked := 0
		for id, m := range model {
			l := s.TalkLinks[id]
			for _, base := range append([]int64{m.from, m.until}, nights...) {
				for _, off := range []int64{-3600_000, -1000, -1, 0, 1, 1000, 3600_000} {
					at := base + off
					when := time.UnixMilli(at).In(zones[asked%len(zones)])
					want := (m.from == 0 || at >= m.from) && (m.until == 0 || at < m.until)
					if asked++; s.Validity(l, when).Contains(when) != want {
						t.Fatalf("%s from %d until %d: at %d %v, want %v", id, m.from, m.until, at, !want, want)
					}
				}
			}
		}
		if asked < 10_000 {
			t.Errorf("asked %d times", asked)
		}
	})
}
