package policy

var cellsReports = cells{
	UserSee: allScope, GroupSee: allScope, CallDetail: allScope, ReportView: allScope, ReportSchedule: allScope,
}

var cellsAnalytics = cells{
	UserSee: allScope, GroupSee: allScope, CallDetail: allScope, ReportView: allScope, ReportSchedule: allScope,
	DashboardView: allScope, WallboardView: allScope,
}

var cellsLiveAnalytics = cells{
	UserSee: allScope, GroupSee: allScope, CallDetail: allScope, ReportView: allScope, ReportSchedule: allScope,
	DashboardView: allScope, DashboardLive: allScope, WallboardView: allScope,
}

var cellsContactCentre = cells{
	UserSee: allScope, GroupSee: allScope, CallDetail: allScope, ReportView: allScope, ReportSchedule: allScope,
	DashboardView: allScope, DashboardLive: allScope, WallboardView: allScope, AgentData: allScope,
}

var cellsWebsiteAccess = cells{
	WebsiteAccess: selfScope,
}

var cellsManageUsers = cells{
	UserSee: allScope, UserProfile: allScope, UserCreate: allScope, UserEdit: allScope, UserSuspend: allScope,
	GroupSee: allScope, GrantEdit: allScope, RightExplain: allScope, LoginReset: allScope,
}

var cellsManageBilling = cells{
	BillingAssign: allScope,
}

var cellsCustomerSettings = cells{
	SettingEdit: allScope,
}

var cellsManageDirectories = cells{
	ContactSee: allScope, PhonebookEdit: allScope,
}

var cellsWorkspaceAdmin = cells{
	WorkspaceUse: allScope, WorkspaceEdit: allScope,
}

var cellsApiAdmin = cells{
	TokenCreate: selfScope,
}

var cellsAgentControl = cells{
	AgentControl: allScope,
}

var cellsSilentMonitor = cells{
	CallSee: allScope, CallListen: allScope, CallWhisper: allScope, CallBarge: allScope, CallSteal: allScope,
}

var cellsWebhookAdmin = cells{
	WebhookEdit: allScope,
}

var cellsRecordingPlayback = cells{
	RecordingList: allScope, RecordingPlay: allScope,
}

var cellsUcClient = cells{
	ClientUse: selfScope,
}

var cellsSoftphone = cells{
	ClientUse: selfScope, SoftphoneUse: selfScope,
}

var cellsCrmAddon = cells{
	CRMUse: selfScope, ClientUse: selfScope,
}

var cellsAgentAddon = cells{
	AgentTrack: selfScope,
}
