package sip

import (
	"strings"

	"tandem/sip/stack"
)

// digitOf reads a key from an INFO (Cisco's application/dtmf-relay and the plain application/dtmf). known is false for bodies of other
// kinds; a flash hook and other events that are no key give 0.
func digitOf(m *stack.Message) (digit byte, known bool) {
	switch m.ContentType() {
	case "application/dtmf-relay":
		for line := range strings.SplitSeq(string(m.Body), "\n") {
			name, value, ok := strings.Cut(line, "=")
			if ok && strings.EqualFold(strings.TrimSpace(name), "signal") {
				return key(strings.TrimSpace(value)), true
			}
		}
		return 0, true
	case "application/dtmf":
		return key(strings.TrimSpace(string(m.Body))), true
	}
	return 0, false
}

// key reads one key; 10 and 11 are star and pound for those who number events.
func key(s string) byte {
	switch s {
	case "10":
		return '*'
	case "11":
		return '#'
	case "12", "13", "14", "15":
		return s[1] - '2' + 'A'
	}
	if len(s) != 1 {
		return 0
	}
	switch c := s[0]; {
	case '0' <= c && c <= '9', c == '*', c == '#', 'A' <= c && c <= 'D':
		return c
	case 'a' <= c && c <= 'd':
		return c - 'a' + 'A'
	}
	return 0
}
