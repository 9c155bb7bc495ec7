package policy

import (
	"maps"
	"strings"

	"tandem/i18n"
	"tandem/pbx"
)

// Worded puts words in the place of the names of rights, roles and scopes in a sentence of this package; say knows the
// reader's language.
func Worded(s *pbx.Snapshot, t i18n.Text, say func(i18n.Text) string) i18n.Text {
	out := i18n.Text{Key: t.Key, Args: maps.Clone(t.Args)}
	for name, value := range t.Args {
		switch name {
		case "right", "by":
			if r, ok := ParseRight(value); ok {
				out.Args[name] = r.Words(say)
			}
		case "role":
			if r := s.Roles[pbx.RoleID(value)]; r != nil {
				out.Args[name] = r.Name
			} else if pbx.RoleID(value).Builtin() > 0 {
				out.Args[name] = say(i18n.T("role." + value))
			}
		case "scope":
			if value != "" {
				out.Args[name] = say(i18n.T("scope.word." + value))
			}
		}
	}
	return out
}

// Words is what the right is about, without the full stop, to stand inside a sentence.
func (r Right) Words(say func(i18n.Text) string) string {
	return strings.TrimSuffix(say(i18n.T("right."+r.String())), ".")
}
