package stack

import (
	"bytes"
	"errors"
	"strings"
)

// The caps of SIP-12 that do not depend on the transport.
const (
	maxHeaders  = 256
	maxVias     = 70
	maxContacts = 32
)

// ErrNotSIP says that bytes are no SIP message at all: they deserve no answer.
var ErrNotSIP = errors.New("not a SIP message")

// Parse reads one message from a datagram or a complete frame. Bytes after the body are ignored (RFC 3261 §18.3).
//
// A request that breaks the grammar comes back together with its *Problem, as far as it could be read, so that it can be refused with
// a reason. The message is nil for bytes that are no SIP (ErrNotSIP) and for malformed responses, which are discarded.
func Parse(raw []byte) (*Message, error) {
	for len(raw) > 0 && (raw[0] == '\r' || raw[0] == '\n') {
		raw = raw[1:]
	}
	var body []byte
	whole := true
	end := bytes.Index(raw, headEnd)
	if end >= 0 {
		body = raw[end+4:]
		end += 2
	} else {
		end, whole = len(raw), false
	}
	p := parser{m: newMessage(), text: string(raw[:end])}
	if !p.startLine() {
		return nil, ErrNotSIP
	}
	m := p.m
	if !whole && !strings.HasSuffix(p.text, "\r\n") {
		p.fail("The message ends within its headers")
	} else if !whole {
		p.fail("There is no empty line after the headers")
	}
	p.headers()
	p.finish(body)
	if p.trouble != nil {
		if m.Status != 0 {
			return nil, p.trouble
		}
		m.trouble = p.trouble
		return m, p.trouble
	}
	return m, nil
}

var headEnd = []byte("\r\n\r\n")

type parser struct {
	m       *Message
	text    string // start line and headers, without the empty line
	trouble *Problem
	vias    int
	seen    uint8 // single headers that were there
	length  int   // Content-Length; -1 for none
	seqWord string
}

const (
	seenLength uint8 = 1 << iota
	seenHops
	seenType
)

func (p *parser) fail(text string) {
	if p.trouble == nil {
		p.trouble = bad(text)
	}
}

// line cuts one line, which must end in CRLF.
func (p *parser) line() (string, bool) {
	i := strings.IndexByte(p.text, '\n')
	if i < 0 {
		line := p.text
		p.text = ""
		return line, false
	}
	line := p.text[:i]
	p.text = p.text[i+1:]
	if i == 0 || line[i-1] != '\r' {
		return line, false
	}
	return line[:i-1], true
}

// startLine reads the request line or the status line. It is false when this is no SIP.
func (p *parser) startLine() bool {
	line, clean := p.line()
	if !clean {
		p.fail("A line does not end in CRLF")
	}
	if len(line) > 4 && fold(line[:4], "SIP/") { // a method has no slash
		return p.statusLine(line)
	}
	if n := len(line); n > 0 && line[n-1] == ' ' {
		p.fail("Blanks after the SIP version")
		line = strings.TrimRight(line, " ")
	}
	first, last := strings.IndexByte(line, ' '), strings.LastIndexByte(line, ' ')
	if first <= 0 || last == first {
		return false
	}
	version := line[last+1:]
	if len(version) < 7 || !fold(version[:4], "SIP/") {
		return false
	}
	if version[4:] != "2.0" {
		major, minor, dot := strings.Cut(version[4:], ".")
		if !dot || !all(major, charDigit) || !all(minor, charDigit) {
			return false
		}
		p.trouble = &Problem{Status: 505, Text: ReasonPhrase(505)}
	}
	m := p.m
	m.Method = methodName(line[:first])
	if !all(m.Method, charToken) {
		return false
	}
	uri := line[first+1 : last]
	var err error
	switch {
	case strings.IndexByte(uri, ' ') >= 0:
		p.fail("Blanks in the Request-URI")
		m.URI, _ = ParseURI(strings.ReplaceAll(uri, " ", ""))
	default:
		if m.URI, err = ParseURI(uri); err != nil {
			p.fail("Malformed Request-URI")
		} else if m.URI.Headers != "" {
			p.fail("Headers in the Request-URI")
		}
	}
	return true
}

func (p *parser) statusLine(line string) bool {
	version, rest, _ := strings.Cut(line, " ")
	code, reason, _ := strings.Cut(rest, " ")
	n, ok := decimal(code, 699)
	if !fold(version, "SIP/2.0") || !ok || len(code) != 3 || n < 100 {
		return false
	}
	p.m.Status, p.m.Reason = int(n), reason
	return true
}

// headers reads all header lines.
func (p *parser) headers() {
	m := p.m
	p.length = -1
	for p.text != "" {
		line, clean := p.line()
		if !clean {
			p.fail("A line does not end in CRLF")
		}
		if p.text != "" && isSpace(p.text[0]) {
			line = p.unfold(line)
		}
		colon := strings.IndexByte(line, ':')
		if colon < 0 {
			p.fail("A header line has no colon")
			continue
		}
		name := line[:colon]
		for name != "" && isSpace(name[len(name)-1]) {
			name = name[:len(name)-1]
		}
		if !all(name, charToken) {
			p.fail("Malformed header name")
			continue
		}
		if len(m.headers) == maxHeaders {
			p.fail("Too many headers")
			return
		}
		name = CanonicalName(name)
		value := trim(line[colon+1:])
		if !printable(value) {
			p.fail("Control characters in " + name)
			continue
		}
		p.header(name, value)
	}
}

