package sip

import (
	"testing"

	"tandem/sip/stack"
)

func TestDigits(t *testing.T) {
	for _, tt := range []struct {
		name, kind, body string
		digit            byte
		known            bool
	}{
		{"relay", "application/dtmf-relay", "Signal=5\r\nDuration=160", '5', true},
		{"relay with blanks", "application/dtmf-relay", "Signal= *\r\nDuration= 160\r\n", '*', true},
		{"relay, another order", "application/dtmf-relay", "Duration=160\nsignal=#\n", '#', true},
		{"relay by event number", "application/dtmf-relay", "Signal=11", '#', true},
		{"relay, letter", "application/dtmf-relay", "Signal=d", 'D', true},
		{"relay, letter by number", "application/dtmf-relay", "Signal=15", 'D', true},
		{"relay, flash hook is no key", "application/dtmf-relay", "Signal=16", 0, true},
		{"relay, empty", "application/dtmf-relay", "", 0, true},
		{"plain", "application/dtmf", "7", '7', true},
		{"plain by number", "application/dtmf", "10", '*', true},
		{"plain, too much", "application/dtmf", "77", 0, true},
		{"type with parameters", "Application/DTMF; x=y", "1", '1', true},
		{"something else", "application/media_control+xml", "<x/>", 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := stack.NewRequest("INFO", uri("sip:x"), address("<sip:a>"), address("<sip:b>"), "c", 1)
			m.SetBody(tt.kind, []byte(tt.body))
			if tt.body == "" {
				m.Set("Content-Type", tt.kind)
			}
			if d, known := digitOf(m); d != tt.digit || known != tt.known {
				t.Errorf("got %q, %v", d, known)
			}
		})
	}
}

func FuzzDigit(f *testing.F) {
	f.Add("application/dtmf-relay", "Signal=5\r\nDuration=160")
	f.Add("application/dtmf", "#")
	f.Fuzz(func(t *testing.T, kind, body string) {
		m := stack.NewRequest("INFO", uri("sip:x"), address("<sip:a>"), address("<sip:b>"), "c", 1)
		m.SetBody(kind, []byte(body))
		if d, known := digitOf(m); d != 0 && !known {
			t.Errorf("a digit %q of an unknown kind", d)
		}
	})
}
