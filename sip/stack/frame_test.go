package stack

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// cutAll feeds a stream in pieces of the given sizes, over and over, and writes down what comes out.
func cutAll(stream []byte, sizes ...int) (out []string) {
	f := Framer{Head: 64 << 10, Body: 256 << 10}
	for i := 0; len(stream) > 0; i++ {
		n := min(max(sizes[i%len(sizes)], 1), len(stream))
		f.Write(stream[:n])
		stream = stream[n:]
		for {
			raw, ping, err := f.Next()
			if err != nil {
				return append(out, "error "+err.Error())
			}
			if ping {
				out = append(out, "ping")
				continue
			}
			if raw == nil {
				break
			}
			out = append(out, string(raw))
		}
	}
	return out
}

// TestFramerEveryCut is SIP-11: a stream cut at every byte gives the same messages as one write.
func TestFramerEveryCut(t *testing.T) {
	stream := []byte("\r\n\r\n" + benchInvite + "\r\n\r\n\r\n" + benchRegister + string(tortureFile(t, "wsinv")) + "\r\n" +
		string(tortureFile(t, "mpart01")) + string(tortureFile(t, "dblreq")))
	want := cutAll(stream, len(stream))
	if len(want) != 9 || want[0] != "ping" || want[1] != benchInvite || want[2] != "ping" || want[3] != benchRegister {
		t.Fatalf("%d pieces: %.60q", len(want), want)
	}
	for i := 1; i < len(stream); i++ {
		if got := cutAll(stream, i, len(stream)); strings.Join(got, "|") != strings.Join(want, "|") {
			t.Fatalf("cut at %d: %.60q", i, got)
		}
	}
	if got := cutAll(stream, 1); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Fatalf("byte by byte: %.60q", got)
	}
}

func TestFramerRefuses(t *testing.T) {
	head := "OPTIONS sip:a SIP/2.0\r\n"
	for _, row := range []struct{ name, stream, want string }{
		{"HTTP", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "not a SIP message"},
		{"TLS ClientHello", "\x16\x03\x01\x02\x00", "not a SIP message"},
		{"SSH banner", "SSH-2.0-OpenSSH_9.2\r\n", "not a SIP message"},
		{"zeros", "\x00\x00\x00\x00", "not a SIP message"},
		{"a word without end", strings.Repeat("A", 100), "not a SIP message"},
		{"bare CR", "\rX", "not a SIP message"},
		{"no length", head + "\r\n", "400 Content-Length is missing on a stream"},
		{"negative length", head + "Content-Length: -1\r\n\r\n", "400 Malformed Content-Length"},
		{"two lengths", head + "l: 1\r\nContent-Length: 1\r\n\r\n", "400 More than one Content-Length"},
		{"two lengths, one with a blank", head + "CONTENT-length : 1\r\nL:1\r\n\r\n", "400 More than one Content-Length"},
		{"huge head", head + "X: " + strings.Repeat("a", 70<<10), "513 "},
		{"huge complete head", head + "X: " + strings.Repeat("a", 70<<10) + "\r\nl:0\r\n\r\n", "513 "},
		{"huge body", head + "l: 300000\r\n\r\n", "513 "},
		{"overflowing length", head + "l: 99999999999999999999\r\n\r\n", "400 Malformed Content-Length"},
	} {
		got := cutAll([]byte(row.stream), len(row.stream))
		if len(got) != 1 || got[0] != "error "+row.want {
			t.Errorf("%s: %.80q", row.name, got)
		}
		if bytewise := cutAll([]byte(row.stream), 1000); strings.Join(got, "|") != strings.Join(bytewise, "|") {
			t.Errorf("%s: in pieces %.80q", row.name, bytewise)
		}
	}
	if got := cutAll([]byte(head+"Content-Length:\r\n 0\r\n\r\n"), 1); len(got) != 1 || strings.HasPrefix(got[0], "error") {
		t.Errorf("folded length: %q", got)
	}
}

