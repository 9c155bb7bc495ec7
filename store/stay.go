package store

import (
	"context"
	"database/sql"
	"time"

	"tandem/pbx"
	"tandem/report"
)

const insertStay = `INSERT INTO stays (tenant, call_id, place, queue, agent, joined, left_at, served, how, late)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (tenant, call_id, place) DO NOTHING`

// putStays writes the times that a call spent in queues.
func (t *Tenant) putStays(ctx context.Context, x tx, c *report.CDR) error {
	for i := range c.Stays {
		s := &c.Stays[i]
		if _, err := x.exec(ctx, insertStay, t.id, string(c.ID), int64(i), string(s.Queue), string(s.Agent.User), ms(s.Joined), ms(s.Left), ms(s.Served),
			string(s.How), flag(s.Late)); err != nil {
			return err
		}
	}
	return nil
}

// Stays lists what became of the calls that came to a queue since a moment, the oldest first.
func (t *Tenant) Stays(ctx context.Context, q pbx.QueueID, since time.Time) ([]report.Stay, error) {
	var all []report.Stay
	err := t.db.view(ctx, "stays", func(x tx) error {
		return x.each(ctx, `SELECT queue, agent, joined, left_at, served, how, late FROM stays
			WHERE tenant = $1 AND queue = $2 AND joined >= $3 ORDER BY joined, call_id, place`, []any{t.id, string(q), ms(since)}, func(s *sql.Rows) error {
			var r report.Stay
			var joined, left, served, late int64
			if err := s.Scan(&r.Queue, &r.Agent.User, &joined, &left, &served, &r.How, &late); err != nil {
				return err
			}
			r.Joined, r.Left, r.Served, r.Late = moment(joined), moment(left), moment(served), late != 0
			all = append(all, r)
			return nil
		})
	})
	return all, err
}
