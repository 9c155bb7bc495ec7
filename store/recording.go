package store

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"slices"
	"strings"
	"time"

	"tandem/pbx"
)

// marked says that a recording is found by everything that this version finds recordings by.
const marked = 2

// longestSearch is how many letters of names and numbers are searched: they stand in an index, whose rows must not be long.
const longestSearch = 600

func recordingRows() rows[pbx.Recording] {
	return rows[pbx.Recording]{
		table:   "recordings",
		columns: []string{"id", "call_id", "started", "running", "expires", "hold", "deleted", "search", "body", "kind", "direction", "length", "marked"},
		values: func(r *pbx.Recording) ([]any, error) {
			for _, p := range []*pbx.Party{&r.From, &r.To, &r.By} {
				p.Name, p.Number = clean(p.Name), clean(p.Number)
			}
			body, err := encode(r)
			words := []rune(fold(strings.Join([]string{r.From.Name, r.From.Number, r.To.Name, r.To.Number}, " ")))
			return []any{string(r.ID), string(r.Call), ms(r.Started), flag(r.Running), ms(r.Expires), flag(r.Hold), ms(r.Deleted), string(words[:min(len(words), longestSearch)]), body, string(r.Kind()), string(r.Direction()), r.Length.Milliseconds(), marked}, err
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
	return k.remark(ctx, t, x)
}

// remark writes anew under what the recording is found.
func (k RecordingKept) remark(ctx context.Context, t *Tenant, x tx) error {
	id := []string{string(k.ID)}
	had, err := t.textParts(ctx, x, recordings, id)
	if err != nil {
		return err
	}
	if err := remove(ctx, x, t.id, recordings.parts, recordings.id, id); err != nil {
		return err
	}
	if err := k.mark(ctx, t, x); err != nil {
		return err
	}
	return t.dropTexts(ctx, x, had)
}

// mark writes under what the recording is found: everybody inside who can be heard, the groups that were passed, the calls, the numbers, and the texts.
func (k RecordingKept) mark(ctx context.Context, t *Tenant, x tx) error {
	parts := []string{clean(string(k.Call))}
	for _, p := range []pbx.Party{k.From, k.To} {
		if p.Number != "" {
			parts = append(parts, numberPart(p.Number))
		}
	}
	for _, v := range k.Voices {
		parts = append(parts, clean(string(v.User)))
	}
	for _, c := range k.Calls {
		parts = append(parts, clean(string(c)))
	}
	for _, g := range k.Groups {
		parts = append(parts, clean(string(g)))
	}
	if k.Hold {
		parts = append(parts, heldPart)
	}
	if k.Room != "" {
		parts = append(parts, roomPart)
	}
	if !k.Deleted.IsZero() {
		parts = append(parts, binPart)
	}
	slices.Sort(parts)
	for _, p := range slices.Compact(parts) {
		_, err := x.exec(ctx, "INSERT INTO recording_parts (tenant, part, started, recording_id) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, part, started, recording_id) DO NOTHING",
			t.id, p, ms(k.Started), string(k.ID))
		if err != nil {
			return err
		}
	}
	return t.putTexts(ctx, x, recordings, []texted{{string(k.ID), ms(k.Started), textsOf([]pbx.Party{k.From, k.To})}})
}

// What few recordings are stands among the parts, too, so that it is found without going over all others; no id looks like it.
const (
	heldPart = "held"
	roomPart = "room"
	binPart  = "bin"
)

// numberPart is how a number stands among the parts.
func numberPart(n string) string { return "number " + fold(n) }

// MarkRecordings writes what older versions did not write of recordings: under which calls, numbers and texts they are found, and of which kind and
// length they are. It gives how many it did; none are left when that is less than the limit.
func (t *Tenant) MarkRecordings(ctx context.Context, limit int) (n int, err error) {
	err = t.db.change(ctx, "mark recordings", func(x tx) error {
		var last int64
		var head string
		if err := x.row(ctx, takePlaces, t.id, 0).Scan(&last, &head); err != nil { // nobody changes a recording meanwhile
			return missing(err, "tenant.unknown")
		}
		w := newWhere("recordings", t.id)
		w.and("marked < " + w.arg(marked))
		list, err := t.scanRecordings(ctx, x, w, " LIMIT "+w.arg(limit))
		if err != nil {
			return err
		}
		for _, r := range list {
			if err := (RecordingKept{*r}).mark(ctx, t, x); err != nil {
				return err
			}
		}
		n = len(list)
		return put(ctx, x, t.id, recordingRows(), list)
	})
	return n, err
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
	Sight     Scope                     // recordings of other people and groups are not in the list; the zero one sees nothing
	Keep      func(*pbx.Recording) bool // asked for every recording inside Sight; nil keeps all
	From      time.Time                 // first moment of start inside
	Until     time.Time                 // first moment of start outside
	User      pbx.UserID                // only those in which this person can be heard
	Call      pbx.CallID                // only those of this call
	Number    string                    // only those with this number on either side, as it is written in the call
	Group     []string                  // only those of these people and groups; nil is of everybody
	Kind      pbx.RecordingKind
	Direction pbx.RecordingDirection
	Shortest  time.Duration // first length inside
	Longest   time.Duration // last length inside; 0 is open
	Held      bool          // only those that nobody may delete
	Text      string        // in names and numbers
	Deleted   bool          // those that were deleted, and no others
	Cursor    string
	Limit     int // 1–200; 0 is 50
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
		all, err := t.recordingsAsked(ctx, x, &q)
		if err != nil {
			return err
		}
		way, err := t.way(ctx, x, all, &o)
		if err != nil {
			return err
		}
		p.Next, err = fill(&o, pageSize(q.Limit), func(limit int) ([]ownedRow, error) { return t.read(ctx, x, all, &o, way, limit) },
			func(r ownedRow) (int64, string) { return r.key, r.id },
			func(row ownedRow) (bool, error) {
				var r pbx.Recording
				if err := decode(row.body, &r); err != nil {
					return false, err
				}
				if q.Keep != nil && !q.Keep(&r) {
					return false, nil
				}
				p.Items = append(p.Items, r)
				return true, nil
			})
		return err
	})
	return p, err
}

