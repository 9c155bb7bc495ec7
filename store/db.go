// Package store keeps the tables: SQLite or PostgreSQL behind one type, with one SQL text for both.
//
// It holds no rule: who may do what is decided in policy, what fits together in pbx. Secrets are sealed in its tables (sealed.go).
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"

	"tandem/vault"
)

// DB is an open database. It may be used by many goroutines, and beside other processes that have the same one open.
type DB struct {
	read  *sql.DB // any number of readers, never held up by a writer
	write *sql.DB // SQLite: one connection, because there can be only one writer; PostgreSQL: the same pool as read
	lite  bool
	path  string               // SQLite file
	ready map[string]*sql.Stmt // SQLite: the statements of every call, prepared on the writing connection
	keys  *vault.Vault         // seals secrets; nil keeps them as they are

	mu      sync.Mutex // guards tenants
	tenants map[string]*Tenant
}

// Open opens a database and brings its schema up to date. The address is sqlite:PATH or postgres://…; the error of an
// address that is neither, of a database that cannot be reached or of one that a newer version wrote says so (BAR CR-08).
func Open(ctx context.Context, address string) (*DB, error) {
	var db *DB
	var err error
	switch scheme, rest, _ := strings.Cut(address, ":"); scheme {
	case "sqlite":
		db, err = openSQLite(rest)
	case "postgres", "postgresql":
		db, err = openPostgres(address)
	default:
		return nil, errors.New("store: a database address begins with sqlite: or postgres: and goes on with a path or a host")
	}
	if err != nil {
		return nil, err
	}
	if err := db.migrate(ctx, migrations()); err != nil {
		db.Close()
		return nil, err
	}
	if err := db.prepare(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// prepare keeps the statements that every call needs ready. The SQLite driver would read their text anew each time, which costs more than
// carrying them out; pgx remembers statements by itself.
func (db *DB) prepare(ctx context.Context) error {
	if !db.lite {
		return nil
	}
	ready := make(map[string]*sql.Stmt)
	for _, query := range []string{takePlaces, keepHead, openCall, closeCall, insertCall, takeTexted, insertPart + tuples(1, 4), insertFact + tuples(1, factWidth)} {
		s, err := db.write.PrepareContext(ctx, tx{lite: true}.bind(query))
		if err != nil {
			return fmt.Errorf("store: prepare: %w", err)
		}
		ready[query] = s
	}
	db.ready = ready
	return nil
}

// openSQLite opens a file in write-ahead mode: readers see the last commit while a writer works. Every commit is synced
// (FULL), because each holds audit facts or call records (BAR CR-03). A second process waits up to ten seconds for its turn.
func openSQLite(path string) (*DB, error) {
	if path == "" {
		return nil, errors.New("store: sqlite: needs a path")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("store: path of the database: %w", err)
	}
	if err := touchPrivate(path); err != nil {
		return nil, err
	}
	// What is deleted is overwritten, so that nothing of it is found in the file (BAR PR-05).
	// The log is carried over into the tables every 16 MB, not every 4: the same pages are written again and again, and carrying over syncs.
	write, err := driver.Open(liteName(path, "immediate") + "&_pragma=secure_delete(on)&_pragma=wal_autocheckpoint(4000)&_pragma=cache_size(-6000)")
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	read, err := driver.Open(liteName(path, "deferred") + "&_pragma=query_only(on)")
	if err != nil {
		write.Close()
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	read.SetMaxOpenConns(8)
	read.SetMaxIdleConns(4)
	return &DB{read: read, write: write, lite: true, path: path}, nil
}

// liteName is the address of a file for the driver. The files beside it get its permissions (modeof).
func liteName(path, txlock string) string {
	u := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: "modeof=" + strings.ReplaceAll(url.QueryEscape(path), "+", "%20") + "&_txlock=" + txlock +
		"&_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=temp_store(memory)"}
	return u.String()
}

// touchPrivate makes the file before SQLite does, so that nobody else can read it: it holds password hashes.
func touchPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("store: database file: %w", err)
	}
	return f.Close()
}

