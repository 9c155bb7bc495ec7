package api

import (
	"context"
	"time"

	"tandem/policy"
	"tandem/store"
)

// Mail is a message of the outbox.
type Mail struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	To      string    `json:"to"`
	Name    string    `json:"name"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	HTML    string    `json:"html,omitempty"`
	State   string    `json:"state" enum:"kept,sent,failed,waiting"`
	Error   string    `json:"error,omitempty"`
	Created time.Time `json:"created"`
	Sent    time.Time `json:"sent,omitzero"`
}

// showMail shows a mail. The link in it opens the receiver's account, so it is there only for those who may send him a new one: an
// administrator who reads the outbox must not become the owner by asking for the owner's forgotten password (rights invariants I-4, I-15).
func (v *visit) showMail(m store.Mail) Mail {
	if m.Secret != "" && !v.can(policy.LoginReset, policy.User(m.User)) {
		m = m.WithoutSecret()
	}
	return Mail{ID: m.ID, Kind: m.Kind, To: m.To, Name: m.Name, Subject: m.Subject, Text: m.Text, HTML: m.HTML, State: string(m.State),
		Error: m.Error, Created: m.Created, Sent: m.Sent}
}

type mailsIn struct {
	Cursor string `query:"cursor" maxLength:"100"`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"200"`
}

// listMails shows the outbox, newest first: without a mail server this is where invitations are read and passed on.
func (s *Server) listMails(ctx context.Context, v *visit, in *mailsIn) (Page[Mail], error) {
	mails, err := s.c.Store.Mails(ctx, in.Cursor, in.Limit)
	if err != nil {
		return Page[Mail]{}, err
	}
	page := Page[Mail]{Items: make([]Mail, 0, len(mails))}
	for _, m := range mails {
		page.Items = append(page.Items, v.showMail(m))
	}
	page.Total = len(mails)
	if len(mails) == in.Limit {
		page.Next = mails[len(mails)-1].ID
	}
	if in.Cursor != "" || page.Next != "" {
		page.Total, err = s.countMails(ctx)
	}
	return page, err
}

// countMails counts the outbox as far as anybody reads.
func (s *Server) countMails(ctx context.Context) (int, error) {
	n, cursor := 0, ""
	for n < walked {
		mails, err := s.c.Store.Mails(ctx, cursor, 200)
		if err != nil {
			return 0, err
		}
		n += len(mails)
		if len(mails) < 200 {
			break
		}
		cursor = mails[len(mails)-1].ID
	}
	return n, nil
}

type mailIn struct {
	Mail string `path:"mail"`
}

func (s *Server) sendMail(ctx context.Context, _ *visit, in *mailIn) error {
	if _, err := s.c.Store.Mail(ctx, in.Mail); err != nil {
		return hideMissing(err)
	}
	return s.c.SendMail(ctx, in.Mail)
}

func (s *Server) postMailTest(ctx context.Context, v *visit, _ *struct{}) error {
	return s.c.TestMail(ctx, v.s.Users[v.who.User].Email)
}
