package sip

import (
	"strings"
	"testing"

	"tandem/sip/stack"
)

// The example of RFC 7616 §3.9.1, for both algorithms, and one of RFC 2617 §3.5 without qop.
func TestProofOfTheRFCs(t *testing.T) {
	const cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
	for _, tt := range []struct {
		name, challenge, user, secret, method, uri, want string
	}{
		{"MD5", `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
			"Mufasa", "Circle of Life", "GET", "/dir/index.html", `response="8ca523f5e9506fed4657c9700eebdbec"`},
		{"SHA-256", `Digest realm="http-auth@example.org", qop="auth", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
			"Mufasa", "Circle of Life", "GET", "/dir/index.html", `response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"`},
		{"of 1999", `Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"`,
			"Mufasa", "CircleOfLife", "GET", "/dir/index.html", `response="1949323746fe6a43ef61f9606e7febea"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, ok := parseChallenge(tt.challenge)
			if !ok {
				t.Fatal("not read")
			}
			got := p.answer(tt.method, tt.uri, tt.user, tt.secret, cnonce)
			if !strings.Contains(got, tt.want) || !strings.Contains(got, "opaque=") {
				t.Errorf("answer %s, want %s", got, tt.want)
			}
			if second := p.answer(tt.method, tt.uri, tt.user, tt.secret, cnonce); p.qop && !strings.Contains(second, "nc=00000002") {
				t.Errorf("the second use says %s", second)
			}
		})
	}
}

func TestChallenges(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lines []string
		ok    bool
		want  proof
	}{
		{"the first that we know", []string{`Digest realm="a",nonce="x",algorithm=SHA-512-256,qop="auth"`, `Digest realm="b",nonce="y",algorithm=SHA-256,qop="auth-int,auth"`}, true,
			proof{realm: "b", nonce: "y", algorithm: algorithmSHA256, qop: true}},
		{"only with what we do not know", []string{`Digest realm="a",nonce="x",qop="auth-int"`}, false, proof{}},
		{"another scheme", []string{`Basic realm="a"`}, false, proof{}},
		{"without a nonce", []string{`Digest realm="a",qop="auth"`}, false, proof{}},
		{"broken", []string{`Digest realm="a`}, false, proof{}},
		{"old", []string{`digest Realm = "a" , nonce = "x"`}, true, proof{realm: "a", nonce: "x", algorithm: algorithmMD5}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := stack.NewResponse(stack.NewRequest("INVITE", uri("sip:x@y"), address("<sip:a@b>;tag=1"), address("<sip:x@y>"), "c", 1), 401, "")
			for _, v := range tt.lines {
				m.Add(stack.HeaderWWWAuthenticate, v)
			}
			if got, ok := readChallenge(m); ok != tt.ok || ok && got != tt.want {
				t.Errorf("read %+v %v, want %+v", got, ok, tt.want)
			}
		})
	}
}

func FuzzChallenge(f *testing.F) {
	f.Add(`Digest realm="a",nonce="x",algorithm=SHA-256,qop="auth-int,auth",stale=true,opaque="\"q"`)
	f.Add(`Digest realm=a nonce`)
	f.Fuzz(func(t *testing.T, value string) {
		p, ok := parseChallenge(value)
		if !ok {
			return
		}
		m := stack.NewRequest("INVITE", uri("sip:x@y"), address("<sip:a@b>;tag=1"), address("<sip:x@y>"), "c", 1)
		p.prove(m, `a"b`, "secret")
		got := m.Get(stack.HeaderAuthorization)
		if strings.ContainsAny(got, "\r\n") {
			t.Fatalf("%q can end a header", got)
		}
		a, ok := parseAuthorization(got)
		if len(got) <= maxAuthorization && (!ok || a.username != `a"b`) {
			t.Fatalf("our own %q is not read: %+v", got, a)
		}
	})
}
