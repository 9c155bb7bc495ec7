package route

import "tandem/pbx"

// Agent lists the phones that ring when a queue offers a call to somebody who serves it; whether he takes calls now is for
// package queue. A caller is not offered his own call.
func Agent(s *pbx.Snapshot, live *pbx.Presence, r Request, id pbx.UserID) []Target {
	u := s.Users[id]
	if u == nil || id == r.Caller.User || u.IsSuspended(r.At) {
		return nil
	}
	q := &question{s: s, live: live, r: &r}
	targets, _, _ := q.phones(u, s.ProfileOf(id, q.stand(id).Status))
	return targets
}
