package command

import (
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tandem/i18n"
	"tandem/number"
	"tandem/pbx"
	"tandem/policy"
)

// MaxReason is how many characters a reason may have.
const MaxReason = 500

// The clean… functions bring what people type into the one form that is kept, and refuse what has none. What must hold for
// every row whatever way it comes is checked by package pbx.

// cleanName takes a name to Unicode normal form C with single spaces inside and none at the ends.
func cleanName(field, name string) (string, error) {
	if utf8.ValidString(name) {
		name = norm.NFC.String(strings.Join(strings.Fields(name), " "))
	}
	return name, pbx.CheckName(field, name)
}

// oneLine is words with single spaces between them, in Unicode normal form C; it may be empty.
func oneLine(s string) string {
	if !utf8.ValidString(s) {
		return s
	}
	return norm.NFC.String(strings.Join(strings.Fields(s), " "))
}

// cleanEmail takes an address as written, without outer space.
func cleanEmail(email string) (string, error) {
	email = strings.TrimSpace(email)
	if email == "" {
		return "", pbx.Refuse(pbx.Invalid, "email", "email.empty")
	}
	if utf8.ValidString(email) {
		email = norm.NFC.String(email)
	}
	if err := pbx.CheckEmail("email", email); err != nil {
		return "", pbx.Refuse(pbx.Invalid, "email", "email.invalid", "email", printable(email))
	}
	return email, nil
}

// printable shortens what somebody typed and takes out what no line can show, to be quoted in a sentence.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsGraphic(r) {
			return '\u00b7'
		}
		return r
	}, strings.ToValidUTF8(s, "\u00b7"))
	if runes := []rune(s); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return s
}

// cleanLanguage takes a language tag as browsers and files write it down to one of ours; empty stays empty.
func cleanLanguage(tag string) (string, error) {
	if tag = strings.ToLower(strings.TrimSpace(tag)); tag == "" {
		return "", nil
	}
	if l := i18n.Match(strings.ReplaceAll(tag, "_", "-")); l != "" {
		return l, nil
	}
	return "", pbx.Refuse(pbx.Invalid, "language", "language.unknown", "language", printable(tag))
}

// cleanZone refuses what is no IANA time zone; empty stays empty.
func cleanZone(zone string) (string, error) {
	if zone = strings.TrimSpace(zone); zone == "" || pbx.IsZone(zone) {
		return zone, nil
	}
	return "", pbx.Refuse(pbx.Invalid, "zone", "zone.unknown", "zone", printable(zone))
}

// cleanReason bounds the words somebody gives for a change, and keeps marks out that turn the text around them.
func cleanReason(reason string) (string, error) {
	reason = strings.TrimSpace(strings.ToValidUTF8(reason, "\u00b7"))
	if utf8.RuneCountInString(reason) > MaxReason {
		return "", pbx.Refuse(pbx.Invalid, "reason", "reason.long", "max", strconv.Itoa(MaxReason))
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, reason), nil
}

// cleanExtension refuses what no phone could dial inside the house; empty stays empty (D-004: no phone, portal only).
func cleanExtension(extension, country string) (string, error) {
	extension = strings.TrimSpace(extension)
	if pbx.CheckExtension(country, extension) == nil {
		return extension, nil
	}
	if number.IsExtension(extension) {
		return "", pbx.Refuse(pbx.Invalid, "extension", "user.extension_emergency", "extension", extension)
	}
	return "", pbx.Refuse(pbx.Invalid, "extension", "user.extension_invalid", "extension", printable(extension))
}

// cleanMobile brings a number to E.164; empty stays empty.
func cleanMobile(mobile, country string) (string, error) {
	if mobile = strings.TrimSpace(mobile); mobile == "" {
		return "", nil
	}
	e, ok := number.Parse(country, mobile)
	if !ok {
		return "", pbx.Refuse(pbx.Invalid, "mobile", "user.mobile_invalid", "mobile", printable(mobile))
	}
	return string(e), nil
}

// freeExtension refuses a number that somebody else has. The holder is named only to those who may see him.
func (w *Work) freeExtension(extension string, self pbx.UserID) error {
	ref, taken := w.Snapshot.ByExtension(extension)
	if extension == "" || !taken || ref == (pbx.Ref{Kind: pbx.KindUser, ID: string(self)}) {
		return nil
	}
	next, err := NextExtension(w.Snapshot)
	if err != nil {
		next = "–"
	}
	if u := w.Snapshot.Users[pbx.UserID(ref.ID)]; u != nil && w.Ask(w.Snapshot, policy.UserSee, policy.User(u.ID)) == nil {
		return pbx.Refuse(pbx.Conflict, "extension", "user.extension_taken", "extension", extension, "name", u.Name, "next", next)
	}
	inBook := ref.Kind != pbx.KindUser // names of what is no person are the phone book
	if ref.Kind == pbx.KindEntrance {
		inBook = w.Ask(w.Snapshot, policy.GroupSee, policy.Group(pbx.GroupID(ref.ID))) == nil
	}
	if inBook {
		return pbx.Refuse(pbx.Conflict, "extension", "user.extension_taken", "extension", extension, "name", w.Snapshot.NameOf(ref), "next", next)
	}
	return pbx.Refuse(pbx.Conflict, "extension", "user.extension_taken_hidden", "extension", extension, "next", next)
}

// freeEmail refuses an address that somebody else signs in with (D-008).
func (w *Work) freeEmail(email string, self pbx.UserID) error {
	u := w.Snapshot.ByEmail(email)
	if u == nil || u.ID == self {
		return nil
	}
	if w.Ask(w.Snapshot, policy.UserEdit, policy.User(u.ID)) == nil {
		return pbx.Refuse(pbx.Conflict, "email", "user.email_taken", "email", email, "name", u.Name)
	}
	return pbx.Refuse(pbx.Conflict, "email", "user.email_taken_hidden", "email", email)
}

// NextExtension is the lowest number of the office's length that is free and no emergency number; Exhausted without one.
func NextExtension(s *pbx.Snapshot) (string, error) {
	return newPool(s).next()
}

// pool gives out free extensions, each once.
type pool struct {
	s     *pbx.Snapshot
	given map[string]bool // taken by others of the same change
	n     int             // everything below is taken
}

func newPool(s *pbx.Snapshot) *pool { return &pool{s: s, given: map[string]bool{}} }

func (p *pool) next() (string, error) {
	digits := p.s.Tenant.Digits
	if digits == 0 {
		digits = 3
	}
	first := 1
	for range digits - 1 {
		first *= 10
	}
	for p.n = max(p.n, first); p.n < first*10; p.n++ {
		e := strconv.Itoa(p.n)
		if _, taken := p.s.ByExtension(e); !taken && !p.given[e] && p.s.CheckExtension(e) == nil {
			p.n++
			return e, nil
		}
	}
	return "", pbx.Refuse(pbx.Exhausted, "extension", "user.extensions_used_up", "digits", strconv.Itoa(digits))
}

// atField says at which field of the request a refusal lies.
func atField(err error, field string) error {
	e, ok := asRefusal(err)
	if !ok {
		return err
	}
	moved := *e
	moved.Field = field
	return &moved
}

// asRefusal takes an expected refusal out of an error.
func asRefusal(err error) (*pbx.Error, bool) { return errors.AsType[*pbx.Error](err) }
