package store

import (
	"context"
	"database/sql"
	"time"

	"tandem/hours"
	"tandem/pbx"
)

func talkLinkRows() rows[pbx.TalkLink] {
	return rows[pbx.TalkLink]{
		table:   "talklinks",
		columns: []string{"id", "hash", "body"},
		values: func(l *pbx.TalkLink) ([]any, error) {
			body, err := encode(l)
			return []any{string(l.ID), l.Hash, body}, err
		},
		scan: func(s scan) (*pbx.TalkLink, error) {
			var l pbx.TalkLink
			var id, hash, body string
			if err := s(&id, &hash, &body); err != nil {
				return nil, err
			}
			err := decode(body, &l)
			l.Hash = hash
			return &l, err
		},
	}
}

// TalkUsed is an Also that counts what calls by a link took of one day of the office.
type TalkUsed struct {
	Link    pbx.TalkLinkID
	Day     hours.Date
	Calls   int
	Seconds int
	Last    time.Time // when the last of it was
}

func (u TalkUsed) write(ctx context.Context, t *Tenant, x tx) error {
	_, err := x.exec(ctx, `INSERT INTO talk_uses (tenant, link_id, day, calls, seconds, last) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (tenant, link_id, day) DO UPDATE SET calls = talk_uses.calls + excluded.calls, seconds = talk_uses.seconds + excluded.seconds, last = excluded.last`,
		t.id, string(u.Link), int64(u.Day), int64(u.Calls), int64(u.Seconds), ms(u.Last))
	return err
}

// CountTalk writes down what a call by a link took.
func (t *Tenant) CountTalk(ctx context.Context, u TalkUsed) error {
	return t.db.change(ctx, "count talk", func(x tx) error { return u.write(ctx, t, x) })
}

// TalkUse is what was used of a link.
type TalkUse struct {
	Calls   int
	Seconds int
	Last    time.Time // when its last call ended
}

// TalkUses sums what was used of each link since a day of the office.
func (t *Tenant) TalkUses(ctx context.Context, since hours.Date) (map[pbx.TalkLinkID]TalkUse, error) {
	out := map[pbx.TalkLinkID]TalkUse{}
	err := t.db.view(ctx, "talk uses", func(x tx) error {
		clear(out)
		return x.each(ctx, `SELECT link_id, SUM(calls), SUM(seconds), MAX(last) FROM talk_uses WHERE tenant = $1 AND day >= $2 GROUP BY link_id`,
			[]any{t.id, int64(since)}, func(r *sql.Rows) error {
				var id string
				var calls, seconds, last int64
				if err := r.Scan(&id, &calls, &seconds, &last); err != nil {
					return err
				}
				out[pbx.TalkLinkID(id)] = TalkUse{int(calls), int(seconds), moment(last)}
				return nil
			})
	})
	return out, err
}

// forgetTalk takes away what was counted of links that are deleted.
func (t *Tenant) forgetTalk(ctx context.Context, x tx, ids []string) error {
	return remove(ctx, x, t.id, "talk_uses", "link_id", ids)
}
