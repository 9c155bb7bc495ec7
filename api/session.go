package api

import (
	"context"
	"time"

	"tandem/auth"
	"tandem/pbx"
	"tandem/policy"
	"tandem/store"
)

// Me is who is signed in and what he may do; menus are drawn after it.
type Me struct {
	User    User                     `json:"user"`
	Rights  map[string]pbx.ScopeKind `json:"rights" doc:"widest scope by name of the right"`
	Groups  []UserGroup              `json:"groups" nullable:"false"`
	Agent   bool                     `json:"agent" doc:"serves a queue"`
	Rooms   bool                     `json:"rooms" doc:"there are guest rooms to check guests in and out"`
	Office  Office                   `json:"office"`
	SIP     Phone                    `json:"sip"`
	Version string                   `json:"version"`
	Expires time.Time                `json:"sessionExpires,omitzero"`
}

// Office is what everybody may know of the office.
type Office struct {
	Name     string `json:"name"`
	Country  string `json:"country"`
	Zone     string `json:"zone"`
	Language string `json:"language"`
	Public   string `json:"public"`
	Digits   int    `json:"digits"`
}

// Phone is where phones connect.
type Phone struct {
	Server string `json:"server"`
	Domain string `json:"domain"`
	Realm  string `json:"realm"`
	UDP    int    `json:"udp"`
	TCP    int    `json:"tcp"`
	TLS    int    `json:"tls"`
	WS     string `json:"ws"`
}

// me is the answer to every sign-in.
func (s *Server) me(ctx context.Context, v *visit) (Me, error) {
	u := v.s.Users[v.who.User]
	if u == nil {
		return Me{}, missing()
	}
	shown, err := s.showUsers(ctx, v, u)
	if err != nil {
		return Me{}, err
	}
	t, sip := v.s.Tenant, s.c.SIP()
	return Me{User: shown[0], Agent: len(v.s.QueuesOf(v.who.User)) > 0, Rooms: v.hasRooms(), Rights: policy.Can(v.s, v.who, v.at), Groups: shown[0].Groups,
		Office:  Office{t.Name, t.Country, t.Zone, t.Language, t.Public, t.Digits},
		SIP:     Phone{Server: s.host(v), Domain: s.host(v), Realm: pbx.Realm, UDP: sip.UDP, TCP: sip.TCP, TLS: sip.TLS, WS: sip.WS},
		Version: s.c.Version, Expires: v.expires}, nil
}

type signIn struct {
	Body struct {
		Email    string `json:"email" maxLength:"1000"`
		Password string `json:"password" maxLength:"4000"`
	}
}

func (s *Server) postSession(ctx context.Context, v *visit, in *signIn) (Me, error) {
	opened, err := s.c.Auth.SignIn(ctx, in.Body.Email, in.Body.Password, s.caller(v))
	if err != nil {
		return Me{}, err
	}
	return s.welcome(ctx, v, opened)
}

// caller is where the request comes from, for the log.
func (s *Server) caller(v *visit) auth.Visit {
	c := s.c.Auth.Visit(v.r)
	c.Request = v.id
	return c
}

// welcome gives the browser its cookie and tells who is signed in now.
func (s *Server) welcome(ctx context.Context, v *visit, opened auth.SignedIn) (Me, error) {
	s.c.Auth.SetCookie(v.w, v.r, opened)
	v.s, v.live = s.c.Directory.View()
	v.who = pbx.Actor{Kind: pbx.ActorUser, User: opened.Session.User, Addr: s.c.Auth.Addr(v.r), Via: "web", Request: v.id}
	v.expires = opened.Session.Expires
	v.lang = v.language()
	return s.me(ctx, v)
}

func (s *Server) getSession(ctx context.Context, v *visit, _ *struct{}) (Me, error) {
	if v.who.Kind == pbx.ActorUser {
		if in, err := s.c.Auth.Session(v.r); err == nil {
			v.expires = in.Expires
		}
	}
	return s.me(ctx, v)
}

func (s *Server) deleteSession(_ context.Context, v *visit, _ *struct{}) error {
	s.c.Auth.ClearCookie(v.w, v.r)
	return s.c.Auth.SignOut(v.r)
}

type forgot struct {
	Body struct {
		Email string `json:"email" maxLength:"1000"`
	}
}

// postForgot answers the same for every address.
func (s *Server) postForgot(ctx context.Context, v *visit, in *forgot) error {
	s.c.Auth.Forgot(ctx, in.Body.Email, s.caller(v), func(l store.Link, secret string) (store.Mail, error) {
		return s.c.Compose(pbx.Actor{Kind: pbx.ActorSystem, Via: "web"}, l.User)(l, secret)
	})
	return nil
}

