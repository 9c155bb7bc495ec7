// Package outbox sends what must reach the outside because something happened: mail.
//
// It does not decide who is told what; it is given a receiver and a reason. What it sends is stored first.
package outbox

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/store"
)

// Kind says what a mail is for.
type Kind string

// The kinds of mails.
const (
	Invitation Kind = "invitation" // with the link to the first password
	Reset      Kind = "reset"      // with the link to another password
	Test       Kind = "test"       // shows an administrator that mail works
	Warning    Kind = "warning"    // somebody keeps failing at the receiver's password (BAR WB-02)
	Asked      Kind = "asked"      // a colleague asks the receiver for a right (N-7)
	Approved   Kind = "approved"   // the receiver got what he asked for
	Important  Kind = "important"  // a caller on the list has come to a queue (B-061)
	Waiting    Kind = "waiting"    // somebody waits too long in a queue (B-061)
	Refused    Kind = "refused"    // the receiver did not get what he asked for
	Review     Kind = "review"     // a review of rights begins, and the receiver can decide (N-8)
	Overdue    Kind = "overdue"    // its time is up, and he has not
	Budget     Kind = "budget"     // a mark of a budget is reached (B-044, B-066)
	Voicemail  Kind = "voicemail"  // somebody left the receiver a message

	Attack         Kind = "attack"          // somebody guesses the secrets of phones (SA-04)
	VoicemailGroup Kind = "voicemail_group" // … or a group of his
	MailboxLocked  Kind = "mailbox_locked"  // somebody keeps failing at the PIN of the receiver's mailbox (SA-18)
)

// Message is a mail before it is put into words.
type Message struct {
	Kind     Kind
	User     pbx.UserID // receiver, where it is one of us
	Name     string
	To       string
	Language string
	Zone     string // IANA name; the end of the link is told in it
	Office   string // name of the company
	Link     string // a page of the app, or with Until a secret that opens something for a while; empty for Test and Warning
	Until    time.Time
	Values   []string // alternating names and values of further placeholders
}

// Compose puts a message into words of the receiver's language, as plain text and as HTML.
func Compose(c *i18n.Catalog, m Message) store.Mail {
	say := func(key string, pairs ...string) string {
		return c.Say(m.Language, i18n.T(key, append(append(pairs, m.Values...), "office", m.Office, "name", m.Name)...))
	}
	kind := "mail." + string(m.Kind)
	p := page{Language: m.Language, Greeting: say("mail.greeting"), Text: say(kind + ".text"), Office: m.Office}
	if m.Name == "" {
		p.Greeting = ""
	}
	if m.Link != "" {
		p.Link, p.Button = m.Link, say(kind+".button")
	}
	secret := ""
	if !m.Until.IsZero() {
		secret = m.Link
		p.Until, p.Ignore = say("mail.until", "until", until(m.Until, m.Zone)), say("mail.ignore")
	}
	return store.Mail{Kind: string(m.Kind), User: m.User, To: m.To, Name: m.Name, Subject: say(kind + ".subject"),
		Text: p.plain(), HTML: p.html(), Secret: secret}
}

// until shows a moment so that no language can misread it.
func until(at time.Time, zone string) string {
	l, err := time.LoadLocation(zone)
	if err != nil {
		l = time.UTC
	}
	return at.In(l).Format("2006-01-02 15:04 (MST)")
}

// page holds the sentences of a mail.
type page struct {
	Language, Greeting, Text, Link, Button, Until, Ignore, Office string
}

func (p page) plain() string {
	var parts []string
	for _, s := range []string{p.Greeting, p.Text, p.Link, p.Until, p.Ignore, p.Office} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "\n\n") + "\n"
}

var layout = template.Must(template.New("mail").Parse(`<!DOCTYPE html>
<html lang="{{.Language}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
<body style="margin:0;padding:24px;background:#f4f5f7;font:16px/1.5 system-ui,sans-serif;color:#1c1e21">
<div style="max-width:480px;margin:0 auto;padding:32px;background:#ffffff;border-radius:12px">
{{with .Greeting}}<p>{{.}}</p>
{{end}}<p>{{.Text}}</p>
{{with .Link}}<p style="margin:28px 0"><a href="{{.}}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#1f6feb;color:#ffffff;text-decoration:none">{{$.Button}}</a></p>
<p style="font-size:14px;color:#5b6270">{{$.Until}} {{$.Ignore}}</p>
<p style="font-size:13px;color:#5b6270;word-break:break-all">{{.}}</p>
{{end}}<p style="margin-top:28px;color:#5b6270">{{.Office}}</p>
</div></body></html>
`))

func (p page) html() string {
	var b strings.Builder
	if err := layout.Execute(&b, p); err != nil {
		panic(fmt.Sprintf("outbox: layout: %v", err)) // the layout and its fields are fixed
	}
	return b.String()
}
