package api

import (
	"context"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
)

type officeRoleIn struct {
	User string `path:"user"`
	Role string `path:"role"`
}

// putOfficeRole gives a role over the whole office; who may is decided by the table of package policy.
func (s *Server) putOfficeRole(ctx context.Context, v *visit, in *officeRoleIn) (User, error) {
	if _, err := s.do(ctx, v, command.SetOfficeRole{User: pbx.UserID(in.User), Role: pbx.RoleID(in.Role)}); err != nil {
		return User{}, err
	}
	return s.getUser(ctx, v, &userIn{in.User})
}

func (s *Server) deleteOfficeRole(ctx context.Context, v *visit, in *officeRoleIn) error {
	_, err := s.do(ctx, v, command.SetOfficeRole{User: pbx.UserID(in.User), Role: pbx.RoleID(in.Role), Take: true})
	return err
}

// Assignment is an office-wide role, a level or a permission given to a person over a scope.
type Assignment struct {
	ID   pbx.AssignmentID `json:"id"`
	User pbx.UserID       `json:"user"`
	Role pbx.RoleID       `json:"role"`
	Given
}

func (s *Server) showAssignment(v *visit, a *pbx.Assignment) Assignment {
	out := Assignment{ID: a.ID, User: a.User, Role: a.Role, Given: s.showGiven(v, a.Scope, a.Except, a.Since, a.From, a.Until, a.Reason)}
	out.Locked = s.lock(v, command.RoleRight(a.Role), policy.Dismiss(a))
	return out
}

type newAssignment struct {
	User string `path:"user"`
	Body struct {
		Role    string `json:"role"`
		Instead string `json:"instead,omitempty" doc:"id of an assignment that ends in the same change"`
		Bounds
	}
}

func (s *Server) createAssignment(ctx context.Context, v *visit, in *newAssignment) (Assignment, error) {
	b := in.Body
	r, err := s.do(ctx, v, command.Assign{User: pbx.UserID(in.User), Role: pbx.RoleID(b.Role), Instead: pbx.AssignmentID(b.Instead), Bounds: b.read()})
	if err != nil {
		return Assignment{}, err
	}
	return s.showAssignment(v, v.s.Assignments[pbx.AssignmentID(r.Object.ID)]), nil
}

type assignmentIn struct {
	Assignment string `path:"assignment"`
}

type editAssignment struct {
	Assignment string `path:"assignment"`
	Body       newEnd
}

func (s *Server) patchAssignment(ctx context.Context, v *visit, in *editAssignment) (Assignment, error) {
	until, err := in.Body.until()
	if err != nil {
		return Assignment{}, err
	}
	r, err := s.do(ctx, v, command.ChangeAssignment{Assignment: pbx.AssignmentID(in.Assignment), Until: until, Reason: in.Body.Reason})
	if err != nil {
		return Assignment{}, err
	}
	return s.showAssignment(v, v.s.Assignments[pbx.AssignmentID(r.Object.ID)]), nil
}

func (s *Server) deleteAssignment(ctx context.Context, v *visit, in *assignmentIn) error {
	_, err := s.do(ctx, v, command.EndAssignment{Assignment: pbx.AssignmentID(in.Assignment)})
	return err
}
