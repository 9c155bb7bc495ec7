package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tandem/officetest"
)

// N-16: a file is planned beside the server, applied over its API with a token as far as a token goes, applied to the data by a
// person when no server holds it, and is then what the office says of itself.
func TestPolicyPlanAndApply(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serve(t, loopback(data)...)
	s.claim("--data", data)
	s.signIn()
	for _, name := range []string{"dora", "uwe"} {
		s.call(201, "POST", "/v1/users", officetest.Object{"name": name, "email": name + "@example.com"})
	}
	s.call(201, "POST", "/v1/groups", officetest.Object{"name": "Sales"})
	file, token := filepath.Join(data, "rights.txt"), filepath.Join(data, "token")
	keep := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	keep(token, s.call(201, "POST", "/v1/tokens", officetest.Object{"name": "rights"}).Text("secret")+"\n")
	over := []string{"--server", s.Base, "--token-file", token}
	exported := verb(t, "", append([]string{"policy", "export"}, over...)...).well(t)
	if exported != verb(t, "", "policy", "export", "--data", data).well(t) {
		t.Error("the API and the data tell otherwise")
	}

	// Over the API: a role and a place come with a token, a single right does not.
	role := "role \"Team lead\" group: call.listen=group call.see=group\n"
	seat := "member uwe@example.com in \"Sales\" as \"Team lead\": main\n"
	moved := strings.Replace(exported, `member uwe@example.com in "Default" as user: main`+"\n", seat, 1) + role
	single := "allow dora@example.com call.see over group:\"Sales\" because \"she is on the desk\"\n"
	keep(file, moved+single)
	refused := verb(t, "", append([]string{"policy", "apply", "--reason", "spring", file}, over...)...)
	if refused.code == 0 || !strings.Contains(refused.out, "+ "+strings.TrimSpace(single)+"\n  ! line ") || !strings.Contains(refused.out, "1 in the way") {
		t.Errorf("%+v", refused)
	}
	keep(file, moved)
	planned := verb(t, "", append([]string{"policy", "plan", file}, over...)...).well(t)
	beside := verb(t, "", "policy", "plan", "--data", data, "--as", email, file).well(t)
	if planned != beside || !strings.Contains(planned, "plan ") || !strings.Contains(planned, ": 2 to add, 0 to change, 1 to remove") {
		t.Errorf("planned\n%s\nbeside\n%s", planned, beside)
	}
	name := regexp.MustCompile(`plan (\w+):`).FindStringSubmatch(planned)[1]
	if other := verb(t, "", append([]string{"policy", "apply", "--reason", "spring", "--plan", "0123456789abcdef", file}, over...)...); other.code == 0 {
		t.Errorf("another plan than was looked at: %+v", other)
	}
	if told := verb(t, "", append([]string{"policy", "apply", "--reason", "spring", "--plan", name, file}, over...)...).well(t); !strings.Contains(told, "applied: 3\n") {
		t.Errorf("%s", told)
	}
	if same := verb(t, "", "policy", "diff", "--data", data, file); same.code != 0 {
		t.Errorf("%+v", same)
	}
	if log := s.call(200, "GET", "/v1/audit", nil); log.Text("items", 0, "reason") != "spring" {
		t.Errorf("the log says %v", log.At("items", 0))
	}
	verb(t, "", append([]string{"policy", "plan", file}, "--server", s.Base)...).refused(t, "token")

	// On the data: not while a server holds it, not without a name, not as somebody who may not.
	keep(file, moved+single)
	verb(t, "", "policy", "apply", "--data", data, "--as", email, "--reason", "summer", file).refused(t, "another Tandem runs")
	s.stop()
	verb(t, "", "policy", "apply", "--data", data, "--reason", "summer", file).refused(t, "--as")
	verb(t, "", "policy", "apply", "--data", data, "--as", "dora@example.com", "--reason", "summer", file).refused(t)
	if told := verb(t, "", "policy", "apply", "--data", data, "--as", email, "--reason", "summer", file).well(t); !strings.Contains(told, "applied: 1\n") {
		t.Errorf("%s", told)
	}
	if same := verb(t, "", "policy", "diff", "--data", data, file); same.code != 0 {
		t.Errorf("%+v", same)
	}
	if none := verb(t, "", "policy", "apply", "--data", data, "--as", email, "--reason", "summer", file).well(t); !strings.Contains(none, "0 to add, 0 to change, 0 to remove") {
		t.Errorf("%s", none)
	}
}

// The table of scenarios decides as it says, and a wrong one is told with its reasons (N-16).
func TestPolicyCheck(t *testing.T) {
	t.Parallel()
	const world, table = "../../policy/testdata/world.json", "../../policy/testdata/scenarios.tsv"
	if told := verb(t, "", "policy", "check", "--world", world, "--scenarios", table).well(t); !strings.Contains(told, "341 as wanted, 0 not") {
		t.Errorf("%s", told)
	}
	b, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	bent := filepath.Join(t.TempDir(), "bent.tsv")
	if err := os.WriteFile(bent, []byte(strings.Replace(string(b), "allow\tallow.role\town rules", "deny\tno_grant\town rules", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	failed := verb(t, "", "policy", "check", "--world", world, "--scenarios", bent)
	if failed.code == 0 || !strings.Contains(failed.out, "FAIL S-001") || !strings.Contains(failed.out, "want deny no_grant") || !strings.Contains(failed.out, "340 as wanted, 1 not") {
		t.Errorf("%+v", failed)
	}
	verb(t, "", "policy", "check", "--world", bent, "--scenarios", table).refused(t, "world")
}
