package pbx

import (
	"maps"
	"strings"
	"time"

	"tandem/i18n"
)

// NoticeID names one notice of one person.
type NoticeID string // ntc_…

// NoticeKind names a kind of notice; package policy has the catalogue of them. Its sentences are notice.<kind>.title and notice.<kind>.text.
type NoticeKind string

// Notice is something that a person should know. It is no configuration: it lies beside it until it is old.
type Notice struct {
	ID    NoticeID   `json:"id"`
	User  UserID     `json:"user"` // the reader
	Kind  NoticeKind `json:"kind"`
	At    time.Time  `json:"at"`
	About Ref        `json:"about,omitzero"`
	Page  string     `json:"page,omitempty"` // of the web app: where it leads
	Says  Says       `json:"says,omitzero"`
	Seen  time.Time  `json:"seen,omitzero"` // when it was marked as read; zero: not yet
}

// Ref points at the notice.
func (n *Notice) Ref() Ref { return Ref{Kind: KindNotice, ID: string(n.ID)} }

// Says holds what stands in the placeholders of a notice, in no language and no time zone: it is put into words when somebody reads it.
type Says struct {
	Args  map[string]string    `json:"args,omitempty"`  // as they are
	Words map[string]i18n.Text `json:"words,omitempty"` // sentences
	Times map[string]time.Time `json:"times,omitempty"` // moments, shown by the reader's clock
}

// Name puts somebody's name and number into a placeholder.
func (w *Says) Name(placeholder string, p Party) {
	name := strings.TrimSpace(p.Name + " " + p.Number)
	if name != "" {
		w.Args[placeholder] = name
		return
	}
	if w.Words == nil {
		w.Words = map[string]i18n.Text{}
	}
	w.Words[placeholder] = i18n.T("call.somebody")
}

// In gives the values of the placeholders for a reader.
func (w Says) In(say func(i18n.Text) string, zone string) map[string]string {
	all := make(map[string]string, len(w.Args)+len(w.Words)+len(w.Times))
	maps.Copy(all, w.Args)
	for name, t := range w.Words {
		all[name] = say(t)
	}
	l, err := time.LoadLocation(zone)
	if err != nil {
		l = time.UTC
	}
	for name, at := range w.Times {
		all[name] = at.In(l).Format("2006-01-02 15:04")
	}
	return all
}

// Channels are the ways by which somebody gets notices of a kind.
type Channels struct {
	Web  bool `json:"web"`  // under the bell of the web app
	Mail bool `json:"mail"` // by e-mail
	Push bool `json:"push"` // to his browsers, also when no page is open
}
