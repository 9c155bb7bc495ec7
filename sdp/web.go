package sdp

import (
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
)

// Setup is who begins the DTLS handshake (RFC 4145 §4, RFC 8842 §5).
type Setup uint8

// The three roles; the zero value is what an offer says.
const (
	Either  Setup = iota // actpass: the answerer chooses
	Active               // the describing side begins
	Passive              // the describing side waits
)

var setupNames = [...]string{"actpass", "active", "passive"}

func (s Setup) String() string { return setupNames[s%3] }

// Answer is our role towards a side that offers s; we wait wherever we may, because browsers begin.
func (s Setup) Answer() Setup {
	if s == Passive {
		return Active
	}
	return Passive
}

// Web is what one side of a browser's audio line tells of the way its sound takes: by ICE (RFC 8839), with keys made by DTLS under a
// certificate of this fingerprint (RFC 8122, RFC 5763).
type Web struct {
	Ufrag, Pwd  string
	Lite        bool     // it only answers checks (RFC 8445 §2.5)
	Fingerprint [32]byte // SHA-256 of its certificate
	Setup       Setup
	Mid         string // name of the line (RFC 5888)
	Bundle      bool   // the line stands in a BUNDLE group (RFC 9143)
}

// String hides the password, so that no log shows it.
func (w Web) String() string { return w.Ufrag + " " + w.Setup.String() + " (password hidden)" }

// web reads what an audio line of a browser says; nil when something is missing or unfit. Attributes may stand at the line or above it.
func (s *Session) web(m *Media) *Web {
	attribute := func(name string) string {
		v, ok := m.Attribute(name)
		if !ok {
			v, _ = s.Attribute(name)
		}
		return strings.TrimSpace(v)
	}
	w := &Web{Ufrag: attribute("ice-ufrag"), Pwd: attribute("ice-pwd")}
	if !iceText(w.Ufrag, 4) || !iceText(w.Pwd, 22) {
		return nil
	}
	prints := m.Attributes
	if _, ok := m.Attribute("fingerprint"); !ok {
		prints = s.Attributes
	}
	found := false
	for _, a := range prints {
		if a.Name == "fingerprint" && !found {
			w.Fingerprint, found = parseFingerprint(a.Value)
		}
	}
	switch attribute("setup") {
	case "actpass":
	case "active":
		w.Setup = Active
	case "passive":
		w.Setup = Passive
	default:
		return nil
	}
	_, w.Lite = s.Attribute("ice-lite")
	w.Mid, _ = m.Attribute("mid")
	w.Mid = strings.TrimSpace(w.Mid)
	for _, a := range s.Attributes {
		if a.Name == "group" && w.Mid != "" {
			f := strings.Fields(a.Value)
			for i, mid := range f {
				w.Bundle = w.Bundle || i > 0 && f[0] == "BUNDLE" && mid == w.Mid
			}
		}
	}
	if !found || !token(w.Mid) && w.Mid != "" {
		return nil
	}
	return w
}

// iceText reports whether s is a user fragment or password of at least so many characters (RFC 8839 §5.4).
func iceText(s string, least int) bool {
	if len(s) < least || len(s) > 256 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '+' && c != '/' {
			return false
		}
	}
	return true
}

// parseFingerprint reads "sha-256 7B:8B:…"; other hashes are not looked at, because every browser offers this one (RFC 8827 §6.5).
func parseFingerprint(value string) (sum [32]byte, ok bool) {
	f := strings.Fields(value)
	if len(f) != 2 || !strings.EqualFold(f[0], "sha-256") || len(f[1]) != 95 {
		return sum, false
	}
	b, err := hex.DecodeString(strings.ReplaceAll(f[1], ":", ""))
	if err != nil || len(b) != len(sum) {
		return sum, false
	}
	return [32]byte(b), true
}

// writeFingerprint is the reverse of parseFingerprint.
func writeFingerprint(sum [32]byte) string {
	b := []byte("sha-256 ")
	for i, c := range sum {
		if i > 0 {
			b = append(b, ':')
		}
		b = append(b, strings.ToUpper(hex.EncodeToString([]byte{c}))...)
	}
	return string(b)
}

// candidate is the one place where we are reached: the address of our descriptions (RFC 8839 §5.1).
func candidate(addr netip.Addr, port uint16) string {
	return "1 1 udp 2130706431 " + addr.Unmap().WithZone("").String() + " " + strconv.Itoa(int(port)) + " typ host"
}

// attributes are the lines that w adds to our audio line.
func (w *Web) attributes(l *Local) []Attribute {
	list := []Attribute{{"ice-ufrag", w.Ufrag}, {"ice-pwd", w.Pwd}, {"fingerprint", writeFingerprint(w.Fingerprint)}, {"setup", w.Setup.String()}}
	if w.Mid != "" {
		list = append(list, Attribute{"mid", w.Mid})
	}
	return append(list, Attribute{"candidate", candidate(l.Addr, l.Port)}, Attribute{"end-of-candidates", ""})
}

// head are the lines that w adds above the media lines.
func (w *Web) head() []Attribute {
	list := []Attribute{{"ice-lite", ""}}
	if w.Bundle && w.Mid != "" {
		list = append(list, Attribute{"group", "BUNDLE " + w.Mid})
	}
	return list
}
