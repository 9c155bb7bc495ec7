package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// order is a sort order and the place in it where a page begins.
type order struct {
	name   string // as asked for
	column string
	down   bool
	after  bool // key and id are those of the last row that was read
	key    int64
	id     string
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
	wayWalk   way = iota // along the index of all rows, passing over those of others
	wayMerge             // along the indexes of a few people at the same time
	wayGather            // all rows of a few people, then sorted
	wayHeads             // the newest row of each of many people, and of those the newest
	wayNear              // among the newest rows, and only if they have no page of what is asked for, by a word
)

// few is the number of rows of the people asked for up to which they are gathered and sorted. Where there are more,
// they are a good part of all rows, and walking along all rows meets a page of them soon.
const few = 2000

// merged is the number of people up to which their indexes are walked along at the same time.
const merged = 64

// headed is the number of people up to which each is asked for the newest row at once. Where there are more, a page of theirs is looked for first among
// as many rows as would be asked, because they are most of the office as a rule.
const headed = 500

// owned are rows that belong to people and groups, calls or recordings, of which a page is asked for. What belongs to whom stands in a table of
// parts, with the moment at which the row began.
type owned struct {
	table, parts, id string            // table, that of the parts, and how that one names a row
	people           []string          // whose rows are asked for, by the narrowest of the conditions; nil is everybody's
	from, until      time.Time         // the moment of begin lies inside; zero is open
	filter           func(*where) bool // adds the conditions on the rows themselves and reports whether there are any
	picky            bool              // the filter may leave few
	text             bool              // people are texts
	bare             bool              // the bodies do not matter
	often            string            // a word of many texts that all rows have; nobody is asked for
	tail             int64             // besides the rows of the people all that began after this moment are among those that the filter is asked about; 0 is none
}

type ownedRow struct {
	id, body string
	key      int64
}

// nothing reports whether no row can be found: no text has what is looked for.
func (a *owned) nothing() bool { return a.text && len(a.people) == 0 && a.tail == 0 }

// way finds out how the rows are read best.
func (t *Tenant) way(ctx context.Context, x tx, a *owned, o *order) (way, error) {
	switch {
	case a.often != "" && o.column == "started":
		return wayNear, nil
	case a.people == nil:
		return wayWalk, nil
	case a.text && (o.column != "started" || len(a.people) == 0):
		return wayGather, nil
	case o.column == "started" && len(a.people) <= merged:
		return wayMerge, nil
	case o.column == "started" && (a.text || !a.picky):
		return wayHeads, nil
	}
	n, err := t.countParts(ctx, x, a, a.people)
	if n > few {
		return wayWalk, err
	}
	return wayGather, err
}

// read reads at most so many rows after the place of an order.
func (t *Tenant) read(ctx context.Context, x tx, a *owned, o *order, way way, limit int) ([]ownedRow, error) {
	if a.nothing() {
		return nil, nil
	}
	w := newWhere(a.table, t.id)
	switch way {
	case wayMerge:
		return list(ctx, x, a.merge(w, o, limit), w.args)
	case wayHeads:
		return t.heads(ctx, x, a, o, limit)
	case wayNear:
		return t.near(ctx, x, a, o, limit)
	default:
		return list(ctx, x, a.scan(w, o, way, limit), w.args)
	}
}

func list(ctx context.Context, x tx, query string, args []any) ([]ownedRow, error) {
	var list []ownedRow
	err := x.each(ctx, query, args, func(s *sql.Rows) error {
		var r ownedRow
		err := s.Scan(&r.id, &r.key, &r.body)
		list = append(list, r)
		return err
	})
	return list, err
}

