package store

import (
	"errors"

	"tandem/pbx"
)

func regionRows() rows[pbx.Region] {
	return rows[pbx.Region]{
		table:   "regions",
		columns: []string{"id", "name", "group_id", "country", "area", "members", "emergency", "shows", "trunks", "lends", "calls", "standard", "created"},
		values: func(r *pbx.Region) ([]any, error) {
			members, err1 := encode(r.Members)
			emergency, err2 := encode(r.Emergency)
			trunks, err3 := encode(r.Trunks)
			lends, err4 := encode(r.Lends)
			calls, err5 := encode(r.Calls)
			standard, err6 := encode(r.Standard)
			return []any{string(r.ID), r.Name, string(r.Group), r.Country, r.Area, members, emergency, r.Shows, trunks, lends, calls, standard, ms(r.Created)},
				errors.Join(err1, err2, err3, err4, err5, err6)
		},
		scan: func(s scan) (*pbx.Region, error) {
			var r pbx.Region
			var members, emergency, trunks, lends, calls, standard string
			var created int64
			if err := s(&r.ID, &r.Name, &r.Group, &r.Country, &r.Area, &members, &emergency, &r.Shows, &trunks, &lends, &calls, &standard, &created); err != nil {
				return nil, err
			}
			r.Created = moment(created)
			return &r, errors.Join(decode(members, &r.Members), decode(emergency, &r.Emergency), decode(trunks, &r.Trunks), decode(lends, &r.Lends), decode(calls, &r.Calls), decode(standard, &r.Standard))
		},
	}
}
