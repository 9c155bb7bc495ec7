package store_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"tandem/pbx"
	"tandem/store"
)

// bound is a registration that lasts so many minutes of the day.
func bound(id pbx.BindingID, device pbx.DeviceID, minutes int) *store.Binding {
	return &store.Binding{
		Binding: pbx.Binding{ID: id, Device: device, Contact: "sip:ada@192.0.2.7:5062;line=1", Source: "192.0.2.7:5062", Transport: "udp", Agent: "Desk phone",
			Since: day, Expires: day.Add(time.Duration(minutes) * time.Minute)},
		Params: "q=0.5", Instance: `"<urn:uuid:1>";1`, CallID: "c1", Seq: 1<<32 - 1, Local: "192.0.2.1:5060", Proof: "p"}
}

func bindings(t *testing.T, x *store.Tenant) []*store.Binding {
	t.Helper()
	list, err := x.Bindings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(list, func(a, b *store.Binding) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// What is kept comes back as it was, a refresh replaces it, what is gone goes, and the same batch again changes nothing (BAR CR-07).
func TestBindings(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		db := open(t, address)
		x, other := db.Tenant("main"), db.Tenant("other")
		one, two := bound("bnd_1", "dev_1", 5), bound("bnd_2", "dev_2", 60)
		two.Agent, two.Instance, two.Params = "a\x00b\xff", "", ""
		keep := func(kept []*store.Binding, gone ...pbx.BindingID) {
			t.Helper()
			for range 2 {
				if err := x.KeepBindings(t.Context(), kept, gone); err != nil {
					t.Fatal(err)
				}
			}
		}
		want := func(list ...*store.Binding) {
			t.Helper()
			if d := gocmp.Diff(list, bindings(t, x)); d != "" {
				t.Errorf("-kept +read:\n%s", d)
			}
		}
		keep(nil)
		want()
		keep([]*store.Binding{one, two})
		two.Agent = "a\uFFFDb\uFFFD"
		want(one, two)
		later := *one
		later.Seq, later.CallID, later.Expires, later.Source = 7, "c2", day.Add(time.Hour), "192.0.2.8:5062"
		keep([]*store.Binding{&later}, "bnd_2", "bnd_none")
		want(&later)
		if err := other.KeepBindings(t.Context(), nil, []pbx.BindingID{"bnd_1"}); err != nil {
			t.Fatal(err)
		}
		want(&later)
		keep([]*store.Binding{two})
		for _, step := range []struct{ minute, gone int64 }{{59, 0}, {60, 2}, {60, 0}} {
			if n, err := x.ExpireBindings(t.Context(), day.Add(time.Duration(step.minute)*time.Minute)); err != nil || n != step.gone {
				t.Errorf("%d are over at minute %d, %v", n, step.minute, err)
			}
		}
		want()
	})
}

// BenchmarkKeepBindings is one second of a busy registrar: a thousand refreshes in one transaction.
func BenchmarkKeepBindings(b *testing.B) {
	eachB(b, func(b *testing.B, db *store.DB) {
		x := db.Tenant("main")
		var list []*store.Binding
		for i := range 1000 {
			list = append(list, bound(pbx.BindingID(fmt.Sprint("bnd_", i)), pbx.DeviceID(fmt.Sprint("dev_", i)), 5))
		}
		b.ReportAllocs()
		for b.Loop() {
			if err := x.KeepBindings(b.Context(), list, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
