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
	Link   pbx.TalkLinkID         // only calls by this link
	Visit  pbx.VisitID            // only the call of this visit
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
		spans, err := t.callsAsked(ctx, x, &q, &order)
		if err != nil {
			return err
		}
		ways := make([]way, len(spans))
		for i, s := range spans {
			if ways[i], err = t.way(ctx, x, s, &order); err != nil {
				return err
			}
			if !q.Count {
				continue
			}
			n, err := t.count(ctx, x, s, ways[i])
			if err != nil {
				return err
			}
			p.Total = min(p.Total+n, CountLimit)
		}
		read := func(limit int) (rows []ownedRow, err error) {
			for i, s := range spans {
				more, err := t.read(ctx, x, s, &order, ways[i], limit-len(rows))
				if rows = append(rows, more...); err != nil || len(rows) == limit {
					return rows, err
				}
			}
			return rows, nil
		}
		p.Next, err = fill(&order, pageSize(q.Limit), read,
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

// callsAsked is what a query asks for, one after the other in its order. The newest calls have no texts yet: among them a text is looked for row by row.
func (t *Tenant) callsAsked(ctx context.Context, x tx, q *CallQuery, o *order) ([]*owned, error) {
	if len(words(q.Text)) == 0 {
		return []*owned{q.owned()}, nil
	}
	var mark int64
	if err := ignoreNone(x.row(ctx, "SELECT texted FROM tenants WHERE id = $1", t.id).Scan(&mark)); err != nil {
		return nil, err
	}
	hits, err := t.find(ctx, x, q.Text)
	if err != nil {
		return nil, err
	}
	if o.column != "started" {
		all := q.owned()
		if mark == 0 || hits.often != "" {
			return []*owned{all}, nil
		}
		if err := t.settle(ctx, x, all, hits); err != nil {
			return nil, err
		}
		if all.text {
			all.tail = mark
		}
		return []*owned{all}, nil
	}
	var spans []*owned
	if until := moment(mark + 1); q.From.Before(until) && mark > 0 {
		old := q.owned()
		if old.until.IsZero() || until.Before(old.until) {
			old.until = until
		}
		if err := t.settle(ctx, x, old, hits); err != nil {
			return nil, err
		}
		spans = append(spans, old)
	}
	if from := moment(mark + 1); q.Until.IsZero() || from.Before(q.Until) {
		late := q.owned()
		if from.After(late.from) {
			late.from = from
		}
		spans = append(spans, late)
	}
	if o.down {
		slices.Reverse(spans)
	}
	return spans, nil
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
	case q.Visit != "":
		return []string{string(q.Visit)}
	case q.Link != "":
		return []string{string(q.Link)}
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
	w.says(q.Text)
	by := q.Visit != "" || q.Link != ""
	if by && q.User != "" {
		w.and(calls.belongs(w, []string{string(q.User)}))
	}
	if (by || q.User != "") && !q.Sight.All && (by && q.User == "" || !slices.Contains(q.Sight.Users, q.User)) {
		w.and(calls.belongs(w, q.Sight.parts()))
	}
	return len(w.conditions) > before
}
