package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"tandem/vault"
)

// sealedColumns are those that hold secrets: what opens something, or what people are not to read in a copy of the disk (BAR PR-07). Hashes of long random
// secrets and of passwords are not among them.
func sealedColumns() map[string][]string {
	return map[string][]string{
		"devices":   {"md5", "sha256"}, // as good as the secret of the phone
		"trunks":    {"secret"},
		"rooms":     {"pin", "host_pin"},
		"calendars": {"link"},
		"mails":     {"plain", "html", "secret"}, // their links open accounts
		"tenants":   {"mail_password", "providers"},
	}
}

// Seal lets secrets be sealed by a vault from now on, and opened. Without one they are kept as they are, and what was sealed cannot be read.
func (db *DB) Seal(keys *vault.Vault) { db.keys = keys }

func aboutColumn(table, column, tenant, id string) string {
	return table + "." + column + " " + tenant + " " + id
}

// seal is a value as its column holds it.
func (t tx) seal(table, column, tenant, id, v string) string {
	if t.keys == nil || v == "" || !slices.Contains(sealedColumns()[table], column) {
		return v
	}
	return t.keys.Seal(v, aboutColumn(table, column, tenant, id))
}

// open is a value that its column holds.
func (t tx) open(table, column, tenant, id, v string) (string, error) {
	if t.keys == nil || !slices.Contains(sealedColumns()[table], column) {
		return v, nil
	}
	plain, err := t.keys.Open(v, aboutColumn(table, column, tenant, id))
	if err != nil {
		return "", fmt.Errorf("%s.%s: %w", table, column, err)
	}
	return plain, nil
}

// sealed seals what has to be among the values of a row, whose first is the id.
func (t tx) sealed(table string, columns []string, tenant string, values []any) {
	for _, column := range sealedColumns()[table] {
		if i := slices.Index(columns, column); i >= 0 {
			values[i] = t.seal(table, column, tenant, values[0].(string), values[i].(string))
		}
	}
}

// opening reads a row and opens what is sealed in it; the first column is the id.
func (t tx) opening(table string, columns []string, tenant string, read scan) scan {
	secret := sealedColumns()[table]
	if t.keys == nil || len(secret) == 0 {
		return read
	}
	return func(to ...any) error {
		if err := read(to...); err != nil {
			return err
		}
		id := reflect.ValueOf(to[0]).Elem().String()
		for _, column := range secret {
			i := slices.Index(columns, column)
			if i < 0 {
				continue
			}
			v := to[i].(*string)
			var err error
			if *v, err = t.open(table, column, tenant, id, *v); err != nil {
				return err
			}
		}
		return nil
	}
}

// HoldsSealed reports whether anything is sealed, so that no new key may be made for it.
func (db *DB) HoldsSealed(ctx context.Context) (found bool, err error) {
	err = db.view(ctx, "look for secrets", func(x tx) error {
		return eachSealed(ctx, x, func(_ string, r secretRow) error {
			found = found || slices.ContainsFunc(r.values, vault.IsSealed)
			return nil
		})
	})
	return found, err
}

// secretRow is a row with its sealed columns.
type secretRow struct {
	tenant, id string
	values     []string
}

func eachSealed(ctx context.Context, x tx, visit func(table string, r secretRow) error) error {
	for table, columns := range sealedColumns() {
		query := "SELECT " + ownerOf(table) + ", id, " + strings.Join(columns, ", ") + " FROM " + table
		err := x.each(ctx, query, nil, func(rows *sql.Rows) error {
			r := secretRow{values: make([]string, len(columns))}
			to := []any{&r.tenant, &r.id}
			for i := range r.values {
				to = append(to, &r.values[i])
			}
			if err := rows.Scan(to...); err != nil {
				return err
			}
			return visit(table, r)
		})
		if err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	return nil
}

// ownerOf is the column that names the office of a row.
func ownerOf(table string) string {
	if table == "tenants" {
		return "id"
	}
	return "tenant"
}

const resealAtOnce = 100 // values in one transaction: calls are written between two

// Reseal seals anew what is not sealed with the current key of the vault, and tells how many values that were. It may be cut off anywhere and called
// again, beside readers and writers. What was not sealed at all is wiped out of an SQLite file, where it would be found in pages that are free.
func (db *DB) Reseal(ctx context.Context) (changed int, err error) {
	type value struct{ table, column, tenant, id, old string }
	var stale []value
	plain := false
	err = db.view(ctx, "look for secrets", func(x tx) error {
		stale, plain = nil, false
		return eachSealed(ctx, x, func(table string, r secretRow) error {
			for i, v := range r.values {
				if v != "" && db.keys.IsStale(v) {
					stale = append(stale, value{table, sealedColumns()[table][i], r.tenant, r.id, v})
					plain = plain || !vault.IsSealed(v)
				}
			}
			return nil
		})
	})
	if err != nil {
		return 0, err
	}
	for chunk := range slices.Chunk(stale, resealAtOnce) {
		err := db.change(ctx, "seal secrets", func(x tx) error {
			for _, v := range chunk {
				text, err := db.keys.Open(v.old, aboutColumn(v.table, v.column, v.tenant, v.id))
				if err != nil {
					return fmt.Errorf("%s.%s: %w", v.table, v.column, err)
				}
				query := "UPDATE " + v.table + " SET " + v.column + " = $1 WHERE " + ownerOf(v.table) + " = $2 AND id = $3 AND " + v.column + " = $4"
				if _, err := x.exec(ctx, query, x.seal(v.table, v.column, v.tenant, v.id, text), v.tenant, v.id, v.old); err != nil { // who changed it meanwhile has sealed it
					return err
				}
			}
			return nil
		})
		if err != nil {
			return changed, err
		}
		changed += len(chunk)
	}
	if plain && db.lite {
		return changed, db.wipe(ctx)
	}
	return changed, nil
}

// wipe writes an SQLite file anew, without what its free pages hold, and empties the log beside it.
func (db *DB) wipe(ctx context.Context) error {
	_, err1 := db.write.ExecContext(ctx, "VACUUM")
	_, err2 := db.write.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	if err := errors.Join(err1, err2); err != nil {
		return fmt.Errorf("store: wipe: %w", err)
	}
	return nil
}
