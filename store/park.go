package store

import "tandem/pbx"

func parkRows() rows[pbx.Park] {
	return rows[pbx.Park]{
		table:   "parks",
		columns: []string{"id", "name", "group_id", "extension", "slots", "wait", "then_to", "created"},
		values: func(p *pbx.Park) ([]any, error) {
			then, err := encode(p.Then)
			return []any{string(p.ID), p.Name, string(p.Group), p.Extension, p.Slots, p.Wait, then, ms(p.Created)}, err
		},
		scan: func(s scan) (*pbx.Park, error) {
			var p pbx.Park
			var then string
			var created int64
			if err := s(&p.ID, &p.Name, &p.Group, &p.Extension, &p.Slots, &p.Wait, &then, &created); err != nil {
				return nil, err
			}
			p.Created = moment(created)
			return &p, decode(then, &p.Then)
		},
	}
}
