package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"tandem/event"
	"tandem/pbx"
)

// factRow is a fact as it is stored: every column in the order in which it is hashed.
type factRow struct {
	seq, at                                         int64
	kind                                            string
	audit                                           int64
	actor, actorUser, objectKind, objectID, subject string
	before, after, reason, search, data             string
	revision                                        int64
	salt, commitment                                string // the hash covers the commitment to all columns, with salt; see chain.go
}

const factColumns = "seq, at, kind, audit, actor, actor_user, object_kind, object_id, subject, before_json, after_json, reason, search, data_json, revision, salt, commitment, hash"

// factWidth is how many columns a fact has with tenant, salt, commitment and hash.
const factWidth = 19

const (
	takePlaces = `UPDATE tenants SET seq = seq + $2 WHERE id = $1 RETURNING seq, head`
	keepHead   = `UPDATE tenants SET head = $2 WHERE id = $1`
	insertFact = "INSERT INTO facts (tenant, " + factColumns + ") VALUES "
)

func newFactRow(f event.Fact) (factRow, error) {
	actor, err := encode(f.Actor)
	return factRow{
		seq: f.Seq, at: ms(f.At), kind: clean(string(f.Kind)), audit: flag(f.Kind.IsAudit()),
		actor: actor, actorUser: clean(string(f.Actor.User)), objectKind: clean(string(f.Object.Kind)), objectID: clean(f.Object.ID),
		subject: clean(string(subject(f))), before: clean(string(f.Before)), after: clean(string(f.After)), reason: clean(f.Reason),
		search: fold(string(f.Kind) + " " + f.Name() + " " + f.Reason + " " + f.Actor.Addr), data: clean(string(f.Data)), revision: f.Revision,
	}, err
}

// subject is the user whom a fact is about: the object itself, or the person whose membership, phone or token it is.
func subject(f event.Fact) pbx.UserID {
	if f.Object.Kind == pbx.KindUser {
		return pbx.UserID(f.Object.ID)
	}
	for _, b := range []json.RawMessage{f.After, f.Before} {
		var v struct {
			User pbx.UserID `json:"user"`
		}
		if len(b) > 0 && json.Unmarshal(b, &v) == nil && v.User != "" {
			return v.User
		}
	}
	return f.Actor.User
}

func (r *factRow) values() []any {
	return []any{r.seq, r.at, r.kind, r.audit, r.actor, r.actorUser, r.objectKind, r.objectID, r.subject,
		r.before, r.after, r.reason, r.search, r.data, r.revision}
}

func (r *factRow) scan(s scan) (hash string, err error) {
	err = s(&r.seq, &r.at, &r.kind, &r.audit, &r.actor, &r.actorUser, &r.objectKind, &r.objectID, &r.subject,
		&r.before, &r.after, &r.reason, &r.search, &r.data, &r.revision, &r.salt, &r.commitment, &hash)
	return hash, err
}

func (r *factRow) fact() (event.Fact, error) {
	f := event.Fact{Seq: r.seq, At: moment(r.at), Kind: event.Kind(r.kind), Object: pbx.Ref{Kind: pbx.Kind(r.objectKind), ID: r.objectID},
		Before: raw(r.before), After: raw(r.after), Reason: r.reason, Data: raw(r.data), Revision: r.revision}
	return f, decode(r.actor, &f.Actor)
}

func raw(s string) json.RawMessage {
	if s == "" {
		return nil
	}
	return json.RawMessage(s)
}

// append writes facts at the end of the log. The place comes from the tenant's row, which this transaction holds from
// now on: order of places is order of commits, and a cursor never skips. Live facts are passed through unstored.
func (t *Tenant) append(ctx context.Context, x tx, facts []event.Fact) ([]event.Fact, error) {
	out := slices.Clone(facts)
	n := 0
	for _, f := range facts {
		if !f.Kind.IsLive() {
			n++
		}
	}
	if n == 0 {
		return out, nil
	}
	var last int64
	var head string
	err := x.row(ctx, takePlaces, t.id, n).Scan(&last, &head)
	if err != nil {
		return nil, missing(err, "tenant.unknown")
	}
	var rows [][]any
	seq := last - int64(n)
	for i := range out {
		f := &out[i]
		if f.Kind.IsLive() {
			continue
		}
		seq++
		f.Seq, f.At = seq, f.At.UTC().Truncate(time.Millisecond)
		row, err := newFactRow(*f)
		if err != nil {
			return nil, err
		}
		row.commit()
		head = row.hash(t.id, head)
		rows = append(rows, append(append([]any{t.id}, row.values()...), row.salt, row.commitment, head))
	}
	for chunk := range slices.Chunk(rows, x.rows(factWidth)) {
		if _, err := x.exec(ctx, insertFact+tuples(len(chunk), factWidth), slices.Concat(chunk...)...); err != nil {
			return nil, err
		}
	}
	_, err = x.exec(ctx, keepHead, t.id, head)
	return out, err
}

