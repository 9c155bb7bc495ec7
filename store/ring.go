package store

import "tandem/pbx"

func ringRows() rows[pbx.RingGroup] {
	return rows[pbx.RingGroup]{
		table:   "rings",
		columns: []string{"id", "name", "group_id", "extension", "strategy", "members", "ring", "escalate", "no_answer", "created"},
		values: func(g *pbx.RingGroup) ([]any, error) {
			members, err := encode(g.Members)
			if err != nil {
				return nil, err
			}
			to, err := encode(g.NoAnswer)
			return []any{string(g.ID), g.Name, string(g.Group), g.Extension, string(g.Strategy), members, g.Ring, flag(g.Escalate), to, ms(g.Created)}, err
		},
		scan: func(s scan) (*pbx.RingGroup, error) {
			var g pbx.RingGroup
			var members, to string
			var escalate, created int64
			if err := s(&g.ID, &g.Name, &g.Group, &g.Extension, &g.Strategy, &members, &g.Ring, &escalate, &to, &created); err != nil {
				return nil, err
			}
			g.Escalate, g.Created = escalate != 0, moment(created)
			if err := decode(members, &g.Members); err != nil {
				return nil, err
			}
			return &g, decode(to, &g.NoAnswer)
		},
	}
}
