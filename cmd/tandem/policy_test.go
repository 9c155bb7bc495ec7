package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tandem/officetest"
)

// Rights as text: exported, compared after a change, and tested by questions; the exit code tells scripts (N-16).
func TestPolicyAsText(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serve(t, loopback(data)...)
	s.claim("--data", data)
	s.signIn()
	file := filepath.Join(data, "rights.txt")
	exported := verb(t, "", "policy", "export", "--data", data).well(t)
	if !strings.Contains(exported, "level "+email+" system_owner over all\n") || !strings.Contains(exported, `in "Default" as user`) {
		t.Fatalf("exported:\n%s", exported)
	}
	if err := os.WriteFile(file, []byte("# our rights\n"+exported+"expect "+email+" user.create on Default yes\nexpect "+email+" call.listen on "+email+" no\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if same := verb(t, "", "policy", "diff", "--data", data, file); same.code != 0 || same.out != "" {
		t.Errorf("%+v", same)
	}
	if told := verb(t, "", "policy", "test", "--data", data, file).well(t); !strings.Contains(told, "2 passed, 0 failed") {
		t.Errorf("%s", told)
	}
	s.call(201, "POST", "/v1/users", officetest.Object{"name": "Dora", "email": "dora@example.com"})
	if drift := verb(t, "", "policy", "diff", "--data", data, file); drift.code == 0 || !strings.Contains(drift.out, `+ member dora@example.com in "Default" as user`) {
		t.Errorf("%+v", drift)
	}
	if err := os.WriteFile(file, []byte("expect dora@example.com user.create on Default yes\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if failed := verb(t, "", "policy", "test", "--data", data, file); failed.code == 0 || !strings.Contains(failed.out, "FAIL expect dora@example.com") || !strings.Contains(failed.out, "0 passed, 1 failed") {
		t.Errorf("%+v", failed)
	}
	if err := os.WriteFile(file, []byte("expect dora@example.com dances\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	verb(t, "", "policy", "test", "--data", data, file).refused(t, "dora@example.com dances", "yes|no")
}
