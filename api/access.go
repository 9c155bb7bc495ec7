package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
)

// Wish is somebody's wish for rights (N-7).
type Wish struct {
	ID      pbx.AccessID `json:"id"`
	User    Named        `json:"user"`
	Rights  []Lack       `json:"rights" nullable:"false" doc:"the right asked for first, then what it needs besides"`
	Reason  string       `json:"reason"`
	Asked   time.Time    `json:"asked"`
	Until   time.Time    `json:"until"`
	To      []Named      `json:"to" nullable:"false" doc:"who was told"`
	State   string       `json:"state" enum:"open,approved,refused,withdrawn,expired" doc:"expired: nobody answered in time, or what was given has ended"`
	By      *Named       `json:"by,omitempty"`
	Decided time.Time    `json:"decided,omitzero"`
	Words   string       `json:"words,omitempty"`
	Ends    time.Time    `json:"ends,omitzero" doc:"when what was given ends"`
	Mine    bool         `json:"mine"`
	Decide  bool         `json:"decide" doc:"the visitor may approve it now"`
	Locked  string       `json:"locked,omitempty" doc:"why the visitor, who may decide wishes of this person, may not approve this one"`
}

// decides reports whether the visitor may see the wishes of a person besides his own, and answer them.
func (v *visit) decides(u pbx.UserID) bool {
	return u != v.who.User && v.knows(u) && (v.can(policy.RequestApprove, policy.User(u)) || v.can(policy.GrantEdit, policy.User(u)))
}

func (s *Server) showAccess(v *visit, a *pbx.Access) Wish {
	out := Wish{ID: a.ID, User: v.named(pbx.Ref{Kind: pbx.KindUser, ID: string(a.User)}), Rights: []Lack{}, Reason: a.Reason, Asked: a.Asked, Until: a.Until,
		To: []Named{}, State: string(a.Answer), Decided: a.Decided, Words: a.Words, Mine: a.User == v.who.User}
	for i, g := range a.Grants {
		if r, ok := policy.ParseRight(g.Right); ok {
			if i < len(a.Given) && v.s.Grants[a.Given[i]] != nil {
				g.Since = v.s.Grants[a.Given[i]].Since
			}
			out.Rights = append(out.Rights, Lack{g.Right, s.whyRight(v, r).Text, s.scopeWords(v, g.Scope), g.Since})
		}
	}
	for _, u := range a.To {
		if v.s.Users[u] != nil && v.knows(u) {
			out.To = append(out.To, v.named(pbx.Ref{Kind: pbx.KindUser, ID: string(u)}))
		}
	}
	if a.By != "" {
		by := v.named(pbx.Ref{Kind: pbx.KindUser, ID: string(a.By)})
		out.By = &by
	}
	for _, id := range a.Given {
		if g := v.s.Grants[id]; g != nil && g.Until.After(out.Ends) {
			out.Ends = g.Until
		}
	}
	switch {
	case a.IsOpen(v.at):
		out.State = "open"
	case a.Answer == pbx.AnswerOpen, a.Answer == pbx.AnswerApproved && !out.Ends.After(v.at):
		out.State = "expired"
	}
	if out.State == "open" && !out.Mine {
		out.Decide = true
		for _, g := range command.Wishes(v.s, v.who, a, v.at, a.Until) {
			if i := slices.IndexFunc(out.Rights, func(l Lack) bool { return l.Right == g.Right }); i >= 0 {
				out.Rights[i].Since = g.Since
			}
			if v.can(policy.GrantEdit, policy.Give(g)) || v.can(policy.RequestApprove, policy.Give(g)) {
				continue
			}
			out.Decide, out.Locked = false, s.lock(v, policy.RequestApprove, policy.Give(g))
		}
	}
	return out
}

type accessesIn struct {
	State string `query:"state" enum:"open,mine,all" default:"all"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"200"`
}

