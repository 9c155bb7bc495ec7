package store

import "tandem/pbx"

func reviewRows() rows[pbx.Review] {
	return rows[pbx.Review]{
		table:   "reviews",
		columns: []string{"id", "name", "group_id", "started_by", "reason", "begun", "until", "reminded", "ended"},
		values: func(r *pbx.Review) ([]any, error) {
			return []any{string(r.ID), r.Name, string(r.Group), string(r.By), clean(r.Reason), ms(r.Begun), ms(r.Until), ms(r.Reminded), ms(r.Ended)}, nil
		},
		scan: func(s scan) (*pbx.Review, error) {
			var r pbx.Review
			var begun, until, reminded, ended int64
			err := s(&r.ID, &r.Name, &r.Group, &r.By, &r.Reason, &begun, &until, &reminded, &ended)
			r.Begun, r.Until, r.Reminded, r.Ended = moment(begun), moment(until), moment(reminded), moment(ended)
			return &r, err
		},
	}
}

func verdictRows() rows[pbx.Verdict] {
	return rows[pbx.Verdict]{
		table:   "verdicts",
		columns: []string{"id", "review", "user_id", "row_kind", "row_id", "verb", "role", "keep", "reason", "decided_by", "decided"},
		values: func(v *pbx.Verdict) ([]any, error) {
			return []any{string(v.ID), string(v.Review), string(v.User), string(v.Row.Kind), v.Row.ID, v.Right, string(v.Role), flag(v.Keep), clean(v.Reason),
				string(v.By), ms(v.At)}, nil
		},
		scan: func(s scan) (*pbx.Verdict, error) {
			var v pbx.Verdict
			var keep, at int64
			err := s(&v.ID, &v.Review, &v.User, &v.Row.Kind, &v.Row.ID, &v.Right, &v.Role, &keep, &v.Reason, &v.By, &at)
			v.Keep, v.At = keep != 0, moment(at)
			return &v, err
		},
	}
}
