package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"

	"tandem/pbx"
)

// fault names the operation, and turns what an administrator can mend into a refusal with a sentence: a full disk, a
// database that does not answer. The cause stays in the chain, for the log.
func (db *DB) fault(op string, err error) error {
	var refusal *pbx.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refusal):
		return err
	case isFull(err):
		return fmt.Errorf("store: %s: %w: %w", op, pbx.Refuse(pbx.Unavailable, "", "store.full"), err)
	case isAway(err):
		return fmt.Errorf("store: %s: %w: %w", op, pbx.Refuse(pbx.Unavailable, "", "store.away"), err)
	}
	return fmt.Errorf("store: %s: %w", op, err)
}

func isFull(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "53100"
	}
	return errors.Is(err, sqlite3.FULL) || errors.Is(err, sqlite3.IOERR_WRITE)
}

func isAway(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return strings.HasPrefix(pg.Code, "57") || strings.HasPrefix(pg.Code, "53") || strings.HasPrefix(pg.Code, "08")
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return true
	}
	return errors.Is(err, sqlite3.BUSY) || errors.Is(err, sqlite3.READONLY) || errors.Is(err, sqlite3.CANTOPEN) ||
		errors.Is(err, sqlite3.IOERR) || errors.Is(err, context.DeadlineExceeded)
}

// isRetry finds transactions that PostgreSQL ended in favour of others.
func isRetry(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// missing turns "no rows" into the refusal with a key.
func missing(err error, key string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return pbx.Refuse(pbx.NotFound, "", key)
	}
	return err
}
