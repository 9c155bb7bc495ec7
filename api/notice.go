package api

import (
	"context"
	"time"

	"tandem/command"
	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/store"
)

// Notice is something that the visitor should know, in his language.
type Notice struct {
	ID       pbx.NoticeID   `json:"id"`
	Kind     pbx.NoticeKind `json:"kind"`
	Severity string         `json:"severity" enum:"info,warning,critical"`
	Area     string         `json:"area" enum:"own,groups,office" doc:"own: about the reader; groups: because he looks after people; office: because he looks after the office"`
	Title    string         `json:"title"`
	Text     string         `json:"text"`
	At       time.Time      `json:"at"`
	Page     string         `json:"page,omitempty" doc:"of the web app: where it leads"`
	About    *Named         `json:"about,omitempty"`
	Read     bool           `json:"read"`
}

func (s *Server) showNotice(v *visit, n *pbx.Notice) Notice {
	l, _ := policy.NoticeSortOf(n.Kind)
	args := n.Says.In(func(t i18n.Text) string { return s.say(v, t) }, v.s.ZoneOf(n.User, v.at))
	key := "notice." + string(n.Kind)
	out := Notice{ID: n.ID, Kind: n.Kind, Severity: string(l.Severity), Area: string(l.Area), At: n.At, Page: n.Page, Read: !n.Seen.IsZero(),
		Title: s.say(v, i18n.Text{Key: key + ".title", Args: args}), Text: s.say(v, i18n.Text{Key: key + ".text", Args: args})}
	if n.About.ID != "" {
		about := v.named(n.About)
		out.About = &about
	}
	return out
}

type noticesIn struct {
	Cursor string `query:"cursor" maxLength:"1000" doc:"where to go on: next of the page before"`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"200" doc:"rows in a page"`
	Unread bool   `query:"unread" doc:"only what is not marked as read"`
	Area   string `query:"area" enum:"own,groups,office"`
}

// listNotices shows the visitor his own notices, and nobody else's.
func (s *Server) listNotices(ctx context.Context, v *visit, in *noticesIn) (Page[Notice], error) {
	q := store.NoticeQuery{User: v.who.User, Unseen: in.Unread, Cursor: in.Cursor, Limit: in.Limit}
	if in.Area != "" {
		q.Kinds = []pbx.NoticeKind{}
		for _, l := range policy.NoticeSorts() {
			if string(l.Area) == in.Area {
				q.Kinds = append(q.Kinds, l.Kind)
			}
		}
	}
	list, err := s.c.Store.Notices(ctx, q)
	page := Page[Notice]{Items: make([]Notice, 0, len(list.Items)), Next: list.Next, Total: list.Total}
	for i := range list.Items {
		page.Items = append(page.Items, s.showNotice(v, &list.Items[i]))
	}
	return page, err
}

type readIn struct {
	Body struct {
		Until time.Time `json:"until,omitzero" doc:"what came later stays new; absent: all"`
	}
}

// readOut says how much was marked.
type readOut struct {
	Read int64 `json:"read"`
}

func (s *Server) readNotices(ctx context.Context, v *visit, in *readIn) (readOut, error) {
	until := in.Body.Until
	if until.IsZero() || until.After(v.at) {
		until = v.at
	}
	n, err := s.c.Store.SeeNotices(ctx, v.who.User, until, v.at)
	if err == nil && n > 0 {
		err = s.noticesMoved(ctx, v, "")
	}
	return readOut{n}, err
}

type noticeIn struct {
	Notice string `path:"notice"`
	Body   struct {
		Read bool `json:"read"`
	}
}

func (s *Server) patchNotice(ctx context.Context, v *visit, in *noticeIn) (Notice, error) {
	n, err := s.c.Store.Notice(ctx, v.who.User, pbx.NoticeID(in.Notice))
	if err != nil {
		return Notice{}, err
	}
	if in.Body.Read == n.Seen.IsZero() {
		n.Seen = time.Time{}
		if in.Body.Read {
			n.Seen = v.at
		}
		if err := s.c.Store.Keep(ctx, store.NoticeKept{Notice: n}); err != nil {
			return Notice{}, err
		}
		if err := s.noticesMoved(ctx, v, n.ID); err != nil {
			return Notice{}, err
		}
	}
	return s.showNotice(v, &n), nil
}

// noticesMoved tells the other pages of the visitor.
func (s *Server) noticesMoved(ctx context.Context, v *visit, id pbx.NoticeID) error {
	return s.c.Bus.Publish(ctx, []event.Fact{event.New(event.NoticeMoved, v.at, v.who, pbx.Ref{Kind: pbx.KindNotice, ID: string(id)}, event.Noticed{User: v.who.User})})
}

// NoticeChoice says by which ways the visitor gets notices of a kind.
type NoticeChoice struct {
	Kind     pbx.NoticeKind `json:"kind"`
	Name     string         `json:"name"`
	Severity string         `json:"severity" enum:"info,warning,critical"`
	Area     string         `json:"area" enum:"own,groups,office"`
	pbx.Channels
	Fixed bool         `json:"fixed" doc:"it stands under the bell whatever is chosen"`
	Usual pbx.Channels `json:"usual" doc:"what holds for whoever chose nothing"`
}

func (s *Server) listNoticeChoices(_ context.Context, v *visit, _ *struct{}) (Page[NoticeChoice], error) {
	u := v.s.Users[v.who.User]
	if u == nil {
		return Page[NoticeChoice]{}, missing()
	}
	page := Page[NoticeChoice]{Items: []NoticeChoice{}}
	for _, l := range policy.NoticeSorts() {
		page.Items = append(page.Items, NoticeChoice{Kind: l.Kind, Name: s.say(v, i18n.Text{Key: "notice." + string(l.Kind) + ".name"}), Severity: string(l.Severity),
			Area: string(l.Area), Channels: l.Channels(u), Fixed: l.Severity == policy.SeverityCritical, Usual: l.Usual})
	}
	page.Total = len(page.Items)
	return page, nil
}

type noticeChoicesIn struct {
	Body struct {
		Items []struct {
			Kind pbx.NoticeKind `json:"kind" maxLength:"64"`
			pbx.Channels
		} `json:"items" maxItems:"100" nullable:"false" doc:"kinds that are not named stay as they are"`
	}
}

func (s *Server) putNoticeChoices(ctx context.Context, v *visit, in *noticeChoicesIn) (Page[NoticeChoice], error) {
	c := command.SetNotices{User: v.who.User, Ways: map[pbx.NoticeKind]pbx.Channels{}}
	for _, i := range in.Body.Items {
		c.Ways[i.Kind] = i.Channels
	}
	if _, err := s.do(ctx, v, c); err != nil {
		return Page[NoticeChoice]{}, err
	}
	return s.listNoticeChoices(ctx, v, nil)
}
