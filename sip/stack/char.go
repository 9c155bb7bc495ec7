package stack

// A byte may belong to several classes of the grammar of RFC 3261 §25.1; one table look-up answers for all of them.
const (
	charToken   uint8 = 1 << iota // token
	charUser                      // userinfo without escapes
	charParam                     // uri-parameter without escapes
	charHost                      // hostname
	charOpaque                    // what may stand in a URI of a scheme unknown to us
	charGeneric                   // unquoted value of a header parameter: token, host, IPv6 reference
	charDigit
	charHex
)

var chars = charTable()

func charTable() (t [256]uint8) {
	set := func(class uint8, s string) {
		for i := range len(s) {
			t[s[i]] |= class
		}
	}
	const alnum = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	set(charToken, alnum+"-.!%*_+`'~")
	// '#' is not allowed by the grammar, but phones send it in dialled service codes.
	set(charUser, alnum+"-_.!~*'()&=+$,;?/#")
	set(charParam, alnum+"-_.!~*'()[]/:&+$")
	set(charHost, alnum+"-._")
	set(charOpaque, alnum+"-_.!~*'()%;/?:@&=+$,#[]")
	set(charGeneric, alnum+"-.!%*_+`'~[]:/@&$()?#{}|^=\\")
	set(charDigit, "0123456789")
	set(charHex, "0123456789abcdefABCDEF")
	for i := 0x80; i < 0x100; i++ {
		t[i] |= charGeneric
	}
	return t
}

// all reports whether s is not empty and consists of one class only.
func all(s string, class uint8) bool {
	for i := range len(s) {
		if chars[s[i]]&class == 0 {
			return false
		}
	}
	return s != ""
}

// escaped reports whether s consists of a class and well-formed %-escapes; the empty string does.
func escaped(s string, class uint8) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' {
			if i+2 >= len(s) || chars[s[i+1]]&charHex == 0 || chars[s[i+2]]&charHex == 0 {
				return false
			}
			i += 2
		} else if chars[c]&class == 0 {
			return false
		}
	}
	return true
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }

// trim cuts linear white space from both ends. Folding has become a space before.
func trim(s string) string {
	for s != "" && isSpace(s[0]) {
		s = s[1:]
	}
	for s != "" && isSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// fold reports whether two strings are equal but for the case of ASCII letters.
func fold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if a[i] != b[i] && lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

// decimal reads an unsigned number of digits only; a number above limit is refused.
func decimal(s string, limit uint64) (uint64, bool) {
	if s == "" {
		return 0, false
	}
	var n uint64
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + uint64(s[i]-'0')
		if n > limit {
			return 0, false
		}
	}
	return n, true
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c >= 'a':
		return c - 'a' + 10
	default:
		return c - 'A' + 10
	}
}

// unescape undoes %-escapes; text without them is returned as it is. Malformed escapes stay.
func unescape(s string) string {
	i := 0
	for i < len(s) && s[i] != '%' {
		i++
	}
	if i == len(s) {
		return s
	}
	out := append(make([]byte, 0, len(s)), s[:i]...)
	for ; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && chars[s[i+1]]&charHex != 0 && chars[s[i+2]]&charHex != 0 {
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		} else {
			out = append(out, s[i])
		}
	}
	return string(out)
}

// quotedEnd finds the index after the closing quote of s, which begins with a quote; -1 if it is open.
func quotedEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// unquote undoes a quoted string; other text is returned as it is.
func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' {
		return s
	}
	s = s[1 : len(s)-1]
	i := 0
	for i < len(s) && s[i] != '\\' {
		i++
	}
	if i == len(s) {
		return s
	}
	out := append(make([]byte, 0, len(s)), s[:i]...)
	for ; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		out = append(out, s[i])
	}
	return string(out)
}

// Quote writes text as a quoted string of RFC 3261 §25.1. Control characters are left out, so that no text can end a header.
func Quote(text string) string { return string(appendQuoted(nil, text)) }

func appendQuoted(buf []byte, text string) []byte {
	buf = append(buf, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			buf = append(buf, '\\', c)
		case c < ' ' || c == 0x7f:
		default:
			buf = append(buf, c)
		}
	}
	return append(buf, '"')
}
