package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/pbx"
	"tandem/report"
)

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

// Calls reads a page of the call log.
func (t *Tenant) Calls(ctx context.Context, q CallQuery) (CallPage, error) {
	var p CallPage
	order, err := q.order()
	if err != nil || q.Sight.none() {
		return p, err
	}
	err = t.db.view(ctx, "list calls", func(x tx) error {
		way, err := t.way(ctx, x, &q, &order)
		if err != nil {
			return err
		}
		if q.Count {
			if p.Total, err = t.countCalls(ctx, x, &q, way); err != nil {
				return err
			}
		}
		p.Next, err = fill(&order, pageSize(q.Limit), func(limit int) ([]callRow, error) { return t.callRows(ctx, x, &q, &order, way, limit) },
			func(r callRow) (int64, string) { return r.key, r.id },
			func(r callRow) (bool, error) {
				var c report.CDR
				if err := decode(r.body, &c); err != nil {
					return false, fmt.Errorf("call %s: %w", r.id, err)
				}
				if q.Keep != nil && !q.Keep(&c) {
					return false, nil
				}
				p.Items = append(p.Items, c)
				return true, nil
			})
		return err
	})
	return p, err
}

// EachCall goes over all calls that are asked for, the longest page at a time; an error comes last.
func (t *Tenant) EachCall(ctx context.Context, q CallQuery) iter.Seq2[*report.CDR, error] {
	q.Limit = maxPage
	return func(yield func(*report.CDR, error) bool) {
		for {
			page, err := t.Calls(ctx, q)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range page.Items {
				if !yield(&page.Items[i], nil) {
					return
				}
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				return
			}
		}
	}
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

// direction is how SQL names the order.
func (o *order) direction() string {
	if o.down {
		return " DESC"
	}
	return ""
}

// from adds the condition that rows come after the place, over two columns.
func (o *order) from(w *where, key, id string) {
	if !o.after {
		return
	}
	compare := ">"
	if o.down {
		compare = "<"
	}
	w.and("(" + key + ", " + id + ") " + compare + " (" + w.arg(o.key) + ", " + w.arg(o.id) + ")")
}

// way is how the rows of a page are found. The databases would choose for themselves, but each badly in some case; the
// test compares all ways with a plain filter.
type way uint8

const (
	wayWalk   way = iota // along the index of all calls, passing over those of others
	wayMerge             // along the indexes of a few people at the same time
	wayGather            // all calls of a few people, then sorted
)

// few is the number of calls of the people asked for up to which they are gathered and sorted. Where there are more,
// they are a good part of all calls, and walking along all calls meets a page of them soon.
const few = 2000

// merged is the number of people up to which their indexes are walked along at the same time.
const merged = 64

func (t *Tenant) way(ctx context.Context, x tx, q *CallQuery, o *order) (way, error) {
	parts := q.parts()
	switch {
	case parts == nil:
		return wayWalk, nil
	case o.column == "started" && len(parts) <= merged:
		return wayMerge, nil
	}
	w := newWhere("call_parts", t.id)
	w.and("part IN " + w.list(parts))
	q.during(w, "call_parts")
	n := 0
	err := x.row(ctx, fmt.Sprintf("SELECT COUNT(*) FROM (SELECT 1 FROM call_parts%s LIMIT %d) AS counted", w, few+1), w.args...).Scan(&n)
	if n > few {
		return wayWalk, err
	}
	return wayGather, err
}

type callRow struct {
	id, body string
	key      int64
}

func (t *Tenant) callRows(ctx context.Context, x tx, q *CallQuery, o *order, way way, limit int) ([]callRow, error) {
	var query string
	w := newWhere("calls", t.id)
	if way == wayMerge {
		query = q.merge(w, o, limit)
	} else {
		query = q.scan(w, o, way, limit)
	}
	var list []callRow
	err := x.each(ctx, query, w.args, func(s *sql.Rows) error {
		var r callRow
		err := s.Scan(&r.id, &r.key, &r.body)
		list = append(list, r)
		return err
	})
	return list, err
}

// scan walks along the index of the sort order, or gathers: then the plus sign keeps the database from using that index.
func (q *CallQuery) scan(w *where, o *order, way way, limit int) string {
	q.during(w, "calls")
	q.filter(w)
	column := "calls." + o.column
	if parts := q.parts(); way == wayGather {
		q.gather(w, parts)
		column = "+" + column
	} else if parts != nil {
		w.and(belongs(w, parts))
	}
	o.from(w, column, "id")
	return "SELECT id, " + o.column + ", body FROM calls" + w.String() + " ORDER BY " + column + o.direction() + ", id" + o.direction() + " LIMIT " + strconv.Itoa(limit)
}

// merge takes the first calls of each person from the person's index, and of these the first ones, each once. CROSS JOIN
// has SQLite look the calls up in this order and not the other way round.
func (q *CallQuery) merge(w *where, o *order, limit int) string {
	most := strconv.Itoa(limit) // in the text, because it decides how the query is planned
	var each []string
	for _, p := range q.parts() {
		one := &where{conditions: []string{"call_parts.tenant = $1"}, args: w.args}
		one.and("part = " + one.arg(p))
		q.during(one, "call_parts")
		o.from(one, "call_parts.started", "call_id")
		from := "call_parts"
		if q.filter(one) {
			from += " CROSS JOIN calls"
			one.and("calls.tenant = $1 AND calls.id = call_id")
		}
		w.args = one.args
		each = append(each, "SELECT * FROM (SELECT call_id, call_parts.started AS began FROM "+from+one.String()+
			" ORDER BY call_parts.started"+o.direction()+", call_id"+o.direction()+" LIMIT "+most+") AS one")
	}
	return "SELECT id, began, body FROM (SELECT DISTINCT call_id, began FROM (" + strings.Join(each, " UNION ALL ") + ") AS merged ORDER BY began" +
		o.direction() + ", call_id" + o.direction() + " LIMIT " + most + ") AS page CROSS JOIN calls WHERE calls.tenant = $1 AND calls.id = call_id ORDER BY began" +
		o.direction() + ", id" + o.direction()
}

// countCalls counts up to CountLimit. Without a condition on the calls themselves the index of the people is enough.
func (t *Tenant) countCalls(ctx context.Context, x tx, q *CallQuery, way way) (n int, err error) {
	parts := q.parts()
	w := newWhere("calls", t.id)
	filtered := q.filter(w)
	if parts != nil && !filtered {
		w = newWhere("call_parts", t.id)
		w.and("part IN " + w.list(parts))
		q.during(w, "call_parts")
		rows := 0 // a call stands there once for each of its people who are asked for
		query := fmt.Sprintf("SELECT COUNT(*), COUNT(DISTINCT call_id) FROM (SELECT call_id FROM call_parts%s LIMIT %d) AS counted", w, 2*CountLimit)
		err = x.row(ctx, query, w.args...).Scan(&rows, &n)
		if rows == 2*CountLimit {
			n = CountLimit
		}
		return min(n, CountLimit), err
	}
	q.during(w, "calls")
	if way == wayWalk && parts != nil {
		w.and(belongs(w, parts))
	} else if parts != nil {
		q.gather(w, parts)
	}
	return n, x.row(ctx, countOf("calls"+w.String()), w.args...).Scan(&n)
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

func (q *CallQuery) during(w *where, table string) {
	if !q.From.IsZero() {
		w.and(table + ".started >= " + w.arg(ms(q.From)))
	}
	if !q.Until.IsZero() {
		w.and(table + ".started < " + w.arg(ms(q.Until)))
	}
}

// filter adds the conditions on the calls themselves and reports whether there are any.
func (q *CallQuery) filter(w *where) bool {
	before := len(w.conditions)
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
	if q.User != "" && !q.Sight.All && !slices.Contains(q.Sight.Users, q.User) {
		w.and(belongs(w, q.Sight.parts()))
	}
	return len(w.conditions) > before
}

// gather is the condition that a call is among those of some people, to be looked up by its id.
func (q *CallQuery) gather(w *where, parts []string) {
	inner := &where{conditions: []string{"tenant = $1"}, args: w.args}
	inner.and("part IN " + inner.list(parts))
	q.during(inner, "call_parts")
	w.args = inner.args
	w.and("id IN (SELECT call_id FROM call_parts" + inner.String() + ")")
}

// belongs is the condition that a call has one of the parts. Joining text to the column has the database read the few
// parts of the call and look for them in the list, not look up the whole list for every call.
func belongs(w *where, parts []string) string {
	return "EXISTS (SELECT 1 FROM call_parts p WHERE p.tenant = calls.tenant AND p.call_id = calls.id AND (p.part || '') IN " + w.list(parts) + ")"
}
