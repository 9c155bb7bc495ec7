package api

import (
	"context"

	"tandem/pbx"
	"tandem/policy"
)

// Role is a role with its rights, as forms show it.
type Role struct {
	ID         pbx.RoleID               `json:"id"`
	Name       string                   `json:"name" doc:"key of the name"`
	Office     bool                     `json:"office" doc:"given office-wide, not inside a group"`
	Rights     map[string]pbx.ScopeKind `json:"rights" doc:"scope by name of the right"`
	Assignable bool                     `json:"assignable" doc:"the visitor may give it to somebody"`
}

// listRoles shows every built-in role: what a role means is no secret, who holds it is.
func (s *Server) listRoles(_ context.Context, v *visit, _ *struct{}) (Page[Role], error) {
	var page Page[Role]
	given := s.assignable(v)
	for _, r := range policy.Roles() {
		out := Role{ID: r.ID, Name: "role." + string(r.ID), Office: r.Class != policy.ClassGroup, Rights: map[string]pbx.ScopeKind{}, Assignable: given[r.ID]}
		for _, right := range policy.AllRights() {
			if c := r.Cell(right); c != pbx.ScopeNone {
				out.Rights[right.String()] = c
			}
		}
		page.Items = append(page.Items, out)
	}
	page.Total = len(page.Items)
	return page, nil
}

// assignable collects the roles that the visitor may give in some group, or to some person of the office.
func (s *Server) assignable(v *visit) map[pbx.RoleID]bool {
	given := map[pbx.RoleID]bool{}
	for g := range v.s.Groups {
		for _, r := range policy.Assignable(v.s, v.who, g, v.at) {
			given[r] = true
		}
	}
	stranger, someone := s.withStranger(v)
	for _, r := range policy.Roles() {
		if r.Class == policy.ClassGroup || stranger == nil {
			continue
		}
		right := policy.GrantEdit
		if r.Class == policy.ClassOffice {
			right = policy.RoleSystem
		}
		a := &pbx.Assignment{User: someone, Role: r.ID, Scope: pbx.Scope{Kind: pbx.ScopeAll}, From: v.at}
		given[r.ID] = policy.Decide(stranger, policy.Request{Actor: v.who, Right: right, Target: policy.Appoint(a), At: v.at}).OK
	}
	return given
}

// withStranger is the office with one more person in Default, over whom to ask what may be given: nobody gives himself
// anything, and in a new office there is nobody else.
func (s *Server) withStranger(v *visit) (*pbx.Snapshot, pbx.UserID) {
	const id = "usr_stranger"
	next, err := v.s.Apply(pbx.Change{Put: []pbx.Noun{
		&pbx.User{ID: id, Name: "Stranger", Email: "stranger@tandem.invalid", Created: v.at},
		&pbx.Membership{ID: "mem_stranger", User: id, Group: v.s.DefaultGroup(), Role: "user", From: v.at, Main: true},
	}})
	if err != nil {
		return nil, ""
	}
	return next, id
}
