package policy

import (
	"time"

	"tandem/i18n"
	"tandem/pbx"
)

// ofClients are the rights that belong to people with an extension.
var ofClients = setOf(ClientUse, SoftphoneUse, CRMUse, AgentTrack)

// Unready says why a level or permission cannot be given to a person yet, whoever gives it; an empty text when it can.
//
// Client access and agent status belong to people with an extension (D-012, D-047). A permission that does not open the web
// site by itself waits for somebody who may sign in there (D-020, D-038, D-039).
func Unready(s *pbx.Snapshot, user pbx.UserID, role pbx.RoleID, at time.Time) i18n.Text {
	u := s.Users[user]
	r, ok := RoleOf(s, role)
	if u == nil || !ok || r.Class != ClassLevel {
		return i18n.Text{}
	}
	var held set
	for x := Right(1); x < rightCount; x++ {
		if r.Cell(x) != pbx.ScopeNone {
			held.add(x)
		}
	}
	if u.Extension == "" && !held.and(ofClients).isEmpty() {
		return i18n.T("level.portal_only", "name", u.Name)
	}
	if held.has(WebsiteAccess) || !impliers[WebsiteAccess].and(held).isEmpty() {
		return i18n.Text{}
	}
	if !Decide(s, Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: user}, Right: WebsiteAccess, Target: Site(), At: at}).OK {
		return i18n.T("level.needs_website", "name", u.Name)
	}
	return i18n.Text{}
}

// LevelKind says in which column of the third vocabulary a level or permission stands.
type LevelKind string

// The columns.
const (
	LevelSupervisor LevelKind = "supervisor" // one at most makes sense: each holds the one before (D-022…D-025)
	LevelAccess     LevelKind = "access"     // what a person works with (D-009…D-014, D-046…D-048)
	LevelPermission LevelKind = "permission" // D-027…D-037
)

// LevelKindOf is the column of a role; empty for one that is no level.
func LevelKindOf(role pbx.RoleID) LevelKind {
	b := builtinOf(role)
	if b == nil || b.class != ClassLevel {
		return ""
	}
	switch role {
	case "reports", "analytics", "live_analytics", "contact_centre":
		return LevelSupervisor
	case "uc_client", "softphone", "crm_addon", "agent_addon":
		return LevelAccess
	}
	return LevelPermission
}

// IsBillable reports whether a role carries something that raises the cost of the system (D-043).
func (r Role) IsBillable() bool {
	b := builtinOf(r.ID)
	return b != nil && b.billed || Billed(r.Custom)
}
