package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/pbx"
	"tandem/report"
)

const (
	textPart     = "text " // how a text stands among the parts; no id looks like it
	linkPart     = "tlk_"  // the ids of Talk links …
	visitPart    = "vst_"  // … and of visits
	longestText  = 250     // letters: texts stand in indexes, whose rows must not be long
	endingLength = 32      // letters of an ending that are kept; what is longer is compared as a whole
	mostTexts    = 300     // so many texts are followed; a word that stands in more is soon met among the newest rows
	nearby       = 3000    // so many of the newest rows are looked at for such a word
)

// textsOf are what something is found by: its parties, each with name and number, and whatever else. None is part of another one.
func textsOf(parties []pbx.Party, more ...string) []string {
	var all []string
	add := func(s string) {
		if r := []rune(fold(s)); len(r) > 0 {
			all = append(all, strings.TrimSpace(string(r[:min(len(r), longestText)])))
		}
	}
	for _, p := range parties {
		add(p.Name + " " + p.Number)
		add(p.Number)
	}
	for _, s := range more {
		add(s)
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	var kept []string
	for _, s := range all {
		if !slices.ContainsFunc(kept, func(k string) bool { return strings.Contains(k, s) }) {
			kept = append(kept, s)
		}
	}
	return kept
}

func textsOfCall(c *report.CDR) []string {
	parties := []pbx.Party{c.From, c.To}
	for _, l := range c.Legs {
		parties = append(parties, l.Party)
	}
	return textsOf(parties, c.Dialled, c.Reference)
}

// endings are what a text is looked up under; never none.
func endings(text string) []string {
	var all []string
	for _, word := range strings.Fields(text) {
		for r := []rune(word); len(r) > 0; r = r[1:] {
			all = append(all, string(r[:min(len(r), endingLength)]))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// words are what a search looks for, each of them anywhere in a row.
func words(q string) []string { return strings.Fields(fold(q)) }

// says adds the condition that a row holds every word of a search.
func (w *where) says(q string) {
	for _, word := range words(q) {
		w.and("search LIKE " + w.arg(like(word)) + ` ESCAPE '\'`)
	}
}

// texted is a row with what it is found by.
type texted struct {
	id      string
	started int64
	texts   []string
}

// putTexts writes under what rows are found.
func (t *Tenant) putTexts(ctx context.Context, x tx, in owned, rows []texted) error {
	var parts, firsts [][]any
	fresh := map[string]bool{}
	for _, r := range rows {
		for _, text := range r.texts {
			parts = append(parts, []any{t.id, textPart + text, r.started, r.id})
			if all := endings(text); !fresh[text] {
				fresh[text] = true
				firsts = append(firsts, []any{t.id, all[0], text})
			}
		}
	}
	slices.SortFunc(parts, func(a, b []any) int { return strings.Compare(a[1].(string), b[1].(string)) }) // neighbours are on one page
	into := "INSERT INTO " + in.parts + " (tenant, part, started, " + in.id + ") VALUES "
	for chunk := range slices.Chunk(parts, params/4) {
		if _, err := x.exec(ctx, into+tuples(len(chunk), 4)+" ON CONFLICT (tenant, part, started, "+in.id+") DO NOTHING", slices.Concat(chunk...)...); err != nil {
			return err
		}
	}
	// A text that is there has all its endings.
	const put, twice = "INSERT INTO endings (tenant, ending, text) VALUES ", " ON CONFLICT (tenant, ending, text) DO NOTHING"
	var rest [][]any
	for chunk := range slices.Chunk(firsts, params/3) {
		err := x.each(ctx, put+tuples(len(chunk), 3)+twice+" RETURNING text", slices.Concat(chunk...), func(s *sql.Rows) error {
			var text string
			err := s.Scan(&text)
			for i, e := range endings(text) {
				if i > 0 {
					rest = append(rest, []any{t.id, e, text})
				}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	for chunk := range slices.Chunk(rest, params/3) {
		if _, err := x.exec(ctx, put+tuples(len(chunk), 3)+twice, slices.Concat(chunk...)...); err != nil {
			return err
		}
	}
	return nil
}

// textParts reads under which texts rows are found.
func (t *Tenant) textParts(ctx context.Context, x tx, in owned, ids []string) (parts []string, err error) {
	for chunk := range slices.Chunk(ids, params) {
		w := newWhere(in.parts, t.id)
		w.and(in.id + " IN " + w.list(chunk))
		w.and("part LIKE '" + textPart + "%'")
		err := x.each(ctx, "SELECT DISTINCT part FROM "+in.parts+w.String(), w.args, func(s *sql.Rows) error {
			var part string
			err := s.Scan(&part)
			parts = append(parts, part)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(parts)
	return slices.Compact(parts), nil
}

// dropTexts forgets those of some texts by which nothing is found any more: a number that nobody may know is in no index either (BAR PR-05).
func (t *Tenant) dropTexts(ctx context.Context, x tx, parts []string) error {
	for chunk := range slices.Chunk(parts, params) {
		w := &where{args: []any{t.id}}
		var gone []string
		err := x.each(ctx, "WITH had(part) AS "+w.values(chunk)+" SELECT part FROM had WHERE NOT EXISTS (SELECT 1 FROM call_parts p WHERE p.tenant = $1 AND p.part = had.part)"+
			" AND NOT EXISTS (SELECT 1 FROM recording_parts p WHERE p.tenant = $1 AND p.part = had.part)", w.args, func(s *sql.Rows) error {
			var part string
			err := s.Scan(&part)
			gone = append(gone, part)
			return err
		})
		if err != nil {
			return err
		}
		for _, part := range gone {
			text := strings.TrimPrefix(part, textPart)
			w := newWhere("endings", t.id)
			w.and("text = " + w.arg(text))
			w.and("ending IN " + w.list(endings(text)))
			if _, err := x.exec(ctx, "DELETE FROM endings"+w.String(), w.args...); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeTexted takes the row of the office and says up to which moment calls have their texts among their parts.
const takeTexted = `UPDATE tenants SET seq = seq + 0 WHERE id = $1 RETURNING texted`

// TextCalls writes under which texts calls are found that began up to a moment, a few at a time, and gives whether none are left. Calls are written without them,
// because whoever calls waits; the newest are read one by one until they have them.
func (t *Tenant) TextCalls(ctx context.Context, until time.Time, limit int) (done bool, err error) {
	err = t.db.change(ctx, "index calls", func(x tx) error {
		done = false
		var mark int64
		if err := x.row(ctx, takeTexted, t.id).Scan(&mark); err != nil {
			return missing(err, "tenant.unknown")
		}
		next := ms(until)
		if next <= mark {
			done = true
			return nil
		}
		w := newWhere("calls", t.id)
		w.and("started > " + w.arg(mark))
		w.and("started <= " + w.arg(next))
		err := x.row(ctx, "SELECT started FROM calls"+w.String()+" ORDER BY started LIMIT 1 OFFSET "+strconv.Itoa(limit), w.args...).Scan(&next)
		if done = err == sql.ErrNoRows; err != nil && !done {
			return err
		}
		w = newWhere("calls", t.id)
		w.and("started > " + w.arg(mark))
		w.and("started <= " + w.arg(next)) // all that began in the same moment
		var rows []texted
		err = x.each(ctx, "SELECT id, started, body FROM calls"+w.String(), w.args, func(s *sql.Rows) error {
			r, err := textedCall(s.Scan)
			rows = append(rows, r)
			return err
		})
		if err != nil {
			return err
		}
		if err := t.putTexts(ctx, x, calls, rows); err != nil {
			return err
		}
		_, err = x.exec(ctx, "UPDATE tenants SET texted = $2 WHERE id = $1", t.id, next)
		return err
	})
	return done && err == nil, err
}

func textedCall(read scan) (r texted, err error) {
	var body string
	if err := read(&r.id, &r.started, &body); err != nil {
		return r, err
	}
	var c report.CDR
	if err := decode(body, &c); err != nil {
		return r, err
	}
	r.texts = textsOfCall(&c)
	return r, nil
}

// textLate writes the texts of calls that began before the moment up to which all have them: long ones, and what a crash cut off.
func (t *Tenant) textLate(ctx context.Context, x tx, list []report.CDR) error {
	if len(list) == 0 {
		return nil
	}
	var mark int64
	if err := ignoreNone(x.row(ctx, takeTexted, t.id).Scan(&mark)); err != nil {
		return err
	}
	var rows []texted
	for i := range list {
		if c := &list[i]; ms(c.Started) <= mark {
			rows = append(rows, texted{clean(string(c.ID)), ms(c.Started), textsOfCall(c)})
		}
	}
	return t.putTexts(ctx, x, calls, rows)
}

// retext writes anew under what a row is found after its names and numbers changed.
func (t *Tenant) retext(ctx context.Context, x tx, table, id string) error {
	switch table {
	case calls.table:
		had, err := t.textParts(ctx, x, calls, []string{id})
		if err != nil {
			return err
		}
		for _, part := range had {
			if _, err := x.exec(ctx, "DELETE FROM call_parts WHERE tenant = $1 AND call_id = $2 AND part = $3", t.id, id, part); err != nil {
				return err
			}
		}
		r, err := textedCall(x.row(ctx, "SELECT id, started, body FROM calls WHERE tenant = $1 AND id = $2", t.id, id).Scan)
		if err != nil {
			return ignoreNone(err)
		}
		if len(had) > 0 {
			if err := t.putTexts(ctx, x, calls, []texted{r}); err != nil {
				return err
			}
		}
		return t.dropTexts(ctx, x, had)
	case recordings.table:
		r, err := recordingRows().scan(x.row(ctx, "SELECT body FROM recordings WHERE tenant = $1 AND id = $2", t.id, id).Scan)
		if err != nil {
			return ignoreNone(err)
		}
		return RecordingKept{*r}.remark(ctx, t, x)
	}
	return nil
}

// found is what is known of the texts in which a search hits.
type found struct {
	parts []string // those that hold its rarest word
	often string   // the word, when too many hold it
}

// find looks for the texts that hold the rarest word of a search. Without any no row is found.
func (t *Tenant) find(ctx context.Context, x tx, q string) (found, error) {
	var best found
	for i, word := range words(q) {
		var parts []string
		w := newWhere("endings", t.id)
		w.holds("endings", word)
		rows := 0
		err := x.each(ctx, "SELECT text FROM endings"+w.String()+" LIMIT "+strconv.Itoa(2*mostTexts), w.args, func(s *sql.Rows) error {
			var text string
			err := s.Scan(&text)
			if rows++; strings.Contains(text, word) { // its first letters do; all of a long word may not
				parts = append(parts, textPart+text)
			}
			return err
		})
		if err != nil {
			return best, err
		}
		slices.Sort(parts)
		f := found{parts: slices.Compact(parts)}
		if rows == 2*mostTexts || len(f.parts) > mostTexts {
			f = found{often: word}
		}
		if i == 0 || f.often == "" && (best.often != "" || len(f.parts) < len(best.parts)) || best.often != "" && len(f.often) > len(best.often) {
			best = f
		}
	}
	return best, nil
}

// holds adds the condition that a row of the endings is of a text that holds a word.
func (w *where) holds(table, word string) {
	r := []rune(word)
	begin := string(r[:min(len(r), endingLength)])
	w.and(table + ".ending >= " + w.arg(begin))
	w.and(table + ".ending < " + w.arg(begin+"\U0010FFFF"))
}
