package store_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"tandem/officetest/postgres"
	"tandem/store"
)

// server is the PostgreSQL of these tests; problem is why there is none, and fails every test that needs it.
var (
	server  *postgres.Server
	problem error
)

// TestMain starts a PostgreSQL server of its own in a temporary directory, on a socket that nobody else finds.
func TestMain(m *testing.M) {
	if os.Getenv("TANDEM_STORE_CHILD") != "" {
		child()
		return
	}
	runtime.LockOSThread() // the server dies with this thread
	if server, problem = postgres.Start(); problem != nil {
		fmt.Fprintln(os.Stderr, "postgres:", problem)
	}
	code := m.Run()
	if server != nil {
		server.Stop()
	}
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// newAddress is the address of an empty database of a kind.
func newAddress(t testing.TB, kind string) string {
	t.Helper()
	if kind == "sqlite" {
		return "sqlite:" + filepath.Join(t.TempDir(), "tandem.db")
	}
	if problem != nil {
		t.Fatal(problem)
	}
	address, err := server.New()
	if err != nil {
		t.Fatal(err)
	}
	return address
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
