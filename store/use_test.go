package store_test

import (
	"context"
	"testing"
	"time"

	"tandem/pbx"
	"tandem/store"
)

// N-8: of the use of a right the first and the last day are kept, for each thing it is held through, until the person goes.
func TestUses(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		ctx := context.Background()
		tenant := open(t, address).Tenant("main")
		furnish(t, open(t, address))
		noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
		use := func(user pbx.UserID, right, via string, days int) store.Use {
			at := noon.AddDate(0, 0, days)
			return store.Use{User: user, Right: right, Via: via, Begun: at, Last: at}
		}
		for _, batch := range [][]store.Use{
			{use("usr_bob", "call.listen", "grp_sales", 0), use("usr_bob", "call.listen", "grp_sales", 1), use("usr_bob", "call.listen", "gnt_1", 0)},
			{use("usr_bob", "call.listen", "grp_sales", 5), use("usr_gone", "call.see", "", 5)},
			{use("usr_bob", "call.listen", "grp_sales", 3)}, // late: written after a restart
		} {
			if err := tenant.KeepUses(ctx, batch); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := tenant.DropUses(ctx); n != 1 || err != nil {
			t.Errorf("dropped %d, %v", n, err)
		}
		all, err := tenant.Uses(ctx)
		if err != nil || len(all) != 2 {
			t.Fatalf("%v, %v", all, err)
		}
		for _, u := range all {
			want := [2]time.Time{noon.Truncate(24 * time.Hour), noon.Truncate(24 * time.Hour)}
			if u.Via == "grp_sales" {
				want[1] = want[1].AddDate(0, 0, 5)
			}
			if !u.Begun.Equal(want[0]) || !u.Last.Equal(want[1]) {
				t.Errorf("%+v, want %v", u, want)
			}
		}
	})
}
