package store

import (
	"errors"

	"tandem/pbx"
)

func accessRows() rows[pbx.Access] {
	return rows[pbx.Access]{
		table:   "accesses",
		columns: []string{"id", "user_id", "grants", "reason", "asked", "until", "told", "answer", "decided_by", "decided", "words", "given"},
		values: func(a *pbx.Access) ([]any, error) {
			grants, err1 := encode(a.Grants)
			told, err2 := encode(a.To)
			given, err3 := encode(a.Given)
			return []any{string(a.ID), string(a.User), grants, a.Reason, ms(a.Asked), ms(a.Until), told, string(a.Answer), string(a.By), ms(a.Decided),
				a.Words, given}, errors.Join(err1, err2, err3)
		},
		scan: func(s scan) (*pbx.Access, error) {
			var a pbx.Access
			var grants, told, given string
			var asked, until, decided int64
			if err := s(&a.ID, &a.User, &grants, &a.Reason, &asked, &until, &told, &a.Answer, &a.By, &decided, &a.Words, &given); err != nil {
				return nil, err
			}
			a.Asked, a.Until, a.Decided = moment(asked), moment(until), moment(decided)
			return &a, errors.Join(decode(grants, &a.Grants), decode(told, &a.To), decode(given, &a.Given))
		},
	}
}
