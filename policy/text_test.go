package policy

import (
	"slices"
	"testing"
	"time"

	"tandem/pbx"
)

// N-16: offices that read alike decide alike, and a change that changes a decision changes the text.
func TestTextTellsWhatDecides(t *testing.T) {
	changed := 0
	for seed := range uint64(offices(t, 300)) {
		d := throw(seed)
		s := d.snapshot(t)
		at := noon
		lines := Text(s, at)
		if !slices.IsSorted(lines) {
			t.Fatalf("office %d: the order depends on chance", seed)
		}
		for _, g := range s.Grants {
			if g.From.After(at) || !g.Until.IsZero() && !g.Until.After(at) {
				continue
			}
			next, err := s.Apply(pbx.Change{Delete: []pbx.Ref{g.Ref()}})
			if err != nil {
				t.Fatal(err)
			}
			if len(Preview(s, next, at)) == 0 {
				continue
			}
			changed++
			if slices.Equal(lines, Text(next, at)) {
				t.Fatalf("office %d: without %+v others may do something, and the text is the same", seed, g)
			}
		}
		for _, m := range s.Memberships {
			over := *m
			over.Until = at
			if !m.From.Before(at) || !m.Until.IsZero() {
				continue
			}
			next, err := s.Apply(pbx.Change{Put: []pbx.Noun{&over}})
			if err != nil || len(Preview(s, next, at.Add(time.Second))) == 0 {
				continue
			}
			changed++
			if slices.Equal(Text(s, at), Text(next, at.Add(time.Second))) {
				t.Fatalf("office %d: without %+v others may do something, and the text is the same", seed, m)
			}
		}
	}
	if changed < 200 {
		t.Errorf("only %d changes mattered", changed)
	}
}
