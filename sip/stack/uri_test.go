package stack

import (
	"testing"

	"pgregory.net/rapid"
)

func TestParseURI(t *testing.T) {
	for _, row := range []struct {
		in string
		ok bool
	}{
		{"sip:alice@example.com", true},
		{"sips:alice@example.com:5061;transport=tcp?subject=a&to=b", true},
		{"SIP:example.com", true},
		{"sip:alice:secret@[2001:db8::1]:5060;lr", true},
		{"sip:[::ffff:192.0.2.1]", true},
		{"sip:1.2.3.4;maddr=239.255.255.1;ttl=15", true},
		{"sip:*72%23@example.com", true},
		{"sip:*72#@example.com", true},
		{"tel:+49301234567;phone-context=example.com", true},
		{"urn:service:sos", true},
		{"sip:", false},
		{"sip:@example.com", false},
		{"sip:alice@", false},
		{"sip:alice@example.com:", false},
		{"sip:alice@example.com:0", false},
		{"sip:alice@example.com:65536", false},
		{"sip:alice@exa mple.com", false},
		{"sip:alice@example.com;", false},
		{"sip:alice@example.com;;lr", false},
		{"sip:alice@example.com?", false},
		{"sip:al%2ice@example.com", false},
		{"sip:alice@a@b", false},
		{"sip:alice@[2001:db8::1", false},
		{"sip:alice@[fe80::1%25eth0]", false},
		{"sip:alice@[1.2.3.4]", false},
		{"<sip:a>", false},
		{"alice", false},
		{"", false},
		{"tel:", false},
		{"sip:alice@example.com\r\n", false},
	} {
		u, err := ParseURI(row.in)
		if (err == nil) != row.ok {
			t.Errorf("%q: %v", row.in, err)
		}
		if err == nil {
			if again, err := ParseURI(u.String()); err != nil || again != u {
				t.Errorf("%q: %q is read as %+v, %v", row.in, u, again, err)
			}
		}
	}
}

// TestURIEqual is the list of RFC 3261 §19.1.4.
func TestURIEqual(t *testing.T) {
	for _, row := range []struct {
		a, b string
		want bool
	}{
		{"sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true},
		{"sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true},
		{"sip:carol@chicago.com", "sip:carol@chicago.com;security=on", true},
		{"sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com", "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true},
		{"sip:alice@atlanta.com?subject=project%20x&priority=urgent", "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true},
		{"SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false},
		{"sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false},
		{"sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false},
		{"sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false},
		{"sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false},
		{"sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false},
		{"sip:a@b", "sips:a@b", false},
		{"sip:a@b;user=phone", "sip:a@b", false},
		{"sip:a%3Bb@c", "sip:a;b@c", false},
		{"sip:%00@c", "sip:%00%00@c", false},
	} {
		a, err1 := ParseURI(row.a)
		b, err2 := ParseURI(row.b)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if a.Equal(b) != row.want || b.Equal(a) != row.want {
			t.Errorf("%s = %s: %v", row.a, row.b, !row.want)
		}
	}
}

func TestParseNameAddr(t *testing.T) {
	for _, row := range []struct{ in, name, uri, tag string }{
		{`sip:a@b;tag=x`, "", "sip:a@b", "x"},
		{`<sip:a@b;lr>;tag=x`, "", "sip:a@b;lr", "x"},
		{`"A, <B> \"C\"" <sip:a@b> ; tag = x`, `A, <B> "C"`, "sip:a@b", "x"},
		{`Alice Example <sip:a@b>`, "Alice Example", "sip:a@b", ""},
		{`"" <sip:a@b>`, "", "sip:a@b", ""},
		{`"Юрий"<sip:a@b>;tag="x"`, "Юрий", "sip:a@b", `"x"`},
		{`<tel:+4930;phone-context=x>`, "", "tel:+4930;phone-context=x", ""},
	} {
		a, err := ParseNameAddr(row.in)
		if err != nil || a.Name() != row.name || a.URI.String() != row.uri || a.Tag() != row.tag {
			t.Errorf("%q: %+v %v", row.in, a, err)
		}
		if again, err := ParseNameAddr(a.String()); err != nil || again.URI != a.URI || again.Name() != a.Name() {
			t.Errorf("%q: written as %q: %v", row.in, a, err)
		}
	}
	for _, in := range []string{"", "<", "<>", `"a <sip:a@b>`, "a, b <sip:a@b>", "<sip:a@b", "< sip:a@b>", "<sip:a@b>x", "<sip:a@b>;", "<sip:a@b>;;a",
		"<sip:a@b>;=x", "sip:a@b?x=y", `"a" sip:a@b`, "<sip:a@b>,<sip:c@d>", "<sip:a@b>,", "<sip:a@b>;a=\"", "<sip:a@b>;a="} {
		if a, err := ParseNameAddr(in); err == nil {
			t.Errorf("%q is taken for %+v", in, a)
		}
	}
}

func TestParseVia(t *testing.T) {
	for _, in := range []string{"SIP/2.0/UDP h", "SIP/2.0/UDP h:5060;branch=z9hG4bKx;rport", "SIP / 2.0 / TCP [::1]:5;maddr=1.2.3.4", "SIP/2.0/UDP h : 5060 ;ttl=1"} {
		v, err := ParseVia(in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
		}
		if again, err := ParseVia(v.String()); err != nil || again.Host != v.Host || again.Port != v.Port || again.Branch() != v.Branch() {
			t.Errorf("%q: written as %q", in, v)
		}
	}
	for _, in := range []string{"", "SIP/2.0/UDP", "SIP/3.0/UDP h", "HTTP/2.0/UDP h", "SIP/2.0/UDP h;", "SIP/2.0/UDP h;;", "SIP/2.0/UDP h:x", "SIP/2.0/UDP h:0",
		"SIP/2.0/UDP [::1", "SIP/2.0/UDP a b", "SIP/2.0/UDP h,", "SIP/2.0//UDP h"} {
		if v, err := ParseVia(in); err == nil {
			t.Errorf("%q is taken for %+v", in, v)
		}
	}
}

func TestEscapeUser(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		if text == "" {
			return
		}
		u, err := ParseURI("sip:" + EscapeUser(text) + "@h")
		if err != nil || u.UserText() != text {
			t.Fatalf("%q: %q %v", text, u.User, err)
		}
	})
}

func TestParams(t *testing.T) {
	p := Params(`a=1; b ; c = "x;y\"z" ;d=%41`)
	for _, row := range []struct {
		name, value string
		ok          bool
	}{{"a", "1", true}, {"B", "", true}, {"c", `x;y"z`, true}, {"d", "A", true}, {"e", "", false}, {"y", "", false}} {
		if v, ok := p.Get(row.name); v != row.value || ok != row.ok {
			t.Errorf("%s: %q %v", row.name, v, ok)
		}
	}
	if got := Params("a=1;b").With("b", "2").With("c", "").Without("a"); got != "b=2;c" {
		t.Error(got)
	}
}
