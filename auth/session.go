package auth

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// Cookie is the name of the session cookie.
const Cookie = "tandem_session"

// SignedIn is a new session with the cookie that opens it, which is never stored.
type SignedIn struct {
	Session store.Session
	Cookie  string
}

// SetCookie gives the browser its session.
func (s *Service) SetCookie(w http.ResponseWriter, r *http.Request, in SignedIn) {
	http.SetCookie(w, &http.Cookie{Name: Cookie, Value: in.Cookie, Path: "/", Expires: in.Session.Created.Add(SessionLife),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.IsSecure(r)})
}

// ClearCookie takes the browser's session away.
func (s *Service) ClearCookie(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: Cookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.IsSecure(r)})
}

// open plans a new session of a person.
func (v Visit) open(u pbx.UserID, at time.Time) SignedIn {
	value, hash := secret()
	return SignedIn{Cookie: value, Session: store.Session{ID: newID("ses", at), Hash: hash, User: u, Agent: v.Agent, Addr: v.Addr,
		Created: at, Seen: at, Expires: at.Add(SessionIdle)}}
}

// signedOut is the answer to everybody who has to sign in first.
func signedOut() error { return pbx.Refuse(pbx.Denied, "", "login.signed_out") }

// Who finds out who asks: the owner of an API token, or the person whose session cookie it is. The error of a request by
// nobody, with an ended session or token, or by somebody suspended is pbx.Denied with the key login.signed_out; a request
// that another site makes with the cookie is refused with login.foreign_origin (WB-04).
func (s *Service) Who(r *http.Request) (pbx.Actor, error) {
	if h := r.Header.Get("Authorization"); h != "" {
		return s.program(r, h)
	}
	c, err := r.Cookie(Cookie)
	if err != nil || c.Value == "" {
		return pbx.Actor{}, signedOut()
	}
	if err := SameOrigin(r); err != nil {
		return pbx.Actor{}, err
	}
	in, err := s.Session(r)
	if err != nil {
		return pbx.Actor{}, err
	}
	return pbx.Actor{Kind: pbx.ActorUser, User: in.User, Addr: s.Addr(r), Via: "web"}, nil
}

// program finds the token of an Authorization header.
func (s *Service) program(r *http.Request, header string) (pbx.Actor, error) {
	scheme, value, _ := strings.Cut(header, " ")
	value = strings.TrimSpace(value)
	if !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(value, "tdm_") {
		return pbx.Actor{}, signedOut()
	}
	config, at := s.c.View(), now()
	t := config.ByTokenHash(pbx.HashSecret(value))
	addr := s.Addr(r)
	if t == nil || !(pbx.Interval{From: t.From, Until: t.Until}).Contains(at) || active(config, t.User, at) == nil || !t.ServesFrom(addr) {
		return pbx.Actor{}, signedOut()
	}
	s.touch(r.Context(), t, store.TokenUse{At: at, Addr: addr})
	return pbx.Actor{Kind: pbx.ActorToken, User: t.User, Token: t.ID, Addr: addr, Via: "api"}, nil
}

// touch notes the use of a token, unless one from the same address was noted a moment ago.
func (s *Service) touch(ctx context.Context, t *pbx.Token, use store.TokenUse) {
	if !s.tokens.isStale(useOf{t.ID, use.Addr}, use.At) {
		return
	}
	if err := s.c.Store.TouchToken(ctx, t, use); err != nil {
		s.c.Log.Warn("the use of a token cannot be noted", "token", t.ID, "error", err)
	}
}

// uses is when tokens were used last from each address, as it was noted.
type uses struct {
	mu   sync.Mutex
	last map[useOf]time.Time
}

type useOf struct {
	token pbx.TokenID
	addr  string
}

// usesKept bounds what is remembered of uses; what is forgotten is noted once more.
const usesKept = 4096

// isStale reports whether a use is to be noted, and takes it for noted then. A program that comes from two addresses in turn is noted no oftener.
func (u *uses) isStale(of useOf, at time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if last, ok := u.last[of]; ok && at.Sub(last) < touched {
		return false
	}
	if len(u.last) >= usesKept {
		clear(u.last)
	}
	u.last[of] = at
	return true
}

