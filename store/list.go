package store

import (
	"encoding/base64"
	"errors"
	"fmt"
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

func pageSize(n int) int {
	if n <= 0 {
		return 50
	}
	return min(n, 200)
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
