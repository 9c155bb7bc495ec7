package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/report"
)

// What is forgotten by its age.
const (
	ForgetCalls  = "calls"
	ForgetTraces = "traces"
	ForgetAudit  = "audit"
)

// CallsDue says which records of calls are old enough to go.
type CallsDue struct {
	Before time.Time  // all that began before; zero: none
	Sooner []PartsDue // and those of these people and groups
}

// PartsDue are calls of some people and groups that began before a moment.
type PartsDue struct {
	Parts  []string
	Before time.Time
}

// Stock is how much would go, and when the oldest of it was.
type Stock struct {
	N      int
	Oldest time.Time // zero: nothing
}

// held are the things that nobody may delete: recordings under a legal hold, and their calls; beside them the calls that still go on.
type held map[string]bool

func (t *Tenant) held(ctx context.Context, x tx) (held, error) {
	h := held{}
	add := func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		h[id] = true
		return err
	}
	err := x.each(ctx, `SELECT p.part FROM recording_parts h JOIN recording_parts p ON p.tenant = h.tenant AND p.recording_id = h.recording_id WHERE h.tenant = $1 AND h.part = $2
		UNION SELECT recording_id FROM recording_parts WHERE tenant = $1 AND part = $2`, []any{t.id, heldPart}, add)
	if err != nil {
		return nil, err
	}
	return h, x.each(ctx, "SELECT id FROM open_calls WHERE tenant = $1", []any{t.id}, add)
}

// oldCall is where a call stands among the old ones.
type oldCall struct {
	started int64
	id      string
}

// CallsDrop is a round that forgets old records of calls, a few at a time; what a crash breaks off, the next round begins anew.
type CallsDrop struct {
	Due     CallsDue
	Dropped int

	place, part int     // in Due.Sooner: 0 is Due.Before
	after       oldCall // the last call that was looked at
}

// DropCalls forgets the next old records, and gives whether none are left. What is held stays.
func (t *Tenant) DropCalls(ctx context.Context, d *CallsDrop, limit int) (done bool, err error) {
	var found []oldCall
	next := *d
	err = t.db.view(ctx, "find old calls", func(x tx) error {
		next = *d
		found = nil
		var err error
		for len(found) == 0 && next.place <= len(next.Due.Sooner) && err == nil {
			found, err = t.oldCalls(ctx, x, &next, limit)
		}
		return err
	})
	if err != nil || len(found) == 0 {
		return err == nil, err
	}
	dropped := 0
	err = t.db.change(ctx, "forget calls", func(x tx) error {
		held, err := t.alone(ctx, x)
		if err != nil {
			return err
		}
		var ids []string
		until := int64(0)
		for _, c := range found {
			if !held[c.id] {
				ids, until = append(ids, c.id), max(until, c.started+1)
			}
		}
		dropped = len(ids)
		had, err := t.textParts(ctx, x, calls, ids)
		if err != nil {
			return err
		}
		for _, of := range [][2]string{{"call_parts", "call_id"}, {"trunk_legs", "call_id"}, {"stays", "call_id"}, {"calls", "id"}} {
			if err := remove(ctx, x, t.id, of[0], of[1], ids); err != nil {
				return err
			}
		}
		if err := t.dropTexts(ctx, x, had); err != nil {
			return err
		}
		return t.forgot(ctx, x, ForgetCalls, until)
	})
	if err == nil {
		*d = next
		d.Dropped += dropped
	}
	return false, err
}

// alone takes the row of the office, so that nobody sets a hold or erases somebody meanwhile, and reads what is held.
func (t *Tenant) alone(ctx context.Context, x tx) (held, error) {
	var last int64
	var head string
	if err := x.row(ctx, takePlaces, t.id, 0).Scan(&last, &head); err != nil {
		return nil, missing(err, "tenant.unknown")
	}
	return t.held(ctx, x)
}

// oldCalls reads the next old calls and moves the round on.
func (t *Tenant) oldCalls(ctx context.Context, x tx, d *CallsDrop, limit int) (found []oldCall, err error) {
	before, table, id := d.Due.Before, "calls", "id"
	var w *where
	if d.place > 0 {
		of := d.Due.Sooner[d.place-1]
		if d.part >= len(of.Parts) {
			d.place, d.part = d.place+1, 0
			return nil, nil
		}
		before, table, id = of.Before, "call_parts", "call_id"
		w = newWhere(table, t.id)
		w.and("part = " + w.arg(of.Parts[d.part]))
	} else {
		w = newWhere(table, t.id)
	}
	if !before.IsZero() {
		w.and("started < " + w.arg(ms(before)))
		w.and("(started, " + id + ") > (" + w.arg(d.after.started) + ", " + w.arg(d.after.id) + ")")
		err = x.each(ctx, "SELECT started, "+id+" FROM "+table+w.String()+" ORDER BY started, "+id+" LIMIT "+w.arg(limit), w.args, func(rows *sql.Rows) error {
			var c oldCall
			err := rows.Scan(&c.started, &c.id)
			found = append(found, c)
			return err
		})
	}
	switch {
	case len(found) == limit:
		d.after = found[limit-1]
	case d.place == 0:
		d.place, d.after = 1, oldCall{}
	default:
		d.part, d.after = d.part+1, oldCall{}
	}
	return found, err
}