var origins = http.NewCrossOriginProtection()

// SameOrigin refuses a request that changes something, or opens a web socket, and that a browser makes for another site.
// Programs send neither Sec-Fetch-Site nor Origin and pass: the danger lies in cookies that a browser adds by itself.
func SameOrigin(r *http.Request) error {
	if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		post := *r // a handshake is a GET, but opens a way in both directions
		post.Method = http.MethodPost
		r = &post
	}
	if origins.Check(r) != nil {
		return pbx.Refuse(pbx.Denied, "", "login.foreign_origin")
	}
	return nil
}

// touched is how stale the time of the last use may become: each touch is a write that waits for the disk.
const touched = 5 * time.Minute

// Session finds the session of a request's cookie, and prolongs it. Suspended and deleted people have none (WB-07).
func (s *Service) Session(r *http.Request) (store.Session, error) {
	c, err := r.Cookie(Cookie)
	if err != nil || c.Value == "" {
		return store.Session{}, signedOut()
	}
	at := now()
	in, err := s.c.Store.SessionByHash(r.Context(), pbx.HashSecret(c.Value), at)
	if isMissing(err) {
		return store.Session{}, signedOut()
	}
	if err != nil {
		return store.Session{}, err
	}
	if active(s.c.View(), in.User, at) == nil || !at.Before(in.Created.Add(SessionLife)) {
		return store.Session{}, signedOut()
	}
	if at.Sub(in.Seen) >= touched {
		in.Seen, in.Addr, in.Expires = at, s.Addr(r), earlier(at.Add(SessionIdle), in.Created.Add(SessionLife))
		if err := s.c.Store.TouchSession(r.Context(), in.ID, in.Addr, in.Seen, in.Expires); err != nil {
			s.c.Log.WarnContext(r.Context(), "note the use of a session", "error", err)
		}
	}
	return in, nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func isMissing(err error) bool {
	var e *pbx.Error
	return errors.As(err, &e) && e.Code == pbx.NotFound
}

// Sessions lists where a person is signed in, the one used last first.
func (s *Service) Sessions(ctx context.Context, u pbx.UserID) ([]store.Session, error) {
	return s.c.Store.SessionsOf(ctx, u, now())
}

// SignOut ends the session of a request's cookie; without one there is nothing to do.
func (s *Service) SignOut(r *http.Request) error {
	in, err := s.Session(r)
	if err != nil {
		return nil
	}
	return s.EndSession(r.Context(), s.Visit(r).person(in.User), in.User, in.ID)
}

// EndSession ends one session of a person; pbx.NotFound if there is none with the id.
func (s *Service) EndSession(ctx context.Context, who pbx.Actor, u pbx.UserID, id string) error {
	facts, err := s.c.Store.EndSession(ctx, u, id, s.about(event.LoginSessionsEnded, who, u, now()))
	s.tell(ctx, facts)
	return err
}

// SignOutEverywhere ends every session of a person but one (keep is its id; empty ends all).
func (s *Service) SignOutEverywhere(ctx context.Context, who pbx.Actor, u pbx.UserID, keep string) error {
	_, facts, err := s.c.Store.EndSessions(ctx, u, keep, s.about(event.LoginSessionsEnded, who, u, now()))
	s.tell(ctx, facts)
	return err
}

// Cut ends the sessions of people who were suspended or deleted between two configurations, so that they do not come back
// with the person. Requests were refused from the moment of the change, because each looks at the configuration.
func (s *Service) Cut(ctx context.Context, old, next *pbx.Snapshot) error {
	at := now()
	for id, before := range old.Users {
		after := next.Users[id]
		if after == before || after != nil && !after.IsSuspended(at) || after != nil && before.IsSuspended(at) {
			continue
		}
		if _, _, err := s.c.Store.EndSessions(ctx, id, ""); err != nil {
			return err
		}
	}
	return nil
}
