package policy

import (
	"time"

	"tandem/pbx"
)

// Holders lists everybody who may do something to a target at a moment, in order of id.
func Holders(s *pbx.Snapshot, right Right, target Target, at time.Time) []pbx.UserID { return nil }

// Can is what an actor may do at a moment at all: the name of each right he holds, with the widest scope he holds it at.
// Menus are drawn after it; it decides nothing.
func Can(s *pbx.Snapshot, actor pbx.Actor, at time.Time) map[string]pbx.ScopeKind { return nil }

// Assignable lists the built-in roles an actor may give in a group at a moment, in the order of Roles.
func Assignable(s *pbx.Snapshot, actor pbx.Actor, group pbx.GroupID, at time.Time) []pbx.RoleID {
	return nil
}
