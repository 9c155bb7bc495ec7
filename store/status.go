package store

import "tandem/pbx"

func choiceRows() rows[pbx.Choice] {
	return rows[pbx.Choice]{
		table:   "statuses",
		columns: []string{"id", "status", "chosen", "until"},
		values: func(c *pbx.Choice) ([]any, error) {
			return []any{string(c.User), string(c.Status), ms(c.At), ms(c.Until)}, nil
		},
		scan: func(s scan) (*pbx.Choice, error) {
			var c pbx.Choice
			var at, until int64
			err := s(&c.User, &c.Status, &at, &until)
			c.At, c.Until = moment(at), moment(until)
			return &c, err
		},
	}
}