// EachRecording goes over all recordings that are asked for, the longest page at a time; an error comes last.
func (t *Tenant) EachRecording(ctx context.Context, q RecordingQuery) iter.Seq2[*pbx.Recording, error] {
	q.Limit = maxPage
	return eachOf(func() ([]pbx.Recording, string, error) {
		page, err := t.Recordings(ctx, q)
		q.Cursor = page.Next
		return page.Items, page.Next, err
	})
}

// recordings says where recordings are, and under what they are found.
var recordings = owned{table: "recordings", parts: "recording_parts", id: "recording_id"}

// recordingsAsked is what a query asks for. What older versions kept is not found by all that is asked for until it is marked: then its rows are read.
func (t *Tenant) recordingsAsked(ctx context.Context, x tx, q *RecordingQuery) (*owned, error) {
	if len(words(q.Text)) == 0 && !q.Deleted {
		return q.owned(true), nil
	}
	least := int64(0) // the first of an index
	if err := x.row(ctx, "SELECT COALESCE(MIN(marked), $2) FROM recordings WHERE tenant = $1", t.id, marked).Scan(&least); err != nil {
		return nil, err
	}
	all := q.owned(least == marked)
	if least < marked || len(words(q.Text)) == 0 {
		return all, nil
	}
	hits, err := t.find(ctx, x, q.Text)
	if err != nil {
		return nil, err
	}
	return all, t.settle(ctx, x, all, hits)
}

// owned is what the query asks for: it goes along the narrowest of what it is narrowed to, and the rest are conditions.
func (q *RecordingQuery) owned(isMarked bool) *owned {
	var narrow [][]string // the narrowest first
	if q.Call != "" {
		narrow = append(narrow, []string{clean(string(q.Call))})
	}
	if q.Number != "" {
		narrow = append(narrow, []string{numberPart(q.Number)})
	}
	if q.Held {
		narrow = append(narrow, []string{heldPart})
	}
	if q.Deleted && isMarked {
		narrow = append(narrow, []string{binPart})
	}
	if q.User != "" {
		narrow = append(narrow, []string{clean(string(q.User))})
	}
	if q.Kind == pbx.RecordedRoom {
		narrow = append(narrow, []string{roomPart})
	}
	if q.Group != nil {
		narrow = append(narrow, q.Group)
	}
	if !q.Sight.All && (q.User == "" || !slices.Contains(q.Sight.Users, q.User)) {
		narrow = append(narrow, q.Sight.parts())
	}
	all := recordings
	all.from, all.until = q.From, q.Until
	if len(narrow) > 0 {
		all.people, narrow = narrow[0], narrow[1:]
	}
	all.picky = len(narrow) > 0 || q.Deleted || q.Kind != "" || q.Direction != "" || q.Shortest > 0 || q.Longest > 0 || fold(q.Text) != ""
	all.filter = func(w *where) bool {
		q.filter(w)
		for _, parts := range narrow {
			w.and(all.belongs(w, parts))
		}
		return true
	}
	return &all
}

