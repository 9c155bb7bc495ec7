package store

import (
	"context"
	"fmt"
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
