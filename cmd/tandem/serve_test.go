package main

import (
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tandem/officetest"
)

// The first start prints where it listens and a link; nothing but the link works until it is used, and it works once (BAR FX-01).
func TestSetupLink(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "fresh")
	s := serve(t, loopback(data)...)
	for _, name := range []string{"HTTP", "SIP UDP", "SIP TCP", "SIP TLS"} {
		if where := s.where[name]; !strings.HasPrefix(where, "127.0.0.1:") || strings.HasSuffix(where, ":0") {
			t.Errorf("%s is printed as %q", name, where)
		}
	}
	if !s.says("Set up your office: ") {
		t.Fatal("no link")
	}
	link, err := url.Parse(s.link)
	if err != nil || link.Path != "/setup" || len(link.Query().Get("token")) < 26 { // 128 bits in base 32
		t.Fatalf("link %q, %v", s.link, err)
	}
	file := filepath.Join(data, "setup-link")
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v, want mode 0600", info, err)
	}
	if b, err := os.ReadFile(file); err != nil || strings.TrimSpace(string(b)) != s.link {
		t.Errorf("the file says %q, %v", b, err)
	}
	if info, err := os.Stat(data); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("data directory: %v, %v", info, err)
	}
	for _, path := range closedPaths {
		for _, method := range []string{"GET", "POST", "PUT", "DELETE", "OPTIONS"} {
			if a, err := s.Do(t.Context(), method, path, nil); err != nil || a.Status != 404 {
				t.Errorf("before the claim %s %s: %+v, %v", method, path, a, err)
			} else if strings.Contains(string(a.Body), link.Query().Get("token")) {
				t.Errorf("%s %s tells the link", method, path)
			}
		}
	}
	if a, err := s.Do(t.Context(), "GET", "/setup", nil); err != nil || a.Status != 200 {
		t.Errorf("the set-up page: %+v, %v", a, err)
	}
	office := officetest.Object{"token": link.Query().Get("token"), "name": "Olga Nowak", "email": email, "password": password,
		"company": "Northwind", "country": "DE", "zone": "Europe/Berlin"}
	s.call(201, "POST", "/v1/setup", office)
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
	if a, err := s.Do(t.Context(), "POST", "/v1/setup", office); err != nil || a.Status < 400 {
		t.Errorf("the link works twice: %+v, %v", a, err)
	}
	if me := s.call(200, "GET", "/v1/session", nil); me.Text("user", "email") != email || me.Text("version") != "1.2.3-test" {
		t.Errorf("signed in as %v", me)
	}
	s.call(200, "GET", "/v1/health", nil)
	s.stop()
	if out := s.log.String(); out != "" {
		t.Errorf("an ordinary life is logged as trouble:\n%s", out)
	}

	// A claimed office starts without a link.
	s = serve(t, loopback(data)...)
	s.stop()
	if s.link != "" {
		t.Errorf("a claimed office prints %s", s.link)
	}
}

// closedPaths are all kinds of doors: pages, API, signalling, and ways to write them differently.
var closedPaths = []string{"/", "/sign-in", "/people", "/sip", "/link/abc", "/v1/session", "/v1/users", "/v1/users/import", "/v1/calls", "/v1/calls/live",
	"/v1/events", "/v1/audit", "/v1/settings", "/v1/health", "/v1/openapi.json", "/v1/docs", "/v1/overview", "/v1/tokens", "/v1/password/forgot",
	"/v1/links/abc", "/v1/setup/", "/v1//setup", "/v1/setup/../users", "/v1/users/x.css", "/v1/photo.png", "/setup/", "/SETUP", "/metrics", "/debug/pprof/"}

// After five wrong tries the link is dead, and the next start prints another.
func TestSetupLinkTries(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serve(t, loopback(data)...)
	s.says("Set up your office: ")
	link, _ := url.Parse(s.link)
	right := "/v1/setup?token=" + link.Query().Get("token")
	s.call(200, "GET", right, nil)
	for range 5 {
		if a, err := s.Do(t.Context(), "GET", "/v1/setup?token=wrong", nil); err != nil || a.Status < 400 {
			t.Fatalf("a wrong link: %+v, %v", a, err)
		}
	}
	if a, err := s.Do(t.Context(), "GET", right, nil); err != nil || a.Status < 400 {
		t.Errorf("after five wrong tries the link still works: %+v, %v", a, err)
	}
	old := s.link
	s.stop()
	s = serve(t, loopback(data)...)
	s.says("Set up your office: ")
	if s.link == old || s.link == "" {
		t.Errorf("the next start printed %q", s.link)
	}
	link, _ = url.Parse(s.link)
	s.call(200, "GET", "/v1/setup?token="+link.Query().Get("token"), nil)
	s.stop()
}

