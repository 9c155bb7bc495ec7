package store

import "tandem/pbx"

func deviceRows() rows[pbx.Device] {
	return rows[pbx.Device]{
		table:   "devices",
		columns: []string{"id", "user_id", "name", "kind", "username", "md5", "sha256", "created"},
		values: func(d *pbx.Device) ([]any, error) {
			return []any{string(d.ID), string(d.User), d.Name, string(d.Kind), d.Username, d.MD5, d.SHA256, ms(d.Created)}, nil
		},
		scan: func(s scan) (*pbx.Device, error) {
			var d pbx.Device
			var created int64
			err := s(&d.ID, &d.User, &d.Name, &d.Kind, &d.Username, &d.MD5, &d.SHA256, &created)
			d.Created = moment(created)
			return &d, err
		},
	}
}
