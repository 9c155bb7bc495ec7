package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/oauth2-proxy/mockoidc"
)

// journey goes to a provider and comes back as far as a browser would: it gives the answer to the callback.
type journey struct {
	o      *office
	cookie string
	back   *url.URL
}

// leave asks for the way to a provider and follows it to the code.
func (o *office) leave(provider, to string) *journey {
	o.t.Helper()
	begun := o.ask("nobody", "GET", "/v1/session/with/"+provider+"?to="+url.QueryEscape(to), "")
	if begun.StatusCode != http.StatusSeeOther || len(begun.Cookies()) != 1 {
		o.t.Fatalf("%d %v %s", begun.StatusCode, begun.Cookies(), begun.body)
	}
	stop := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c := http.Client{CheckRedirect: stop, Transport: &http.Transport{DisableKeepAlives: true}}
	a, err := c.Get(begun.Header.Get("Location"))
	if err != nil {
		o.t.Fatal(err)
	}
	_ = a.Body.Close()
	back, err := a.Location()
	if err != nil {
		o.t.Fatalf("%d: %v", a.StatusCode, err)
	}
	return &journey{o, begun.Cookies()[0].Name + "=" + begun.Cookies()[0].Value, back}
}

// arrive is the callback. Its answer is a page of the app, with or without a session.
func (j *journey) arrive() (page string, session string) {
	j.o.t.Helper()
	r := j.o.ask("nobody", "GET", j.back.RequestURI(), "", "Cookie", j.cookie)
	if r.StatusCode != http.StatusSeeOther {
		j.o.t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	for _, c := range r.Cookies() {
		if c.Name == "tandem_session" {
			session = c.Name + "=" + c.Value
		}
	}
	page, err := url.QueryUnescape(r.Header.Get("Location"))
	if err != nil {
		j.o.t.Fatal(err)
	}
	return page, session
}

// foreign is a real provider that another project wrote.
func foreign(t *testing.T, o *office) *mockoidc.MockOIDC {
	t.Helper()
	m, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		if err := m.Shutdown(); err != nil {
			t.Error(err)
		}
	})
	body := `{"kind":"other","name":"Company account","issuer":"` + m.Issuer() + `","client":"` + m.ClientID + `","secret":"` + m.ClientSecret + `"}`
	if r := o.ask("olga", "PUT", "/v1/settings/providers/company", body); r.StatusCode != 200 || strings.Contains(string(r.body), m.ClientSecret) {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	return m
}

// D-007: whoever signs in at a provider is the person with the e-mail address that the provider vouches for.
func TestSignInWithAProvider(t *testing.T) {
	o := newOffice(t)
	m := foreign(t, o)
	m.QueueUser(&mockoidc.MockUser{Subject: "1", Email: "UWE@example.com", EmailVerified: true})
	before := o.head()
	page, session := o.leave("company", "/calls?state=missed").arrive()
	if page != "/calls?state=missed" || session == "" {
		t.Fatalf("went on to %q with the session %q", page, session)
	}
	var me Me
	o.ask("nobody", "GET", "/v1/session", "", "Cookie", session).json(t, &me)
	if string(me.User.ID) != o.ids["uwe"] {
		t.Errorf("signed in as %+v", me.User)
	}
	if kinds := o.kinds(before); len(kinds) != 1 || kinds[0] != "login.succeeded" {
		t.Errorf("the log says %v", kinds)
	}
}

