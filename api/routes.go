package api

import (
	"slices"

	"tandem/policy"
)

// Routes is the whole interface: a list that reads like a table of contents.
func Routes() []Route {
	r := []Route{
		// The claim of a fresh system; closed for ever afterwards (BAR FX-01).
		route("GET", "/v1/setup", public("there is nobody yet; the one-time link is the key"), "What the set-up page needs to begin.", (*Server).getSetup),
		route("POST", "/v1/setup", public("there is nobody yet; the one-time link is the key"), "Claim the system: office, first person, session.", (*Server).postSetup).created(),

		// Signing in.
		route("POST", "/v1/session", public("this is how one signs in"), "Sign in with e-mail and password.", (*Server).postSession),
		route("GET", "/v1/session", signedIn("it tells about the asker himself"), "Who am I, and what may I do.", (*Server).getSession),
		route("GET", "/v1/session/providers", public("whoever signs in has to see the buttons"), "Where one may sign in besides here.", (*Server).listProviderButtons),
		raw("GET", "/v1/session/with/{provider}", public("this is how one signs in"), "text/html", "Go to a provider to sign in there.", (*Server).beginProvider),
		raw("GET", "/v1/session/callback", public("the provider sends the browser here"), "text/html", "Come back from a provider.", (*Server).finishProvider),
		act("DELETE", "/v1/session", public("signing out twice does no harm"), "Sign out.", (*Server).deleteSession),
		act("POST", "/v1/password/forgot", public("who forgot the password cannot sign in; the answer is always the same"), "Send a link to choose a new password.", (*Server).postForgot).accepted(),
		route("GET", "/v1/links/{token}", public("the link is the key"), "Whom a link from a mail is for.", (*Server).getLink),
		route("POST", "/v1/links/{token}", public("the link is the key"), "Choose a password with a link from a mail, and sign in.", (*Server).postLink),

		// Oneself.
		route("PUT", "/v1/profile", over("me", policy.UserProfile), "Change one's own particulars.", (*Server).putProfile),
		act("PUT", "/v1/profile/password", signedIn("it asks for the old password"), "Change one's own password; other sessions end.", (*Server).putPassword),
		route("GET", "/v1/profile/sessions", signedIn("only the asker's own"), "Where one is signed in.", (*Server).listSessions),
		act("DELETE", "/v1/profile/sessions", signedIn("only the asker's own"), "Sign out everywhere else.", (*Server).deleteSessions),
		act("DELETE", "/v1/profile/sessions/{session}", signedIn("only the asker's own"), "Sign out one session.", (*Server).deleteOneSession),

		// People.
		route("GET", "/v1/users", signedIn("shows only people whom user.see reaches"), "People.", (*Server).listUsers),
		route("POST", "/v1/users", anywhere(policy.UserCreate), "Add a person.", (*Server).createUser).created().dry(),
		route("POST", "/v1/users/import", anywhere(policy.UserImport), "Add people from a CSV file, all or none; with dry=1 only say what would happen.", (*Server).importUsers).large(importOctets).tries(),
		route("GET", "/v1/users/{user}", over("user", policy.UserSee), "One person.", (*Server).getUser),
		route("PATCH", "/v1/users/{user}", over("user", policy.UserProfile, policy.UserEdit), "Change a person.", (*Server).patchUser).dry(),
		route("DELETE", "/v1/users/{user}", over("user", policy.UserDelete), "Delete a person for good; the answer names the rules that lead nowhere now.", (*Server).deleteUser).dry(),
		route("POST", "/v1/users/{user}/suspend", over("user", policy.UserSuspend), "Suspend a person: every door closes at once.", (*Server).suspendUser).dry(),
		route("POST", "/v1/users/{user}/restore", over("user", policy.UserSuspend), "Lift a suspension.", (*Server).restoreUser).dry(),
		act("POST", "/v1/users/{user}/invite", over("user", policy.LoginReset), "Send access: a mail with a link to choose a password.", (*Server).inviteUser).accepted(),
		act("DELETE", "/v1/users/{user}/sessions", over("user", policy.LoginReset), "Sign a person out everywhere.", (*Server).deleteUserSessions),
		route("PUT", "/v1/users/{user}/roles/{role}", over("user", policy.UserSee), "Give an office-wide role.", (*Server).putOfficeRole).dry(),
		act("DELETE", "/v1/users/{user}/roles/{role}", over("user", policy.UserSee), "Take an office-wide role away.", (*Server).deleteOfficeRole).dry(),
		raw("GET", "/v1/users/{user}/photo", over("user", policy.UserSee), "image/jpeg", "A person's picture.", (*Server).getPhoto),
		route("PUT", "/v1/users/{user}/photo", over("user", policy.UserProfile), "Set a person's picture: JPEG, PNG or WebP.", (*Server).putPhoto).large(photoOctets),
		act("DELETE", "/v1/users/{user}/photo", over("user", policy.UserProfile), "Take a person's picture away.", (*Server).deletePhoto),
		route("GET", "/v1/extensions/next", anywhere(policy.UserCreate), "The next free extension.", (*Server).getNextExtension),

		// Groups and roles.
		route("GET", "/v1/groups", signedIn("shows only groups that group.see reaches"), "Groups.", (*Server).listGroups),
		route("POST", "/v1/groups", anywhere(policy.GroupCreate), "Add a group.", (*Server).createGroup).created().dry(),
		route("GET", "/v1/groups/{group}", over("group", policy.GroupSee), "One group.", (*Server).getGroup),
		route("PATCH", "/v1/groups/{group}", over("group", policy.GroupEdit, policy.GroupPublish), "Change or move a group.", (*Server).patchGroup).dry(),
		act("DELETE", "/v1/groups/{group}", over("group", policy.GroupCreate), "Delete a group; members without another one move to Default.", (*Server).deleteGroup).dry(),
		route("GET", "/v1/groups/{group}/members", over("group", policy.GroupSee), "The people in a group.", (*Server).listMembers),
		route("PUT", "/v1/groups/{group}/members/{user}", over("group", policy.MembershipEdit, policy.MembershipRole), "Add a person to a group, change the role, or mark the main group.", (*Server).putMember).dry(),
		act("DELETE", "/v1/groups/{group}/members/{user}", over("group", policy.MembershipEdit), "Take a person out of a group.", (*Server).deleteMember).dry(),
		route("PUT", "/v1/groups/{group}/members/{user}/rights/{right}", over("group", policy.MembershipOverride), "Allow or deny one right of a person inside a group, or leave it to the role.", (*Server).putOverride).dry(),
		route("PUT", "/v1/groups/{group}/members/{user}/share", over("user", policy.PresenceShare, policy.CallShare), "Choose who sees presence and calls of a member.", (*Server).putShare).dry(),
		route("GET", "/v1/rights", signedIn("what may be held is no secret"), "The catalogue of rights.", (*Server).listRights),
		route("GET", "/v1/roles", signedIn("what a role means is no secret"), "Roles and what they may do.", (*Server).listRoles),
		route("POST", "/v1/roles", house(policy.RoleEdit), "Make a custom role, empty or as a copy.", (*Server).createRole).created().dry(),
		route("GET", "/v1/roles/{role}", signedIn("what a role means is no secret; who holds it is shown to those who may see it"), "One role.", (*Server).getRole),
		route("PATCH", "/v1/roles/{role}", house(policy.RoleEdit), "Change a custom role for everybody who has it.", (*Server).patchRole).dry(),
		act("DELETE", "/v1/roles/{role}", house(policy.RoleEdit), "Delete a custom role that nobody has.", (*Server).deleteRole).dry(),

		// Rights of one person.
		route("GET", "/v1/rights/lints", anywhere(policy.RightExplain), "Mistakes in how rights are given, and what would mend them.", (*Server).listFindings),
		route("GET", "/v1/users/{user}/rights", over("user", policy.RightExplain, policy.MembershipRole), "What a person may do, why, and what of it the asker may change.", (*Server).getRights),
		route("GET", "/v1/users/{user}/rights/compare", over("user", policy.RightExplain, policy.MembershipRole), "Compare the rights of two people, a person and a role, or two moments.", (*Server).compareRights),
		route("POST", "/v1/users/{user}/assignments", over("user", policy.UserSee), "Give an office-wide role, a level or a permission over a scope.", (*Server).createAssignment).created().dry(),
		route("PATCH", "/v1/assignments/{assignment}", row(policy.GrantEdit, policy.RoleSystem), "Move the end of an assignment.", (*Server).patchAssignment).dry(),
		act("DELETE", "/v1/assignments/{assignment}", row(policy.GrantEdit, policy.RoleSystem), "End an assignment now.", (*Server).deleteAssignment).dry(),
		route("POST", "/v1/users/{user}/grants", over("user", policy.UserSee), "Give or deny a single right over a scope, for a time.", (*Server).createGrant).created().dry(),
		route("PATCH", "/v1/grants/{grant}", row(policy.GrantEdit, policy.DelegateGive), "Move the end of a grant.", (*Server).patchGrant).dry(),
		act("DELETE", "/v1/grants/{grant}", row(policy.GrantEdit, policy.DelegateGive), "End a grant now.", (*Server).deleteGrant).dry(),
		route("GET", "/v1/profile/deputies", signedIn("only what the asker has lent"), "Who may act for oneself.", (*Server).listDeputies),
		route("POST", "/v1/profile/deputies", over("me", policy.DelegateGive), "Let somebody act for oneself for a while.", (*Server).createDeputy).created().dry(),

		route("GET", "/v1/policy", house(policy.RoleEdit), "The rights of the office as text, for whoever may also ask about everybody.", (*Server).getPolicy),
		route("PUT", "/v1/policy", house(policy.RoleEdit), "Make the rights of the office what a text says, in one change or not at all; with dry=1 only plan it.", (*Server).putPolicy).large(policyOctets).tries(),
		route("GET", "/v1/rights/review", signedIn("shows only people whom right.explain reaches"), "What people hold beyond their own, and when they last used it.", (*Server).getRightsReview),
		route("GET", "/v1/reviews", signedIn("shows only reviews that the asker may look at or decides in"), "Reviews of what people hold, open ones first.", (*Server).listCampaigns),
		route("POST", "/v1/reviews", anywhere(policy.RightExplain), "Start a review over a group or everybody, until an end.", (*Server).createCampaign).created(),
		route("GET", "/v1/reviews/{review}", row(policy.RightExplain, policy.MembershipRole, policy.MembershipOverride, policy.GrantEdit, policy.RoleSystem), "One review with everything it looks at.", (*Server).getCampaign),
		route("POST", "/v1/reviews/{review}/decide", row(policy.MembershipRole, policy.MembershipOverride, policy.GrantEdit, policy.RoleSystem), "Confirm one thing that a person holds, or take it away.", (*Server).decideCampaign).dry(),
		route("POST", "/v1/reviews/{review}/end", row(policy.RightExplain), "Close a review; what is open stays as it is.", (*Server).endCampaign),
		raw("GET", "/v1/reviews/{review}/table", row(policy.RightExplain, policy.MembershipRole, policy.MembershipOverride, policy.GrantEdit, policy.RoleSystem), "text/csv", "A review as a table.", (*Server).exportCampaign),

		// Who rings, and what then.
		route("PUT", "/v1/users/{user}/status", over("user", policy.PresenceSet), "Choose a person's status, with an end.", (*Server).putStatus).tries(),
		route("GET", "/v1/users/{user}/forwarding", over("user", policy.UserSee, policy.ForwardingEdit), "What happens to calls for a person.", (*Server).getForwarding),
		route("PUT", "/v1/users/{user}/forwarding", over("user", policy.ForwardingEdit, policy.UserEdit), "Change what happens to calls for a person; with dry=1 only look at it.", (*Server).putForwarding).tries(),
		route("GET", "/v1/restrictions", anywhere(policy.RestrictionEdit), "What may be called outside: the profiles that reach whom the visitor may decide about.", (*Server).listRestrictions),
		route("POST", "/v1/restrictions", anywhere(policy.RestrictionEdit), "Add a profile of what may be called outside.", (*Server).createRestriction).created().tries(),
		route("GET", "/v1/restrictions/{restriction}", row(policy.RestrictionEdit), "One profile.", (*Server).getRestriction),
		route("PATCH", "/v1/restrictions/{restriction}", row(policy.RestrictionEdit), "Change a profile; it holds for the next call.", (*Server).patchRestriction).tries(),
		act("DELETE", "/v1/restrictions/{restriction}", row(policy.RestrictionEdit), "Delete a profile.", (*Server).deleteRestriction).dry(),
		route("GET", "/v1/rings", signedIn("names and extensions of ring groups are the phone book; the rest is shown to who may change them"), "Ring groups.", (*Server).listRings),
		route("POST", "/v1/rings", anywhere(policy.QueueEdit), "Add a ring group.", (*Server).createRing).created().tries(),
		route("GET", "/v1/rings/{ring}", row(policy.QueueEdit), "One ring group.", (*Server).getRing),
		route("PATCH", "/v1/rings/{ring}", row(policy.QueueEdit), "Change a ring group.", (*Server).patchRing).tries(),
		route("GET", "/v1/parks", signedIn("names and numbers of park positions are the phone book; calls there are shown to who may see them, the rest to who may change it"), "Park positions, and the calls that wait there.", (*Server).listParks),
		route("POST", "/v1/parks", anywhere(policy.QueueEdit), "Add a row of park positions.", (*Server).createPark).created().tries(),
		route("GET", "/v1/parks/{park}", row(policy.QueueEdit), "One row of park positions.", (*Server).getPark),
		route("PATCH", "/v1/parks/{park}", row(policy.QueueEdit), "Change a row of park positions.", (*Server).patchPark).tries(),
		route("DELETE", "/v1/parks/{park}", row(policy.QueueEdit), "Delete a row of park positions; the answer names the rules that lead nowhere now.", (*Server).deletePark).tries(),
		route("GET", "/v1/queues", signedIn("names and extensions of queues are the phone book; the rest is shown to who may change them"), "Queues.", (*Server).listQueues),
		route("POST", "/v1/queues", anywhere(policy.QueueEdit), "Add a queue.", (*Server).createQueue).created().tries(),
		route("GET", "/v1/queues/{queue}", row(policy.QueueEdit), "One queue.", (*Server).getQueue),
		route("PATCH", "/v1/queues/{queue}", row(policy.QueueEdit), "Change a queue.", (*Server).patchQueue).tries(),
		route("GET", "/v1/queues/{queue}/live", row(policy.AgentData), "The callers, agents and figures of a queue at this moment.", (*Server).getLiveQueue),
		route("GET", "/v1/users/{user}/duty", over("user", policy.PresenceSet, policy.AgentControl, policy.AgentData), "What an agent does, queue by queue.", (*Server).getDuty),
		route("PUT", "/v1/users/{user}/duty", over("user", policy.PresenceSet, policy.AgentControl), "Log an agent in or out, or begin or end a break.", (*Server).putDuty).tries(),
		act("POST", "/v1/users/{user}/duty/ready", over("user", policy.PresenceSet, policy.AgentControl), "End the time that an agent has after a call.", (*Server).readyDuty),
		route("DELETE", "/v1/queues/{queue}", row(policy.QueueEdit), "Delete a queue; the answer names the rules that lead nowhere now.", (*Server).deleteQueue).tries(),
		route("DELETE", "/v1/rings/{ring}", row(policy.QueueEdit), "Delete a ring group; the answer names the rules that lead nowhere now.", (*Server).deleteRing).tries(),
		route("POST", "/v1/explain/right", signedIn("about oneself everybody may ask; about others those whom right.explain reaches"), "Why somebody may or may not do something, what would change it, and who could.", (*Server).explainRight),
		route("GET", "/v1/requests", signedIn("shows one's own and those one may answer"), "Requests for rights, open ones first.", (*Server).listAccesses),
		route("POST", "/v1/requests", signedIn("everybody may ask for himself"), "Ask for a right until an end, for a reason.", (*Server).askAccess).created(),
		route("GET", "/v1/requests/{request}", row(policy.RequestApprove, policy.GrantEdit), "One request.", (*Server).getAccess),
		route("POST", "/v1/requests/{request}/approve", row(policy.RequestApprove, policy.GrantEdit), "Give what was asked for, not longer than asked.", (*Server).approveAccess),
		route("POST", "/v1/requests/{request}/refuse", row(policy.RequestApprove, policy.GrantEdit), "Say no, with words that the person reads.", (*Server).refuseAccess),
		route("POST", "/v1/requests/{request}/withdraw", signedIn("only one's own"), "Take one's own request back.", (*Server).withdrawAccess),
		route("POST", "/v1/explain/call", signedIn("about oneself everybody may ask; about others those whom right.explain or restriction.edit reaches"), "Why somebody can or cannot call a number, and what would change it.", (*Server).explainCall),
		route("POST", "/v1/explain/route", signedIn("it shows no rule that the asker may not see"), "What can happen to a call: the whole tree, made by the decision that carries calls.", (*Server).explainRoute),

		// Phones.
		route("GET", "/v1/users/{user}/devices", over("user", deviceRights...), "A person's phones.", (*Server).listDevices),
		route("POST", "/v1/users/{user}/devices", over("user", deviceRights...), "Add a phone; the account data is shown once.", (*Server).createDevice).created(),
		route("PATCH", "/v1/devices/{device}", over("device", deviceRights...), "Rename a phone.", (*Server).patchDevice),
		act("DELETE", "/v1/devices/{device}", over("device", deviceRights...), "Take a phone away.", (*Server).deleteDevice),
		route("POST", "/v1/devices/{device}/secret", over("device", deviceRights...), "Give a phone a new secret; the old one is void at once.", (*Server).renewSecret),

		// Calls.
		route("GET", "/v1/calls", signedIn("shows only records that call.detail reaches"), "The call log.", (*Server).listCalls),
		route("GET", "/v1/calls/live", signedIn("shows only calls that call.see reaches"), "Calls that are up.", (*Server).listLive),
		act("POST", "/v1/calls/live/{call}/transfer", row(policy.CallTransfer), "Send one side of a talking call on; the other leaves when somebody answers.", (*Server).transferLive).accepted(),
		act("POST", "/v1/calls/live/{call}/divert", row(policy.CallDivert), "Send a ringing call to another place.", (*Server).divertLive).accepted(),
		act("POST", "/v1/calls/live/{call}/pickup", row(policy.CallPickup), "Take a ringing call to one's own phones.", (*Server).pickupLive).accepted(),
		act("POST", "/v1/calls/live/{call}/park", row(policy.CallPark), "Park one side of a talking call.", (*Server).parkLive).accepted(),
		act("POST", "/v1/calls/live/{call}/fetch", row(policy.CallPark), "Take a parked call to one's own phones.", (*Server).fetchLive).accepted(),
		act("DELETE", "/v1/calls/live/{call}", row(policy.CallHangup), "End a call.", (*Server).deleteLive),
		route("GET", "/v1/calls/{call}", row(policy.CallDetail), "One record of the call log.", (*Server).getCall),
		raw("GET", "/v1/events", signedIn("every event is asked about when it is delivered"), "text/event-stream", "What happens, as it happens (server-sent events).", (*Server).getEvents),

		// The office.
		route("GET", "/v1/overview", signedIn("counts only what the asker may see"), "Figures for the first page.", (*Server).getOverview),
		route("GET", "/v1/settings", house(policy.SettingEdit), "Settings of the office.", (*Server).getSettings),
		route("PATCH", "/v1/settings", house(policy.SettingEdit), "Change settings of the office.", (*Server).patchSettings),
		route("GET", "/v1/billing", signedIn("counts only people whose cost the asker may see"), "What billable rights cost, and who holds them now.", (*Server).getBilling),
		route("PATCH", "/v1/billing", house(policy.RateEdit, policy.RoleSystem), "Change prices, and whether billing.assign may be handed on.", (*Server).patchBilling),
		route("GET", "/v1/codes", signedIn("everybody may know what can be dialled"), "Feature codes and short numbers of the office.", (*Server).getCodes),
		route("PUT", "/v1/codes", house(policy.SettingEdit), "Change feature codes and short numbers of the office.", (*Server).putCodes).dry(),
		route("GET", "/v1/profile/speed", signedIn("only the asker's own"), "One's own short numbers.", (*Server).getSpeed),
		route("PUT", "/v1/profile/speed", over("me", policy.UserProfile), "Change one's own short numbers.", (*Server).putSpeed),
		act("POST", "/v1/settings/mail/test", house(policy.SettingEdit), "Send a test mail to oneself.", (*Server).postMailTest).accepted(),
		route("GET", "/v1/prompts", row(policy.MenuEdit), "What the house says in a language, and which sounds are the office's own.", (*Server).listPrompts),
		raw("GET", "/v1/prompts/{language}/{key}/sound", row(policy.MenuEdit), "audio/wav", "The sound of a sentence, as it is in force.", (*Server).getPromptSound),
		route("PUT", "/v1/prompts/{language}/{key}/sound", row(policy.MenuEdit), "Replace the sound of a sentence: WAV, one or two channels, 8, 16 or 24 bits or G.711, at most five minutes.", (*Server).putPrompt).large(promptOctets),
		act("DELETE", "/v1/prompts/{language}/{key}/sound", row(policy.MenuEdit), "Put the built-in sound of a sentence back.", (*Server).deletePrompt),
		route("GET", "/v1/settings/providers", house(policy.LoginEdit), "Providers that people may sign in with.", (*Server).listProviders),
		route("PUT", "/v1/settings/providers/{provider}", house(policy.LoginEdit), "Add or change a provider; it is asked whether it answers.", (*Server).putProvider),
		act("DELETE", "/v1/settings/providers/{provider}", house(policy.LoginEdit), "Take a provider away.", (*Server).deleteProvider),
		route("GET", "/v1/mails", house(policy.SettingEdit), "The outbox of e-mails.", (*Server).listMails),
		act("POST", "/v1/mails/{mail}/send", house(policy.SettingEdit), "Try to send a mail now.", (*Server).sendMail).accepted(),
		route("GET", "/v1/audit", anywhere(policy.AuditRead), "The audit log, newest first.", (*Server).listAudit),
		route("GET", "/v1/audit/verify", anywhere(policy.AuditRead), "Check the hash chain of the audit log.", (*Server).verifyAudit),
		act("POST", "/v1/changes/{seq}/undo", signedIn("only changes one made or reads of in the log; every right is asked again"), "Take a change back.", (*Server).undoChange).dry(),
		route("GET", "/v1/tokens", signedIn("only the asker's own"), "API tokens.", (*Server).listTokens),
		route("POST", "/v1/tokens", over("me", policy.TokenCreate), "Make an API token; the secret is shown once.", (*Server).createToken).created(),
		act("DELETE", "/v1/tokens/{token}", row(policy.LoginReset), "Revoke an API token.", (*Server).deleteToken),

		// About the interface itself.
		raw("GET", "/v1/openapi.json", public("the interface is no secret"), "application/json", "This document (OpenAPI 3.1).", (*Server).getDocument),
		raw("GET", "/v1/docs", public("the interface is no secret"), "text/html", "Reference page.", (*Server).getDocs),
		route("GET", "/v1/health", public("whoever watches the process holds no account"), "Whether the process answers.", (*Server).getHealth),
	}
	return slices.Concat(r, hoursRoutes(), holidayRoutes(), menuRoutes(), mailboxRoutes())
}
