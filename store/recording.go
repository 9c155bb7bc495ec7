package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"tandem/pbx"
)

func recordingRows() rows[pbx.Recording] {
	return rows[pbx.Recording]{
		table:   "recordings",
		columns: []string{"id", "call_id", "started", "running", "expires", "hold", "deleted", "search", "body"},
		values: func(r *pbx.Recording) ([]any, error) {
			for _, p := range []*pbx.Party{&r.From, &r.To, &r.By} {
				p.Name, p.Number = clean(p.Name), clean(p.Number)
			}
			body, err := encode(r)
			words := fold(strings.Join([]string{r.From.Name, r.From.Number, r.To.Name, r.To.Number}, " "))
			return []any{string(r.ID), string(r.Call), ms(r.Started), flag(r.Running), ms(r.Expires), flag(r.Hold), ms(r.Deleted), words, body}, err
		},
		scan: func(read scan) (*pbx.Recording, error) {
			var body string
			if err := read(&body); err != nil {
				return nil, err
			}
			var r pbx.Recording
			return &r, decode(body, &r)
		},
	}
}

// RecordingKept is an Also that writes a recording, new or changed.
type RecordingKept struct{ pbx.Recording }

func (k RecordingKept) write(ctx context.Context, t *Tenant, x tx) error {
	r := k.Recording
	if err := put(ctx, x, t.id, recordingRows(), []*pbx.Recording{&r}); err != nil {
		return err
	}
	if err := remove(ctx, x, t.id, "recording_parts", "recording_id", []string{string(r.ID)}); err != nil {
		return err
	}
	parts := map[string]bool{}
	for _, v := range r.Voices {
		parts[string(v.User)] = true
	}
	for _, c := range r.Calls {
		parts[string(c)] = true
	}
	for _, g := range r.Groups {
		parts[string(g)] = true
	}
	for p := range parts {
		_, err := x.exec(ctx, "INSERT INTO recording_parts (tenant, part, started, recording_id) VALUES ($1, $2, $3, $4)", t.id, clean(p), ms(r.Started), string(r.ID))
		if err != nil {
			return err
		}
	}
	return nil
}

// Recording reads one recording; pbx.NotFound without one.
func (t *Tenant) Recording(ctx context.Context, id pbx.RecordingID) (pbx.Recording, error) {
	var out pbx.Recording
	err := t.db.view(ctx, "read recording", func(x tx) error {
		w := newWhere("recordings", t.id)
		w.and("id = " + w.arg(clean(string(id))))
		r, err := recordingRows().scan(x.row(ctx, "SELECT body FROM recordings"+w.String(), w.args...).Scan)
		if err != nil {
			return missing(err, "recording.not_found")
		}
		out = *r
		return nil
	})
	return out, err
}

// RecordingQuery asks for a page of recordings, the newest first.
type RecordingQuery struct {
	Sight   Scope                     // recordings of other people and groups are not in the list; the zero one sees nothing
	Keep    func(*pbx.Recording) bool // asked for every recording inside Sight; nil keeps all
	From    time.Time                 // first moment of start inside
	Until   time.Time                 // first moment of start outside
	User    pbx.UserID                // only those in which this person can be heard
	Call    pbx.CallID                // only those of this call
	Text    string                    // in names and numbers
	Deleted bool                      // those that were deleted, and no others
	Cursor  string
	Limit   int // 1–200; 0 is 50
}

// RecordingPage is a page of recordings.
type RecordingPage struct {
	Items []pbx.Recording
	Next  string // empty on the last page
}

// Recordings reads a page of recordings.
func (t *Tenant) Recordings(ctx context.Context, q RecordingQuery) (RecordingPage, error) {
	var p RecordingPage
	o, err := newest("started", q.Cursor)
	if err != nil || q.Sight.none() {
		return p, err
	}
	err = t.db.view(ctx, "list recordings", func(x tx) error {
		var err error
		p.Next, err = fill(&o, pageSize(q.Limit), func(limit int) ([]*pbx.Recording, error) { return t.recordings(ctx, x, &q, &o, limit) },
			func(r *pbx.Recording) (int64, string) { return ms(r.Started), string(r.ID) },
			func(r *pbx.Recording) (bool, error) {
				if q.Keep != nil && !q.Keep(r) {
					return false, nil
				}
				p.Items = append(p.Items, *r)
				return true, nil
			})
		return err
	})
	return p, err
}