// forgot remembers before which moment something is missing.
func (t *Tenant) forgot(ctx context.Context, x tx, what string, until int64) error {
	if until == 0 {
		return nil
	}
	_, err := x.exec(ctx, `INSERT INTO forgotten (tenant, kind, until) VALUES ($1, $2, $3) ON CONFLICT (tenant, kind) DO UPDATE
		SET until = CASE WHEN excluded.until > forgotten.until THEN excluded.until ELSE forgotten.until END`, t.id, what, until)
	return err
}

// Forgotten tells of calls, traces and the audit log before which moment something was deleted; nothing of what is absent.
func (t *Tenant) Forgotten(ctx context.Context) (until map[string]time.Time, err error) {
	until = map[string]time.Time{}
	err = t.db.view(ctx, "read what was forgotten", func(x tx) error {
		return x.each(ctx, "SELECT kind, until FROM forgotten WHERE tenant = $1", []any{t.id}, func(rows *sql.Rows) error {
			var kind string
			var at int64
			err := rows.Scan(&kind, &at)
			until[kind] = moment(at)
			return err
		})
	})
	return until, err
}

// TracesDrop is a round that forgets the way that old calls took: in their records, and what happened step by step in the log.
type TracesDrop struct {
	Before  time.Time // zero: none
	At      time.Time // now
	Dropped int       // records

	after oldCall
	facts bool  // the records are done
	seq   int64 // the last fact that was looked at
}

// DropTraces goes on with the round, and gives whether nothing is left.
func (t *Tenant) DropTraces(ctx context.Context, d *TracesDrop, limit int) (done bool, err error) {
	if d.Before.IsZero() {
		return true, nil
	}
	if d.facts {
		_, done, err = t.thin(ctx, &d.seq, false, d.Before, d.At, limit)
		return done, err
	}
	next := *d
	err = t.db.change(ctx, "forget ways of calls", func(x tx) error {
		next = *d
		held, err := t.alone(ctx, x)
		if err != nil {
			return err
		}
		w := newWhere("calls", t.id)
		w.and("traced = 1")
		w.and("started < " + w.arg(ms(d.Before)))
		w.and("(started, id) > (" + w.arg(d.after.started) + ", " + w.arg(d.after.id) + ")")
		bodies, until, n := map[string]string{}, int64(0), 0
		err = x.each(ctx, "SELECT started, id, body FROM calls"+w.String()+" ORDER BY started, id LIMIT "+w.arg(limit), w.args, func(rows *sql.Rows) error {
			var body string
			if err := rows.Scan(&next.after.started, &next.after.id, &body); err != nil {
				return err
			}
			if n++; !held[next.after.id] {
				bodies[next.after.id], until = body, next.after.started+1
			}
			return nil
		})
		if err != nil {
			return err
		}
		for id, body := range bodies {
			if err := t.untrace(ctx, x, id, body); err != nil {
				return err
			}
		}
		next.Dropped += len(bodies)
		next.facts = n < limit
		return t.forgot(ctx, x, ForgetTraces, until)
	})
	if err == nil {
		*d = next
	}
	return false, err
}

func (t *Tenant) untrace(ctx context.Context, x tx, id, body string) error {
	var c report.CDR
	if err := decode(body, &c); err != nil {
		return err
	}
	c.Untraced, c.Trace = len(c.Trace) > 0, nil
	body, err := encode(&c)
	if err != nil {
		return err
	}
	_, err = x.exec(ctx, "UPDATE calls SET body = $3, traced = 0 WHERE tenant = $1 AND id = $2", t.id, id, body)
	return err
}

// EntriesDrop is a round that forgets old entries of the audit log.
type EntriesDrop struct {
	Before  time.Time // zero: none
	At      time.Time // now
	Dropped int

	seq int64
}

