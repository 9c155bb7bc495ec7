package store

import "tandem/pbx"

func membershipRows() rows[pbx.Membership] {
	return rows[pbx.Membership]{
		table:   "memberships",
		columns: []string{"id", "user_id", "group_id", "role_id", "active_from", "until", "main", "overrides", "presence", "calls"},
		values: func(m *pbx.Membership) ([]any, error) {
			overrides, err := encode(m.Overrides)
			return []any{string(m.ID), string(m.User), string(m.Group), string(m.Role), ms(m.From), ms(m.Until), flag(m.Main), overrides, string(m.Presence), string(m.Calls)}, err
		},
		scan: func(s scan) (*pbx.Membership, error) {
			var m pbx.Membership
			var from, until, main int64
			var overrides string
			if err := s(&m.ID, &m.User, &m.Group, &m.Role, &from, &until, &main, &overrides, &m.Presence, &m.Calls); err != nil {
				return nil, err
			}
			m.From, m.Until, m.Main = moment(from), moment(until), main != 0
			return &m, decode(overrides, &m.Overrides)
		},
	}
}
