package store_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/store"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// schema.sql is the result of all steps, to be read by people.
func TestSchema(t *testing.T) {
	address := newAddress(t, "sqlite")
	open(t, address)
	rows, err := rawDB(t, address).Query(`SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY tbl_name, type DESC, name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var b strings.Builder
	b.WriteString("-- The schema after all steps of schema/. Written by go test -update; not executed.\n")
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		b.WriteString("\n" + s + ";\n")
	}
	if *update {
		if err := os.WriteFile("schema.sql", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), b.String()); d != "" {
		t.Errorf("go test ./store -run TestSchema -update\n%s", d)
	}
}

func TestOpeningTwiceChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		furnish(t, open(t, address))
		before := dump(t, address)
		open(t, address)
		if d := cmp.Diff(before, dump(t, address)); d != "" {
			t.Error(d)
		}
	})
}

// A database that a newer version wrote is left alone, and the reason is said (BAR CR-08).
func TestANewerSchemaIsRefused(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		claim(t, open(t, address))
		if _, err := rawDB(t, address).Exec(`INSERT INTO schema_steps VALUES (99, '0099_future')`); err != nil {
			t.Fatal(err)
		}
		before := dump(t, address)
		if _, err := store.Open(t.Context(), address); err == nil || !strings.Contains(err.Error(), "newer version of Tandem") {
			t.Errorf("%v", err)
		}
		if d := cmp.Diff(before, dump(t, address)); d != "" {
			t.Error(d)
		}
	})
}

func TestBadAddresses(t *testing.T) {
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"":                                      "sqlite: or postgres:",
		"mysql://x":                             "sqlite: or postgres:",
		"sqlite:":                               "needs a path",
		"sqlite:" + file + "/below/a.db":        "database file",
		"postgres://127.0.0.1:1/x":              "store.away",
		"postgres://%zz":                        "postgres",
		"sqlite:" + t.TempDir() + "/a?b#&+ü.db": "",
	} {
		db, err := store.Open(t.Context(), address)
		if db != nil {
			db.Close()
		}
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// A step that is interrupted leaves the schema before it, and the file as it was is kept beside (BAR CR-08).
func TestUpgrade(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		furnish(t, open(t, address))
		before := dump(t, address)
		if _, err := store.OpenWith(t.Context(), address, "9998_half", "CREATE TABLE half (id TEXT);\nCREATE TABLE users (id TEXT);"); err == nil {
			t.Fatal("a step that fails was taken")
		}
		if d := cmp.Diff(before, dump(t, address)); d != "" {
			t.Error(d)
		}
		if _, err := rawDB(t, address).Exec("SELECT * FROM half"); err == nil {
			t.Error("half a step was taken")
		}
		db, err := store.OpenWith(t.Context(), address, "9999_whole", "-- a comment; with a semicolon\nALTER TABLE users ADD COLUMN note TEXT NOT NULL DEFAULT '';")
		if err != nil {
			t.Fatal(err)
		}
		db.Close()
		path, lite := strings.CutPrefix(address, "sqlite:")
		if !lite {
			return
		}
		copies, err := filepath.Glob(path + ".schema-*[0-9]")
		if err != nil || len(copies) != 1 {
			t.Fatalf("copies %v, %v", copies, err)
		}
		if d := cmp.Diff(before, dump(t, "sqlite:"+copies[0])); d != "" {
			t.Errorf("the copy differs:\n%s", d)
		}
		for _, old := range []bool{false, true} { // what is deleted later lives on in copies: they go with their time
			now := time.Now()
			if old {
				now = now.AddDate(0, 0, 36)
			}
			if err := db.DropCopies(now.AddDate(0, 0, -35)); err != nil {
				t.Fatal(err)
			}
			if left, err := filepath.Glob(path + ".schema-*[0-9]"); err != nil || len(left) == 1 == old {
				t.Errorf("copies %v, %v", left, err)
			}
		}
	})
}

// Password hashes are in the write-ahead log, too.
func TestFilesAreForTheOwnerOnly(t *testing.T) {
	address := newAddress(t, "sqlite")
	claim(t, open(t, address))
	path := strings.TrimPrefix(address, "sqlite:")
	for _, suffix := range []string{"", "-wal"} {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if p := info.Mode().Perm(); p&0o077 != 0 {
			t.Errorf("%s: %o", suffix, p)
		}
	}
}
