package switchboard

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"tandem/event"
	"tandem/report"
)

// How the journal waits.
const (
	gatherTime = 50 * time.Millisecond // facts that come within it share a transaction; with the transaction it is all a crash can cost
	retryFirst = 100 * time.Millisecond
	retryMost  = 5 * time.Second
	batchMost  = 2000 // rows of one transaction
)

// entry is what one call has to store at one time; it is stored whole or not at all.
type entry struct {
	cdr   *report.CDR
	facts []event.Fact
	opens *opening // what waits until it is stored
}

// journal stores facts without letting a call wait. One goroutine collects, another writes; what cannot be written
// stays in memory, in order, and is tried again until it can. Nothing is dropped.
type journal struct {
	write   func(context.Context, []report.CDR, []event.Fact) error
	log     *slog.Logger
	most    int64
	backlog atomic.Int64 // rows not stored yet
	failing atomic.Bool
	in      chan entry
	hurry   chan struct{} // somebody waits for what is to be stored
	flush   chan struct{} // closed: store at once, then stop
	quit    chan struct{} // closed: give up
	done    chan struct{}
}

func newJournal(write func(context.Context, []report.CDR, []event.Fact) error, most int, log *slog.Logger) *journal {
	j := &journal{
		write: write, log: log, most: int64(most),
		in: make(chan entry, 64), hurry: make(chan struct{}, 1), flush: make(chan struct{}), quit: make(chan struct{}), done: make(chan struct{}),
	}
	go j.collect()
	return j
}

// refuses reports whether no new call should begin: the last write failed, or too much waits.
func (j *journal) refuses() bool { return j.failing.Load() || j.backlog.Load() >= j.most }

// put hands rows over. The collector never waits for the database, so this takes no longer than a switch of goroutines.
func (j *journal) put(e entry) {
	j.backlog.Add(e.rows())
	select {
	case j.in <- e:
	case <-j.done:
	}
}

// hasten stores what was put as soon as the writer is free, for an answer that waits. What comes meanwhile still shares a transaction.
func (j *journal) hasten() {
	select {
	case j.hurry <- struct{}{}:
	default:
	}
}

func (e *entry) rows() int64 {
	n := int64(len(e.facts))
	if e.cdr != nil {
		n++
	}
	return n
}

// collect holds what is not stored and hands it to the writer, a batch at a time.
func (j *journal) collect() {
	defer close(j.done)
	batches, stored := make(chan []entry), make(chan struct{})
	go j.writer(batches, stored)
	var pending []entry
	var gather <-chan time.Time
	busy, flushing, hurried := false, false, false
	flush := j.flush
	for {
		var out chan []entry
		var batch []entry
		if !busy && len(pending) > 0 && (gather == nil || flushing || hurried) {
			out, batch = batches, pending[:share(pending)]
		}
		if flushing && !busy && len(pending) == 0 && len(j.in) == 0 { // what was put before the flush may still be in the channel
			close(batches)
			return
		}
		select {
		case e := <-j.in:
			if len(pending) == 0 && gather == nil {
				gather = time.After(gatherTime)
			}
			pending = append(pending, e)
		case <-j.hurry:
			hurried = true
		case <-gather:
			gather = nil
		case out <- batch:
			busy, hurried, gather, pending = true, false, nil, append([]entry(nil), pending[len(batch):]...)
		case <-stored:
			busy = false
		case <-flush:
			flushing, flush = true, nil
		case <-j.quit:
			close(batches)
			return
		}
	}
}

// share is how many of the entries go into one transaction.
func share(pending []entry) int {
	rows := int64(0)
	for i := range pending {
		if rows += pending[i].rows(); rows > batchMost && i > 0 {
			return i
		}
	}
	return len(pending)
}

// writer stores one batch after the other, each until it succeeds. It says once that writing fails and once that it works again.
func (j *journal) writer(batches <-chan []entry, stored chan<- struct{}) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for batch := range batches {
		var cdrs []report.CDR
		var facts []event.Fact
		rows := int64(0)
		for _, e := range batch {
			rows += e.rows()
			facts = append(facts, e.facts...)
			if e.cdr != nil {
				cdrs = append(cdrs, *e.cdr)
			}
		}
		wait := retryFirst
		for {
			err := j.write(ctx, cdrs, facts)
			if err == nil {
				break
			}
			if !j.failing.Swap(true) {
				j.log.Error("call records cannot be stored; new calls are refused until they can", "error", err, "rows", j.backlog.Load())
			}
			select {
			case <-time.After(wait):
			case <-j.quit:
				return
			}
			wait = min(2*wait, retryMost)
		}
		if j.failing.Swap(false) {
			j.log.Info("call records are stored again", "rows", rows)
		}
		j.backlog.Add(-rows)
		for _, e := range batch {
			if e.opens != nil {
				e.opens.release()
			}
		}
		select {
		case stored <- struct{}{}:
		case <-j.quit:
			return
		}
	}
}

// stop stores what waits and ends the journal; when ctx is done first it gives up and says how much is lost.
func (j *journal) stop(ctx context.Context) error {
	close(j.flush)
	select {
	case <-j.done:
	case <-ctx.Done():
		close(j.quit)
		<-j.done
	}
	if n := j.backlog.Load(); n > 0 {
		return fmt.Errorf("%w: %d rows: %w", ErrUnwritten, n, ctx.Err())
	}
	return nil
}
