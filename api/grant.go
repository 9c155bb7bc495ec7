package api

import (
	"context"
	"time"

	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// Scope is how far something given reaches.
type Scope struct {
	Kind   pbx.ScopeKind `json:"kind" enum:"self,group,tree,listed,all"`
	Group  string        `json:"group,omitempty" doc:"for group and tree"`
	Listed []pbx.Ref     `json:"listed,omitempty" nullable:"false" doc:"for listed: people and groups (their direct members)"`
}

func (c Scope) read() pbx.Scope {
	return pbx.Scope{Kind: c.Kind, Group: pbx.GroupID(c.Group), Refs: c.Listed}
}

// Bounds is what grants and assignments have in common.
type Bounds struct {
	Scope  Scope     `json:"scope"`
	Except []pbx.Ref `json:"except,omitempty" nullable:"false" doc:"people and groups, with their sub-groups, that it does not reach"`
	Since  time.Time `json:"since,omitzero" doc:"objects older than this stay out of reach"`
	From   time.Time `json:"from,omitzero" doc:"absent means now"`
	Until  time.Time `json:"until,omitzero" doc:"absent means without end"`
	Reason string    `json:"reason,omitempty" maxLength:"2000" doc:"needed for what is risky"`
}

func (b Bounds) read() command.Bounds {
	return command.Bounds{Scope: b.Scope.read(), Except: b.Except, Since: b.Since, From: b.From, Until: b.Until, Reason: b.Reason}
}

// Given is what a grant and an assignment show of themselves.
type Given struct {
	Scope  Scope     `json:"scope"`
	Where  string    `json:"where" doc:"scope in words"`
	Except []Named   `json:"except,omitempty" nullable:"false"`
	Since  time.Time `json:"since,omitzero"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until,omitzero"`
	Reason string    `json:"reason,omitempty"`
	State  string    `json:"state" enum:"coming,active,over"`
	Locked string    `json:"locked,omitempty" doc:"why the visitor may not end it"`
	By     string    `json:"by,omitempty" doc:"who gave it, where the log is read"`
}

// Named is somebody or something with its name; what the visitor may not see has none.
type Named struct {
	Kind pbx.Kind `json:"kind"`
	ID   string   `json:"id"`
	Name string   `json:"name,omitempty"`
}

// Grant is a single right given to a person, or taken from him.
type Grant struct {
	ID    pbx.GrantID `json:"id"`
	User  pbx.UserID  `json:"user"`
	Right string      `json:"right"`
	Risk  string      `json:"risk" enum:"low,medium,high"`
	Deny  bool        `json:"deny"`
	Given
}

func (s *Server) showGrant(v *visit, g *pbx.Grant) Grant {
	out := Grant{ID: g.ID, User: g.User, Right: g.Right, Deny: g.Deny, Given: s.showGiven(v, g.Scope, g.Except, g.Since, g.From, g.Until, g.Reason)}
	if r, ok := policy.ParseRight(g.Right); ok {
		out.Risk = r.Risk().String()
	}
	out.Locked = s.lock(v, policy.GrantEdit, policy.Withdraw(g))
	if v.can(policy.DelegateGive, policy.Withdraw(g)) {
		out.Locked = ""
	}
	return out
}

// lock says why the visitor may not do something; nothing when he may.
func (s *Server) lock(v *visit, right policy.Right, t policy.Target) string {
	d := policy.Decide(v.s, policy.Request{Actor: v.who, Right: right, Target: t, At: v.at})
	if d.OK {
		return ""
	}
	return s.say(v, d.Reason())
}

func (s *Server) showGiven(v *visit, c pbx.Scope, except []pbx.Ref, since, from, until time.Time, reason string) Given {
	out := Given{Scope: Scope{c.Kind, string(c.Group), c.Refs}, Where: s.scopeWords(v, c), Since: since, From: from, Until: until, Reason: reason, State: "active"}
	for _, r := range except {
		out.Except = append(out.Except, v.named(r))
	}
	switch {
	case from.After(v.at):
		out.State = "coming"
	case !until.IsZero() && !until.After(v.at):
		out.State = "over"
	}
	return out
}

// named calls a reference by its name, as far as the visitor may know it.
func (v *visit) named(r pbx.Ref) Named {
	out := Named{Kind: r.Kind, ID: r.ID}
	switch n := v.s.Find(r).(type) {
	case *pbx.User:
		if v.knows(n.ID) {
			out.Name = n.Name
		}
	case *pbx.Group:
		if v.can(policy.GroupSee, policy.Group(n.ID)) {
			out.Name = n.Name
		}
	}
	return out
}

// scopeWords says a written scope, not what it comes to.
func (s *Server) scopeWords(v *visit, c pbx.Scope) string {
	switch c.Kind {
	case pbx.ScopeSelf:
		return s.say(v, i18n.T("reach.own"))
	case pbx.ScopeAll:
		return s.say(v, i18n.T("reach.everything"))
	case pbx.ScopeGroup, pbx.ScopeTree:
		name := v.named(pbx.Ref{Kind: pbx.KindGroup, ID: string(c.Group)}).Name
		if name == "" {
			return s.say(v, i18n.T("reach.more", "n", "1"))
		}
		if c.Kind == pbx.ScopeTree {
			return s.say(v, i18n.T("reach.tree", "group", name))
		}
		return name
	}
	var e policy.Extent
	for _, r := range c.Refs {
		switch r.Kind {
		case pbx.KindUser:
			if v.s.Users[pbx.UserID(r.ID)] != nil {
				e.Users = append(e.Users, pbx.UserID(r.ID))
			}
		case pbx.KindGroup:
			if v.s.Groups[pbx.GroupID(r.ID)] != nil {
				e.Groups = append(e.Groups, pbx.GroupID(r.ID))
			}
		}
	}
	return s.where(v, v.s, "", e)
}

type newGrant struct {
	User string `path:"user"`
	Body struct {
		Right string `json:"right"`
		Deny  bool   `json:"deny,omitempty"`
		Bounds
	}
}

func (s *Server) createGrant(ctx context.Context, v *visit, in *newGrant) (Grant, error) {
	b := in.Body
	r, err := s.do(ctx, v, command.GiveGrant{User: pbx.UserID(in.User), Right: b.Right, Deny: b.Deny, Bounds: b.read()})
	if err != nil {
		return Grant{}, err
	}
	return s.showGrant(v, v.s.Grants[pbx.GrantID(r.Object.ID)]), nil
}

type grantIn struct {
	Grant string `path:"grant"`
}

// newEnd is a change of end and reason; an empty moment takes the end away.
type newEnd struct {
	Until  *string `json:"until,omitempty" doc:"empty takes the end away"`
	Reason *string `json:"reason,omitempty" maxLength:"2000"`
}

func (e newEnd) until() (*time.Time, error) {
	if e.Until == nil {
		return nil, nil
	}
	var t time.Time
	if *e.Until != "" {
		var err error
		if t, err = time.Parse(time.RFC3339, *e.Until); err != nil {
			return nil, pbx.Refuse(pbx.Invalid, "until", "request.field_invalid", "field", "until")
		}
	}
	return &t, nil
}

type editGrant struct {
	Grant string `path:"grant"`
	Body  newEnd
}

func (s *Server) patchGrant(ctx context.Context, v *visit, in *editGrant) (Grant, error) {
	until, err := in.Body.until()
	if err != nil {
		return Grant{}, err
	}
	r, err := s.do(ctx, v, command.ChangeGrant{Grant: pbx.GrantID(in.Grant), Until: until, Reason: in.Body.Reason})
	if err != nil {
		return Grant{}, err
	}
	return s.showGrant(v, v.s.Grants[pbx.GrantID(r.Object.ID)]), nil
}

func (s *Server) deleteGrant(ctx context.Context, v *visit, in *grantIn) error {
	_, err := s.do(ctx, v, command.EndGrant{Grant: pbx.GrantID(in.Grant)})
	return err
}

// Deputy is what one person may do for another for a while.
type Deputy struct {
	ID    pbx.GrantID `json:"id"`
	User  pbx.UserID  `json:"user"`
	Name  string      `json:"name"`
	Right string      `json:"right"`
	Given
}

// listDeputies shows whom one has lent rights over oneself, and which.
func (s *Server) listDeputies(_ context.Context, v *visit, _ *struct{}) (Page[Deputy], error) {
	page := Page[Deputy]{Items: []Deputy{}}
	me := pbx.Ref{Kind: pbx.KindUser, ID: string(v.who.User)}
	for n := range v.s.All() {
		g, ok := n.(*pbx.Grant)
		if !ok || g.User == v.who.User || g.Deny || g.Scope.Kind != pbx.ScopeListed || len(g.Scope.Refs) != 1 || g.Scope.Refs[0] != me {
			continue
		}
		if shown := s.showGrant(v, g); shown.State != "over" {
			page.Items = append(page.Items, Deputy{ID: g.ID, User: g.User, Name: v.named(pbx.Ref{Kind: pbx.KindUser, ID: string(g.User)}).Name, Right: g.Right, Given: shown.Given})
		}
	}
	page.Total = len(page.Items)
	return page, nil
}

type newDeputy struct {
	Body struct {
		User   string    `json:"user"`
		Rights []string  `json:"rights" nullable:"false"`
		Until  time.Time `json:"until"`
		Reason string    `json:"reason,omitempty" maxLength:"2000"`
	}
}

func (s *Server) createDeputy(ctx context.Context, v *visit, in *newDeputy) (Page[Deputy], error) {
	b := in.Body
	if _, err := s.do(ctx, v, command.Lend{To: pbx.UserID(b.User), Rights: b.Rights, Until: b.Until, Reason: b.Reason}); err != nil {
		return Page[Deputy]{}, err
	}
	return s.listDeputies(ctx, v, nil)
}
