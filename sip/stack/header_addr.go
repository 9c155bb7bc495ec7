package stack

import (
	"errors"
	"strings"
)

// NameAddr is the value of From, To, Contact, Route and their kin: a display name, a URI and header parameters (RFC 3261 §20.10).
type NameAddr struct {
	Display string // as on the wire; use Name for people
	URI     URI
	Params  Params // parameters of the header, not of the URI
}

var errAddr = errors.New("malformed address")

// ParseNameAddr reads one address. A bare URI must not hold a question mark or a comma (RFC 3261 §20); semicolons after it begin
// header parameters.
func ParseNameAddr(s string) (NameAddr, error) {
	a, rest, err := cutNameAddr(s)
	if err == nil && rest != "" {
		err = errAddr
	}
	return a, err
}

// cutNameAddr reads the first address of a list and returns what follows its comma.
func cutNameAddr(s string) (a NameAddr, rest string, err error) {
	s = trim(s)
	one, rest, ok := cutElement(s)
	if !ok || one == "" {
		return a, "", errAddr
	}
	var uri, after string
	open := -1
	if one[0] == '"' {
		end := quotedEnd(one)
		if end < 0 {
			return a, "", errAddr
		}
		a.Display = one[:end]
		i := end
		for i < len(one) && isSpace(one[i]) {
			i++
		}
		if i == len(one) || one[i] != '<' {
			return a, "", errAddr
		}
		open = i
	} else if open = strings.IndexByte(one, '<'); open > 0 {
		a.Display = trim(one[:open])
		for i := range len(a.Display) {
			if c := a.Display[i]; chars[c]&charToken == 0 && !isSpace(c) {
				return a, "", errAddr
			}
		}
	}
	if open >= 0 {
		end := strings.IndexByte(one[open:], '>')
		if end < 0 {
			return a, "", errAddr
		}
		uri, after = one[open+1:open+end], trim(one[open+end+1:])
	} else {
		end := strings.IndexByte(one, ';')
		if end < 0 {
			end = len(one)
		}
		uri, after = trim(one[:end]), one[end:]
		if strings.IndexByte(uri, '?') >= 0 {
			return a, "", errAddr
		}
	}
	if a.URI, err = ParseURI(uri); err != nil {
		return a, "", errAddr
	}
	if after != "" {
		if after[0] != ';' || !headerParams(Params(after[1:])) {
			return a, "", errAddr
		}
		a.Params = Params(trim(after[1:]))
	}
	return a, rest, nil
}

// cutElement cuts the first element of a comma list; quotes and angle brackets protect commas. It is false for an open quote or bracket,
// and for a comma with nothing behind it.
func cutElement(s string) (one, rest string, ok bool) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			n := quotedEnd(s[i:])
			if n < 0 {
				return "", "", false
			}
			i += n - 1
		case '<':
			n := strings.IndexByte(s[i:], '>')
			if n < 0 {
				return "", "", false
			}
			i += n
		case ',':
			rest = trim(s[i+1:])
			return trim(s[:i]), rest, rest != ""
		}
	}
	return trim(s), "", true
}

// Name is the display name without quotes and escapes.
func (a NameAddr) Name() string { return unquote(a.Display) }

// Tag is the tag parameter; empty when there is none.
func (a NameAddr) Tag() string { t, _ := a.Params.Raw("tag"); return t }

// Append writes the address in angle brackets, which is legal for every header and never ambiguous.
func (a NameAddr) Append(buf []byte) []byte {
	if a.Display != "" {
		if a.Display[0] == '"' && quotedEnd(a.Display) == len(a.Display) {
			buf = append(buf, a.Display...)
		} else if escapedDisplay(a.Display) {
			buf = append(buf, a.Display...)
		} else {
			buf = appendQuoted(buf, a.Display)
		}
		buf = append(buf, ' ')
	}
	buf = append(a.URI.Append(append(buf, '<')), '>')
	if a.Params != "" {
		buf = append(append(buf, ';'), a.Params...)
	}
	return buf
}

// escapedDisplay reports whether a display name may stand without quotes: blank-separated tokens.
func escapedDisplay(s string) bool {
	for i := range len(s) {
		if chars[s[i]]&charToken == 0 && s[i] != ' ' {
			return false
		}
	}
	return true
}

// String writes the address in angle brackets.
func (a NameAddr) String() string { return string(a.Append(make([]byte, 0, 128))) }

// WithTag is the address with its tag set.
func (a NameAddr) WithTag(tag string) NameAddr { a.Params = a.Params.With("tag", tag); return a }
