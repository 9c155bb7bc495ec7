package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tandem/auth"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// visit is one request: who asks, on which configuration, at which moment, in which language. One moment and one
// configuration count from the first question to the last, so that an answer never contradicts itself.
type visit struct {
	who  pbx.Actor
	s    *pbx.Snapshot
	live *pbx.Presence
	at   time.Time
	lang string
	id   string // of the request, to find the log lines
	r    *http.Request
	w    http.ResponseWriter

	dry     bool      // the visitor only asks what would happen
	expires time.Time // of the session
	used    policy.Used
	logins  map[pbx.UserID]time.Time // of the people that are shown: since when they have a password
}

type visitKey struct{}

// visitOf takes the visit out of the context that carries it through huma; handlers get it as an argument.
func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}

// can reports whether the visitor may do something.
func (v *visit) can(right policy.Right, t policy.Target) bool {
	return policy.Decide(v.s, policy.Request{Actor: v.who, Right: right, Target: t, At: v.at}).OK
}

// need refuses unless the visitor may; what he may not know of is not found.
func (v *visit) need(right policy.Right, t policy.Target) error {
	d := policy.Decide(v.s, policy.Request{Actor: v.who, Right: right, Target: t, At: v.at})
	switch {
	case d.OK:
		v.uses(right, d.Via())
		return nil
	case d.Hidden || d.Code == policy.Unknown:
		return missing()
	}
	return &pbx.Error{Code: pbx.Denied, Text: d.Reason(), Right: right.String(), About: t.Ref()}
}

// uses notes that the visitor makes use of a right (N-8); who only asks what would happen does not.
func (v *visit) uses(right policy.Right, via string) {
	if v.who.User != "" && !v.dry {
		v.used(v.who.User, right, via, v.at)
	}
}

// shows notes that a right showed the visitor a thing in a list, by the grant that opened it and no other.
func (v *visit) shows(right policy.Right, t policy.Target) {
	if v.who.User == "" || v.dry {
		return
	}
	if d := policy.Decide(v.s, policy.Request{Actor: v.who, Right: right, Target: t, At: v.at}); d.OK {
		v.uses(right, d.Via())
	}
}

// sight is how far a right of the visitor reaches.
func (v *visit) sight(right policy.Right) policy.Reach { return policy.Sight(v.s, v.who, right, v.at) }

// missing is the one answer for things that are not there and things the visitor may not know of (BAR AZ-01).
func missing() *pbx.Error { return pbx.Refuse(pbx.NotFound, "", "error.not_found") }

// enter is the way into a route: it finds out who asks and asks whether he may, before the body is read.
func (s *Server) enter(r Route) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		req, w := humago.Unwrap(ctx)
		v := &visit{at: s.c.Now().UTC(), id: requestID(req.Context()), r: req, w: w, used: s.c.Used, dry: isDry(req)}
		v.s, v.live = s.c.Directory.View()
		err := s.identify(v, r)
		v.lang = v.language()
		if err == nil {
			err = v.admit(r, ctx.Param)
		}
		if err == nil {
			err = v.tries(r)
		}
		if err != nil {
			s.write(w, req, s.refusal(req.Context(), v, err))
			return
		}
		next(huma.WithValue(ctx, visitKey{}, v))
	}
}

// identify finds out who asks. Open routes do not care, but know the visitor's language.
func (s *Server) identify(v *visit, r Route) error {
	who, err := s.c.Auth.Who(v.r)
	who.Request = v.id
	if err == nil {
		v.who = who
	}
	if r.Access.Open != "" {
		return auth.SameOrigin(v.r) // a foreign page must not sign anybody in or out either
	}
	return err
}

// isDry reports whether somebody only asks what would happen.
func isDry(r *http.Request) bool {
	dry := r.URL.Query().Get("dry")
	return dry != "" && dry != "0" && dry != "false"
}

// tries refuses to go on when the visitor only asks what would happen and the route cannot tell. A route that cannot tell refuses: nobody who asks for a
// dry run gets a real one.
func (v *visit) tries(r Route) error {
	if v.dry && !r.Dry && !r.Tries && r.Method != http.MethodGet {
		return pbx.Refuse(pbx.Invalid, "dry", "request.no_dry_run")
	}
	return nil
}

// admit asks for the right of a route.
func (v *visit) admit(r Route, param func(string) string) error {
	a := r.Access
	if a.Open != "" || a.Own != "" || a.Over == "row" {
		return nil
	}
	if a.Over == "anywhere" {
		held := policy.Can(v.s, v.who, v.at)
		for _, right := range a.Rights {
			if held[right.String()] != pbx.ScopeNone {
				return nil
			}
		}
		return pbx.Refuse(pbx.Denied, "", "denied.no_grant")
	}
	id := param(a.Over)
	if a.Over == "me" {
		id = string(v.who.User)
	}
	t := target(v.s, a.Over, id)
	var first error
	for _, right := range a.Rights {
		err := v.need(right, t)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	if a.Hide || first == nil {
		return missing()
	}
	return first
}

// language is the one the visitor reads: what the browser asks for, else what is set for the person.
func (v *visit) language() string {
	if l := i18n.Match(v.r.Header.Get("Accept-Language")); l != "" {
		return l
	}
	if v.who.User != "" {
		return v.s.LanguageOf(v.who.User, v.at)
	}
	if v.s.Tenant.Language != "" {
		return v.s.Tenant.Language
	}
	return i18n.English
}
