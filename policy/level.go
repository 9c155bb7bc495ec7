package policy

import (
	"time"

	"tandem/i18n"
	"tandem/pbx"
)

// Unready says why a level or permission cannot be given to a person yet, whoever gives it; an empty text when it can.
//
// Client access and agent status belong to people with an extension (D-012, D-047). A permission that does not open the web
// site by itself waits for somebody who may sign in there (D-020, D-038, D-039).
func Unready(s *pbx.Snapshot, user pbx.UserID, role pbx.RoleID, at time.Time) i18n.Text {
	u, b := s.Users[user], builtinOf(role)
	if u == nil || b == nil || b.class != ClassLevel {
		return i18n.Text{}
	}
	switch role {
	case "uc_client", "softphone", "crm_addon", "agent_addon":
		if u.Extension == "" {
			return i18n.T("level.portal_only", "name", u.Name)
		}
	}
	if b.held.has(WebsiteAccess) || !impliers[WebsiteAccess].and(b.held).isEmpty() {
		return i18n.Text{}
	}
	if !Decide(s, Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: user}, Right: WebsiteAccess, Target: Site(), At: at}).OK {
		return i18n.T("level.needs_website", "name", u.Name)
	}
	return i18n.Text{}
}
