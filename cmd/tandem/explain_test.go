package main

import (
	"strings"
	"testing"
)

// The way of a call is told from the shell by the same decision that carries calls, also while nobody serves (N-1, N-3).
func TestExplainRoute(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	verb(t, "a long enough secret\n", "setup", "--data", data, "--password-stdin", "--email", email, "--name", "Olga", "--country", "DE", "--zone", "Europe/Berlin").well(t)
	at := []string{"explain", "route", "--data", data}
	told := verb(t, "", append(at, "--from", "030 1112233", "--to", "100", "--at", "2026-11-14T20:00")...).well(t)
	for _, want := range []string{"* As things are (0 s)", "100 was dialled.", "Extension 100 belongs to Olga.", "Olga has no phone.", "Nobody set a rule for this, and the voicemail of Olga is on.", "The voicemail of Olga answers."} {
		if !strings.Contains(told, want) {
			t.Errorf("not told %q:\n%s", want, told)
		}
	}
	if told = verb(t, "", append(at, "--from", "100", "--to", "112", "--language", "de")...).well(t); !strings.Contains(told, "Notruf") {
		t.Errorf("an emergency call:\n%s", told)
	}
	verb(t, "", append(at, "--from", "nobody", "--to", "100")...).refused(t, "nobody", "neither a person")
	verb(t, "", append(at, "--from", email, "--to", "100", "--at", "tomorrow")...).refused(t, "tomorrow", "2026-11-14T20:00")
}
