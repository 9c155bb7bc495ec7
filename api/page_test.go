package api

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Page by page a list is what sorting all of it gives, each row once, whichever way it runs.
func TestPagesAreCutFromASortedList(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, sort := range []string{"name", "-name"} {
		for _, limit := range []int{1, 2, 7, 50, 500} {
			var rows []string
			for i := range 1000 {
				rows = append(rows, fmt.Sprintf("%02d %04d", r.IntN(40), i))
			}
			r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			want := slices.Sorted(slices.Values(rows))
			if sort == "-name" {
				slices.Reverse(want)
			}
			var got []string
			in := List{Limit: limit}
			for {
				page, next, err := pageOf(rows, in, sort, func(s string) string { return strings.Fields(s)[0] }, func(s string) string { return strings.Fields(s)[1] })
				if err != nil || len(page) > limit || next != "" && len(page) < limit {
					t.Fatal(len(page), next, err)
				}
				got = append(got, page...)
				if in.Cursor = next; next == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s by %d: not what sorting gives", sort, limit)
			}
		}
	}
}
