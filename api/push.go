package api

import (
	"context"

	"tandem/pbx"
	"tandem/store"
)

// Push is what this door asks of who pushes to browsers.
type Push interface {
	Key() string
	Subscribe(ctx context.Context, p store.Push) error
	Unsubscribe(ctx context.Context, u pbx.UserID, session string) error
	Try(ctx context.Context, u pbx.UserID, session string) error
	// Decline refuses a call that was pushed to somebody's browsers, and reports whether it still rings there.
	Decline(u pbx.UserID, id pbx.CallID) bool
}

// PushState is what a browser has to know to subscribe, and whether the server knows it.
type PushState struct {
	Key      string `json:"key" doc:"public key of this server (RFC 8292), base64url"`
	On       bool   `json:"on" doc:"this browser is told"`
	Calls    bool   `json:"calls" doc:"of calls, too"`
	Endpoint string `json:"endpoint,omitempty" doc:"where this browser is reached, as it said"`
}

func (s *Server) getPush(ctx context.Context, v *visit, _ *struct{}) (PushState, error) {
	out := PushState{Key: s.c.Push.Key()}
	in, err := s.c.Auth.Session(v.r)
	if err != nil {
		return out, nil // a token has no browser
	}
	list, err := s.c.Store.PushesOf(ctx, v.who.User, v.at)
	for _, p := range list {
		if p.Session == in.ID {
			out.On, out.Calls, out.Endpoint = true, p.Calls, p.Endpoint
		}
	}
	return out, err
}

type pushIn struct {
	Body struct {
		Endpoint string `json:"endpoint" maxLength:"2000"`
		Keys     struct {
			P256dh string `json:"p256dh" maxLength:"200"`
			Auth   string `json:"auth" maxLength:"100"`
		} `json:"keys"`
		Calls bool `json:"calls,omitempty" doc:"this browser is a phone: calls are pushed to it, too"`
	}
}

// putPush subscribes the browser behind a session; it is told until the session ends.
func (s *Server) putPush(ctx context.Context, v *visit, in *pushIn) (PushState, error) {
	session, err := s.c.Auth.Session(v.r)
	if err != nil {
		return PushState{}, pbx.Refuse(pbx.Invalid, "", "push.no_session")
	}
	p := store.Push{Session: session.ID, User: v.who.User, Endpoint: in.Body.Endpoint, P256dh: in.Body.Keys.P256dh, Auth: in.Body.Keys.Auth, Calls: in.Body.Calls, Created: v.at}
	if err := s.c.Push.Subscribe(ctx, p); err != nil {
		return PushState{}, err
	}
	return s.getPush(ctx, v, nil)
}

func (s *Server) deletePush(ctx context.Context, v *visit, _ *struct{}) error {
	session, err := s.c.Auth.Session(v.r)
	if err != nil {
		return pbx.Refuse(pbx.Invalid, "", "push.no_session")
	}
	return s.c.Push.Unsubscribe(ctx, v.who.User, session.ID)
}

func (s *Server) tryPush(ctx context.Context, v *visit, _ *struct{}) error {
	session, err := s.c.Auth.Session(v.r)
	if err != nil {
		return pbx.Refuse(pbx.Invalid, "", "push.no_session")
	}
	return s.c.Push.Try(ctx, v.who.User, session.ID)
}

// declinePushed refuses a call from its notification: it rings at none of the person's phones any more, as when one of them declines it. Nothing but the
// session is asked for, because it is the session that was told of the call.
func (s *Server) declinePushed(_ context.Context, v *visit, in *callIn) error {
	if _, err := s.c.Auth.Session(v.r); err != nil {
		return pbx.Refuse(pbx.Invalid, "", "push.no_session")
	}
	if !s.c.Push.Decline(v.who.User, pbx.CallID(in.Call)) {
		return pbx.Refuse(pbx.NotFound, "", "call.not_found")
	}
	return nil
}
