package store

import (
	"errors"

	"tandem/pbx"
)

func entranceRows() rows[pbx.Entrance] {
	return rows[pbx.Entrance]{
		table:   "entrances",
		columns: []string{"id", "extension", "open_to", "break_to", "closed_to", "holiday_to"},
		values: func(e *pbx.Entrance) ([]any, error) {
			open, err1 := encode(e.Open)
			pause, err2 := encode(e.Break)
			closed, err3 := encode(e.Closed)
			holiday, err4 := encode(e.Holiday)
			return []any{string(e.Group), e.Extension, open, pause, closed, holiday}, errors.Join(err1, err2, err3, err4)
		},
		scan: func(s scan) (*pbx.Entrance, error) {
			var e pbx.Entrance
			var open, pause, closed, holiday string
			if err := s(&e.Group, &e.Extension, &open, &pause, &closed, &holiday); err != nil {
				return nil, err
			}
			return &e, errors.Join(decode(open, &e.Open), decode(pause, &e.Break), decode(closed, &e.Closed), decode(holiday, &e.Holiday))
		},
	}
}
