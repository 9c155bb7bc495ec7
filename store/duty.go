package store

import (
	"errors"

	"tandem/pbx"
)

func dutyRows() rows[pbx.Duty] {
	return rows[pbx.Duty]{
		table:   "duties",
		columns: []string{"id", "gone", "pause", "since"},
		values: func(d *pbx.Duty) ([]any, error) {
			gone, err := encode(d.Out)
			return []any{string(d.User), gone, d.Pause, ms(d.Since)}, err
		},
		scan: func(s scan) (*pbx.Duty, error) {
			var d pbx.Duty
			var gone string
			var since int64
			if err := s(&d.User, &gone, &d.Pause, &since); err != nil {
				return nil, err
			}
			d.Since = moment(since)
			return &d, errors.Join(decode(gone, &d.Out))
		},
	}
}
