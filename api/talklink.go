package api

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	decision "tandem/route"
	"tandem/store"
	"tandem/switchboard"
)

// TalkLink is a public address by which visitors call a place inside.
type TalkLink struct {
	ID      pbx.TalkLinkID `json:"id"`
	Name    string         `json:"name" doc:"what visitors read"`
	Slug    string         `json:"slug" doc:"the end of its address; empty: it has a secret, which was shown once"`
	Path    string         `json:"path,omitempty" doc:"where it is on this host; absent where its secret is not known any more"`
	User    *Party         `json:"user,omitempty" doc:"whose personal link it is"`
	Group   pbx.GroupID    `json:"group,omitempty" doc:"the department it belongs to; with neither it is the company's"`
	GroupIs string         `json:"group_name,omitempty"`
	To      Place          `json:"to"`
	State   string         `json:"state" enum:"open,off,early,over,gone,closed" doc:"closed: the company lets people have no personal links; gone: it leads nowhere any more, or to somebody who is suspended"`
	Off     bool           `json:"off"`
	From    time.Time      `json:"from,omitzero"`
	Until   time.Time      `json:"until,omitzero"`
	Always  bool           `json:"always" doc:"also outside the hours of what it leads to"`
	Named   bool           `json:"named" doc:"visitors say a name first"`
	Mailed  bool           `json:"mailed" doc:"visitors give an e-mail address first"`
	About   bool           `json:"about" doc:"visitors are asked what it is about"`
	Keep    int            `json:"keep" doc:"days that what visitors wrote is kept"`
	Back    bool           `json:"back" doc:"visitors may ask to be called back"`
	Outside bool           `json:"outside" doc:"rules of people may send its calls out of the house, at their expense"`
	Origins []string       `json:"origins" nullable:"false" doc:"sites that may show the page inside their own"`
	PerAddr int            `json:"per_addr" doc:"calls from one address at a time"`
	Most    int            `json:"most" doc:"calls at a time"`
	Daily   int            `json:"daily" doc:"calls in a day of the office's time zone"`
	Minutes int            `json:"minutes" doc:"of all its calls in a day of the office's time zone"`
	Longest int            `json:"longest" doc:"minutes of one call"`
	Calls   int            `json:"calls" doc:"by it, in the last 30 days"`
	Seconds int            `json:"seconds" doc:"… and how long they took"`
	Last    time.Time      `json:"last,omitzero" doc:"when the last of them ended"`
	Again   time.Time      `json:"again,omitzero" doc:"its calls of today are used up; when it takes calls again"`
	Created time.Time      `json:"created"`

	Revision string `json:"revision"`
	Secret   string `json:"secret,omitempty" doc:"of a link that was just made or renewed; shown this once"`
}

func (v *visit) editsTalk(l *pbx.TalkLink) bool {
	return l != nil && v.can(policy.LinkEdit, policy.Talk(v.s, l, v.at))
}

// talkState is why a link opens, or does not.
func (v *visit) talkState(l *pbx.TalkLink) string {
	valid := v.s.Validity(l, v.at)
	switch {
	case valid.Contains(v.at):
		return "open"
	case l.Off:
		return "off"
	case l.User != "" && !v.s.Tenant.Talk:
		return "closed"
	case v.at.Before(valid.From):
		return "early"
	case !l.Until.IsZero() && !v.at.Before(l.Until):
		return "over"
	}
	return "gone"
}

func (s *Server) talkLink(v *visit, l *pbx.TalkLink, use store.TalkUse) TalkLink {
	limits := l.Limits()
	out := TalkLink{ID: l.ID, Name: l.Name, Slug: l.Slug, Group: l.Group, To: v.place("", l.To), State: v.talkState(l), Off: l.Off, From: l.From, Until: l.Until, Always: l.Always,
		Named: l.Named, Mailed: l.Mailed, About: l.About, Keep: cmp.Or(l.Keep, pbx.UsualVisitKept), Back: l.Back, Outside: l.Outside, Origins: append([]string{}, l.Origins...), PerAddr: limits.PerAddr, Most: limits.Most, Daily: limits.Daily, Minutes: limits.Minutes,
		Longest: limits.Longest, Calls: use.Calls, Seconds: use.Seconds, Last: use.Last, Created: l.Created, Revision: command.Revision(l)}
	if out.State == "open" {
		out.Again = s.c.Talk.Visitors().Again(l, v.at)
	}
	if l.Slug != "" {
		out.Path = talkPath + l.Slug
	}
	if u := v.s.Users[l.User]; u != nil {
		out.User = &Party{User: u.ID, Name: u.Name, Number: u.Extension}
	}
	if l.Group != "" {
		out.GroupIs = v.s.NameOf(pbx.Ref{Kind: pbx.KindGroup, ID: string(l.Group)})
	}
	return out
}

