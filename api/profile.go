package api

import (
	"context"

	"tandem/command"
)

type editProfile struct {
	Body struct {
		Name     *string `json:"name,omitempty"`
		Mobile   *string `json:"mobile,omitempty"`
		Language *string `json:"language,omitempty"`
		Zone     *string `json:"zone,omitempty"`
	}
}

// putProfile changes the visitor's own particulars.
func (s *Server) putProfile(ctx context.Context, v *visit, in *editProfile) (Me, error) {
	b := in.Body
	c := command.EditUser{User: v.who.User, Name: b.Name, Mobile: b.Mobile, Language: b.Language, Zone: b.Zone}
	if _, err := s.do(ctx, v, c); err != nil {
		return Me{}, err
	}
	return s.me(ctx, v)
}
