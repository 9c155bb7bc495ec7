package store

import "tandem/pbx"

func recordRuleRows() rows[pbx.RecordRule] {
	return rows[pbx.RecordRule]{
		table:   "recordrules",
		columns: []string{"id", "mode", "outside", "notice", "days", "shown", "why", "pause"},
		values: func(r *pbx.RecordRule) ([]any, error) {
			return []any{string(r.ID), string(r.Mode), flag(r.Outside), string(r.Notice), int64(r.Days), string(r.Shown), string(r.Why), int64(r.Pause)}, nil
		},
		scan: func(s scan) (*pbx.RecordRule, error) {
			var r pbx.RecordRule
			var outside int64
			err := s(&r.ID, &r.Mode, &outside, &r.Notice, &r.Days, &r.Shown, &r.Why, &r.Pause)
			r.Outside = outside != 0
			return &r, err
		},
	}
}
