package store

import (
	"errors"

	"tandem/pbx"
)

func parkRows() rows[pbx.Park] {
	return rows[pbx.Park]{
		table:   "parks",
		columns: []string{"id", "name", "group_id", "extension", "slots", "wait", "then_to", "music", "created"},
		values: func(p *pbx.Park) ([]any, error) {
			then, err1 := encode(p.Then)
			music, err2 := encode(p.Music)
			return []any{string(p.ID), p.Name, string(p.Group), p.Extension, p.Slots, p.Wait, then, music, ms(p.Created)}, errors.Join(err1, err2)
		},
		scan: func(s scan) (*pbx.Park, error) {
			var p pbx.Park
			var then, music string
			var created int64
			if err := s(&p.ID, &p.Name, &p.Group, &p.Extension, &p.Slots, &p.Wait, &then, &music, &created); err != nil {
				return nil, err
			}
			p.Created = moment(created)
			return &p, errors.Join(decode(then, &p.Then), decode(music, &p.Music))
		},
	}
}
