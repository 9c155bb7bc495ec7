package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"tandem/pbx"
)

// Use says when somebody made use of a right, to the day (N-8). It is no history: only the first and the last day are kept.
type Use struct {
	User  pbx.UserID
	Right string
	Via   string    // the group, assignment or grant through which he held it; empty where nobody can tell
	Begun time.Time // the first day, counted in UTC
	Last  time.Time // the latest
}

// day is 24 hours of UTC; uses are not told more exactly.
const day = 24 * time.Hour

// KeepUses writes the days on which rights were used; earlier ones that are kept already stay. It can be repeated.
func (t *Tenant) KeepUses(ctx context.Context, uses []Use) error {
	if len(uses) == 0 {
		return nil
	}
	return t.db.change(ctx, "keep uses of rights", func(x tx) error {
		for chunk := range slices.Chunk(latest(uses), params/6) {
			args := make([]any, 0, 6*len(chunk))
			for _, u := range chunk {
				args = append(args, t.id, string(u.User), u.Right, u.Via, ms(u.Begun.Truncate(day)), ms(u.Last.Truncate(day)))
			}
			_, err := x.exec(ctx, "INSERT INTO uses (tenant, user_id, verb, via, begun, latest) VALUES "+tuples(len(chunk), 6)+
				" ON CONFLICT (tenant, user_id, verb, via) DO UPDATE SET latest = excluded.latest WHERE uses.latest < excluded.latest", args...)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// latest puts days of the same right together: one statement writes a row once only.
func latest(uses []Use) []Use {
	type key struct {
		user       pbx.UserID
		right, via string
	}
	at := make(map[key]int, len(uses))
	var all []Use
	for _, u := range uses {
		k := key{u.User, u.Right, u.Via}
		i, ok := at[k]
		if !ok {
			at[k] = len(all)
			all = append(all, u)
			continue
		}
		if u.Begun.Before(all[i].Begun) {
			all[i].Begun = u.Begun
		}
		if u.Last.After(all[i].Last) {
			all[i].Last = u.Last
		}
	}
	return all
}

// Uses reads what is known about the use of rights.
func (t *Tenant) Uses(ctx context.Context) ([]Use, error) {
	var list []Use
	err := t.db.view(ctx, "read uses of rights", func(x tx) error {
		return x.each(ctx, "SELECT user_id, verb, via, begun, latest FROM uses WHERE tenant = $1", []any{t.id}, func(s *sql.Rows) error {
			var u Use
			var begun, latest int64
			err := s.Scan(&u.User, &u.Right, &u.Via, &begun, &latest)
			u.Begun, u.Last = moment(begun), moment(latest)
			list = append(list, u)
			return err
		})
	})
	return list, err
}

// DropUses forgets what people did who are deleted, and says how many rows that were.
func (t *Tenant) DropUses(ctx context.Context) (int64, error) {
	var n int64
	err := t.db.change(ctx, "drop uses of rights", func(x tx) error {
		var err error
		n, err = x.exec(ctx, `DELETE FROM uses WHERE tenant = $1 AND NOT EXISTS
			(SELECT 1 FROM users u WHERE u.tenant = uses.tenant AND u.id = uses.user_id)`, t.id)
		return err
	})
	return n, err
}
