package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/ncruces/go-sqlite3/driver" // registers "sqlite3"
	"go.uber.org/goleak"

	"tandem/officetest"
	"tandem/store"
)

// raw opens the database file behind the program's back, to look and to damage.
func raw(t *testing.T, data string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(data, "tandem.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// count asks the database for one number.
func count(t *testing.T, db *sql.DB, query string) int {
	t.Helper()
	var n int
	if err := db.QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// SIGTERM says goodbye to both ends of a running call, writes its record and ends at once.
func TestTerminate(t *testing.T) {
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
			caller, callee, id := s.talking()
			began := time.Now()
			s.stop()
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("stopping took %v", took)
			}
			within(t, "the caller hears goodbye", caller.Ended())
			within(t, "the callee hears goodbye", callee.Ended())

			s = serve(t, append(loopback(data), at[2:]...)...)
			s.signIn()
			record := s.call(200, "GET", "/v1/calls/"+id, nil)
			if record.At("cause") != "interrupted" || record.Text("reason") != "The phone system was stopped during the call." || record.At("answered") == nil {
				t.Errorf("record %v", record)
			}
			if all := s.call(200, "GET", "/v1/calls", nil); len(all.Items()) != 1 {
				t.Errorf("%d records", len(all.Items()))
			}
			s.stop()
			if strings.Contains(s.log.String(), "cut off") {
				t.Errorf("a clean stop left calls open:\n%s", s.log)
			}
		})
	}
}

// Phones that vanished and a visitor who never finishes his request do not hold up the end.
func TestTerminateAlone(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serve(t, loopback(data)...)
	s.claim("--data", data)
	s.talking()
	s.phones.Close()
	c, err := net.Dial("tcp", s.where["HTTP"])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
	began := time.Now()
	s.stop()
	if took := time.Since(began); took > 7*time.Second {
		t.Errorf("stopping took %v", took)
	}
	if n := count(t, raw(t, data), `SELECT COUNT(*) FROM calls WHERE cause = 'interrupted'`); n != 1 {
		t.Errorf("%d records", n)
	}
	if list, err := store.Checkpoints(filepath.Join(data, "checkpoints.log")); err != nil || len(list) == 0 {
		t.Errorf("no checkpoint: %v, %v", list, err)
	}
}

// After kill -9 with a call up the next start closes it with one record, and the start after that does nothing (BAR CR-01).
func TestKilled(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serve(t, loopback(data)...)
	s.claim("--data", data)
	_, _, id := s.talking()
	db := raw(t, data)
	eventually(t, "the answer is on disk", func() bool { return count(t, db, `SELECT COUNT(*) FROM facts WHERE kind = 'call.answered'`) == 1 })
	s.kill()
	if n := count(t, db, `SELECT COUNT(*) FROM calls`); n != 0 {
		t.Fatalf("%d records before the call ended", n)
	}
	for round := range 2 {
		s = serve(t, loopback(data)...)
		s.signIn()
		list := s.call(200, "GET", "/v1/calls", nil).Items()
		if len(list) != 1 || list[0].Text("id") != id || list[0].Text("cause") != "interrupted" || list[0].Text("from", "name") != "Alice" || list[0].At("answered") == nil {
			t.Errorf("start %d: records %v", round+1, list)
		}
		if live := s.call(200, "GET", "/v1/calls/live", nil); len(live.Items()) != 0 {
			t.Errorf("start %d: a dead call is shown: %v", round+1, live)
		}
		if told := strings.Contains(s.log.String(), "cut off"); told != (round == 0) {
			t.Errorf("start %d: log\n%s", round+1, s.log)
		}
		s.kill()
	}
	if n := count(t, db, `SELECT COUNT(*) FROM facts WHERE kind = 'call.ended'`); n != 1 {
		t.Errorf("%d ends of one call", n)
	}
	db.Close()
	verb(t, "", "audit", "verify", "--data", data).well(t)
}

