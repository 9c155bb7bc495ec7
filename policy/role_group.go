package policy

var cellsUser = cells{
	UserSee: groupScope, UserProfile: selfScope, GroupSee: groupScope, DelegateGive: selfScope, RightExplain: selfScope,
	PresenceSee: groupScope, PresenceSet: selfScope, PresenceShare: selfScope, CallReceive: selfScope, CallSee: selfScope,
	CallNumber: selfScope, CallDivert: selfScope, CallTransfer: selfScope, CallPark: selfScope, CallHangup: selfScope,
	ForwardingEdit: selfScope, ForwardingOutside: selfScope, BlocklistEdit: selfScope, CallPlace: selfScope, CallOut: selfScope,
	CallOriginate: selfScope, CostSee: selfScope, RecordingList: selfScope, RecordingPlay: selfScope, RecordingControl: selfScope,
	RecordingHistory: selfScope, TranscriptRead: selfScope, VoicemailPlay: selfScope, VoicemailEdit: selfScope, LinkEdit: selfScope,
	MeetingHost: selfScope, CallDetail: selfScope, ContactSee: groupScope, ClientUse: selfScope, SoftphoneUse: selfScope,
	ReminderSet: selfScope, LoginReset: selfScope,
}

var cellsReceptionist = cells{
	UserSee: groupScope, UserProfile: selfScope, GroupSee: groupScope, DelegateGive: selfScope, RightExplain: selfScope,
	PresenceSee: groupScope, PresenceSet: groupScope, PresenceShare: selfScope, CallReceive: selfScope, CallSee: groupScope,
	CallNumber: groupScope, CallDivert: groupScope, CallTransfer: groupScope, CallPickup: groupScope, CallPark: groupScope,
	CallIntercom: groupScope, CallMenu: groupScope, CallHangup: selfScope, ForwardingEdit: selfScope, ForwardingOutside: selfScope,
	HoursOverride: groupScope, BlocklistEdit: selfScope, CallPlace: selfScope, CallOut: selfScope, CallOriginate: selfScope,
	CostSee: selfScope, RecordingList: selfScope, RecordingPlay: selfScope, RecordingControl: selfScope, RecordingHistory: selfScope,
	TranscriptRead: selfScope, VoicemailPlay: selfScope, VoicemailEdit: selfScope, ChatSee: groupScope, LinkEdit: selfScope,
	MeetingHost: selfScope, CallDetail: selfScope, ContactSee: groupScope, ClientUse: selfScope, SoftphoneUse: selfScope,
	ReminderSet: groupScope, RoomAssign: groupScope, LoginReset: selfScope,
}

var cellsGroupAdmin = cells{
	UserSee: groupScope, UserProfile: groupScope, UserCreate: groupScope, UserEdit: groupScope, UserSuspend: groupScope,
	UserImport: groupScope, GroupSee: groupScope, GroupEdit: groupScope, MembershipEdit: groupScope, DelegateGive: selfScope,
	RightExplain: groupScope, PresenceSee: groupScope, PresenceSet: selfScope, PresenceShare: groupScope, CallShare: groupScope,
	CallReceive: selfScope, CallSee: selfScope, CallNumber: selfScope, CallDivert: selfScope, CallTransfer: selfScope,
	CallPark: selfScope, CallHangup: selfScope, ForwardingEdit: groupScope, ForwardingOutside: groupScope, HoursOverride: groupScope,
	HoursEdit: groupScope, QueueEdit: groupScope, MenuEdit: groupScope, RouteEdit: groupScope, NumberEdit: groupScope,
	BlocklistEdit: groupScope, CallPlace: selfScope, CallOut: selfScope, CallOriginate: selfScope, CostSee: selfScope,
	RecordingList: selfScope, RecordingPlay: selfScope, RecordingControl: selfScope, RecordingHistory: selfScope, TranscriptRead: selfScope,
	VoicemailPlay: selfScope, VoicemailEdit: selfScope, ChannelEdit: groupScope, LinkEdit: groupScope, MeetingHost: selfScope,
	CallDetail: selfScope, ContactSee: groupScope, PhonebookEdit: groupScope, ClientUse: selfScope, SoftphoneUse: selfScope,
	DeviceEdit: groupScope, ReminderSet: selfScope, LoginReset: groupScope, TrunkEdit: groupScope,
}

