package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"tandem/pbx"
)

func messageRows() rows[pbx.Message] {
	return rows[pbx.Message]{
		table:   "messages",
		columns: []string{"id", "user_id", "group_id", "call_id", "caller", "at", "length", "rate", "sent_by", "heard", "deleted"},
		values: func(m *pbx.Message) ([]any, error) {
			from := m.From
			from.Name, from.Number = clean(from.Name), clean(from.Number)
			caller, err := encode(from)
			return []any{string(m.ID), string(m.User), string(m.Group), string(m.Call), caller, ms(m.At), m.Length.Milliseconds(), int64(m.Rate), string(m.By),
				ms(m.Heard), ms(m.Deleted)}, err
		},
		scan: func(read scan) (*pbx.Message, error) {
			var m pbx.Message
			var caller string
			var at, length, heard, deleted int64
			err := read(&m.ID, &m.User, &m.Group, &m.Call, &caller, &at, &length, &m.Rate, &m.By, &heard, &deleted)
			if err != nil {
				return nil, err
			}
			m.At, m.Length, m.Heard, m.Deleted = moment(at), time.Duration(length)*time.Millisecond, moment(heard), moment(deleted)
			return &m, decode(caller, &m.From)
		},
	}
}

// MessageKept is an Also that writes a message, new or changed.
type MessageKept struct{ pbx.Message }

func (m MessageKept) write(ctx context.Context, t *Tenant, x tx) error {
	return put(ctx, x, t.id, messageRows(), []*pbx.Message{&m.Message})
}

// Message reads one message; pbx.NotFound without one.
func (t *Tenant) Message(ctx context.Context, id pbx.MessageID) (pbx.Message, error) {
	var out pbx.Message
	err := t.db.view(ctx, "read message", func(x tx) error {
		r := messageRows()
		w := newWhere("messages", t.id)
		w.and("id = " + w.arg(clean(string(id))))
		m, err := r.scan(x.row(ctx, "SELECT "+strings.Join(r.columns, ", ")+" FROM messages"+w.String(), w.args...).Scan)
		if err != nil {
			return missing(err, "voicemail.not_found")
		}
		out = *m
		return nil
	})
	return out, err
}

// MessageQuery asks for a page of messages, the newest first.
type MessageQuery struct {
	Sight   Scope                   // messages in other mailboxes are not in the list; the zero one sees nothing
	Keep    func(*pbx.Message) bool // asked for every message inside Sight; nil keeps all
	Deleted bool                    // those that were deleted, and no others
	Cursor  string
	Limit   int // 1–200; 0 is 50
}

// MessagePage is a page of messages.
type MessagePage struct {
	Items []pbx.Message
	Next  string // empty on the last page
}

// Messages reads a page of messages.
func (t *Tenant) Messages(ctx context.Context, q MessageQuery) (MessagePage, error) {
	var p MessagePage
	o, err := newest("at", q.Cursor)
	if err != nil || q.Sight.none() {
		return p, err
	}
	err = t.db.view(ctx, "list messages", func(x tx) error {
		var err error
		p.Next, err = fill(&o, pageSize(q.Limit), func(limit int) ([]*pbx.Message, error) { return t.messages(ctx, x, &q, &o, limit) },
			func(r *pbx.Message) (int64, string) { return ms(r.At), string(r.ID) },
			func(r *pbx.Message) (bool, error) {
				if q.Keep != nil && !q.Keep(r) {
					return false, nil
				}
				p.Items = append(p.Items, *r)
				return true, nil
			})
		return err
	})
	return p, err
}

func (t *Tenant) messages(ctx context.Context, x tx, q *MessageQuery, o *order, limit int) ([]*pbx.Message, error) {
	w := newWhere("messages", t.id)
	if q.Deleted {
		w.and("deleted > 0")
	} else {
		w.and("deleted = 0")
	}
	if !q.Sight.All {
		ids := q.Sight.parts()
		w.and("(user_id IN " + w.list(ids) + " OR group_id IN " + w.list(ids) + ")")
	}
	o.from(w, "at", "id")
	r := messageRows()
	var list []*pbx.Message
	err := x.each(ctx, "SELECT "+strings.Join(r.columns, ", ")+" FROM messages"+w.String()+" ORDER BY at DESC, id DESC LIMIT "+w.arg(limit), w.args,
		func(s *sql.Rows) error {
			m, err := r.scan(s.Scan)
			list = append(list, m)
			return err
		})
	return list, err
}

