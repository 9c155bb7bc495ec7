package store

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"

	"tandem/event"
)

// The chain holds for each row a commitment to its columns: SHA-256 of a salt and of every column as it is stored. When somebody is erased, his name goes
// from the columns and the salt goes with it: the commitment stays, so that the chain holds, and nobody can find out by trying what stood there. That a row
// was erased is told by a later fact, with what the row reads now (privacy.rewritten, BAR PR-06). Rows of older versions have no commitment: their
// columns are hashed themselves.
//
// Rows that were kept long enough are taken out (BAR PR-05). What is left of them is a gap: its places, and the hash of its last row, with which the chain goes on. The
// last fact that vouches for gaps (retention.thinned) has the sum of all of them, so that nobody makes another one unseen.

// commit gives the row its salt and its commitment.
func (r *factRow) commit() {
	r.salt = rand.Text()
	r.commitment = r.sum()
}

// sum is SHA-256 of the salt and of every column, each with its length before it, so that no two rows have the same text.
func (r *factRow) sum() string {
	h := sha256.New()
	part(h, r.salt)
	r.parts(h)
	return hex.EncodeToString(h.Sum(nil))
}

// hash chains a row to the one before (BAR AU-02).
func (r *factRow) hash(tenant, previous string) string {
	h := sha256.New()
	part(h, previous)
	part(h, tenant)
	if r.commitment != "" {
		part(h, r.commitment)
	} else {
		r.parts(h)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func part(h hash.Hash, s string) {
	h.Write(append(strconv.AppendInt(nil, int64(len(s)), 10), ':'))
	io.WriteString(h, s)
}

func (r *factRow) parts(h hash.Hash) {
	for _, v := range r.values() {
		switch v := v.(type) {
		case int64:
			part(h, strconv.FormatInt(v, 10))
		case string:
			part(h, v)
		}
	}
}

// isErased reports whether something was taken out of the row.
func (r *factRow) isErased() bool { return r.salt == "" && r.commitment != "" }

// fits reports whether the row is what its hash was made of. What an erased one reads now is vouched for by a later fact; a row of an older version
// that was erased keeps its hash as its commitment.
func (r *factRow) fits(tenant, previous, hash string) bool {
	switch {
	case r.isErased():
		return r.commitment == hash || r.hash(tenant, previous) == hash
	case r.commitment != "" && r.sum() != r.commitment:
		return false
	}
	return r.hash(tenant, previous) == hash
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
// against checkpoints from outside. It finds a changed bit, a missing row for which no gap is vouched and a swapped one by itself, and a log that was
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
		if last.seq != seq {
			v.bad(last.seq+1, "audit.missing")
		} else if last.hash != head {
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
func (t *Tenant) walk(ctx context.Context, x tx, v *Verification, known map[int64]string) (last link, err error) {
	gaps, sum, err := t.gaps(ctx, x)
	if err != nil {
		return last, err
	}
	vouched := gapSum{}
	stop := errors.New("found")
	erased := map[int64]string{} // what erased rows read
	err = x.each(ctx, "SELECT "+factColumns+" FROM facts WHERE tenant = $1 ORDER BY seq", []any{t.id}, func(s *sql.Rows) error {
		var r factRow
		hash, err := r.scan(s.Scan)
		if err != nil {
			return err
		}
		v.Entries++
		if g, ok := gaps[last.seq+1]; ok && g.last < r.seq {
			if known[g.last] != "" && known[g.last] != g.hash {
				v.bad(g.first, "audit.rolled_back")
				return stop
			}
			last = link{g.last, g.hash}
		}
		switch {
		case r.seq != last.seq+1:
			v.bad(last.seq+1, "audit.missing")
			return stop
		case !r.fits(t.id, last.hash, hash):
			v.bad(r.seq, "audit.changed")
			return stop
		case known[r.seq] != "" && known[r.seq] != hash:
			v.bad(r.seq, "audit.rolled_back")
			return stop
		case r.isErased():
			erased[r.seq] = r.sum()
		case r.kind == string(event.PrivacyRewritten):
			vouch(&r, erased)
		case r.kind == string(event.RetentionThinned):
			var told event.Thinned
			if json.Unmarshal([]byte(r.data), &told) == nil {
				vouched = readGapSum(told.Sum)
			}
		}
		last, v.Head.At = link{r.seq, hash}, moment(r.at)
		return nil
	})
	if errors.Is(err, stop) {
		err = nil
	}
	if sum != vouched && v.Problem == "" {
		v.bad(slices.Min(append(slices.Collect(maps.Keys(gaps)), last.seq)), "audit.missing")
	}
	if len(erased) > 0 && v.Problem == "" {
		v.bad(slices.Min(slices.Collect(maps.Keys(erased))), "audit.changed")
	}
	return last, err
}

// link is a place in the chain.
type link struct {
	seq  int64
	hash string
}

// gaps reads where rows were taken out, by their first place, and adds them up.
func (t *Tenant) gaps(ctx context.Context, x tx) (by map[int64]gap, sum gapSum, err error) {
	by = map[int64]gap{}
	err = x.each(ctx, "SELECT first, last, hash FROM fact_gaps WHERE tenant = $1", []any{t.id}, func(s *sql.Rows) error {
		var g gap
		err := s.Scan(&g.first, &g.last, &g.hash)
		by[g.first] = g
		sum.add(g)
		return err
	})
	return by, sum, err
}

// vouch takes out what a fact about rewritten rows vouches for.
func vouch(r *factRow, erased map[int64]string) {
	var told event.Rewritten
	if json.Unmarshal([]byte(r.data), &told) != nil {
		return
	}
	for _, row := range told.Rows {
		if erased[row.Seq] == row.Sum {
			delete(erased, row.Seq)
		}
	}
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
