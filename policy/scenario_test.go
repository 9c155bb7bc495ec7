package policy

import (
	"os"
	"strings"
	"testing"

	"tandem/pbx"
)

// world is testdata/world.json, in the short form that tests want.
type world struct{ *World }

func readWorld(t testing.TB) *world {
	t.Helper()
	b, err := os.ReadFile("testdata/world.json")
	if err != nil {
		t.Fatal(err)
	}
	w, err := ReadWorld(b)
	if err != nil {
		t.Fatal(err)
	}
	return &world{w}
}

func (w *world) snapshot(testing.TB) *pbx.Snapshot { return w.Snapshot() }

func (w *world) actor(text string) pbx.Actor { return w.Actor(text) }

func (w *world) target(t testing.TB, text string) Target {
	t.Helper()
	target, err := w.Target(text)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func readScenarios(t testing.TB) []Scenario {
	t.Helper()
	b, err := os.ReadFile("testdata/scenarios.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := ReadScenarios(b)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestScenarios(t *testing.T) {
	w := readWorld(t)
	s, rows := w.Snapshot(), readScenarios(t)
	if len(rows) != 341 {
		t.Fatalf("%d scenarios", len(rows))
	}
	for _, row := range rows {
		r, err := w.Request(row)
		if err != nil {
			t.Fatal(err)
		}
		d := Decide(s, r)
		if !row.Met(d) || row.Code == "" {
			t.Errorf("%s: %s %s %s at %s: %v %s, want %v %s (%s)", row.ID, row.Actor, row.Right, row.Target, row.At, d.OK, d.Code,
				row.OK, row.Code, row.Reason)
		}
		if d.OK != strings.HasPrefix(string(d.Code), "allow.") {
			t.Errorf("%s: %v with code %s", row.ID, d.OK, d.Code)
		}
	}
}

// What a file says in words that nobody reads would decide nothing unseen.
func TestWorldRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, text := range []string{``, `[]`, `{"memberships":[{"user":"a","rolle":"manager"}]}`, `{"users":{"a":{}},"memberships":[{"user":"b","group":"default","role":"user"}]}`,
		`{"groups":{"default":{},"x":{"parent":"nowhere"}}}`} {
		if _, err := ReadWorld([]byte(text)); err == nil {
			t.Errorf("%s is a world", text)
		}
	}
	for _, text := range []string{"", "id\tactor\n", "id\tactor\tright\ttarget\tat\texpect\nS\tuser:a\tuser.see\tuser:a\tnow\tallow\n",
		"id\tactor\tright\ttarget\tat\texpect\nS\tuser:a\tuser.see\tuser:a\t2026-03-20T10:00:00Z\tperhaps\n"} {
		if _, err := ReadScenarios([]byte(text)); err == nil {
			t.Errorf("%q are scenarios", text)
		}
	}
	w, err := ReadWorld([]byte(`{"users":{"a":{"name":"Ann"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Target("grant:a:call.listen@all~tomorrow"); err == nil {
		t.Error("tomorrow is a moment")
	}
}
