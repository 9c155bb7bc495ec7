package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rows says how a noun becomes a row and back. The first column is the id; the tenant stands before it.
type rows[N any] struct {
	table   string
	columns []string
	values  func(*N) ([]any, error)
	scan    func(scan) (*N, error)
}

// scan reads the columns of one row.
type scan func(to ...any) error

// params is how many values one statement carries: fewer statements for imports, and far below the limit of either database.
const params = 900

// put writes rows, new or changed, several to a statement.
func put[N any](ctx context.Context, t tx, tenant string, r rows[N], list []*N) error {
	set := make([]string, 0, len(r.columns))
	for _, c := range r.columns[1:] {
		set = append(set, c+" = excluded."+c)
	}
	head := "INSERT INTO " + r.table + " (tenant, " + strings.Join(r.columns, ", ") + ") VALUES "
	tail := " ON CONFLICT (tenant, " + r.columns[0] + ") DO UPDATE SET " + strings.Join(set, ", ")
	for chunk := range slices.Chunk(list, max(1, params/(len(r.columns)+1))) {
		var args []any
		for _, n := range chunk {
			v, err := r.values(n)
			if err != nil {
				return err
			}
			t.sealed(r.table, r.columns, tenant, v)
			args = append(append(args, tenant), v...)
		}
		if _, err := t.exec(ctx, head+tuples(len(chunk), len(r.columns)+1)+tail, args...); err != nil {
			return fmt.Errorf("%s: %w", r.table, err)
		}
	}
	return nil
}

// tuples writes ($1, $2), ($3, $4) for so many rows of so many columns.
func tuples(rows, columns int) string {
	var b strings.Builder
	for i := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		for j := range columns {
			b.WriteString([...]string{"(", ", "}[min(j, 1)])
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(i*columns + j + 1))
		}
		b.WriteByte(')')
	}
	return b.String()
}

// all reads every row of a tenant.
func all[N any](ctx context.Context, t tx, tenant string, r rows[N]) ([]*N, error) {
	var list []*N
	query := "SELECT " + strings.Join(r.columns, ", ") + " FROM " + r.table + " WHERE tenant = $1"
	err := t.each(ctx, query, []any{tenant}, func(s *sql.Rows) error {
		n, err := r.scan(t.opening(r.table, r.columns, tenant, s.Scan))
		list = append(list, n)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.table, err)
	}
	return list, nil
}

// remove deletes rows by the values of one column.
func remove(ctx context.Context, t tx, tenant, table, column string, ids []string) error {
	for chunk := range slices.Chunk(ids, params) {
		w := newWhere(table, tenant)
		w.and(column + " IN " + w.list(chunk))
		if _, err := t.exec(ctx, "DELETE FROM "+table+w.String(), w.args...); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	return nil
}

// where collects conditions and their values. The tenant is always the first condition.
type where struct {
	conditions []string
	args       []any
}

func newWhere(table, tenant string) *where {
	return &where{conditions: []string{table + ".tenant = $1"}, args: []any{tenant}}
}

// arg adds a value and gives its placeholder.
func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args))
}

// list adds values and gives their placeholders between brackets.
func (w *where) list(values []string) string {
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = w.arg(v)
	}
	return "(" + strings.Join(marks, ", ") + ")"
}

// values adds values and gives their placeholders as a table of one column: PostgreSQL looks in it as in an index, where a list is gone through.
func (w *where) values(values []string) string {
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = "(" + w.arg(v) + ")"
	}
	return "(VALUES " + strings.Join(marks, ", ") + ")"
}

func (w *where) and(condition string) { w.conditions = append(w.conditions, condition) }

func (w *where) String() string { return " WHERE " + strings.Join(w.conditions, " AND ") }

// like makes a pattern that finds folded text anywhere.
func like(q string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(fold(q)) + "%"
}

// fold is text as it is searched: lower case in every script, one space between words.
func fold(s string) string { return strings.Join(strings.Fields(strings.ToLower(clean(s))), " ") }

// clean makes text storable everywhere: PostgreSQL takes neither the zero byte nor broken UTF-8, and what phones and
// far sides send can hold both.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// ms and moment write and read moments; the zero moment is 0.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// encode and decode write and read the columns that are JSON.
func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	return clean(string(b)), err
}

func decode(s string, to any) error {
	if s == "" || s == "null" {
		return nil
	}
	return json.Unmarshal([]byte(s), to)
}