// talkPath is where the pages of Talk links are.
const talkPath = "/talk/"

// talkSince is how far back the use of links is counted.
const talkSince = 30 * 24 * time.Hour

type talkLinksIn struct {
	List
	Sort string `query:"sort" default:"name" enum:"name,-name,last,-last,seconds,-seconds"`
	User string `query:"user" doc:"only the personal link of this person"`
	To   string `query:"to" doc:"only links that lead to this thing, by its id"`
}

// listTalkLinks shows the links that the visitor may change (PL-13).
func (s *Server) listTalkLinks(ctx context.Context, v *visit, in *talkLinksIn) (Page[TalkLink], error) {
	uses, err := s.c.Store.TalkUses(ctx, v.s.OfficeDay(v.at.Add(-talkSince)).Date)
	if err != nil {
		return Page[TalkLink]{}, err
	}
	var rows []*pbx.TalkLink
	for _, id := range slices.Sorted(maps.Keys(v.s.TalkLinks)) {
		l := v.s.TalkLinks[id]
		if (in.User == "" || l.User == pbx.UserID(in.User)) && (in.To == "" || l.To.ID == in.To) && v.editsTalk(l) &&
			matches(in.Q, l.Name, l.Slug, v.s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(l.User)}), v.s.PlaceName(l.To)) {
			rows = append(rows, l)
		}
	}
	key := func(l *pbx.TalkLink) string {
		switch strings.TrimPrefix(in.Sort, "-") {
		case "last":
			return uses[l.ID].Last.UTC().Format(time.RFC3339)
		case "seconds":
			return byNumber(strconv.Itoa(uses[l.ID].Seconds))
		}
		return strings.ToLower(l.Name)
	}
	part, next, err := pageOf(rows, in.List, in.Sort, key, func(l *pbx.TalkLink) string { return string(l.ID) })
	page := Page[TalkLink]{Items: make([]TalkLink, 0, len(part)), Next: next, Total: len(rows)}
	for _, l := range part {
		page.Items = append(page.Items, s.talkLink(v, l, uses[l.ID]))
	}
	return page, err
}

type talkLinkIn struct {
	Link string `path:"link" maxLength:"64"`
}

// oneTalkLink shows a link, with its use.
func (s *Server) oneTalkLink(ctx context.Context, v *visit, id, secret string) (TalkLink, error) {
	l := v.s.TalkLinks[pbx.TalkLinkID(id)]
	if !v.editsTalk(l) {
		return TalkLink{}, missing()
	}
	uses, err := s.c.Store.TalkUses(ctx, v.s.OfficeDay(v.at.Add(-talkSince)).Date)
	out := s.talkLink(v, l, uses[l.ID])
	if secret != "" {
		out.Secret, out.Path = secret, talkPath+secret
	}
	return out, err
}

func (s *Server) getTalkLink(ctx context.Context, v *visit, in *talkLinkIn) (TalkLink, error) {
	return s.oneTalkLink(ctx, v, in.Link, "")
}

type talkBody struct {
	User    string     `json:"user,omitempty" doc:"of a new one: whose personal link it is"`
	Name    *string    `json:"name,omitempty" maxLength:"200"`
	Slug    *string    `json:"slug,omitempty" maxLength:"100" doc:"the end of its address: letters a to z, digits, hyphens and dots; empty gives it a secret"`
	Group   *string    `json:"group,omitempty" doc:"department it belongs to; empty for the company"`
	To      *Place     `json:"to,omitempty" doc:"user, group, ring, queue, menu, room or mailbox"`
	Off     *bool      `json:"off,omitempty"`
	From    *time.Time `json:"from,omitempty" doc:"0001-01-01T00:00:00Z: from now on"`
	Until   *time.Time `json:"until,omitempty" doc:"0001-01-01T00:00:00Z: without an end"`
	Always  *bool      `json:"always,omitempty"`
	Named   *bool      `json:"named,omitempty"`
	Mailed  *bool      `json:"mailed,omitempty"`
	About   *bool      `json:"about,omitempty"`
	Keep    *int       `json:"keep,omitempty" doc:"0: as usual"`
	Back    *bool      `json:"back,omitempty"`
	Outside *bool      `json:"outside,omitempty"`
	Origins *[]string  `json:"origins,omitempty"`
	PerAddr *int       `json:"per_addr,omitempty" doc:"0: as usual; likewise the other limits"`
	Most    *int       `json:"most,omitempty"`
	Daily   *int       `json:"daily,omitempty"`
	Minutes *int       `json:"minutes,omitempty"`
	Longest *int       `json:"longest,omitempty"`

	Revision string `json:"revision,omitempty" doc:"same as If-Match"`
}

