package house

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"tandem/policy"
	"tandem/store"
)

// N-8: a right that is used a thousand times a day is written once, nothing is lost when writing fails, and a new day counts
// anew.
func TestUsesAreWrittenOnceADay(t *testing.T) {
	var written []store.Use
	var fails error
	u := newUses(func(_ context.Context, batch []store.Use) error {
		if fails == nil {
			written = append(written, batch...)
		}
		return fails
	})
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	var crowd sync.WaitGroup
	for range 8 {
		crowd.Go(func() {
			for i := range 1000 {
				u.note("usr_bob", policy.CallListen, "grp_sales", noon.Add(time.Duration(i)*time.Second))
			}
		})
	}
	crowd.Wait()
	fails = errors.New("disk full")
	if err := u.flush(t.Context()); err == nil {
		t.Error("a failure is told")
	}
	fails = nil
	for range 2 {
		if err := u.flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	u.note("usr_bob", policy.CallListen, "gnt_1", noon)
	u.note("usr_bob", policy.CallListen, "grp_sales", noon.Add(24*time.Hour))
	if err := u.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	day := noon.Truncate(24 * time.Hour)
	want := []store.Use{
		{User: "usr_bob", Right: "call.listen", Via: "grp_sales", Begun: day, Last: day},
		{User: "usr_bob", Right: "call.listen", Via: "gnt_1", Begun: day, Last: day},
		{User: "usr_bob", Right: "call.listen", Via: "grp_sales", Begun: day.AddDate(0, 0, 1), Last: day.AddDate(0, 0, 1)},
	}
	if len(written) != len(want) {
		t.Fatalf("%+v", written)
	}
	for i := range want {
		if written[i] != want[i] {
			t.Errorf("%+v, want %+v", written[i], want[i])
		}
	}
}