// A backup of a running server fills an empty directory and an empty PostgreSQL database, and nothing that holds an office.
func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	data, file := t.TempDir(), filepath.Join(t.TempDir(), "office.backup")
	s := serve(t, loopback(data)...)
	s.claim("--data", data)
	caller, _, _ := s.talking()
	caller.Hangup()
	eventually(t, "the record", func() bool { return len(s.call(200, "GET", "/v1/calls", nil).Items()) == 1 })
	if out := verb(t, "", "backup", "--data", data, file).well(t); !strings.Contains(out, file) {
		t.Errorf("backup prints %q", out)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: a backup holds secrets", info, err)
	}
	verb(t, "", "backup", "--data", data, file).refused(t, file, "exists already")
	verb(t, "", "backup", "--data", data, "/proc/none/file").refused(t, "/proc/none")
	s.call(201, "POST", "/v1/users", officetest.Object{"name": "Late", "email": "late@example.com"})
	s.stop()
	verb(t, "", "restore", "--data", data, file).refused(t, "already holds an office", "--data")

	cut := filepath.Join(t.TempDir(), "cut.backup")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cut, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			data := t.TempDir()
			at := []string{"--data", data}
			if kind == "postgres" {
				at = append(at, "--database", postgresAddress(t))
			}
			verb(t, "", append([]string{"restore", cut}, at...)...).refused(t, cut)
			verb(t, "", append([]string{"restore", file}, at...)...).well(t)
			verb(t, "", append([]string{"restore", file}, at...)...).refused(t, "already holds an office")
			verb(t, "", append([]string{"audit", "verify"}, at...)...).well(t)
			s := serve(t, append(loopback(data), at[2:]...)...)
			s.signIn()
			people := s.call(200, "GET", "/v1/users?sort=name", nil).Items()
			if len(people) != 3 || people[0].Text("name") != "Alice" {
				t.Errorf("people %v", people)
			}
			if calls := s.call(200, "GET", "/v1/calls", nil).Items(); len(calls) != 1 || calls[0].Text("cause") != "hangup" {
				t.Errorf("calls %v", calls)
			}
			s.stop()
		})
	}
}

