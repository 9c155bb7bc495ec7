package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/report"
)

// batch is what one caller of Append brings.
type batch struct {
	calls []report.CDR
	facts []event.Fact // as brought, then as stored
	err   error
	done  bool
}

// Append writes call records and facts in one transaction, and returns when they are on disk. A call.started opens the
// call, its record closes it; a record that is there already stays as it is, so that none is ever double.
//
// Callers that come while another commits are committed together in the next transaction: under load one sync serves
// many calls, and a single call waits for nobody. ctx only says whether to begin; what has begun is finished.
func (t *Tenant) Append(ctx context.Context, calls []report.CDR, facts []event.Fact) ([]event.Fact, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("store: append: %w", err)
	}
	b := &batch{calls: calls, facts: facts}
	t.mu.Lock()
	t.queue = append(t.queue, b)
	t.mu.Unlock()

	t.turn.Lock()
	defer t.turn.Unlock()
	if !b.done {
		t.mu.Lock()
		queue := t.queue
		t.queue = nil
		t.mu.Unlock()
		t.flush(context.WithoutCancel(ctx), queue)
	}
	return b.facts, b.err
}

// flush commits all batches together; if that fails, each alone, so that one bad record spoils no other.
func (t *Tenant) flush(ctx context.Context, queue []*batch) {
	if len(queue) > 1 {
		if err := t.commit(ctx, queue); err == nil {
			return
		}
	}
	for _, b := range queue {
		b.err = t.commit(ctx, []*batch{b})
		b.done = true
	}
}

func (t *Tenant) commit(ctx context.Context, queue []*batch) error {
	var calls []report.CDR
	var facts []event.Fact
	for _, b := range queue {
		calls, facts = append(calls, b.calls...), append(facts, b.facts...)
	}
	stored, err := t.record(ctx, "append", facts, func(x tx) error {
		if err := t.openCalls(ctx, x, facts); err != nil {
			return err
		}
		return t.putCalls(ctx, x, calls)
	})
	if err != nil {
		return err
	}
	for _, b := range queue {
		b.facts, stored, b.done = stored[:len(b.facts):len(b.facts)], stored[len(b.facts):], true
	}
	return nil
}

// putCalls writes records and closes their calls.
func (t *Tenant) putCalls(ctx context.Context, x tx, calls []report.CDR) error {
	for i := range calls {
		c := &calls[i]
		if err := remove(ctx, x, t.id, "open_calls", "id", []string{string(c.ID)}); err != nil {
			return err
		}
		body, err := encode(c)
		if err != nil {
			return err
		}
		n, err := x.exec(ctx, `INSERT INTO calls (tenant, id, started, answered, ended, talk, cause, search, body)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (tenant, id) DO NOTHING`,
			t.id, string(c.ID), ms(c.Started), ms(c.Answered), ms(c.Ended), c.Talk().Milliseconds(), string(c.Cause), searchText(c), body)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		var rows []any
		parts := Scope{Users: c.Users, Groups: c.Groups}.parts()
		slices.Sort(parts)
		parts = slices.Compact(parts)
		for _, p := range parts {
			rows = append(rows, t.id, p, ms(c.Started), string(c.ID))
		}
		if len(parts) == 0 {
			continue
		}
		if _, err := x.exec(ctx, "INSERT INTO call_parts (tenant, part, started, call_id) VALUES "+tuples(len(parts), 4), rows...); err != nil {
			return err
		}
	}
	return nil
}

func searchText(c *report.CDR) string {
	words := []string{c.From.Name, c.From.Number, c.To.Name, c.To.Number, c.Dialled}
	for _, l := range c.Legs {
		words = append(words, l.Party.Name, l.Party.Number)
	}
	slices.Sort(words)
	return fold(strings.Join(slices.Compact(words), " "))
}

