package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"tandem/event"
	"tandem/pbx"
)

// journeyCookie remembers in the browser, until it comes back from its provider, what the journey began with.
const journeyCookie = "tandem_sso"

// JourneyLife is how long somebody may take to sign in at his provider.
const JourneyLife = 10 * time.Minute

// journey is one way to a provider and back (OpenID Connect Core §3.1, with PKCE, RFC 7636). State ties the answer to this
// browser, the nonce ties the token to this journey, the verifier ties the code to it.
type journey struct {
	Provider string `json:"p"`
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
	To       string `json:"t"` // page to go on to
}

// providers keeps what providers say of themselves, so that not every sign-in asks for it.
type providers struct {
	mu    sync.Mutex
	known map[string]*oidc.Provider // by issuer
}

// outside speaks with providers. It takes little: a provider is another party's machine.
var outside = &http.Client{Timeout: 10 * time.Second, Transport: bounded{http.DefaultTransport}}

// bounded cuts answers off that no provider has a reason to give.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	a, err := b.next.RoundTrip(r)
	if err == nil {
		a.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(a.Body, 1<<20), a.Body}
	}
	return a, err
}

// discover finds out how to speak with a provider.
func (s *Service) discover(ctx context.Context, issuer string) (*oidc.Provider, error) {
	s.sso.mu.Lock()
	p := s.sso.known[issuer]
	s.sso.mu.Unlock()
	if p != nil {
		return p, nil
	}
	// The provider's keys are fetched again later, so the client must outlive this request.
	p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), outside), issuer)
	if err != nil {
		s.c.Log.WarnContext(ctx, "a sign-in provider does not answer", "issuer", issuer, "error", err)
		return nil, pbx.Refuse(pbx.Unavailable, "", "login.provider_silent", "issuer", issuer)
	}
	s.sso.mu.Lock()
	defer s.sso.mu.Unlock()
	if s.sso.known == nil {
		s.sso.known = map[string]*oidc.Provider{}
	}
	s.sso.known[issuer] = p
	return p, nil
}

// ProbeProvider asks a provider for what it says of itself, without believing an earlier answer; pbx.Unavailable when it
// does not answer as OpenID Connect Discovery wants it.
func (s *Service) ProbeProvider(ctx context.Context, issuer string) error {
	s.sso.mu.Lock()
	delete(s.sso.known, issuer)
	s.sso.mu.Unlock()
	_, err := s.discover(ctx, issuer)
	return err
}

// client is this installation as the provider knows it.
func client(p *pbx.Provider, found *oidc.Provider, callback string) *oauth2.Config {
	return &oauth2.Config{ClientID: p.Client, ClientSecret: p.Secret, Endpoint: found.Endpoint(), RedirectURL: callback,
		Scopes: []string{oidc.ScopeOpenID, "email", "profile"}}
}

// Begin starts a sign-in at a provider: it gives the address to go to and sets the cookie of the journey. callback is where
// the provider sends the browser back to, to the page that is shown afterwards. pbx.NotFound without such a provider.
func (s *Service) Begin(w http.ResponseWriter, r *http.Request, id, callback, to string) (string, error) {
	p := s.c.View().Tenant.Provider(id)
	if p == nil {
		return "", pbx.Refuse(pbx.NotFound, "", "error.not_found")
	}
	found, err := s.discover(r.Context(), p.Issuer)
	if err != nil {
		return "", err
	}
	j := journey{Provider: id, Verifier: oauth2.GenerateVerifier(), To: to}
	j.State, _ = secret()
	j.Nonce, _ = secret()
	kept, err := json.Marshal(j)
	if err != nil {
		return "", fmt.Errorf("keep a journey: %w", err)
	}
	s.setJourney(w, r, base64.RawURLEncoding.EncodeToString(kept), int(JourneyLife/time.Second))
	return client(p, found, callback).AuthCodeURL(j.State, oidc.Nonce(j.Nonce), oauth2.S256ChallengeOption(j.Verifier)), nil
}

func (s *Service) setJourney(w http.ResponseWriter, r *http.Request, value string, age int) {
	http.SetCookie(w, &http.Cookie{Name: journeyCookie, Value: value, Path: "/v1/session", MaxAge: age, HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: s.IsSecure(r)})
}

