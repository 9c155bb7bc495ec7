package policy

// awaited are the rights of features that do not exist yet. They are decided like all others, marked in the catalogue and
// hidden in the app. Who brings a feature takes its rights out of this list; a test of the interface insists.
var awaited = setOf(BlocklistEdit,
	TranscriptRead,
	ChatSee, ChatTemplate, ChannelEdit, MeetingHost, ReportSchedule, DashboardView, DashboardLive,
	WallboardView, AgentTrack, WorkspaceUse, WorkspaceEdit, NoticeEdit, CRMUse, CRMEdit, TicketCreate,
	ProvisionEdit, WebhookEdit, SystemMonitor, TraceRead, BackupRun, BackupRestore)

// looking are the rights that change nothing: who holds no others of an area only views it.
var looking = setOf(UserSee, GroupSee, RightExplain, PresenceSee, CallSee, CallNumber, CostSee, RecordingList, RecordingHistory, CallDetail,
	ReportView, DashboardView, DashboardLive, WallboardView, AgentData, WorkspaceUse, ContactSee, SystemMonitor, TraceRead, AuditRead,
	TranscriptRead, WebsiteAccess, AdminAccess)

// OnlyLooks reports whether the right changes nothing.
func (r Right) OnlyLooks() bool { return looking.has(r) }

// IsAwaited reports whether the right belongs to a feature that does not exist yet.
func (r Right) IsAwaited() bool { return awaited.has(r) }
