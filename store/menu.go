package store

import (
	"errors"

	"tandem/pbx"
)

func menuRows() rows[pbx.Menu] {
	return rows[pbx.Menu]{
		table:   "menus",
		columns: []string{"id", "name", "group_id", "extension", "language", "says", "keys", "dial", "wait", "rounds", "silent_to", "wrong_to", "created"},
		values: func(m *pbx.Menu) ([]any, error) {
			says, err0 := encode(m.Says)
			keys, err1 := encode(m.Keys)
			silent, err2 := encode(m.Silent)
			wrong, err3 := encode(m.Wrong)
			return []any{string(m.ID), m.Name, string(m.Group), m.Extension, m.Language, says, keys, flag(m.Dial), m.Wait, m.Rounds, silent, wrong,
				ms(m.Created)}, errors.Join(err0, err1, err2, err3)
		},
		scan: func(s scan) (*pbx.Menu, error) {
			var m pbx.Menu
			var says, keys, silent, wrong string
			var dial, created int64
			if err := s(&m.ID, &m.Name, &m.Group, &m.Extension, &m.Language, &says, &keys, &dial, &m.Wait, &m.Rounds, &silent, &wrong, &created); err != nil {
				return nil, err
			}
			m.Dial, m.Created = dial != 0, moment(created)
			return &m, errors.Join(decode(says, &m.Says), decode(keys, &m.Keys), decode(silent, &m.Silent), decode(wrong, &m.Wrong))
		},
	}
}
