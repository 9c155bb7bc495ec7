package command

import (
	"strings"
	"time"

	"tandem/pbx"
	"tandem/policy"
)

// BoxTarget is a mailbox as something that somebody may hear or change.
func BoxTarget(id pbx.BoxID) policy.Target {
	user, group := id.Owner()
	return policy.Owned(policy.KindVoicemail, string(id), user, group)
}

// BoxNeed is what changing the settings of a mailbox asks for. Those of a group belong to who says what happens to its calls. Whether
// a person has a mailbox, and how much it holds, is for him and for who keeps his account; what callers hear there, where messages are
// sent and the PIN are private: voicemail.edit alone opens them (N-21).
func BoxNeed(id pbx.BoxID, who pbx.Actor, private bool) Need {
	user, group := id.Owner()
	switch {
	case group != "":
		return Need{policy.RouteEdit, policy.Group(group)}
	case private || user == who.User:
		return Need{policy.VoicemailEdit, BoxTarget(id)}
	}
	return Need{policy.UserEdit, policy.User(user)}
}

// SetMailbox changes how a mailbox works; nil fields stay.
type SetMailbox struct {
	ID       pbx.BoxID
	Off      *bool
	Longest  *int
	Most     *int
	Days     *int
	Language *string
	Unlisted *bool
	Words    map[pbx.Occasion]string // of greetings, for people who read
	Mail     *pbx.BoxMail
	Clear    *bool
	PIN      *string // its hash; empty takes it away
}

// isPrivate reports whether the change touches what is the owner's alone.
func (c *SetMailbox) isPrivate() bool {
	return c.Words != nil || c.Mail != nil || c.Clear != nil || c.PIN != nil || c.Unlisted != nil
}

func (c *SetMailbox) isPlain() bool {
	return c.Off != nil || c.Longest != nil || c.Most != nil || c.Days != nil || c.Language != nil
}

// Need asks for what BoxNeed says of the fields.
func (c SetMailbox) Need(_ *pbx.Snapshot, who pbx.Actor) []Need {
	var all []Need
	if c.isPlain() || !c.isPrivate() {
		all = append(all, BoxNeed(c.ID, who, false))
	}
	if c.isPrivate() {
		all = append(all, BoxNeed(c.ID, who, true))
	}
	return all
}

// Change writes the settings.
func (c SetMailbox) Change(w *Work) (pbx.Change, error) {
	b := w.Snapshot.MailboxOf(c.ID)
	w.object = b.Ref()
	put(&b.Off, c.Off)
	put(&b.Longest, c.Longest)
	put(&b.Most, c.Most)
	put(&b.Days, c.Days)
	put(&b.Mail, c.Mail)
	put(&b.Clear, c.Clear)
	put(&b.Unlisted, c.Unlisted)
	if c.Language != nil {
		var err error
		if b.Language, err = cleanLanguage(*c.Language); err != nil {
			return pbx.Change{}, err
		}
	}
	for on, text := range c.Words {
		g := pbx.Greeting{For: on, Text: oneLine(text)}
		for _, old := range b.Greetings {
			if old.For == on {
				g.Sound = old.Sound
			}
		}
		b = b.With(g)
	}
	if c.PIN != nil {
		b.PIN, b.PINSince = *c.PIN, w.Now
		if b.PIN == "" {
			b.PINSince = time.Time{}
		}
	}
	return pbx.Change{Put: []pbx.Noun{&b}}, nil
}

func put[T any](field *T, typed *T) {
	if typed != nil {
		*field = *typed
	}
}

// SetGreeting lets callers of a mailbox hear a sound on an occasion; the sound lies in a blob already. Without one they hear the usual
// sentence again.
type SetGreeting struct {
	ID    pbx.BoxID
	For   pbx.Occasion
	Sound pbx.Sound
}

// Need asks for voicemail.edit, of a group's for route.edit.
func (c SetGreeting) Need(_ *pbx.Snapshot, who pbx.Actor) []Need {
	return []Need{BoxNeed(c.ID, who, true)}
}

// Change writes the sound; the words stay.
func (c SetGreeting) Change(w *Work) (pbx.Change, error) {
	b := w.Snapshot.MailboxOf(c.ID)
	w.object = b.Ref()
	g := pbx.Greeting{For: c.For, Sound: c.Sound}
	for _, old := range b.Greetings {
		if old.For == c.For {
			g.Text = old.Text
		}
	}
	b = b.With(g)
	return pbx.Change{Put: []pbx.Noun{&b}}, nil
}

// CheckPIN refuses what is no PIN, or is guessed first: rows, repetitions, and the own number (SA-18).
func CheckPIN(pin, extension string) error {
	if len(pin) < 6 || len(pin) > 12 || strings.Trim(pin, "0123456789") != "" {
		return pbx.Refuse(pbx.Invalid, "pin", "mailbox.pin_bad")
	}
	seen := map[byte]bool{}
	for i := range len(pin) {
		seen[pin[i]] = true
	}
	half := pin[:len(pin)/2]
	if len(seen) < 3 || strings.Contains("01234567890123456789", pin) || strings.Contains("98765432109876543210", pin) ||
		pin == half+half || len(extension) > 2 && strings.Contains(pin, extension) {
		return pbx.Refuse(pbx.Invalid, "pin", "mailbox.pin_weak")
	}
	return nil
}

// mailboxNeeds are those of taking a change of a mailbox back.
func mailboxNeeds(d pbx.Difference, who pbx.Actor) ([]Need, error) {
	id := pbx.BoxID(d.Ref.ID)
	before, after := pbx.Mailbox{ID: id}, pbx.Mailbox{ID: id}
	if b, ok := d.Before.(*pbx.Mailbox); ok {
		before = *b
	}
	if b, ok := d.After.(*pbx.Mailbox); ok {
		after = *b
	}
	if before.PIN != after.PIN || !before.PINSince.Equal(after.PINSince) {
		return nil, pbx.Refuse(pbx.Conflict, "", "undo.impossible", "fact", "mailbox.changed") // a PIN is known to its owner, not to the log
	}
	return []Need{BoxNeed(id, who, false), BoxNeed(id, who, true)}, nil
}
