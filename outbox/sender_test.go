package outbox_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"tandem/i18n"
	"tandem/outbox"
	"tandem/pbx"
	"tandem/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var office = pbx.Mail{Host: "mail.example", Port: 25, From: "pbx@acme.example", TLS: "none"}

// post is an outbox over a database and a mail server.
type post struct {
	*outbox.Sender
	store *store.Tenant
	mail  atomic.Pointer[pbx.Mail]
}

func newPost(t *testing.T, m pbx.Mail, host *mailHost, change ...func(*outbox.Config)) *post {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "tandem.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := &post{store: db.Tenant("main")}
	p.mail.Store(&m)
	config := outbox.Config{Store: p.store, Catalog: c, Log: slog.New(slog.DiscardHandler),
		View: func() *pbx.Snapshot {
			return &pbx.Snapshot{Tenant: pbx.Tenant{Name: "Łódź & Co", Mail: *p.mail.Load()}}
		}}
	if host != nil {
		config.Dial = host.dial
	}
	for _, f := range change {
		f(&config)
	}
	p.Sender = outbox.New(config)
	return p
}

func invitation() outbox.Message {
	return outbox.Message{Kind: outbox.Invitation, User: "usr_bob", Name: "Bób <admin>", To: "bob@acme.example", Language: "de", Zone: "Europe/Berlin",
		Link: "https://pbx.example/link/SECRET", Until: time.Date(2026, 7, 1, 10, 0, 0, 0, time.UTC)}
}

func (p *post) only(t *testing.T) store.Mail {
	t.Helper()
	list, err := p.store.Mails(t.Context(), "", 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d mails, %v", len(list), err)
	}
	return list[0]
}

// run sends until the function it returns is called.
func (p *post) run(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); p.Run(ctx) }()
	return func() { cancel(); <-done }
}

func TestWithoutAServerMailsAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host := &mailHost{}
		p := newPost(t, pbx.Mail{}, host)
		stop := p.run(t)
		if _, err := p.Send(t.Context(), invitation()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		m := p.only(t)
		if m.State != store.MailKept || !strings.Contains(m.Text, "/link/SECRET") {
			t.Errorf("%+v", m)
		}
		var refusal *pbx.Error
		if err := p.Retry(t.Context(), m.ID); !errors.As(err, &refusal) || refusal.Text.Key != "mail.no_host" {
			t.Errorf("by hand: %v", err)
		}
		p.mail.Store(&office)
		if err := p.Retry(t.Context(), m.ID); err != nil {
			t.Errorf("by hand, once there is a server: %v", err)
		}
		if err := p.Retry(t.Context(), m.ID); !errors.As(err, &refusal) || refusal.Text.Key != "mail.is_sent" {
			t.Errorf("twice: %v", err)
		}
		stop()
		if mails, _ := host.got(); len(mails) != 1 {
			t.Errorf("%d mails arrived", len(mails))
		}
	})
}

func TestASentMailCannotBeUsedLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host := &mailHost{}
		p := newPost(t, office, host)
		stop := p.run(t)
		if _, err := p.Send(t.Context(), invitation()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		stop()
		m := p.only(t)
		if m.State != store.MailSent || m.Sent.IsZero() || strings.Contains(m.Text+m.HTML+m.Secret, "SECRET") {
			t.Errorf("%+v", m)
		}
		mails, _ := host.got()
		if len(mails) != 1 {
			t.Fatalf("%d mails", len(mails))
		}
		h, text, html := read(t, mails[0])
		if to, err := h.AddressList("To"); err != nil || to[0].Name != "Bób <admin>" || to[0].Address != "bob@acme.example" {
			t.Errorf("to %v, %v", to, err)
		}
		if from, err := h.AddressList("From"); err != nil || from[0].Name != "Łódź & Co" || h.Get("Auto-Submitted") != "auto-generated" {
			t.Errorf("from %v, %v", from, err)
		}
		if h.Get("Message-Id") != "<"+m.ID+"@acme.example>" {
			t.Errorf("id %s", h.Get("Message-Id"))
		}
		if !strings.Contains(text, "https://pbx.example/link/SECRET") || !strings.Contains(html, `href="https://pbx.example/link/SECRET"`) {
			t.Errorf("no link in\n%s\n%s", text, html)
		}
	})
}

// read takes a mail with two bodies apart.
func read(t *testing.T, raw string) (h mail.Header, text, html string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	body := func() string {
		p, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	return m.Header, body(), body()
}

func TestAFailedMailIsTriedAgainForThreeDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host := &mailHost{down: true}
		p := newPost(t, office, host)
		defer p.run(t)()
		start := time.Now()
		if _, err := p.Send(t.Context(), invitation()); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			after  time.Duration
			visits int
		}{{0, 1}, {59 * time.Second, 1}, {time.Minute, 2}, {6 * time.Minute, 3}, {21 * time.Minute, 4}, {81 * time.Minute, 5}, {261 * time.Minute, 6}} {
			time.Sleep(time.Until(start.Add(step.after)))
			synctest.Wait()
			if _, n := host.got(); n != step.visits {
				t.Errorf("after %v: %d attempts, want %d", step.after, n, step.visits)
			}
		}
		m := p.only(t)
		if m.State != store.MailWaiting || !strings.Contains(m.Error, "connection refused") || !strings.Contains(m.Secret, "SECRET") {
			t.Errorf("%+v", m)
		}
		time.Sleep(100 * time.Hour)
		synctest.Wait()
		if m = p.only(t); m.State != store.MailFailed {
			t.Errorf("after four days: %+v", m)
		}
		_, before := host.got()
		time.Sleep(100 * time.Hour)
		if _, n := host.got(); n != before {
			t.Errorf("still tried: %d, %d", before, n)
		}
	})
}