func (b *talkBody) read() command.Talk {
	c := command.Talk{Name: b.Name, Slug: b.Slug, Off: b.Off, From: b.From, Until: b.Until, Always: b.Always, Named: b.Named, Mailed: b.Mailed, About: b.About, Keep: b.Keep, Back: b.Back, Outside: b.Outside, Origins: b.Origins,
		PerAddr: b.PerAddr, Most: b.Most, Daily: b.Daily, Minutes: b.Minutes, Longest: b.Longest}
	if b.Group != nil {
		group := pbx.GroupID(*b.Group)
		c.Group = &group
	}
	if b.To != nil {
		to := b.To.destination()
		c.To = &to
	}
	return c
}

type newTalkLink struct {
	Body talkBody
}

func (s *Server) createTalkLink(ctx context.Context, v *visit, in *newTalkLink) (TalkLink, error) {
	r, err := s.do(ctx, v, command.CreateTalkLink{User: pbx.UserID(in.Body.User), Talk: in.Body.read()})
	if err != nil {
		return TalkLink{}, err
	}
	return s.oneTalkLink(ctx, v, r.Object.ID, r.Secret)
}

type editTalkLink struct {
	Link  string `path:"link" maxLength:"64"`
	Match string `header:"If-Match" doc:"revision that was shown"`
	Body  talkBody
}

func (s *Server) patchTalkLink(ctx context.Context, v *visit, in *editTalkLink) (TalkLink, error) {
	l := v.s.TalkLinks[pbx.TalkLinkID(in.Link)]
	if !v.editsTalk(l) {
		return TalkLink{}, missing()
	}
	r, err := s.do(ctx, v, matching(pbx.KindTalkLink, in.Link, in.Match, in.Body.Revision, command.EditTalkLink{ID: l.ID, Talk: in.Body.read()}))
	if err != nil {
		return TalkLink{}, err
	}
	return s.oneTalkLink(ctx, v, in.Link, r.Secret)
}

// renewTalkLink gives a link another address; the old one is dead at once.
func (s *Server) renewTalkLink(ctx context.Context, v *visit, in *talkLinkIn) (TalkLink, error) {
	l := v.s.TalkLinks[pbx.TalkLinkID(in.Link)]
	if !v.editsTalk(l) {
		return TalkLink{}, missing()
	}
	r, err := s.do(ctx, v, command.RenewTalkLink{ID: l.ID})
	if err != nil {
		return TalkLink{}, err
	}
	return s.oneTalkLink(ctx, v, in.Link, r.Secret)
}

// talkRoute shows what a call by the link would meet now (N-3): the decision that carries calls, branch by branch, asked for a visitor.
func (s *Server) talkRoute(_ context.Context, v *visit, in *talkLinkIn) (Path, error) {
	l := v.s.TalkLinks[pbx.TalkLinkID(in.Link)]
	if !v.editsTalk(l) {
		return Path{}, missing()
	}
	from := s.say(v, i18n.T("talk.visitor_nameless"))
	r := decision.Request{Caller: policy.Guests(l), From: pbx.Party{Name: from, Link: l.ID}, Dialled: "talk", Keys: true, At: v.at}
	return Path{From: from, To: l.Name, At: r.At, Zone: v.s.ZoneOf(v.who.User, v.at), Root: s.showNode(v, decision.Explore(v.s, v.live, r, switchboard.Permit))}, nil
}

func (s *Server) deleteTalkLink(ctx context.Context, v *visit, in *talkLinkIn) error {
	l := v.s.TalkLinks[pbx.TalkLinkID(in.Link)]
	if !v.editsTalk(l) {
		return missing()
	}
	_, err := s.do(ctx, v, command.DeleteTalkLink{ID: l.ID})
	return err
}

func talkRoutes() []Route {
	return []Route{
		route("GET", "/v1/talk-links", anywhere(policy.LinkEdit), "Talk links that the visitor may change, and how they are used.", (*Server).listTalkLinks),
		route("POST", "/v1/talk-links", anywhere(policy.LinkEdit), "Add a Talk link; the secret of one without a name is shown once.", (*Server).createTalkLink).created(),
		route("GET", "/v1/talk-links/{link}", row(policy.LinkEdit), "One Talk link.", (*Server).getTalkLink),
		route("PATCH", "/v1/talk-links/{link}", row(policy.LinkEdit), "Change a Talk link; of another name the old address is dead at once.", (*Server).patchTalkLink),
		route("POST", "/v1/talk-links/{link}/secret", row(policy.LinkEdit), "Give a Talk link a secret in place of its address, which is dead at once; it is shown once.", (*Server).renewTalkLink),
		route("GET", "/v1/talk-links/{link}/route", row(policy.LinkEdit), "Who would ring if a visitor called by the link now, and why.", (*Server).talkRoute),
		act("DELETE", "/v1/talk-links/{link}", row(policy.LinkEdit), "Take a Talk link away; its running calls end.", (*Server).deleteTalkLink),
	}
}
