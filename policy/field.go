package policy

import (
	"time"

	"tandem/pbx"
)

// FieldSet is a set of classes of a person's fields.
type FieldSet uint8

// The classes of a person's fields. Secrets belong to none: nobody reads them after their creation.
const (
	FieldCard     FieldSet = 1 << iota // name, extension, picture, groups
	FieldStatus                        // available, away, until when
	FieldTalking                       // whether he is in a call
	FieldReach                         // mobile number, e-mail, forwarding targets
	FieldSetup                         // options, restrictions, devices without secrets
	FieldStanding                      // roles, overrides, grants, last use
	FieldCost                          // price of calls, budget left
)

// Has reports whether all of the given classes are in the set.
func (f FieldSet) Has(class FieldSet) bool { return f&class == class }

// Fields is which classes of a person's fields an actor may read at a moment (AZ-04); none means that the person does
// not exist for him.
func Fields(s *pbx.Snapshot, actor pbx.Actor, target pbx.UserID, at time.Time) (f FieldSet) {
	r := Request{Actor: actor, Target: User(target), At: at}
	may := func(right Right) bool {
		r.Right = right
		return Decide(s, r).OK
	}
	q := asker{s: s, when: at, at: pbx.Instant(at)}
	if !q.is(actor) {
		return 0
	}
	own := q.me.User.ID == target && actor.Kind != pbx.ActorDevice &&
		(actor.Kind != pbx.ActorToken || len(s.Tokens[actor.Token].Rights) == 0)
	if own {
		f = FieldCard | FieldReach | FieldSetup | FieldStanding
	}
	if !own && !may(UserSee) {
		return 0
	}
	f |= FieldCard
	for _, c := range [...]struct {
		class  FieldSet
		rights []Right
	}{
		{FieldStatus, rights{PresenceSee}}, {FieldTalking, rights{CallSee}}, {FieldReach, rights{UserEdit}},
		{FieldSetup, rights{UserEdit, DeviceEdit}}, {FieldStanding, rights{MembershipRole, RightExplain}}, {FieldCost, rights{CostSee}},
	} {
		for _, right := range c.rights {
			if !f.Has(c.class) && may(right) {
				f |= c.class
			}
		}
	}
	return f
}
