package stack

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// accepted is a policy like that of an office: what package sip configures, in small.
var accepted = Policy{
	Methods:   []string{MethodInvite, MethodAck, MethodCancel, MethodBye, MethodRegister, MethodOptions, MethodInfo, MethodUpdate, MethodMessage},
	Supported: []string{"timer", "100rel", "outbound", "path"},
	Bodies:    map[string][]string{MethodInvite: {"application/sdp"}, MethodUpdate: {"application/sdp"}, MethodMessage: {"text/plain"}},
}

const (
	drop = -1 // nothing leaves the socket
	pass = 0  // handed to the layer above
)

// torture is the table of RFC 4475 with the reaction we chose where the RFC leaves a choice. stream is the reaction over TCP where
// the framing makes another one: 0 means the same.
var torture = []struct {
	section, file, why string
	status             int
	has                string // what the refusal must carry
	stream             int
}{
	{"3.1.1.1", "wsinv", "folded and tortuous, but valid", pass, "", 0},
	{"3.1.1.2", "intmeth", "unknown method of every legal character", 501, "Allow: INVITE", 0},
	{"3.1.1.3", "esc01", "valid escapes", pass, "", 0},
	{"3.1.1.4", "escnull", "%00 in user parts", pass, "", 0},
	{"3.1.1.5", "esc02", "RE%47IST%45R is not REGISTER", 501, "Allow: ", 0},
	{"3.1.1.6", "lwsdisp", "no blank before <", pass, "", 0},
	{"3.1.1.7", "longreq", "long fields, 34 Via", pass, "", 0},
	{"3.1.1.8", "dblreq", "a second request behind the body", pass, "", 0},
	{"3.1.1.9", "semiuri", "semicolon inside the user part", pass, "", 0},
	{"3.1.1.10", "transports", "unknown transports in Via", pass, "", 0},
	{"3.1.1.11", "mpart01", "multipart body of a MESSAGE", 415, "Accept: text/plain", 0},
	{"3.1.1.12", "unreason", "response, UTF-8 reason", drop, "", 0},
	{"3.1.1.13", "noreason", "response, no reason", drop, "", 0},
	{"3.1.2.1", "badinv01", "stray ; and ,", 400, "", 0},
	{"3.1.2.2", "clerr", "Content-Length beyond the datagram", 400, "", drop},
	{"3.1.2.3", "ncl", "negative Content-Length", 400, "", 0},
	{"3.1.2.4", "scalar02", "overlarge numbers", 400, "", 0},
	{"3.1.2.5", "scalarlg", "response with overlarge numbers", drop, "", 0},
	{"3.1.2.6", "quotbal", "open quote", 400, "", 0},
	{"3.1.2.7", "ltgtruri", "<> around the Request-URI", 400, "", 0},
	{"3.1.2.8", "lwsruri", "blanks in the Request-URI", 400, "", 0},
	{"3.1.2.9", "lwsstart", "several blanks in the start line", 400, "", 0},
	{"3.1.2.10", "trws", "blank at the end of the start line", 400, "", 0},
	{"3.1.2.11", "escruri", "headers in the Request-URI", 400, "", 0},
	{"3.1.2.12", "baddate", "Date not in GMT: we do not use it", pass, "", 0},
	{"3.1.2.13", "regbadct", "question mark in a Contact without <>", 400, "", 0},
	{"3.1.2.14", "badaspec", "blanks inside an addr-spec", 400, "", 0},
	{"3.1.2.15", "baddn", "display name neither quoted nor tokens", 400, "", drop},
	{"3.1.2.16", "badvers", "SIP/7.0", 505, "", 0},
	{"3.1.2.17", "mismatch01", "CSeq has another method", 400, "", 0},
	{"3.1.2.18", "mismatch02", "the same with an unknown method", 501, "Allow: ", 0},
	{"3.1.2.19", "bigcode", "status 4294967301", drop, "", 0},
	{"3.2.1", "badbranch", "the branch is the magic cookie alone", 400, "", 0},
	{"3.3.1", "insuf", "no Call-ID, From, To", 400, "", 0},
	{"3.3.2", "unkscm", "unknown scheme", 416, "", 0},
	{"3.3.3", "novelsc", "soap.beep:", 416, "", 0},
	{"3.3.4", "unksm2", "REGISTER whose To is no SIP URI", 400, "", 0},
	{"3.3.5", "bext01", "unknown Require", 420, "Unsupported: nothingSupportsThis, nothingSupportsThisEither\r\n", 0},
	{"3.3.6", "invut", "unknown body type", 415, "Accept: application/sdp", 0},
	{"3.3.7", "regaut01", "unknown Authorization scheme: for the registrar", pass, "", 0},
	{"3.3.8", "multi01", "repeated single headers", 400, "", 0},
	{"3.3.9", "mcl01", "two Content-Length", 400, "", 0},
	{"3.3.10", "bcast", "response with a second Via", drop, "", 0},
	{"3.3.11", "zeromf", "Max-Forwards 0 is fine for us", pass, "", 0},
	{"3.3.12", "cparam01", "Contact header parameter", pass, "", 0},
	{"3.3.13", "cparam02", "Contact URI parameter", pass, "", 0},
	{"3.3.14", "regescrt", "escaped Route inside a Contact", pass, "", 0},
	{"3.3.15", "sdp01", "Accept excludes SDP", 406, "", 0},
	{"3.4.1", "inv2543", "RFC 2543: processed; on a stream refused for want of a length", pass, "", 400},
	{"-", "test", "no SIP version", drop, "", 0},
}