// listAccesses shows one's own wishes and those one may answer, open ones first, then the newest.
func (s *Server) listAccesses(_ context.Context, v *visit, in *accessesIn) (Page[Wish], error) {
	page := Page[Wish]{Items: []Wish{}}
	var rows []*pbx.Access
	for _, a := range v.s.Accesses {
		mine := a.User == v.who.User
		if !mine && !v.decides(a.User) || in.State == "mine" && !mine || in.State == "open" && !a.IsOpen(v.at) {
			continue
		}
		rows = append(rows, a)
	}
	slices.SortFunc(rows, func(a, b *pbx.Access) int {
		open := func(a *pbx.Access) int {
			if a.IsOpen(v.at) {
				return 0
			}
			return 1
		}
		return cmp.Or(open(a)-open(b), b.Asked.Compare(a.Asked), cmp.Compare(a.ID, b.ID))
	})
	page.Total = len(rows)
	for _, a := range rows[:min(len(rows), in.Limit)] {
		page.Items = append(page.Items, s.showAccess(v, a))
	}
	return page, nil
}

type askIn struct {
	Body struct {
		Right  string    `json:"right"`
		Target Thing     `json:"target"`
		Until  time.Time `json:"until"`
		Reason string    `json:"reason" maxLength:"2000"`
	}
}

// askAccess asks for a right over something; the people who could give it are told by mail and live.
func (s *Server) askAccess(ctx context.Context, v *visit, in *askIn) (Wish, error) {
	b := in.Body
	target, _, err := s.thing(ctx, v, b.Target)
	if err != nil {
		return Wish{}, err
	}
	r, err := s.do(ctx, v, command.AskAccess{Right: b.Right, Target: target, Until: b.Until, Reason: b.Reason})
	if err != nil {
		return Wish{}, err
	}
	return s.showAccess(v, v.s.Accesses[pbx.AccessID(r.Object.ID)]), nil
}

type accessIn struct {
	Request string `path:"request"`
}

// wish finds a wish that is the visitor's own, or that he may answer.
func (v *visit) wish(id string) (*pbx.Access, error) {
	a := v.s.Accesses[pbx.AccessID(id)]
	if a == nil || a.User != v.who.User && !v.decides(a.User) {
		return nil, missing()
	}
	return a, nil
}

func (s *Server) getAccess(_ context.Context, v *visit, in *accessIn) (Wish, error) {
	a, err := v.wish(in.Request)
	if err != nil {
		return Wish{}, err
	}
	return s.showAccess(v, a), nil
}

type approveIn struct {
	Request string `path:"request"`
	Body    struct {
		Until time.Time `json:"until,omitzero" doc:"absent: as asked"`
		Words string    `json:"words,omitempty" maxLength:"2000"`
	}
}

func (s *Server) approveAccess(ctx context.Context, v *visit, in *approveIn) (Wish, error) {
	return s.answer(ctx, v, in.Request, command.ApproveAccess{ID: pbx.AccessID(in.Request), Until: in.Body.Until, Words: in.Body.Words})
}

type refuseIn struct {
	Request string `path:"request"`
	Body    struct {
		Words string `json:"words" maxLength:"2000" doc:"what the person reads"`
	}
}

func (s *Server) refuseAccess(ctx context.Context, v *visit, in *refuseIn) (Wish, error) {
	return s.answer(ctx, v, in.Request, command.RefuseAccess{ID: pbx.AccessID(in.Request), Words: in.Body.Words})
}

func (s *Server) withdrawAccess(ctx context.Context, v *visit, in *accessIn) (Wish, error) {
	return s.answer(ctx, v, in.Request, command.WithdrawAccess{ID: pbx.AccessID(in.Request)})
}

// answer carries an answer out and shows the wish as it is now.
func (s *Server) answer(ctx context.Context, v *visit, id string, c command.Command) (Wish, error) {
	if _, err := v.wish(id); err != nil {
		return Wish{}, err
	}
	if _, err := s.do(ctx, v, c); err != nil {
		return Wish{}, err
	}
	a, err := v.wish(id)
	if err != nil {
		return Wish{}, err
	}
	return s.showAccess(v, a), nil
}