func TestProvidersAreNotBelievedMore(t *testing.T) {
	o := newOffice(t)
	m := foreign(t, o)
	user := func(email string, verified bool) *mockoidc.MockUser {
		return &mockoidc.MockUser{Subject: email, Email: email, EmailVerified: verified}
	}
	tests := []struct {
		name string
		user *mockoidc.MockUser
		to   string
		bend func(*journey)
		says string
	}{
		{"an address it does not vouch for", user("uwe@example.com", false), "/", nil, "problem=login.provider_email"},
		{"an address nobody here has", user("stranger@example.com", true), "/", nil, "problem=login.provider_unknown"},
		{"a suspended person", user("susi@example.com", true), "/", nil, "problem=login.suspended"},
		{"another browser's journey", user("uwe@example.com", true), "/", func(j *journey) { j.cookie = "" }, "problem=login.journey"},
		{"a journey that was tampered with", user("uwe@example.com", true), "/", func(j *journey) {
			q := j.back.Query()
			q.Set("state", "x")
			j.back.RawQuery = q.Encode()
		}, "problem=login.journey"},
		{"a code that was made up", user("uwe@example.com", true), "/", func(j *journey) {
			q := j.back.Query()
			q.Set("code", "x")
			j.back.RawQuery = q.Encode()
		}, "problem=login.provider_refused"},
		{"somebody who was sent back without a code", user("uwe@example.com", true), "/", func(j *journey) {
			q := j.back.Query()
			q.Del("code")
			q.Set("error", "access_denied")
			j.back.RawQuery = q.Encode()
		}, "problem=login.provider_refused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m.QueueUser(tt.user)
			j := o.leave("company", tt.to)
			if tt.bend != nil {
				tt.bend(j)
			}
			page, session := j.arrive()
			if session != "" || !strings.HasPrefix(page, "/sign-in?") || !strings.Contains(page, tt.says) {
				t.Errorf("went on to %q with the session %q", page, session)
			}
		})
	}
	for _, to := range []string{"https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"} {
		m.QueueUser(user("uwe@example.com", true))
		if page, session := o.leave("company", to).arrive(); page != "/" || session == "" {
			t.Errorf("%s: went on to %q", to, page)
		}
	}
}

func TestProviderSettings(t *testing.T) {
	o := newOffice(t)
	m := foreign(t, o)
	put := func(id, body string) reply { return o.ask("olga", "PUT", "/v1/settings/providers/"+id, body) }
	same := `"issuer":"` + m.Issuer() + `","client":"` + m.ClientID + `"`
	if r := put("company", `{"kind":"other","name":"Renamed",`+same+`}`); r.StatusCode != 200 {
		t.Errorf("the secret is not kept: %d %s", r.StatusCode, r.body)
	}
	bad := []struct{ name, id, body, field string }{
		{"a kept secret goes to no other client", "company", `{"kind":"other","name":"X","issuer":"` + m.Issuer() + `","client":"other"}`, "secret"},
		{"no secret", "new", `{"kind":"other","name":"X",` + same + `}`, "secret"},
		{"Microsoft for everybody", "ms", `{"kind":"microsoft","name":"X","issuer":"https://login.microsoftonline.com/common/v2.0","client":"x","secret":"y"}`, "issuer"},
		{"in the clear", "plain", `{"kind":"other","name":"X","issuer":"http://id.example.com","client":"x","secret":"y"}`, "issuer"},
		{"nobody answers", "mute", `{"kind":"other","name":"X","issuer":"http://127.0.0.1:1/","client":"x","secret":"y"}`, "issuer"},
	}
	for _, tt := range bad {
		var e Error
		r := put(tt.id, tt.body)
		if r.json(t, &e); r.StatusCode != 422 || e.Field != tt.field {
			t.Errorf("%s: %d %s", tt.name, r.StatusCode, r.body)
		}
	}
	var buttons Page[ProviderButton]
	o.ask("nobody", "GET", "/v1/session/providers", "").json(t, &buttons)
	if len(buttons.Items) != 1 || buttons.Items[0].Name != "Renamed" {
		t.Errorf("%+v", buttons)
	}
	if r := o.ask("olga", "DELETE", "/v1/settings/providers/company", ""); r.StatusCode != 204 {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	if r := o.ask("nobody", "GET", "/v1/session/with/company", ""); !strings.Contains(r.Header.Get("Location"), "/sign-in?") {
		t.Errorf("a provider that was taken away still sends people: %v", r.Header)
	}
}
