package store

import (
	"errors"

	"tandem/pbx"
)

func tokenRows() rows[pbx.Token] {
	return rows[pbx.Token]{
		table:   "tokens",
		columns: []string{"id", "user_id", "name", "hash", "prefix", "rights", "narrow", "created", "active_from", "until"},
		values: func(t *pbx.Token) ([]any, error) {
			rights, err := encode(t.Rights)
			narrow, err2 := encode(t.Narrow)
			return []any{string(t.ID), string(t.User), t.Name, t.Hash, t.Prefix, rights, narrow, ms(t.Created), ms(t.From), ms(t.Until)}, errors.Join(err, err2)
		},
		scan: func(s scan) (*pbx.Token, error) {
			var t pbx.Token
			var rights, narrow string
			var created, from, until int64
			if err := s(&t.ID, &t.User, &t.Name, &t.Hash, &t.Prefix, &rights, &narrow, &created, &from, &until); err != nil {
				return nil, err
			}
			t.Created, t.From, t.Until = moment(created), moment(from), moment(until)
			return &t, errors.Join(decode(rights, &t.Rights), decode(narrow, &t.Narrow))
		},
	}
}