// DropEntries goes on with the round, and gives whether nothing is left. What tells of something that is held stays.
func (t *Tenant) DropEntries(ctx context.Context, d *EntriesDrop, limit int) (done bool, err error) {
	if d.Before.IsZero() {
		return true, nil
	}
	n, done, err := t.thin(ctx, &d.seq, true, d.Before, d.At, limit)
	d.Dropped += n
	return done, err
}

// oldFact is what is looked at of a fact before it goes.
type oldFact struct {
	seq, at                  int64
	kind, object, data, hash string
}

// thin takes old facts out of the log, those of the audit log or the others, a few at a time. The chain goes on across the gap: what it needs of the rows
// that stood there is kept, and a fact of the same transaction vouches for it.
func (t *Tenant) thin(ctx context.Context, after *int64, audit bool, before, now time.Time, limit int) (n int, done bool, err error) {
	at := *after
	err = t.db.change(ctx, "thin the log", func(x tx) error {
		at, n, done = *after, 0, false
		held, err := t.alone(ctx, x)
		if err != nil {
			return err
		}
		var old []oldFact
		read, until := 0, int64(0)
		err = x.each(ctx, `SELECT seq, at, kind, object_id, CASE WHEN kind = $4 THEN data_json ELSE '' END, hash FROM facts WHERE tenant = $1 AND audit = $2 AND seq > $3
			AND seq < (SELECT seq FROM tenants WHERE id = $1) ORDER BY seq LIMIT $5`,
			[]any{t.id, flag(audit), at, string(event.PrivacyRewritten), limit}, func(rows *sql.Rows) error {
				var f oldFact
				err := rows.Scan(&f.seq, &f.at, &f.kind, &f.object, &f.data, &f.hash)
				old = append(old, f)
				return err
			})
		if err != nil {
			return err
		}
		var gone []gap
		thinned := 0
		for _, f := range old {
			if f.at >= ms(before) {
				done = true
				break
			}
			read++
			at = f.seq
			keep, err := t.isNeeded(ctx, x, &f, held)
			if err != nil {
				return err
			}
			if keep {
				continue
			}
			gone = append(gone, gap{f.seq, f.seq, f.hash})
			if f.kind == string(event.RetentionThinned) {
				thinned++
				continue
			}
			n, until = n+1, f.at+1
		}
		done = done || read < limit
		if n == 0 { // what only vouched for gaps goes with others
			return nil
		}
		if err := t.cut(ctx, x, gone, now); err != nil {
			return err
		}
		kind := ForgetTraces
		if audit {
			kind = ForgetAudit
		}
		return t.forgot(ctx, x, kind, until)
	})
	if err == nil {
		*after = at
	}
	return n, done, err
}

// isNeeded reports whether a fact stays however old it is: it tells of what is held, or vouches for facts that were rewritten and are still there.
func (t *Tenant) isNeeded(ctx context.Context, x tx, f *oldFact, held held) (bool, error) {
	if held[f.object] {
		return true, nil
	}
	if f.kind != string(event.PrivacyRewritten) {
		return false, nil
	}
	var told event.Rewritten
	if err := json.Unmarshal([]byte(f.data), &told); err != nil {
		return true, nil // the chain says what is wrong with it
	}
	for _, row := range told.Rows {
		var one int
		err := x.row(ctx, "SELECT 1 FROM facts WHERE tenant = $1 AND seq = $2", t.id, row.Seq).Scan(&one)
		if err == nil || !errors.Is(err, sql.ErrNoRows) {
			return true, err
		}
	}
	return false, nil
}

// gap is a place in the log from which rows were taken, with the hash of the last of them.
type gap struct {
	first, last int64
	hash        string
}