// scan walks along the index of the sort order, or gathers: then the plus sign keeps the database from using that index.
func (a *owned) scan(w *where, o *order, way way, limit int) string {
	column := a.table + "." + o.column
	if way == wayGather {
		a.gather(w)
		column = "+" + column
	} else {
		a.during(w, a.table)
		if a.people != nil {
			w.and(a.belongs(w, a.people))
		}
	}
	a.filter(w)
	o.from(w, column, "id")
	return "SELECT id, " + o.column + ", " + a.body() + " FROM " + a.table + w.String() + " ORDER BY " + column + o.direction() + ", id" + o.direction() + " LIMIT " + strconv.Itoa(limit)
}

// body is the column that holds a row, or nothing.
func (a *owned) body() string {
	if a.bare {
		return "''"
	}
	return "body"
}

// merge takes the first rows of each person from the person's index, and of these the first ones, each once. CROSS JOIN
// has SQLite look the rows up in this order and not the other way round.
func (a *owned) merge(w *where, o *order, limit int) string {
	most := strconv.Itoa(limit) // in the text, because it decides how the query is planned
	began := a.parts + ".started"
	all := &where{conditions: []string{a.parts + ".tenant = $1"}, args: w.args} // said once: a condition may name hundreds of people
	a.during(all, a.parts)
	o.from(all, began, a.id)
	from := a.parts
	if a.filter(all) {
		from += " CROSS JOIN " + a.table
		all.and(a.table + ".tenant = $1 AND " + a.table + ".id = " + a.id)
	}
	w.args = all.args
	var each []string
	for _, p := range a.people {
		each = append(each, "SELECT * FROM (SELECT "+a.id+", "+began+" AS began FROM "+from+all.String()+" AND part = "+w.arg(p)+
			" ORDER BY "+began+o.direction()+", "+a.id+o.direction()+" LIMIT "+most+") AS one")
	}
	return "SELECT id, began, " + a.body() + " FROM (SELECT DISTINCT " + a.id + ", began FROM (" + strings.Join(each, " UNION ALL ") + ") AS merged ORDER BY began" +
		o.direction() + ", " + a.id + o.direction() + " LIMIT " + most + ") AS page CROSS JOIN " + a.table + " WHERE " + a.table + ".tenant = $1 AND " + a.table + ".id = " + a.id +
		" ORDER BY began" + o.direction() + ", id" + o.direction()
}

// count counts up to CountLimit. Without a condition on the rows themselves the index of the people is enough.
func (t *Tenant) count(ctx context.Context, x tx, a *owned, way way) (n int, err error) {
	if a.nothing() {
		return 0, nil
	}
	w := newWhere(a.table, t.id)
	filtered := a.filter(w)
	if a.people != nil && !filtered {
		w = newWhere(a.parts, t.id)
		w.and("part IN " + w.list(a.people))
		a.during(w, a.parts)
		rows := 0 // a row stands there once for each of its people who are asked for
		query := fmt.Sprintf("SELECT COUNT(*), COUNT(DISTINCT %s) FROM (SELECT %s FROM %s%s LIMIT %d) AS counted", a.id, a.id, a.parts, w, 2*CountLimit)
		err = x.row(ctx, query, w.args...).Scan(&rows, &n)
		if rows == 2*CountLimit {
			n = CountLimit
		}
		return min(n, CountLimit), err
	}
	switch {
	case a.people == nil && a.often == "":
		a.during(w, a.table)
	case way == wayWalk && !a.text:
		a.during(w, a.table)
		w.and(a.belongs(w, a.people))
	default:
		a.gather(w)
	}
	return n, x.row(ctx, countOf(a.table+w.String()), w.args...).Scan(&n)
}

func (a *owned) during(w *where, table string) {
	if !a.from.IsZero() {
		w.and(table + ".started >= " + w.arg(ms(a.from)))
	}
	if !a.until.IsZero() {
		w.and(table + ".started < " + w.arg(ms(a.until)))
	}
}