// filter adds the conditions on the recordings themselves.
func (q *RecordingQuery) filter(w *where) {
	if q.Deleted {
		w.and("deleted > 0")
	} else {
		w.and("deleted = 0")
	}
	if q.Kind != "" {
		w.and("kind = " + w.arg(string(q.Kind)))
	}
	if q.Direction != "" {
		w.and("direction = " + w.arg(string(q.Direction)))
	}
	if q.Shortest > 0 {
		w.and("length >= " + w.arg(q.Shortest.Milliseconds()))
	}
	if q.Longest > 0 {
		w.and("length <= " + w.arg(q.Longest.Milliseconds()))
	}
	w.says(q.Text)
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

// Condemn marks a recording as one that goes now, unless somebody holds it: from then on nobody can. It reports whether it goes; what is gone already does.
func (t *Tenant) Condemn(ctx context.Context, id pbx.RecordingID) (goes bool, err error) {
	err = t.db.change(ctx, "condemn a recording", func(x tx) error {
		r, err := t.aloneWith(ctx, x, id)
		if e, ok := errors.AsType[*pbx.Error](err); ok && e.Code == pbx.NotFound {
			goes = true
			return nil
		}
		if goes = err == nil && !r.Hold; !goes || r.Going {
			return err
		}
		r.Going = true
		return put(ctx, x, t.id, recordingRows(), []*pbx.Recording{r})
	})
	return goes, err
}

// aloneWith reads a recording that nobody else changes meanwhile.
func (t *Tenant) aloneWith(ctx context.Context, x tx, id pbx.RecordingID) (*pbx.Recording, error) {
	var last int64
	var head string
	if err := x.row(ctx, takePlaces, t.id, 0).Scan(&last, &head); err != nil {
		return nil, missing(err, "tenant.unknown")
	}
	w := newWhere("recordings", t.id)
	w.and("id = " + w.arg(clean(string(id))))
	r, err := recordingRows().scan(x.row(ctx, "SELECT body FROM recordings"+w.String(), w.args...).Scan)
	if err != nil {
		return nil, missing(err, "recording.not_found")
	}
	return r, nil
}

// RecordingChanged is an Also that writes a recording unless somebody else changed it meanwhile (pbx.Conflict), or it is going (pbx.NotFound): a hold is not overwritten.
type RecordingChanged struct{ Was, Is pbx.Recording }

func (c RecordingChanged) write(ctx context.Context, t *Tenant, x tx) error {
	r, err := t.aloneWith(ctx, x, c.Was.ID)
	if err != nil {
		return err
	}
	if r.Going {
		return pbx.Refuse(pbx.NotFound, "", "recording.not_found")
	}
	stored, err1 := encode(r)
	was, err2 := encode(&c.Was)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if stored != was {
		return pbx.Refuse(pbx.Conflict, "", "change.outdated")
	}
	return RecordingKept{c.Is}.write(ctx, t, x)
}

// RecordingGone is an Also that forgets a recording: nothing of it stays in the database (PR-05).
type RecordingGone struct{ ID pbx.RecordingID }

func (g RecordingGone) write(ctx context.Context, t *Tenant, x tx) error {
	if err := remove(ctx, x, t.id, "recording_shares", "recording_id", []string{string(g.ID)}); err != nil {
		return err
	}
	had, err := t.textParts(ctx, x, recordings, []string{string(g.ID)})
	if err != nil {
		return err
	}
	if err := remove(ctx, x, t.id, "recording_parts", "recording_id", []string{string(g.ID)}); err != nil {
		return err
	}
	if err := remove(ctx, x, t.id, "recordings", "id", []string{string(g.ID)}); err != nil {
		return err
	}
	return t.dropTexts(ctx, x, had)
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

// HeldRecordings counts those that nobody may delete.
func (t *Tenant) HeldRecordings(ctx context.Context) (n int, err error) {
	err = t.db.view(ctx, "count held recordings", func(x tx) error {
		return x.row(ctx, "SELECT COUNT(*) FROM recording_parts WHERE tenant = $1 AND part = $2", t.id, heldPart).Scan(&n)
	})
	return n, err
}
