package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/report"
)

const (
	openCall  = `INSERT INTO open_calls (tenant, id, started) VALUES ($1, $2, $3) ON CONFLICT (tenant, id) DO NOTHING`
	closeCall = `DELETE FROM open_calls WHERE tenant = $1 AND id = $2`
)

// openCalls notes the calls that begin with these facts; r learns which of them were open already.
func (t *Tenant) openCalls(ctx context.Context, x tx, facts []event.Fact, r *repeats) error {
	for _, f := range facts {
		if f.Kind != event.CallStarted {
			continue
		}
		n, err := x.exec(ctx, openCall, t.id, clean(f.Object.ID), ms(f.At))
		if err != nil {
			return err
		}
		r.began(clean(f.Object.ID), n > 0)
	}
	return nil
}

// Interrupted closes the calls that a crash or a kill cut off, each with one record of cause interrupted, in one
// transaction (BAR CR-01): running it again, or in two processes at once, closes none twice. It is called once at start,
// before calls are taken; beside a running server it would end the server's calls on paper.
//
// A call ends at the last moment when the system is known to have been alive: that of the last fact in the log.
func (t *Tenant) Interrupted(ctx context.Context, at time.Time) ([]report.CDR, []event.Fact, error) {
	var calls []report.CDR
	var stored []event.Fact
	err := t.db.change(ctx, "close interrupted calls", func(x tx) error {
		calls, stored = nil, nil
		alive, err := t.lastAlive(ctx, x, at)
		if err != nil {
			return err
		}
		ids, err := t.openIDs(ctx, x)
		if err != nil || len(ids) == 0 {
			return err
		}
		var facts []event.Fact
		for _, id := range ids {
			known, err := t.factsOf(ctx, x, pbx.Ref{Kind: pbx.KindCall, ID: id})
			if err != nil {
				return err
			}
			end := event.New(event.CallEnded, alive, pbx.Actor{Kind: pbx.ActorSystem, Via: "system"}, pbx.Ref{Kind: pbx.KindCall, ID: id},
				event.Ended{Cause: pbx.CauseInterrupted, Reason: i18n.T("cause.interrupted")})
			if len(known) > 0 {
				end.Revision = known[0].Revision
			}
			c := report.Record(append(known, end))
			c.ID = pbx.CallID(id)
			calls, facts = append(calls, c), append(facts, end)
		}
		if err := t.putCalls(ctx, x, calls, newRepeats(nil)); err != nil {
			return err
		}
		if stored, err = t.append(ctx, x, facts); err != nil {
			return err
		}
		return t.textLate(ctx, x, calls)
	})
	if err != nil {
		return nil, nil, err
	}
	return calls, stored, nil
}

// openIDs lists the open calls, and takes the tenant's row first, so that two sweeps do not see the same ones.
func (t *Tenant) openIDs(ctx context.Context, x tx) ([]string, error) {
	if _, err := x.exec(ctx, `UPDATE tenants SET seq = seq WHERE id = $1`, t.id); err != nil {
		return nil, err
	}
	var ids []string
	err := x.each(ctx, `SELECT id FROM open_calls WHERE tenant = $1 ORDER BY started, id`, []any{t.id}, func(s *sql.Rows) error {
		var id string
		err := s.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

func (t *Tenant) lastAlive(ctx context.Context, x tx, at time.Time) (time.Time, error) {
	var last int64
	err := x.row(ctx, `SELECT at FROM facts WHERE tenant = $1 ORDER BY seq DESC LIMIT 1`, t.id).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return at, nil
	}
	if m := moment(last); m.Before(at) {
		return m, err
	}
	return at, err
}

// factsOf reads everything that happened to one thing, in order.
func (t *Tenant) factsOf(ctx context.Context, x tx, r pbx.Ref) ([]event.Fact, error) {
	var list []event.Fact
	err := x.each(ctx, "SELECT "+factColumns+" FROM facts WHERE tenant = $1 AND object_kind = $2 AND object_id = $3 ORDER BY seq",
		[]any{t.id, string(r.Kind), r.ID}, func(s *sql.Rows) error { return scanFact(s.Scan, &list) })
	return list, err
}
