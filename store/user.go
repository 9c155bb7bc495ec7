package store

import (
	"errors"

	"tandem/pbx"
)

func userRows() rows[pbx.User] {
	return rows[pbx.User]{
		table:   "users",
		columns: []string{"id", "name", "email", "mobile", "extension", "language", "zone", "photo", "suspensions", "speed", "created", "notices", "networks"},
		values: func(u *pbx.User) ([]any, error) {
			suspensions, err := encode(u.Suspensions)
			speed, err2 := encode(u.Speed)
			notices, err3 := encode(u.Notices)
			networks, err4 := encode(u.Networks)
			return []any{string(u.ID), u.Name, u.Email, u.Mobile, u.Extension, u.Language, u.Zone, u.Photo, suspensions, speed, ms(u.Created), notices, networks}, errors.Join(err, err2, err3, err4)
		},
		scan: func(s scan) (*pbx.User, error) {
			var u pbx.User
			var suspensions, speed, notices, networks string
			var created int64
			if err := s(&u.ID, &u.Name, &u.Email, &u.Mobile, &u.Extension, &u.Language, &u.Zone, &u.Photo, &suspensions, &speed, &created, &notices, &networks); err != nil {
				return nil, err
			}
			u.Created = moment(created)
			return &u, errors.Join(decode(suspensions, &u.Suspensions), decode(speed, &u.Speed), decode(notices, &u.Notices), decode(networks, &u.Networks))
		},
	}
}
