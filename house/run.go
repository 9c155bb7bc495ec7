package house

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"tandem/pbx"
	"tandem/store"
)

// How often the house looks after its own.
const (
	checkpointEvery = 5 * time.Minute // BAR AU-02
	tidyEvery       = time.Hour
	soonAfter       = 2 * time.Minute // the start, so that calls which came meanwhile go first

	// After SIGTERM every room has a time of its own, so that one that waits for somebody outside leaves enough for those after it.
	writing = 8 * time.Second // calls end and their records are written
	parting = 2 * time.Second // phones answer the goodbye, requests are finished; whoever is gone by now is not waited for longer
)

// Run serves until ctx ends or a door fails, and then closes the house in reverse order: no new calls, goodbye to running ones,
// records written, doors shut, database last.
func (h *House) Run(ctx context.Context) error {
	inner, stop := context.WithCancel(context.WithoutCancel(ctx))
	var rooms sync.WaitGroup
	failed := make(chan error, 2)
	rooms.Go(func() {
		if err := h.web.serve(); err != nil {
			failed <- err
		}
	})
	rooms.Go(func() {
		if err := h.meters.serve(); err != nil {
			failed <- err
		}
	})
	rooms.Go(func() { h.Mail.Run(inner) })
	rooms.Go(func() { h.informOfCalls(inner) })
	rooms.Go(func() { h.tellViolations(inner) })
	rooms.Go(func() { h.Push.Run(inner) })
	rooms.Go(func() { h.follow(inner) })
	rooms.Go(func() { h.sealAnew(inner) })
	rooms.Go(func() { h.listen(inner) })
	rooms.Go(func() { h.patrol(inner) })
	rooms.Go(func() { h.watchClock(inner) })
	rooms.Go(func() { h.byTheClock(inner) })
	rooms.Go(func() { h.look(inner) })
	rooms.Go(func() { h.feeds.run(inner) })
	rooms.Go(func() { h.keeper.run(inner, h.SIP) })
	rooms.Go(func() { h.refusals.run(inner) })
	rooms.Go(func() { h.writeLines(inner) })
	rooms.Go(func() { h.watchQuality(inner) })
	rooms.Go(func() { h.watchDown(inner) })
	rooms.Go(func() { h.settleRecordings(inner) })
	rooms.Go(func() { h.markRecordings(inner) })
	rooms.Go(func() { h.textCalls(inner) })
	rooms.Go(func() { h.erasePeople(inner) })
	rooms.Go(func() { h.retain(inner) })
	rooms.Go(func() { h.tidyUp(inner) })
	rooms.Go(func() { h.tellMarks(inner) })
	rooms.Go(func() { h.tellAlarms(inner) })
	rooms.Go(func() { h.wakePeople(inner) })
	rooms.Go(func() { h.countTalk(inner) })
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	err = errors.Join(err, h.shut())
	stop()
	rooms.Wait()
	return errors.Join(err, h.Memory.Close())
}

// Close ends a house that was not run.
func (h *House) Close() error { return errors.Join(h.shut(), h.Memory.Close()) }

// shut ends everything but the database, which is closed last.
func (h *House) shut() (err error) {
	h.closing.Do(func() {
		room := func(limit time.Duration, end func(context.Context) error) {
			ctx, cancel := context.WithTimeout(context.Background(), limit)
			defer cancel()
			err = errors.Join(err, end(ctx))
		}
		h.probes.end()
		if h.Board != nil {
			room(writing, h.Board.Drain)
		}
		if h.SIP != nil {
			room(parting, func(ctx context.Context) error { h.SIP.Close(ctx); return nil })
			room(writing, func(ctx context.Context) error { return h.keeper.flush(ctx, h.SIP) })
		}
		if h.web != nil {
			room(parting, h.web.close)
		}
		err = errors.Join(err, h.meters.close())
		for _, stop := range h.stops {
			stop()
		}
		if h.Media != nil {
			h.Media.Close()
		}
		if h.Blobs != nil {
			err = errors.Join(err, h.Blobs.Close())
		}
		room(writing, h.uses.flush)
		room(writing, h.checkpoint)
	})
	return err
}

// tidyUp takes away what has expired, until ctx ends.
func (h *House) tidyUp(ctx context.Context) {
	h.hourly(ctx, "taking away what has expired", func() error { return h.tidy(ctx, time.Now()) })
}

// look writes checkpoints of the audit log and what rights were used, until ctx ends.
func (h *House) look(ctx context.Context) {
	checkpoint, use := time.NewTicker(checkpointEvery), time.NewTicker(useEvery)
	defer use.Stop()
	defer checkpoint.Stop()
	for {
		var what string
		var err error
		select {
		case <-ctx.Done():
			return
		case <-checkpoint.C:
			what, err = "checkpoint of the audit log", h.checkpoint(ctx)
		case <-use.C:
			what, err = "uses of rights, and reviews", errors.Join(h.uses.flush(ctx), h.remind(ctx, time.Now()))
		}
		if err != nil && ctx.Err() == nil {
			h.log.Error(what, "error", err)
		}
	}
}

// Checkpoints is the file outside the database that holds the ends of the audit log as they were.
func (c Config) Checkpoints() string { return filepath.Join(c.Data, "checkpoints.log") }

func (h *House) checkpoint(ctx context.Context) error {
	head, err := h.Store.Head(ctx, time.Now())
	if err != nil {
		return err
	}
	return store.AddCheckpoint(h.Config.Checkpoints(), head)
}

func (h *House) tidy(ctx context.Context, at time.Time) error {
	_, err1 := h.Store.ExpireSessions(ctx, at)
	_, err2 := h.Store.ExpireLinks(ctx, at)
	_, err3 := h.Store.DropPhotos(ctx, at.Add(-24*time.Hour))
	_, err4 := h.Store.DropUses(ctx)
	err5 := h.Store.DropSpent(ctx, at.Add(-remembered))
	return errors.Join(err1, err2, err3, err4, err5, h.Store.DropBlocks(ctx, at), h.Store.DropCallbacks(ctx, at.AddDate(0, 0, -pbx.CallbacksKept)), h.Store.DropPushes(ctx, at), h.Store.DropShares(ctx, at), h.Store.DropNotices(ctx, at.AddDate(0, 0, -pbx.NoticesKept)), h.sweepPrompts(ctx, at), h.expireMessages(ctx, at), h.dropMessages(ctx, at), h.expireRecordings(ctx, at))
}
