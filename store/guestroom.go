package store

import (
	"context"

	"tandem/pbx"
)

func guestRoomRows() rows[pbx.GuestRoom] {
	return rows[pbx.GuestRoom]{
		table:   "guestrooms",
		columns: []string{"id", "body"},
		values: func(r *pbx.GuestRoom) ([]any, error) {
			body, err := encode(r)
			return []any{string(r.User), body}, err
		},
		scan: func(s scan) (*pbx.GuestRoom, error) {
			var r pbx.GuestRoom
			var id, body string
			if err := s(&id, &body); err != nil {
				return nil, err
			}
			return &r, decode(body, &r)
		},
	}
}

// left is what somebody who was at a guest room leaves outside the configuration, all in rows that name him and a moment. A message becomes nobody's and has
// been in the bin for longer than anything stays there: whoever empties it takes its sound along.
var left = []string{
	"UPDATE messages SET user_id = '', deleted = 1 WHERE tenant = $1 AND user_id = $2 AND at < $3",
	"DELETE FROM notices WHERE tenant = $1 AND user_id = $2 AND at < $3",
	"DELETE FROM pushes WHERE tenant = $1 AND user_id = $2 AND created < $3",
	"DELETE FROM sessions WHERE tenant = $1 AND user_id = $2 AND created < $3",
	"DELETE FROM logins WHERE tenant = $1 AND user_id = $2 AND changed < $3",
	"DELETE FROM links WHERE tenant = $1 AND user_id = $2 AND created < $3",
}

// clearRooms takes away what is of the time before the last check-in or check-out, in the transaction that writes these (G-019). Records of calls and recordings
// stay: who may see what of them is decided by rights.
func (t *Tenant) clearRooms(ctx context.Context, x tx, list []*pbx.GuestRoom) error {
	for _, r := range list {
		if r.Since.IsZero() {
			continue
		}
		for _, statement := range left {
			if _, err := x.exec(ctx, statement, t.id, string(r.User), ms(r.Since)); err != nil {
				return err
			}
		}
	}
	return nil
}
