package policy

// Switch is one switch of the first vocabulary over a membership: it stands for a few rights that are allowed or denied
// together (G-009…G-020). What is shared is no right and has switches of its own.
type Switch struct {
	Name   string // its sentence is the i18n key "switch.<name>"
	Rights []Right
}

// Switches lists them in their order.
func Switches() []Switch {
	return []Switch{
		{"members", rights{UserSee, GroupSee, PresenceSee}},
		{"calls", rights{CallSee}},
		{"operations", rights{CallDivert, CallTransfer, CallPickup}},
		{"park", rights{CallPark}},
		{"intercom", rights{CallIntercom}},
		{"menu", rights{CallMenu}},
		{"barge", rights{CallListen, CallWhisper, CallBarge, CallSteal}},
		{"recordings", rights{RecordingList, RecordingPlay}},
		{"presence", rights{PresenceSet}},
		{"reception", rights{RoomAssign, ReminderSet}},
		{"phonebook", rights{PhonebookEdit}},
		{"publish", rights{GroupPublish}},
	}
}
