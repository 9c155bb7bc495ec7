package store

import (
	"tandem/pbx"
)

func calendarRows() rows[pbx.Calendar] {
	return rows[pbx.Calendar]{
		table:   "calendars",
		columns: []string{"id", "link", "shown_as", "busy", "fetched", "unread", "fault", "changed"},
		values: func(c *pbx.Calendar) ([]any, error) {
			busy, err := encode(c.Busy)
			return []any{string(c.User), c.Link, string(c.As), busy, ms(c.Read), c.Left, c.Fault, ms(c.Changed)}, err
		},
		scan: func(s scan) (*pbx.Calendar, error) {
			var c pbx.Calendar
			var busy string
			var read, changed int64
			if err := s(&c.User, &c.Link, &c.As, &busy, &read, &c.Left, &c.Fault, &changed); err != nil {
				return nil, err
			}
			c.Read, c.Changed = moment(read), moment(changed)
			return &c, decode(busy, &c.Busy)
		},
	}
}
