package store_test

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"tandem/store"
)

// From where accounts signed in is kept once for each network, with the latest moment, until it is too old (BAR SA-05).
func TestAcquaintances(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		home, road := netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/64")
		first := []store.Acquaintance{{Account: "bob", Network: home, At: day}, {Account: "bob", Network: road, At: day}, {Account: "eve", Network: home, At: day}}
		if err := x.KeepAcquaintances(t.Context(), first); err != nil {
			t.Fatal(err)
		}
		later := day.Add(48 * time.Hour)
		if err := x.KeepAcquaintances(t.Context(), []store.Acquaintance{{Account: "bob", Network: road, At: later}}); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			since time.Time
			want  []store.Acquaintance
		}{
			{day, []store.Acquaintance{first[0], {Account: "bob", Network: road, At: later}, first[2]}},
			{day.Add(time.Hour), []store.Acquaintance{{Account: "bob", Network: road, At: later}}},
			{day, []store.Acquaintance{{Account: "bob", Network: road, At: later}}},
		} {
			got, err := x.Acquaintances(t.Context(), tt.since)
			if err != nil || !slices.EqualFunc(got, tt.want, func(a, b store.Acquaintance) bool {
				return a.Account == b.Account && a.Network == b.Network && a.At.Equal(b.At)
			}) {
				t.Errorf("since %v: %v, %v, want %v", tt.since, got, err, tt.want)
			}
		}
	})
}