// cut takes rows out, keeps what the chain needs of them, and vouches for it.
func (t *Tenant) cut(ctx context.Context, x tx, gone []gap, at time.Time) error {
	first, last := gone[0].first, gone[len(gone)-1].last
	var known []gap
	err := x.each(ctx, `SELECT first, last, hash FROM fact_gaps WHERE tenant = $1 AND first >= COALESCE((SELECT MAX(first) FROM fact_gaps WHERE tenant = $1 AND first < $2), $2) AND first <= $3 + 1`,
		[]any{t.id, first, last}, func(rows *sql.Rows) error {
			var g gap
			err := rows.Scan(&g.first, &g.last, &g.hash)
			known = append(known, g)
			return err
		})
	if err != nil {
		return err
	}
	merged := mergeGaps(slices.Concat(known, gone))
	sum, err := t.gapSum(ctx, x)
	if err != nil {
		return err
	}
	for _, g := range known {
		if slices.Contains(merged, g) {
			continue
		}
		sum.sub(g)
		if _, err := x.exec(ctx, "DELETE FROM fact_gaps WHERE tenant = $1 AND first = $2", t.id, g.first); err != nil {
			return err
		}
	}
	for _, g := range merged {
		if slices.Contains(known, g) {
			continue
		}
		sum.add(g)
		if _, err := x.exec(ctx, "INSERT INTO fact_gaps (tenant, first, last, hash) VALUES ($1, $2, $3, $4)", t.id, g.first, g.last, g.hash); err != nil {
			return err
		}
	}
	seqs := make([]any, len(gone))
	for i, g := range gone {
		seqs[i] = g.first
	}
	for chunk := range slices.Chunk(seqs, params) {
		w := newWhere("facts", t.id)
		marks := ""
		for i, seq := range chunk {
			if i > 0 {
				marks += ", "
			}
			marks += w.arg(seq)
		}
		w.and("seq IN (" + marks + ")")
		if _, err := x.exec(ctx, "DELETE FROM facts"+w.String(), w.args...); err != nil {
			return err
		}
	}
	f := event.New(event.RetentionThinned, at, pbx.Actor{Kind: pbx.ActorSystem}, gapsOf, event.Thinned{Rows: len(gone), Sum: sum.String()})
	_, err = t.append(ctx, x, []event.Fact{f})
	return err
}

// gapsOf is what facts that vouch for gaps are about.
var gapsOf = pbx.Ref{Kind: pbx.KindSystem, ID: "log"}

// mergeGaps sorts gaps and joins those without a row between them.
func mergeGaps(all []gap) (merged []gap) {
	slices.SortFunc(all, func(a, b gap) int { return cmp.Compare(a.first, b.first) })
	for _, g := range all {
		if n := len(merged); n > 0 && merged[n-1].last+1 == g.first {
			merged[n-1].last, merged[n-1].hash = g.last, g.hash
			continue
		}
		merged = append(merged, g)
	}
	return merged
}

// gapSum is what a fact vouched for last.
func (t *Tenant) gapSum(ctx context.Context, x tx) (sum gapSum, err error) {
	var data string
	err = x.row(ctx, "SELECT data_json FROM facts WHERE tenant = $1 AND object_kind = $2 AND object_id = $3 AND kind = $4 ORDER BY seq DESC LIMIT 1",
		t.id, string(gapsOf.Kind), gapsOf.ID, string(event.RetentionThinned)).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return sum, nil
	}
	var told event.Thinned
	if err == nil {
		err = json.Unmarshal([]byte(data), &told)
	}
	return readGapSum(told.Sum), err
}

// gapSum adds up hashes of gaps, so that one that comes or goes costs the same however many there are.
type gapSum [4]uint64

func readGapSum(s string) (sum gapSum) {
	if b, err := hex.DecodeString(s); err == nil && len(b) == 32 {
		for i := range sum {
			sum[i] = binary.BigEndian.Uint64(b[8*i:])
		}
	}
	return sum
}

func (s gapSum) String() string {
	var b []byte
	for _, w := range s {
		b = binary.BigEndian.AppendUint64(b, w)
	}
	return hex.EncodeToString(b)
}

func (g gap) sum() (sum gapSum) {
	h := sha256.New()
	part(h, strconv.FormatInt(g.first, 10))
	part(h, strconv.FormatInt(g.last, 10))
	part(h, g.hash)
	return readGapSum(hex.EncodeToString(h.Sum(nil)))
}

func (s *gapSum) add(g gap) {
	of, carry := g.sum(), uint64(0)
	for i := 3; i >= 0; i-- {
		s[i], carry = bits.Add64(s[i], of[i], carry)
	}
}

func (s *gapSum) sub(g gap) {
	of, borrow := g.sum(), uint64(0)
	for i := 3; i >= 0; i-- {
		s[i], borrow = bits.Sub64(s[i], of[i], borrow)
	}
}

// DueCalls says how many records of calls would go.
func (t *Tenant) DueCalls(ctx context.Context, due CallsDue) (stock Stock, err error) {
	err = t.db.view(ctx, "count old calls", func(x tx) error {
		held, err := t.held(ctx, x)
		if err != nil {
			return err
		}
		count := func(ids []string) (n int, oldest int64, err error) {
			var each []string
			w := &where{args: []any{t.id}}
			add := func(table, id string, before time.Time, parts []string) {
				one := &where{conditions: []string{table + ".tenant = $1"}, args: w.args}
				one.and("started < " + one.arg(ms(before)))
				if parts != nil {
					one.and("part IN " + one.list(parts))
				}
				if ids != nil {
					one.and(id + " IN " + one.list(ids))
				}
				w.args = one.args
				each = append(each, "SELECT "+id+" AS id, started FROM "+table+one.String())
			}
			if !due.Before.IsZero() {
				add("calls", "id", due.Before, nil)
			}
			for _, s := range due.Sooner {
				for chunk := range slices.Chunk(s.Parts, params) {
					add("call_parts", "call_id", s.Before, chunk)
				}
			}
			if len(each) == 0 {
				return 0, 0, nil
			}
			err = x.row(ctx, "SELECT COUNT(*), COALESCE(MIN(started), 0) FROM ("+strings.Join(each, " UNION ")+") AS old", w.args...).Scan(&n, &oldest)
			return n, oldest, err
		}
		stock, err = withoutHeld(held, count)
		return err
	})
	return stock, err
}

