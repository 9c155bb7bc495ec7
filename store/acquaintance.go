package store

import (
	"context"
	"database/sql"
	"net/netip"
	"time"
)

// Acquaintance is a network that the account of a phone signed in from, and when it last did (BAR SA-05).
type Acquaintance struct {
	Account string
	Network netip.Prefix
	At      time.Time
}

// KeepAcquaintances writes down from where accounts signed in. Like registrations they are no configuration and no history, so there is no fact.
func (t *Tenant) KeepAcquaintances(ctx context.Context, list []Acquaintance) error {
	if len(list) == 0 {
		return nil
	}
	return t.db.change(ctx, "keep acquaintances", func(x tx) error {
		for _, a := range list {
			if _, err := x.exec(ctx, `INSERT INTO acquaintances (tenant, account, network, at) VALUES ($1, $2, $3, $4)
				ON CONFLICT (tenant, account, network) DO UPDATE SET at = excluded.at`, t.id, a.Account, a.Network.String(), ms(a.At)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Acquaintances reads those that are newer than a moment, and forgets the others.
func (t *Tenant) Acquaintances(ctx context.Context, since time.Time) (list []Acquaintance, err error) {
	err = t.db.change(ctx, "read acquaintances", func(x tx) error {
		list = nil
		if _, err := x.exec(ctx, `DELETE FROM acquaintances WHERE tenant = $1 AND at < $2`, t.id, ms(since)); err != nil {
			return err
		}
		return x.each(ctx, `SELECT account, network, at FROM acquaintances WHERE tenant = $1 ORDER BY account, network`, []any{t.id}, func(rows *sql.Rows) error {
			var a Acquaintance
			var network string
			var at int64
			if err := rows.Scan(&a.Account, &network, &at); err != nil {
				return err
			}
			p, err := netip.ParsePrefix(network)
			if err == nil {
				a.Network, a.At = p, moment(at)
				list = append(list, a)
			}
			return err
		})
	})
	return list, err
}
