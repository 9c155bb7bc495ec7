package api

import (
	"context"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
)

// Role is a role with its rights, as forms show it.
type Role struct {
	ID         pbx.RoleID               `json:"id"`
	Name       string                   `json:"name" doc:"of a built-in role the key of the name, of a custom one the name"`
	Custom     bool                     `json:"custom"`
	Class      string                   `json:"class" enum:"group,office,level" doc:"given inside a group, by System Owners over the office, or over a scope"`
	Base       pbx.RoleID               `json:"base,omitempty" doc:"what it was copied from"`
	Office     bool                     `json:"office" doc:"given office-wide, not inside a group"`
	Billed     bool                     `json:"billed" doc:"something in it costs"`
	Rights     map[string]pbx.ScopeKind `json:"rights" doc:"scope by name of the right"`
	Assignable bool                     `json:"assignable" doc:"the visitor may give it to somebody"`
	People     int                      `json:"people" doc:"who has it or is to get it, as far as the visitor may see roles; in lists only for custom roles"`
	Revision   string                   `json:"revision,omitempty"`
	Can        RoleCan                  `json:"can"`
}

// RoleCan draws the buttons.
type RoleCan struct {
	Copy bool   `json:"copy"`
	Edit bool   `json:"edit"`
	Why  string `json:"why,omitempty" doc:"why it cannot be edited"`
}

// RoleHolder is somebody who has a role or is to get it.
type RoleHolder struct {
	User  pbx.UserID `json:"user"`
	Name  string     `json:"name"`
	Photo string     `json:"photo,omitempty"`
}

// RoleDetail is one role with who has it.
type RoleDetail struct {
	Role
	Holders []RoleHolder `json:"holders" nullable:"false" doc:"class standing; at most a hundred"`
}

// listRoles shows every role: what a role means is no secret, who holds it is.
func (s *Server) listRoles(_ context.Context, v *visit, _ *struct{}) (Page[Role], error) {
	var page Page[Role]
	given := s.assignable(v)
	for _, r := range policy.AllRoles(v.s) {
		out := s.showRole(v, r)
		out.Assignable = given[r.ID]
		page.Items = append(page.Items, out)
	}
	page.Total = len(page.Items)
	return page, nil
}

var classNames = map[policy.Class]string{policy.ClassGroup: "group", policy.ClassOffice: "office", policy.ClassLevel: "level"}

func (s *Server) showRole(v *visit, r policy.Role) Role {
	out := Role{ID: r.ID, Name: "role." + string(r.ID), Class: classNames[r.Class], Office: r.Class != policy.ClassGroup,
		Rights: map[string]pbx.ScopeKind{}, Can: RoleCan{Copy: v.can(policy.RoleEdit, policy.System())}}
	for _, right := range policy.AllRights() {
		if c := r.Cell(right); c != pbx.ScopeNone {
			out.Rights[right.String()] = c
			out.Billed = out.Billed || right.IsBillable()
		}
	}
	if r.Custom == nil {
		return out
	}
	out.Name, out.Custom, out.Base, out.Revision = r.Custom.Name, true, r.Custom.Base, command.Revision(r.Custom)
	out.People = len(s.holdersOf(v, r.ID))
	bare := *r.Custom
	bare.Cells = nil // who may take everything out of it may edit it
	if out.Can.Copy {
		out.Can.Why = s.lock(v, policy.RoleEdit, policy.Shape(r.Custom, &bare))
		out.Can.Edit = out.Can.Why == ""
	}
	return out
}

// holdersOf lists who has a role or is to get it, as far as the visitor may see roles.
func (s *Server) holdersOf(v *visit, id pbx.RoleID) (all []*pbx.User) {
	for _, u := range command.RoleHolders(v.s, id, v.at) {
		if policy.Fields(v.s, v.who, u, v.at).Has(policy.FieldStanding) {
			all = append(all, v.s.Users[u])
		}
	}
	return all
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
	for _, r := range policy.AllRoles(v.s) {
		if r.Class == policy.ClassGroup || stranger == nil {
			continue
		}
		a := &pbx.Assignment{User: someone, Role: r.ID, Scope: pbx.Scope{Kind: pbx.ScopeAll}, From: v.at}
		given[r.ID] = policy.Decide(stranger, policy.Request{Actor: v.who, Right: command.RoleRight(r.ID), Target: policy.Appoint(a), At: v.at}).OK
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

type roleIn struct {
	Role string `path:"role"`
}

func (s *Server) getRole(_ context.Context, v *visit, in *roleIn) (RoleDetail, error) {
	r, ok := policy.RoleOf(v.s, pbx.RoleID(in.Role))
	if !ok {
		return RoleDetail{}, missing()
	}
	out := RoleDetail{Role: s.showRole(v, r), Holders: []RoleHolder{}}
	out.Assignable = s.assignable(v)[r.ID]
	holders := s.holdersOf(v, r.ID)
	out.People = len(holders)
	for _, u := range holders {
		if len(out.Holders) == 100 {
			break
		}
		out.Holders = append(out.Holders, RoleHolder{u.ID, u.Name, photoOf(u)})
	}
	return out, nil
}

type newRole struct {
	Body struct {
		Name   string                   `json:"name"`
		Class  string                   `json:"class,omitempty" enum:"group,level" doc:"absent follows base"`
		Base   string                   `json:"base,omitempty" doc:"a role to copy"`
		Rights map[string]pbx.ScopeKind `json:"rights,omitempty" doc:"scope by name of the right; absent copies those of base"`
	}
}

func (s *Server) createRole(ctx context.Context, v *visit, in *newRole) (RoleDetail, error) {
	b := in.Body
	r, err := s.do(ctx, v, command.CreateRole{Name: b.Name, Class: pbx.RoleClass(b.Class), Base: pbx.RoleID(b.Base), Cells: b.Rights})
	if err != nil {
		return RoleDetail{}, err
	}
	return s.getRole(ctx, v, &roleIn{r.Object.ID})
}

type editRole struct {
	Role  string `path:"role"`
	Match string `header:"If-Match" doc:"revision that was shown"`
	Body  struct {
		Name     *string                  `json:"name,omitempty"`
		Rights   map[string]pbx.ScopeKind `json:"rights,omitempty" doc:"what changes: scope by name of the right; an empty one takes it out"`
		Revision string                   `json:"revision,omitempty"`
	}
}

func (s *Server) patchRole(ctx context.Context, v *visit, in *editRole) (RoleDetail, error) {
	c := command.EditRole{Role: pbx.RoleID(in.Role), Name: in.Body.Name, Cells: in.Body.Rights}
	if _, err := s.do(ctx, v, matching(pbx.KindRole, in.Role, in.Match, in.Body.Revision, c)); err != nil {
		return RoleDetail{}, err
	}
	return s.getRole(ctx, v, &roleIn{in.Role})
}

func (s *Server) deleteRole(ctx context.Context, v *visit, in *roleIn) error {
	_, err := s.do(ctx, v, command.DeleteRole{Role: pbx.RoleID(in.Role)})
	return err
}
