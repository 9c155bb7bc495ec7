package api

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/store"
)

// SoundFile is a sound as browsers play it.
type SoundFile interface {
	io.ReadSeekCloser
}

// Message is what was said to a mailbox.
type Message struct {
	ID      pbx.MessageID `json:"id"`
	Box     Party         `json:"box" doc:"the person whose mailbox it is in"`
	Group   *GroupRef     `json:"group,omitempty" doc:"the group whose mailbox it is in"`
	From    Party         `json:"from"`
	Call    pbx.CallID    `json:"call,omitempty"`
	At      time.Time     `json:"at"`
	Seconds int           `json:"seconds"`
	New     bool          `json:"new" doc:"nobody has heard it"`
	Deleted time.Time     `json:"deleted,omitzero"`
	By      *Party        `json:"by,omitempty" doc:"who forwarded it to this mailbox; from is still who left it"`
	Mine    bool          `json:"mine" doc:"it is in the visitor's own mailbox"`
	Edit    bool          `json:"edit" doc:"the visitor may delete it"`
}

// GroupRef names a group.
type GroupRef struct {
	ID   pbx.GroupID `json:"id"`
	Name string      `json:"name"`
}

// box is the mailbox of a message as a target.
func box(m *pbx.Message) policy.Target {
	id := string(m.User)
	if m.User == "" {
		id = string(m.Group)
	}
	return policy.Owned(policy.KindVoicemail, id, m.User, m.Group)
}

func (s *Server) showMessage(v *visit, m *pbx.Message) Message {
	somebody := s.say(v, i18n.T("call.somebody"))
	var users []pbx.UserID
	for _, u := range []pbx.UserID{m.From.User, m.User, m.By} {
		if u != "" {
			users = append(users, u)
		}
	}
	veil := v.veil(policy.Record(m.Call, users, nil, m.At))
	out := Message{ID: m.ID, From: veil.party(m.From, somebody), Call: m.Call, At: m.At, Seconds: int((m.Length + 500*time.Millisecond) / time.Second),
		New: m.IsNew(), Deleted: m.Deleted, Mine: m.User != "" && m.User == v.who.User, Edit: v.can(policy.VoicemailEdit, box(m))}
	if u := v.s.Users[m.User]; u != nil {
		out.Box = veil.party(u.Party(), somebody)
	}
	if u := v.s.Users[m.By]; u != nil {
		by := veil.party(u.Party(), somebody)
		out.By = &by
	}
	if g := v.s.Groups[m.Group]; g != nil {
		out.Group = &GroupRef{g.ID, g.Name}
		out.Box = Party{Name: g.Name}
	}
	return out
}

type messagesIn struct {
	Cursor  string    `query:"cursor" maxLength:"1000" doc:"where to go on: next of the page before"`
	Limit   int       `query:"limit" default:"50" minimum:"1" maximum:"200" doc:"rows in a page"`
	Deleted bool      `query:"deleted" doc:"what was deleted and can be taken back"`
	Q       string    `query:"q" maxLength:"100" doc:"in the name and number of the caller, and the name of the mailbox"`
	Box     string    `query:"box" maxLength:"64" doc:"only this mailbox: id of the person or group"`
	State   string    `query:"state" enum:",new,heard"`
	From    time.Time `query:"from" doc:"first moment inside"`
	Until   time.Time `query:"until" doc:"first moment outside"`
}

// BoxCount is a mailbox that the visitor may hear, and how many messages are in it.
type BoxCount struct {
	ID   pbx.BoxID `json:"id"`
	Name string    `json:"name"`
	Mine bool      `json:"mine"`
	New  int       `json:"new"`
	Old  int       `json:"old"`
}

// MessagePage is a page of messages, the newest first.
type MessagePage struct {
	Items []Message  `json:"items" nullable:"false"`
	Next  string     `json:"next,omitempty"`
	New   int        `json:"new" doc:"messages in the visitor's own mailbox that nobody has heard"`
	Boxes []BoxCount `json:"boxes" nullable:"false" doc:"mailboxes with messages that the visitor may hear, by name"`
}

// fits reports whether a message is one of those asked for. What is searched is what the visitor would be shown.
func (in *messagesIn) fits(s *Server, v *visit, m *pbx.Message) bool {
	switch {
	case in.Box != "" && string(m.Box()) != in.Box, in.State == "new" && !m.IsNew(), in.State == "heard" && m.IsNew(),
		m.At.Before(in.From), !in.Until.IsZero() && !m.At.Before(in.Until):
		return false
	case in.Q == "":
		return true
	}
	shown, q := s.showMessage(v, m), strings.ToLower(strings.TrimSpace(in.Q))
	for _, text := range []string{shown.From.Name, shown.From.Number, shown.Box.Name} {
		if strings.Contains(strings.ToLower(text), q) {
			return true
		}
	}
	return false
}

