// Package outbox sends what must reach the outside because something happened: mail, push.
//
// It does not decide who is told what; it is given a receiver and a reason. Mails are stored first.
package outbox

import (
	"fmt"
	"html/template"
	"maps"
	"strings"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/store"
)

// Kind says what a mail is for.
type Kind string

// The kinds of mails that are no notices.
const (
	Invitation Kind = "invitation" // with the link to the first password
	Reset      Kind = "reset"      // with the link to another password
	Test       Kind = "test"       // shows an administrator that mail works
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
	Notice   bool              // Kind is a kind of notices, whose sentences it has
	Values   map[string]string // of further placeholders
}

// Compose puts a message into words of the receiver's language, as plain text and as HTML.
func Compose(c *i18n.Catalog, m Message) store.Mail {
	args := map[string]string{"office": m.Office, "name": m.Name, "until": until(m.Until, m.Zone)}
	maps.Copy(args, m.Values)
	say := func(key string) string { return c.Say(m.Language, i18n.Text{Key: key, Args: args}) }
	kind, subject := "mail."+string(m.Kind), "subject"
	if m.Notice {
		kind, subject = "notice."+string(m.Kind), "title"
	}
	p := page{Language: m.Language, Greeting: say("mail.greeting"), Text: say(kind + ".text"), Office: m.Office}
	if m.Name == "" {
		p.Greeting = ""
	}
	if m.Link != "" {
		p.Link, p.Button = m.Link, say(kind+".button")
		if m.Notice && !c.Has(kind+".button") {
			p.Button = say("notice.show")
		}
	}
	secret := ""
	if !m.Until.IsZero() {
		secret = m.Link
		p.Until, p.Ignore = say("mail.until"), say("mail.ignore")
	}
	return store.Mail{Kind: string(m.Kind), User: m.User, To: m.To, Name: m.Name, Subject: say(kind + "." + subject),
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