// Finish ends a sign-in at a provider and opens the session of the person whose e-mail address the provider vouches for
// (D-007). It gives the page to go on to. Refusals: login.journey when this browser began no such journey, login.provider_refused
// when the provider did not let the person in or what it said cannot be believed, login.provider_email when it vouches for
// no address, login.provider_unknown when nobody here has the address, login.suspended.
func (s *Service) Finish(w http.ResponseWriter, r *http.Request, callback string) (SignedIn, string, error) {
	j, ok := readJourney(r)
	s.setJourney(w, r, "", -1)
	q := r.URL.Query()
	if !ok || subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(j.State)) != 1 {
		return SignedIn{}, "", pbx.Refuse(pbx.Denied, "", "login.journey")
	}
	p := s.c.View().Tenant.Provider(j.Provider)
	if p == nil {
		return SignedIn{}, "", pbx.Refuse(pbx.NotFound, "", "error.not_found")
	}
	c, err := s.claims(r.Context(), p, j, q.Get("code"), callback)
	if err != nil {
		s.c.Log.InfoContext(r.Context(), "a sign-in at a provider failed", "provider", p.ID, "told", cut(q.Get("error"), 100), "error", err)
		return SignedIn{}, "", pbx.Refuse(pbx.Denied, "", "login.provider_refused", "provider", p.Name)
	}
	in, err := s.admit(r.Context(), p, c.address(p), s.Visit(r))
	return in, j.To, err
}

func readJourney(r *http.Request) (j journey, ok bool) {
	c, err := r.Cookie(journeyCookie)
	if err != nil {
		return j, false
	}
	kept, err := base64.RawURLEncoding.DecodeString(c.Value)
	return j, err == nil && json.Unmarshal(kept, &j) == nil && j.State != ""
}

// claims is what a provider says about who signed in.
type claims struct {
	Email    string `json:"email"`
	Verified any    `json:"email_verified"` // a boolean; some write it as text
	Name     string `json:"preferred_username"`
}

// claims trades the code for a token and reads it; everything that OpenID Connect Core §3.1.3.7 asks for is checked.
func (s *Service) claims(ctx context.Context, p *pbx.Provider, j journey, code, callback string) (c claims, err error) {
	if code == "" {
		return c, fmt.Errorf("no code")
	}
	found, err := s.discover(ctx, p.Issuer)
	if err != nil {
		return c, err
	}
	ctx = oidc.ClientContext(ctx, outside)
	token, err := client(p, found, callback).Exchange(ctx, code, oauth2.VerifierOption(j.Verifier))
	if err != nil {
		return c, fmt.Errorf("trade the code: %w", err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := found.Verifier(&oidc.Config{ClientID: p.Client}).Verify(ctx, raw)
	if err != nil {
		return c, fmt.Errorf("verify the token: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(j.Nonce)) != 1 {
		return c, fmt.Errorf("the token belongs to another journey")
	}
	return c, id.Claims(&c)
}

// address is the e-mail address the provider vouches for; empty when it vouches for none. A directory of one company, which
// Microsoft's issuer with a tenant's id names, gives out addresses itself and does not mark them as verified.
func (c claims) address(p *pbx.Provider) string {
	switch {
	case c.Verified == true || c.Verified == "true":
		return c.Email
	case c.Verified != nil || p.Kind != pbx.ProviderMicrosoft:
		return ""
	case c.Email != "":
		return c.Email
	}
	return c.Name
}

// admit opens the session of the person with an address.
func (s *Service) admit(ctx context.Context, p *pbx.Provider, email string, v Visit) (SignedIn, error) {
	at := now()
	if email == "" {
		return SignedIn{}, pbx.Refuse(pbx.Denied, "", "login.provider_email", "provider", p.Name)
	}
	user := s.c.View().ByEmail(strings.TrimSpace(email))
	if user == nil {
		return SignedIn{}, pbx.Refuse(pbx.Denied, "", "login.provider_unknown", "email", cut(email, 254))
	}
	if user.IsSuspended(at) {
		return SignedIn{}, pbx.Refuse(pbx.Denied, "", "login.suspended")
	}
	in := v.open(user.ID, at)
	fact := s.about(event.LoginSucceeded, v.person(user.ID), user.ID, at)
	data, err := json.Marshal(map[string]string{"provider": p.ID})
	if err != nil {
		return SignedIn{}, fmt.Errorf("write a sign-in down: %w", err)
	}
	fact.Data = data
	facts, err := s.c.Store.CreateSession(ctx, in.Session, fact)
	if err != nil {
		return SignedIn{}, err
	}
	s.tell(ctx, facts)
	return in, nil
}
