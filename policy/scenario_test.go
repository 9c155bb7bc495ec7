package policy

import (
	"strings"
	"testing"
	"time"
)

func TestScenarios(t *testing.T) {
	w := readWorld(t)
	s := w.snapshot(t)
	rows := readTSV(t, "scenarios.tsv")
	if len(rows) != 341 {
		t.Fatalf("%d scenarios", len(rows))
	}
	for _, row := range rows {
		at, err := time.Parse(time.RFC3339, row["at"])
		if err != nil {
			t.Fatal(err)
		}
		right, _ := ParseRight(row["right"])
		d := Decide(s, Request{Actor: w.actor(row["actor"]), Right: right, Target: w.target(t, row["target"]), At: at})
		if got := string(d.Code); d.OK != (row["expect"] == "allow") || got != row["code"] {
			t.Errorf("%s %s: %s %s %s at %s: %v %s, want %s %s (%s)", row["id"], row["rows"], row["actor"], row["right"],
				row["target"], row["at"], d.OK, got, row["expect"], row["code"], row["reason"])
		}
		if d.OK != strings.HasPrefix(string(d.Code), "allow.") {
			t.Errorf("%s: %v with code %s", row["id"], d.OK, d.Code)
		}
	}
}
