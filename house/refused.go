package house

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"tandem/sip"
)

// refusalsMost is how many refused sign-ins wait to be written down. A flood fills it in a moment, and then what matters is known already.
const refusalsMost = 256

// refusals hands what the SIP side refused to whoever keeps the log (BAR SA-15). The SIP side does not wait: the line for filters it has
// written itself, and the entry in the audit log is written here, sparingly, by one goroutine.
type refusals struct {
	note  func(context.Context, sip.AuthFailure)
	log   *slog.Logger
	queue chan sip.AuthFailure
	lost  atomic.Int64 // did not fit since it was last said
}

func newRefusals(log *slog.Logger, note func(context.Context, sip.AuthFailure)) *refusals {
	return &refusals{note: note, log: log, queue: make(chan sip.AuthFailure, refusalsMost)}
}

// put takes a failure over, or only counts it when too many wait. It never waits.
func (r *refusals) put(f sip.AuthFailure) {
	select {
	case r.queue <- f:
	default:
		r.lost.Add(1)
	}
}

// run writes failures down until ctx ends, and then, for a moment, what is still there.
func (r *refusals) run(ctx context.Context) {
	for {
		select {
		case f := <-r.queue:
			r.write(ctx, f)
		case <-ctx.Done():
			r.rest(context.WithoutCancel(ctx))
			return
		}
	}
}

func (r *refusals) rest(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	for ctx.Err() == nil {
		select {
		case f := <-r.queue:
			r.write(ctx, f)
		default:
			return
		}
	}
}

func (r *refusals) write(ctx context.Context, f sip.AuthFailure) {
	if !f.Blocked.IsZero() {
		r.log.WarnContext(ctx, "address_blocked", "ip", f.Source.Addr().Unmap().String(), "proto", f.Transport, "until", f.Blocked.UTC().Format(time.RFC3339))
	}
	r.note(ctx, f)
	if n := r.lost.Swap(0); n > 0 {
		r.log.WarnContext(ctx, "refused phones came faster than they could be written down", "missing", n)
	}
}

// phoneRefused makes the entry for the people who look after the office.
func (h *House) phoneRefused(ctx context.Context, f sip.AuthFailure) {
	if f.Block != nil {
		h.blocked(ctx, f)
	}
	if f.Siege > 0 {
		h.besieged(ctx, f)
	}
	h.Auth.PhoneRefused(ctx, f.Device, f.Source.Addr().Unmap().String(), f.Reason)
}