// withoutHeld counts what would go, less what is held; count says how many there are, of some ids or of all, and since when.
func withoutHeld[V any](held map[string]V, count func(ids []string) (n int, oldest int64, err error)) (stock Stock, err error) {
	n, oldest, err := count(nil)
	if err != nil {
		return stock, err
	}
	for chunk := range slices.Chunk(slices.Collect(maps.Keys(held)), params) {
		kept, _, err := count(chunk)
		if err != nil {
			return stock, err
		}
		n -= kept
	}
	if stock.N = n; n > 0 {
		stock.Oldest = moment(oldest)
	}
	return stock, nil
}

// DueTraces says of how many calls the way would be forgotten.
func (t *Tenant) DueTraces(ctx context.Context, before time.Time) (stock Stock, err error) {
	if before.IsZero() {
		return stock, nil
	}
	err = t.db.view(ctx, "count old ways of calls", func(x tx) error {
		held, err := t.held(ctx, x)
		if err != nil {
			return err
		}
		count := func(ids []string) (n int, oldest int64, err error) {
			w := newWhere("calls", t.id)
			w.and("traced = 1")
			w.and("started < " + w.arg(ms(before)))
			if ids != nil {
				w.and("id IN " + w.list(ids))
			}
			err = x.row(ctx, "SELECT COUNT(*), COALESCE(MIN(started), 0) FROM calls"+w.String(), w.args...).Scan(&n, &oldest)
			return n, oldest, err
		}
		stock, err = withoutHeld(held, count)
		return err
	})
	return stock, err
}

// DueEntries says how many entries of the audit log would go, those about what is held included: they are few.
func (t *Tenant) DueEntries(ctx context.Context, before time.Time) (stock Stock, err error) {
	if before.IsZero() {
		return stock, nil
	}
	err = t.db.view(ctx, "count old entries", func(x tx) error {
		end, err := t.seqAt(ctx, x, ms(before))
		if err != nil {
			return err
		}
		var oldest int64
		err = x.row(ctx, "SELECT COUNT(*), COALESCE(MIN(seq), 0) FROM facts WHERE tenant = $1 AND audit = 1 AND seq < $2", t.id, end).Scan(&stock.N, &oldest)
		if err != nil || stock.N == 0 {
			return err
		}
		var at int64
		err = x.row(ctx, "SELECT at FROM facts WHERE tenant = $1 AND seq = $2", t.id, oldest).Scan(&at)
		stock.Oldest = moment(at)
		return err
	})
	return stock, err
}

// seqAt is the place of the first fact at or after a moment: the log is in the order of time, but for what a clock that is set does to it.
func (t *Tenant) seqAt(ctx context.Context, x tx, at int64) (int64, error) {
	var low, high int64 = 1, 0
	if err := x.row(ctx, "SELECT seq FROM tenants WHERE id = $1", t.id).Scan(&high); err != nil {
		return 0, missing(err, "tenant.unknown")
	}
	for low <= high {
		middle := low + (high-low)/2
		var seq, when int64
		err := x.row(ctx, "SELECT seq, at FROM facts WHERE tenant = $1 AND seq >= $2 ORDER BY seq LIMIT 1", t.id, middle).Scan(&seq, &when)
		switch {
		case errors.Is(err, sql.ErrNoRows) || err == nil && when >= at:
			high = middle - 1
		case err != nil:
			return 0, err
		default:
			low = seq + 1
		}
	}
	return low, nil
}

// DueOf says which records of calls an office keeps no longer.
func DueOf(s *pbx.Snapshot, at time.Time) CallsDue {
	longest, sooner := s.KeptCalls(at)
	due := CallsDue{Before: pbx.Due(at, longest)}
	for _, k := range sooner {
		due.Sooner = append(due.Sooner, PartsDue{k.Parts, pbx.Due(at, k.Days)})
	}
	return due
}
