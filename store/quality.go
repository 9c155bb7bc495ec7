package store

import (
	"context"
	"database/sql"
	"time"

	"tandem/pbx"
	"tandem/report"
)

const insertTrunkLeg = `INSERT INTO trunk_legs (tenant, call_id, place, trunk, out, started, rang, answered, ended, cause, packets, lost, jitter,
			far_packets, far_lost, far_jitter, rtt)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT (tenant, call_id, place) DO NOTHING`

// putTrunkLegs writes the legs of a call that went over trunks.
func (t *Tenant) putTrunkLegs(ctx context.Context, x tx, c *report.CDR) error {
	for i := range c.Legs {
		l := &c.Legs[i]
		if l.Trunk == "" || l.Started.IsZero() {
			continue
		}
		if _, err := x.exec(ctx, insertTrunkLeg, t.id, string(c.ID), int64(i), string(l.Trunk), flag(l.Out), ms(l.Started), ms(l.Rang), ms(l.Answered), ms(l.Ended),
			string(l.Cause), int64(l.Packets), int64(l.Lost), int64(l.Jitter), int64(l.FarPackets), int64(l.FarLost), int64(l.FarJitter), int64(l.RTT)); err != nil {
			return err
		}
	}
	return nil
}

// TrunkLegs lists what calls over a trunk were like since a moment, the oldest first.
func (t *Tenant) TrunkLegs(ctx context.Context, trunk pbx.TrunkID, since time.Time) ([]report.Leg, error) {
	var all []report.Leg
	err := t.db.view(ctx, "trunk legs", func(x tx) error {
		return x.each(ctx, `SELECT trunk, out, started, rang, answered, ended, cause, packets, lost, jitter, far_packets, far_lost, far_jitter, rtt FROM trunk_legs
			WHERE tenant = $1 AND trunk = $2 AND started >= $3 ORDER BY started, call_id, place`, []any{t.id, string(trunk), ms(since)}, func(s *sql.Rows) error {
			var l report.Leg
			var out, started, rang, answered, ended int64
			if err := s.Scan(&l.Trunk, &out, &started, &rang, &answered, &ended, &l.Cause, &l.Packets, &l.Lost, &l.Jitter, &l.FarPackets, &l.FarLost, &l.FarJitter, &l.RTT); err != nil {
				return err
			}
			l.Out, l.Started, l.Rang, l.Answered, l.Ended = out != 0, moment(started), moment(rang), moment(answered), moment(ended)
			all = append(all, l)
			return nil
		})
	})
	return all, err
}

// QualityAlerts lists what is wrong with lines.
func (t *Tenant) QualityAlerts(ctx context.Context) (map[pbx.TrunkID]report.Alert, error) {
	var all map[pbx.TrunkID]report.Alert
	err := t.db.view(ctx, "quality alerts", func(x tx) error {
		all = map[pbx.TrunkID]report.Alert{}
		return x.each(ctx, `SELECT trunk, since, body FROM trunk_alerts WHERE tenant = $1 ORDER BY trunk`, []any{t.id}, func(s *sql.Rows) error {
			var id, body string
			var since int64
			if err := s.Scan(&id, &since, &body); err != nil {
				return err
			}
			a := report.Alert{Since: moment(since)}
			err := decode(body, &a.Faults)
			all[pbx.TrunkID(id)] = a
			return err
		})
	})
	return all, err
}

// QualityAlert is an Also that writes what is wrong with a line now; an alert without a fault takes it away.
type QualityAlert struct {
	Trunk pbx.TrunkID
	report.Alert
}

func (a QualityAlert) write(ctx context.Context, t *Tenant, x tx) error {
	if len(a.Faults) == 0 {
		_, err := x.exec(ctx, `DELETE FROM trunk_alerts WHERE tenant = $1 AND trunk = $2`, t.id, string(a.Trunk))
		return err
	}
	body, err := encode(a.Faults)
	if err != nil {
		return err
	}
	_, err = x.exec(ctx, `INSERT INTO trunk_alerts (tenant, trunk, since, body) VALUES ($1, $2, $3, $4)
		ON CONFLICT (tenant, trunk) DO UPDATE SET since = excluded.since, body = excluded.body`, t.id, string(a.Trunk), ms(a.Since), body)
	return err
}
