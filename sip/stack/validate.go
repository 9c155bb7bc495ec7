package stack

import (
	"slices"
	"strings"
)

// Policy is what the layer above accepts. The reactions of the table of RFC 4475 messages follow from it in Validate alone.
type Policy struct {
	Methods   []string            // for Allow; empty accepts every method
	Supported []string            // option tags we understand in Require
	Bodies    map[string][]string // accepted body types per method; a method that is not named accepts any
	Schemes   []string            // of the Request-URI; empty means sip, sips and tel
}

// Allow is the value of the Allow header.
func (p Policy) Allow() string { return strings.Join(p.Methods, ", ") }

var defaultSchemes = []string{"sip", "sips", "tel"}

// Validate decides whether a request may be handed to the layer above; nil means yes. The order follows RFC 3261 §8.2 but for the
// method, which goes before everything that depends on it.
//
// 505 version · 400 grammar, missing and repeated headers · 405 and 501 method · 400 CSeq · 416 scheme · 400 To of REGISTER ·
// 420 Require · 415 body · 406 Accept.
func Validate(m *Message, p Policy) *Problem {
	if m.trouble != nil && m.trouble != mismatch {
		return m.trouble
	}
	if m.Method == MethodAck || m.Method == MethodCancel {
		return m.trouble
	}
	if len(p.Methods) > 0 && !slices.Contains(p.Methods, m.Method) {
		allow := []Header{{HeaderAllow, p.Allow()}}
		if slices.Contains(methods, m.Method) {
			return &Problem{Status: 405, Headers: allow}
		}
		return &Problem{Status: 501, Headers: allow}
	}
	if m.trouble != nil {
		return m.trouble
	}
	schemes := p.Schemes
	if schemes == nil {
		schemes = defaultSchemes
	}
	if !slices.Contains(schemes, m.URI.Scheme) {
		return &Problem{Status: 416}
	}
	if m.Method == MethodRegister {
		if problem := validateRegister(m); problem != nil {
			return problem
		}
	}
	if problem := validateRequire(m, p); problem != nil {
		return problem
	}
	return validateBody(m, p)
}

// validateRegister checks what a registrar must not guess about (RFC 3261 §10.3, SIP-12).
func validateRegister(m *Message) *Problem {
	if to := m.To(); !to.URI.IsSIP() {
		return bad("To of a REGISTER must be a SIP URI")
	}
	list, star, err := m.Contacts()
	if err != nil {
		return bad("Malformed Contact")
	}
	if len(list) > maxContacts {
		return bad("Too many Contact")
	}
	if n, ok := m.Expires(); star && (!ok || n != 0) {
		return bad("Contact * is for Expires 0 only")
	}
	return nil
}

// validateRequire names the options we do not have (RFC 3261 §8.2.2.3). Proxy-Require is not for us: we are no proxy.
func validateRequire(m *Message, p Policy) *Problem {
	var missing []string
	for tag := range m.Values(HeaderRequire) {
		if !slices.ContainsFunc(p.Supported, func(s string) bool { return fold(s, tag) }) {
			missing = append(missing, tag)
		}
	}
	if missing == nil {
		return nil
	}
	return &Problem{Status: 420, Headers: []Header{{HeaderUnsupported, strings.Join(missing, ", ")}}}
}

// validateBody checks the type of a body and whether the answer's would be read (RFC 3261 §8.2.3, §21.4.7).
func validateBody(m *Message, p Policy) *Problem {
	accepted, limited := p.Bodies[m.Method]
	if len(m.Body) > 0 && limited {
		accept := []Header{{HeaderAccept, strings.Join(accepted, ", ")}}
		if enc := m.Get(HeaderContentEncoding); enc != "" && !fold(enc, "identity") {
			return &Problem{Status: 415, Headers: append(accept, Header{"Accept-Encoding", "identity"})}
		}
		if !slices.Contains(accepted, m.ContentType()) && !optionalBody(m) {
			return &Problem{Status: 415, Headers: accept}
		}
	}
	if m.Method != MethodInvite {
		return nil
	}
	if _, there := m.Lookup(HeaderAccept); there && !acceptsSDP(m) {
		return &Problem{Status: 406, Text: "The answer would be application/sdp"}
	}
	return nil
}

// optionalBody reports whether the sender allows us to ignore the body (RFC 3261 §20.11).
func optionalBody(m *Message) bool {
	_, params, _ := strings.Cut(m.Get(HeaderContentDisposition), ";")
	handling, _ := Params(params).Get("handling")
	return fold(handling, "optional")
}

func acceptsSDP(m *Message) bool {
	for v := range m.Values(HeaderAccept) {
		v, _, _ = strings.Cut(v, ";")
		if v = trim(v); fold(v, "application/sdp") || v == "*/*" || fold(v, "application/*") {
			return true
		}
	}
	return false
}

// Hops answers whether a request may go on to somebody else: 483 when Max-Forwards is used up (RFC 3261 §16.3). Without the header it may.
func Hops(m *Message) *Problem {
	if n, ok := m.MaxForwards(); ok && n == 0 {
		return &Problem{Status: 483}
	}
	return nil
}
