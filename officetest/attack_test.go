package officetest

import (
	"context"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tandem/house"
)

// Fail2Ban itself finds in the sample what the shipped filter is to find, and nothing else (BAR SA-15).
func TestFail2BanReadsTheSample(t *testing.T) {
	sample, err := os.ReadFile("../docs/fail2ban/sample.log")
	if err != nil {
		t.Fatal(err)
	}
	var log []string
	match, miss := 0, 0
	for line := range strings.Lines(string(sample)) {
		switch {
		case !strings.HasPrefix(line, "# failJSON:"):
			log = append(log, line)
		case strings.Contains(line, `"match": true`):
			match++
		default:
			miss++
		}
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "tandem.log")
	if err := os.WriteFile(file, []byte(strings.Join(log, "")), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := runTool(t, dir, "fail2ban-regex", "--print-all-matched", file, "../docs/fail2ban/tandem-filter.conf")
	if err != nil {
		t.Fatalf("fail2ban-regex (Debian package fail2ban): %v\n%s", err, out)
	}
	want := strconv.Itoa(match+miss) + " lines, 0 ignored, " + strconv.Itoa(match) + " matched, " + strconv.Itoa(miss) + " missed"
	if !strings.Contains(out, want) || match < 4 || miss < 4 {
		t.Errorf("want %q:\n%s", want, out)
	}
}

// nmap's SIP scripts learn no extension of twenty, and nothing about the server but that somebody is there – whatever they call themselves
// (BAR SA-02).
func TestNmap(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if err := Seed(t.Context(), house.Config{Data: data}, 20, 2); err != nil { // extensions 10000 to 10019
		t.Fatal(err)
	}
	s := start(t, func(c *house.Config) { c.Data = data })
	at := netip.MustParseAddrPort(s.reach("tcp"))
	out, err := runTool(t, t.TempDir(), "nmap", "-n", "-Pn", "-sT", "-p", strconv.Itoa(int(at.Port())), "--script", "+sip-methods,+sip-enum-users",
		"--script-args", "sip-enum-users.minext=10000,sip-enum-users.maxext=10025,sip-enum-users.padding=5", at.Addr().String())
	if err != nil || !strings.Contains(out, "/tcp open") {
		t.Fatalf("nmap (Debian package nmap): %v\n%s", err, out)
	}
	t.Log(out)
	if found := regexp.MustCompile(`\|\s+_?\s*1\d{4}\b`).FindString(out); found != "" {
		t.Errorf("nmap found %q:\n%s", found, out)
	}
	if strings.Contains(strings.ToLower(out), "tandem") {
		t.Errorf("the server tells its name:\n%s", out)
	}
}

// runTool runs a program of an attacker or a guard to its end.
func runTool(t *testing.T, dir, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, name, args...)
	c.Env = append(os.Environ(), "HOME="+dir)
	out, err := c.CombinedOutput()
	return string(out), err
}
