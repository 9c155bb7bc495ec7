package sip

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"tandem/pbx"
)

// respond makes the Authorization value that a phone would send.
func respond(username, secret, method, uri, nonce, nc string, a algorithm) string {
	m, s := pbx.HA1(username, secret)
	hash, ha1 := func(t string) string { h := md5.Sum([]byte(t)); return hex.EncodeToString(h[:]) }, m
	if a == algorithmSHA256 {
		hash, ha1 = func(t string) string { h := sha256.Sum256([]byte(t)); return hex.EncodeToString(h[:]) }, s
	}
	response := hash(ha1 + ":" + nonce + ":" + nc + ":c0ffee:auth:" + hash(method+":"+uri))
	return fmt.Sprintf(`Digest username="%s",realm="tandem",nonce="%s",uri="%s",response="%s",algorithm=%s,cnonce="c0ffee",qop=auth,nc=%s`,
		username, nonce, uri, response, a, nc)
}

func TestParseAuthorization(t *testing.T) {
	for _, tt := range []struct {
		name, value string
		ok          bool
		want        authorization
	}{
		{"as phones write it", `Digest username="a", realm="tandem",nonce="n",uri="sip:x",response="r",qop=auth,nc=00000001,cnonce="c",algorithm=SHA-256`, true,
			authorization{"a", "tandem", "n", "sip:x", "r", "c", "auth", "00000001", algorithmSHA256}},
		{"without an algorithm it is MD5", `digest username="a"`, true, authorization{username: "a", algorithm: algorithmMD5}},
		{"quotes around tokens are tolerated", `Digest qop="auth",algorithm="MD5"`, true, authorization{qop: "auth", algorithm: algorithmMD5}},
		{"escapes in a name are undone", `Digest username="a\"b"`, true, authorization{username: `a"b`, algorithm: algorithmMD5}},
		{"blanks around everything", "Digest  username = \"a\" ,\r\n nc = 01", true, authorization{username: "a", nc: "01", algorithm: algorithmMD5}},
		{"unknown parameters are passed over", `Digest foo=bar,username="a"`, true, authorization{username: "a", algorithm: algorithmMD5}},
		{"an unknown algorithm stays none", `Digest username="a",algorithm=SHA-512`, true, authorization{username: "a"}},
		{"session algorithms were not offered", `Digest username="a",algorithm=MD5-sess`, true, authorization{username: "a"}},
		{"a parameter twice is refused", `Digest username="a",username="b"`, false, authorization{}},
		{"an algorithm twice is refused", `Digest algorithm=MD5,algorithm=MD5`, false, authorization{}},
		{"an open quote is refused", `Digest username="a`, false, authorization{}},
		{"words after a value are refused", `Digest username="a" b,nc=1`, false, authorization{}},
		{"another scheme is refused", `NoOneKnowsThisScheme opaque-data=here`, false, authorization{}},
		{"an overlong header is refused", `Digest username="` + strings.Repeat("a", 3000) + `"`, false, authorization{}},
		{"a flood of parameters is refused", "Digest " + strings.Repeat("x=1,", 30), false, authorization{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := parseAuthorization(tt.value)
			if ok != tt.ok || ok && got != tt.want {
				t.Errorf("got %+v, %v; want %+v, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

// TestResponseVectors uses the examples of RFC 7616 §3.9.1, which have a realm of their own.
func TestResponseVectors(t *testing.T) {
	a := authorization{nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc: "00000001", cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
		qop: "auth", uri: "/dir/index.html"}
	const text = "Mufasa:http-auth@example.org:Circle of Life"
	m, s := md5.Sum([]byte(text)), sha256.Sum256([]byte(text))
	for _, tt := range []struct {
		algorithm algorithm
		response  string
		want      bool
	}{
		{algorithmMD5, "8ca523f5e9506fed4657c9700eebdbec", true},
		{algorithmMD5, "8CA523F5E9506FED4657C9700EEBDBEC", true},
		{algorithmSHA256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1", true},
		{algorithmMD5, "8ca523f5e9506fed4657c9700eebdbed", false},
		{algorithmSHA256, "8ca523f5e9506fed4657c9700eebdbec", false},
		{algorithmMD5, "", false},
	} {
		a.algorithm, a.response = tt.algorithm, tt.response
		if got := a.isRight("GET", hex.EncodeToString(m[:]), hex.EncodeToString(s[:])); got != tt.want {
			t.Errorf("%v %q = %v", tt.algorithm, tt.response, got)
		}
	}
}

func TestCountOfUses(t *testing.T) {
	for nc, want := range map[string]uint32{"00000001": 1, "0000000a": 10, "ffffffff": 1<<32 - 1, "00000000": 0, "1": 0, "": 0, "0000000g": 0, "+0000001": 0} {
		a := authorization{nc: nc}
		if got, ok := a.count(); ok != (want != 0) || ok && got != want {
			t.Errorf("nc %q = %d, %v", nc, got, ok)
		}
	}
}

func FuzzAuthorization(f *testing.F) {
	for _, s := range []string{respond("u", "p", "REGISTER", "sip:x", "n", "00000001", algorithmSHA256), `Digest a="\"",b=,c`, "Digest", "digest =,=", `Digest username="\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		a, ok := parseAuthorization(value)
		if !ok {
			return
		}
		a.isRight("REGISTER", strings.Repeat("0", 32), strings.Repeat("0", 64))
		a.count()
		if len(a.username) > len(value) {
			t.Errorf("username grew: %q from %q", a.username, value)
		}
	})
}

func BenchmarkDigest(b *testing.B) {
	for _, alg := range []algorithm{algorithmSHA256, algorithmMD5} {
		b.Run(alg.String(), func(b *testing.B) {
			value := respond("k7d2m9q4x1", "secret", "REGISTER", "sip:pbx.example.com", strings.Repeat("n", 32), "00000001", alg)
			m, s := pbx.HA1("k7d2m9q4x1", "secret")
			b.ReportAllocs()
			for b.Loop() {
				a, _ := parseAuthorization(value)
				if !a.isRight("REGISTER", m, s) {
					b.Fatal("wrong")
				}
			}
		})
	}
}
