package store_test

import (
	"bufio"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"tandem/store"
)

var postgres struct {
	address string // of the server's first database
	problem error  // why there is no server; it fails every test that needs one
	schemas atomic.Int64
}

// TestMain starts a PostgreSQL server of its own in a temporary directory, on a socket that nobody else finds.
func TestMain(m *testing.M) {
	if os.Getenv("TANDEM_STORE_CHILD") != "" {
		child()
		return
	}
	runtime.LockOSThread() // the server dies with this thread
	stop := func() {}
	if stop, postgres.problem = startPostgres(); postgres.problem != nil {
		fmt.Fprintln(os.Stderr, "postgres:", postgres.problem)
	}
	code := m.Run()
	stop()
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func startPostgres() (stop func(), err error) {
	stop = func() {}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		path, err := exec.LookPath("postgres")
		if err != nil {
			return stop, fmt.Errorf("install Debian's package postgresql: %w", err)
		}
		found = []string{path}
	}
	bin := filepath.Dir(slices.Max(found))
	dir, err := os.MkdirTemp("", "tandem-pg-")
	if err != nil {
		return stop, err
	}
	stop = func() { os.RemoveAll(dir) }
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			return stop, err
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			return stop, err
		}
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(bin+"/initdb", "-D", data, "-U", "tandem", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
	initdb.SysProcAttr, initdb.Dir = attr, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return stop, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	server := exec.Command(bin+"/postgres", "-D", data, "-k", dir, "-p", "5432", "-c", "listen_addresses=", "-c", "fsync=off",
		"-c", "full_page_writes=off", "-c", "max_connections=200", "-c", "log_checkpoints=off", "-c", "lc_messages=C")
	server.SysProcAttr, server.Dir = attr, dir
	log, err := server.StderrPipe()
	if err != nil {
		return stop, err
	}
	if err := server.Start(); err != nil {
		return stop, err
	}
	ready, done := make(chan bool, 1), make(chan struct{})
	var tail []string
	go func() {
		defer close(done)
		for lines := bufio.NewScanner(log); lines.Scan(); {
			if strings.Contains(lines.Text(), "ready to accept connections") {
				ready <- true
			}
			tail = append(tail, lines.Text())[max(0, len(tail)-9):]
		}
		ready <- false
	}()
	stop = func() {
		server.Process.Signal(syscall.SIGQUIT)
		<-done
		server.Wait()
		os.RemoveAll(dir)
	}
	if !<-ready {
		stop()
		return func() {}, fmt.Errorf("the server ended: %s", strings.Join(tail, "\n"))
	}
	postgres.address = "postgres://tandem@/postgres?port=5432&host=" + url.QueryEscape(dir)
	return stop, nil
}

// newAddress is the address of an empty database of a kind.
func newAddress(t testing.TB, kind string) string {
	t.Helper()
	if kind == "sqlite" {
		return "sqlite:" + filepath.Join(t.TempDir(), "tandem.db")
	}
	if postgres.problem != nil {
		t.Fatal(postgres.problem)
	}
	schema := fmt.Sprintf("t%d", postgres.schemas.Add(1))
	db := rawDB(t, postgres.address)
	if _, err := db.Exec("CREATE SCHEMA " + schema); err != nil {
		t.Fatal(err)
	}
	db.Close()
	return postgres.address + "&search_path=" + schema
}

// rawDB opens a database behind the back of the store, to look and to damage.
func rawDB(t testing.TB, address string) *sql.DB {
	t.Helper()
	driver, name := "pgx", address
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		driver, name = "sqlite3", "file:"+path+"?_pragma=busy_timeout(5000)"
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func open(t testing.TB, address string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// each runs a test on every kind of database.
func each(t *testing.T, f func(t *testing.T, address string)) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) { f(t, newAddress(t, kind)) })
	}
}