// listMessages shows exactly the messages that voicemail.play reaches.
func (s *Server) listMessages(ctx context.Context, v *visit, in *messagesIn) (MessagePage, error) {
	sees := v.sight(policy.VoicemailPlay)
	page, err := s.c.Store.Messages(ctx, store.MessageQuery{Sight: scope(sees), Cursor: in.Cursor, Limit: in.Limit, Deleted: in.Deleted,
		Keep: func(m *pbx.Message) bool { return sees.Sees(box(m)) && in.fits(s, v, m) }})
	if err != nil {
		return MessagePage{}, err
	}
	out := MessagePage{Items: make([]Message, 0, len(page.Items)), Next: page.Next, Boxes: []BoxCount{}}
	for i := range page.Items {
		out.Items = append(out.Items, s.showMessage(v, &page.Items[i]))
	}
	counts, err := s.c.Store.CountBoxes(ctx)
	if err != nil {
		return MessagePage{}, err
	}
	for id, c := range counts {
		user, group := id.Owner()
		if !sees.Sees(box(&pbx.Message{User: user, Group: group})) {
			continue
		}
		b := BoxCount{ID: id, Name: v.boxName(id, s.say(v, i18n.T("call.somebody"))), Mine: user != "" && user == v.who.User, New: c.New, Old: c.Old}
		if out.Boxes = append(out.Boxes, b); b.Mine {
			out.New = c.New
		}
	}
	slices.SortFunc(out.Boxes, func(a, b BoxCount) int {
		if a.Mine != b.Mine {
			return map[bool]int{true: -1, false: 1}[a.Mine]
		}
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(string(a.ID), string(b.ID)))
	})
	return out, nil
}

// boxName is what the visitor may call a mailbox.
func (v *visit) boxName(id pbx.BoxID, somebody string) string {
	user, group := id.Owner()
	if u := v.s.Users[user]; u != nil && v.knows(user) {
		return u.Name
	}
	if g := v.s.Groups[group]; g != nil {
		return g.Name
	}
	return somebody
}

type messageIn struct {
	Message string `path:"message"`
}

// message fetches a message that the visitor may hear; any other is not there.
func (s *Server) message(ctx context.Context, v *visit, id string) (pbx.Message, error) {
	m, err := s.c.Store.Message(ctx, pbx.MessageID(id))
	if err != nil {
		return m, hideMissing(err)
	}
	if !v.sight(policy.VoicemailPlay).Sees(box(&m)) {
		return m, missing()
	}
	return m, nil
}

// edits refuses unless the visitor may delete the message, which he knows of.
func (v *visit) edits(m *pbx.Message) error {
	d := policy.Decide(v.s, policy.Request{Actor: v.who, Right: policy.VoicemailEdit, Target: box(m), At: v.at})
	if d.OK {
		return nil
	}
	return &pbx.Error{Code: pbx.Denied, Text: d.Reason()}
}

// note writes a change of a message, or that somebody heard it, and tells everybody who may know.
func (s *Server) note(ctx context.Context, v *visit, k event.Kind, before, after pbx.Message) error {
	return s.tell(ctx, v, k, &before, &after, store.MessageKept{Message: after})
}

// tell writes what the visitor did with something that is no configuration, with its row, and tells everybody who may know.
func (s *Server) tell(ctx context.Context, v *visit, k event.Kind, before, after pbx.Noun, row store.Also) error {
	f := event.Changed(k, v.at, v.who, pbx.Difference{Ref: after.Ref(), Before: before, After: after})
	stored, err := s.c.Store.Write(ctx, []event.Fact{f}, row)
	if err != nil {
		return err
	}
	return s.c.Desk.Publish(ctx, stored)
}

type soundIn struct {
	Message  string `path:"message"`
	Download bool   `query:"download" doc:"as a file to be kept, with a name"`
}

// getSound sends a message as WAV, in pieces if need be. That somebody else than its owner hears it is written down (N-15).
func (s *Server) getSound(ctx context.Context, v *visit, in *soundIn) (writer, error) {
	m, err := s.message(ctx, v, in.Message)
	if err != nil {
		return nil, err
	}
	if begins := v.r.Header.Get("Range"); m.User != v.who.User && (begins == "" || strings.HasPrefix(begins, "bytes=0-")) {
		if err := s.note(ctx, v, event.MessagePlayed, m, m); err != nil {
			return nil, err
		}
	}
	file, err := s.c.Sound(m)
	if err != nil {
		return nil, missing()
	}
	return func(w http.ResponseWriter, r *http.Request) {
		defer func() { _ = file.Close() }()
		w.Header().Set("Content-Type", "audio/wav")
		w.Header().Set("Cache-Control", "private, no-store")
		if in.Download {
			w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": s.fileName(v, &m)}))
		}
		http.ServeContent(w, r, "", m.At, file)
	}, nil
}

