package store

import (
	"errors"

	"tandem/pbx"
)

func assignmentRows() rows[pbx.Assignment] {
	return rows[pbx.Assignment]{
		table:   "assignments",
		columns: []string{"id", "user_id", "role_id", "scope", "exceptions", "since", "active_from", "until", "reason"},
		values: func(a *pbx.Assignment) ([]any, error) {
			scope, err1 := encode(a.Scope)
			except, err2 := encode(a.Except)
			return []any{string(a.ID), string(a.User), string(a.Role), scope, except, ms(a.Since), ms(a.From), ms(a.Until), a.Reason}, errors.Join(err1, err2)
		},
		scan: func(s scan) (*pbx.Assignment, error) {
			var a pbx.Assignment
			var scope, except string
			var since, from, until int64
			if err := s(&a.ID, &a.User, &a.Role, &scope, &except, &since, &from, &until, &a.Reason); err != nil {
				return nil, err
			}
			a.Since, a.From, a.Until = moment(since), moment(from), moment(until)
			return &a, errors.Join(decode(scope, &a.Scope), decode(except, &a.Except))
		},
	}
}

func grantRows() rows[pbx.Grant] {
	return rows[pbx.Grant]{
		table:   "grants",
		columns: []string{"id", "user_id", "right_name", "deny", "scope", "exceptions", "since", "active_from", "until", "reason"},
		values: func(g *pbx.Grant) ([]any, error) {
			scope, err1 := encode(g.Scope)
			except, err2 := encode(g.Except)
			return []any{string(g.ID), string(g.User), g.Right, flag(g.Deny), scope, except, ms(g.Since), ms(g.From), ms(g.Until), g.Reason}, errors.Join(err1, err2)
		},
		scan: func(s scan) (*pbx.Grant, error) {
			var g pbx.Grant
			var scope, except string
			var deny, since, from, until int64
			if err := s(&g.ID, &g.User, &g.Right, &deny, &scope, &except, &since, &from, &until, &g.Reason); err != nil {
				return nil, err
			}
			g.Deny, g.Since, g.From, g.Until = deny != 0, moment(since), moment(from), moment(until)
			return &g, errors.Join(decode(scope, &g.Scope), decode(except, &g.Except))
		},
	}
}
