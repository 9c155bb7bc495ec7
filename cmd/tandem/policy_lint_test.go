package main

import (
	"strings"
	"testing"
)

// A fresh office is found in order, but for what its owner has to be told.
func TestPolicyLint(t *testing.T) {
	data := t.TempDir()
	verb(t, "a long enough secret\n", "setup", "--data", data, "--password-stdin", "--email", "olga@example.com", "--name", "Olga", "--country", "DE", "--zone", "Europe/Berlin").well(t)
	if told := verb(t, "", "policy", "lint", "--data", data).well(t); !strings.Contains(told, "Nothing found") {
		t.Errorf("a fresh office: %s", told)
	}
}
