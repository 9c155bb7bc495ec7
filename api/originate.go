package api

import (
	"context"
	"strings"

	"tandem/pbx"
	"tandem/switchboard"
)

type originateIn struct {
	User string `path:"user" doc:"whose phones ring, and in whose name the call is"`
	Body struct {
		To     string `json:"to" minLength:"1" maxLength:"64" doc:"as that person would dial it: an extension, a short number, a number outside"`
		Device string `json:"device,omitempty" maxLength:"64" doc:"which of the phones rings; absent: all that are connected"`
		Answer bool   `json:"answer,omitempty" doc:"the phone picks up by itself; only for the asker's own"`
	}
}

// originate rings the phones of a person, and calls a number for him as soon as he has picked up (D-049). He pays for what leads outside, and may call
// there what he could dial.
func (s *Server) originate(_ context.Context, v *visit, in *originateIn) (Invited, error) {
	user := pbx.UserID(in.User)
	if v.s.Users[user] == nil {
		return Invited{}, missing()
	}
	id, err := s.c.Calls.Originate(switchboard.Originate{Who: v.who, For: user, Device: pbx.DeviceID(in.Body.Device), To: strings.TrimSpace(in.Body.To), Answer: in.Body.Answer})
	return Invited{id}, err
}