// Link is whom a link from a mail is for.
type Link struct {
	Kind  string `json:"kind" enum:"invitation,reset"`
	Name  string `json:"name"`
	Email string `json:"email"`
}

type linkIn struct {
	Token string `path:"token"`
}

func (s *Server) getLink(ctx context.Context, _ *visit, in *linkIn) (Link, error) {
	o, err := s.c.Auth.Open(ctx, in.Token)
	if err != nil {
		return Link{}, err
	}
	return Link{string(o.Kind), o.User.Name, o.User.Email}, nil
}

type choosePassword struct {
	Token string `path:"token"`
	Body  struct {
		Password string `json:"password" maxLength:"4000"`
	}
}

func (s *Server) postLink(ctx context.Context, v *visit, in *choosePassword) (Me, error) {
	opened, err := s.c.Auth.Redeem(ctx, in.Token, in.Body.Password, s.caller(v))
	if err != nil {
		return Me{}, err
	}
	return s.welcome(ctx, v, opened)
}

// byPerson refuses programs and phones where a person has to act.
func byPerson(v *visit) error {
	if v.who.Kind != pbx.ActorUser {
		return pbx.Refuse(pbx.Denied, "", "denied.token")
	}
	return nil
}

type changePassword struct {
	Body struct {
		Old string `json:"old" maxLength:"4000"`
		New string `json:"new" maxLength:"4000"`
	}
}

// putPassword changes one's own password; every other session ends.
func (s *Server) putPassword(ctx context.Context, v *visit, in *changePassword) error {
	if err := byPerson(v); err != nil {
		return err
	}
	now, err := s.c.Auth.Session(v.r)
	if err != nil {
		return err
	}
	err = s.c.Auth.SetPassword(ctx, v.who.User, in.Body.Old, in.Body.New, now.ID, s.caller(v))
	if e, ok := asRefusal(err); ok && e.Field == "password" {
		moved := *e
		moved.Field = "new"
		return &moved
	}
	return err
}

// Session is one signed-in browser.
type Session struct {
	ID      string    `json:"id"`
	Agent   string    `json:"agent"`
	Addr    string    `json:"addr"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
	Current bool      `json:"current"`
}

func (s *Server) listSessions(ctx context.Context, v *visit, _ *struct{}) (Page[Session], error) {
	if err := byPerson(v); err != nil {
		return Page[Session]{}, err
	}
	now, err := s.c.Auth.Session(v.r)
	if err != nil {
		return Page[Session]{}, err
	}
	all, err := s.c.Auth.Sessions(ctx, v.who.User)
	if err != nil {
		return Page[Session]{}, err
	}
	page := Page[Session]{Items: []Session{}, Total: len(all)}
	for _, one := range all {
		page.Items = append(page.Items, Session{one.ID, one.Agent, one.Addr, one.Created, one.Seen, one.ID == now.ID})
	}
	return page, nil
}

func (s *Server) deleteSessions(ctx context.Context, v *visit, _ *struct{}) error {
	if err := byPerson(v); err != nil {
		return err
	}
	now, err := s.c.Auth.Session(v.r)
	if err != nil {
		return err
	}
	return s.c.Auth.SignOutEverywhere(ctx, v.who, v.who.User, now.ID)
}

type sessionIn struct {
	Session string `path:"session"`
}

func (s *Server) deleteOneSession(ctx context.Context, v *visit, in *sessionIn) error {
	if err := byPerson(v); err != nil {
		return err
	}
	return hideMissing(s.c.Auth.EndSession(ctx, v.who, v.who.User, in.Session))
}

// inviteUser sends a person access: an invitation, or a link to choose another password. The link goes to the person and
// is never shown to the one who asks (rights invariant I-15).
func (s *Server) inviteUser(ctx context.Context, v *visit, in *userIn) error {
	return hideMissing(s.invite(ctx, v, pbx.UserID(in.User)))
}

func (s *Server) invite(ctx context.Context, v *visit, u pbx.UserID) error {
	return s.c.Auth.Send(ctx, v.who, u, false, s.c.Compose(v.who, u))
}

func (s *Server) deleteUserSessions(ctx context.Context, v *visit, in *userIn) error {
	u := pbx.UserID(in.User)
	keep := ""
	if u == v.who.User && v.who.Kind == pbx.ActorUser {
		if now, err := s.c.Auth.Session(v.r); err == nil {
			keep = now.ID
		}
	}
	return s.c.Auth.SignOutEverywhere(ctx, v.who, u, keep)
}
