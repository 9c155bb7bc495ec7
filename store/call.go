package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/report"
)

// batch is what one caller of Append brings.
type batch struct {
	calls []report.CDR
	facts []event.Fact // as brought, then as stored
	err   error
	done  bool
}

// Append writes call records and facts in one transaction, and returns when they are on disk. A call.started opens the
// call, its record closes it; a record that is there already stays as it is, and facts of a call that are there already are
// given back as they are stored, so that nothing is ever double however often it is brought.
//
// Callers that come while another commits are committed together in the next transaction: under load one sync serves
// many calls, and a single call waits for nobody. ctx only says whether to begin; what has begun is finished, or given up
// after half a minute.
func (t *Tenant) Append(ctx context.Context, calls []report.CDR, facts []event.Fact) ([]event.Fact, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("store: append: %w", err)
	}
	b := &batch{calls: calls, facts: facts}
	t.mu.Lock()
	t.queue = append(t.queue, b)
	t.mu.Unlock()

	t.turn.Lock()
	defer t.turn.Unlock()
	if !b.done {
		t.mu.Lock()
		queue := t.queue
		t.queue = nil
		t.mu.Unlock()
		work, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		defer cancel()
		t.flush(work, queue)
	}
	return b.facts, b.err
}

// flush commits all batches together; if that fails, each alone, so that one bad record spoils no other.
func (t *Tenant) flush(ctx context.Context, queue []*batch) {
	if len(queue) > 1 {
		if err := t.commit(ctx, queue); err == nil {
			return
		}
	}
	for _, b := range queue {
		b.err = t.commit(ctx, []*batch{b})
		b.done = true
	}
}

func (t *Tenant) commit(ctx context.Context, queue []*batch) error {
	var calls []report.CDR
	var facts []event.Fact
	for _, b := range queue {
		calls, facts = append(calls, b.calls...), append(facts, b.facts...)
	}
	var stored []event.Fact
	err := t.db.change(ctx, "append", func(x tx) (err error) {
		stored, err = t.writeBatch(ctx, x, calls, facts)
		return err
	})
	t.remember(calls, facts, err)
	if err != nil {
		return err
	}
	for _, b := range queue {
		b.facts, stored, b.done = stored[:len(b.facts):len(b.facts)], stored[len(b.facts):], true
	}
	return nil
}

const (
	insertCall = `INSERT INTO calls (tenant, id, started, answered, ended, talk, cause, search, body)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (tenant, id) DO NOTHING`
	insertPart = "INSERT INTO call_parts (tenant, part, started, call_id) VALUES "
)

// putCalls writes records and closes their calls; r learns which of them were there already.
func (t *Tenant) putCalls(ctx context.Context, x tx, calls []report.CDR, r *repeats) error {
	for i := range calls {
		c := &calls[i]
		if _, err := x.exec(ctx, closeCall, t.id, clean(string(c.ID))); err != nil {
			return err
		}
		body, err := encode(c)
		if err != nil {
			return err
		}
		n, err := x.exec(ctx, insertCall,
			t.id, string(c.ID), ms(c.Started), ms(c.Answered), ms(c.Ended), c.Talk().Milliseconds(), string(c.Cause), searchText(c), body)
		if err != nil {
			return err
		}
		r.ended(clean(string(c.ID)), n > 0)
		if n == 0 {
			continue
		}
		if err := t.putTrunkLegs(ctx, x, c); err != nil {
			return err
		}
		if err := t.putStays(ctx, x, c); err != nil {
			return err
		}
		parts := Scope{Users: c.Users, Groups: c.Groups}.parts()
		if c.From.Link != "" { // a visitor's are found by link and visit as well; no scope reaches anybody by these
			parts = append(parts, string(c.From.Link))
			if c.From.Visit != "" {
				parts = append(parts, string(c.From.Visit))
			}
		}
		slices.Sort(parts)
		parts = slices.Compact(parts)
		for chunk := range slices.Chunk(parts, x.rows(4)) {
			var rows []any
			for _, p := range chunk {
				rows = append(rows, t.id, p, ms(c.Started), string(c.ID))
			}
			if _, err := x.exec(ctx, insertPart+tuples(len(chunk), 4), rows...); err != nil {
				return err
			}
		}
	}
	return nil
}

func searchText(c *report.CDR) string {
	words := []string{c.From.Name, c.From.Number, c.To.Name, c.To.Number, c.Dialled, c.Reference}
	for _, l := range c.Legs {
		words = append(words, l.Party.Name, l.Party.Number)
	}
	slices.Sort(words)
	return fold(strings.Join(slices.Compact(words), " "))
}

// Call reads one record; pbx.NotFound without one. Whether the asker may see it is decided by the caller.
func (t *Tenant) Call(ctx context.Context, id pbx.CallID) (report.CDR, error) {
	var c report.CDR
	err := t.db.view(ctx, "read call", func(x tx) error {
		var body string
		err := x.row(ctx, `SELECT body FROM calls WHERE tenant = $1 AND id = $2`, t.id, clean(string(id))).Scan(&body)
		if err != nil {
			return missing(err, "call.unknown")
		}
		return decode(body, &c)
	})
	return c, err
}

// Tally is how many calls began in a time, and how many of them nobody answered.
type Tally struct{ Calls, Missed int }

// Tally counts the calls that began from a moment on, as far as the sight reaches.
func (t *Tenant) Tally(ctx context.Context, sight Scope, from time.Time) (Tally, error) {
	var n Tally
	if sight.none() {
		return n, nil
	}
	all := (&CallQuery{Sight: sight, From: from}).owned()
	w := newWhere(all.table, t.id)
	all.during(w, all.table)
	all.filter(w)
	if all.people != nil {
		all.gather(w)
	}
	err := t.db.view(ctx, "count calls", func(x tx) error {
		return x.row(ctx, "SELECT COUNT(*), COALESCE(SUM(CASE WHEN answered = 0 THEN 1 ELSE 0 END), 0) FROM calls"+w.String(), w.args...).Scan(&n.Calls, &n.Missed)
	})
	return n, err
}