var cellsManager = cells{
	UserSee: groupScope, UserProfile: groupScope, UserCreate: groupScope, UserEdit: groupScope, UserSuspend: groupScope,
	UserImport: groupScope, GroupSee: groupScope, GroupEdit: groupScope, MembershipEdit: groupScope, MembershipRole: groupScope,
	MembershipOverride: groupScope, DelegateGive: selfScope, RequestApprove: groupScope, RightExplain: groupScope, PresenceSee: groupScope,
	PresenceSet: groupScope, PresenceShare: groupScope, CallShare: groupScope, CallReceive: selfScope, CallSee: groupScope,
	CallNumber: groupScope, CallDivert: groupScope, CallTransfer: groupScope, CallPickup: groupScope, CallPark: groupScope,
	CallIntercom: groupScope, CallMenu: groupScope, CallHangup: groupScope, ForwardingEdit: groupScope, ForwardingOutside: groupScope,
	HoursOverride: groupScope, HoursEdit: groupScope, BlocklistEdit: groupScope, CallPlace: selfScope, CallOut: selfScope,
	CallOriginate: selfScope, RestrictionEdit: groupScope, CostSee: groupScope, CallListen: groupScope, CallBarge: groupScope,
	RecordingList: groupScope, RecordingPlay: groupScope, RecordingControl: groupScope, RecordingHistory: groupScope, TranscriptRead: groupScope,
	VoicemailPlay: selfScope, VoicemailEdit: selfScope, ChatSee: groupScope, ChatTemplate: groupScope, LinkEdit: groupScope,
	MeetingHost: selfScope, CallDetail: groupScope, ReportView: groupScope, ReportSchedule: groupScope, DashboardView: groupScope,
	WallboardView: groupScope, NoticeEdit: groupScope, ContactSee: groupScope, PhonebookEdit: groupScope, ClientUse: selfScope,
	SoftphoneUse: selfScope, DeviceEdit: groupScope, ReminderSet: groupScope, RoomAssign: groupScope, LoginReset: groupScope,
}

var cellsGroupOwner = cells{
	UserSee: treeScope, UserProfile: treeScope, UserCreate: treeScope, UserEdit: treeScope, UserSuspend: treeScope,
	UserDelete: treeScope, UserImport: treeScope, GroupSee: treeScope, GroupCreate: treeScope, GroupEdit: treeScope,
	GroupPublish: treeScope, MembershipEdit: treeScope, MembershipRole: treeScope, MembershipOverride: treeScope, GrantEdit: treeScope,
	DelegateGive: selfScope, RequestApprove: treeScope, RightExplain: treeScope, PresenceSee: treeScope, PresenceSet: treeScope,
	PresenceShare: treeScope, CallShare: treeScope, CallReceive: selfScope, CallSee: treeScope, CallNumber: treeScope,
	CallDivert: treeScope, CallTransfer: treeScope, CallPickup: treeScope, CallPark: treeScope, CallIntercom: treeScope,
	CallMenu: treeScope, CallHangup: treeScope, ForwardingEdit: treeScope, ForwardingOutside: treeScope, HoursOverride: treeScope,
	HoursEdit: treeScope, QueueEdit: treeScope, MenuEdit: treeScope, RouteEdit: treeScope, NumberEdit: treeScope,
	BlocklistEdit: treeScope, CallPlace: selfScope, CallOut: selfScope, CallOriginate: selfScope, RestrictionEdit: treeScope,
	BudgetEdit: treeScope, CostSee: treeScope, CallListen: treeScope, CallWhisper: treeScope, CallBarge: treeScope,
	RecordingList: treeScope, RecordingPlay: treeScope, RecordingControl: treeScope, RecordingPolicy: treeScope, RecordingHistory: treeScope,
	TranscriptRead: treeScope, VoicemailPlay: selfScope, VoicemailEdit: selfScope, ChatSee: treeScope, ChatTemplate: treeScope,
	ChannelEdit: treeScope, LinkEdit: treeScope, MeetingHost: selfScope, CallDetail: treeScope, ReportView: treeScope,
	ReportSchedule: treeScope, DashboardView: treeScope, WallboardView: treeScope, NoticeEdit: treeScope, ContactSee: treeScope,
	PhonebookEdit: treeScope, TicketCreate: selfScope, ClientUse: selfScope, SoftphoneUse: selfScope, DeviceEdit: treeScope,
	ReminderSet: treeScope, RoomAssign: treeScope, LoginReset: treeScope, TrunkEdit: treeScope, AuditRead: treeScope,
}

