package store

import "tandem/pbx"

func roleRows() rows[pbx.Role] {
	return rows[pbx.Role]{
		table:   "roles",
		columns: []string{"id", "name", "class", "base", "cells"},
		values: func(r *pbx.Role) ([]any, error) {
			cells, err := encode(r.Cells)
			return []any{string(r.ID), r.Name, string(r.Class), string(r.Base), cells}, err
		},
		scan: func(s scan) (*pbx.Role, error) {
			var r pbx.Role
			var cells string
			if err := s(&r.ID, &r.Name, &r.Class, &r.Base, &cells); err != nil {
				return nil, err
			}
			return &r, decode(cells, &r.Cells)
		},
	}
}
