package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
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
		all := q.owned()
		way, err := t.way(ctx, x, all, &order)
		if err != nil {
			return err
		}
		if q.Count {
			if p.Total, err = t.count(ctx, x, all, way); err != nil {
				return err
			}
		}
		p.Next, err = fill(&order, pageSize(q.Limit), func(limit int) ([]ownedRow, error) { return t.read(ctx, x, all, &order, way, limit) },
			func(r ownedRow) (int64, string) { return r.key, r.id },
			func(r ownedRow) (bool, error) {
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
	return eachOf(func() ([]report.CDR, string, error) {
		page, err := t.Calls(ctx, q)
		q.Cursor = page.Next
		return page.Items, page.Next, err
	})
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

// calls says where calls are, and whose they are.
var calls = owned{table: "calls", parts: "call_parts", id: "call_id"}

// owned is what the query asks for.
func (q *CallQuery) owned() *owned {
	all := calls
	all.people, all.from, all.until, all.filter = q.parts(), q.From, q.Until, q.filter
	all.picky = all.filter(newWhere(all.table, ""))
	return &all
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
		w.and(calls.belongs(w, q.Sight.parts()))
	}
	return len(w.conditions) > before
}
