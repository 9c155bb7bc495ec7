package api

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"tandem/pbx"
)

// Page is one part of a list. Total counts what the visitor may see and nothing else.
type Page[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"cursor of the next page; absent on the last one"`
	Total int    `json:"total" doc:"rows in all pages"`
}

// List is what every list understands.
type List struct {
	Cursor string `query:"cursor" maxLength:"1000" doc:"where to go on: next of the page before"`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"500" doc:"rows in a page"`
	Q      string `query:"q" maxLength:"200" doc:"words to look for"`
}

// place is a position in a sorted list: it stays right when rows come and go.
type place struct {
	Sort string `json:"s"`
	Key  string `json:"k"`
	ID   string `json:"i"`
}

// pageOf cuts one page out of sorted rows. A sort that begins with "-" runs backwards. Only what may stand on the page is sorted.
func pageOf[N any](rows []N, in List, sort string, key, id func(N) string) ([]N, string, error) {
	less := func(ak, ai, bk, bi string) int {
		c := cmp.Or(strings.Compare(ak, bk), strings.Compare(ai, bi))
		if strings.HasPrefix(sort, "-") {
			return -c
		}
		return c
	}
	type entry struct {
		row     N
		key, id string
	}
	var after place
	if in.Cursor != "" {
		p, err := readCursor(in.Cursor, sort)
		if err != nil {
			return nil, "", err
		}
		after = p
	}
	limit := max(in.Limit, 1)
	most := 4 * (limit + 1) // so many are kept before the last ones are dropped
	entries := make([]entry, 0, min(len(rows), most))
	order := func(a, b entry) int { return less(a.key, a.id, b.key, b.id) }
	cut := false // the last of the entries is the last that can stand on the page, or tell that there is another one
	var last entry
	for _, r := range rows {
		e := entry{r, key(r), id(r)}
		if in.Cursor != "" && less(e.key, e.id, after.Key, after.ID) <= 0 || cut && order(e, last) > 0 {
			continue
		}
		if entries = append(entries, e); len(entries) == most {
			slices.SortFunc(entries, order)
			entries = entries[:limit+1]
			cut, last = true, entries[limit]
		}
	}
	slices.SortFunc(entries, order)
	next := ""
	if len(entries) > limit {
		entries = entries[:limit]
		last := entries[limit-1]
		next = writeCursor(place{sort, last.key, last.id})
	}
	out := make([]N, len(entries))
	for i, e := range entries {
		out[i] = e.row
	}
	return out, next, nil
}

func writeCursor(p place) string {
	b, err := json.Marshal(p)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func readCursor(c, sort string) (place, error) {
	var p place
	b, err := base64.RawURLEncoding.DecodeString(c)
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil || p.Sort != sort {
		return p, pbx.Refuse(pbx.Invalid, "cursor", "request.cursor")
	}
	return p, nil
}

// byNumber is a key that sorts numbers by value: shorter ones first.
func byNumber(n string) string {
	return strings.Repeat("0", max(0, 12-len(n))) + n
}

// byTime is a key that sorts moments.
func byTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000") }

// matches reports whether every word of a search stands in one of the texts.
func matches(q string, texts ...string) bool {
	for _, word := range strings.Fields(strings.ToLower(q)) {
		if !slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(strings.ToLower(t), word) }) {
			return false
		}
	}
	return true
}
