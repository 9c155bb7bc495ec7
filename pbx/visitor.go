package pbx

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// VisitID names a visit.
type VisitID string

// Visit is what a visitor of a Talk link wrote before his call. Nobody has checked any of it (PL-10).
type Visit struct {
	ID    VisitID    `json:"visit"`
	Link  TalkLinkID `json:"link"`
	At    time.Time  `json:"at"`
	Name  string     `json:"name,omitempty"`
	Email string     `json:"email,omitempty"`
	Words string     `json:"words,omitempty"` // what it is about
}

// IsEmpty reports whether he wrote nothing.
func (v *Visit) IsEmpty() bool { return v.Name == "" && v.Email == "" && v.Words == "" }

// VisitDue is the moment before which what visitors of a link wrote is forgotten; of a link that is gone, as usual.
func (s *Snapshot) VisitDue(l TalkLinkID, at time.Time) time.Time {
	days := UsualVisitKept
	if k := s.TalkLinks[l]; k != nil && k.Keep > 0 {
		days = k.Keep
	}
	return at.AddDate(0, 0, -days)
}

// looks are letters of other alphabets as they look to somebody who reads Latin ones.
var looks = strings.NewReplacer("а", "a", "в", "b", "г", "r", "ԁ", "d", "е", "e", "ё", "e", "ғ", "f", "һ", "h", "н", "h", "і", "i", "ї", "i", "ј", "j", "к", "k", "ӏ", "l", "м", "m", "п", "n", "о", "o",
	"р", "p", "с", "c", "ԛ", "q", "ѕ", "s", "т", "t", "у", "y", "ѵ", "v", "ԝ", "w", "х", "x", "α", "a", "β", "b", "γ", "y", "ε", "e", "η", "n", "ι", "i", "κ", "k", "μ", "u", "ν", "v", "ο", "o", "ρ", "p",
	"σ", "o", "τ", "t", "υ", "u", "χ", "x", "ω", "w", "օ", "o", "ո", "n", "ս", "u", "հ", "h", "ց", "g", "ı", "i", "ł", "l", "ø", "o", "đ", "d", "ß", "ss", "ɑ", "a", "ɡ", "g", "ɩ", "i", "æ", "ae", "œ", "oe")

// Glance is what a name looks like at a glance, whatever alphabets, accents and cases its letters are of: its words in order, without what is no letter (PL-05).
func Glance(name string) []string {
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.M, r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(strings.ToLower(norm.NFKC.String(name))))
	words := strings.FieldsFunc(looks.Replace(plain), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i := range words {
		words[i] = Lookalike(words[i])
	}
	return words
}

// inCharge are words of a name that nobody outside is called by: whoever reads them takes him for somebody of the house. The first stand anywhere in a name; the others
// are names of people, too, and are refused alone.
var (
	inCharge = []string{"admin", "administrator", "sysadmin", "webmaster", "moderator", "helpdesk", "support", "security", "staff", "ceo", "cfo", "cto", "coo", "ciso", "management", "tandem",
		"geschäftsführer", "geschäftsführerin", "geschäftsführung", "vorstand", "administratorin", "dyrektor", "prezes", "zarząd", "админ", "администратор", "директор", "поддержка", "гендиректор",
		"direktur", "pengelola"}
	alone = []string{"boss", "chef", "chief", "director", "host", "it", "itteam", "office", "operator", "owner", "police", "polizei", "policja", "полиция", "polisi", "president", "reception", "root", "system",
		"verified", "colleague", "kollege", "kollegin", "internal", "intern"}
)

func looksLike(list []string, glance string) bool {
	return slices.ContainsFunc(list, func(w string) bool { return strings.Join(Glance(w), "") == glance })
}

// CheckVisitor refuses a name by which a visitor would be taken for somebody in charge, or for the office itself (PL-05).
func (s *Snapshot) CheckVisitor(name string) error {
	words := Glance(name)
	whole := strings.Join(words, "")
	office := strings.Join(Glance(s.Tenant.Name), "")
	if slices.ContainsFunc(words, func(w string) bool { return looksLike(inCharge, w) }) || looksLike(inCharge, whole) || looksLike(alone, whole) ||
		len(office) > 2 && strings.Contains(whole, office) {
		return Refuse(Invalid, "name", "talk.name_reserved")
	}
	return nil
}

// IsLikeColleague reports whether a visitor goes by the name of somebody here, in whatever order, letters and spaces. He is not told: it would tell who works here.
func (s *Snapshot) IsLikeColleague(name string) bool {
	sorted := func(words []string) string { return strings.Join(slices.Sorted(slices.Values(words)), "") }
	words := Glance(name)
	whole, any := strings.Join(words, ""), sorted(words)
	if whole == "" {
		return false
	}
	for _, u := range s.Users {
		w := Glance(u.Name)
		if strings.Join(w, "") == whole || sorted(w) == any {
			return true
		}
	}
	return false
}