// unfold joins continuation lines (RFC 3261 §7.3.1).
func (p *parser) unfold(line string) string {
	buf := append(make([]byte, 0, len(line)+64), strings.TrimRight(line, " \t")...)
	for p.text != "" && isSpace(p.text[0]) {
		more, clean := p.line()
		if !clean {
			p.fail("A line does not end in CRLF")
		}
		if more = trim(more); more != "" {
			buf = append(append(buf, ' '), more...)
		}
	}
	return string(buf)
}

// printable refuses control characters, except after a backslash as in intmeth of RFC 4475.
func printable(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < ' ' && c != '\t') || c == 0x7f {
			if i == 0 || s[i-1] != '\\' || c == '\r' || c == '\n' {
				return false
			}
		}
	}
	return true
}

// header takes one header in.
func (p *parser) header(name, value string) {
	m := p.m
	switch name {
	case HeaderVia:
		p.via(value)
		return
	case HeaderFrom:
		if m.known&knowFrom != 0 {
			p.fail("More than one From")
			return
		}
		var err error
		if m.from, err = ParseNameAddr(value); err != nil {
			p.fail("Malformed From")
		}
		m.known |= knowFrom
	case HeaderTo:
		if m.known&knowTo != 0 {
			p.fail("More than one To")
			return
		}
		var err error
		if m.to, err = ParseNameAddr(value); err != nil {
			p.fail("Malformed To")
		}
		m.known |= knowTo
	case HeaderCallID:
		if m.known&knowCallID != 0 {
			p.fail("More than one Call-ID")
			return
		}
		if value == "" || strings.ContainsAny(value, " \t,;") {
			p.fail("Malformed Call-ID")
		}
		m.callID = value
		m.known |= knowCallID
	case HeaderCSeq:
		if m.known&knowSeq != 0 {
			p.fail("More than one CSeq")
			return
		}
		var ok bool
		if m.seq, p.seqWord, ok = parseCSeq(value); !ok {
			p.fail("Malformed CSeq")
		}
		m.known |= knowSeq
	case HeaderContentLength:
		if p.seen&seenLength != 0 {
			p.fail("More than one Content-Length")
			return
		}
		p.seen |= seenLength
		n, ok := decimal(value, 1<<31-1)
		if !ok {
			p.fail("Malformed Content-Length")
		} else {
			p.length = int(n)
		}
		return // it is computed when writing
	case HeaderMaxForwards:
		if p.seen&seenHops != 0 {
			p.fail("More than one Max-Forwards")
			return
		}
		p.seen |= seenHops
		if _, ok := decimal(value, 255); !ok {
			p.fail("Malformed Max-Forwards")
		}
	case HeaderContentType:
		if p.seen&seenType != 0 {
			p.fail("More than one Content-Type")
			return
		}
		p.seen |= seenType
	case HeaderContact, HeaderRoute, HeaderRecordRoute:
		if m.Status == 0 && !(value == "*" && name == HeaderContact) && !addrList(value) {
			p.fail("Malformed " + name)
		}
	}
	m.headers = append(m.headers, Header{name, value})
}

// addrList checks a comma list of addresses.
func addrList(s string) bool {
	var err error
	for {
		if _, s, err = cutNameAddr(s); err != nil {
			return false
		}
		if s == "" {
			return true
		}
	}
}

// via keeps one hop per header, so that the topmost can be stamped and answers carry all of them in order.
func (p *parser) via(line string) {
	m := p.m
	for {
		v, rest, err := cutVia(line)
		if err != nil {
			p.fail("Malformed Via")
			p.vias++ // the answer carries it back as it is
			m.headers = append(m.headers, Header{HeaderVia, line})
			return
		}
		if p.vias++; p.vias > maxVias {
			p.fail("Too many Via")
			return
		}
		if p.vias == 1 {
			m.via = v
			m.known |= knowVia
		}
		m.headers = append(m.headers, Header{HeaderVia, trim(line[:len(line)-len(rest)])})
		if rest == "" {
			return
		}
		last := &m.headers[len(m.headers)-1]
		last.Value = trim(strings.TrimRight(last.Value, ", \t"))
		line = rest
	}
}

// finish checks what must be there and cuts the body.
func (p *parser) finish(body []byte) {
	m := p.m
	if m.Status != 0 {
		m.Method = methodName(p.seqWord)
		if m.known != knowVia|knowFrom|knowTo|knowSeq|knowCallID || p.vias != 1 {
			p.fail("Headers are missing, or the response is not for us")
		}
	} else {
		for _, need := range [...]struct {
			bit  uint8
			name string
		}{{knowVia, HeaderVia}, {knowFrom, HeaderFrom}, {knowTo, HeaderTo}, {knowCallID, HeaderCallID}, {knowSeq, HeaderCSeq}} {
			if m.known&need.bit == 0 {
				p.fail("There is no valid " + need.name)
			}
		}
		if p.trouble == nil && p.seqWord != m.Method {
			p.trouble = mismatch
		}
		if p.trouble == nil && m.via.Branch() == magic {
			p.fail("The branch of the topmost Via is empty")
		}
	}
	if p.length > len(body) {
		p.fail("The body is shorter than Content-Length")
	} else if p.length >= 0 {
		body = body[:p.length]
	}
	if len(body) > 0 {
		m.Body = bytes.Clone(body)
	}
}

// mismatch is apart from other problems, because an unknown method goes before it (RFC 4475 §3.1.2.18).
var mismatch = bad("The method of CSeq is another one")
