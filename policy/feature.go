package policy

// awaited are the rights of features that do not exist yet. They are decided like all others, marked in the catalogue and
// hidden in the app. Who brings a feature takes its rights out of this list; a test of the interface insists.
var awaited = setOf(DraftSimulate, CallDivert, CallTransfer, CallPickup, CallPark, CallIntercom, CallMenu, HoursOverride, HoursEdit,
	QueueEdit, MenuEdit, RouteEdit, NumberEdit, BlocklistEdit, AgentControl, CallOut, CallRelay, CallOriginate, RestrictionEdit, BudgetEdit,
	EmergencyEdit, CallListen, CallWhisper, CallBarge, CallSteal, RecordingList, RecordingPlay, RecordingDownload, RecordingShare,
	RecordingDelete, RecordingControl, RecordingPolicy, RecordingHistory, TranscriptRead, RetentionEdit, VoicemailPlay, VoicemailEdit,
	ChatSee, ChatTemplate, ChannelEdit, LinkEdit, LinkUse, MeetingHost, ReportView, ReportSchedule, DashboardView, DashboardLive,
	WallboardView, AgentData, AgentTrack, WorkspaceUse, WorkspaceEdit, NoticeEdit, ContactSee, PhonebookEdit, CRMUse, CRMEdit, TicketCreate,
	ProvisionEdit, ReminderSet, RoomAssign, WebhookEdit, TrunkEdit, SystemMonitor, TraceRead, PrivacyRun, BackupRun, BackupRestore)

// IsAwaited reports whether the right belongs to a feature that does not exist yet.
func (r Right) IsAwaited() bool { return awaited.has(r) }
