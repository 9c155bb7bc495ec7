package store

import (
	"context"
	"database/sql"
	"iter"
	"slices"
	"strconv"
	"strings"

	"tandem/event"
	"tandem/pbx"
	"tandem/report"
)

func erasureRows() rows[pbx.Erasure] {
	return rows[pbx.Erasure]{
		table:   "erasures",
		columns: []string{"id", "body"},
		values: func(e *pbx.Erasure) ([]any, error) {
			body, err := encode(e)
			return []any{string(e.ID), body}, err
		},
		scan: func(read scan) (*pbx.Erasure, error) {
			var id, body string
			if err := read(&id, &body); err != nil {
				return nil, err
			}
			var e pbx.Erasure
			return &e, decode(body, &e)
		},
	}
}

// ErasureKept is an Also that writes how far an erasure is.
type ErasureKept struct{ pbx.Erasure }

func (k ErasureKept) write(ctx context.Context, t *Tenant, x tx) error {
	return put(ctx, x, t.id, erasureRows(), []*pbx.Erasure{&k.Erasure})
}

// Erasures lists them, those that begun last first.
func (t *Tenant) Erasures(ctx context.Context) (list []*pbx.Erasure, err error) {
	err = t.db.view(ctx, "list erasures", func(x tx) error {
		var err error
		list, err = all(ctx, x, t.id, erasureRows())
		return err
	})
	slices.SortFunc(list, func(a, b *pbx.Erasure) int { return b.Begun.Compare(a.Begun) })
	return list, err
}

// MessageGone is an Also that forgets a message.
type MessageGone struct{ ID pbx.MessageID }

func (g MessageGone) write(ctx context.Context, t *Tenant, x tx) error {
	return remove(ctx, x, t.id, "messages", "id", []string{string(g.ID)})
}

// RecordingsAbout are the questions for all recordings in which a subject is heard, those in the bin too.
func RecordingsAbout(s *pbx.Subject) (all []RecordingQuery) {
	for _, deleted := range []bool{false, true} {
		if s.User != "" {
			all = append(all, RecordingQuery{Sight: Scope{All: true}, User: s.User, Deleted: deleted})
		}
		for _, n := range s.Numbers {
			all = append(all, RecordingQuery{Sight: Scope{All: true}, Number: n, Deleted: deleted})
		}
		if len(s.Visits) > 0 || s.Visitor != "" {
			blot := pbx.NewBlot(&pbx.Subject{Visits: s.Visits, Visitor: s.Visitor}, "?")
			all = append(all, RecordingQuery{Sight: Scope{All: true}, Deleted: deleted, Keep: func(r *pbx.Recording) bool {
				text, err := encode(r)
				return err == nil && blot.Out(&text)
			}})
		}
	}
	return all
}