func openPostgres(address string) (*DB, error) {
	pool, err := sql.Open("pgx", address)
	if err != nil {
		return nil, fmt.Errorf("store: postgres address: %w", err)
	}
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(8)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return &DB{read: pool, write: pool}, nil
}

// Close closes the database; running transactions are rolled back.
func (db *DB) Close() error {
	err := db.read.Close()
	if db.write != db.read {
		err = errors.Join(db.write.Close(), err)
	}
	return err
}

// Tenant is the office with an id. A single-office installation is "main".
// The same id always gives the same Tenant, because what is appended to it at the same time is committed together.
func (db *DB) Tenant(id string) *Tenant {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.tenants == nil {
		db.tenants = map[string]*Tenant{}
	}
	t := db.tenants[id]
	if t == nil {
		t = &Tenant{db: db, id: id, seen: map[string][]sign{}}
		db.tenants[id] = t
	}
	return t
}

// Tenant reads and writes the rows of one office; without one no table can be asked.
type Tenant struct {
	db *DB
	id string

	mu    sync.Mutex // guards queue
	queue []*batch   // appended call records that wait for a common commit
	turn  sync.Mutex // held by the goroutine that commits for all

	seen map[string][]sign // facts of running calls that this process has stored; touched only by whoever holds turn
}

// tx is a transaction or a set of reads; it turns $1 into SQLite's ?1, and the order of bytes into what PostgreSQL calls it, which have the same meaning.
type tx struct {
	*sql.Tx
	lite  bool
	ready map[string]*sql.Stmt
	keys  *vault.Vault
}

func (t tx) bind(query string) string {
	if t.lite {
		return strings.ReplaceAll(query, "$", "?")
	}
	return strings.ReplaceAll(query, "COLLATE BINARY", `COLLATE "C"`)
}

func (t tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	var r sql.Result
	var err error
	if s := t.ready[query]; s != nil {
		r, err = t.StmtContext(ctx, s).ExecContext(ctx, args...)
	} else {
		r, err = t.ExecContext(ctx, t.bind(query), args...)
	}
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// rows is how many rows of so many columns one INSERT carries: for SQLite one, whose statement is ready; elsewhere as many as fit, because
// each statement is a round trip.
func (t tx) rows(columns int) int {
	if t.lite {
		return 1
	}
	return params / columns
}

func (t tx) row(ctx context.Context, query string, args ...any) *sql.Row {
	if s := t.ready[query]; s != nil {
		return t.StmtContext(ctx, s).QueryRowContext(ctx, args...)
	}
	return t.QueryRowContext(ctx, t.bind(query), args...)
}

// each calls scan for every row of a query.
func (t tx) each(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := t.QueryContext(ctx, t.bind(query), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// change runs f in a transaction that writes. A transaction that PostgreSQL gave up because of others is tried again.
func (db *DB) change(ctx context.Context, op string, f func(tx) error) error {
	var err error
	for range 5 {
		if err = db.once(ctx, db.write, nil, f); err == nil || !isRetry(err) {
			break
		}
	}
	return db.fault(op, err)
}

// view runs f on one unchanging state of the database.
func (db *DB) view(ctx context.Context, op string, f func(tx) error) error {
	o := &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}
	if db.lite {
		o = nil // a deferred transaction reads one state, and the pool is read only
	}
	return db.fault(op, db.once(ctx, db.read, o, f))
}

func (db *DB) once(ctx context.Context, pool *sql.DB, o *sql.TxOptions, f func(tx) error) error {
	t, err := pool.BeginTx(ctx, o)
	if err != nil {
		return err
	}
	x := tx{Tx: t, lite: db.lite, keys: db.keys}
	if pool == db.write {
		x.ready = db.ready
	}
	if err := f(x); err != nil {
		return errors.Join(err, ignore(t.Rollback()))
	}
	return t.Commit()
}

// ignore drops the error of ending a transaction that a failed statement has ended already.
func ignore(err error) error {
	if errors.Is(err, sql.ErrTxDone) || errors.Is(err, sqlite3.ERROR) {
		return nil
	}
	return err
}
