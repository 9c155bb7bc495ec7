// Package number reads what people dial and decides what it means.
//
// It does not know who may dial it, nor which extensions exist; that is for packages route and policy.
package number

import (
	"slices"
	"strings"
)

// Class says what a dialled number leads to.
type Class uint8

// The classes. The zero value is no number at all.
const (
	Malformed     Class = iota // letters, lists, parameters, nothing, or too long
	Internal                   // 2–6 digits: an extension, if somebody has it
	Emergency                  // the country's own emergency numbers, and 112 everywhere (TF-03)
	Feature                    // begins with * or #
	Local                      // without area code; the office's area is not known, so it has no E.164 form
	National                   // inside the office's country
	Mobile                     // inside the office's country, mobile
	International              // another country
	Premium                    // premium rate and personal numbers, here and abroad (TF-01)
	TollFree                   // free for the caller; inside the office's country, or international 800
	SharedCost                 // dearer than a national call, here and abroad, and international 808
	Satellite                  // satellites and networks without a country: +870, +881, +882, +883
	Unassigned                 // no numbering plan is known to have such a number: nobody knows what it costs (TF-05)
)

var classNames = [...]string{"malformed", "internal", "emergency", "feature", "local", "national", "mobile", "international", "premium",
	"toll_free", "shared_cost", "satellite", "unassigned"}

// OutsideClasses lists the words of the classes that can be allowed and forbidden, cheap ones first.
func OutsideClasses() []string {
	return []string{"local", "national", "mobile", "toll_free", "international", "shared_cost", "premium", "satellite", "unassigned"}
}

// String is the class's word, as used in i18n keys ("class.mobile").
func (c Class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return classNames[Malformed]
}

// IsOutside reports whether a trunk is needed to reach the number.
func (c Class) IsOutside() bool { return c == Emergency || c >= Local }

// IsOutsideClass reports whether a word names a class that needs a trunk.
func IsOutsideClass(name string) bool {
	for i, n := range classNames {
		if n == name {
			return Class(i).IsOutside()
		}
	}
	return false
}

// E164 is an international number: "+" and at most 15 digits (ITU-T E.164 §6).
type E164 string

// Number is a dialled number that was understood.
type Number struct {
	Digits  string // what was dialled, without visual separators
	E164    E164   // empty for internal, emergency, feature and local numbers
	Class   Class
	Country string // where it leads, ISO 3166 alpha-2; empty for what has no country or no E.164 form
}

const (
	longestDialled = 64 // characters with separators; longer input is no number
	longestDigits  = 32 // prefixes included
)

// Clean strips the visual separators of RFC 3966 §5.1.1 and the ones people type: space, hyphen, dot, slash, brackets.
// It refuses whatever is no dialled number: letters, other alphabets' digits, lists, parameters (TF-02).
func Clean(dialled string) (string, bool) {
	if len(dialled) > longestDialled {
		return "", false
	}
	plain := true
	for i := 0; i < len(dialled); i++ {
		if !isDialled(dialled[i]) {
			plain = false
			break
		}
	}
	digits := dialled
	if !plain {
		// "+49 (0) 30": the bracketed zero is for callers from inside the country only.
		if strings.HasPrefix(strings.TrimLeft(dialled, " "), "+") {
			dialled = strings.Replace(dialled, "(0)", "", 1)
		}
		var b strings.Builder
		for _, r := range dialled {
			switch {
			case r < 0x80 && isDialled(byte(r)):
				b.WriteByte(byte(r))
			case strings.ContainsRune(" -.()/\u00a0\u2009\u202f\u2010\u2011", r):
			default:
				return "", false
			}
		}
		digits = b.String()
	}
	if len(digits) == 0 || len(digits) > longestDigits || strings.LastIndexByte(digits, '+') > 0 || digits == "+" {
		return "", false
	}
	return digits, true
}

func isDialled(c byte) bool {
	return c >= '0' && c <= '9' || c == '+' || c == '*' || c == '#'
}

// Place is where somebody dials: what is missing in front of a number is that of the place.
type Place struct {
	Country   string   // ISO 3166 alpha-2
	Area      string   // area code without trunk prefix; empty leaves local numbers local
	Emergency []string // numbers that are emergency calls there, beside those of the country
}

// MaxEmergency is the longest emergency number, in digits.
const MaxEmergency = 6

// IsEmergency reports whether the digits are an emergency call at the place.
func (at Place) IsEmergency(digits string) bool {
	c := plan(at.Country)
	return c.isEmergency(digits) || slices.Contains(at.Emergency, digits)
}

// Covers reports whether a number is of the country, and of the area where the place has one.
func (at Place) Covers(n E164) bool {
	code := plan(at.Country).Code
	return code != "" && strings.HasPrefix(string(n), "+"+code+at.Area) && (at.Area != "" || Read(at.Country, string(n)).Country == at.Country)
}

// Read understands what somebody in an office of the given country (ISO 3166 alpha-2) dialled.
func Read(country, dialled string) Number { return Place{Country: country}.Read(dialled) }

// Read understands what somebody dialled at the place.
// The emergency numbers are looked at first: nothing may stand before them.
func (at Place) Read(dialled string) Number {
	digits, ok := Clean(dialled)
	if !ok {
		return Number{}
	}
	c := plan(at.Country)
	if c.isEmergency(digits) || slices.Contains(at.Emergency, digits) {
		return Number{Digits: digits, Class: Emergency}
	}
	if strings.ContainsAny(digits, "*#") {
		if digits[0] == '*' || digits[0] == '#' {
			return Number{Digits: digits, Class: Feature}
		}
		return Number{}
	}
	if digits[0] == '+' {
		return c.global(digits, digits[1:])
	}
	if len(digits) <= longestExtension {
		if len(digits) < shortestExtension {
			return Number{}
		}
		return Number{Digits: digits, Class: Internal}
	}
	for _, prefix := range c.Abroad {
		if rest, ok := strings.CutPrefix(digits, prefix); ok && rest != "" {
			return c.global(digits, rest)
		}
	}
	if c.Trunk == "" {
		return c.inland(digits, digits)
	}
	if rest, ok := strings.CutPrefix(digits, c.Trunk); ok {
		return c.inland(digits, rest)
	}
	if c.Code == "1" && len(digits) == 10 {
		return c.inland(digits, digits)
	}
	if at.Area != "" {
		if n := c.inland(digits, at.Area+digits); n.E164 != "" {
			if n.Class == National {
				n.Class = Local
			}
			return n
		}
	}
	return Number{Digits: digits, Class: Local}
}

const (
	shortestExtension = 2
	longestExtension  = 6
)

// IsExtension reports whether the text has the form of an internal number: 2–6 digits.
func IsExtension(s string) bool {
	if len(s) < shortestExtension || len(s) > longestExtension {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// IsEmergency reports whether the digits are an emergency number of the country; no extension may have such a number.
func IsEmergency(country, digits string) bool {
	c := plan(country)
	return c.isEmergency(digits)
}

// Parse reads a number that must be reachable from anywhere, as for a person's mobile: "+49 170 …", "0170 …" in Germany.
func Parse(country, s string) (E164, bool) {
	n := Read(country, s)
	return n.E164, n.E164 != ""
}
