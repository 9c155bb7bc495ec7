package pbx

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tandem/number"
)

// OccasionName is no occasion to be reached on, but the sound of a person's name, for who dials by name.
const OccasionName Occasion = "name"

// Spelled finds people by the first keys of their names, first or last, in the order of their names: those who have an extension, and whom the
// house may name to everybody unless they do not want it.
func (s *Snapshot) Spelled(keys string, at time.Time) []*User {
	var all []*User
	if keys == "" {
		return nil
	}
	for _, u := range s.Users {
		if u.Extension != "" && !u.IsSuspended(at) && u.isSpelled(keys) {
			all = append(all, u)
		}
	}
	slices.SortFunc(all, func(a, b *User) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(string(a.ID), string(b.ID)))
	})
	return all
}

// isSpelled reports whether keys begin a word of the name, or the words from one on without the gaps, or the last word before the first.
func (u *User) isSpelled(keys string) bool {
	words := strings.FieldsFunc(u.Name, func(r rune) bool { return r == ' ' || r == '-' || r == '.' })
	begins := func(word string) bool {
		return slices.ContainsFunc(number.Spellings(word), func(spelled string) bool { return strings.HasPrefix(spelled, keys) })
	}
	for i := range words {
		if begins(strings.Join(words[i:], "")) {
			return true
		}
	}
	n := len(words)
	return n > 1 && begins(words[n-1]+strings.Join(words[:n-1], ""))
}

// IsListed reports whether callers from outside find a person by his name.
func (s *Snapshot) IsListed(u UserID) bool {
	b := s.Mailboxes[BoxID(u)]
	return b == nil || !b.Unlisted
}

// Called is the sound of a person's name; the zero one where he has spoken none.
func (b *Mailbox) Called() Sound {
	for _, g := range b.Greetings {
		if g.For == OccasionName {
			return g.Sound
		}
	}
	return Sound{}
}
