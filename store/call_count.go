package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"tandem/pbx"
)

// Seen is what decides whether a call may be seen: whose it is and when it began.
type Seen struct {
	Call    pbx.CallID
	Users   []pbx.UserID
	Groups  []pbx.GroupID
	Started time.Time
}

// CountSeen counts calls, up to a limit, that are asked for and that a decision lets pass, without reading the records: whose a call is stands in an index. Keep, Sort, Cursor,
// Limit and Count of the query do not matter.
func (t *Tenant) CountSeen(ctx context.Context, q CallQuery, limit int, sees func(Seen) bool) (n int, err error) {
	if q.Sight.none() {
		return 0, nil
	}
	o, err := newest("started", "")
	if err != nil {
		return 0, err
	}
	err = t.db.view(ctx, "count calls", func(x tx) error {
		n, o.after = 0, false
		spans, err := t.callsAsked(ctx, x, &q, &o)
		if err != nil {
			return err
		}
		for _, s := range spans {
			s.bare = true
			way, err := t.way(ctx, x, s, &o)
			if err != nil {
				return err
			}
			for n < limit {
				rows, err := t.read(ctx, x, s, &o, way, limit)
				if err != nil {
					return err
				}
				seen, err := t.whose(ctx, x, rows)
				if err != nil {
					return err
				}
				for _, one := range seen {
					if n < limit && sees(one) {
						n++
					}
				}
				if len(rows) < limit {
					break
				}
				last := rows[len(rows)-1]
				o.after, o.key, o.id = true, last.key, last.id
			}
		}
		return nil
	})
	return n, err
}

// whose reads whose calls are.
func (t *Tenant) whose(ctx context.Context, x tx, rows []ownedRow) ([]Seen, error) {
	list := make([]Seen, len(rows))
	at := make(map[string]*Seen, len(rows))
	ids := make([]string, len(rows))
	for i, r := range rows {
		list[i] = Seen{Call: pbx.CallID(r.id), Started: moment(r.key)}
		at[r.id], ids[i] = &list[i], r.id
	}
	for chunk := range slices.Chunk(ids, params) {
		w := newWhere("call_parts", t.id)
		w.and("call_id IN " + w.list(chunk))
		err := x.each(ctx, "SELECT call_id, part FROM call_parts"+w.String(), w.args, func(s *sql.Rows) error {
			var id, part string
			err := s.Scan(&id, &part)
			switch one := at[id]; {
			case strings.HasPrefix(part, textPart), strings.HasPrefix(part, linkPart), strings.HasPrefix(part, visitPart): // found by it, and nobody's
			case strings.HasPrefix(part, "grp_"):
				one.Groups = append(one.Groups, pbx.GroupID(part))
			default:
				one.Users = append(one.Users, pbx.UserID(part))
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}
