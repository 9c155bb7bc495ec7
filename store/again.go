package store

import (
	"context"
	"database/sql"
	"slices"

	"tandem/event"
	"tandem/pbx"
	"tandem/report"
)

// repeats finds what of a batch is stored already. A commit can succeed and still be reported as failed – the connection broke before the
// answer came, the deadline struck – and then the journal brings the same rows again. A fact of a call is the same when call, kind, moment
// and payload are.
type repeats struct {
	seen  map[string][]sign // calls that this process opened, and which of their facts it has stored; see Tenant.seen
	fresh map[string]bool   // calls whose first or last row was new in this transaction: nothing of the batch can be there
	known map[string]bool   // calls that had their record before: everything may be there
}

func newRepeats(seen map[string][]sign) *repeats {
	return &repeats{seen: seen, fresh: map[string]bool{}, known: map[string]bool{}}
}

// began and ended take what the insertion of an open call or of a record said, so that the usual case costs no question.
func (r *repeats) began(id string, isNew bool) {
	if isNew {
		r.fresh[id] = true
	}
}

func (r *repeats) ended(id string, isNew bool) {
	if isNew {
		r.fresh[id] = true
	} else {
		r.known[id] = true
	}
}

// doubtful are the calls of the facts whose rows may be there.
func (r *repeats) doubtful(facts []event.Fact) []string {
	var ids []string
	for i := range facts {
		f := &facts[i]
		if id := clean(f.Object.ID); f.Kind.IsCall() && f.Object.Kind == pbx.KindCall && (r.known[id] || !r.fresh[id] && !r.isNews(id, f)) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// isNews reports whether a fact of a call that this process opened cannot have been stored before.
func (r *repeats) isNews(id string, f *event.Fact) bool {
	known, ours := r.seen[id]
	return ours && !slices.Contains(known, signOf(f))
}

// remember notes what a commit has stored of running calls; the goroutine that commits calls it. After a commit that failed, nobody can
// say what is there, so the calls are forgotten and the next facts of them are looked for.
func (t *Tenant) remember(calls []report.CDR, facts []event.Fact, err error) {
	for i := range facts {
		f := &facts[i]
		if !f.Kind.IsCall() || f.Object.Kind != pbx.KindCall {
			continue
		}
		id := clean(f.Object.ID)
		_, ours := t.seen[id]
		switch {
		case err != nil:
			delete(t.seen, id)
		case ours || f.Kind == event.CallStarted:
			t.seen[id] = append(t.seen[id], signOf(f))
		}
	}
	for i := range calls {
		delete(t.seen, clean(string(calls[i].ID)))
	}
}

// sign is what makes two facts the same fact.
type sign struct {
	call, kind, data string
	at               int64
}

func signOf(f *event.Fact) sign {
	return sign{clean(f.Object.ID), clean(string(f.Kind)), clean(string(f.Data)), ms(f.At)}
}

// appendOnce is append without the facts that are there already; those come back as they are stored, because nobody was told of them.
func (t *Tenant) appendOnce(ctx context.Context, x tx, facts []event.Fact, r *repeats) ([]event.Fact, error) {
	ids := r.doubtful(facts)
	if len(ids) == 0 {
		return t.append(ctx, x, facts)
	}
	there := map[sign][]event.Fact{}
	for chunk := range slices.Chunk(ids, params) {
		w := newWhere("facts", t.id)
		w.and("object_kind = " + w.arg(string(pbx.KindCall)))
		w.and("object_id IN " + w.list(chunk))
		var list []event.Fact
		err := x.each(ctx, "SELECT "+factColumns+" FROM facts"+w.String()+" ORDER BY seq", w.args, func(s *sql.Rows) error { return scanFact(s.Scan, &list) })
		if err != nil {
			return nil, err
		}
		for i := range list {
			k := signOf(&list[i])
			there[k] = append(there[k], list[i])
		}
	}
	out := slices.Clone(facts)
	var rest []event.Fact
	var places []int
	for i := range facts {
		k := signOf(&facts[i])
		if same := there[k]; len(same) > 0 {
			out[i], there[k] = same[0], same[1:]
			continue
		}
		rest, places = append(rest, facts[i]), append(places, i)
	}
	stored, err := t.append(ctx, x, rest)
	for i, f := range stored {
		out[places[i]] = f
	}
	return out, err
}

// writeBatch writes records and facts in a transaction that is open, each at most once however often it is brought.
func (t *Tenant) writeBatch(ctx context.Context, x tx, calls []report.CDR, facts []event.Fact) ([]event.Fact, error) {
	r := newRepeats(t.seen)
	if err := t.openCalls(ctx, x, facts, r); err != nil {
		return nil, err
	}
	if err := t.putCalls(ctx, x, calls, r); err != nil {
		return nil, err
	}
	stored, err := t.appendOnce(ctx, x, facts, r)
	if err != nil {
		return nil, err
	}
	return stored, t.textLate(ctx, x, calls)
}
