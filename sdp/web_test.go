package sdp

import (
	"net/netip"
	"os"
	"strings"
	"testing"
)

func chrome(t *testing.T) Session {
	t.Helper()
	b, err := os.ReadFile("testdata/chrome.sdp")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var ourWeb = Web{Ufrag: "abcd", Pwd: "abcdefghijklmnopqrstuv", Fingerprint: [32]byte{1, 2, 0xfe}}

func webLocal() Local {
	w := ourWeb
	return Local{ID: 1, Version: 1, Addr: netip.MustParseAddr("192.0.2.1"), Port: 4000, Web: &w, Codecs: []Codec{{111, "opus", 48000, 2, ""}}}
}

// A browser's line is chosen by the policy for browsers alone, with all that its offer says.
func TestBrowserLine(t *testing.T) {
	s := chrome(t)
	st, err := s.Audio(Browser)
	if err != nil {
		t.Fatal(err)
	}
	w := st.Web
	if w == nil || w.Ufrag != "x9Ml" || w.Pwd != "WJe5HZT6vWXSKlzG8sLr4tFl" || w.Setup != Either || w.Mid != "0" || !w.Bundle || w.Lite || w.Fingerprint[0] != 0x7b || w.Fingerprint[31] != 0x08 {
		t.Fatalf("read %+v", w)
	}
	if !st.Secure() || !st.Mux {
		t.Fatal("a browser's line is secure and has one port")
	}
	for _, p := range []Security{Plain, Optional, Required} {
		if _, err := s.Audio(p); err == nil {
			t.Fatalf("policy %d chose a browser's line", p)
		}
	}
	if strings.Contains(w.String(), w.Pwd) {
		t.Fatal("the password can be printed")
	}
}

// A browser that offers before it has looked for a way names no address; that is no hold.
func TestBrowserWithoutAddress(t *testing.T) {
	s := chrome(t)
	s.Media[0].Conns = []Address{{Host: "0.0.0.0"}}
	st, err := s.Audio(Browser)
	if err != nil || st.Direction != SendRecv {
		t.Fatalf("%v, %v", st.Direction, err)
	}
}

// The answer names one place, waits for the browser's handshake and keeps the group and the names of lines.
func TestBrowserAnswer(t *testing.T) {
	s := chrome(t)
	s.Media = append(s.Media, Media{Type: "video", Port: 9, Proto: "UDP/TLS/RTP/SAVPF", Formats: []string{"96"}, Attributes: []Attribute{{"mid", "1"}}})
	st, err := s.Audio(Browser)
	if err != nil {
		t.Fatal(err)
	}
	a, err := Answer(s, st, webLocal())
	if err != nil {
		t.Fatal(err)
	}
	text := string(a.Encode())
	for _, want := range []string{"a=ice-lite\r\n", "a=group:BUNDLE 0\r\n", "m=audio 4000 UDP/TLS/RTP/SAVPF 111\r\n", "a=ice-ufrag:abcd\r\n", "a=setup:passive\r\n",
		"a=mid:0\r\n", "a=rtcp-mux\r\n", "a=candidate:1 1 udp 2130706431 192.0.2.1 4000 typ host\r\n", "a=fingerprint:sha-256 01:02:FE:00:", "m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	// What we write, a browser reads: the far side's view of our answer is our own.
	back, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if w := back.web(&back.Media[0]); w == nil || w.Fingerprint != ourWeb.Fingerprint || !w.Lite || w.Setup != Passive {
		t.Fatalf("read back %+v", w)
	}
	if _, err := back.Audio(Browser); err != ErrSecurity {
		t.Fatal("two sides that only answer checks can never meet")
	}
	plain := webLocal()
	plain.Web = nil
	if _, err := Answer(s, st, plain); err != ErrSecurity {
		t.Fatal("a browser was answered without keys")
	}
}

// Our own offer leaves the role open, and offers nothing a browser would refuse.
func TestBrowserOffer(t *testing.T) {
	l := webLocal()
	l.Web.Mid, l.Web.Bundle = "0", true
	text := string(Offer(l).Encode())
	for _, want := range []string{"UDP/TLS/RTP/SAVPF", "a=setup:actpass", "a=rtcp-mux", "a=group:BUNDLE 0", "a=mid:0"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// What is missing or malformed makes a line unfit; it never falls back to less.
func TestUnfitBrowserLines(t *testing.T) {
	for name, change := range map[string]func(string) string{
		"no fingerprint": func(s string) string { return strings.Replace(s, "a=fingerprint", "a=x-fingerprint", 1) },
		"weak hash":      func(s string) string { return strings.Replace(s, "sha-256 ", "md5 ", 1) },
		"short hash":     func(s string) string { return strings.Replace(s, ":19:08", "", 1) },
		"no password":    func(s string) string { return strings.Replace(s, "a=ice-pwd", "a=x-pwd", 1) },
		"odd fragment":   func(s string) string { return strings.Replace(s, "x9Ml", "x9_l", 1) },
		"no role":        func(s string) string { return strings.Replace(s, "a=setup", "a=x-setup", 1) },
		"other port":     func(s string) string { return strings.Replace(s, "a=rtcp-mux", "a=x-mux", 1) },
		"lite":           func(s string) string { return strings.Replace(s, "a=group", "a=ice-lite\r\na=group", 1) },
	} {
		b, _ := os.ReadFile("testdata/chrome.sdp")
		s, err := Parse([]byte(change(string(b))))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := s.Audio(Browser); err != ErrSecurity {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A browser that offers before it knows where it is writes 0.0.0.0, and listens all the same.
func TestBrowserBeforeItKnowsWhereItIs(t *testing.T) {
	b, err := os.ReadFile("testdata/chrome.sdp")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse([]byte(strings.Replace(string(b), "c=IN IP4 192.0.2.44", "c=IN IP4 0.0.0.0", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if st, err := s.Audio(Browser); err != nil || st.Direction != SendRecv {
		t.Fatalf("read as %v, %v", st.Direction, err)
	}
}
