package main

import (
	"archive/zip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tandem/officetest"
)

// PR-06: from the shell, with a token, everything about a number is handed out, what an erasure would do is told without doing it, and it is done; what is refused is refused in the
// words of the server.
func TestPrivacyFromTheShell(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serve(t, loopback(data)...)
	s.claim("--data", data)
	s.signIn()
	s.call(201, "POST", "/v1/contacts", officetest.Object{"name": "Carla Caller", "numbers": []officetest.Object{{"number": "+4930123456789"}}})
	known := func() bool { return strings.Contains(fmt.Sprint(s.call(200, "GET", "/v1/contacts", nil)), "Carla") }
	token := filepath.Join(data, "token")
	if err := os.WriteFile(token, []byte(s.call(201, "POST", "/v1/tokens", officetest.Object{"name": "privacy"}).Text("secret")), 0o600); err != nil {
		t.Fatal(err)
	}
	about := []string{"--server", s.Base, "--token-file", token, "--number", "030 123456789"}
	file := filepath.Join(data, "out.zip")
	verb(t, "", append([]string{"privacy", "export", file}, about...)...).well(t)
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	names := ""
	for _, f := range z.File {
		names += f.Name + " "
	}
	if err := z.Close(); err != nil || !strings.Contains(names, "contacts.json") || !strings.Contains(names, "log.json") {
		t.Errorf("%s, %v", names, err)
	}
	if is, err := os.Stat(file); err != nil || is.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: others can read it", is, err)
	}
	verb(t, "", append([]string{"privacy", "export", file}, about...)...).refused(t, "already")
	gone := filepath.Join(data, "gone.zip")
	verb(t, "", "privacy", "export", gone, "--server", s.Base, "--token-file", token, "--user", "usr_none").refused(t, "")
	if left, err := filepath.Glob(filepath.Join(data, "*.part")); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
	if _, err := os.Stat(gone); err == nil {
		t.Error("what was refused left a file")
	}

	told := verb(t, "", append([]string{"privacy", "erase", "--dry-run"}, about...)...).well(t)
	if !strings.Contains(told, "1 contacts") {
		t.Errorf("%s", told)
	}
	if !known() {
		t.Error("a dry run deleted the contact")
	}
	verb(t, "", append([]string{"privacy", "erase"}, about...)...).refused(t, "--reason")
	told = verb(t, "", append([]string{"privacy", "erase", "--reason", "her letter of Monday"}, about...)...).well(t)
	if !strings.Contains(told, "erased-") {
		t.Errorf("%s", told)
	}
	if known() {
		t.Error("the contact is still there")
	}
	me := s.call(200, "GET", "/v1/session", nil).Text("user", "id")
	still := verb(t, "", "privacy", "erase", "--dry-run", "--server", s.Base, "--token-file", token, "--user", me)
	if still.code == 0 || !strings.Contains(still.err, "still a colleague") {
		t.Errorf("%+v", still)
	}
	verb(t, "", "privacy", "export", gone, "--number", "030123456789").refused(t, "--server")
}
