package api

import (
	"context"

	"tandem/command"
	"tandem/pbx"
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