// CountMessages counts the messages in one mailbox: those nobody has heard, and the others. What was deleted does not count.
func (t *Tenant) CountMessages(ctx context.Context, u pbx.UserID, g pbx.GroupID) (fresh, old int, err error) {
	err = t.db.view(ctx, "count messages", func(x tx) error {
		return x.row(ctx, `SELECT COUNT(CASE WHEN heard = 0 THEN 1 END), COUNT(CASE WHEN heard > 0 THEN 1 END) FROM messages
			WHERE tenant = $1 AND user_id = $2 AND group_id = $3 AND deleted = 0`, t.id, string(u), string(g)).Scan(&fresh, &old)
	})
	return fresh, old, err
}

// DropMessages forgets messages that were deleted before a moment, and tells which, so that their sound can go too.
func (t *Tenant) DropMessages(ctx context.Context, before time.Time) ([]pbx.MessageID, error) {
	var gone []pbx.MessageID
	err := t.db.change(ctx, "drop messages", func(x tx) error {
		gone = nil
		err := x.each(ctx, `SELECT id FROM messages WHERE tenant = $1 AND deleted > 0 AND deleted < $2`, []any{t.id, ms(before)}, func(s *sql.Rows) error {
			var id pbx.MessageID
			err := s.Scan(&id)
			gone = append(gone, id)
			return err
		})
		if err != nil || len(gone) == 0 {
			return err
		}
		ids := make([]string, len(gone))
		for i, id := range gone {
			ids[i] = string(id)
		}
		return remove(ctx, x, t.id, "messages", "id", ids)
	})
	return gone, err
}

// BoxCount is how many messages wait in a mailbox.
type BoxCount struct {
	New int // that nobody has heard
	Old int
}

// CountBoxes counts the messages of every mailbox that has any. What was deleted does not count.
func (t *Tenant) CountBoxes(ctx context.Context) (map[pbx.BoxID]BoxCount, error) {
	all := map[pbx.BoxID]BoxCount{}
	err := t.db.view(ctx, "count mailboxes", func(x tx) error {
		return x.each(ctx, `SELECT user_id, group_id, COUNT(CASE WHEN heard = 0 THEN 1 END), COUNT(CASE WHEN heard > 0 THEN 1 END) FROM messages
			WHERE tenant = $1 AND deleted = 0 GROUP BY user_id, group_id`, []any{t.id}, func(s *sql.Rows) error {
			var m pbx.Message
			var c BoxCount
			err := s.Scan(&m.User, &m.Group, &c.New, &c.Old)
			all[m.Box()] = c
			return err
		})
	})
	return all, err
}

// MessagesIn lists the messages of one mailbox that were left before a moment and were not deleted, the oldest first.
func (t *Tenant) MessagesIn(ctx context.Context, box pbx.BoxID, before time.Time) ([]pbx.Message, error) {
	user, group := box.Owner()
	var list []pbx.Message
	err := t.db.view(ctx, "list a mailbox", func(x tx) error {
		r := messageRows()
		w := newWhere("messages", t.id)
		w.and("deleted = 0")
		w.and("user_id = " + w.arg(string(user)))
		w.and("group_id = " + w.arg(string(group)))
		w.and("at < " + w.arg(ms(before)))
		return x.each(ctx, "SELECT "+strings.Join(r.columns, ", ")+" FROM messages"+w.String()+" ORDER BY at, id", w.args, func(s *sql.Rows) error {
			m, err := r.scan(s.Scan)
			if err == nil {
				list = append(list, *m)
			}
			return err
		})
	})
	return list, err
}
