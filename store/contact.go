package store

import "tandem/pbx"

func contactRows() rows[pbx.Contact] {
	return rows[pbx.Contact]{
		table:   "contacts",
		columns: []string{"id", "body"},
		values: func(c *pbx.Contact) ([]any, error) {
			body, err := encode(c)
			return []any{string(c.ID), body}, err
		},
		scan: func(s scan) (*pbx.Contact, error) {
			var c pbx.Contact
			var id, body string
			if err := s(&id, &body); err != nil {
				return nil, err
			}
			return &c, decode(body, &c)
		},
	}
}