// Whoever changes the audit log by hand is found out (BAR AU-02).
func TestAuditVerify(t *testing.T) {
	t.Parallel()
	origin := t.TempDir()
	s := serve(t, loopback(origin)...)
	s.claim("--data", origin)
	for i := range 5 {
		s.call(201, "POST", "/v1/groups", officetest.Object{"name": fmt.Sprint("Group ", i)})
	}
	s.stop() // writes a checkpoint
	if list, err := store.Checkpoints(filepath.Join(origin, "checkpoints.log")); err != nil || len(list) == 0 {
		t.Fatalf("no checkpoint at the stop: %v, %v", list, err)
	}
	old := filepath.Join(t.TempDir(), "old")
	copyDir(t, origin, old)
	s = serve(t, loopback(origin)...)
	s.signIn()
	s.call(201, "POST", "/v1/groups", officetest.Object{"name": "Newest"})
	s.stop()

	for _, tt := range []struct {
		name   string
		damage func(t *testing.T, data string, exec func(string))
		words  string // of the refusal; empty: intact
	}{
		{"untouched", func(*testing.T, string, func(string)) {}, ""},
		{"a flipped bit in what was done", func(_ *testing.T, _ string, exec func(string)) {
			exec(`UPDATE facts SET after_json = REPLACE(after_json, 'Group 2', 'Group 3') WHERE after_json LIKE '%Group 2%'`)
		}, "NOT intact, at entry"},
		{"another person did it", func(_ *testing.T, _ string, exec func(string)) {
			exec(`UPDATE facts SET actor_user = 'usr_eve' WHERE seq = 3`)
		}, "at entry 3"},
		{"a second later", func(_ *testing.T, _ string, exec func(string)) { exec(`UPDATE facts SET at = at + 1000 WHERE seq = 2`) }, "at entry 2"},
		{"a missing row", func(_ *testing.T, _ string, exec func(string)) { exec(`DELETE FROM facts WHERE seq = 4`) }, "at entry 4"},
		{"two rows swapped", func(_ *testing.T, _ string, exec func(string)) {
			exec(`UPDATE facts SET seq = -1 WHERE seq = 3`)
			exec(`UPDATE facts SET seq = 3 WHERE seq = 4`)
			exec(`UPDATE facts SET seq = 4 WHERE seq = -1`)
		}, "at entry 3"},
		{"a row that was never written", func(_ *testing.T, _ string, exec func(string)) {
			exec(`INSERT INTO facts SELECT tenant, seq + 1, ` + factRest + ` FROM facts ORDER BY seq DESC LIMIT 1`)
		}, "NOT intact"},
		{"the last row cut off", func(_ *testing.T, _ string, exec func(string)) {
			exec(`DELETE FROM facts WHERE seq = (SELECT MAX(seq) FROM facts)`)
		}, "NOT intact"},
		{"the tail cut off so that the chain still fits", func(_ *testing.T, _ string, exec func(string)) {
			exec(`DELETE FROM facts WHERE seq = (SELECT MAX(seq) FROM facts)`)
			exec(`UPDATE tenants SET seq = (SELECT MAX(seq) FROM facts), head = (SELECT hash FROM facts ORDER BY seq DESC LIMIT 1)`)
		}, "NOT intact"},
		{"the whole database set back", func(t *testing.T, data string, _ func(string)) {
			keep, err := os.ReadFile(filepath.Join(data, "checkpoints.log"))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.RemoveAll(data); err != nil {
				t.Fatal(err)
			}
			copyDir(t, old, data)
			if err := os.WriteFile(filepath.Join(data, "checkpoints.log"), keep, 0o600); err != nil {
				t.Fatal(err)
			}
		}, "NOT intact"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			data := filepath.Join(t.TempDir(), "copy")
			copyDir(t, origin, data)
			tt.damage(t, data, func(query string) {
				db := raw(t, data)
				defer db.Close()
				r, err := db.Exec(query)
				if err != nil {
					t.Fatal(err)
				}
				if n, _ := r.RowsAffected(); n == 0 {
					t.Fatalf("nothing was changed by %s", query)
				}
			})
			r := verb(t, "", "audit", "verify", "--data", data)
			doctor := verb(t, "", quietDoctor(data)...)
			if tt.words == "" {
				r.well(t)
				doctor.well(t)
				return
			}
			r.refused(t, tt.words)
			doctor.refused(t, "BAD audit log", "broken at entry")
		})
	}
}

// factRest are the columns of the log after tenant and place.
const factRest = `at, kind, audit, actor, actor_user, object_kind, object_id, subject, before_json, after_json, reason, search, data_json, revision, hash, salt, commitment`

// quietDoctor looks at ports that nobody uses.
func quietDoctor(data string) []string {
	return []string{"doctor", "--data", data, "--http", "127.0.0.1:0", "--sip", "127.0.0.1:0", "--sips", "127.0.0.1:0"}
}

