package policy

import (
	"slices"
	"time"

	"tandem/pbx"
)

// handing is one or more lines of the delegation table: who holds the granter's role somewhere may give these roles there.
type handing struct {
	granter pbx.RoleID
	where   where
	through Right // must be held there as well
	on      condition
	exempt  bool // the giver need not hold what the role carries; told at once to those above (I-17)
	roles   list
}

type list []pbx.RoleID

func (l list) has(id pbx.RoleID) bool {
	for _, r := range l {
		if r == id {
			return true
		}
	}
	return false
}

// where is where the granter's role counts.
type where uint8

const (
	ownGroup where = iota // in the group of his membership
	ownTree               // there and below
	office                // as far as his office-wide role is assigned
	asHeld                // the same, for levels and permissions
)

// condition is what must be true besides.
type condition uint8

const (
	plain   condition = iota
	billed            // billing.assign reaches the same scope
	ceiling           // the group lets its managers give this role
	spread            // a System Owner lets billing.assign hand itself on
)

// handings is the table testdata/delegation.tsv.
var handings = []handing{
	{"group_admin", ownGroup, MembershipEdit, plain, false, list{"user"}},
	{"manager", ownGroup, MembershipRole, plain, false, list{"user", "receptionist"}},
	{"manager", ownGroup, MembershipRole, ceiling, false, list{"manager"}},
	{"group_owner", ownTree, MembershipRole, plain, false, list{"user", "receptionist", "manager", "group_admin",
		"department_head", "support_operator", "observer"}},
	{"group_owner", ownTree, MembershipRole, billed, true, list{"sales_manager"}},
	{"system_admin", office, MembershipRole, plain, false, list{"user", "group_admin", "support_operator"}},
	{"system_admin", office, MembershipRole, plain, true, list{"receptionist", "manager", "group_owner", "department_head", "observer"}},
	{"system_admin", office, MembershipRole, billed, true, list{"sales_manager"}},
	{"system_admin", office, GrantEdit, plain, false, list{"website_access", "uc_client", "softphone", "customer_settings",
		"manage_directories"}},
	{"telephony_admin", office, MembershipRole, plain, false, list{"user", "department_head", "support_operator", "observer"}},
	{"telephony_admin", office, MembershipRole, billed, false, list{"sales_manager"}},
	{"telephony_admin", office, GrantEdit, plain, false, list{"website_access", "uc_client", "softphone", "customer_settings",
		"manage_directories", "recording_playback"}},
	{"manage_users", asHeld, GrantEdit, plain, false, list{"website_access"}},
	{"manage_users", asHeld, GrantEdit, plain, true, list{"reports", "analytics", "recording_playback", "uc_client", "softphone"}},
	{"manage_users", asHeld, GrantEdit, billed, true, list{"live_analytics", "contact_centre", "crm_addon", "agent_addon"}},
	{"manage_billing", asHeld, GrantEdit, spread, false, list{"manage_billing"}},
	{"system_owner", office, MembershipRole, plain, false, list{"user", "receptionist", "group_admin", "manager", "group_owner",
		"department_head", "sales_manager", "support_operator", "observer"}},
	{"system_owner", office, GrantEdit, plain, false, list{"reports", "analytics", "live_analytics", "contact_centre",
		"website_access", "manage_users", "manage_billing", "customer_settings", "manage_directories", "workspace_admin",
		"api_admin", "agent_control", "silent_monitor", "webhook_admin", "recording_playback", "uc_client", "softphone",
		"crm_addon", "agent_addon"}},
	{"system_owner", office, RoleSystem, plain, false, list{"system_admin", "system_owner", "telephony_admin", "auditor", "finance"}},
}

// ladder orders the roles a manager may give: the ceiling of a group names the highest (C-2).
var ladder = list{"user", "receptionist", "manager", "group_admin"}

// ceilingOf is the highest role that managers of a group may give.
func ceilingOf(g *pbx.Group) pbx.RoleID {
	if g.Ceiling == "" {
		return "manager"
	}
	return g.Ceiling
}

// climbs reports whether a manager of the group may give the role.
func (q *asker) climbs(n *pbx.Node, role pbx.RoleID) bool {
	top := slices.Index(ladder, ceilingOf(n.Group))
	if q.low {
		top = 0
	}
	i := slices.Index(ladder, role)
	return i >= 0 && i <= top
}

// Ceilings lists what an actor may set as the ceiling of a group at a moment: roles up to the higher one of the old and
// the new which he could give himself even if the ceiling were at its lowest. So nobody moves the bound that binds him.
func Ceilings(s *pbx.Snapshot, actor pbx.Actor, g *pbx.Group, at time.Time) (all []pbx.RoleID) {
	if g.Default {
		return nil
	}
	q := asker{s: s, when: at, at: pbx.Instant(at), low: true}
	given := q.assignable(actor, g.ID)
	now := slices.Index(ladder, ceilingOf(g))
	for i, r := range ladder {
		if slices.Contains(given, ladder[max(i, now)]) {
			all = append(all, r)
		}
	}
	return all
}
