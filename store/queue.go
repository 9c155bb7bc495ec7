package store

import (
	"cmp"
	"errors"

	"tandem/pbx"
)

func queueRows() rows[pbx.Queue] {
	return rows[pbx.Queue]{
		table: "queues",
		columns: []string{"id", "name", "group_id", "extension", "strategy", "agents", "ring", "wrap_up", "max_wait", "max_calls", "late", "misses",
			"every", "tell", "callback", "greeting", "music", "full_to", "nobody_to",
			"escalate", "important", "notify", "tries", "pause", "keep", "payer", "created"},
		values: func(q *pbx.Queue) ([]any, error) {
			agents, err1 := encode(q.Agents)
			full, err2 := encode(q.Full)
			nobody, err3 := encode(q.Nobody)
			important, err4 := encode(q.Important)
			notify, err5 := encode(q.Notify)
			music, err6 := encode(q.Music)
			return []any{string(q.ID), q.Name, string(q.Group), q.Extension, string(q.Strategy), agents, q.Ring, q.WrapUp, q.MaxWait, q.MaxCalls, q.Late,
					q.Misses, q.Every, flag(q.Tell), flag(q.Callback), q.Greeting, music, full, nobody, q.Escalate, important, notify, q.Tries, q.Pause, q.Keep, string(q.Payer), ms(q.Created)},
				errors.Join(err1, err2, err3, err4, err5, err6)
		},
		scan: func(s scan) (*pbx.Queue, error) {
			var q pbx.Queue
			var agents, full, nobody, important, notify, music string
			var tell, callback, created int64
			if err := s(&q.ID, &q.Name, &q.Group, &q.Extension, &q.Strategy, &agents, &q.Ring, &q.WrapUp, &q.MaxWait, &q.MaxCalls, &q.Late,
				&q.Misses, &q.Every, &tell, &callback, &q.Greeting, &music, &full, &nobody,
				&q.Escalate, &important, &notify, &q.Tries, &q.Pause, &q.Keep, &q.Payer, &created); err != nil {
				return nil, err
			}
			q.Tell, q.Callback, q.Created = tell != 0, callback != 0, moment(created)
			return &q, errors.Join(decode(agents, &q.Agents), decode(full, &q.Full), decode(nobody, &q.Nobody), decode(important, &q.Important), decode(notify, &q.Notify), decode(cmp.Or(music, "null"), &q.Music))
		},
	}
}
