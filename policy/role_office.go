package policy

var cellsSystemAdmin = cells{
	UserSee: allScope, UserProfile: allScope, UserCreate: allScope, UserEdit: allScope, UserSuspend: allScope,
	UserDelete: allScope, UserImport: allScope, GroupSee: allScope, GroupCreate: allScope, GroupEdit: allScope,
	GroupPublish: allScope, MembershipEdit: allScope, MembershipRole: allScope, MembershipOverride: allScope, GrantEdit: allScope,
	DelegateGive: selfScope, RequestApprove: allScope, RightExplain: allScope, DraftSimulate: allScope, PresenceSee: allScope,
	PresenceSet: selfScope, PresenceShare: allScope, CallShare: allScope, CallReceive: selfScope, CallSee: selfScope,
	CallNumber: selfScope, CallDivert: selfScope, CallTransfer: selfScope, CallPark: selfScope, CallHangup: selfScope,
	ForwardingEdit: allScope, ForwardingOutside: allScope, HoursOverride: allScope, HoursEdit: allScope, QueueEdit: allScope,
	MenuEdit: allScope, RouteEdit: allScope, NumberEdit: allScope, BlocklistEdit: allScope, CallPlace: selfScope,
	CallOut: selfScope, CallOriginate: selfScope, RestrictionEdit: allScope, BudgetEdit: allScope, CostSee: allScope,
	RateEdit: allScope, EmergencyEdit: allScope, RecordingList: selfScope, RecordingPlay: selfScope, RecordingControl: selfScope,
	RecordingPolicy: allScope, RecordingHistory: selfScope, TranscriptRead: selfScope, VoicemailPlay: selfScope, VoicemailEdit: selfScope,
	ChannelEdit: allScope, LinkEdit: allScope, MeetingHost: selfScope, CallDetail: selfScope, NoticeEdit: allScope,
	ContactSee: allScope, PhonebookEdit: allScope, CRMEdit: allScope, TicketCreate: selfScope, ClientUse: selfScope,
	SoftphoneUse: selfScope, DeviceEdit: allScope, ProvisionEdit: allScope, ReminderSet: selfScope, LoginReset: allScope,
	LoginEdit: allScope, TokenCreate: selfScope, WebhookEdit: selfScope, TrunkEdit: allScope, SettingEdit: allScope,
	SystemMonitor: allScope, TraceRead: allScope, AuditRead: allScope, BackupRun: allScope,
}

var cellsSystemOwner = cells{
	UserSee: allScope, UserProfile: allScope, UserCreate: allScope, UserEdit: allScope, UserSuspend: allScope,
	UserDelete: allScope, UserImport: allScope, GroupSee: allScope, GroupCreate: allScope, GroupEdit: allScope,
	GroupPublish: allScope, MembershipEdit: allScope, MembershipRole: allScope, MembershipOverride: allScope, GrantEdit: allScope,
	DelegateGive: selfScope, RoleEdit: allScope, RoleSystem: allScope, RequestApprove: allScope, RightExplain: allScope,
	DraftSimulate: allScope, PresenceSee: allScope, PresenceSet: allScope, PresenceShare: allScope, CallShare: allScope,
	CallReceive: selfScope, CallSee: allScope, CallNumber: allScope, CallDivert: allScope, CallTransfer: allScope,
	CallPickup: allScope, CallPark: allScope, CallIntercom: allScope, CallMenu: allScope, CallHangup: allScope,
	ForwardingEdit: allScope, ForwardingOutside: allScope, HoursOverride: allScope, HoursEdit: allScope, QueueEdit: allScope,
	MenuEdit: allScope, RouteEdit: allScope, NumberEdit: allScope, BlocklistEdit: allScope, AgentControl: allScope,
	CallPlace: selfScope, CallOut: selfScope, CallRelay: selfScope, CallOriginate: allScope, RestrictionEdit: allScope,
	BudgetEdit: allScope, CostSee: allScope, RateEdit: allScope, EmergencyEdit: allScope, CallListen: allScope,
	CallWhisper: allScope, CallBarge: allScope, CallSteal: allScope, RecordingList: allScope, RecordingPlay: allScope,
	RecordingDownload: allScope, RecordingShare: allScope, RecordingDelete: allScope, RecordingControl: allScope, RecordingPolicy: allScope,
	RecordingHistory: allScope, TranscriptRead: allScope, RetentionEdit: allScope, VoicemailPlay: selfScope, VoicemailEdit: selfScope,
	ChatSee: allScope, ChatTemplate: allScope, ChannelEdit: allScope, LinkEdit: allScope, MeetingHost: selfScope,
	CallDetail: allScope, ReportView: allScope, ReportSchedule: allScope, DashboardView: allScope, DashboardLive: allScope,
	WallboardView: allScope, AgentData: allScope, AgentTrack: selfScope, WorkspaceUse: allScope, WorkspaceEdit: allScope,
	NoticeEdit: allScope, ContactSee: allScope, PhonebookEdit: allScope, CRMUse: selfScope, CRMEdit: allScope,
	TicketCreate: allScope, ClientUse: selfScope, SoftphoneUse: selfScope, DeviceEdit: allScope, ProvisionEdit: allScope,
	ReminderSet: allScope, RoomAssign: allScope, LoginReset: allScope, LoginEdit: allScope, TokenCreate: selfScope,
	WebhookEdit: allScope, TrunkEdit: allScope, SettingEdit: allScope, SystemMonitor: allScope, TraceRead: allScope,
	BillingAssign: allScope, AuditRead: allScope, PrivacyRun: allScope, BackupRun: allScope, BackupRestore: allScope,
}