// After reads facts in the order of the log, from the one after seq on.
func (t *Tenant) After(ctx context.Context, seq int64, limit int) ([]event.Fact, error) {
	var list []event.Fact
	err := t.db.view(ctx, "read the log", func(x tx) error {
		return x.each(ctx, "SELECT "+factColumns+" FROM facts WHERE tenant = $1 AND seq > $2 ORDER BY seq LIMIT $3", []any{t.id, seq, limit},
			func(s *sql.Rows) error { return scanFact(s.Scan, &list) })
	})
	return list, err
}

func scanFact(s scan, to *[]event.Fact) error {
	var r factRow
	if _, err := r.scan(s); err != nil {
		return err
	}
	f, err := r.fact()
	*to = append(*to, f)
	return err
}

// FactQuery asks for a page of the log, newest first.
type FactQuery struct {
	Sight  Scope                 // facts that are neither by nor about somebody or a group inside are not in the list; the zero one sees nothing
	Keep   func(event.Fact) bool // asked for every fact inside Sight; nil keeps all
	Calls  bool                  // also the facts of calls; without, it is the audit log
	Kinds  []event.Kind          // none: every kind
	Actor  pbx.UserID
	Object pbx.Ref // with an empty ID every object of the kind; with an empty kind every object
	About  pbx.UserID
	From   time.Time // the first moment inside
	Until  time.Time // the first moment outside
	Text   string    // in kind, name, reason, address
	Cursor string    // Next of the page before
	Limit  int       // 1–200; 0 is 50
	Count  bool      // fill Total
}

// FactPage is a page of the log.
type FactPage struct {
	Items []event.Fact
	Next  string // empty on the last page
	Total int    // up to CountLimit; facts that Keep refuses are counted
}

// Facts reads a page of the log.
func (t *Tenant) Facts(ctx context.Context, q FactQuery) (FactPage, error) {
	var p FactPage
	if q.Sight.none() {
		return p, nil
	}
	limit := pageSize(q.Limit)
	before, err := factCursor(q.Cursor)
	if err != nil {
		return p, err
	}
	err = t.db.view(ctx, "list facts", func(x tx) error {
		if q.Count {
			w := q.where(t.id)
			if err := x.row(ctx, countOf("facts"+w.String()), w.args...).Scan(&p.Total); err != nil {
				return err
			}
		}
		for range rounds {
			w := q.where(t.id)
			if before > 0 {
				w.and("seq < " + w.arg(before))
			}
			var list []event.Fact
			err := x.each(ctx, "SELECT "+factColumns+" FROM facts"+w.String()+" ORDER BY seq DESC LIMIT "+w.arg(limit+1), w.args,
				func(s *sql.Rows) error { return scanFact(s.Scan, &list) })
			if err != nil {
				return err
			}
			more := len(list) > limit
			for i, f := range list[:min(limit, len(list))] {
				if len(p.Items) == limit {
					more = true
					break
				}
				before = f.Seq
				if q.Keep == nil || q.Keep(f) {
					p.Items = append(p.Items, list[i])
				}
			}
			if !more {
				p.Next = ""
				return nil
			}
			p.Next = newCursor("seq", before, "")
			if len(p.Items) == limit {
				return nil
			}
		}
		return nil
	})
	return p, err
}

func factCursor(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	sort, seq, _, err := parseCursor(s)
	if err == nil && sort != "seq" {
		err = errors.New("a cursor of another list")
	}
	if err != nil {
		return 0, pbx.Refuse(pbx.Invalid, "cursor", "list.cursor_invalid")
	}
	return seq, nil
}

