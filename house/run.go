package house

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"tandem/store"
)

// How often the house looks after its own.
const (
	checkpointEvery = 5 * time.Minute // BAR AU-02
	tidyEvery       = time.Hour
	goodbye         = 8 * time.Second // for running calls, open requests and the journal, after SIGTERM
)

// Run serves until ctx ends or a door fails, and then closes the house in reverse order: no new calls, goodbye to running ones,
// records written, doors shut, database last.
func (h *House) Run(ctx context.Context) error {
	inner, stop := context.WithCancel(context.WithoutCancel(ctx))
	var rooms sync.WaitGroup
	failed := make(chan error, 1)
	rooms.Go(func() {
		if err := h.web.serve(); err != nil {
			failed <- err
		}
	})
	rooms.Go(func() { h.Mail.Run(inner) })
	rooms.Go(func() { h.follow(inner) })
	rooms.Go(func() { h.patrol(inner) })
	rooms.Go(func() { h.look(inner) })
	rooms.Go(func() { h.keeper.run(inner, h.SIP) })
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
		ctx, cancel := context.WithTimeout(context.Background(), goodbye)
		defer cancel()
		if h.Board != nil {
			err = errors.Join(err, h.Board.Drain(ctx))
		}
		if h.SIP != nil {
			h.SIP.Close(ctx)
			err = errors.Join(err, h.keeper.flush(ctx, h.SIP))
		}
		if h.web != nil {
			err = errors.Join(err, h.web.close(ctx))
		}
		for _, stop := range h.stops {
			stop()
		}
		if h.Media != nil {
			h.Media.Close()
		}
		err = errors.Join(err, h.checkpoint(ctx))
	})
	return err
}

// look writes checkpoints of the audit log and takes away what has expired, until ctx ends.
func (h *House) look(ctx context.Context) {
	checkpoint, tidy := time.NewTicker(checkpointEvery), time.NewTicker(tidyEvery)
	defer checkpoint.Stop()
	defer tidy.Stop()
	for {
		var what string
		var err error
		select {
		case <-ctx.Done():
			return
		case <-checkpoint.C:
			what, err = "checkpoint of the audit log", h.checkpoint(ctx)
		case at := <-tidy.C:
			what, err = "expired sessions and links", h.tidy(ctx, at)
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
	return errors.Join(err1, err2, err3)
}
