package store

import (
	"context"
	"database/sql"
	"fmt"

	"tandem/event"
)

// LimitPages makes the disk seem full: the file of an SQLite database may have so many pages; 0 takes the limit away.
// It gives the number of pages now.
func (db *DB) LimitPages(ctx context.Context, n int) (int, error) {
	var pages int
	if err := db.write.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages); err != nil {
		return 0, err
	}
	limit := pages + n
	if n == 0 {
		limit = 1 << 30
	}
	var now int
	err := db.write.QueryRowContext(ctx, fmt.Sprint("PRAGMA max_page_count = ", limit)).Scan(&now)
	return pages, err
}

// OpenWith opens a database with a further step of the schema, as a later version would.
func OpenWith(ctx context.Context, address, name, sql string) (*DB, error) {
	db, err := Open(ctx, address)
	if err != nil {
		return nil, err
	}
	if err := db.migrate(ctx, append(migrations(), migration{name, sql})); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// Analyze has the database count its rows, which PostgreSQL does by itself after a while.
func (db *DB) Analyze(ctx context.Context) error {
	if db.lite {
		return nil
	}
	_, err := db.write.ExecContext(ctx, "ANALYZE")
	return err
}

// Exec runs a statement past everything, as an older version or somebody with the file would.
func (db *DB) Exec(ctx context.Context, statement string) error {
	_, err := db.write.ExecContext(ctx, statement)
	return err
}

// PlanOfRecordings is how an SQLite database reads a page of recordings.
func (t *Tenant) PlanOfRecordings(ctx context.Context, q RecordingQuery) (plan string, err error) {
	o, err := newest("started", q.Cursor)
	if err != nil {
		return "", err
	}
	err = t.db.view(ctx, "plan", func(x tx) error {
		all, err := t.recordingsAsked(ctx, x, &q)
		if err != nil {
			return err
		}
		way, err := t.way(ctx, x, all, &o)
		if err != nil {
			return err
		}
		query, w := "", newWhere(all.table, t.id)
		switch way {
		case wayMerge:
			query = all.merge(w, &o, 50)
		case wayHeads:
			query = all.sort(w, &o, 50)
		default:
			query = all.scan(w, &o, way, 50)
		}
		return x.each(ctx, "EXPLAIN QUERY PLAN "+query, w.args, func(s *sql.Rows) error {
			var id, parent, unused int
			var step string
			err := s.Scan(&id, &parent, &unused, &step)
			plan += step + "\n"
			return err
		})
	})
	return plan, err
}

// AppendOld writes a fact as versions before erasures did: its columns are hashed themselves.
func AppendOld(ctx context.Context, t *Tenant, f event.Fact) error {
	return t.db.change(ctx, "append", func(x tx) error {
		var head string
		if err := x.row(ctx, takePlaces, t.id, 1).Scan(&f.Seq, &head); err != nil {
			return err
		}
		row, err := newFactRow(f)
		if err != nil {
			return err
		}
		head = row.hash(t.id, head)
		if _, err := x.exec(ctx, insertFact+tuples(1, factWidth), append(append([]any{t.id}, row.values()...), "", "", head)...); err != nil {
			return err
		}
		_, err = x.exec(ctx, keepHead, t.id, head)
		return err
	})
}

// IsPostgres tells on which database a test runs.
func (db *DB) IsPostgres() bool { return !db.lite }
