package store

import "tandem/pbx"

func roomRows() rows[pbx.Room] {
	return rows[pbx.Room]{
		table:   "rooms",
		columns: []string{"id", "name", "group_id", "extension", "pin", "host_pin", "wait", "quiet", "most", "created", "names", "ends"},
		values: func(r *pbx.Room) ([]any, error) {
			return []any{string(r.ID), r.Name, string(r.Group), r.Extension, r.PIN, r.HostPIN, flag(r.Wait), flag(r.Quiet), r.Most, ms(r.Created), flag(r.Names), flag(r.Ends)}, nil
		},
		scan: func(s scan) (*pbx.Room, error) {
			var r pbx.Room
			var wait, quiet, created, names, ends int64
			if err := s(&r.ID, &r.Name, &r.Group, &r.Extension, &r.PIN, &r.HostPIN, &wait, &quiet, &r.Most, &created, &names, &ends); err != nil {
				return nil, err
			}
			r.Wait, r.Quiet, r.Names, r.Ends, r.Created = wait != 0, quiet != 0, names != 0, ends != 0, moment(created)
			return &r, nil
		},
	}
}
