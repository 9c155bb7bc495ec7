package store

import "tandem/pbx"

func forwardingRows() rows[pbx.Forwarding] {
	return rows[pbx.Forwarding]{
		table:   "forwardings",
		columns: []string{"id", "profiles", "exceptions", "fixed", "locked"},
		values: func(f *pbx.Forwarding) ([]any, error) {
			profiles, err := encode(f.Profiles)
			if err != nil {
				return nil, err
			}
			exceptions, err := encode(f.Exceptions)
			return []any{string(f.User), profiles, exceptions, flag(f.Fixed), flag(f.Locked)}, err
		},
		scan: func(s scan) (*pbx.Forwarding, error) {
			var f pbx.Forwarding
			var profiles, exceptions string
			var fixed, locked int64
			if err := s(&f.User, &profiles, &exceptions, &fixed, &locked); err != nil {
				return nil, err
			}
			f.Fixed, f.Locked = fixed != 0, locked != 0
			if err := decode(profiles, &f.Profiles); err != nil {
				return nil, err
			}
			return &f, decode(exceptions, &f.Exceptions)
		},
	}
}
