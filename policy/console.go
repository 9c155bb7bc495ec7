package policy

import "tandem/pbx"

// Console is what somebody may manage, in the words of the old console: derived from his rights, never stored (G-024…G-033,
//
type Console struct {
	People   pbx.ScopeKind // whose accounts: self, group (some), all; none
	Groups   []pbx.GroupID // with group: where
	Trunks   bool          // SIP trunks
	System   bool          // settings of the office
	Phones   bool          // queues, menus, routes, numbers
	Monitors bool          // reports, chats, call records and recordings of others
	Download bool          // copies of recordings of others
}

// ConsoleOf sums rights up; reach says how far one of them goes.
func ConsoleOf(s *pbx.Snapshot, reach func(Right) Extent) Console {
	others := func(list ...Right) bool {
		for _, r := range list {
			if e := reach(r); e.House || len(e.Groups)+len(e.Users) > 0 {
				return true
			}
		}
		return false
	}
	c := Console{Trunks: others(TrunkEdit), System: others(SettingEdit), Phones: others(QueueEdit, MenuEdit, RouteEdit, NumberEdit),
		Monitors: others(ReportView, ChatSee, CallDetail, RecordingPlay), Download: others(RecordingDownload)}
	edit := reach(UserEdit)
	switch {
	case len(edit.Groups) > 0 && len(edit.Groups) == len(s.Groups):
		c.People = pbx.ScopeAll
	case len(edit.Groups)+len(edit.Users) > 0:
		c.People, c.Groups = pbx.ScopeGroup, edit.Groups
	case reach(UserProfile).Own:
		c.People = pbx.ScopeSelf
	}
	return c
}
