package store

import (
	"context"
	"database/sql"
	"html"
	"strings"
	"time"

	"tandem/event"
	"tandem/pbx"
)

// MailState says where a mail is.
type MailState string

// The states of a mail.
const (
	MailWaiting MailState = "waiting" // will be sent, or tried again
	MailKept    MailState = "kept"    // there is no mail host: an administrator reads it here and passes it on
	MailSent    MailState = "sent"
	MailFailed  MailState = "failed" // given up
)

// Mail is a message on its way out. It is written before anything is sent, so that no crash loses it.
type Mail struct {
	ID      string     // mai_…
	Kind    string     // invitation reset test
	User    pbx.UserID // receiver, where it is one of us
	To      string
	Name    string
	Subject string
	Text    string
	HTML    string
	Sound   string // id of a message that goes along as a file
	Secret  string // link in Text and HTML that opens something; taken out once the mail is sent
	State   MailState
	Error   string
	Tries   int
	Next    time.Time // when to try again
	Created time.Time
	Sent    time.Time
}

const mailColumns = "id, kind, user_id, receiver, name, subject, plain, html, sound, secret, state, error, tries, next, created, sent"

func (t tx) openingMail(tenant string, read scan) scan {
	return t.opening("mails", strings.Split(mailColumns, ", "), tenant, read)
}

func (m *Mail) scan(read scan) error {
	var next, created, sent int64
	err := read(&m.ID, &m.Kind, &m.User, &m.To, &m.Name, &m.Subject, &m.Text, &m.HTML, &m.Sound, &m.Secret, &m.State, &m.Error, &m.Tries, &next, &created, &sent)
	m.Next, m.Created, m.Sent = moment(next), moment(created), moment(sent)
	return err
}

// PutMail writes a mail, new or changed. A sent mail loses its secret: who reads the outbox or a backup later must not
// be able to open it.
func (t *Tenant) PutMail(ctx context.Context, m Mail, facts ...event.Fact) ([]event.Fact, error) {
	return t.record(ctx, "write mail", facts, func(x tx) error { return m.write(ctx, t, x) })
}

// WithoutSecret is the mail as those may read it who must not open its link. The link stands in the HTML with its signs escaped.
func (m Mail) WithoutSecret() Mail {
	if m.Secret != "" {
		m.Text = strings.ReplaceAll(m.Text, m.Secret, "…")
		m.HTML = strings.NewReplacer(m.Secret, "…", html.EscapeString(m.Secret), "…").Replace(m.HTML)
		m.Secret = ""
	}
	return m
}

// write makes Mail an Also.
func (m Mail) write(ctx context.Context, t *Tenant, x tx) error {
	if m.State == MailSent {
		m = m.WithoutSecret()
	}
	_, err := x.exec(ctx, "INSERT INTO mails (tenant, "+mailColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
		ON CONFLICT (tenant, id) DO UPDATE SET plain = excluded.plain, html = excluded.html, secret = excluded.secret, state = excluded.state,
		error = excluded.error, tries = excluded.tries, next = excluded.next, sent = excluded.sent`,
		t.id, m.ID, m.Kind, string(m.User), clean(m.To), clean(m.Name), clean(m.Subject), x.seal("mails", "plain", t.id, m.ID, clean(m.Text)), x.seal("mails", "html", t.id, m.ID, clean(m.HTML)), clean(m.Sound), x.seal("mails", "secret", t.id, m.ID, clean(m.Secret)),
		string(m.State), clean(m.Error), m.Tries, ms(m.Next), ms(m.Created), ms(m.Sent))
	return err
}

// Mail reads one mail; pbx.NotFound without one.
func (t *Tenant) Mail(ctx context.Context, id string) (Mail, error) {
	var m Mail
	err := t.db.view(ctx, "read mail", func(x tx) error {
		return missing(m.scan(x.openingMail(t.id, x.row(ctx, "SELECT "+mailColumns+" FROM mails WHERE tenant = $1 AND id = $2", t.id, clean(id)).Scan)), "mail.unknown")
	})
	return m, err
}

// Mails lists the outbox, newest first; cursor is the id of the last mail of the page before.
func (t *Tenant) Mails(ctx context.Context, cursor string, limit int) ([]Mail, error) {
	w := newWhere("mails", t.id)
	if cursor != "" {
		w.and("id < " + w.arg(clean(cursor))) // ids made later sort later
	}
	return t.mails(ctx, w, " ORDER BY id DESC LIMIT "+w.arg(pageSize(limit)))
}

// DueMails lists the mails that are to be tried at a moment, the one that waits longest first.
func (t *Tenant) DueMails(ctx context.Context, at time.Time, limit int) ([]Mail, error) {
	w := newWhere("mails", t.id)
	w.and("state = " + w.arg(string(MailWaiting)))
	w.and("next <= " + w.arg(ms(at)))
	return t.mails(ctx, w, " ORDER BY next, id LIMIT "+w.arg(pageSize(limit)))
}

func (t *Tenant) mails(ctx context.Context, w *where, order string) ([]Mail, error) {
	var list []Mail
	err := t.db.view(ctx, "list mails", func(x tx) error {
		return x.each(ctx, "SELECT "+mailColumns+" FROM mails"+w.String()+order, w.args, func(s *sql.Rows) error {
			var m Mail
			err := m.scan(x.openingMail(t.id, s.Scan))
			list = append(list, m)
			return err
		})
	})
	return list, err
}

// NextMail is the moment when the next waiting mail is due; zero if none waits.
func (t *Tenant) NextMail(ctx context.Context) (time.Time, error) {
	var next int64
	err := t.db.view(ctx, "next mail", func(x tx) error {
		return x.row(ctx, `SELECT COALESCE(MIN(next), 0) FROM mails WHERE tenant = $1 AND state = $2`, t.id, string(MailWaiting)).Scan(&next)
	})
	return moment(next), err
}
