package store

import (
	"context"
	"database/sql"
	"time"

	"tandem/event"
	"tandem/pbx"
)

func callbackRows() rows[pbx.Callback] {
	return rows[pbx.Callback]{
		table:   "callbacks",
		columns: []string{"id", "queue", "asked", "ended", "body"},
		values: func(c *pbx.Callback) ([]any, error) {
			kept := *c
			kept.From.Name = clean(c.From.Name)
			body, err := encode(kept)
			return []any{string(c.ID), string(c.Queue), ms(c.Asked), ms(c.Ended), body}, err
		},
		scan: func(read scan) (*pbx.Callback, error) {
			var c pbx.Callback
			var id, queue, body string
			var asked, ended int64
			if err := read(&id, &queue, &asked, &ended, &body); err != nil {
				return nil, err
			}
			return &c, decode(body, &c)
		},
	}
}

// KeepCallback writes a place that is kept for a call back, new or changed, and the fact that tells it.
func (t *Tenant) KeepCallback(ctx context.Context, c pbx.Callback, f event.Fact) ([]event.Fact, error) {
	var stored []event.Fact
	err := t.db.change(ctx, "keep callback", func(x tx) error {
		if err := put(ctx, x, t.id, callbackRows(), []*pbx.Callback{&c}); err != nil {
			return err
		}
		var err error
		stored, err = t.append(ctx, x, []event.Fact{f})
		return err
	})
	return stored, err
}

const callbackColumns = "SELECT id, queue, asked, ended, body FROM callbacks WHERE tenant = $1 AND queue = $2"

// Callbacks reads the places of a queue that are kept, the oldest first.
func (t *Tenant) Callbacks(ctx context.Context, q pbx.QueueID) ([]pbx.Callback, error) {
	return t.callbacks(ctx, callbackColumns+" AND ended = 0 ORDER BY asked, id", t.id, string(q))
}

// CallbacksSince reads the places of a queue that were asked for since a moment, the newest first, at most so many.
func (t *Tenant) CallbacksSince(ctx context.Context, q pbx.QueueID, since time.Time, most int) ([]pbx.Callback, error) {
	return t.callbacks(ctx, callbackColumns+" AND (ended = 0 OR asked >= $3) ORDER BY asked DESC, id LIMIT $4", t.id, string(q), ms(since), most)
}

func (t *Tenant) callbacks(ctx context.Context, query string, args ...any) ([]pbx.Callback, error) {
	list := []pbx.Callback{}
	r := callbackRows()
	err := t.db.view(ctx, "read callbacks", func(x tx) error {
		list = list[:0]
		return x.each(ctx, query, args, func(s *sql.Rows) error {
			c, err := r.scan(s.Scan)
			if err == nil {
				list = append(list, *c)
			}
			return err
		})
	})
	return list, err
}

// DropCallbacks forgets what became of calls back that ended before a moment.
func (t *Tenant) DropCallbacks(ctx context.Context, before time.Time) error {
	return t.db.change(ctx, "drop callbacks", func(x tx) error {
		_, err := x.exec(ctx, "DELETE FROM callbacks WHERE tenant = $1 AND ended > 0 AND ended <= $2", t.id, ms(before))
		return err
	})
}
