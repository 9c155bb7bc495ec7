package outbox

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	mail "github.com/wneessen/go-mail"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/store"
)

// lifetime is how long a mail is tried.
const lifetime = 72 * time.Hour

// timeout is how long one attempt may take as a whole.
const timeout = 30 * time.Second

// Config is what a Sender needs. Everything but Dial has to be set.
type Config struct {
	Store   *store.Tenant
	View    func() *pbx.Snapshot // the configuration of this moment
	Catalog *i18n.Catalog
	Log     *slog.Logger
	Sound   func(id string) (io.ReadSeekCloser, error)                           // of a message, as a file; one that cannot be had is left out
	Sent    func(context.Context, store.Mail)                                    // told about every mail that has left; nil: nobody is
	Dial    func(ctx context.Context, network, address string) (net.Conn, error) // nil dials as package net does
}

// Sender writes mails down and sends them. Run has to be running for mails to leave by themselves.
type Sender struct {
	c    Config
	wake chan struct{}
	mu   sync.Mutex // one attempt at a time, so that no mail leaves twice
}

// New makes a sender.
func New(c Config) *Sender { return &Sender{c: c, wake: make(chan struct{}, 1)} }

// Write puts a message into words and decides its state: waiting when the office has a mail server, else kept for an
// administrator to read. The result is stored by the caller, in the transaction of what caused it (store.Tenant.ApplyAlso),
// who calls Wake afterwards; or by Send.
func (s *Sender) Write(m Message) store.Mail {
	v := s.c.View()
	if m.Office == "" {
		m.Office = v.Tenant.Name
	}
	now := time.Now()
	out := Compose(s.c.Catalog, m)
	var entropy [10]byte
	rand.Read(entropy[:])
	out.ID, out.Created, out.State = pbx.NewID("mai", now, entropy), now, store.MailKept
	if v.Tenant.Mail.Host != "" {
		out.State, out.Next = store.MailWaiting, now
	}
	return out
}

// Send writes a message down with the facts that belong to it, and has it sent.
func (s *Sender) Send(ctx context.Context, m Message, facts ...event.Fact) ([]event.Fact, error) {
	stored, err := s.c.Store.PutMail(ctx, s.Write(m), facts...)
	if err != nil {
		return nil, err
	}
	s.Wake()
	return stored, nil
}

// Wake has Run look at the outbox now.
func (s *Sender) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run sends mails as they become due, until the context ends.
func (s *Sender) Run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		case <-timer.C:
		}
		next, err := s.round(ctx)
		if err != nil && ctx.Err() == nil {
			s.c.Log.Error("outbox", "error", err)
			next = time.Now().Add(time.Minute)
		}
		if !next.IsZero() {
			timer.Reset(max(0, time.Until(next)))
		}
	}
}

// round tries what is due and tells when the next mail is; zero if none waits.
func (s *Sender) round(ctx context.Context) (time.Time, error) {
	due, err := s.c.Store.DueMails(ctx, time.Now(), 50)
	if err != nil {
		return time.Time{}, err
	}
	for _, m := range due {
		if err := s.try(ctx, m); err != nil || ctx.Err() != nil {
			return time.Time{}, err
		}
	}
	return s.c.Store.NextMail(ctx)
}

// try makes one attempt and writes down what came of it; the error is the database's.
func (s *Sender) try(ctx context.Context, m store.Mail) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, err := s.c.Store.Mail(ctx, m.ID)
	if err != nil || now.State != store.MailWaiting {
		return err // somebody sent it by hand meanwhile
	}
	_, err = s.attempt(ctx, now)
	return err
}

// Retry tries a mail of the outbox now, whatever its state, with the mail server of this moment. The refusals say why it
// did not leave; the mail keeps the reason, too.
func (s *Sender) Retry(ctx context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.c.Store.Mail(ctx, id)
	if err != nil {
		return err
	}
	if m.State == store.MailSent {
		return pbx.Refuse(pbx.Conflict, "", "mail.is_sent")
	}
	if s.c.View().Tenant.Mail.Host == "" {
		return pbx.Refuse(pbx.Invalid, "mail.host", "mail.no_host")
	}
	failure, err := s.attempt(ctx, m)
	if err == nil && failure != nil {
		err = pbx.Refuse(pbx.Unavailable, "", "mail.not_sent", "error", oneLine(failure))
	}
	return err
}

