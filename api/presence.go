package api

import (
	"context"
	"time"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
)

// UserStatus is what a person says about being reachable (X-048… …X-078).
type UserStatus struct {
	Kind    pbx.Status `json:"kind" enum:"available,away,dnd,available2,away2"`
	Name    string     `json:"name,omitempty" doc:"of a status that the person named"`
	Message string     `json:"message,omitempty" doc:"what the person wants colleagues to read"`
	Until   time.Time  `json:"until,omitzero" doc:"when it ends by itself, as far as is known"`
	Busy    bool       `json:"busy,omitempty" doc:"the calendar of the person says so"`
	Manual  bool       `json:"manual" doc:"chosen by hand; otherwise it follows the hours"`
	Hours   pbx.State  `json:"hours,omitempty" enum:"open,break,closed" doc:"what the hours of the person say; absent where none are kept"`
	Rings   bool       `json:"rings" doc:"phones ring in this status"`
}

// status is the status of a person at the moment of the visit.
func (v *visit) status(u pbx.UserID) UserStatus {
	stand := v.s.StatusOf(u, v.at)
	p := v.s.ProfileOf(u, stand.Status)
	return UserStatus{Kind: stand.Status, Name: p.Name, Message: p.Message, Until: stand.Until, Manual: stand.Manual, Busy: stand.Busy, Hours: stand.Hours,
		Rings: stand.Status.Rings()}
}

type setStatus struct {
	User string `path:"user"`
	Dry  bool   `query:"dry" doc:"only say what it would be"`
	Body struct {
		Status string    `json:"status" enum:"available,away,dnd,available2,away2,auto" doc:"auto lets it follow the hours again"`
		Until  time.Time `json:"until,omitzero" doc:"absent: until the hours of the person change next"`
	}
}

// putStatus chooses a person's status.
func (s *Server) putStatus(ctx context.Context, v *visit, in *setStatus) (UserStatus, error) {
	c := command.SetStatus{User: pbx.UserID(in.User), Status: pbx.Status(in.Body.Status), Until: in.Body.Until}
	if in.Body.Status == "auto" {
		c.Status = ""
	}
	if err := s.doOrTry(ctx, v, c, in.Dry); err != nil {
		return UserStatus{}, err
	}
	return v.status(pbx.UserID(in.User)), nil
}

// doOrTry carries a command out, or with dry only looks at what would follow; the visit sees the configuration afterwards
// either way.
func (s *Server) doOrTry(ctx context.Context, v *visit, c command.Command, dry bool) error {
	_, err := s.made(ctx, v, c, dry)
	return err
}

// made is doOrTry for what makes something, and names it.
func (s *Server) made(ctx context.Context, v *visit, c command.Command, dry bool) (pbx.Ref, error) {
	do := s.do
	if dry {
		do = func(ctx context.Context, v *visit, c command.Command) (command.Result, error) {
			return s.c.Desk.Try(ctx, v.who, c)
		}
	}
	r, err := do(ctx, v, c)
	if err == nil && r.Snapshot != nil {
		v.s = r.Snapshot
	}
	return r.Object, err
}

// mayKnowStatus reports whether the visitor sees a person's status.
func (v *visit) mayKnowStatus(u pbx.UserID) bool {
	return u == v.who.User || v.can(policy.PresenceSee, policy.User(u))
}
