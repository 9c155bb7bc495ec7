package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"tandem/pbx"
)

// VisitKept is an Also that writes down what a visitor wrote.
type VisitKept struct{ pbx.Visit }

func (k VisitKept) write(ctx context.Context, t *Tenant, x tx) error {
	body, err := encode(&k.Visit)
	if err != nil {
		return err
	}
	_, err = x.exec(ctx, `INSERT INTO visits (tenant, id, link_id, at, name, email, body) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		t.id, string(k.ID), string(k.Link), ms(k.At), fold(k.Name), fold(k.Email), body)
	return err
}

// Visits gives what visitors wrote, as far as it is still kept.
func (t *Tenant) Visits(ctx context.Context, ids ...pbx.VisitID) (map[pbx.VisitID]pbx.Visit, error) {
	out := map[pbx.VisitID]pbx.Visit{}
	for chunk := range slices.Chunk(ids, maxPage) {
		list := make([]string, len(chunk))
		for i, id := range chunk {
			list[i] = string(id)
		}
		found, err := t.visits(ctx, func(w *where) { w.and("id IN " + w.list(list)) })
		if err != nil {
			return nil, err
		}
		for _, v := range found {
			out[v.ID] = v
		}
	}
	return out, nil
}

// VisitsBy lists the visits of whoever gave a name or an e-mail address, whatever the case of its letters.
func (t *Tenant) VisitsBy(ctx context.Context, nameOrEmail string) ([]pbx.Visit, error) {
	said := fold(nameOrEmail)
	return t.visits(ctx, func(w *where) { w.and("(name = " + w.arg(said) + " OR email = " + w.arg(said) + ")") })
}

func (t *Tenant) visits(ctx context.Context, of func(*where)) (list []pbx.Visit, err error) {
	err = t.db.view(ctx, "read visits", func(x tx) error {
		list = nil
		w := newWhere("visits", t.id)
		of(w)
		return x.each(ctx, "SELECT body FROM visits"+w.String()+" ORDER BY at, id", w.args, func(r *sql.Rows) error {
			var body string
			if err := r.Scan(&body); err != nil {
				return err
			}
			var v pbx.Visit
			list = append(list, v)
			return decode(body, &list[len(list)-1])
		})
	})
	return list, err
}

// DropVisits forgets what was written before a moment that depends on the link, and gives how many visits those were (PL-12).
func (t *Tenant) DropVisits(ctx context.Context, due func(pbx.TalkLinkID) time.Time) (dropped int, err error) {
	var links []string
	err = t.db.view(ctx, "links of visits", func(x tx) error {
		links = nil
		return x.each(ctx, "SELECT DISTINCT link_id FROM visits WHERE tenant = $1", []any{t.id}, func(r *sql.Rows) error {
			var id string
			err := r.Scan(&id)
			links = append(links, id)
			return err
		})
	})
	for _, link := range links {
		if err != nil {
			break
		}
		n := int64(0)
		err = t.db.change(ctx, "drop visits", func(x tx) error {
			var err error
			n, err = x.exec(ctx, "DELETE FROM visits WHERE tenant = $1 AND link_id = $2 AND at < $3", t.id, link, ms(due(pbx.TalkLinkID(link))))
			return err
		})
		dropped += int(n)
	}
	return dropped, err
}