// MessagesAbout lists the messages that a subject left, or that lie in his mailbox, those that were deleted too.
func (t *Tenant) MessagesAbout(ctx context.Context, s *pbx.Subject) (about []pbx.Message, err error) {
	blot := pbx.NewBlot(s, "?")
	for _, deleted := range []bool{false, true} {
		q := MessageQuery{Sight: Scope{All: true}, Deleted: deleted, Limit: maxPage, Keep: func(m *pbx.Message) bool {
			text, err := encode(m)
			return err == nil && blot.Out(&text)
		}}
		for {
			page, err := t.Messages(ctx, q)
			if err != nil {
				return nil, err
			}
			about = append(about, page.Items...)
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
	}
	return about, nil
}

// CallsAbout goes over the calls of a subject.
func (t *Tenant) CallsAbout(ctx context.Context, s *pbx.Subject) iter.Seq2[*report.CDR, error] {
	return func(yield func(*report.CDR, error) bool) {
		blot := pbx.NewBlot(s, "?")
		for _, pattern := range s.Patterns() {
			q := CallQuery{Sight: Scope{All: true}, Text: pattern}
			if pattern == string(s.User) {
				q.User, q.Text = s.User, ""
			}
			if v := pbx.VisitID(pattern); slices.Contains(s.Visits, v) {
				q.Visit, q.Text = v, ""
			}
			q.Keep = func(c *report.CDR) bool {
				text, err := encode(c)
				return err == nil && blot.Out(&text)
			}
			for c, err := range t.EachCall(ctx, q) {
				if !yield(c, err) {
					return
				}
			}
		}
	}
}

// telling is a table whose rows tell of people beside the configuration.
type telling struct {
	table, key string
	columns    []string
	copies     bool // its rows only copy what stands elsewhere, or are for the subject alone: they go as a whole
}

// tellings lists all of them; the log comes last, so that what happens meanwhile is met, too.
var tellings = []telling{
	{table: "calls", key: "id", columns: []string{"search", "body"}},
	{table: "recordings", key: "id", columns: []string{"search", "body"}},
	{table: "messages", key: "id", columns: []string{"caller"}},
	{table: "visits", key: "id", columns: []string{"name", "email", "body"}, copies: true},
	{table: "callbacks", key: "id", columns: []string{"body"}},
	{table: "recording_shares", key: "id", columns: []string{"receiver"}},
	{table: "mails", key: "id", columns: []string{"receiver", "name", "subject", "plain", "html"}, copies: true},
	{table: "notices", key: "id", columns: []string{"body"}, copies: true},
	{table: "facts", key: "seq", columns: []string{"actor", "actor_user", "object_id", "subject", "before_json", "after_json", "reason", "search", "data_json"}},
}

// naming finds the keys of rows that may tell of a subject, in order, after one of them.
func (t *Tenant) naming(ctx context.Context, x tx, s *pbx.Subject, of telling, after string, limit int) (keys []string, err error) {
	w := newWhere(of.table, t.id)
	if of.key == "seq" {
		n, _ := strconv.ParseInt(after, 10, 64)
		w.and("seq > " + w.arg(n))
	} else {
		w.and(of.key + " > " + w.arg(after))
	}
	var any []string
	for _, pattern := range s.Patterns() {
		mark := w.arg("%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(clean(pattern)) + "%")
		for _, c := range of.columns {
			any = append(any, c+" LIKE "+mark+` ESCAPE '\'`)
		}
	}
	w.and("(" + strings.Join(any, " OR ") + ")")
	err = x.each(ctx, "SELECT "+of.key+" FROM "+of.table+w.String()+" ORDER BY "+of.key+" LIMIT "+w.arg(limit), w.args, func(rows *sql.Rows) error {
		var key string
		if of.key == "seq" {
			var n int64
			err := rows.Scan(&n)
			keys = append(keys, strconv.FormatInt(n, 10))
			return err
		}
		err := rows.Scan(&key)
		keys = append(keys, key)
		return err
	})
	return keys, err
}

// Erase takes the subject out of the next rows that tell of him, a few at a time, and writes in the same transaction how far it is: a crash costs nothing, and twice is once.
// It gives the facts that vouch for rewritten ones, and whether all is done.
func (t *Tenant) Erase(ctx context.Context, e *pbx.Erasure, by event.Fact, limit int) (stored []event.Fact, done bool, err error) {
	if e.Step >= len(tellings) {
		return nil, true, nil
	}
	of := tellings[e.Step]
	var keys []string
	err = t.db.view(ctx, "find rows to erase", func(x tx) error {
		var err error
		keys, err = t.naming(ctx, x, &e.Subject, of, e.After, limit)
		return err
	})
	if err != nil {
		return nil, false, err
	}
	next := *e
	next.Step, next.After = e.Step+1, ""
	if len(keys) == limit {
		next.Step, next.After = e.Step, keys[len(keys)-1]
	}
	err = t.db.change(ctx, "erase", func(x tx) error {
		var last int64
		var head string
		if err := x.row(ctx, takePlaces, t.id, 0).Scan(&last, &head); err != nil { // nobody writes these rows meanwhile
			return missing(err, "tenant.unknown")
		}
		blot := pbx.NewBlot(&next.Subject, next.As)
		if of.table == "facts" {
			var rows []event.RewrittenRow
			for _, key := range keys {
				row, err := t.eraseFact(ctx, x, blot, key)
				if err != nil {
					return err
				}
				if row.Seq > 0 {
					rows = append(rows, row)
				}
			}
			next.Facts += len(rows)
			if len(rows) > 0 {
				f := event.New(event.PrivacyRewritten, by.At, by.Actor, by.Object, event.Rewritten{Rows: rows})
				var err error
				if stored, err = t.append(ctx, x, []event.Fact{f}); err != nil {
					return err
				}
			}
		}
		for _, key := range keys {
			if of.table == "facts" {
				break
			}
			n, err := t.eraseRow(ctx, x, blot, of, key)
			if err != nil {
				return err
			}
			next.Rows += n
		}
		return ErasureKept{next}.write(ctx, t, x)
	})
	if err == nil {
		*e = next
	}
	return stored, false, err
}

// eraseRow takes the subject out of one row; 1 when he was there.
func (t *Tenant) eraseRow(ctx context.Context, x tx, blot *pbx.Blot, of telling, key string) (int, error) {
	texts := make([]string, len(of.columns))
	to := make([]any, len(texts))
	pointers := make([]*string, len(texts))
	for i := range texts {
		to[i], pointers[i] = &texts[i], &texts[i]
	}
	err := x.row(ctx, "SELECT "+strings.Join(of.columns, ", ")+" FROM "+of.table+" WHERE tenant = $1 AND "+of.key+" = $2", t.id, key).Scan(to...)
	if err != nil || !blot.Out(pointers...) {
		return 0, ignoreNone(err)
	}
	if of.copies {
		return 1, remove(ctx, x, t.id, of.table, of.key, []string{key})
	}
	args := []any{t.id, key}
	var set []string
	for i, c := range of.columns {
		args = append(args, texts[i])
		set = append(set, c+" = $"+strconv.Itoa(len(args)))
	}
	_, err = x.exec(ctx, "UPDATE "+of.table+" SET "+strings.Join(set, ", ")+" WHERE tenant = $1 AND "+of.key+" = $2", args...)
	if err != nil {
		return 0, err
	}
	return 1, t.retext(ctx, x, of.table, key)
}

// eraseFact takes the subject out of one fact, and its salt with him; the commitment stays.
func (t *Tenant) eraseFact(ctx context.Context, x tx, blot *pbx.Blot, key string) (event.RewrittenRow, error) {
	var r factRow
	var none event.RewrittenRow
	seq, err := strconv.ParseInt(key, 10, 64)
	if err != nil {
		return none, err
	}
	hash, err := r.scan(x.row(ctx, "SELECT "+factColumns+" FROM facts WHERE tenant = $1 AND seq = $2", t.id, seq).Scan)
	if err != nil {
		return none, ignoreNone(err)
	}
	was := r
	blot.Out(&r.actor, &r.before, &r.after, &r.reason, &r.search, &r.data)
	f, err := r.fact()
	if err != nil {
		return none, err
	}
	again, err := newFactRow(f)
	if err != nil {
		return none, err
	}
	r.search = again.search
	if r == was {
		return none, nil
	}
	if r.salt = ""; r.commitment == "" {
		r.commitment = hash
	}
	_, err = x.exec(ctx, "UPDATE facts SET actor = $3, before_json = $4, after_json = $5, reason = $6, search = $7, data_json = $8, salt = '', commitment = $9 WHERE tenant = $1 AND seq = $2",
		t.id, seq, r.actor, r.before, r.after, r.reason, r.search, r.data, r.commitment)
	return event.RewrittenRow{Seq: seq, Sum: r.sum()}, err
}

// ignoreNone drops the error of a row that is gone.
func ignoreNone(err error) error {
	if err == sql.ErrNoRows {
		return nil
	}
	return err
}

// FactsAbout reads the facts that tell of a subject, after a place in the log, in order; next is where to go on, 0 at the end.
func (t *Tenant) FactsAbout(ctx context.Context, s *pbx.Subject, after int64, limit int) (list []event.Fact, next int64, err error) {
	err = t.db.view(ctx, "find facts", func(x tx) error {
		keys, err := t.naming(ctx, x, s, tellings[len(tellings)-1], strconv.FormatInt(after, 10), limit)
		if err != nil || len(keys) == 0 {
			return err
		}
		if len(keys) == limit {
			next, _ = strconv.ParseInt(keys[len(keys)-1], 10, 64)
		}
		blot := pbx.NewBlot(s, "?")
		for _, key := range keys {
			seq, err := strconv.ParseInt(key, 10, 64)
			if err != nil {
				return err
			}
			var r factRow
			if _, err := r.scan(x.row(ctx, "SELECT "+factColumns+" FROM facts WHERE tenant = $1 AND seq = $2", t.id, seq).Scan); err != nil {
				return err
			}
			f, err := r.fact()
			if err != nil {
				return err
			}
			if blot.Out(&r.actor, &r.before, &r.after, &r.reason, &r.data, &r.objectID, &r.subject, &r.actorUser) {
				list = append(list, f)
			}
		}
		return nil
	})
	return list, next, err
}

// Scrub takes out of the files of an SQLite database what was deleted and overwritten: free pages, and the write-ahead log. PostgreSQL does so by itself (VACUUM).
func (db *DB) Scrub(ctx context.Context) error {
	if !db.lite {
		return nil
	}
	if _, err := db.write.ExecContext(ctx, "VACUUM"); err != nil {
		return db.fault("scrub", err)
	}
	_, err := db.write.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return db.fault("scrub", err)
}