func copyDir(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// The doctor finds what is wrong, says what to do, and fails; it is content with a good office, running or not.
func TestDoctor(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	verb(t, "", "doctor", "--data", filepath.Join(data, "none")).refused(t, "BAD database", "no office", "→")
	s := serve(t, loopback(data)...)
	verb(t, "", quietDoctor(data)...).refused(t, "BAD office", "nobody owns it yet", "tandem setup", "1 finding")
	s.claim("--data", data)
	running := []string{"doctor", "--data", data, "--http", s.where["HTTP"], "--sip", s.where["SIP UDP"], "--sips", s.where["SIP TLS"]}
	out := verb(t, "", running...).well(t)
	for _, words := range []string{"All is well", "1 people", "intact", "in use", "valid until", "MB free"} {
		if !strings.Contains(out, words) {
			t.Errorf("the doctor does not say %q:\n%s", words, out)
		}
	}
	s.call(200, "PATCH", "/v1/settings", officetest.Object{"mail": officetest.Object{"host": "127.0.0.1", "port": 1, "from": "office@example.com", "tls": "none"}})
	verb(t, "", running...).refused(t, "BAD mail", "127.0.0.1:1")
	s.stop()
	verb(t, "", append(quietDoctor(data), "--cert", "/none.pem", "--key", "/none.pem")...).refused(t, "certificate", "mail")
	verb(t, "", "doctor", "--data", data, "--http", "192.0.2.1:80", "--sip", "127.0.0.1:0", "--sips", "").refused(t, "BAD web", "192.0.2.1", "→")
	verb(t, "", append(quietDoctor(data), "--database", "postgres://x@127.0.0.1:1/x")...).refused(t, "BAD database", "does not answer")
}

// A database that a newer version wrote is refused with a sentence, and left alone (BAR CR-08).
func TestNewerSchema(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	verb(t, password+"\n", "setup", "--data", data, "--email", email, "--name", "Olga", "--password-stdin", "--country", "DE", "--zone", "Europe/Berlin").well(t)
	db := raw(t, data)
	if _, err := db.Exec(`INSERT INTO schema_steps (step, name) VALUES (999, 'from the future')`); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{loopback(data), {"audit", "verify", "--data", data}, {"backup", "--data", data, filepath.Join(t.TempDir(), "b")},
		{"token", "create", "--data", data, "--user", email, "--name", "x"}} {
		verb(t, "", args...).refused(t, "newer version of Tandem", "999", "restore a backup")
	}
	if _, err := db.Exec(`DELETE FROM schema_steps WHERE step = 999`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	verb(t, "", "audit", "verify", "--data", data).well(t)
}

// The canned company comes to life: people, phones, calls that begin and end; and it goes without a trace.
func TestOffice(t *testing.T) {
	t.Parallel()
	temp := t.TempDir()
	s := serveWith(t, []string{"TMPDIR=" + temp}, "office", "--http", "127.0.0.1:0", "--log-level", "info")
	if !s.says("Sign in as ") {
		t.Fatal(s.log)
	}
	s.call(200, "POST", "/v1/session", officetest.Object{"email": officetest.OwnerEmail, "password": officePassword})
	if n := len(s.call(200, "GET", "/v1/users?limit=100", nil).Items()); n != 29 {
		t.Errorf("%d people, want 25 and four rooms", n)
	}
	if n := len(s.call(200, "GET", "/v1/groups", nil).Items()); n < 5 {
		t.Errorf("%d groups", n)
	}
	eventually(t, "the phones register", func() bool {
		n, _ := s.call(200, "GET", "/v1/overview", nil).At("registered").(float64)
		return n >= 24
	})
	eventually(t, "somebody calls", func() bool { return len(s.call(200, "GET", "/v1/calls/live", nil).Items()) > 0 })
	eventually(t, "a call is over", func() bool { return len(s.call(200, "GET", "/v1/calls", nil).Items()) > 0 })
	s.stop()
	if left, err := os.ReadDir(temp); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if s.log.String() != "" {
		t.Errorf("log:\n%s", s.log)
	}
}

// The same program inside this process: it ends when its context does, and leaves no goroutine.
func TestServeLeavesNothing(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	ctx, stop := context.WithCancelCause(t.Context())
	out := &logs{}
	done := make(chan int, 1)
	go func() { done <- run(ctx, loopback(t.TempDir()), streams{strings.NewReader(""), out, out}) }()
	eventually(t, "it listens", func() bool { return strings.Contains(out.String(), "Set up your office") })
	stop(errors.New("enough"))
	if code := <-done; code != 0 {
		t.Errorf("exit %d\n%s", code, out)
	}
}