func TestRecovery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host := &mailHost{}
		p := newPost(t, office, host)
		stop := p.run(t)
		host.set("MAIL", "451 try later")
		if _, err := p.Send(t.Context(), invitation()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if m := p.only(t); m.State != store.MailWaiting || m.Tries != 1 || !strings.Contains(m.Error, "451") {
			t.Errorf("%+v", m)
		}
		stop() // a restart does not lose it
		host.set("", "")
		stop = p.run(t)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if m := p.only(t); m.State != store.MailSent || m.Tries != 2 || m.Error != "" {
			t.Errorf("%+v", m)
		}
		stop()
	})
}

func TestAReceiverWhoIsNotThereIsNotTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host := &mailHost{}
		host.set("RCPT", "550 no such user")
		p := newPost(t, office, host)
		stop := p.run(t)
		if _, err := p.Send(t.Context(), invitation()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if m := p.only(t); m.State != store.MailFailed || !strings.Contains(m.Error, "550") {
			t.Errorf("%+v", m)
		}
		stop()
	})
}

func TestWhenTheServerIsTakenAwayMailsAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, office, &mailHost{down: true})
		stop := p.run(t)
		if _, err := p.Send(t.Context(), invitation()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		p.mail.Store(&pbx.Mail{})
		time.Sleep(time.Hour)
		synctest.Wait()
		if m := p.only(t); m.State != store.MailKept {
			t.Errorf("%+v", m)
		}
		stop()
	})
}

func TestTheTestMailTellsWhatTheServerSays(t *testing.T) {
	host := &mailHost{}
	addr := host.listen(t)
	m := pbx.Mail{Host: "127.0.0.1", Port: addr.Port, From: "pbx@acme.example", TLS: "none", User: "u", Password: "p"}
	p := newPost(t, m, nil)
	test := outbox.Message{To: "ada@acme.example", Language: "en"}
	host.set("RCPT", "550 no such user")
	var refusal *pbx.Error
	if err := p.Test(t.Context(), test); !errors.As(err, &refusal) || refusal.Text.Key != "mail.not_sent" || !strings.Contains(refusal.Text.Args["error"], "550") {
		t.Errorf("refused: %v", err)
	}
	host.set("MAIL", "451 later")
	if err := p.Test(t.Context(), test); !errors.As(err, &refusal) || refusal.Code != pbx.Unavailable {
		t.Errorf("refused this time: %v", err)
	}
	if next, err := p.store.NextMail(t.Context()); err != nil || !next.IsZero() {
		t.Errorf("a test mail waits until %v, %v", next, err)
	}
	host.set("", "")
	if err := p.Test(t.Context(), test); err != nil {
		t.Error(err)
	}
	if mails, _ := host.got(); len(mails) != 1 {
		t.Errorf("%d mails", len(mails))
	}
	p.mail.Store(&pbx.Mail{})
	if err := p.Test(t.Context(), test); !errors.As(err, &refusal) || refusal.Text.Key != "mail.no_host" {
		t.Errorf("without a server: %v", err)
	}
}

// A server that is to encrypt and does not gets neither password nor mail.
// TestAMailThatHasLeftIsSent lets whoever asked for a mail go in the moment in which the server has taken it.
func TestAMailThatHasLeftIsSent(t *testing.T) {
	host := &mailHost{}
	p := newPost(t, office, host)
	if _, err := p.Send(t.Context(), invitation()); err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	host.leaving = leave
	err := p.Retry(ctx, p.only(t).ID)
	host.sessions.Wait()
	if m := p.only(t); m.State != store.MailSent || m.Secret != "" {
		t.Errorf("%+v, %v: it would be sent again", m, err)
	}
	if mails, _ := host.got(); len(mails) != 1 {
		t.Errorf("%d mails", len(mails))
	}
}

func TestEncryptionIsNotGivenUp(t *testing.T) {
	host := &mailHost{}
	addr := host.listen(t)
	for _, tls := range []string{"", "starttls", "tls"} {
		p := newPost(t, pbx.Mail{Host: "127.0.0.1", Port: addr.Port, From: "pbx@acme.example", TLS: tls, User: "u", Password: "p"}, nil)
		host.set("AUTH", "235 caught you")
		if err := p.Test(t.Context(), outbox.Message{To: "ada@acme.example", Language: "en"}); err == nil {
			t.Errorf("%q: sent in clear", tls)
		}
	}
	if mails, _ := host.got(); len(mails) != 0 {
		t.Errorf("%d mails", len(mails))
	}
}

func TestCompose(t *testing.T) {
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range i18n.Languages() {
		for _, k := range []outbox.Kind{outbox.Invitation, outbox.Reset, outbox.Test} {
			m := invitation()
			m.Kind, m.Language, m.Office = k, l, "A & B"
			if k == outbox.Test {
				m.Link = ""
			}
			got := outbox.Compose(c, m)
			want := c.Say(l, i18n.T("mail."+string(k)+".subject", "office", "A & B", "name", m.Name))
			if got.Subject != want || strings.ContainsAny(got.Subject, "\r\n{}") || got.Secret != m.Link {
				t.Errorf("%s %s: subject %q, want %q", l, k, got.Subject, want)
			}
			if strings.Contains(got.HTML, "<admin>") || !strings.Contains(got.HTML, "A &amp; B") || !strings.Contains(got.HTML, `lang="`+l+`"`) {
				t.Errorf("%s %s: not escaped:\n%s", l, k, got.HTML)
			}
			if k != outbox.Test && !strings.Contains(got.Text, m.Link) {
				t.Errorf("%s %s: no link:\n%s", l, k, got.Text)
			}
		}
	}
}
