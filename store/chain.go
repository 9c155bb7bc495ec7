package store

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"time"
)

// hash chains a row to the one before: SHA-256 of the previous hash and of every column as it is stored, each with its
// length before it, so that no two rows have the same text (BAR AU-02).
func (r *factRow) hash(tenant, previous string) string {
	h := sha256.New()
	var n []byte
	part := func(s string) {
		n = append(strconv.AppendInt(n[:0], int64(len(s)), 10), ':')
		h.Write(n)
		io.WriteString(h, s)
	}
	part(previous)
	part(tenant)
	for _, v := range r.values() {
		switch v := v.(type) {
		case int64:
			part(strconv.FormatInt(v, 10))
		case string:
			part(v)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Checkpoint is the end of the log at a moment. One that is kept outside the database shows that the log was cut or the
// whole database was set back.
type Checkpoint struct {
	At   time.Time `json:"at"`
	Seq  int64     `json:"seq"`
	Hash string    `json:"hash"`
}

// Verification is what Verify found.
type Verification struct {
	OK       bool
	Entries  int64      // facts that were read
	FirstBad int64      // place of the first fact that does not fit; 0 if all fit
	Problem  string     // i18n key: audit.changed, audit.missing, audit.cut, audit.rolled_back, audit.head
	Head     Checkpoint // the end of the log
}

// Verify reads the whole log and checks the chain from the first fact to the head that the tenant's row keeps, and
// against checkpoints from outside. It finds a changed bit, a missing and a swapped row by itself, and a log that was
// cut or set back by the checkpoints.
func (t *Tenant) Verify(ctx context.Context, outside ...Checkpoint) (Verification, error) {
	var v Verification
	known := map[int64]string{}
	for _, c := range outside {
		known[c.Seq] = c.Hash
	}
	err := t.db.view(ctx, "verify the log", func(x tx) error {
		var head string
		var seq int64
		if err := x.row(ctx, `SELECT seq, head FROM tenants WHERE id = $1`, t.id).Scan(&seq, &head); err != nil {
			return missing(err, "tenant.unknown")
		}
		last, err := t.walk(ctx, x, &v, known)
		if err != nil || v.Problem != "" {
			return err
		}
		v.Head.Seq, v.Head.Hash = seq, head
		if v.Entries != seq {
			v.bad(v.Entries+1, "audit.missing")
		} else if last != head {
			v.bad(seq, "audit.head")
		}
		for _, c := range outside {
			if c.Seq > seq && v.Problem == "" {
				v.bad(seq+1, "audit.cut")
			}
		}
		return nil
	})
	v.OK = err == nil && v.Problem == ""
	return v, err
}

func (v *Verification) bad(seq int64, problem string) { v.FirstBad, v.Problem = seq, problem }

// walk recomputes the chain until the first fact that does not fit, and gives the last hash.
func (t *Tenant) walk(ctx context.Context, x tx, v *Verification, known map[int64]string) (string, error) {
	last := ""
	stop := errors.New("found")
	err := x.each(ctx, "SELECT "+factColumns+" FROM facts WHERE tenant = $1 ORDER BY seq", []any{t.id}, func(s *sql.Rows) error {
		var r factRow
		hash, err := r.scan(s.Scan)
		if err != nil {
			return err
		}
		v.Entries++
		switch {
		case r.seq != v.Entries:
			v.bad(v.Entries, "audit.missing")
			return stop
		case r.hash(t.id, last) != hash:
			v.bad(r.seq, "audit.changed")
			return stop
		case known[r.seq] != "" && known[r.seq] != hash:
			v.bad(r.seq, "audit.rolled_back")
			return stop
		}
		last, v.Head.At = hash, moment(r.at)
		return nil
	})
	if errors.Is(err, stop) {
		err = nil
	}
	return last, err
}

// Head is the end of the log now, to be kept outside the database.
func (t *Tenant) Head(ctx context.Context, at time.Time) (Checkpoint, error) {
	c := Checkpoint{At: at.UTC()}
	err := t.db.view(ctx, "head of the log", func(x tx) error {
		return missing(x.row(ctx, `SELECT seq, head FROM tenants WHERE id = $1`, t.id).Scan(&c.Seq, &c.Hash), "tenant.unknown")
	})
	return c, err
}

// AddCheckpoint adds a line to an append-only file outside the database and syncs it. An empty log and a checkpoint that
// repeats the last line are not written.
func AddCheckpoint(path string, c Checkpoint) error {
	all, err := Checkpoints(path)
	if err != nil {
		return err
	}
	if c.Seq == 0 || len(all) > 0 && all[len(all)-1].Seq == c.Seq && all[len(all)-1].Hash == c.Hash {
		return nil
	}
	line, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("store: checkpoint: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("store: checkpoint: %w", err)
	}
	_, err = fmt.Fprintf(f, "\n%s\n", line) // the first break ends a half line that a crash may have left
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("store: checkpoint: %w", err)
	}
	return nil
}

// Checkpoints reads the file that AddCheckpoint writes; no file means none. A half line at the end, from a crash, is left out.
func Checkpoints(path string) ([]Checkpoint, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: checkpoints: %w", err)
	}
	defer f.Close()
	var all []Checkpoint
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var c Checkpoint
		if json.Unmarshal(lines.Bytes(), &c) == nil && c.Seq > 0 {
			all = append(all, c)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("store: checkpoints: %w", err)
	}
	return all, nil
}
