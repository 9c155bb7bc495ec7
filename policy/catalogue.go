package policy

// The rights, in the order of the catalogue. The zero value is no right and is refused.
const (
	NoRight            Right = iota
	UserSee                  // see a person in lists: name, extension, picture and groups
	UserProfile              // change a person's own particulars: display name, picture, language, status names, keys, outgoing number among those allowed
	UserCreate               // create a person as a member of a group
	UserEdit                 // change what an administrator sets for a person: e-mail, extension options, individual hours switch, restrictions shown on the person
	UserSuspend              // suspend a person or lift the suspension
	UserDelete               // delete a person for good
	UserImport               // import people from a file, after a dry run, and export the list with its importable fields
	GroupSee                 // see that a group exists, its hours state and who belongs to it
	GroupCreate              // create a group below a group, or a new top group, and delete it again when it is empty
	GroupEdit                // change a group: name, language, time zone, region, defaults, mini menu entry
	GroupPublish             // make a group and the presence its members share visible to everybody
	MembershipEdit           // add people to a group, remove them, and mark the main group
	MembershipRole           // change the role a person has in a group
	MembershipOverride       // allow or deny single rights of one person inside one group
	GrantEdit                // give or take single rights, levels and permissions directly, with scope, exclusions, start, end and reason
	DelegateGive             // let somebody act for oneself for a while: status, forwarding, calls, voicemail
	RoleEdit                 // create, copy and change role templates
	RoleSystem               // appoint and dismiss System Administrators, System Owners and other office-wide roles
	RequestApprove           // decide requests of others for a right, a country or extra budget
	RightExplain             // ask why a person may or may not do something; see, compare and review effective rights
	DraftSimulate            // replay recorded history against a draft change; calls the asker may not see stay counts
	PresenceSee              // see the status a person shares
	PresenceSet              // set a person's status, with an end; log in to and out of the queues he serves
	PresenceShare            // choose with whom a person's presence is shared: nobody, the group, everybody
	CallShare                // choose with whom a person's live calls are shared: nobody or the group
	CallReceive              // be rung and answer calls
	CallSee                  // see live calls of a person or a queue while they ring or talk
	CallNumber               // see outside numbers in full instead of masked
	CallDivert               // send a ringing call to voicemail or another number
	CallTransfer             // transfer a talking call of a person to somebody else
	CallPickup               // take a call that rings at somebody else
	CallPark                 // park a call and fetch it back
	CallIntercom             // speak on a person's phone without it being picked up
	CallMenu                 // steer a call that is inside a voice menu
	CallHangup               // end a call of a person
	ForwardingEdit           // change forwarding rules and exceptions per status
	ForwardingOutside        // let a forwarding rule end at a number outside the house
	HoursOverride            // force a group open, closed, on break or on holiday, with an end
	HoursEdit                // change the regular hours, breaks and holidays of a group or of a person
	QueueEdit                // create and change queues, ring groups and park positions with their members and strategy
	MenuEdit                 // create and change voice menus, announcements and music
	RouteEdit                // change where incoming calls of a number go and over which trunk outgoing calls leave
	NumberEdit               // assign outside numbers to people, groups and queues
	BlocklistEdit            // block and unblock callers, for oneself, a group or the house
	AgentControl             // change the agent status of others
	CallPlace                // call people and services inside the house
	CallOut                  // dial outside numbers, as far as restrictions and budgets go
	CallRelay                // leave two outside parties connected without staying in the call
	CallOriginate            // start a call in the name of a person by a click, the interface or a callback
	RestrictionEdit          // change which destinations, hours and durations people may call
	BudgetEdit               // change daily and monthly budgets and what happens at their end
	CostSee                  // see what calls cost and what is left of a budget
	RateEdit                 // maintain the price list and the list of risky destinations
	EmergencyEdit            // change emergency numbers, locations and who is told
	CallListen               // listen to a live call unheard
	CallWhisper              // speak to one party of a live call while the other does not hear it
	CallBarge                // join a live call so that everybody hears
	CallSteal                // take over a live call from the person who is talking
	RecordingList            // see that a recording exists
	RecordingPlay            // play a recording
	RecordingDownload        // take a copy of a recording out of the system
	RecordingShare           // give a recording to somebody by a link that ends
	RecordingDelete          // delete a recording before its time
	RecordingControl         // start, pause and stop the recording of a live call
	RecordingPolicy          // decide whose calls are recorded, with which announcement
	RecordingHistory         // see who played or copied a recording, when and why
	TranscriptRead           // read the transcript and the summary of a call
	RetentionEdit            // change how long recordings, records and messages are kept, and set legal holds
	VoicemailPlay            // hear and read voicemail
	VoicemailEdit            // delete voicemail and change greeting, PIN and delivery
	ChatSee                  // read, take over and close customer chats of others
	ChatTemplate             // maintain the text blocks for chats
	ChannelEdit              // connect messaging channels and the chat of the web site
	LinkEdit                 // change name, target, hours and limits of Talk and Meet links
	LinkUse                  // as a guest, call the target of the one link one came by, or enter its room
	MeetingHost              // open a meeting room, admit guests and moderate
	CallDetail               // see call records: who, when, how long, with which result
	ReportView               // run historical reports about people and groups
	ReportSchedule           // have reports sent regularly, to people who may see them
	DashboardView            // open dashboards
	DashboardLive            // see figures of active calls in dashboards
	WallboardView            // open wallboards
	AgentData                // see agent states and queue figures
	AgentTrack               // have one's agent states kept as history and use the agent features of the client
	WorkspaceUse             // open a workspace
	WorkspaceEdit            // create and change workspaces and who may open them
	NoticeEdit               // decide who is told about limits, violations, faults and important calls
	ContactSee               // see contacts that belong to a person or a group
	PhonebookEdit            // maintain phonebooks of a group or of the house
	CRMUse                   // work with calls inside the customer system: screen pop, dialling, leads and deals, call notes
	CRMEdit                  // connect the customer system and decide what is written to it
	TicketCreate             // open the knowledge base during a call and make a ticket from it
	ClientUse                // use the desktop, mobile or browser client, with messages inside the house
	SoftphoneUse             // register the client as a phone of one's own
	DeviceEdit               // add, change and remove phones of a person or a group
	ProvisionEdit            // change phone templates, firmware and automatic set-up
	ReminderSet              // set wake-up and reminder calls
	RoomAssign               // check a guest in and out: assign and clear a room's extension
	LoginReset               // send a person new access, reset second factors, end his sessions and revoke his tokens
	LoginEdit                // set how people sign in: single sign-on, second factors, password rules, company directory, allowed networks
	TokenCreate              // make access tokens that carry part of one's own rights, and see and revoke them
	WebhookEdit              // create and change webhooks; they carry only what their owner may see
	WebsiteAccess            // sign in to the web site
	AdminAccess              // see the administration pages one has a right on
	TrunkEdit                // see, create and change trunks, their secrets and limits
	SettingEdit              // change settings of the whole office
	SystemMonitor            // see health, call quality, trunk state and alarms of the system
	TraceRead                // read signalling traces of calls; sound is never in them
	BillingAssign            // change what raises the cost of the system: give and take billable rights
	AuditRead                // read, verify and export the audit log
	PrivacyRun               // hand out or erase everything stored about one person or number
	BackupRun                // make and fetch backups
	BackupRestore            // restore a backup or an earlier moment

	rightCount
)