// The shell claims beside a running server, which notices by itself; verbs work beside it.
func TestVerbsBesideServer(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			data := t.TempDir()
			at := []string{"--data", data}
			if kind == "postgres" {
				at = append(at, "--database", postgresAddress(t))
			}
			s := serve(t, append(loopback(data), at[2:]...)...)
			s.claim(at...)
			if _, err := os.Stat(filepath.Join(data, "setup-link")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the set-up link is still there: %v", err)
			}
			verb(t, password+"\n", append([]string{"setup", "--email", "eve@example.com", "--name", "Eve", "--password-stdin", "--country", "DE", "--zone", "Europe/Berlin"}, at...)...).
				refused(t, "already")

			secret := strings.TrimSpace(verb(t, "", append([]string{"token", "create", "--user", email, "--name", "Script", "--expires", "30d"}, at...)...).well(t))
			script := officetest.NewClient(s.Base, patience)
			script.Token = secret
			eventually(t, "the token works", func() bool {
				a, err := script.Do(t.Context(), "GET", "/v1/users", nil)
				return err == nil && a.Status == 200 && a.Object.Text("items", 0, "name") == "Olga Nowak"
			})
			if a, err := script.Do(t.Context(), "POST", "/v1/users", officetest.Object{"name": "Bob", "email": "bob@example.com"}); err != nil || a.Status != 201 {
				t.Errorf("the token cannot add people: %+v, %v", a, err)
			}
			for _, wrong := range []string{secret[:len(secret)-1], secret + "x", "tdm_", "x"} {
				script.Token = wrong
				if a, err := script.Do(t.Context(), "GET", "/v1/users", nil); err != nil || a.Status != http.StatusUnauthorized {
					t.Errorf("token %q: %+v, %v", wrong, a, err)
				}
			}
			verb(t, "", append([]string{"token", "create", "--user", "nobody@example.com", "--name", "x"}, at...)...).refused(t, "nobody@example.com")
			if out := verb(t, "", append([]string{"audit", "verify"}, at...)...).well(t); !strings.Contains(out, "intact") {
				t.Errorf("audit verify: %s", out)
			}
			s.stop()
		})
	}
}

// Two servers on the same data would each take the other's calls for cut off.
func TestSecondServer(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serve(t, loopback(data)...)
	s.claim("--data", data)
	caller, _, id := s.talking()
	verb(t, "", loopback(data)...).refused(t, "another Tandem", data, "--data")
	verb(t, "", loopback(t.TempDir(), "--http", s.where["HTTP"])...).refused(t, "--http", s.where["HTTP"], "another")
	verb(t, "", loopback(t.TempDir(), "--sip", s.where["SIP UDP"])...).refused(t, "--sip", s.where["SIP UDP"], "another")
	if live := s.call(200, "GET", "/v1/calls/live", nil); live.Text("items", 0, "id") != id {
		t.Errorf("the call of the first server: %v", live)
	}
	caller.Hangup()
	eventually(t, "the record", func() bool { return s.call(200, "GET", "/v1/calls", nil).Text("items", 0, "cause") == "hangup" })
	s.stop()
}

// Every flag has an environment twin, and a flag wins over it.
func TestEnvironment(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	env := []string{"TANDEM_DATA=" + data, "TANDEM_DATABASE=sqlite:" + filepath.Join(data, "elsewhere.db"), "TANDEM_HTTP=127.0.0.1:0", "TANDEM_SIP=127.0.0.1:0",
		"TANDEM_SIPS=127.0.0.1:0", "TANDEM_PUBLIC=127.0.0.1", "TANDEM_RTP=20000-28999", "TANDEM_WEB=https://phones.example.com/", "TANDEM_LOG_LEVEL=error",
		"TANDEM_EXEMPT=127.0.0.0/8,10.1.2.3", "TANDEM_PROXIES=10.0.0.0/8", "TANDEM_DIGESTS=MD5"}
	s := serveWith(t, env, "serve", "--http", "127.0.0.1:0")
	s.says("Set up your office: ")
	if !strings.HasPrefix(s.link, "https://phones.example.com/setup?") {
		t.Errorf("link %s", s.link)
	}
	if _, err := os.Stat(filepath.Join(data, "elsewhere.db")); err != nil {
		t.Error(err)
	}
	verbWith(t, env, password+"\n", "setup", "--email", email, "--name", "Olga", "--password-stdin", "--country", "DE", "--zone", "Europe/Berlin").well(t)
	s.signIn()
	d := s.call(201, "POST", "/v1/users/"+s.call(200, "GET", "/v1/session", nil).Text("user", "id")+"/devices", officetest.Object{"name": "Phone", "kind": "desk"})
	if d.Text("account", "server") != "127.0.0.1" {
		t.Errorf("account %v", d)
	}
	s.stop()

	for _, bad := range []string{"TANDEM_HTTP=nonsense", "TANDEM_EXEMPT=nonsense", "TANDEM_DIGESTS=nonsense", "TANDEM_LOG_LEVEL=nonsense", "TANDEM_RTP=nonsense",
		"TANDEM_DATABASE=nonsense", "TANDEM_CERT=nonsense"} {
		verbWith(t, append(env, bad), "", "serve").refused(t)
	}
}
