package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

//go:embed schema/*.sql
var schema embed.FS

// migration is one step of the schema; steps only lead forward.
type migration struct {
	name string
	sql  string
}

// migrations lists the steps in order of their number.
func migrations() []migration {
	files, err := fs.Glob(schema, "schema/*.sql") // sorted by name
	if err != nil {
		panic(err) // the pattern is fixed
	}
	var all []migration
	for _, f := range files {
		b, err := schema.ReadFile(f)
		if err != nil {
			panic(err) // embedded
		}
		all = append(all, migration{strings.TrimSuffix(strings.TrimPrefix(f, "schema/"), ".sql"), string(b)})
	}
	return all
}

// migrate takes the missing steps, each in a transaction of its own, and refuses a database that knows more steps than
// this program (BAR CR-08). An SQLite file that holds data is copied beside itself first.
func (db *DB) migrate(ctx context.Context, steps []migration) error {
	at, err := db.version(ctx)
	if err != nil {
		return err
	}
	if at > len(steps) {
		return fmt.Errorf("store: the database has schema %d, this program knows up to %d: it was written by a newer version of Tandem; "+
			"start that version, or restore a backup", at, len(steps))
	}
	if at == len(steps) {
		return nil
	}
	if at > 0 && db.lite {
		if err := db.keepOld(ctx, at); err != nil {
			return err
		}
	}
	for i := at; i < len(steps); i++ {
		if err := db.step(ctx, i, steps[i]); err != nil {
			return err
		}
	}
	return nil
}

// version reads how many steps were taken; a database without the table has taken none.
func (db *DB) version(ctx context.Context) (int, error) {
	n := 0
	count := func(t tx) error { return t.row(ctx, `SELECT COALESCE(MAX(step), 0) FROM schema_steps`).Scan(&n) }
	if err := db.view(ctx, "schema", count); err == nil {
		return n, nil
	}
	err := db.change(ctx, "schema", func(t tx) error {
		if _, err := t.exec(ctx, `CREATE TABLE IF NOT EXISTS schema_steps (step BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)`); err != nil {
			return err
		}
		return count(t)
	})
	return n, err
}

// step takes one step unless another process has just taken it.
func (db *DB) step(ctx context.Context, i int, m migration) error {
	return db.change(ctx, "schema "+m.name, func(t tx) error {
		n, err := t.exec(ctx, `INSERT INTO schema_steps (step, name) VALUES ($1, $2) ON CONFLICT (step) DO NOTHING`, i+1, m.name)
		if err != nil || n == 0 {
			return err
		}
		for _, s := range statements(m.sql) {
			if _, err := t.exec(ctx, s); err != nil {
				return fmt.Errorf("%w\n%s", err, s)
			}
		}
		return nil
	})
}

// statements splits a file at the semicolons that end a line; comments go.
func statements(text string) []string {
	var all []string
	var b strings.Builder
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "--")
		line = strings.TrimRight(line, " \t\n")
		b.WriteString(line + "\n")
		if strings.HasSuffix(line, ";") {
			all = append(all, strings.TrimSpace(b.String()))
			b.Reset()
		}
	}
	return all
}

// keepOld copies the file as it is before a step forward. A copy that is there already came from an attempt that was
// interrupted and is as good.
func (db *DB) keepOld(ctx context.Context, at int) error {
	path := fmt.Sprintf("%s.schema-%d", db.path, at)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	return db.vacuumInto(ctx, path)
}

// DropCopies removes copies of the file that were made before updates and are older than a moment: what was deleted since is still in them (BAR PR-05).
func (db *DB) DropCopies(before time.Time) error {
	if !db.lite {
		return nil
	}
	dir, name := filepath.Split(db.path)
	files, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("store: copies: %w", err)
	}
	for _, f := range files {
		if step, is := strings.CutPrefix(f.Name(), name+".schema-"); !is || step == "" || strings.Trim(step, "0123456789") != "" {
			continue
		}
		is, err := f.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && is.ModTime().After(before) {
			continue
		}
		if err := errors.Join(err, os.Remove(filepath.Join(dir, f.Name()))); err != nil {
			return fmt.Errorf("store: copies: %w", err)
		}
	}
	return nil
}
