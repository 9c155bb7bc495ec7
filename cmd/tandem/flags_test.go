package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// What cannot be done is refused with its cause and the next step, and never with exit 0.
func TestRefusals(t *testing.T) {
	t.Parallel()
	none := filepath.Join(t.TempDir(), "none")
	for _, tt := range []struct {
		name  string
		args  []string
		words []string
	}{
		{"no verb", nil, []string{"serve", "setup", "doctor"}},
		{"an unknown verb", []string{"dance"}, []string{"dance", "Usage"}},
		{"an unknown flag", []string{"serve", "--colour", "red"}, []string{"--colour", "Usage"}},
		{"an address without a port", loopback(t.TempDir(), "--http", "nonsense"), []string{"--http nonsense", "127.0.0.1:8080"}},
		{"a port that does not exist", loopback(t.TempDir(), "--sip", "127.0.0.1:99999"), []string{"--sip", "99999", "host:port"}},
		{"SIP without a port", loopback(t.TempDir(), "--sip", "nonsense"), []string{"--sip", "nonsense", "host:port"}},
		{"an address of another machine", loopback(t.TempDir(), "--http", "192.0.2.1:80"), []string{"--http 192.0.2.1:80", "does not have that address"}},
		{"ports for sound the wrong way round", loopback(t.TempDir(), "--rtp", "9000-5000"), []string{"--rtp", "30000-39999"}},
		{"a network that is none", loopback(t.TempDir(), "--exempt", "office"), []string{"--exempt", "office", "10.0.0.0/8"}},
		{"a digest nobody knows", loopback(t.TempDir(), "--digests", "ROT13"), []string{"ROT13", "SHA-256"}},
		{"a certificate that is not there", loopback(t.TempDir(), "--cert", "/none.pem"), []string{"/none.pem", "--key"}},
		{"a database nobody knows", loopback(t.TempDir(), "--database", "oracle://x"), []string{"sqlite:", "postgres:"}},
		{"a database that does not answer", loopback(t.TempDir(), "--database", "postgres://x@127.0.0.1:1/x"), []string{"database does not answer", "127.0.0.1:1", "refused"}},
		{"a directory that cannot be made", loopback("/proc/none"), []string{"data directory", "/proc/none"}},
		{"a log level nobody knows", loopback(t.TempDir(), "--log-level", "loud"), []string{"loud", "debug"}},
		{"setup without a name", []string{"setup", "--data", none, "--email", email}, []string{"--name", "--country"}},
		{"setup in a language nobody speaks", []string{"setup", "--data", none, "--email", email, "--name", "O", "--password-stdin", "--country", "DE", "--zone", "UTC", "--language", "tlh"}, []string{"tlh", "en"}},
		{"setup without a password", []string{"setup", "--data", none, "--email", email, "--name", "O", "--password-stdin", "--country", "DE", "--zone", "UTC"}, []string{"no password on standard input"}},
		{"a token without an end", []string{"token", "create", "--data", none, "--user", email, "--name", "x", "--expires", "never"}, []string{"never", "30d"}},
		{"a token of no office", []string{"token", "create", "--data", none, "--user", email, "--name", "x"}, []string{"no office", none, "--data"}},
		{"a backup of nothing", []string{"backup", "--data", none, filepath.Join(t.TempDir(), "b")}, []string{"no office", none, "--data"}},
		{"a backup without a file", []string{"backup", "--data", none}, []string{"<file>"}},
		{"a restore of nothing", []string{"restore", "--data", none, "/none"}, []string{"/none", "no such file"}},
		{"a restore of something else", []string{"restore", "--data", filepath.Join(t.TempDir(), "r"), "/etc/passwd"}, []string{"/etc/passwd", "no backup"}},
		{"an audit of nothing", []string{"audit", "verify", "--data", none}, []string{"no office", none, "--data"}},
		{"an office where there is no room", []string{"office", "--data", "/proc/none", "--http", "127.0.0.1:0"}, []string{"/proc/none"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			verb(t, "", tt.args...).refused(t, tt.words...)
		})
	}
}

// A refused set-up leaves the office unclaimed, and says what to change.
func TestSetupRefusals(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	set := func(in, flag, value string) result {
		args := map[string]string{"--email": email, "--name": "Olga", "--country": "DE", "--zone": "Europe/Berlin"}
		args[flag] = value
		list := []string{"setup", "--data", data, "--password-stdin"}
		for k, v := range args {
			list = append(list, k, v)
		}
		return verb(t, in, list...)
	}
	set("short\n", "--name", "Olga").refused(t, "password")
	set(password+"\n", "--email", "nobody").refused(t, "e-mail")
	set(password+"\n", "--name", " ").refused(t, "name")
	set(password+"\n", "--country", "Atlantis").refused(t, "country")
	set(password+"\n", "--zone", "Europe/Atlantis").refused(t, "zone")
	set(password+"\n", "--name", "Olga").well(t)
	set(password+"\n", "--name", "Olga").refused(t, "already")
}

func TestVersionAndHelp(t *testing.T) {
	t.Parallel()
	if out := verb(t, "", "version").well(t); out != "tandem 1.2.3-test\n" {
		t.Errorf("version: %q", out)
	}
	help := verb(t, "", "serve", "--help").well(t)
	for _, words := range []string{"--data", "--database", "--http", "--sip", "--sips", "--public", "--rtp", "TANDEM_DATA", "TANDEM_HTTP", "postgres://", "SIGTERM", "Port 0"} {
		if !strings.Contains(help, words) {
			t.Errorf("serve --help does not mention %s", words)
		}
	}
}
