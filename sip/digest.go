package sip

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"tandem/pbx"
)

// algorithm is a digest algorithm we offer (RFC 7616, RFC 8760).
type algorithm uint8

const (
	algorithmNone algorithm = iota
	algorithmSHA256
	algorithmMD5
)

func (a algorithm) String() string {
	switch a {
	case algorithmSHA256:
		return "SHA-256"
	case algorithmMD5:
		return "MD5"
	}
	return ""
}

// algorithms reads the names of a configuration; none means all, the better one first.
func algorithms(names []string) ([]algorithm, error) {
	if len(names) == 0 {
		return []algorithm{algorithmSHA256, algorithmMD5}, nil
	}
	var out []algorithm
	for _, name := range names {
		a := algorithmNamed(name)
		if a == algorithmNone {
			return nil, fmt.Errorf("sip: unknown digest algorithm %q", name)
		}
		out = append(out, a)
	}
	return out, nil
}

func algorithmNamed(name string) algorithm {
	for _, a := range [...]algorithm{algorithmSHA256, algorithmMD5} {
		if strings.EqualFold(name, a.String()) {
			return a
		}
	}
	return algorithmNone
}

// authorization is what a client put into an Authorization header. Fields point into the header's text.
type authorization struct {
	username, realm, nonce, uri, response, cnonce, qop, nc string
	algorithm                                              algorithm
}

// maxAuthorization bounds the header before it is looked at; real ones stay below 700 bytes.
const maxAuthorization = 2048

// isDigest reports whether the credentials use the Digest scheme at all; others are answered with a fresh challenge.
func isDigest(value string) bool {
	scheme, _, _ := strings.Cut(strings.TrimLeft(value, " \t"), " ")
	return strings.EqualFold(scheme, "digest")
}

// parseAuthorization reads the value of an Authorization header (RFC 7616 §3.4). It refuses parameters that occur twice,
// because two readers could then see two different requests.
func parseAuthorization(value string) (authorization, bool) {
	var a authorization
	if len(value) > maxAuthorization || !isDigest(value) {
		return a, false
	}
	rest := strings.TrimLeft(value, " \t")[len("digest"):]
	var algorithmName string
	seen := 0
	for {
		rest = strings.TrimLeft(rest, " \t\r\n,")
		if rest == "" {
			break
		}
		if seen++; seen > 24 {
			return a, false
		}
		name, after, ok := strings.Cut(rest, "=")
		if !ok {
			return a, false
		}
		v, tail, ok := parameterValue(strings.TrimLeft(after, " \t\r\n"))
		if !ok {
			return a, false
		}
		rest = tail
		at := a.field(strings.TrimRight(name, " \t\r\n"), &algorithmName)
		if at == nil {
			continue
		}
		if *at != "" {
			return a, false
		}
		*at = v
	}
	if a.algorithm = algorithmNamed(algorithmName); algorithmName == "" {
		a.algorithm = algorithmMD5 // RFC 7616 §3.4
	}
	return a, true
}

// field finds where a parameter is kept; nil for parameters that we do not use.
func (a *authorization) field(name string, algorithmName *string) *string {
	for _, f := range [...]struct {
		name string
		at   *string
	}{{"username", &a.username}, {"realm", &a.realm}, {"nonce", &a.nonce}, {"uri", &a.uri}, {"response", &a.response},
		{"algorithm", algorithmName}, {"cnonce", &a.cnonce}, {"qop", &a.qop}, {"nc", &a.nc}} {
		if strings.EqualFold(name, f.name) {
			return f.at
		}
	}
	return nil
}

// parameterValue takes a token or a quoted string off the front and demands a comma or the end behind it.
func parameterValue(s string) (value, rest string, ok bool) {
	if s == "" {
		return "", "", false
	}
	if s[0] != '"' {
		end := strings.IndexByte(s, ',')
		if end < 0 {
			end = len(s)
		}
		value = strings.TrimRight(s[:end], " \t\r\n")
		return value, s[end:], value != "" && !strings.ContainsAny(value, "\" \t\r\n")
	}
	escaped := false
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			escaped = true
			i++
		case '"':
			value = s[1:i]
			if escaped {
				value = unescapeQuoted(value)
			}
			rest = strings.TrimLeft(s[i+1:], " \t\r\n")
			return value, rest, rest == "" || rest[0] == ','
		}
	}
	return "", "", false
}

func unescapeQuoted(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// count reads nc: exactly eight hexadecimal digits, and not zero (RFC 7616 §3.4).
func (a *authorization) count() (uint32, bool) {
	if len(a.nc) != 8 {
		return 0, false
	}
	n, err := strconv.ParseUint(a.nc, 16, 32)
	return uint32(n), err == nil && n > 0
}

// isRight reports whether the response was made with the secret behind one of the two HA1 values (RFC 7616 §3.4.1).
// It does the same work for every input, so that time tells nothing about the account (SA-03).
func (a *authorization) isRight(method, md5HA1, sha256HA1 string) bool {
	var text [1024]byte
	var want [2 * sha256.Size]byte
	if a.algorithm == algorithmSHA256 {
		var ha2 [2 * sha256.Size]byte
		sum := sha256.Sum256(append(append(append(text[:0], method...), ':'), a.uri...))
		hex.Encode(ha2[:], sum[:])
		sum = sha256.Sum256(a.input(text[:0], sha256HA1, ha2[:]))
		hex.Encode(want[:], sum[:])
		return equal(a.response, want[:])
	}
	var ha2 [2 * md5.Size]byte
	sum := md5.Sum(append(append(append(text[:0], method...), ':'), a.uri...))
	hex.Encode(ha2[:], sum[:])
	sum = md5.Sum(a.input(text[:0], md5HA1, ha2[:]))
	hex.Encode(want[:], sum[:])
	return equal(a.response, want[:2*md5.Size])
}

// input is the text under the digest: HA1:nonce:nc:cnonce:qop:HA2.
func (a *authorization) input(b []byte, ha1 string, ha2 []byte) []byte {
	for _, part := range [...]string{ha1, a.nonce, a.nc, a.cnonce, a.qop} {
		b = append(b, part...)
		b = append(b, ':')
	}
	return append(b, ha2...)
}

func equal(got string, want []byte) bool {
	var lower [2 * sha256.Size]byte
	if len(got) != len(want) {
		return false
	}
	for i := range len(got) {
		c := got[i]
		if 'A' <= c && c <= 'F' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	return subtle.ConstantTimeCompare(lower[:len(want)], want) == 1
}

// challenge is the value of a WWW-Authenticate header. It is short on purpose: it is what an attacker who forges the
// source address can make us send to somebody else (SA-14).
func challenge(a algorithm, nonce string, stale bool) string {
	v := `Digest realm="` + pbx.Realm + `",nonce="` + nonce + `",algorithm=` + a.String() + `,qop="auth"`
	if stale {
		v += ",stale=true"
	}
	return v
}