var cellsTelephonyAdmin = cells{
	UserSee: allScope, UserProfile: allScope, UserEdit: allScope, GroupSee: allScope, GroupCreate: allScope,
	GroupEdit: allScope, MembershipEdit: allScope, MembershipRole: allScope, MembershipOverride: allScope, GrantEdit: allScope,
	DelegateGive: selfScope, RoleEdit: allScope, RequestApprove: allScope, RightExplain: allScope, DraftSimulate: allScope,
	PresenceSee: allScope, PresenceSet: selfScope, PresenceShare: selfScope, CallReceive: selfScope, CallSee: selfScope,
	CallNumber: allScope, CallDivert: selfScope, CallTransfer: selfScope, CallPark: selfScope, CallHangup: selfScope,
	ForwardingEdit: allScope, ForwardingOutside: allScope, HoursEdit: allScope, QueueEdit: allScope, MenuEdit: allScope,
	RouteEdit: allScope, NumberEdit: allScope, BlocklistEdit: allScope, CallPlace: selfScope, CallOut: selfScope,
	CallOriginate: selfScope, RestrictionEdit: allScope, BudgetEdit: allScope, CostSee: allScope, RateEdit: allScope,
	EmergencyEdit: allScope, RecordingList: allScope, RecordingPlay: allScope, RecordingControl: selfScope, RecordingPolicy: allScope,
	RecordingHistory: allScope, TranscriptRead: allScope, VoicemailPlay: selfScope, VoicemailEdit: selfScope, LinkEdit: selfScope,
	MeetingHost: selfScope, CallDetail: allScope, ReportView: allScope, ReportSchedule: allScope, DashboardView: allScope,
	NoticeEdit: allScope, ContactSee: allScope, PhonebookEdit: allScope, CRMUse: selfScope, CRMEdit: allScope,
	TicketCreate: selfScope, ClientUse: selfScope, SoftphoneUse: selfScope, DeviceEdit: allScope, ProvisionEdit: allScope,
	ReminderSet: selfScope, LoginReset: selfScope, TokenCreate: selfScope, WebhookEdit: selfScope, TrunkEdit: allScope,
	SettingEdit: allScope, SystemMonitor: allScope, TraceRead: allScope,
}

var cellsAuditor = cells{
	UserSee: allScope, GroupSee: allScope, RightExplain: allScope, RecordingHistory: allScope, AuditRead: allScope,
}

var cellsFinance = cells{
	UserSee: allScope, GroupSee: allScope, BudgetEdit: allScope, CostSee: allScope, RateEdit: allScope,
}
