package store

import (
	"encoding/base64"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"tandem/pbx"
)

// Scope is the set of people and groups whose things a list may show, as policy.Sight found it. The zero one shows nothing.
type Scope struct {
	All    bool
	Users  []pbx.UserID
	Groups []pbx.GroupID
}

// CountLimit is how far totals are counted: counting a million rows for a number nobody reads would cost more than the page.
const CountLimit = 10_000

// rounds is how often a list looks further when a page was emptied by Keep, before it gives what it has with a cursor.
const rounds = 20

// scopeLimit is how many ids one statement of either database takes with room to spare.
const scopeLimit = 30_000

func (s Scope) none() bool { return !s.All && len(s.Users)+len(s.Groups) == 0 }

// parts lists the ids of the set; prefixes keep those of people and of groups apart.
func (s Scope) parts() []string {
	ids := make([]string, 0, len(s.Users)+len(s.Groups))
	for _, u := range s.Users {
		ids = append(ids, string(u))
	}
	for _, g := range s.Groups {
		ids = append(ids, string(g))
	}
	return ids[:min(len(ids), scopeLimit)]
}

// newest is the order of lists that show the newest first and no other; a cursor begins after the last row of the page before.
func newest(column, cursor string) (order, error) {
	o := order{name: "-" + column, column: column, down: true}
	if cursor == "" {
		return o, nil
	}
	name, key, id, err := parseCursor(cursor)
	if err != nil || name != o.name {
		return o, pbx.Refuse(pbx.Invalid, "cursor", "list.cursor_invalid")
	}
	o.after, o.key, o.id = true, key, id
	return o, nil
}

// fill reads on in an order until a page is full, also when take refuses many. read gives at most so many rows after the order's place, place is
// where a row stands, and take keeps a row, or says that it is not for this page. next is the cursor of the next page, empty on the last one.
func fill[R any](o *order, limit int, read func(limit int) ([]R, error), place func(R) (key int64, id string), take func(R) (bool, error)) (next string, err error) {
	taken := 0
	for range rounds {
		rows, err := read(limit + 1)
		if err != nil {
			return "", err
		}
		more := len(rows) > limit
		for _, r := range rows[:min(limit, len(rows))] {
			if taken == limit {
				more = true
				break
			}
			o.after = true
			o.key, o.id = place(r)
			ok, err := take(r)
			if err != nil {
				return "", err
			}
			if ok {
				taken++
			}
		}
		if !more {
			return "", nil
		}
		next = newCursor(o.name, o.key, o.id)
		if taken == limit {
			break
		}
	}
	return next, nil
}

// eachOf goes over all rows that a list gives page by page; an error comes last.
func eachOf[R any](page func() (rows []R, next string, err error)) iter.Seq2[*R, error] {
	return func(yield func(*R, error) bool) {
		for {
			rows, next, err := page()
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range rows {
				if !yield(&rows[i], nil) {
					return
				}
			}
			if next == "" {
				return
			}
		}
	}
}

// maxPage is the longest page.
const maxPage = 200

func pageSize(n int) int {
	if n <= 0 {
		return 50
	}
	return min(n, maxPage)
}

// countOf counts the rows of a query up to CountLimit.
func countOf(from string) string {
	return "SELECT COUNT(*) FROM (SELECT 1 FROM " + from + " LIMIT " + strconv.Itoa(CountLimit) + ") AS counted"
}

// A cursor holds the sort order and the key of the last row of a page, so that new rows do not shift the pages after it.
func newCursor(sort string, key int64, id string) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s %d %s", sort, key, id))
}

func parseCursor(s string) (sort string, key int64, id string, err error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return "", 0, "", err
	}
	f := strings.SplitN(string(b), " ", 3)
	if len(f) != 3 {
		return "", 0, "", errors.New("cursor: three fields are needed")
	}
	key, err = strconv.ParseInt(f[1], 10, 64)
	return f[0], key, clean(f[2]), err
}