func tortureFile(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "torture", name+".dat"))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestTorture is SIP-01 over the pure functions.
func TestTorture(t *testing.T) {
	files, _ := filepath.Glob("testdata/torture/*.dat")
	if len(files) != len(torture) {
		t.Errorf("%d files, %d rows", len(files), len(torture))
	}
	for _, row := range torture {
		t.Run(row.section+" "+row.file, func(t *testing.T) {
			m, err := Parse(tortureFile(t, row.file))
			if m == nil || m.Status != 0 {
				if row.status != drop {
					t.Fatalf("dropped: %v", err)
				}
				return
			}
			p := Validate(m, accepted)
			switch {
			case row.status == drop:
				t.Fatal("taken for a request")
			case row.status == pass && p != nil:
				t.Fatalf("%s: refused: %v", row.why, p)
			case row.status == pass:
			case p == nil:
				t.Fatalf("%s: want %d", row.why, row.status)
			default:
				answer := string(p.Answer(m).Encode())
				if p.Status != row.status || !strings.Contains(answer, row.has) {
					t.Errorf("%s: want %d with %q, got\n%s", row.why, row.status, row.has, answer)
				}
				if _, err := Parse([]byte(answer)); err != nil && row.file != "insuf" && strings.Count(answer, "\r\nVia: ") == 1 && !broken[row.file] {
					t.Errorf("the answer cannot be read: %v\n%s", err, answer)
				}
			}
		})
	}
}

// broken lists requests whose copied headers are malformed themselves, so that no well-formed answer exists.
var broken = map[string]bool{"badinv01": true, "badaspec": true, "baddn": true, "quotbal": true, "scalar02": true, "badvers": true}