// CallQuery asks for a page of the call log.
type CallQuery struct {
	Sight  Scope                  // calls without anybody inside it are not in the list; the zero one sees nothing
	Keep   func(*report.CDR) bool // asked for every call inside Sight; nil keeps all
	Sort   string                 // started answered ended duration, with "-" before it from the last; empty is -started
	Cursor string                 // Next of the page before, of the same sort order
	Limit  int                    // 1–200; 0 is 50
	User   pbx.UserID             // only calls of this person
	From   time.Time              // first moment of start inside
	Until  time.Time              // first moment of start outside
	Text   string                 // in names and numbers
	Result string                 // answered, missed, or empty for both
	Cause  pbx.Cause
	Count  bool // fill Total
}

// CallPage is a page of the call log.
type CallPage struct {
	Items []report.CDR
	Next  string // empty on the last page
	Total int    // up to CountLimit; calls that Keep refuses are counted
}

// few is the number of a person's or team's calls up to which they are gathered and sorted. Where there are more, one in
// a few hundred of all calls is theirs, and walking along the index of all calls meets a page of them soon.
const few = 5000

// Calls reads a page of the call log.
func (t *Tenant) Calls(ctx context.Context, q CallQuery) (CallPage, error) {
	var p CallPage
	order, err := q.order()
	if err != nil || q.Sight.none() {
		return p, err
	}
	limit := pageSize(q.Limit)
	err = t.db.view(ctx, "list calls", func(x tx) error {
		gather, err := t.gathers(ctx, x, &q)
		if err != nil {
			return err
		}
		if q.Count {
			w := q.where(t.id, gather)
			if err := x.row(ctx, countOf("calls"+w.String()), w.args...).Scan(&p.Total); err != nil {
				return err
			}
		}
		for range rounds {
			rows, more, err := order.page(ctx, x, q.where(t.id, gather), gather, limit)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if len(p.Items) == limit {
					more = true
					break
				}
				var c report.CDR
				if err := decode(r.body, &c); err != nil {
					return fmt.Errorf("call %s: %w", r.id, err)
				}
				order.after, order.key, order.id = true, r.key, r.id
				if q.Keep == nil || q.Keep(&c) {
					p.Items = append(p.Items, c)
				}
			}
			if !more {
				p.Next = ""
				return nil
			}
			p.Next = newCursor(order.name, order.key, order.id)
			if len(p.Items) == limit {
				return nil
			}
		}
		return nil
	})
	return p, err
}

// order is a sort order and the place in it where a page begins.
type order struct {
	name   string // as asked for
	column string
	down   bool
	after  bool // key and id are those of the last row that was read
	key    int64
	id     string
}

func (q *CallQuery) order() (order, error) {
	o := order{name: q.Sort}
	if o.name == "" {
		o.name = "-started"
	}
	field, down := strings.CutPrefix(o.name, "-")
	o.down = down
	switch field {
	case "started", "answered", "ended":
		o.column = field
	case "duration":
		o.column = "talk"
	default:
		return o, pbx.Refuse(pbx.Invalid, "sort", "list.sort_unknown", "sort", q.Sort)
	}
	if q.Cursor == "" {
		return o, nil
	}
	name, key, id, err := parseCursor(q.Cursor)
	if err == nil && name != o.name {
		err = errors.New("a cursor of another sort order")
	}
	if err != nil {
		return o, pbx.Refuse(pbx.Invalid, "cursor", "list.cursor_invalid")
	}
	o.after, o.key, o.id = true, key, id
	return o, nil
}

type callRow struct {
	id, body string
	key      int64
}

// page reads the rows after the place of the order. The plus sign keeps the database from walking along the index of all
// calls when the few of one person are gathered.
func (o *order) page(ctx context.Context, x tx, w *where, gather bool, limit int) (list []callRow, more bool, err error) {
	column, compare, direction := o.column, ">", ""
	if gather {
		column = "+" + column
	}
	if o.down {
		compare, direction = "<", " DESC"
	}
	if o.after {
		w.and("(" + column + ", id) " + compare + " (" + w.arg(o.key) + ", " + w.arg(o.id) + ")")
	}
	query := "SELECT id, " + o.column + ", body FROM calls" + w.String() +
		" ORDER BY " + column + direction + ", id" + direction + " LIMIT " + w.arg(limit+1)
	err = x.each(ctx, query, w.args, func(s *sql.Rows) error {
		var r callRow
		err := s.Scan(&r.id, &r.key, &r.body)
		list = append(list, r)
		return err
	})
	more = len(list) > limit
	return list[:min(limit, len(list))], more, err
}

