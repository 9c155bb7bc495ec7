package pbx

import "slices"

// builtinRoles names the roles that come with the system; what they may do is the business of package policy.
var builtinRoles = [...]RoleID{"user", "receptionist", "group_admin", "manager", "group_owner", "system_admin", "system_owner",
	"telephony_admin", "department_head", "sales_manager", "support_operator", "observer", "reports", "analytics",
	"live_analytics", "contact_centre", "website_access", "manage_users", "manage_billing", "customer_settings",
	"manage_directories", "workspace_admin", "api_admin", "agent_control", "silent_monitor", "webhook_admin",
	"recording_playback", "uc_client", "softphone", "crm_addon", "agent_addon", "auditor", "finance"}

// BuiltinRoles lists the roles that come with the system.
func BuiltinRoles() []RoleID { return slices.Clone(builtinRoles[:]) }

// Builtin is the position of a role in BuiltinRoles, from 1; 0 for a custom or unknown one.
func (id RoleID) Builtin() uint8 { return uint8(slices.Index(builtinRoles[:], id) + 1) }
