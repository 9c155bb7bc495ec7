package store

import "tandem/pbx"

func timetableRows() rows[pbx.Timetable] {
	return rows[pbx.Timetable]{
		table:   "timetables",
		columns: []string{"id", "zone", "schedule"},
		values: func(t *pbx.Timetable) ([]any, error) {
			schedule, err := encode(t.Schedule)
			return []any{string(t.ID), t.Zone, schedule}, err
		},
		scan: func(s scan) (*pbx.Timetable, error) {
			var t pbx.Timetable
			var schedule string
			if err := s(&t.ID, &t.Zone, &schedule); err != nil {
				return nil, err
			}
			return &t, decode(schedule, &t.Schedule)
		},
	}
}

func overrideRows() rows[pbx.HoursOverride] {
	return rows[pbx.HoursOverride]{
		table:   "overrides",
		columns: []string{"id", "state", "holiday", "begun", "until", "set_by", "reason"},
		values: func(o *pbx.HoursOverride) ([]any, error) {
			return []any{string(o.ID), string(o.State), flag(o.Holiday), ms(o.From), ms(o.Until), string(o.By), clean(o.Reason)}, nil
		},
		scan: func(s scan) (*pbx.HoursOverride, error) {
			var o pbx.HoursOverride
			var holiday, begun, until int64
			err := s(&o.ID, &o.State, &holiday, &begun, &until, &o.By, &o.Reason)
			o.Holiday, o.From, o.Until = holiday != 0, moment(begun), moment(until)
			return &o, err
		},
	}
}
