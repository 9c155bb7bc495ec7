package pbx

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/i18n"
)

// BoxID names a mailbox: it is the id of the person or group that it belongs to.
type BoxID string

// Mailbox is how the voicemail of a person or a group works. Nobody has to set it up: who has no row has the zero one,
// which is on.
type Mailbox struct {
	ID        BoxID      `json:"id"`
	Off       bool       `json:"off,omitempty"`
	Greetings []Greeting `json:"greetings,omitempty"` // own ones, at most one for each occasion; the usual sentence otherwise
	Longest   int        `json:"longest,omitempty"`   // seconds of one message; 0 is UsualMessage
	Most      int        `json:"most,omitempty"`      // messages; 0 is UsualMessages
	Days      int        `json:"days,omitempty"`      // after which a message is deleted; 0: never
	Mail      BoxMail    `json:"mail,omitempty"`
	Clear     bool       `json:"clear,omitempty"`    // with the sound in the mail: the message is deleted once it is on its way
	Language  string     `json:"language,omitempty"` // in which callers are spoken to; empty: as everywhere
	Unlisted  bool       `json:"unlisted,omitempty"` // callers from outside do not find the person by name
	PIN       string     `json:"-"`                  // its hash; empty: messages are fetched from the own phone only
	PINSince  time.Time  `json:"pin_since,omitzero"` // when the PIN was set; zero without one
}

// Greeting is what callers hear on one occasion.
type Greeting struct {
	For   Occasion `json:"for,omitempty"`
	Text  string   `json:"text,omitempty"` // for people who read, and for who records it
	Sound Sound    `json:"sound,omitzero"` // without one callers hear the usual sentence
}

// Occasion is why a caller reaches a mailbox: a status, or that the line is busy. The zero one stands for all that have no greeting of
// their own.
type Occasion string

// The occasions that are no status.
const (
	OccasionAny  Occasion = ""
	OccasionBusy Occasion = "busy"
)

// Occasions lists them all in the order in which people read them.
func Occasions() []Occasion {
	all := []Occasion{OccasionAny, OccasionBusy}
	for _, s := range Statuses() {
		all = append(all, Occasion(s))
	}
	return append(all, OccasionName)
}

// BoxMail says what is sent by mail when a message is left.
type BoxMail string

// What can be sent.
const (
	BoxMailNothing BoxMail = ""
	BoxMailNotice  BoxMail = "notice"
	BoxMailSound   BoxMail = "sound"
)

// The bounds of mailboxes.
const (
	UsualMessage  = 180 // seconds
	MaxMessage    = 600
	MinMessage    = 10
	UsualMessages = 100
	MaxMessages   = 1000
	MaxBoxDays    = 3650
)

// MailboxOf is the mailbox of a person or group; the usual one where nobody set anything.
func (s *Snapshot) MailboxOf(id BoxID) Mailbox {
	if b := s.Mailboxes[id]; b != nil {
		return *b
	}
	return Mailbox{ID: id}
}

// HasMailbox reports whether callers can leave messages for a person or group.
func (s *Snapshot) HasMailbox(id BoxID) bool {
	b := s.Mailboxes[id]
	return (s.Users[UserID(id)] != nil || s.Groups[GroupID(id)] != nil) && (b == nil || !b.Off)
}

// Seconds is how long one message may be.
func (b *Mailbox) Seconds() int {
	if b.Longest == 0 {
		return UsualMessage
	}
	return b.Longest
}

// Messages is how many messages it takes.
func (b *Mailbox) Messages() int {
	if b.Most == 0 {
		return UsualMessages
	}
	return b.Most
}

// Greeting is the own greeting with a sound for an occasion, or for any; nil where callers hear the usual sentence.
func (b *Mailbox) Greeting(on Occasion) *Greeting {
	for _, o := range [...]Occasion{on, OccasionAny} {
		for i := range b.Greetings {
			if g := &b.Greetings[i]; g.For == o && !g.Sound.IsZero() {
				return g
			}
		}
	}
	return nil
}

// With is a mailbox with a greeting put in, or taken out when it says nothing.
func (b Mailbox) With(g Greeting) Mailbox {
	list := slices.DeleteFunc(slices.Clone(b.Greetings), func(old Greeting) bool { return old.For == g.For })
	if g.Text != "" || !g.Sound.IsZero() {
		list = append(list, g)
	}
	slices.SortFunc(list, func(a, b Greeting) int { return strings.Compare(string(a.For), string(b.For)) })
	if b.Greetings = list; len(list) == 0 {
		b.Greetings = nil
	}
	return b
}

// Owner is the person a mailbox belongs to, or the group.
func (b BoxID) Owner() (UserID, GroupID) {
	if strings.HasPrefix(string(b), "grp_") {
		return "", GroupID(b)
	}
	return UserID(b), ""
}

// IsShared reports whether it is the mailbox of a group.
func (b BoxID) IsShared() bool { return strings.HasPrefix(string(b), "grp_") }

func (s *Snapshot) checkMailbox(b *Mailbox) error {
	u, g := b.ID.Owner()
	if b.ID.IsShared() {
		if err := s.hasGroup("", g); err != nil {
			return err
		}
	} else if err := s.hasUser(u); err != nil {
		return err
	}
	between := func(field string, n, least, most int) error {
		if n != 0 && (n < least || n > most) {
			return Refuse(Invalid, field, "mailbox.range", "min", strconv.Itoa(least), "max", strconv.Itoa(most))
		}
		return nil
	}
	if err := first(between("longest", b.Longest, MinMessage, MaxMessage), between("most", b.Most, 1, MaxMessages), between("days", b.Days, 1, MaxBoxDays)); err != nil {
		return err
	}
	switch b.Mail {
	case BoxMailNothing, BoxMailNotice, BoxMailSound:
	default:
		return Refuse(Invalid, "mail", "mailbox.mail_unknown")
	}
	if b.Clear && b.Mail != BoxMailSound {
		return Refuse(Invalid, "clear", "mailbox.clear_needs_sound")
	}
	if b.Language != "" && !i18n.Known(b.Language) {
		return Refuse(Invalid, "language", "language.unknown", "language", b.Language)
	}
	if (b.PIN != "") != !b.PINSince.IsZero() {
		return Refuse(Invalid, "pin", "mailbox.pin_bad")
	}
	seen := map[Occasion]bool{}
	for i, gr := range b.Greetings {
		field := "greetings." + strconv.Itoa(i)
		if seen[gr.For] || !slices.Contains(Occasions(), gr.For) {
			return Refuse(Invalid, field, "mailbox.occasion_unknown")
		}
		seen[gr.For] = true
		if err := checkLine(field+".text", gr.Text, 1000); err != nil {
			return err
		}
		if !gr.Sound.IsZero() {
			if err := gr.Sound.check(field + ".sound"); err != nil {
				return err
			}
		}
	}
	return nil
}
