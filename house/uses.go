package house

import (
	"context"
	"sync"
	"time"

	"tandem/pbx"
	"tandem/policy"
	"tandem/store"
)

// useEvery is how often the uses of rights are written; a crash costs no more than this.
const useEvery = time.Minute

// uses gathers who made use of which right (N-8). A decision costs one look into a map; what is known of the day already is
// not written again.
type uses struct {
	keep func(context.Context, []store.Use) error

	mu    sync.Mutex
	today time.Time
	known map[useKey]bool
	fresh []store.Use
}

type useKey struct {
	user  pbx.UserID
	right policy.Right
	via   string
}

func newUses(keep func(context.Context, []store.Use) error) *uses {
	return &uses{keep: keep, known: map[useKey]bool{}}
}

// note is called at the doors, by many at the same time.
func (u *uses) note(who pbx.UserID, right policy.Right, via string, at time.Time) {
	day, k := at.UTC().Truncate(24*time.Hour), useKey{who, right, via}
	u.mu.Lock()
	defer u.mu.Unlock()
	if day.After(u.today) {
		u.today = day
		clear(u.known)
	}
	if u.known[k] {
		return
	}
	u.known[k] = true
	u.fresh = append(u.fresh, store.Use{User: who, Right: right.String(), Via: via, Begun: day, Last: day})
}

// flush writes what has come in; what could not be written is kept for the next time.
func (u *uses) flush(ctx context.Context) error {
	u.mu.Lock()
	batch := u.fresh
	u.fresh = nil
	u.mu.Unlock()
	err := u.keep(ctx, batch)
	if err != nil {
		u.mu.Lock()
		u.fresh = append(batch, u.fresh...)
		u.mu.Unlock()
	}
	return err
}
