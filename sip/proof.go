package sip

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"

	"tandem/sip/stack"
)

// proof is our side of digest authentication: what a carrier asked for, and how often its nonce was used (RFC 7616 §3.4).
// It is a value that is made by a challenge and moved on by each use.
type proof struct {
	proxy                bool // it came with 407
	realm, nonce, opaque string
	algorithm            algorithm
	qop                  bool // the carrier knows qop=auth; without it is RFC 2069, which old ones still speak
	uses                 uint32
}

// readChallenge reads the challenges of a 401 or 407 and takes the first that we can answer; several are in the order of the
// carrier's preference (RFC 8760 §2.4).
func readChallenge(resp *stack.Message) (proof, bool) {
	name := stack.HeaderWWWAuthenticate
	if resp.Status == 407 {
		name = stack.HeaderProxyAuthenticate
	}
	for v := range resp.Lines(name) {
		if p, ok := parseChallenge(v); ok {
			p.proxy = resp.Status == 407
			return p, true
		}
	}
	return proof{}, false
}

// parseChallenge reads the value of a WWW-Authenticate or Proxy-Authenticate header.
func parseChallenge(value string) (proof, bool) {
	var p proof
	if len(value) > maxAuthorization || !isDigest(value) {
		return p, false
	}
	rest := strings.TrimLeft(value, " \t")[len("digest"):]
	var name, qop string
	seen := 0
	for {
		rest = strings.TrimLeft(rest, " \t\r\n,")
		if rest == "" {
			break
		}
		if seen++; seen > 24 {
			return p, false
		}
		key, after, ok := strings.Cut(rest, "=")
		if !ok {
			return p, false
		}
		v, tail, ok := parameterValue(strings.TrimLeft(after, " \t\r\n"))
		if !ok {
			return p, false
		}
		rest = tail
		switch strings.ToLower(strings.TrimRight(key, " \t\r\n")) {
		case "realm":
			p.realm = strings.Clone(v)
		case "nonce":
			p.nonce = strings.Clone(v)
		case "opaque":
			p.opaque = strings.Clone(v)
		case "algorithm":
			name = v
		case "qop":
			qop = v
		}
	}
	if p.algorithm = algorithmNamed(name); name == "" {
		p.algorithm = algorithmMD5
	}
	for word := range strings.SplitSeq(qop, ",") {
		p.qop = p.qop || strings.EqualFold(strings.TrimSpace(word), "auth")
	}
	return p, p.nonce != "" && p.algorithm != algorithmNone && (p.qop || qop == "")
}

// prove puts credentials for the challenge into a request of ours.
func (p *proof) prove(m *stack.Message, user, secret string) {
	name := stack.HeaderAuthorization
	if p.proxy {
		name = stack.HeaderProxyAuthorization
	}
	m.Set(name, p.answer(m.Method, m.URI.String(), user, secret, clientNonce()))
}

// answer is the value of the Authorization header.
func (p *proof) answer(method, uri, user, secret, cnonce string) string {
	sum := func(text string) string { return digestOf(md5.New(), text) }
	if p.algorithm == algorithmSHA256 {
		sum = func(text string) string { return digestOf(sha256.New(), text) }
	}
	ha1, ha2 := sum(user+":"+p.realm+":"+secret), sum(method+":"+uri)
	var b strings.Builder
	fmt.Fprintf(&b, `Digest username=%s,realm=%s,nonce=%s,uri=%s,algorithm=%s`,
		stack.Quote(user), stack.Quote(p.realm), stack.Quote(p.nonce), stack.Quote(uri), p.algorithm)
	if p.qop {
		p.uses++
		nc := fmt.Sprintf("%08x", p.uses)
		fmt.Fprintf(&b, `,qop=auth,nc=%s,cnonce=%s,response="%s"`, nc, stack.Quote(cnonce), sum(ha1+":"+p.nonce+":"+nc+":"+cnonce+":auth:"+ha2))
	} else {
		fmt.Fprintf(&b, `,response="%s"`, sum(ha1+":"+p.nonce+":"+ha2))
	}
	if p.opaque != "" {
		b.WriteString(",opaque=" + stack.Quote(p.opaque))
	}
	return b.String()
}

func digestOf(h hash.Hash, text string) string {
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}

func clientNonce() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails (Go 1.24)
	return hex.EncodeToString(b[:])
}
