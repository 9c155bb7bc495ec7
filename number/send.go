package number

import "strings"

// Form is how a carrier wants numbers to be written.
type Form string

// The forms, by the example of Munich; the zero value is FormPlus.
const (
	FormPlus     Form = "plus"     // +4989111
	FormDigits   Form = "digits"   // 4989111
	FormAbroad   Form = "abroad"   // 004989111: with the country's own prefix for abroad
	FormNational Form = "national" // 089111 inside the country, with that prefix outside
)

// Forms lists them in the order in which people choose them.
func Forms() []Form { return []Form{FormPlus, FormDigits, FormAbroad, FormNational} }

// Send writes a number as a carrier of the given country wants it.
func Send(country string, n E164, f Form) string {
	c := plan(country)
	digits := strings.TrimPrefix(string(n), "+")
	abroad := ""
	if len(c.Abroad) > 0 {
		abroad = c.Abroad[0]
	}
	switch f {
	case FormDigits:
		return digits
	case FormNational:
		if rest, home := strings.CutPrefix(digits, c.Code); home && c.Code != "" {
			return c.Trunk + rest
		}
		return abroad + digits
	case FormAbroad:
		return abroad + digits
	}
	return "+" + digits
}

// Received reads a number as carriers of the given country write it: in any of the forms. It is empty when it is none that can be
// called back, as a withheld one.
func Received(country, text string) E164 {
	if n := Read(country, text); n.E164 != "" {
		return n.E164
	}
	digits, ok := Clean(text)
	if !ok || digits[0] == '+' || digits[0] == '*' || digits[0] == '#' {
		return ""
	}
	if n := Read(country, "+"+digits); n.E164 != "" && len(digits) > longestExtension {
		return n.E164
	}
	return ""
}
