package store

import (
	"context"
	"database/sql"
	"time"

	"tandem/pbx"
)

func alarmRows() rows[pbx.Alarm] {
	return rows[pbx.Alarm]{
		table:   "alarms",
		columns: []string{"id", "body"},
		values: func(a *pbx.Alarm) ([]any, error) {
			body, err := encode(a)
			return []any{string(a.ID), body}, err
		},
		scan: func(s scan) (*pbx.Alarm, error) {
			var a pbx.Alarm
			var id, body string
			if err := s(&id, &body); err != nil {
				return nil, err
			}
			return &a, decode(body, &a)
		},
	}
}

// Countries lists the countries that were called before, as the detection of fraud knows them (TF-06).
func (t *Tenant) Countries(ctx context.Context) ([]string, error) {
	var all []string
	err := t.db.view(ctx, "countries that were called", func(x tx) error {
		return x.each(ctx, `SELECT country FROM countries_called WHERE tenant = $1 ORDER BY country`, []any{t.id}, func(s *sql.Rows) error {
			var c string
			err := s.Scan(&c)
			all = append(all, c)
			return err
		})
	})
	return all, err
}

// CountryCalled notes that a country was called; the first time counts.
func (t *Tenant) CountryCalled(ctx context.Context, country string, at time.Time) error {
	return t.db.change(ctx, "country that was called", func(x tx) error {
		_, err := x.exec(ctx, `INSERT INTO countries_called (tenant, country, first) VALUES ($1, $2, $3) ON CONFLICT (tenant, country) DO NOTHING`, t.id, country, ms(at))
		return err
	})
}
