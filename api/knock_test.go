package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"tandem/auth"
	"tandem/pbx"
	"tandem/store"
)

// password is everybody's.
const password = "correct horse battery staple"

// signIn lets everybody but kai choose a password by a link and sign in.
func (o *office) signIn(ctx context.Context) {
	for _, name := range []string{"olga", "sven", "anna", "greta", "mark", "uwe", "nina", "susi", "mia", "tom"} {
		link, secret := auth.NewLink(store.LinkInvitation, pbx.UserID(o.ids[name]), time.Now())
		if _, err := o.tenant.CreateLink(ctx, link); err != nil {
			panic(err)
		}
		in, err := o.auth.Redeem(ctx, secret, password, auth.Visit{Addr: "192.0.2.1", Agent: "test"})
		if err != nil {
			panic(err)
		}
		o.keys[name] = in.Cookie
	}
}

// knock makes a request somebody's: by the cookie of a person, or by the token of a program.
func (o *office) knock(r *http.Request, who string) {
	switch key := o.keys[who]; {
	case key == "":
	case strings.HasPrefix(key, "tdm_"):
		r.Header.Set("Authorization", "Bearer "+key)
	default:
		r.AddCookie(&http.Cookie{Name: auth.Cookie, Value: key})
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
}

// compose writes the mail that carries a link; the real one is the outbox's.
func (o *office) compose(_ pbx.Actor, u pbx.UserID) Letter {
	user := o.view().Users[u]
	return func(l store.Link, secret string) (store.Mail, error) {
		id := pbx.NewID("mai", l.Created, [10]byte{byte(len(secret))})
		return store.Mail{ID: id, Kind: string(l.Kind), User: u, To: user.Email, Name: user.Name, Subject: "Access", Text: "/link/" + secret,
			Secret: secret, State: store.MailKept, Created: l.Created}, nil
	}
}
