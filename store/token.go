package store

import "tandem/pbx"

func tokenRows() rows[pbx.Token] {
	return rows[pbx.Token]{
		table:   "tokens",
		columns: []string{"id", "user_id", "name", "hash", "prefix", "rights", "created", "until"},
		values: func(t *pbx.Token) ([]any, error) {
			rights, err := encode(t.Rights)
			return []any{string(t.ID), string(t.User), t.Name, t.Hash, t.Prefix, rights, ms(t.Created), ms(t.Until)}, err
		},
		scan: func(s scan) (*pbx.Token, error) {
			var t pbx.Token
			var rights string
			var created, until int64
			if err := s(&t.ID, &t.User, &t.Name, &t.Hash, &t.Prefix, &rights, &created, &until); err != nil {
				return nil, err
			}
			t.Created, t.Until = moment(created), moment(until)
			return &t, decode(rights, &t.Rights)
		},
	}
}
