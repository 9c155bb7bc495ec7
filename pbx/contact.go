package pbx

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Contact is somebody outside, in the phone book of a person, of a group with all below it, or of the office (G-018, B-016).
type Contact struct {
	ID      ContactID       `json:"id"`
	Name    string          `json:"name"`
	Company string          `json:"company,omitempty"`
	Email   string          `json:"email,omitempty"`
	Note    string          `json:"note,omitempty"`
	Numbers []ContactNumber `json:"numbers"`
	User    UserID          `json:"user,omitempty"`  // whose phone book it is in …
	Group   GroupID         `json:"group,omitempty"` // … or that of a group; with neither: the office's
	Created time.Time       `json:"created"`
}

// ContactNumber is a number of a contact.
type ContactNumber struct {
	Number string `json:"number"`         // E.164
	Kind   string `json:"kind,omitempty"` // of ContactKinds
}

// ContactKinds are the words for numbers; the first stands for a number without one.
func ContactKinds() []string { return []string{"work", "mobile", "home", "fax", "other"} }

// The most that phone books can hold.
const (
	MaxContacts       = 20_000
	MaxContactNumbers = 10
)

// Owner is whose phone book it stands in.
func (c *Contact) Owner() Ref {
	switch {
	case c.User != "":
		return Ref{KindUser, string(c.User)}
	case c.Group != "":
		return Ref{KindGroup, string(c.Group)}
	}
	return Ref{KindSettings, "office"}
}

func (s *Snapshot) checkContact(c *Contact) error {
	switch {
	case len(s.Contacts) > MaxContacts:
		return Refuse(Exhausted, "", "contact.too_many", "max", strconv.Itoa(MaxContacts))
	case c.User != "" && (c.Group != "" || s.Users[c.User] == nil):
		return Refuse(Invalid, "user", "user.unknown")
	case len(c.Numbers) == 0:
		return Refuse(Invalid, "numbers", "contact.number_missing")
	case len(c.Numbers) > MaxContactNumbers:
		return Refuse(Invalid, "numbers", "contact.numbers_many", "max", strconv.Itoa(MaxContactNumbers))
	}
	if c.Group != "" {
		if err := s.hasGroup("group", c.Group); err != nil {
			return err
		}
	}
	for i, n := range c.Numbers {
		at := "numbers." + strconv.Itoa(i)
		if rest, ok := strings.CutPrefix(n.Number, "+"); !ok || len(rest) < 3 || len(rest) > 15 || strings.Trim(rest, "0123456789") != "" {
			return Refuse(Invalid, at+".number", "contact.number_bad", "number", n.Number)
		}
		if n.Kind != "" && !slices.Contains(ContactKinds(), n.Kind) {
			return Refuse(Invalid, at+".kind", "contact.kind_unknown")
		}
	}
	return first(checkLine("company", c.Company, NameLength), checkLine("email", c.Email, 254), checkLine("note", c.Note, 500), CheckName("name", c.Name))
}

// ContactFor is who has a number, in the phone books that somebody reads: his own before those of his groups and of those above, and before the office's;
// nil when it stands in none. Nobody reads the office's.
func (s *Snapshot) ContactFor(u UserID, number string, at time.Time) *Contact {
	if len(s.index.contacts) == 0 || number == "" {
		return nil
	}
	var best *Contact
	rank := 0
	for _, c := range s.index.contacts[number] {
		switch {
		case c.User != "" && c.User == u:
			return c
		case c.Group != "" && rank < 2 && s.reads(u, c.Group, at):
			best, rank = c, 2
		case c.User == "" && c.Group == "" && rank < 1:
			best, rank = c, 1
		}
	}
	return best
}

// reads reports whether somebody is in a group or in one below it.
func (s *Snapshot) reads(u UserID, g GroupID, at time.Time) bool {
	for _, m := range s.MembershipsOf(u) {
		if m.IsActive(at) && s.IsBelow(m.Group, g) {
			return true
		}
	}
	return false
}

// indexContacts sorts the contacts by their numbers, those of one number in order of id.
func (s *Snapshot) indexContacts() {
	s.index.contacts = nil
	if len(s.Contacts) == 0 {
		return
	}
	s.index.contacts = make(map[string][]*Contact, len(s.Contacts))
	for _, c := range s.Contacts {
		for _, n := range c.Numbers {
			s.index.contacts[n.Number] = append(s.index.contacts[n.Number], c)
		}
	}
	for _, list := range s.index.contacts {
		if len(list) > 1 {
			slices.SortFunc(list, func(a, b *Contact) int { return strings.Compare(string(a.ID), string(b.ID)) })
		}
	}
}

func (s *Snapshot) mendContacts(t *touch) {
	for _, r := range t.rows {
		_, old := r.old.(*Contact)
		_, now := r.new.(*Contact)
		if old || now {
			s.indexContacts()
			return
		}
	}
}