func (q *FactQuery) where(tenant string) *where {
	w := newWhere("facts", tenant)
	if !q.Calls {
		w.and("audit = 1")
	}
	if len(q.Kinds) > 0 {
		kinds := make([]string, len(q.Kinds))
		for i, k := range q.Kinds {
			kinds[i] = string(k)
		}
		w.and("kind IN " + w.list(kinds))
	}
	if q.Actor != "" {
		w.and("actor_user = " + w.arg(string(q.Actor)))
	}
	if q.Object.Kind != "" {
		w.and("object_kind = " + w.arg(string(q.Object.Kind)))
	}
	if q.Object.ID != "" {
		w.and("object_id = " + w.arg(clean(q.Object.ID)))
	}
	if q.About != "" {
		w.and("subject = " + w.arg(string(q.About)))
	}
	if !q.From.IsZero() {
		w.and("at >= " + w.arg(ms(q.From)))
	}
	if !q.Until.IsZero() {
		w.and("at < " + w.arg(ms(q.Until)))
	}
	if fold(q.Text) != "" {
		w.and("search LIKE " + w.arg(like(q.Text)) + ` ESCAPE '\'`)
	}
	if !q.Sight.All {
		in := w.list(q.Sight.parts())
		w.and("(actor_user IN " + in + " OR subject IN " + in + " OR object_kind = " + w.arg(string(pbx.KindGroup)) + " AND object_id IN " + in + ")")
	}
	return w
}

// changeWidth is how far from one fact of a change the others are looked for.
const changeWidth = 20_000

// Change reads all facts of the configuration change that one fact belongs to, in their order; none when there is no such
// fact, or it is none of a change.
func (t *Tenant) Change(ctx context.Context, seq int64) ([]event.Fact, error) {
	var list []event.Fact
	err := t.db.view(ctx, "read a change", func(x tx) error {
		return x.each(ctx, "SELECT "+factColumns+" FROM facts WHERE tenant = $1 AND seq > $2 AND seq < $3 AND revision = "+
			"(SELECT revision FROM facts WHERE tenant = $1 AND seq = $4) AND at = (SELECT at FROM facts WHERE tenant = $1 AND seq = $4) "+
			"AND (before_json <> '' OR after_json <> '') ORDER BY seq", []any{t.id, seq - changeWidth, seq + changeWidth, seq},
			func(s *sql.Rows) error { return scanFact(s.Scan, &list) })
	})
	for _, f := range list {
		if f.Seq == seq {
			return list, err
		}
	}
	return nil, err
}

// rewindLimit is how many facts are read at most to know how something was.
const rewindLimit = 50_000

// ChangesSince reads the facts of all configuration changes from a moment on, oldest first.
func (t *Tenant) ChangesSince(ctx context.Context, at time.Time) ([]event.Fact, error) {
	var list []event.Fact
	err := t.db.view(ctx, "read changes", func(x tx) error {
		return x.each(ctx, "SELECT "+factColumns+" FROM facts WHERE tenant = $1 AND audit = 1 AND at > $2 AND (before_json <> '' OR after_json <> '') "+
			"ORDER BY seq LIMIT $3", []any{t.id, ms(at), rewindLimit + 1}, func(s *sql.Rows) error { return scanFact(s.Scan, &list) })
	})
	if err == nil && len(list) > rewindLimit {
		return nil, pbx.Refuse(pbx.Exhausted, "at", "compare.too_long_ago")
	}
	return list, err
}

// ChangesOf reads the facts of changes to one kind of rows from a moment on, oldest first.
func (t *Tenant) ChangesOf(ctx context.Context, kind pbx.Kind, at time.Time) ([]event.Fact, error) {
	var list []event.Fact
	err := t.db.view(ctx, "read changes of a kind", func(x tx) error {
		return x.each(ctx, "SELECT "+factColumns+" FROM facts WHERE tenant = $1 AND object_kind = $2 AND at > $3 AND (before_json <> '' OR after_json <> '') "+
			"ORDER BY seq", []any{t.id, string(kind), ms(at)}, func(s *sql.Rows) error { return scanFact(s.Scan, &list) })
	})
	return list, err
}