// attempt sends a mail and stores its new state. A server that refuses the receiver for good ends it; everything else is
// tried again, later each time, for three days.
func (s *Sender) attempt(ctx context.Context, m store.Mail) (failure, err error) {
	server := s.c.View().Tenant
	if server.Mail.Host == "" {
		m.State, m.Next = store.MailKept, time.Time{}
		_, err = s.c.Store.PutMail(ctx, m)
		return nil, err
	}
	failure = s.deliver(ctx, server, m)
	if failure != nil && ctx.Err() != nil {
		return failure, nil // stopped in the middle: the attempt does not count
	}
	ctx = context.WithoutCancel(ctx) // a mail that has left is sent, even if whoever asked for it has gone meanwhile
	now := time.Now()
	m.Tries++
	switch {
	case failure == nil:
		m.State, m.Sent, m.Error, m.Next = store.MailSent, now, "", time.Time{}
	case isFinal(failure) || now.Sub(m.Created) >= lifetime:
		m.State, m.Error, m.Next = store.MailFailed, oneLine(failure), time.Time{}
	default:
		m.State, m.Error, m.Next = store.MailWaiting, oneLine(failure), now.Add(pause(m.Tries))
	}
	if failure != nil {
		s.c.Log.Warn("mail was not sent", "mail", m.ID, "tries", m.Tries, "error", failure)
	}
	_, err = s.c.Store.PutMail(ctx, m)
	if err == nil && failure == nil && s.c.Sent != nil {
		s.c.Sent(ctx, m)
	}
	return failure, err
}

// pause is how long to wait after so many attempts.
func pause(tries int) time.Duration {
	steps := [...]time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}
	if tries <= len(steps) {
		return steps[max(tries, 1)-1]
	}
	return 3 * time.Hour
}

// isFinal reports whether the server refused this receiver or this mail for good (RFC 5321 §4.2.1).
func isFinal(err error) bool {
	var e *mail.SendError
	return errors.As(err, &e) && !e.IsTemp() && (e.Reason == mail.ErrSMTPRcptTo || e.Reason == mail.ErrSMTPDataClose)
}

func oneLine(err error) string {
	s := strings.Join(strings.Fields(err.Error()), " ")
	return s[:min(len(s), 500)]
}

// deliver speaks SMTP once.
func (s *Sender) deliver(ctx context.Context, t pbx.Tenant, m store.Mail) error {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := msg.FromFormat(t.Name, t.Mail.From); err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	if err := msg.AddToFormat(m.Name, m.To); err != nil {
		return fmt.Errorf("receiver: %w", err)
	}
	_, domain, _ := strings.Cut(t.Mail.From, "@")
	msg.SetMessageIDWithValue(m.ID + "@" + domain) // the same at every attempt, so that a doubled mail is recognised
	msg.SetDateWithValue(m.Created)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers
	msg.Subject(m.Subject)
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	if m.Sound != "" && s.c.Sound != nil {
		sound, err := s.c.Sound(m.Sound)
		switch {
		case err != nil:
			s.c.Log.Warn("a message goes by mail without its sound", "message", m.Sound, "error", err)
		default:
			defer func() { _ = sound.Close() }()
			msg.AttachReadSeeker("voicemail.wav", sound, mail.WithFileContentType("audio/wav"))
		}
	}
	client, err := mail.NewClient(t.Mail.Host, s.options(t.Mail)...)
	if err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return client.DialAndSendWithContext(ctx, msg)
}

func (s *Sender) options(c pbx.Mail) []mail.Option {
	o := []mail.Option{mail.WithTimeout(timeout)}
	port := c.Port
	switch c.TLS {
	case "tls":
		o = append(o, mail.WithSSL())
		port = or(port, 465)
	case "none":
		o = append(o, mail.WithTLSPolicy(mail.NoTLS))
		port = or(port, 25)
	default:
		o = append(o, mail.WithTLSPolicy(mail.TLSMandatory))
		port = or(port, 587)
	}
	o = append(o, mail.WithPort(port))
	if c.User != "" {
		o = append(o, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(c.User), mail.WithPassword(c.Password))
	}
	if s.c.Dial != nil {
		o = append(o, mail.WithDialContextFunc(s.c.Dial))
	}
	return o
}

func or(port, standard int) int {
	if port == 0 {
		return standard
	}
	return port
}

// Test sends a test mail at once and tells what the server said.
func (s *Sender) Test(ctx context.Context, m Message) error {
	if s.c.View().Tenant.Mail.Host == "" {
		return pbx.Refuse(pbx.Invalid, "mail.host", "mail.no_host")
	}
	m.Kind = Test
	w := s.Write(m)
	w.State, w.Next = store.MailKept, time.Time{} // Run must not try it, too
	if _, err := s.c.Store.PutMail(ctx, w); err != nil {
		return err
	}
	err := s.Retry(ctx, w.ID)
	var refusal *pbx.Error
	if errors.As(err, &refusal) {
		s.fail(ctx, w.ID)
	}
	return err
}

// fail ends a mail that nobody wants to be tried again.
func (s *Sender) fail(ctx context.Context, id string) {
	m, err := s.c.Store.Mail(ctx, id)
	if err == nil && m.State == store.MailWaiting {
		m.State, m.Next = store.MailFailed, time.Time{}
		_, err = s.c.Store.PutMail(ctx, m)
	}
	if err != nil {
		s.c.Log.Error("outbox", "mail", id, "error", err)
	}
}
