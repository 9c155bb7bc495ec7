package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// tandem explain right answers beside a running server, in words and for programs.
func TestExplainRight(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	verb(t, password+"\n", "setup", "--data", data, "--email", email, "--name", "Olga", "--password-stdin", "--country", "DE", "--zone", "Europe/Berlin").well(t)
	ask := func(args ...string) result {
		return verb(t, "", append([]string{"explain", "right", "--data", data}, args...)...)
	}
	yes := ask("--as", email, "--right", "user.create", "--on", "Default")
	if yes.code != 0 || !strings.Contains(yes.out, "yes: ") || !strings.Contains(yes.out, "System Owner") || !strings.Contains(yes.out, "[assignment:asg_") {
		t.Errorf("%+v", yes)
	}
	no := ask("--as", email, "--right", "call.listen", "--on", email, "--language", "de")
	if no.code != 0 || !strings.Contains(no.out, "no: ") || !strings.Contains(no.out, "(no_grant)") {
		t.Errorf("one does not listen to oneself: %+v", no)
	}
	if own := ask("--as", "100", "--right", "call.listen", "--on", "100", "--language", "de"); own.code != 0 || own.out != no.out {
		t.Errorf("by extension: %+v, want %+v", own, no)
	}
	var answer struct {
		OK    bool
		Code  string
		Steps []struct{ Text, Row string }
	}
	program := ask("--as", email, "--right", "setting.edit", "--on", "system", "--json")
	if err := json.Unmarshal([]byte(program.out), &answer); err != nil || !answer.OK || answer.Code != "allow.role" || len(answer.Steps) != 2 {
		t.Errorf("%v: %+v", err, program)
	}
	ask("--as", "nobody@example.com", "--right", "user.create", "--on", "system").refused(t, "nobody@example.com")
	ask("--as", email, "--right", "user.dance", "--on", "system").refused(t, "user.dance", "call.listen")
	ask("--as", email, "--right", "user.create", "--on", "Nowhere").refused(t, "Nowhere", "system")
	ask("--as", email, "--right", "user.create", "--on", "system", "--language", "tlh").refused(t, "tlh", "en")
}