func (t *Tenant) recordings(ctx context.Context, x tx, q *RecordingQuery, o *order, limit int) ([]*pbx.Recording, error) {
	w := newWhere("recordings", t.id)
	if q.Deleted {
		w.and("deleted > 0")
	} else {
		w.and("deleted = 0")
	}
	if !q.From.IsZero() {
		w.and("started >= " + w.arg(ms(q.From)))
	}
	if !q.Until.IsZero() {
		w.and("started < " + w.arg(ms(q.Until)))
	}
	if q.Call != "" {
		w.and("(call_id = " + w.arg(clean(string(q.Call))) + " OR " + recordedWith(w, []string{string(q.Call)}) + ")")
	}
	if fold(q.Text) != "" {
		w.and("search LIKE " + w.arg(like(q.Text)) + ` ESCAPE '\'`)
	}
	if q.User != "" {
		w.and(recordedWith(w, []string{string(q.User)}))
	}
	if !q.Sight.All && (q.User == "" || !slices.Contains(q.Sight.Users, q.User)) {
		w.and(recordedWith(w, q.Sight.parts()))
	}
	o.from(w, "started", "id")
	return t.scanRecordings(ctx, x, w, " ORDER BY started DESC, id DESC LIMIT "+w.arg(limit))
}

// recordedWith is the condition that somebody can be heard, or a group was passed.
func recordedWith(w *where, parts []string) string {
	return "EXISTS (SELECT 1 FROM recording_parts p WHERE p.tenant = recordings.tenant AND p.recording_id = recordings.id AND (p.part || '') IN " + w.list(parts) + ")"
}

func (t *Tenant) scanRecordings(ctx context.Context, x tx, w *where, tail string) ([]*pbx.Recording, error) {
	var list []*pbx.Recording
	r := recordingRows()
	err := x.each(ctx, "SELECT body FROM recordings"+w.String()+tail, w.args, func(s *sql.Rows) error {
		one, err := r.scan(s.Scan)
		list = append(list, one)
		return err
	})
	return list, err
}

// RunningRecordings lists those that had not ended: after a crash, those of the process before.
func (t *Tenant) RunningRecordings(ctx context.Context) (list []*pbx.Recording, err error) {
	err = t.db.view(ctx, "list running recordings", func(x tx) error {
		w := newWhere("recordings", t.id)
		w.and("running = 1")
		list, err = t.scanRecordings(ctx, x, w, " ORDER BY started, id")
		return err
	})
	return list, err
}

// DueRecordings lists, up to a limit, those whose time is over, or that were deleted before a moment, and that nobody holds (PR-05).
func (t *Tenant) DueRecordings(ctx context.Context, at, deleted time.Time, limit int) (list []*pbx.Recording, err error) {
	err = t.db.view(ctx, "list old recordings", func(x tx) error {
		w := newWhere("recordings", t.id)
		w.and("hold = 0")
		w.and("running = 0")
		w.and("(expires > 0 AND expires <= " + w.arg(ms(at)) + " OR deleted > 0 AND deleted <= " + w.arg(ms(deleted)) + ")")
		list, err = t.scanRecordings(ctx, x, w, " ORDER BY started, id LIMIT "+w.arg(limit))
		return err
	})
	return list, err
}

// RecordingGone is an Also that forgets a recording: nothing of it stays in the database (PR-05).
type RecordingGone struct{ ID pbx.RecordingID }

func (g RecordingGone) write(ctx context.Context, t *Tenant, x tx) error {
	if err := remove(ctx, x, t.id, "recording_shares", "recording_id", []string{string(g.ID)}); err != nil {
		return err
	}
	if err := remove(ctx, x, t.id, "recording_parts", "recording_id", []string{string(g.ID)}); err != nil {
		return err
	}
	return remove(ctx, x, t.id, "recordings", "id", []string{string(g.ID)})
}

// RecordingsOf lists the recordings of some calls that were not deleted.
func (t *Tenant) RecordingsOf(ctx context.Context, calls []pbx.CallID) (list []*pbx.Recording, err error) {
	if len(calls) == 0 {
		return nil, nil
	}
	ids := make([]string, len(calls))
	for i, c := range calls {
		ids[i] = string(c)
	}
	err = t.db.view(ctx, "find recordings of calls", func(x tx) error {
		w := newWhere("recordings", t.id)
		w.and("deleted = 0")
		w.and("call_id IN " + w.list(ids))
		list, err = t.scanRecordings(ctx, x, w, " ORDER BY started, id")
		return err
	})
	return list, err
}