func TestParseCaps(t *testing.T) {
	base := strings.TrimSuffix(request("REGISTER", "b", "c", 1), "Content-Length: 0\r\n\r\n")
	many := func(n int, line string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, line, i)
		}
		return base + b.String() + "\r\n"
	}
	for _, row := range []struct {
		name, raw string
		ok        bool
	}{
		{"249 more headers", many(249, "X-%d: a\r\n"), true},
		{"250 more headers", many(250, "X-%d: a\r\n"), false},
		{"70 Via", many(69, "Via: SIP/2.0/UDP h%d\r\n"), true},
		{"71 Via", many(70, "Via: SIP/2.0/UDP h%d\r\n"), false},
		{"32 contacts", many(31, "m: <sip:h%d>\r\n"), true},
		{"33 contacts", many(32, "m: <sip:h%d>\r\n"), false},
		{"bare LF", strings.Replace(base, "Max-Forwards: 70\r\n", "Max-Forwards: 70\n", 1) + "\r\n", false},
		{"bare CR in a value", base + "X: a\rVia: b\r\n\r\n", false},
		{"NUL in a value", base + "X: a\x00b\r\n\r\n", false},
		{"NUL before the colon", base + "P-Asserted-Identity\x00: <sip:boss@x>\r\n\r\n", false},
		{"VT before the colon", base + "P-Asserted-Identity\v: <sip:boss@x>\r\n\r\n", false},
		{"header without name", base + ": x\r\n\r\n", false},
		{"blank inside a name", base + "P-Asserted Identity: <sip:boss@x>\r\n\r\n", false},
		{"no empty line", base, false},
		{"* with Expires 0", strings.Replace(base, "<sip:alice@10.0.0.5:5060>", "*", 1) + "Expires: 0\r\n\r\n", true},
		{"* without Expires", strings.Replace(base, "<sip:alice@10.0.0.5:5060>", "*", 1) + "\r\n", false},
		{"* with Expires 60", strings.Replace(base, "<sip:alice@10.0.0.5:5060>", "*", 1) + "Expires: 60\r\n\r\n", false},
		{"* and another", base + "m: *\r\nExpires: 0\r\n\r\n", false},
	} {
		m, err := Parse([]byte(row.raw))
		if m == nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		if p := Validate(m, accepted); (p == nil) != row.ok {
			t.Errorf("%s: %v", row.name, p)
		}
	}
}

// TestHeaderNamesAreNormalised is the part of SA-11 that belongs here: no spelling of a name gets past a look-up or a removal.
func TestHeaderNamesAreNormalised(t *testing.T) {
	for _, spelling := range []string{"P-Asserted-Identity", "p-asserted-identity", "P-ASSERTED-IDENTITY : ", "P-Asserted-Identity\t"} {
		name, _, _ := strings.Cut(spelling, ":")
		m, err := Parse([]byte(strings.Replace(request("INVITE", "b", "c", 1), "Content-Length", name+": <sip:boss@x>\r\nContent-Length", 1)))
		if err != nil {
			t.Fatal(err)
		}
		if m.Get("p-asserted-identity") == "" {
			t.Errorf("%q is not found", spelling)
		}
		m.Del("P-Asserted-Identity")
		if bytes.Contains(bytes.ToLower(m.Encode()), []byte("asserted")) {
			t.Errorf("%q survives", spelling)
		}
	}
	for short, long := range map[string]string{"v": "Via", "I": "Call-ID", "x-tandem-leg": "X-Tandem-Leg", "cseq": "CSeq", "www-AUTHENTICATE": "WWW-Authenticate"} {
		if got := CanonicalName(short); got != long {
			t.Errorf("%s: %s, want %s", short, got, long)
		}
	}
}

// TestNoInjection: text set by a layer above cannot begin a header of its own.
func TestNoInjection(t *testing.T) {
	m := NewRequest(MethodInvite, URI{Scheme: "sip", Host: "a"}, NameAddr{Display: "x\r\nP-Asserted-Identity: <sip:boss@x>", URI: URI{Scheme: "sip", Host: "b"}},
		NameAddr{URI: URI{Scheme: "sip", Host: "a"}}, "c\r\nRoute: <sip:evil>", 1)
	m.Add(HeaderSubject, "a\r\nRoute: <sip:evil>")
	r := NewResponse(m, 400, "no\r\nRoute: <sip:evil>")
	for _, data := range [][]byte{m.Encode(), r.Encode()} {
		for line := range bytes.Lines(data) {
			if bytes.HasPrefix(line, []byte("Route")) || bytes.HasPrefix(line, []byte("P-")) {
				t.Errorf("%s", data)
			}
		}
	}
}

func TestProblemIsAnError(t *testing.T) {
	_, err := Parse([]byte("INVITE sip:a SIP/7.0\r\n\r\n"))
	if p, ok := errors.AsType[*Problem](err); !ok || p.Status != 505 {
		t.Error(err)
	}
}
