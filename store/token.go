package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"tandem/pbx"
)

func tokenRows() rows[pbx.Token] {
	return rows[pbx.Token]{
		table:   "tokens",
		columns: []string{"id", "user_id", "name", "hash", "prefix", "rights", "narrow", "created", "active_from", "until", "networks"},
		values: func(t *pbx.Token) ([]any, error) {
			rights, err := encode(t.Rights)
			narrow, err2 := encode(t.Narrow)
			networks, err3 := encode(t.Networks)
			return []any{string(t.ID), string(t.User), t.Name, t.Hash, t.Prefix, rights, narrow, ms(t.Created), ms(t.From), ms(t.Until), networks}, errors.Join(err, err2, err3)
		},
		scan: func(s scan) (*pbx.Token, error) {
			var t pbx.Token
			var rights, narrow, networks string
			var created, from, until int64
			if err := s(&t.ID, &t.User, &t.Name, &t.Hash, &t.Prefix, &rights, &narrow, &created, &from, &until, &networks); err != nil {
				return nil, err
			}
			t.Created, t.From, t.Until = moment(created), moment(from), moment(until)
			return &t, errors.Join(decode(rights, &t.Rights), decode(narrow, &t.Narrow), decode(networks, &t.Networks))
		},
	}
}

// TokenUse is when and from where an API token was used last.
type TokenUse struct {
	At   time.Time
	Addr string
}

// TouchToken notes that a token was used (BAR TF-12).
func (t *Tenant) TouchToken(ctx context.Context, of *pbx.Token, use TokenUse) error {
	return t.db.change(ctx, "touch token", func(x tx) error {
		_, err := x.exec(ctx, `INSERT INTO token_uses (tenant, token, user_id, at, addr) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (tenant, token) DO UPDATE SET at = excluded.at, addr = excluded.addr`, t.id, string(of.ID), string(of.User), ms(use.At), clean(use.Addr))
		return err
	})
}

// TokenUses tells of the tokens of a person when and from where each was used last; those that never were have no entry.
func (t *Tenant) TokenUses(ctx context.Context, u pbx.UserID) (map[pbx.TokenID]TokenUse, error) {
	uses := map[pbx.TokenID]TokenUse{}
	err := t.db.view(ctx, "read uses of tokens", func(x tx) error {
		return x.each(ctx, `SELECT token, at, addr FROM token_uses WHERE tenant = $1 AND user_id = $2`,
			[]any{t.id, string(u)}, func(rows *sql.Rows) error {
				var id pbx.TokenID
				var at int64
				var use TokenUse
				err := rows.Scan(&id, &at, &use.Addr)
				use.At = moment(at)
				uses[id] = use
				return err
			})
	})
	return uses, err
}
