package api

import (
	"net/http"

	"tandem/pbx"
)

// settleTries bounds how often a reading is made anew while the configuration keeps changing.
const settleTries = 8

// settle makes a reading, and makes it again when the configuration it was decided on is no longer the one in force once its
// rows are in hand. So a request that began before somebody lost a right never shows him what came to be after that (AZ-20,
// the "new enemy"): rows are older than the configuration that judged them, or they are not told.
func settle[T any](s *Server, v *visit, r Route, read func() (T, error)) (T, error) {
	for range settleTries {
		out, err := read()
		if r.Method != http.MethodGet || r.Access.Open != "" {
			return out, err
		}
		if now, _ := s.c.Directory.View(); now.Version == v.s.Version {
			return out, err
		}
		if err := s.again(v, r); err != nil {
			var none T
			return none, err
		}
	}
	var none T
	return none, pbx.Refuse(pbx.Unavailable, "", "error.moving")
}

// again asks who is there and whether he may, on the configuration of now.
func (s *Server) again(v *visit, r Route) error {
	v.at, v.logins = s.c.Now().UTC(), nil
	v.s, v.live = s.c.Directory.View()
	if err := s.identify(v, r); err != nil {
		return err
	}
	return v.admit(r, v.r.PathValue)
}
