package policy

import "tandem/pbx"

// cells says how far each right of a role reaches.
type cells [rightCount]scope

// Class says how a role is given.
type Class uint8

// The classes of roles.
const (
	ClassGroup  Class = iota + 1 // by a membership, inside one group
	ClassOffice                  // by a System Owner, over the whole office (I-8)
	ClassLevel                   // levels and permissions, assigned with a scope
)

// builtin is one built-in role.
type builtin struct {
	id     pbx.RoleID
	class  Class
	cells  *cells
	held   set  // rights it holds at any scope
	wide   set  // rights it holds at more than self
	billed bool // some right in it is billable
}

// roles are the built-in roles in the order of testdata/roles.tsv.
var roles = build([33]builtin{
	{id: "user", class: ClassGroup, cells: &cellsUser},
	{id: "receptionist", class: ClassGroup, cells: &cellsReceptionist},
	{id: "group_admin", class: ClassGroup, cells: &cellsGroupAdmin},
	{id: "manager", class: ClassGroup, cells: &cellsManager},
	{id: "group_owner", class: ClassGroup, cells: &cellsGroupOwner},
	{id: "system_admin", class: ClassOffice, cells: &cellsSystemAdmin},
	{id: "system_owner", class: ClassOffice, cells: &cellsSystemOwner},
	{id: "telephony_admin", class: ClassOffice, cells: &cellsTelephonyAdmin},
	{id: "department_head", class: ClassGroup, cells: &cellsDepartmentHead},
	{id: "sales_manager", class: ClassGroup, cells: &cellsSalesManager},
	{id: "support_operator", class: ClassGroup, cells: &cellsSupportOperator},
	{id: "observer", class: ClassGroup, cells: &cellsObserver},
	{id: "reports", class: ClassLevel, cells: &cellsReports},
	{id: "analytics", class: ClassLevel, cells: &cellsAnalytics},
	{id: "live_analytics", class: ClassLevel, cells: &cellsLiveAnalytics},
	{id: "contact_centre", class: ClassLevel, cells: &cellsContactCentre},
	{id: "website_access", class: ClassLevel, cells: &cellsWebsiteAccess},
	{id: "manage_users", class: ClassLevel, cells: &cellsManageUsers},
	{id: "manage_billing", class: ClassLevel, cells: &cellsManageBilling},
	{id: "customer_settings", class: ClassLevel, cells: &cellsCustomerSettings},
	{id: "manage_directories", class: ClassLevel, cells: &cellsManageDirectories},
	{id: "workspace_admin", class: ClassLevel, cells: &cellsWorkspaceAdmin},
	{id: "api_admin", class: ClassLevel, cells: &cellsApiAdmin},
	{id: "agent_control", class: ClassLevel, cells: &cellsAgentControl},
	{id: "silent_monitor", class: ClassLevel, cells: &cellsSilentMonitor},
	{id: "webhook_admin", class: ClassLevel, cells: &cellsWebhookAdmin},
	{id: "recording_playback", class: ClassLevel, cells: &cellsRecordingPlayback},
	{id: "uc_client", class: ClassLevel, cells: &cellsUcClient},
	{id: "softphone", class: ClassLevel, cells: &cellsSoftphone},
	{id: "crm_addon", class: ClassLevel, cells: &cellsCrmAddon},
	{id: "agent_addon", class: ClassLevel, cells: &cellsAgentAddon},
	{id: "auditor", class: ClassOffice, cells: &cellsAuditor},
	{id: "finance", class: ClassOffice, cells: &cellsFinance},
})

func build(list [33]builtin) [33]builtin {
	for i := range list {
		b := &list[i]
		for r := Right(1); r < rightCount; r++ {
			c := b.cells[r]
			if c == noScope {
				continue
			}
			b.held.add(r)
			if c != selfScope {
				b.wide.add(r)
			}
			b.billed = b.billed || catalogue[r].billable
		}
	}
	return list
}

// Role is a role as lists and forms show it; the name of a built-in one is the i18n key "role.<id>".
type Role struct {
	ID     pbx.RoleID
	Class  Class
	Custom *pbx.Role // nil for a built-in one
}

// Cell is how far a right of the role reaches; pbx.ScopeNone when the role does not hold it.
func (r Role) Cell(right Right) pbx.ScopeKind {
	switch b := builtinOf(r.ID); {
	case !right.known():
	case b != nil:
		return b.cells[right].kind()
	case r.Custom != nil:
		return r.Custom.Cells[catalogue[right].name]
	}
	return pbx.ScopeNone
}

// Roles lists the built-in roles in the order of the catalogue.
func Roles() []Role {
	all := make([]Role, len(roles))
	for i, b := range roles {
		all[i] = Role{b.id, b.class, nil}
	}
	return all
}

// builtinOf finds a built-in role; nil for a custom one.
func builtinOf(id pbx.RoleID) *builtin { return numbered(id.Builtin()) }

// numbered finds a built-in role by its position in pbx.BuiltinRoles, which a test holds equal to that in roles.
func numbered(n uint8) *builtin {
	if n == 0 {
		return nil
	}
	return &roles[n-1]
}
