package house

import (
	"context"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// How what is old goes: so many rows at a time, and after each step calls have as long as the step took.
const (
	forgetAtOnce = 250
	forgetPause  = 5 * time.Millisecond
)

// retain forgets each hour what has been kept long enough, until ctx ends.
func (h *House) retain(ctx context.Context) {
	h.hourly(ctx, "forgetting what is old", func() error { return h.forget(ctx, time.Now()) })
}

// forget is one round: records of calls, their ways, and the audit log (BAR PR-05). Whatever breaks it off, the next round goes on.
func (h *House) forget(ctx context.Context, at time.Time) error {
	s := h.snapshot()
	_, traces, audit := s.Tenant.Keep.InDays()
	calls := store.CallsDrop{Due: store.DueOf(s, at)}
	ways := store.TracesDrop{Before: pbx.Due(at, traces), At: at}
	entries := store.EntriesDrop{Before: pbx.Due(at, audit), At: at}
	for _, step := range []func() (bool, error){
		func() (bool, error) { return h.Store.DropCalls(ctx, &calls, forgetAtOnce) },
		func() (bool, error) { return h.Store.DropTraces(ctx, &ways, forgetAtOnce) },
		func() (bool, error) { return h.Store.DropEntries(ctx, &entries, forgetAtOnce) },
	} {
		if err := untilDone(ctx, step); err != nil {
			return err
		}
	}
	if _, err := h.Store.DropVisits(ctx, func(l pbx.TalkLinkID) time.Time { return s.VisitDue(l, at) }); err != nil {
		return err
	}
	if err := h.DB.DropCopies(at.AddDate(0, 0, -pbx.CopiesKept)); err != nil {
		return err
	}
	if calls.Dropped+ways.Dropped+entries.Dropped == 0 {
		return nil
	}
	h.log.Info("what is old was forgotten", "calls", calls.Dropped, "ways", ways.Dropped, "entries", entries.Dropped)
	f := event.New(event.RetentionApplied, at, pbx.Actor{Kind: pbx.ActorSystem, Via: "system"}, pbx.Ref{Kind: pbx.KindSystem, ID: "retention"},
		event.Applied{Calls: calls.Dropped, Traces: ways.Dropped, Entries: entries.Dropped, Until: at.UTC()})
	stored, err := h.Store.Write(ctx, []event.Fact{f})
	if err != nil {
		return err
	}
	return h.publish(ctx, stored)
}

// untilDone takes a step again and again; in between, calls and people have their turn.
func untilDone(ctx context.Context, step func() (bool, error)) error {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-pause.C:
		}
		begun := time.Now()
		done, err := step()
		if done || err != nil {
			return err
		}
		pause.Reset(max(forgetPause, time.Since(begun)))
	}
}