var cellsDepartmentHead = cells{
	UserSee: treeScope, UserProfile: selfScope, GroupSee: treeScope, DelegateGive: selfScope, RightExplain: treeScope,
	PresenceSee: treeScope, PresenceSet: selfScope, PresenceShare: selfScope, CallReceive: selfScope, CallSee: selfScope,
	CallNumber: treeScope, CallDivert: selfScope, CallTransfer: selfScope, CallPark: selfScope, CallHangup: selfScope,
	ForwardingEdit: treeScope, ForwardingOutside: treeScope, BlocklistEdit: selfScope, CallPlace: selfScope, CallOut: selfScope,
	CallOriginate: selfScope, CostSee: selfScope, RecordingList: treeScope, RecordingPlay: treeScope, RecordingControl: selfScope,
	RecordingHistory: treeScope, TranscriptRead: treeScope, VoicemailPlay: selfScope, VoicemailEdit: selfScope, LinkEdit: selfScope,
	MeetingHost: selfScope, CallDetail: treeScope, ReportView: treeScope, ContactSee: treeScope, ClientUse: selfScope,
	SoftphoneUse: selfScope, ReminderSet: selfScope, LoginReset: selfScope,
}

var cellsSalesManager = cells{
	UserSee: groupScope, UserProfile: selfScope, GroupSee: groupScope, DelegateGive: selfScope, RightExplain: selfScope,
	PresenceSee: groupScope, PresenceSet: selfScope, PresenceShare: selfScope, CallReceive: selfScope, CallSee: selfScope,
	CallNumber: selfScope, CallDivert: selfScope, CallTransfer: selfScope, CallPark: selfScope, CallHangup: selfScope,
	ForwardingEdit: selfScope, ForwardingOutside: selfScope, BlocklistEdit: selfScope, CallPlace: selfScope, CallOut: selfScope,
	CallOriginate: selfScope, CostSee: selfScope, RecordingList: selfScope, RecordingPlay: selfScope, RecordingControl: selfScope,
	RecordingHistory: selfScope, TranscriptRead: selfScope, VoicemailPlay: selfScope, VoicemailEdit: selfScope, LinkEdit: selfScope,
	MeetingHost: selfScope, CallDetail: selfScope, ContactSee: selfScope, CRMUse: selfScope, ClientUse: selfScope,
	SoftphoneUse: selfScope, ReminderSet: selfScope, LoginReset: selfScope,
}

var cellsSupportOperator = cells{
	UserSee: groupScope, UserProfile: selfScope, GroupSee: groupScope, DelegateGive: selfScope, RightExplain: selfScope,
	PresenceSee: groupScope, PresenceSet: selfScope, PresenceShare: selfScope, CallReceive: selfScope, CallSee: selfScope,
	CallNumber: selfScope, CallDivert: selfScope, CallTransfer: selfScope, CallPark: selfScope, CallHangup: selfScope,
	ForwardingEdit: selfScope, ForwardingOutside: selfScope, BlocklistEdit: selfScope, CallPlace: selfScope, CallOut: selfScope,
	CallOriginate: selfScope, CostSee: selfScope, RecordingList: selfScope, RecordingPlay: selfScope, RecordingControl: selfScope,
	RecordingHistory: selfScope, TranscriptRead: selfScope, VoicemailPlay: selfScope, VoicemailEdit: selfScope, LinkEdit: selfScope,
	MeetingHost: selfScope, CallDetail: selfScope, ContactSee: groupScope, TicketCreate: selfScope, ClientUse: selfScope,
	SoftphoneUse: selfScope, ReminderSet: selfScope, LoginReset: selfScope,
}

var cellsObserver = cells{
	UserSee: groupScope, UserProfile: selfScope, GroupSee: groupScope, RightExplain: selfScope, ReportView: groupScope,
	DashboardView: groupScope,
}
