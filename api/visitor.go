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

// tellVisitors adds to calls what those wrote who called by Talk links, as far as it is kept. Who may not see numbers outside in full is shown none of it: to him a call
// names no visit. of says by which visit a call came, and where what was written stands.
func tellVisitors[C any](ctx context.Context, s *Server, list []C, of func(*C) (pbx.VisitID, **Visitor)) error {
	var ids []pbx.VisitID
	for i := range list {
		if id, _ := of(&list[i]); id != "" {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := s.c.Store.Visits(ctx, ids...)
	for i := range list {
		id, at := of(&list[i])
		if v, ok := found[id]; ok {
			*at = &Visitor{v.Name, v.Email, v.Words}
		}
	}
	return err
}