// gathers decides whether the calls of the persons asked for are few.
func (t *Tenant) gathers(ctx context.Context, x tx, q *CallQuery) (bool, error) {
	parts := q.parts()
	if parts == nil {
		return false, nil
	}
	w := newWhere(t.id)
	w.and("part IN " + w.list(parts))
	q.during(w)
	n := 0
	err := x.row(ctx, fmt.Sprintf("SELECT COUNT(*) FROM (SELECT 1 FROM call_parts%s LIMIT %d) AS counted", w, few+1), w.args...).Scan(&n)
	return n <= few, err
}

// parts lists whose calls are asked for, by the narrowest of the conditions; nil means everybody's.
func (q *CallQuery) parts() []string {
	switch {
	case q.User != "":
		return []string{string(q.User)}
	case q.Sight.All:
		return nil
	}
	return q.Sight.parts()
}

func (q *CallQuery) during(w *where) {
	if !q.From.IsZero() {
		w.and("started >= " + w.arg(ms(q.From)))
	}
	if !q.Until.IsZero() {
		w.and("started < " + w.arg(ms(q.Until)))
	}
}

func (q *CallQuery) where(tenant string, gather bool) *where {
	w := newWhere(tenant)
	q.during(w)
	switch q.Result {
	case "answered":
		w.and("answered > 0")
	case "missed":
		w.and("answered = 0")
	}
	if q.Cause != "" {
		w.and("cause = " + w.arg(string(q.Cause)))
	}
	if fold(q.Text) != "" {
		w.and("search LIKE " + w.arg(like(q.Text)) + ` ESCAPE '\'`)
	}
	parts := q.parts()
	switch {
	case parts == nil:
	case gather:
		inner := "SELECT call_id FROM call_parts WHERE tenant = $1 AND part IN " + w.list(parts)
		if !q.From.IsZero() {
			inner += " AND started >= " + w.arg(ms(q.From))
		}
		if !q.Until.IsZero() {
			inner += " AND started < " + w.arg(ms(q.Until))
		}
		w.and("id IN (" + inner + ")")
	default:
		w.and(with(w, parts))
	}
	if q.User != "" && !q.Sight.All && !slices.Contains(q.Sight.Users, q.User) {
		w.and(with(w, q.Sight.parts()))
	}
	return w
}

// with is the condition that a call belongs to one of the parts.
func with(w *where, parts []string) string {
	return "EXISTS (SELECT 1 FROM call_parts p WHERE p.tenant = calls.tenant AND p.call_id = calls.id AND p.part IN " + w.list(parts) + ")"
}

// Call reads one record; pbx.NotFound without one. Whether the asker may see it is decided by the caller.
func (t *Tenant) Call(ctx context.Context, id pbx.CallID) (report.CDR, error) {
	var c report.CDR
	err := t.db.view(ctx, "read call", func(x tx) error {
		var body string
		err := x.row(ctx, `SELECT body FROM calls WHERE tenant = $1 AND id = $2`, t.id, clean(string(id))).Scan(&body)
		if err != nil {
			return missing(err, "call.unknown")
		}
		return decode(body, &c)
	})
	return c, err
}

// Tally is how many calls began in a time, and how many of them nobody answered.
type Tally struct{ Calls, Missed int }

// Tally counts the calls that began from a moment on, as far as the sight reaches.
func (t *Tenant) Tally(ctx context.Context, sight Scope, from time.Time) (Tally, error) {
	var n Tally
	if sight.none() {
		return n, nil
	}
	q := CallQuery{Sight: sight, From: from}
	w := q.where(t.id, !sight.All)
	err := t.db.view(ctx, "count calls", func(x tx) error {
		return x.row(ctx, "SELECT COUNT(*), COALESCE(SUM(CASE WHEN answered = 0 THEN 1 ELSE 0 END), 0) FROM calls"+w.String(), w.args...).Scan(&n.Calls, &n.Missed)
	})
	return n, err
}
