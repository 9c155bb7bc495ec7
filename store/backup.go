package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ncruces/go-sqlite3/driver"
)

// everything lists the tables that a backup holds: all there are. One side of every copy is an SQLite database, which is asked.
func everything(ctx context.Context, a, b tx) (tables []string, err error) {
	if !a.lite {
		a = b
	}
	rows, err := a.QueryContext(ctx, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'schema_steps' ORDER BY name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		tables = append(tables, name)
	}
	return tables, rows.Err()
}

// Backup writes one state of the whole database into a new file while others read and write (BAR CR-09). The file is an
// SQLite database whichever the source is, so that either kind can be restored from it. It holds secrets and is readable
// by its owner only. A file that exists already is not overwritten.
func (db *DB) Backup(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("store: backup: %s exists already", path)
	}
	if db.lite {
		return db.vacuumInto(ctx, path)
	}
	part := path + ".part"
	defer os.Remove(part)
	to, err := Open(ctx, "sqlite:"+part)
	if err != nil {
		return err
	}
	err = db.view(ctx, "backup", func(from tx) error {
		return to.change(ctx, "backup", func(into tx) error { return copyAll(ctx, from, into) })
	})
	if err := errors.Join(err, to.Close()); err != nil { // the last connection folds the write-ahead log into the file
		return err
	}
	return settle(part, path)
}

// vacuumInto copies an SQLite database, and puts the copy in place only when it is whole and on disk.
func (db *DB) vacuumInto(ctx context.Context, path string) error {
	part := path + ".part"
	os.Remove(part)
	defer os.Remove(part)
	if err := touchPrivate(part); err != nil {
		return err
	}
	from, err := driver.Open(liteName(db.path, "deferred")) // a connection of its own: neither readers nor calls wait for it
	if err != nil {
		return db.fault("backup", err)
	}
	_, err = from.ExecContext(ctx, "VACUUM INTO ?1", part)
	if err := errors.Join(err, from.Close()); err != nil {
		return db.fault("backup", err)
	}
	return settle(part, path)
}

func settle(part, path string) error {
	f, err := os.OpenFile(part, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close(), os.Rename(part, path)); err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	return nil
}

// Restore replaces everything in the database by the contents of a backup, in one transaction: it succeeds or leaves all
// as it was. A backup of an older version is brought up to date on a copy first; the file itself is only read. Sessions
// are not restored: whoever signed out since must not be signed in again; nor are registrations, which belong to their moment.
func (db *DB) Restore(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("store: restore: %w", err)
	}
	dir, err := os.MkdirTemp("", "tandem-restore-")
	if err != nil {
		return fmt.Errorf("store: restore: %w", err)
	}
	defer os.RemoveAll(dir)
	copied := filepath.Join(dir, "backup.db")
	if err := copyFile(path, copied); err != nil {
		return fmt.Errorf("store: restore: %w", err)
	}
	from, err := Open(ctx, "sqlite:"+copied)
	if err != nil {
		return fmt.Errorf("store: restore: %s is no backup: %w", path, err)
	}
	defer from.Close()
	if err := from.intact(ctx); err != nil {
		return err
	}
	return from.view(ctx, "restore", func(src tx) error {
		return db.change(ctx, "restore", func(into tx) error {
			if err := copyAll(ctx, src, into); err != nil {
				return err
			}
			_, err1 := into.exec(ctx, "DELETE FROM sessions")
			_, err2 := into.exec(ctx, "DELETE FROM bindings")
			return errors.Join(err1, err2)
		})
	})
}

// intact asks SQLite to check a file as a whole.
func (db *DB) intact(ctx context.Context) error {
	var answer string
	if err := db.read.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&answer); err != nil {
		return db.fault("check", err)
	}
	if answer != "ok" {
		return fmt.Errorf("store: the file is damaged: %s", answer)
	}
	return nil
}

// copyFile copies without changing the source, as opening it as a database might.
func copyFile(from, to string) error {
	b, err := os.OpenFile(from, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer b.Close()
	w, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = w.ReadFrom(b)
	return errors.Join(err, w.Close())
}

// copyAll replaces every row of every table of one database by those of another with the same schema.
func copyAll(ctx context.Context, from, into tx) error {
	tables, err := everything(ctx, from, into)
	if err != nil {
		return err
	}
	for _, table := range tables {
		if _, err := into.exec(ctx, "DELETE FROM "+table); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
		if err := copyTable(ctx, from, into, table); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	return nil
}

func copyTable(ctx context.Context, from, into tx, table string) error {
	rows, err := from.QueryContext(ctx, "SELECT * FROM "+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	head := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES "
	most := params / len(columns)
	var chunk []any
	flush := func() error {
		if len(chunk) == 0 {
			return nil
		}
		_, err := into.exec(ctx, head+tuples(len(chunk)/len(columns), len(columns)), chunk...)
		chunk = chunk[:0]
		return err
	}
	for rows.Next() {
		row, err := scanAny(rows, len(columns))
		if err != nil {
			return err
		}
		chunk = append(chunk, row...)
		if len(chunk) >= most*len(columns) {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return errors.Join(rows.Err(), flush())
}

// scanAny reads a row of numbers and texts.
func scanAny(rows *sql.Rows, n int) ([]any, error) {
	row := make([]any, n)
	to := make([]any, n)
	for i := range row {
		to[i] = &row[i]
	}
	if err := rows.Scan(to...); err != nil {
		return nil, err
	}
	for i, v := range row {
		if b, ok := v.([]byte); ok {
			row[i] = string(slices.Clone(b))
		}
	}
	return row, nil
}
