package store

import "tandem/pbx"

func reminderRows() rows[pbx.Reminder] {
	return rows[pbx.Reminder]{
		table:   "reminders",
		columns: []string{"id", "body"},
		values: func(r *pbx.Reminder) ([]any, error) {
			body, err := encode(r)
			return []any{string(r.ID), body}, err
		},
		scan: func(s scan) (*pbx.Reminder, error) {
			var r pbx.Reminder
			var id, body string
			if err := s(&id, &body); err != nil {
				return nil, err
			}
			return &r, decode(body, &r)
		},
	}
}
