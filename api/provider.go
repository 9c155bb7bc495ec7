package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"tandem/command"
	"tandem/pbx"
)

// ProviderButton is a provider as the sign-in page shows it.
type ProviderButton struct {
	ID   string           `json:"id"`
	Kind pbx.ProviderKind `json:"kind" enum:"microsoft,google,other"`
	Name string           `json:"name"`
}

func (s *Server) listProviderButtons(_ context.Context, v *visit, _ *struct{}) (Page[ProviderButton], error) {
	page := Page[ProviderButton]{Items: []ProviderButton{}, Total: len(v.s.Tenant.Providers)}
	for _, p := range v.s.Tenant.Providers {
		page.Items = append(page.Items, ProviderButton{p.ID, p.Kind, p.Name})
	}
	return page, nil
}

type beginIn struct {
	Provider string `path:"provider"`
	To       string `query:"to" maxLength:"2000" doc:"page to show afterwards"`
}

// beginProvider sends the browser to a provider.
func (s *Server) beginProvider(_ context.Context, v *visit, in *beginIn) (writer, error) {
	return func(w http.ResponseWriter, r *http.Request) {
		to, err := s.c.Auth.Begin(w, r, in.Provider, s.callback(r), page(in.To))
		if err != nil {
			to = s.back(v, err)
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
	}, nil
}

// finishProvider receives the browser back and opens the session; whatever goes wrong is told on the sign-in page.
func (s *Server) finishProvider(_ context.Context, v *visit, _ *struct{}) (writer, error) {
	return func(w http.ResponseWriter, r *http.Request) {
		in, to, err := s.c.Auth.Finish(w, r, s.callback(r))
		if err != nil {
			to = s.back(v, err)
		} else {
			s.c.Auth.SetCookie(w, r, in)
		}
		http.Redirect(w, r, page(to), http.StatusSeeOther)
	}, nil
}

// callback is the address that has to be entered at the provider.
func (s *Server) callback(r *http.Request) string {
	scheme := "http"
	if s.c.Auth.IsSecure(r) {
		scheme = "https"
	}
	return scheme + "://" + r.Host + "/v1/session/callback"
}

// back is the sign-in page with the name of a refusal and its values. The sentence itself is the page's own: an address
// that somebody sends around must not put words into its mouth.
func (s *Server) back(v *visit, err error) string {
	e := s.refusal(v.r.Context(), v, err)
	q := url.Values{"problem": {e.Key}}
	for name, value := range e.Args {
		q.Set(name, value)
	}
	return "/sign-in?" + q.Encode()
}

// page takes only addresses of this app, so that nobody is sent elsewhere.
func page(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n") {
		return "/"
	}
	return to
}

// ProviderSettings is a provider as those see it who may change it; its secret is written, never read.
type ProviderSettings struct {
	ProviderButton
	Issuer   string `json:"issuer"`
	Client   string `json:"client"`
	Callback string `json:"callback" doc:"address to be entered at the provider"`
}

func (s *Server) listProviders(_ context.Context, v *visit, _ *struct{}) (Page[ProviderSettings], error) {
	page := Page[ProviderSettings]{Items: []ProviderSettings{}, Total: len(v.s.Tenant.Providers)}
	for _, p := range v.s.Tenant.Providers {
		page.Items = append(page.Items, ProviderSettings{ProviderButton{p.ID, p.Kind, p.Name}, p.Issuer, p.Client, s.callback(v.r)})
	}
	return page, nil
}

type setProvider struct {
	Provider string `path:"provider" pattern:"^[a-z0-9-]{1,40}$"`
	Body     struct {
		Kind   string  `json:"kind" enum:"microsoft,google,other"`
		Name   string  `json:"name"`
		Issuer string  `json:"issuer,omitempty" doc:"OpenID Connect issuer; of Microsoft with the id of your own tenant; Google needs none"`
		Client string  `json:"client"`
		Secret *string `json:"secret,omitempty" doc:"absent keeps the old one while issuer and client stay"`
	}
}

// putProvider asks the provider before it keeps it, so that a mistyped issuer is told at once.
func (s *Server) putProvider(ctx context.Context, v *visit, in *setProvider) (Page[ProviderSettings], error) {
	b := in.Body
	c := command.SetProvider{ID: in.Provider, Kind: pbx.ProviderKind(b.Kind), Name: b.Name, Issuer: b.Issuer, Client: b.Client, Secret: b.Secret}
	tried, err := s.c.Desk.Try(ctx, v.who, c)
	if err != nil {
		return Page[ProviderSettings]{}, err
	}
	if err := s.c.Auth.ProbeProvider(ctx, tried.Snapshot.Tenant.Provider(in.Provider).Issuer); err != nil {
		if e, ok := asRefusal(err); ok {
			return Page[ProviderSettings]{}, &pbx.Error{Code: pbx.Invalid, Field: "issuer", Text: e.Text}
		}
		return Page[ProviderSettings]{}, err
	}
	if _, err := s.do(ctx, v, c); err != nil {
		return Page[ProviderSettings]{}, err
	}
	return s.listProviders(ctx, v, nil)
}

type providerIn struct {
	Provider string `path:"provider"`
}

func (s *Server) deleteProvider(ctx context.Context, v *visit, in *providerIn) error {
	_, err := s.do(ctx, v, command.RemoveProvider{ID: in.Provider})
	return err
}