// catalogue holds one row per right (testdata/catalogue.tsv is its twin).
var catalogue = [rightCount]row{
	UserSee:            {name: "user.see", noun: nounUser, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskLow, area: "office"},
	UserProfile:        {name: "user.profile", noun: nounUser, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskLow, implies: rights{UserSee}, area: "office"},
	UserCreate:         {name: "user.create", noun: nounGroup, scopes: groupBit | treeBit | allBit, risk: RiskMedium, implies: rights{AdminAccess}, area: "office"},
	UserEdit:           {name: "user.edit", noun: nounUser, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskMedium, implies: rights{UserSee, UserProfile, AdminAccess}, area: "office"},
	UserSuspend:        {name: "user.suspend", noun: nounUser, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskHigh, implies: rights{UserSee, AdminAccess}, area: "office"},
	UserDelete:         {name: "user.delete", noun: nounUser, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskHigh, implies: rights{UserSee, AdminAccess}, needs: rights{UserSuspend}, area: "office"},
	UserImport:         {name: "user.import", noun: nounGroup, scopes: groupBit | treeBit | allBit, risk: RiskHigh, implies: rights{AdminAccess}, needs: rights{UserCreate}, area: "office"},
	GroupSee:           {name: "group.see", noun: nounGroup, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskLow, area: "office"},
	GroupCreate:        {name: "group.create", noun: nounGroup, scopes: treeBit | allBit, risk: RiskMedium, implies: rights{AdminAccess}, area: "office"},
	GroupEdit:          {name: "group.edit", noun: nounGroup, scopes: groupBit | treeBit | allBit, risk: RiskMedium, implies: rights{GroupSee, AdminAccess}, area: "office"},
	GroupPublish:       {name: "group.publish", noun: nounGroup, scopes: groupBit | treeBit | allBit, risk: RiskMedium, implies: rights{GroupSee, AdminAccess}, area: "rights"},
	MembershipEdit:     {name: "membership.edit", noun: nounMembership, scopes: groupBit | treeBit | allBit, risk: RiskMedium, implies: rights{GroupSee, UserSee, AdminAccess}, area: "rights"},
	MembershipRole:     {name: "membership.role", noun: nounMembership, scopes: groupBit | treeBit | allBit, risk: RiskHigh, implies: rights{AdminAccess}, needs: rights{MembershipEdit}, area: "rights"},
	MembershipOverride: {name: "membership.override", noun: nounMembership, scopes: groupBit | treeBit | allBit, risk: RiskHigh, implies: rights{AdminAccess}, needs: rights{MembershipEdit}, area: "rights"},
	GrantEdit:          {name: "grant.edit", noun: nounGrant, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskHigh, implies: rights{AdminAccess}, area: "rights"},
	DelegateGive:       {name: "delegate.give", noun: nounUser, scopes: selfBit, risk: RiskMedium, area: "rights"},
	RoleEdit:           {name: "role.edit", noun: nounSystem, scopes: allBit, risk: RiskHigh, implies: rights{AdminAccess}, area: "rights"},
	RoleSystem:         {name: "role.system", noun: nounSystem, scopes: allBit, risk: RiskHigh, implies: rights{AdminAccess}, area: "rights"},
	RequestApprove:     {name: "request.approve", noun: nounUser, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskMedium, implies: rights{UserSee}, area: "rights"},
	RightExplain:       {name: "right.explain", noun: nounUser, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskMedium, implies: rights{UserSee}, area: "rights"},
	DraftSimulate:      {name: "draft.simulate", noun: nounSystem, scopes: allBit, risk: RiskMedium, implies: rights{AdminAccess}, area: "rights"},
	PresenceSee:        {name: "presence.see", noun: nounUser, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskLow, needs: rights{UserSee}, area: "reachability"},
	PresenceSet:        {name: "presence.set", noun: nounUser, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskLow, area: "reachability"},
	PresenceShare:      {name: "presence.share", noun: nounUser, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskLow, area: "reachability"},
	CallShare:          {name: "call.share", noun: nounUser, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskMedium, area: "reachability"},
	CallReceive:        {name: "call.receive", noun: nounUser, scopes: selfBit, risk: RiskLow, area: "reachability"},
	CallSee:            {name: "call.see", noun: nounCall, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskMedium, area: "reachability"},
	CallNumber:         {name: "call.number", noun: nounCall, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskMedium, area: "reachability"},
	CallDivert:         {name: "call.divert", noun: nounCall, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskMedium, needs: rights{CallSee}, area: "reachability"},
	CallTransfer:       {name: "call.transfer", noun: nounCall, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskMedium, needs: rights{CallSee}, area: "reachability"},
	CallPickup:         {name: "call.pickup", noun: nounCall, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskMedium, needs: rights{CallSee}, area: "reachability"},
	CallPark:           {name: "call.park", noun: nounCall, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskLow, needs: rights{CallSee}, area: "reachability"},
	CallIntercom:       {name: "call.intercom", noun: nounUser, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskMedium, implies: rights{UserSee}, area: "reachability"},
	CallMenu:           {name: "call.menu", noun: nounCall, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskMedium, needs: rights{CallSee}, area: "reachability"},
	CallHangup:         {name: "call.hangup", noun: nounCall, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskMedium, needs: rights{CallSee}, area: "reachability"},
	ForwardingEdit:     {name: "forwarding.edit", noun: nounUser, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskMedium, area: "reachability"},
	ForwardingOutside:  {name: "forwarding.outside", noun: nounUser, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskHigh, needs: rights{ForwardingEdit}, area: "dialling out"},
	HoursOverride:      {name: "hours.override", noun: nounGroup, scopes: groupBit | treeBit | allBit, risk: RiskMedium, implies: rights{GroupSee}, area: "reachability"},
	HoursEdit:          {name: "hours.edit", noun: nounGroup, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskMedium, implies: rights{AdminAccess}, area: "reachability"},
	QueueEdit:          {name: "queue.edit", noun: nounQueue, scopes: groupBit | treeBit | allBit, risk: RiskMedium, implies: rights{AdminAccess}, area: "reachability"},
	MenuEdit:           {name: "menu.edit", noun: nounMenu, scopes: groupBit | treeBit | allBit, risk: RiskMedium, implies: rights{AdminAccess}, area: "reachability"},
	RouteEdit:          {name: "route.edit", noun: nounRoute, scopes: groupBit | treeBit | allBit, risk: RiskHigh, implies: rights{AdminAccess}, area: "reachability"},
	NumberEdit:         {name: "number.edit", noun: nounNumber, scopes: groupBit | treeBit | allBit, risk: RiskMedium, implies: rights{AdminAccess}, area: "reachability"},
	BlocklistEdit:      {name: "blocklist.edit", noun: nounUser, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskLow, area: "reachability"},
	AgentControl:       {name: "agent.control", noun: nounUser, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskMedium, area: "analytics"},
	CallPlace:          {name: "call.place", noun: nounUser, scopes: selfBit, risk: RiskLow, area: "dialling out"},
	CallOut:            {name: "call.out", noun: nounUser, scopes: selfBit, risk: RiskMedium, needs: rights{CallPlace}, area: "dialling out"},
	CallRelay:          {name: "call.relay", noun: nounUser, scopes: selfBit, risk: RiskHigh, needs: rights{CallOut}, area: "dialling out"},
	CallOriginate:      {name: "call.originate", noun: nounUser, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskHigh, needs: rights{CallPlace}, area: "dialling out"},
	RestrictionEdit:    {name: "restriction.edit", noun: nounUser, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskHigh, implies: rights{UserSee, AdminAccess}, area: "dialling out"},
	BudgetEdit:         {name: "budget.edit", noun: nounUser, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskHigh, implies: rights{UserSee, AdminAccess}, needs: rights{CostSee}, area: "dialling out"},
	CostSee:            {name: "cost.see", noun: nounUser, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskMedium, implies: rights{UserSee}, area: "analytics"},
	RateEdit:           {name: "rate.edit", noun: nounSystem, scopes: allBit, risk: RiskHigh, implies: rights{AdminAccess}, area: "dialling out"},
	EmergencyEdit:      {name: "emergency.edit", noun: nounSystem, scopes: allBit, risk: RiskHigh, implies: rights{AdminAccess}, area: "dialling out"},
	CallListen:         {name: "call.listen", noun: nounCall, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskHigh, needs: rights{CallSee}, area: "sound"},
	CallWhisper:        {name: "call.whisper", noun: nounCall, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskHigh, needs: rights{CallSee}, area: "sound"},
	CallBarge:          {name: "call.barge", noun: nounCall, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskHigh, needs: rights{CallSee}, area: "sound"},
	CallSteal:          {name: "call.steal", noun: nounCall, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskHigh, needs: rights{CallSee}, area: "sound"},
	RecordingList:      {name: "recording.list", noun: nounRecording, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskLow, area: "sound"},
	RecordingPlay:      {name: "recording.play", noun: nounRecording, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskHigh, implies: rights{RecordingList}, area: "sound"},
	RecordingDownload:  {name: "recording.download", noun: nounRecording, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskHigh, implies: rights{RecordingList}, area: "sound"},
	RecordingShare:     {name: "recording.share", noun: nounRecording, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskHigh, implies: rights{RecordingList}, needs: rights{RecordingPlay}, area: "sound"},
	RecordingDelete:    {name: "recording.delete", noun: nounRecording, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskHigh, implies: rights{RecordingList}, area: "sound"},
	RecordingControl:   {name: "recording.control", noun: nounCall, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskMedium, needs: rights{CallSee}, area: "sound"},
	RecordingPolicy:    {name: "recording.policy", noun: nounUser, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskHigh, implies: rights{AdminAccess}, area: "sound"},
	RecordingHistory:   {name: "recording.history", noun: nounRecording, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskMedium, implies: rights{RecordingList}, area: "sound"},
	TranscriptRead:     {name: "transcript.read", noun: nounRecording, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskHigh, implies: rights{RecordingList}, area: "sound"},
	RetentionEdit:      {name: "retention.edit", noun: nounSystem, scopes: allBit, risk: RiskHigh, implies: rights{AdminAccess}, area: "sound"},
	VoicemailPlay:      {name: "voicemail.play", noun: nounVoicemail, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskHigh, area: "messaging"},
	VoicemailEdit:      {name: "voicemail.edit", noun: nounVoicemail, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskMedium, area: "messaging"},
	ChatSee:            {name: "chat.see", noun: nounChat, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskHigh, area: "messaging"},
	ChatTemplate:       {name: "chat.template", noun: nounGroup, scopes: groupBit | treeBit | allBit, risk: RiskLow, area: "messaging"},
	ChannelEdit:        {name: "channel.edit", noun: nounChannel, scopes: groupBit | treeBit | allBit, risk: RiskMedium, implies: rights{AdminAccess}, area: "messaging"},
	LinkEdit:           {name: "link.edit", noun: nounLink, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskMedium, area: "links"},
	LinkUse:            {name: "link.use", noun: nounLink, scopes: listedBit, risk: RiskMedium, area: "links"},
	MeetingHost:        {name: "meeting.host", noun: nounUser, scopes: selfBit, risk: RiskLow, area: "links"},
	CallDetail:         {name: "call.detail", noun: nounCall, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskMedium, area: "analytics"},
	ReportView:         {name: "report.view", noun: nounReport, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskMedium, implies: rights{WebsiteAccess}, area: "analytics"},
	ReportSchedule:     {name: "report.schedule", noun: nounReport, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskMedium, implies: rights{WebsiteAccess}, needs: rights{ReportView}, area: "analytics"},
	DashboardView:      {name: "dashboard.view", noun: nounReport, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskMedium, implies: rights{WebsiteAccess}, area: "analytics"},
	DashboardLive:      {name: "dashboard.live", noun: nounReport, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskMedium, billable: true, needs: rights{DashboardView}, area: "analytics"},
	WallboardView:      {name: "wallboard.view", noun: nounReport, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskLow, implies: rights{WebsiteAccess}, area: "analytics"},
	AgentData:          {name: "agent.data", noun: nounReport, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskMedium, billable: true, implies: rights{WebsiteAccess}, area: "analytics"},
	AgentTrack:         {name: "agent.track", noun: nounUser, scopes: selfBit, risk: RiskLow, billable: true, area: "analytics"},
	WorkspaceUse:       {name: "workspace.use", noun: nounWorkspace, scopes: listedBit | allBit, risk: RiskLow, implies: rights{WebsiteAccess}, area: "analytics"},
	WorkspaceEdit:      {name: "workspace.edit", noun: nounWorkspace, scopes: listedBit | allBit, risk: RiskMedium, implies: rights{WorkspaceUse, WebsiteAccess}, area: "analytics"},
	NoticeEdit:         {name: "notice.edit", noun: nounGroup, scopes: groupBit | treeBit | allBit, risk: RiskLow, area: "analytics"},
	ContactSee:         {name: "contact.see", noun: nounContact, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskMedium, area: "crm"},
	PhonebookEdit:      {name: "phonebook.edit", noun: nounContact, scopes: groupBit | treeBit | allBit, risk: RiskLow, implies: rights{ContactSee}, area: "crm"},
	CRMUse:             {name: "crm.use", noun: nounUser, scopes: selfBit, risk: RiskLow, billable: true, needs: rights{ClientUse}, area: "crm"},
	CRMEdit:            {name: "crm.edit", noun: nounSystem, scopes: allBit, risk: RiskHigh, implies: rights{AdminAccess}, area: "crm"},
	TicketCreate:       {name: "ticket.create", noun: nounCall, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskLow, area: "crm"},
	ClientUse:          {name: "client.use", noun: nounUser, scopes: selfBit, risk: RiskLow, implies: rights{WebsiteAccess}, area: "devices"},
	SoftphoneUse:       {name: "softphone.use", noun: nounUser, scopes: selfBit, risk: RiskLow, needs: rights{ClientUse}, area: "devices"},
	DeviceEdit:         {name: "device.edit", noun: nounDevice, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskMedium, implies: rights{UserSee, AdminAccess}, area: "devices"},
	ProvisionEdit:      {name: "provision.edit", noun: nounSystem, scopes: allBit, risk: RiskHigh, implies: rights{AdminAccess}, area: "devices"},
	ReminderSet:        {name: "reminder.set", noun: nounUser, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskLow, implies: rights{UserSee}, area: "reachability"},
	RoomAssign:         {name: "room.assign", noun: nounUser, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskMedium, implies: rights{UserSee}, area: "reachability"},
	LoginReset:         {name: "login.reset", noun: nounUser, scopes: selfBit | groupBit | treeBit | listedBit | allBit, risk: RiskHigh, implies: rights{UserSee}, area: "identity"},
	LoginEdit:          {name: "login.edit", noun: nounSystem, scopes: allBit, risk: RiskHigh, implies: rights{AdminAccess}, area: "identity"},
	TokenCreate:        {name: "token.create", noun: nounToken, scopes: selfBit, risk: RiskHigh, needs: rights{WebsiteAccess}, area: "identity"},
	WebhookEdit:        {name: "webhook.edit", noun: nounWebhook, scopes: selfBit | allBit, risk: RiskHigh, needs: rights{WebsiteAccess}, area: "identity"},
	WebsiteAccess:      {name: "website.access", noun: nounSite, scopes: selfBit, risk: RiskLow, area: "identity"},
	AdminAccess:        {name: "admin.access", noun: nounSite, scopes: selfBit, risk: RiskLow, implies: rights{WebsiteAccess}, area: "identity"},
	TrunkEdit:          {name: "trunk.edit", noun: nounTrunk, scopes: groupBit | treeBit | allBit, risk: RiskHigh, implies: rights{AdminAccess}, area: "system"},
	SettingEdit:        {name: "setting.edit", noun: nounSystem, scopes: allBit, risk: RiskHigh, implies: rights{AdminAccess}, area: "system"},
	SystemMonitor:      {name: "system.monitor", noun: nounSystem, scopes: allBit, risk: RiskLow, implies: rights{AdminAccess}, area: "system"},
	TraceRead:          {name: "trace.read", noun: nounSystem, scopes: allBit, risk: RiskHigh, implies: rights{AdminAccess}, needs: rights{SystemMonitor}, area: "system"},
	BillingAssign:      {name: "billing.assign", noun: nounSystem, scopes: groupBit | treeBit | listedBit | allBit, risk: RiskHigh, needs: rights{WebsiteAccess}, area: "system"},
	AuditRead:          {name: "audit.read", noun: nounAudit, scopes: groupBit | treeBit | allBit, risk: RiskHigh, implies: rights{WebsiteAccess}, area: "system"},
	PrivacyRun:         {name: "privacy.run", noun: nounSystem, scopes: allBit, risk: RiskHigh, area: "system"},
	BackupRun:          {name: "backup.run", noun: nounSystem, scopes: allBit, risk: RiskHigh, implies: rights{AdminAccess}, area: "system"},
	BackupRestore:      {name: "backup.restore", noun: nounSystem, scopes: allBit, risk: RiskHigh, implies: rights{AdminAccess}, area: "system"},
}
