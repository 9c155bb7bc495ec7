package main

import (
	"slices"
	"testing"
	"time"
)

// The rights of a file become the lines that would come and go; questions for tests are none.
func TestRightsOfAFile(t *testing.T) {
	r := rightsDraft([]string{"a", "b"}, []string{"b", "c", "expect x y on z yes"})
	if !slices.Equal(r.Add, []string{"c"}) || !slices.Equal(r.Remove, []string{"a"}) {
		t.Errorf("%+v", r)
	}
}

func TestReadSpan(t *testing.T) {
	for text, want := range map[string]time.Duration{"30d": 720 * time.Hour, "12h": 12 * time.Hour, "": 0, "0d": 0, "-1h": 0, "month": 0} {
		if got, err := readSpan(text); got != want || (err == nil) != (want != 0) {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
}
