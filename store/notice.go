package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"tandem/pbx"
)

func noticeRows() rows[pbx.Notice] {
	return rows[pbx.Notice]{
		table:   "notices",
		columns: []string{"id", "user_id", "kind", "at", "seen", "body"},
		values: func(n *pbx.Notice) ([]any, error) {
			body, err := encode(pbx.Notice{About: n.About, Page: n.Page, Says: n.Says})
			return []any{string(n.ID), string(n.User), string(n.Kind), ms(n.At), ms(n.Seen), body}, err
		},
		scan: func(read scan) (*pbx.Notice, error) {
			var id, user, kind, body string
			var at, seen int64
			if err := read(&id, &user, &kind, &at, &seen, &body); err != nil {
				return nil, err
			}
			var n pbx.Notice
			err := decode(body, &n)
			n.ID, n.User, n.Kind, n.At, n.Seen = pbx.NoticeID(id), pbx.UserID(user), pbx.NoticeKind(kind), moment(at), moment(seen)
			return &n, err
		},
	}
}

// NoticeKept is an Also that writes a notice.
type NoticeKept struct{ pbx.Notice }

func (n NoticeKept) write(ctx context.Context, t *Tenant, x tx) error {
	return put(ctx, x, t.id, noticeRows(), []*pbx.Notice{&n.Notice})
}

// Keep writes rows that tell of a fact which is written elsewhere: notices, mails.
func (t *Tenant) Keep(ctx context.Context, also ...Also) error {
	return t.db.change(ctx, "keep", func(x tx) error {
		for _, a := range also {
			if err := a.write(ctx, t, x); err != nil {
				return err
			}
		}
		return nil
	})
}

// NoticeQuery asks for a page of somebody's notices, the newest first.
type NoticeQuery struct {
	User   pbx.UserID
	Kinds  []pbx.NoticeKind // only these; nil: all
	Unseen bool             // only those he has not read
	Cursor string
	Limit  int // 1–200; 0 is 50
}

func (q *NoticeQuery) where(tenant string) *where {
	w := newWhere("notices", tenant)
	w.and("user_id = " + w.arg(string(q.User)))
	if q.Unseen {
		w.and("seen = 0")
	}
	if q.Kinds != nil {
		names := make([]string, len(q.Kinds))
		for i, k := range q.Kinds {
			names[i] = string(k)
		}
		w.and("kind IN " + w.list(names))
	}
	return w
}

// NoticePage is a page of notices.
type NoticePage struct {
	Items []pbx.Notice
	Next  string // empty on the last page
	Total int    // up to CountLimit
}

// Notices reads a page of somebody's notices.
func (t *Tenant) Notices(ctx context.Context, q NoticeQuery) (NoticePage, error) {
	var p NoticePage
	o, err := newest("at", q.Cursor)
	if err != nil {
		return p, err
	}
	r := noticeRows()
	err = t.db.view(ctx, "list notices", func(x tx) error {
		all := q.where(t.id)
		if err := x.row(ctx, countOf("notices"+all.String()), all.args...).Scan(&p.Total); err != nil {
			return err
		}
		p.Items = nil
		var err error
		p.Next, err = fill(&o, pageSize(q.Limit), func(limit int) ([]*pbx.Notice, error) {
			w := q.where(t.id)
			o.from(w, "at", "id")
			var list []*pbx.Notice
			err := x.each(ctx, "SELECT "+strings.Join(r.columns, ", ")+" FROM notices"+w.String()+" ORDER BY at DESC, id DESC LIMIT "+w.arg(limit), w.args, func(s *sql.Rows) error {
				n, err := r.scan(s.Scan)
				list = append(list, n)
				return err
			})
			return list, err
		}, func(n *pbx.Notice) (int64, string) { return ms(n.At), string(n.ID) }, func(n *pbx.Notice) (bool, error) {
			p.Items = append(p.Items, *n)
			return true, nil
		})
		return err
	})
	return p, err
}

// Notice reads one notice of somebody; pbx.NotFound without one.
func (t *Tenant) Notice(ctx context.Context, u pbx.UserID, id pbx.NoticeID) (pbx.Notice, error) {
	var out pbx.Notice
	err := t.db.view(ctx, "read notice", func(x tx) error {
		r := noticeRows()
		w := newWhere("notices", t.id)
		w.and("user_id = " + w.arg(string(u)))
		w.and("id = " + w.arg(clean(string(id))))
		n, err := r.scan(x.row(ctx, "SELECT "+strings.Join(r.columns, ", ")+" FROM notices"+w.String(), w.args...).Scan)
		if err != nil {
			return missing(err, "error.not_found")
		}
		out = *n
		return nil
	})
	return out, err
}

// SeeNotices marks what somebody has not read up to a moment as read, and says how much that was.
func (t *Tenant) SeeNotices(ctx context.Context, u pbx.UserID, until, at time.Time) (int64, error) {
	var n int64
	err := t.db.change(ctx, "see notices", func(x tx) error {
		var err error
		n, err = x.exec(ctx, "UPDATE notices SET seen = $4 WHERE tenant = $1 AND user_id = $2 AND at <= $3 AND seen = 0", t.id, string(u), ms(until), ms(at))
		return err
	})
	return n, err
}

// DropNotices forgets notices from before a moment, and those of people who are gone.
func (t *Tenant) DropNotices(ctx context.Context, before time.Time) error {
	return t.db.change(ctx, "drop notices", func(x tx) error {
		_, err := x.exec(ctx, `DELETE FROM notices WHERE tenant = $1 AND (at < $2 OR NOT EXISTS
			(SELECT 1 FROM users u WHERE u.tenant = notices.tenant AND u.id = notices.user_id))`, t.id, ms(before))
		return err
	})
}
