package store

import (
	"errors"

	"tandem/pbx"
)

func restrictionRows() rows[pbx.Restriction] {
	return rows[pbx.Restriction]{
		table:   "restrictions",
		columns: []string{"id", "name", "group_id", "put_on", "rules", "excepts", "off", "created"},
		values: func(r *pbx.Restriction) ([]any, error) {
			on, err1 := encode(r.On)
			rules, err2 := encode(r.Rules)
			excepts, err3 := encode(r.Except)
			return []any{string(r.ID), r.Name, string(r.Group), on, rules, excepts, flag(r.Off), ms(r.Created)}, errors.Join(err1, err2, err3)
		},
		scan: func(s scan) (*pbx.Restriction, error) {
			var r pbx.Restriction
			var on, rules, excepts string
			var off, created int64
			if err := s(&r.ID, &r.Name, &r.Group, &on, &rules, &excepts, &off, &created); err != nil {
				return nil, err
			}
			r.Off, r.Created = off != 0, moment(created)
			return &r, errors.Join(decode(on, &r.On), decode(rules, &r.Rules), decode(excepts, &r.Except))
		},
	}
}
