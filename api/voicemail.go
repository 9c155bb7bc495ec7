package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

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
	for _, u := range []pbx.UserID{m.From.User, m.User} {
		if u != "" {
			users = append(users, u)
		}
	}
	veil := v.veil(policy.Record(m.Call, users, nil, m.At))
	out := Message{ID: m.ID, From: veil.party(m.From, somebody), Call: m.Call, At: m.At, Seconds: int((m.Length + 500*time.Millisecond) / time.Second),
		New: m.IsNew(), Deleted: m.Deleted, Mine: m.User != "" && m.User == v.who.User, Edit: v.can(policy.VoicemailEdit, box(m))}
	if u := v.s.Users[m.User]; u != nil {
		out.Box = veil.party(pbx.Party{User: u.ID, Name: u.Name, Number: u.Extension}, somebody)
	}
	if g := v.s.Groups[m.Group]; g != nil {
		out.Group = &GroupRef{g.ID, g.Name}
		out.Box = Party{Name: g.Name}
	}
	return out
}

type messagesIn struct {
	Cursor  string `query:"cursor" maxLength:"1000" doc:"where to go on: next of the page before"`
	Limit   int    `query:"limit" default:"50" minimum:"1" maximum:"200" doc:"rows in a page"`
	Deleted bool   `query:"deleted" doc:"what was deleted and can be taken back"`
}

// MessagePage is a page of messages, the newest first.
type MessagePage struct {
	Items []Message `json:"items" nullable:"false"`
	Next  string    `json:"next,omitempty"`
	New   int       `json:"new" doc:"messages in the visitor's own mailbox that nobody has heard"`
}

// listMessages shows exactly the messages that voicemail.play reaches.
func (s *Server) listMessages(ctx context.Context, v *visit, in *messagesIn) (MessagePage, error) {
	sees := v.sight(policy.VoicemailPlay)
	page, err := s.c.Store.Messages(ctx, store.MessageQuery{Sight: scope(sees), Cursor: in.Cursor, Limit: in.Limit, Deleted: in.Deleted,
		Keep: func(m *pbx.Message) bool { return sees.Sees(box(m)) }})
	if err != nil {
		return MessagePage{}, err
	}
	out := MessagePage{Items: make([]Message, 0, len(page.Items)), Next: page.Next}
	for i := range page.Items {
		out.Items = append(out.Items, s.showMessage(v, &page.Items[i]))
	}
	if v.can(policy.VoicemailPlay, policy.Owned(policy.KindVoicemail, string(v.who.User), v.who.User, "")) {
		out.New, _, err = s.c.Store.CountMessages(ctx, v.who.User, "")
	}
	return out, err
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
	f := event.New(k, v.at, v.who, pbx.Ref{Kind: pbx.KindMessage, ID: string(after.ID)}, nil)
	var err1, err2 error
	f.Before, err1 = json.Marshal(before)
	f.After, err2 = json.Marshal(after)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	stored, err := s.c.Store.Write(ctx, []event.Fact{f}, store.MessageKept{Message: after})
	if err != nil {
		return err
	}
	return s.c.Desk.Publish(ctx, stored)
}

// getSound sends a message as WAV, in pieces if need be. That somebody else than its owner hears it is written down (N-15).
func (s *Server) getSound(ctx context.Context, v *visit, in *messageIn) (writer, error) {
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
		http.ServeContent(w, r, "", m.At, file)
	}, nil
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
