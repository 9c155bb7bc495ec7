package api

import (
	"time"

	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// Level is a supervisor level, an access type or a permission of a person (D-009…D-037).
type Level struct {
	Role      string             `json:"role" doc:"name of the role; essential is the access type that every phone user has"`
	Kind      string             `json:"kind" enum:"supervisor,access,permission,own" doc:"own: made here, as a copy of a level or from nothing"`
	Billable  bool               `json:"billable"`
	Held      []pbx.AssignmentID `json:"held" nullable:"false" doc:"assignments that give it"`
	Automatic bool               `json:"automatic,omitempty" doc:"given and taken by itself"`
	Implied   string             `json:"implied,omitempty" doc:"what brings it along, as a sentence"`
	Locked    string             `json:"locked,omitempty" doc:"why the visitor may not give it"`
	Scope     *Scope             `json:"scope,omitempty" doc:"the widest the visitor may give it at"`
	Except    []pbx.Ref          `json:"except,omitempty" nullable:"false" doc:"exclusions of the visitor that have to be carried over"`
	Until     time.Time          `json:"until,omitzero" doc:"the latest end the visitor may give"`
}

// showLevels shows the third vocabulary for a person.
func (s *Server) showLevels(v *visit, in *pbx.Snapshot, u *pbx.User, at time.Time) []Level {
	all := []Level{{Role: "essential", Kind: string(policy.LevelAccess), Automatic: true, Held: []pbx.AssignmentID{}, Locked: s.say(v, i18n.T("level.automatic"))}}
	if u.Extension == "" {
		all[0].Automatic, all[0].Locked = false, s.say(v, i18n.T("level.portal_only", "name", u.Name))
	}
	for _, r := range policy.AllRoles(in) {
		kind := string(policy.LevelKindOf(r.ID))
		switch {
		case r.Custom != nil && r.Class == policy.ClassLevel:
			kind = "own"
		case kind == "":
			continue
		}
		l := Level{Role: string(r.ID), Kind: kind, Billable: r.IsBillable(), Held: []pbx.AssignmentID{}}
		for _, a := range in.AssignmentsOf(u.ID) {
			if a.Role == r.ID && (a.Until.IsZero() || a.Until.After(at)) {
				l.Held = append(l.Held, a.ID)
			}
		}
		s.offer(v, u.ID, r.ID, &l)
		all = append(all, l)
	}
	for i := range all {
		if all[i].Role == "website_access" && len(all[i].Held) == 0 {
			all[i].Implied = s.opened(v, in, u.ID, at)
		}
	}
	return all
}

// opened says what lets a person into the web site without a permission of its own (D-039).
func (s *Server) opened(v *visit, in *pbx.Snapshot, u pbx.UserID, at time.Time) string {
	d := policy.Decide(in, policy.Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: u}, Right: policy.WebsiteAccess, Target: policy.Site(), At: at})
	if !d.OK {
		return ""
	}
	return s.showSource(v, in, policy.WebsiteAccess, d.Source()).Text
}

// offer finds out whether and how far the visitor may give a level: over everything, or as far as he holds something himself.
func (s *Server) offer(v *visit, u pbx.UserID, role pbx.RoleID, l *Level) {
	if why := policy.Unready(v.s, u, role, v.at); why.Key != "" {
		l.Locked = s.say(v, why)
		return
	}
	tries := []pbx.Assignment{{Scope: pbx.Scope{Kind: pbx.ScopeAll}}}
	for _, a := range v.s.AssignmentsOf(v.who.User) {
		if (pbx.Interval{From: a.From, Until: a.Until}).Contains(v.at) {
			tries = append(tries, *a)
		}
	}
	for i, mine := range tries {
		a := &pbx.Assignment{User: u, Role: role, Scope: mine.Scope, Except: mine.Except, Since: mine.Since, From: v.at, Until: mine.Until}
		why := s.lock(v, command.RoleRight(role), policy.Appoint(a))
		if why == "" {
			l.Locked, l.Scope, l.Except, l.Until = "", &Scope{a.Scope.Kind, string(a.Scope.Group), a.Scope.Refs}, a.Except, a.Until
			return
		}
		if i == 0 {
			l.Locked = why
		}
	}
}