// fileName is what a message is called as a file: when it came, and from whom.
func (s *Server) fileName(v *visit, m *pbx.Message) string {
	zone, err := time.LoadLocation(v.s.ZoneOf(v.who.User, v.at))
	if err != nil {
		zone = time.UTC
	}
	from := s.showMessage(v, m).From
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '+' {
			return r
		}
		return '-'
	}, cmp.Or(from.Name, from.Number, "voicemail"))
	return m.At.In(zone).Format("2006-01-02 15.04") + " " + name + ".wav"
}

// Handling is one thing that somebody did with a message.
type Handling struct {
	At   time.Time `json:"at"`
	What string    `json:"what" enum:"left,sent_on,played,heard,new,deleted,restored"`
	Who  string    `json:"who" doc:"name"`
	Via  string    `json:"via,omitempty" doc:"the door: web, sip"`
}

// MessageHistory is who did what with a message, the newest first.
type MessageHistory struct {
	Items []Handling `json:"items" nullable:"false"`
}

// getHandlings tells who listened to a message, and when (N-15).
func (s *Server) getHandlings(ctx context.Context, v *visit, in *messageIn) (MessageHistory, error) {
	m, err := s.message(ctx, v, in.Message)
	if err != nil {
		return MessageHistory{}, err
	}
	page, err := s.c.Store.Facts(ctx, store.FactQuery{Sight: store.Scope{All: true}, Object: pbx.Ref{Kind: pbx.KindMessage, ID: string(m.ID)}, Limit: 200})
	if err != nil {
		return MessageHistory{}, err
	}
	out := MessageHistory{Items: []Handling{}}
	for _, f := range page.Items {
		h := Handling{At: f.At, What: strings.TrimPrefix(string(f.Kind), "message."), Who: s.actorName(v, f.Actor), Via: f.Actor.Via}
		switch f.Kind {
		case event.MessageLeft:
			h.Who = s.showMessage(v, &m).From.Name
		case event.MessageMarked:
			var after pbx.Message
			if err := json.Unmarshal(f.After, &after); err != nil {
				return MessageHistory{}, err
			}
			if h.What = "heard"; after.IsNew() {
				h.What = "new"
			}
		}
		out.Items = append(out.Items, h)
	}
	return out, nil
}

type sendOnIn struct {
	Message string `path:"message"`
	Body    struct {
		To pbx.BoxID `json:"to" maxLength:"64" doc:"mailbox: id of a person or group"`
	}
}

// sendOn puts a copy of a message into another mailbox, where it is new.
func (s *Server) sendOn(ctx context.Context, v *visit, in *sendOnIn) error {
	m, err := s.message(ctx, v, in.Message)
	if err != nil {
		return err
	}
	user, group := in.Body.To.Owner()
	known := v.s.Users[user] != nil && v.knows(user) || v.s.Groups[group] != nil && v.can(policy.GroupSee, policy.Group(group))
	if !known {
		return pbx.Refuse(pbx.Invalid, "to", "destination.gone")
	}
	return s.c.SendOn(ctx, v.who, m, in.Body.To)
}

type heardIn struct {
	Message string `path:"message"`
	Body    struct {
		New bool `json:"new" doc:"whether it counts as not heard"`
	}
}

// patchMessage marks a message as heard, or as new again.
func (s *Server) patchMessage(ctx context.Context, v *visit, in *heardIn) (Message, error) {
	m, err := s.message(ctx, v, in.Message)
	if err != nil {
		return Message{}, err
	}
	if m.IsNew() == in.Body.New {
		return s.showMessage(v, &m), nil
	}
	before := m
	if m.Heard = v.at; in.Body.New {
		m.Heard = time.Time{}
	}
	if err := s.note(ctx, v, event.MessageMarked, before, m); err != nil {
		return Message{}, err
	}
	return s.showMessage(v, &m), nil
}

// deleteMessage puts a message into the bin, from which it can be taken back for a month.
func (s *Server) deleteMessage(ctx context.Context, v *visit, in *messageIn) error {
	m, err := s.message(ctx, v, in.Message)
	if err != nil {
		return err
	}
	if err := v.edits(&m); err != nil || !m.Deleted.IsZero() {
		return err
	}
	before := m
	m.Deleted = v.at
	return s.note(ctx, v, event.MessageDeleted, before, m)
}

// restoreMessage takes a message out of the bin.
func (s *Server) restoreMessage(ctx context.Context, v *visit, in *messageIn) (Message, error) {
	m, err := s.message(ctx, v, in.Message)
	if err != nil {
		return Message{}, err
	}
	if err := v.edits(&m); err != nil {
		return Message{}, err
	}
	if !m.Deleted.IsZero() {
		before := m
		m.Deleted = time.Time{}
		if err := s.note(ctx, v, event.MessageRestored, before, m); err != nil {
			return Message{}, err
		}
	}
	return s.showMessage(v, &m), nil
}
