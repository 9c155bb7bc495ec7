package store

import "tandem/pbx"

func roomRows() rows[pbx.Room] {
	return rows[pbx.Room]{
		table:   "rooms",
		columns: []string{"id", "name", "group_id", "extension", "pin", "host_pin", "wait", "quiet", "most", "created"},
		values: func(r *pbx.Room) ([]any, error) {
			return []any{string(r.ID), r.Name, string(r.Group), r.Extension, r.PIN, r.HostPIN, flag(r.Wait), flag(r.Quiet), r.Most, ms(r.Created)}, nil
		},
		scan: func(s scan) (*pbx.Room, error) {
			var r pbx.Room
			var wait, quiet, created int64
			if err := s(&r.ID, &r.Name, &r.Group, &r.Extension, &r.PIN, &r.HostPIN, &wait, &quiet, &r.Most, &created); err != nil {
				return nil, err
			}
			r.Wait, r.Quiet, r.Created = wait != 0, quiet != 0, moment(created)
			return &r, nil
		},
	}
}
