package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"
	"time"
)

// together is the number of people whose rows are merged by one statement.
const together = 200

// heads reads the first rows of many people. Whoever has the first row of all stands with it at the head of his own, and so on: a page of n rows is made
// of the rows of those n people whose own first rows come first, and none of it comes after the last of these.
func (t *Tenant) heads(ctx context.Context, x tx, a *owned, o *order, limit int) ([]ownedRow, error) {
	if len(a.people) > headed && !a.text {
		w := newWhere(a.table, t.id)
		rows, err := list(ctx, x, a.nearby(w, o, limit), w.args)
		if err != nil || len(rows) == limit {
			return rows, err
		}
	}
	heads, err := t.firsts(ctx, x, a, o)
	if err != nil {
		return nil, err
	}
	for n := limit; ; n *= 4 {
		some := *a
		some.people = nil
		for _, h := range heads[:min(n, len(heads))] {
			some.people = append(some.people, h.part)
		}
		if n < len(heads) {
			some.since(o, heads[n-1].began)
		}
		rows, err := t.mergeAll(ctx, x, &some, o, limit)
		// One row can be the first of several people, and the filter may refuse some: then a page needs more of them.
		if err != nil || len(rows) == limit || n >= len(heads) {
			return rows, err
		}
	}
}

// since leaves out what comes after a moment in an order.
func (a *owned) since(o *order, began int64) {
	if o.down {
		a.from = moment(began)
	} else {
		a.until = moment(began).Add(time.Millisecond)
	}
}

// head is where the rows of a person begin.
type head struct {
	part  string
	began int64
}

// firsts finds the first row of each person, and puts those who have one in order.
func (t *Tenant) firsts(ctx context.Context, x tx, a *owned, o *order) (heads []head, err error) {
	for chunk := range slices.Chunk(a.people, params) {
		w := &where{conditions: []string{"p.tenant = $1"}, args: []any{t.id}}
		values := w.values(chunk)
		w.and("p.part = whose.part")
		a.during(w, "p")
		o.from(w, "p.started", "p."+a.id)
		query := "WITH whose(part) AS " + values + " SELECT part, began FROM (SELECT part, (SELECT p.started FROM " + a.parts + " p" + w.String() +
			" ORDER BY p.started" + o.direction() + ", p." + a.id + o.direction() + " LIMIT 1) AS began FROM whose) AS heads WHERE began IS NOT NULL"
		err := x.each(ctx, query, w.args, func(s *sql.Rows) error {
			var h head
			err := s.Scan(&h.part, &h.began)
			heads = append(heads, h)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(heads, func(a, b head) int {
		if o.down {
			a, b = b, a
		}
		return cmp.Or(cmp.Compare(a.began, b.began), cmp.Compare(a.part, b.part))
	})
	return heads, nil
}

// mergeAll takes the first rows of any number of people. Few rows are sorted; where somebody has many, each gives as many as the page has.
func (t *Tenant) mergeAll(ctx context.Context, x tx, a *owned, o *order, limit int) (rows []ownedRow, err error) {
	for chunk := range slices.Chunk(a.people, together) {
		some := *a
		some.people = chunk
		w := newWhere(a.parts, t.id)
		w.and("part IN " + w.list(chunk))
		some.during(w, a.parts)
		o.from(w, a.parts+".started", a.id)
		n := 0
		if err := x.row(ctx, "SELECT COUNT(*) FROM (SELECT 1 FROM "+a.parts+w.String()+" LIMIT "+strconv.Itoa(limit*8)+") AS counted", w.args...).Scan(&n); err != nil {
			return nil, err
		}
		w = newWhere(a.table, t.id)
		query := ""
		if n < limit*8 {
			query = some.sort(w, o, limit)
		} else {
			query = some.merge(w, o, limit)
		}
		more, err := list(ctx, x, query, w.args)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	if len(a.people) > together { // each statement gave its rows in order
		slices.SortStableFunc(rows, func(a, b ownedRow) int {
			if o.down {
				a, b = b, a
			}
			return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id))
		})
		rows = slices.CompactFunc(rows, func(a, b ownedRow) bool { return a.id == b.id })
		rows = rows[:min(limit, len(rows))]
	}
	return rows, nil
}

// sort takes all rows of some people in order.
func (a *owned) sort(w *where, o *order, limit int) string {
	one := &where{conditions: []string{a.parts + ".tenant = $1"}, args: w.args}
	one.and("part IN " + one.list(a.people))
	a.during(one, a.parts)
	o.from(one, a.parts+".started", a.id)
	w.args = one.args
	w.and(a.table + ".id = page." + a.id)
	a.filter(w)
	return "SELECT id, began, " + a.body() + " FROM (SELECT DISTINCT " + a.id + ", started AS began FROM " + a.parts + one.String() + ") AS page CROSS JOIN " + a.table + w.String() +
		" ORDER BY began" + o.direction() + ", id" + o.direction() + " LIMIT " + strconv.Itoa(limit)
}

// nearby looks for a page among the next rows of everybody, not far.
func (a *owned) nearby(w *where, o *order, limit int) string {
	a.during(w, a.table)
	a.filter(w)
	o.from(w, a.table+".started", "id")
	in := " ORDER BY began" + o.direction() + ", id" + o.direction()
	next := "SELECT id, started AS began FROM " + a.table + w.String() + in + " LIMIT " + strconv.Itoa(max(headed, limit*4))
	page := "SELECT id AS near_id, began FROM (" + next + ") AS near WHERE EXISTS (SELECT 1 FROM " + a.parts + " p WHERE p.tenant = $1 AND p." + a.id +
		" = near.id AND (p.part || '') IN " + w.values(a.people) + ")" + in + " LIMIT " + strconv.Itoa(limit)
	return "SELECT id, began, " + a.body() + " FROM (" + page + ") AS page CROSS JOIN " + a.table + " WHERE " + a.table + ".tenant = $1 AND " + a.table + ".id = near_id" + in
}
