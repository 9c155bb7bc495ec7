package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// A link to a recording is found by the hash of its secret until its time is over, its tries are spent, it is taken back or the recording goes.
func TestShares(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		tenant, ctx := claim(t, open(t, address)), t.Context()
		at := time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
		write := func(k event.Kind, also store.Also) error {
			t.Helper()
			_, err := tenant.Write(ctx, []event.Fact{fact(k, pbx.KindRecording, "rec_1")}, also)
			return err
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		one := pbx.RecordingShare{ID: "shr_1", Recording: "rec_1", By: "usr_anna", For: "a lawyer", Created: at, Expires: at.Add(time.Hour), Tries: 2, Hash: "h1", Password: "p"}
		two := pbx.RecordingShare{ID: "shr_2", Recording: "rec_1", By: "usr_anna", For: "a judge", Created: at.Add(time.Second), Expires: at.Add(2 * time.Hour), Tries: 2, Hash: "h2"}
		must(write(event.RecordingShared, store.ShareMade{RecordingShare: one}))
		must(write(event.RecordingShared, store.ShareMade{RecordingShare: two}))
		must(write(event.RecordingHeard, store.ShareHeard{ID: "shr_1", At: at.Add(time.Minute)}))
		one.Heard, one.Last = 1, at.Add(time.Minute)
		if all, err := tenant.Shares(ctx, "rec_1", at); err != nil || cmp.Diff([]pbx.RecordingShare{two, one}, all) != "" {
			t.Errorf("%v, %s", err, cmp.Diff([]pbx.RecordingShare{two, one}, all))
		}
		found := func(hash string, at time.Time) bool {
			t.Helper()
			_, err := tenant.ShareByHash(ctx, hash, at)
			if e := (*pbx.Error)(nil); err != nil && (!errors.As(err, &e) || e.Code != pbx.NotFound) {
				t.Fatal(err)
			}
			return err == nil
		}
		if !found("h1", at) || found("h1", at.Add(time.Hour)) || found("h3", at) {
			t.Error("found by its time")
		}
		must(tenant.TryShare(ctx, "shr_1"))
		must(tenant.ProveShare(ctx, "shr_1"))
		must(tenant.TryShare(ctx, "shr_1"))
		must(tenant.TryShare(ctx, "shr_1"))
		if err := tenant.TryShare(ctx, "shr_1"); err == nil || found("h1", at) {
			t.Errorf("it is not closed: %v", err)
		}
		must(write(event.RecordingUnshared, store.ShareEnded{Recording: "rec_1", ID: "shr_1"}))
		if err := write(event.RecordingUnshared, store.ShareEnded{Recording: "rec_1", ID: "shr_1"}); err == nil {
			t.Error("taken back twice")
		}
		must(write(event.RecordingExpired, store.RecordingGone{ID: "rec_1"}))
		if found("h2", at) {
			t.Error("a link outlives its recording")
		}
		two.Recording = "rec_2"
		must(write(event.RecordingShared, store.ShareMade{RecordingShare: two}))
		must(tenant.DropShares(ctx, two.Expires))
		if found("h2", at) {
			t.Error("what is over is not forgotten")
		}
	})
}