// gather is the condition that a row is among those of some people, and of their time, to be looked up by its id: a condition on the time of the row itself would
// have SQLite walk along all rows.
func (a *owned) gather(w *where) {
	inner := &where{conditions: []string{"p.tenant = $1"}, args: w.args}
	from := a.parts + " p"
	switch {
	case a.often != "":
		from = "endings e CROSS JOIN " + from
		inner.conditions = []string{"e.tenant = $1", "p.tenant = $1", "p.part = '" + textPart + "' || e.text"}
		inner.holds("e", a.often)
	case len(a.people) == 0:
		inner.and("1 = 0")
	default:
		inner.and("p.part IN " + inner.list(a.people))
	}
	a.during(inner, "p")
	late := ""
	if a.tail > 0 {
		w := &where{conditions: []string{a.table + ".tenant = $1"}, args: inner.args}
		w.and(a.table + ".started > " + w.arg(a.tail))
		a.during(w, a.table)
		late, inner.args = " UNION ALL SELECT id FROM "+a.table+w.String(), w.args
	}
	w.args = inner.args
	w.and("id IN (SELECT p." + a.id + " FROM " + from + inner.String() + late + ")")
}

// near looks for a word that stands in many texts: if it is often met, then among the newest rows.
func (t *Tenant) near(ctx context.Context, x tx, a *owned, o *order, limit int) ([]ownedRow, error) {
	w := newWhere(a.table, t.id)
	a.during(w, a.table)
	o.from(w, a.table+".started", "id")
	var bound int64
	err := x.row(ctx, "SELECT started FROM "+a.table+w.String()+" ORDER BY started"+o.direction()+", id"+o.direction()+" LIMIT 1 OFFSET "+strconv.Itoa(nearby), w.args...).Scan(&bound)
	if err != nil && err != sql.ErrNoRows {
		return nil, err
	}
	some, all := *a, err != nil
	if !all {
		some.since(o, bound)
	}
	w = newWhere(a.table, t.id)
	rows, err := list(ctx, x, some.scan(w, o, wayWalk, limit), w.args)
	if err != nil || all || len(rows) == limit {
		return rows, err
	}
	w = newWhere(a.table, t.id)
	return list(ctx, x, a.scan(w, o, wayGather, limit), w.args)
}

// settle has the rows found by the texts that hold the rarest word of a search, unless there are fewer that belong to the people who are asked for.
func (t *Tenant) settle(ctx context.Context, x tx, a *owned, hits found) error {
	if hits.often != "" {
		if a.people == nil {
			a.often = hits.often
		}
		return nil
	}
	if a.people != nil && len(hits.parts) > 0 {
		theirs, err := t.countParts(ctx, x, a, a.people)
		if err != nil {
			return err
		}
		its, err := t.countParts(ctx, x, a, hits.parts)
		if err != nil || theirs < its {
			return err
		}
	}
	if people, filter := a.people, a.filter; people != nil {
		a.filter = func(w *where) bool {
			filter(w)
			w.and(a.belongs(w, people))
			return true
		}
	}
	a.people, a.text = hits.parts, true
	if a.people == nil {
		a.people = []string{} // nothing has it
	}
	return nil
}

// countParts counts rows of some people as far as it matters.
func (t *Tenant) countParts(ctx context.Context, x tx, a *owned, people []string) (n int, err error) {
	w := newWhere(a.parts, t.id)
	w.and("part IN " + w.list(people))
	a.during(w, a.parts)
	err = x.row(ctx, fmt.Sprintf("SELECT COUNT(*) FROM (SELECT 1 FROM %s%s LIMIT %d) AS counted", a.parts, w, few+1), w.args...).Scan(&n)
	return n, err
}

// belongs is the condition that a row has one of the parts. Joining text to the column has the database read the few
// parts of the row and look for them in the list, not look up the whole list for every row.
func (a *owned) belongs(w *where, parts []string) string {
	return "EXISTS (SELECT 1 FROM " + a.parts + " p WHERE p.tenant = " + a.table + ".tenant AND p." + a.id + " = " + a.table + ".id AND (p.part || '') IN " + w.values(parts) + ")"
}
