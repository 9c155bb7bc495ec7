package command

import (
	"tandem/pbx"
	"tandem/policy"
)

// RoomTarget is a conference room as something that belongs to a department or the office.
func RoomTarget(id pbx.RoomID, group pbx.GroupID) policy.Target {
	return policy.Owned(policy.KindQueue, string(id), "", group)
}
