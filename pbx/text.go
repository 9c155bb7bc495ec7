package pbx

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tandem/i18n"
	"tandem/number"
)

// NameLength is how many characters a name may have.
const NameLength = 100

// FoldName is a name as it is compared: without regard to case and outer space.
func FoldName(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// CheckName refuses a name that is empty, longer than NameLength, not in Unicode normal form C, surrounded by space or
// that holds characters nobody sees. The error is an *Error with the given field.
func CheckName(field, name string) error {
	if strings.TrimSpace(name) == "" {
		return Refuse(Invalid, field, "name.empty")
	}
	if name != strings.TrimSpace(name) {
		return Refuse(Invalid, field, "name.space")
	}
	return checkLine(field, name, NameLength)
}

// checkLine refuses text that is not one line of visible characters in normal form C.
func checkLine(field, text string, most int) error {
	if utf8.RuneCountInString(text) > most {
		return Refuse(Invalid, field, "name.too_long", "max", strconv.Itoa(most))
	}
	if !utf8.ValidString(text) || !norm.NFC.IsNormalString(text) || strings.ContainsFunc(text, isHidden) {
		return Refuse(Invalid, field, "name.characters")
	}
	return nil
}

// isHidden finds control characters, line separators and the marks that turn the direction of text: with them a name
// could look like another (Unicode TR 36). Joiners are needed in several scripts and in emoji.
func isHidden(r rune) bool {
	switch r {
	case '\u200c', '\u200d':
		return false
	case '\u2028', '\u2029', utf8.RuneError:
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

// CheckEmail refuses what cannot be an e-mail address (RFC 5321 §4.1.2, without quoted local parts; letters of every
// script are allowed, RFC 6531). The error is an *Error with the given field.
func CheckEmail(field, email string) error {
	bad := Refuse(Invalid, field, "email.invalid", "email", email)
	at := strings.LastIndexByte(email, '@')
	if at < 1 || at > 64 || len(email) > 254 || !utf8.ValidString(email) || !norm.NFC.IsNormalString(email) {
		return bad
	}
	local, domain := email[:at], email[at+1:]
	for _, atom := range strings.Split(local, ".") {
		if atom == "" || strings.ContainsFunc(atom, func(r rune) bool { return !isAtom(r) }) {
			return bad
		}
	}
	labels := strings.Split(domain, ".")
	if len(labels) < 2 && !strings.EqualFold(domain, "localhost") {
		return bad
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.ContainsFunc(l, func(r rune) bool { return !isLabel(r) }) {
			return bad
		}
	}
	return nil
}

func isAtom(r rune) bool { return isLabel(r) || strings.ContainsRune("!#$%&'*+/=?^_`{|}~", r) }

func isLabel(r rune) bool {
	return r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' ||
		r > 127 && r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r))
}

// CheckExtension refuses an extension that is not 2–6 digits or that is an emergency number of the country, as
// package number lists them; the empty one is fine and means none. The error is an *Error with the field "extension".
func CheckExtension(country, extension string) error {
	if extension == "" {
		return nil
	}
	if len(extension) < 2 || len(extension) > 6 || strings.ContainsFunc(extension, func(r rune) bool { return r < '0' || r > '9' }) {
		return Refuse(Invalid, "extension", "user.extension_invalid", "extension", extension)
	}
	if number.IsEmergency(country, extension) {
		return Refuse(Invalid, "extension", "user.extension_emergency", "extension", extension)
	}
	return nil
}

func checkMobile(m string) error {
	if m == "" {
		return nil
	}
	if len(m) < 8 || len(m) > 16 || m[0] != '+' || m[1] == '0' || strings.ContainsFunc(m[1:], func(r rune) bool { return r < '0' || r > '9' }) {
		return Refuse(Invalid, "mobile", "user.mobile_invalid", "mobile", m)
	}
	return nil
}

func checkLanguage(l string) error {
	if l != "" && !i18n.Known(l) {
		return Refuse(Invalid, "language", "language.unknown", "language", l)
	}
	return nil
}

func checkZone(z string) error {
	if z != "" && !IsZone(z) {
		return Refuse(Invalid, "zone", "zone.unknown", "zone", z)
	}
	return nil
}

func isCountry(c string) bool {
	return len(c) == 2 && c[0] >= 'A' && c[0] <= 'Z' && c[1] >= 'A' && c[1] <= 'Z'
}

func isScopeKind(k ScopeKind) bool {
	switch k {
	case ScopeNone, ScopeSelf, ScopeGroup, ScopeTree, ScopeListed, ScopeAll:
		return true
	}
	return false
}

// isToken accepts SIP user names that need no escaping in a URI and no quoting in digest headers.
func isToken(s string) bool {
	return s != "" && len(s) <= 64 && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_' || r == '.')
	})
}
