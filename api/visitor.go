package api

import (
	"context"

	"tandem/pbx"
)

// Visitor is what a visitor of a Talk link wrote before his call; nobody has checked it (X-047, PL-10).
type Visitor struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	Words string `json:"words,omitempty" doc:"what it is about"`
}

// visitors reads what those wrote who called by Talk links, as far as it is kept. Who may not see numbers outside in full is shown none of it.
func (s *Server) visitors(ctx context.Context, parties ...Party) (map[pbx.VisitID]*Visitor, error) {
	var ids []pbx.VisitID
	for _, p := range parties {
		if p.visit != "" {
			ids = append(ids, p.visit)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := s.c.Store.Visits(ctx, ids...)
	out := map[pbx.VisitID]*Visitor{}
	for id, v := range found {
		out[id] = &Visitor{v.Name, v.Email, v.Words}
	}
	return out, err
}