// TestTortureMeaning looks at the fields that the RFC names in its prose.
func TestTortureMeaning(t *testing.T) {
	read := func(name string) *Message {
		m, err := Parse(tortureFile(t, name))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return m
	}
	is := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	m := read("wsinv")
	is("wsinv To tag", m.To().Tag(), "1918181833n")
	is("wsinv From", m.From().Name(), `J Rosenberg \"`)
	is("wsinv From tag", m.From().Tag(), "98asjd8")
	is("wsinv top Via", m.Via().Host+" "+m.Via().Branch(), "192.0.2.2 390skdjuw")
	if v := m.Vias(); len(v) != 3 || v[1].Transport != "TCP" || v[2].Branch() != "z9hG4bK30239" {
		t.Errorf("wsinv Vias: %v", v)
	}
	if n, _ := m.MaxForwards(); n != 68 {
		t.Errorf("wsinv Max-Forwards: %d", n)
	}
	if n, method := m.CSeq(); n != 9 || method != MethodInvite {
		t.Errorf("wsinv CSeq: %d %s", n, method)
	}
	is("wsinv folded", m.Get("newfangledheader"), "newfangled value continued newfangled value")
	q, _ := m.Contact().Params.Get("q")
	is("wsinv Contact q", q, "0.33")

	m = read("esc01")
	is("esc01 user", m.URI.User, "sips%3Auser%40example.com")
	is("esc01 host", m.URI.Host, "example.net")
	is("esc01 To", m.To().URI.UserText(), "user")
	if !m.Contact().URI.Params.Has("lr") {
		t.Error("esc01: %6C%72 is lr")
	}
	name, _ := m.Contact().URI.Params.Get("name")
	is("esc01 parameter", name, "value%41")

	m = read("escnull")
	list, _, _ := m.Contacts()
	if len(list) != 2 || list[0].URI.Equal(list[1].URI) || list[0].URI.UserText() != "\x00" || list[1].URI.UserText() != "\x00\x00" {
		t.Errorf("escnull: %q", list)
	}

	m = read("semiuri")
	is("semiuri", m.URI.User, "user;par=u%40example.net")

	m = read("longreq")
	if n := len(m.Vias()); n != 34 {
		t.Errorf("longreq: %d Vias", n)
	}
	if n := len(NewResponse(m, 200, "").Vias()); n != 34 {
		t.Errorf("longreq: the answer has %d Vias", n)
	}

	m = read("dblreq")
	is("dblreq", m.Method, MethodRegister)
	if len(m.Body) != 0 {
		t.Errorf("dblreq: body %q", m.Body)
	}

	m = read("mpart01")
	if raw := tortureFile(t, "mpart01"); !bytes.HasSuffix(raw, m.Body) || len(m.Body) < 500 {
		t.Errorf("mpart01: body of %d bytes", len(m.Body))
	}

	m = read("cparam01")
	if c := m.Contact(); !c.Params.Has("unknownparam") || c.URI.Params.Has("unknownparam") {
		t.Errorf("cparam01: %q", c)
	}
	m = read("cparam02")
	if c := m.Contact(); c.Params.Has("unknownparam") || !c.URI.Params.Has("unknownparam") {
		t.Errorf("cparam02: %q", c)
	}
	m = read("regescrt")
	is("regescrt", m.Contact().URI.String(), "sip:user@example.com?Route=%3Csip:sip.example.com%3E")
	if len(m.Addrs(HeaderRoute)) != 0 {
		t.Error("regescrt: an escaped header became a real one")
	}
	m = read("zeromf")
	if p := Hops(m); p == nil || p.Status != 483 {
		t.Errorf("zeromf: %v", p)
	}
}

// TestTortureFixedPoint is SIP-03.
func TestTortureFixedPoint(t *testing.T) {
	for _, row := range torture {
		checkFixedPoint(t, row.file, tortureFile(t, row.file))
	}
}

func checkFixedPoint(t *testing.T, name string, raw []byte) {
	m, err := Parse(raw)
	if err != nil {
		return
	}
	once := m.Encode()
	m, err = Parse(once)
	if err != nil {
		t.Fatalf("%s: what we write we cannot read: %v\n%s", name, err, once)
	}
	if twice := m.Encode(); !bytes.Equal(once, twice) {
		t.Errorf("%s: not stable\n%s\n%s", name, once, twice)
	}
}
