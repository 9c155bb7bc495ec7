package house

import (
	"context"
	"time"
)

// Under which names and numbers calls are found is written a while after they began: nobody waits for it who calls, and the newest are read one by one.
const (
	textEvery  = time.Minute
	textAfter  = 10 * time.Minute
	textAtOnce = 250
)

// textCalls writes under what calls are found, until ctx ends: first those that older versions left.
func (h *House) textCalls(ctx context.Context) {
	const what = "calls are found by names and numbers only slowly"
	round := func() error {
		until := time.Now().Add(-textAfter)
		return untilDone(ctx, func() (bool, error) { return h.Store.TextCalls(ctx, until, textAtOnce) })
	}
	if err := round(); err != nil && ctx.Err() == nil {
		h.log.Error(what, "error", err)
	}
	h.every(ctx, textEvery, what, round)
}
