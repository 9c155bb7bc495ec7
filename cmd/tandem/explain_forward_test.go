package main

import (
	"strings"
	"testing"
)

// Why a forwarding fails is told from the shell, beside a running server (B-100).
func TestExplainForward(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	verb(t, password+"\n", "setup", "--data", data, "--email", email, "--name", "Olga", "--password-stdin", "--country", "DE", "--zone", "Europe/Berlin").well(t)
	ask := []string{"explain", "forward", "--data", data}
	told := verb(t, "", append(ask, "--of", "100", "--at", "2026-11-14T20:00")...).well(t)
	for _, want := range []string{"yes: profiles.available.no_answer.inside", "(right)", "(reach)"} {
		if !strings.Contains(told, want) {
			t.Errorf("not told %q:\n%s", want, told)
		}
	}
	told = verb(t, "", append(ask, "--of", email, "--rule", "exceptions")...).well(t)
	if !strings.Contains(told, "no: ") || !strings.Contains(told, "Set a rule for this occasion.") {
		t.Errorf("nothing is set:\n%s", told)
	}
	verb(t, "", append(ask, "--of", "nobody")...).refused(t, "nobody", "person")
}
