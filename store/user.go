package store

import "tandem/pbx"

func userRows() rows[pbx.User] {
	return rows[pbx.User]{
		table:   "users",
		columns: []string{"id", "name", "email", "mobile", "extension", "language", "zone", "photo", "suspensions", "created"},
		values: func(u *pbx.User) ([]any, error) {
			suspensions, err := encode(u.Suspensions)
			return []any{string(u.ID), u.Name, u.Email, u.Mobile, u.Extension, u.Language, u.Zone, u.Photo, suspensions, ms(u.Created)}, err
		},
		scan: func(s scan) (*pbx.User, error) {
			var u pbx.User
			var suspensions string
			var created int64
			if err := s(&u.ID, &u.Name, &u.Email, &u.Mobile, &u.Extension, &u.Language, &u.Zone, &u.Photo, &suspensions, &created); err != nil {
				return nil, err
			}
			u.Created = moment(created)
			return &u, decode(suspensions, &u.Suspensions)
		},
	}
}
