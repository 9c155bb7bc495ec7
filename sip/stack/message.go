package stack

import (
	"iter"
	"strconv"
	"time"
)

// Header is one header line; the name is canonical, the value unfolded and trimmed.
type Header struct{ Name, Value string }

// Message is a request or a response. A message that was read is not changed by the stack after it was handed over; whoever gives a
// message to the stack must not change it afterwards.
type Message struct {
	Method string // of a request; of a response the method of its CSeq
	URI    URI    // Request-URI
	Status int    // 0 for requests
	Reason string
	Body   []byte

	Flow  Flow      // where it came from, and how to answer; zero for messages made here
	At    time.Time // when it was read
	Local bool      // a response made by the stack: 408 after silence, 503 after a transport error

	headers []Header
	inline  [18]Header

	known   uint8 // which of the following hold
	via     Via
	from    NameAddr
	to      NameAddr
	seq     uint32
	callID  string
	trouble *Problem
}

const (
	knowVia uint8 = 1 << iota
	knowFrom
	knowTo
	knowSeq
	knowCallID
)

// NewMessage is an empty message with room for headers.
func newMessage() *Message {
	m := &Message{}
	m.headers = m.inline[:0]
	return m
}

// IsRequest reports whether the message is a request.
func (m *Message) IsRequest() bool { return m.Status == 0 }

// Get returns the first value of a header, or the empty string.
func (m *Message) Get(name string) string {
	v, _ := m.Lookup(name)
	return v
}

// Lookup returns the first value of a header and whether there is one.
func (m *Message) Lookup(name string) (string, bool) {
	name = CanonicalName(name)
	for i := range m.headers {
		if m.headers[i].Name == name {
			return m.headers[i].Value, true
		}
	}
	return "", false
}

// Headers goes over all header lines in order.
func (m *Message) Headers() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i := range m.headers {
			if !yield(m.headers[i].Name, m.headers[i].Value) {
				return
			}
		}
	}
}

// Lines goes over the lines of one header, comma lists left as they are.
func (m *Message) Lines(name string) iter.Seq[string] {
	name = CanonicalName(name)
	return func(yield func(string) bool) {
		for i := range m.headers {
			if m.headers[i].Name == name && !yield(m.headers[i].Value) {
				return
			}
		}
	}
}

// Values goes over the elements of one header, comma lists taken apart. It is not for headers whose values contain commas by
// themselves: Authorization, Date and the challenges.
func (m *Message) Values(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range m.Lines(name) {
			for line != "" {
				one, rest, ok := cutElement(line)
				if one != "" && !yield(one) {
					return
				}
				if !ok {
					break
				}
				line = rest
			}
		}
	}
}

// Has reports whether a comma list holds a word, without regard to case: Supported, Require, Allow, Event packages.
func (m *Message) Has(name, word string) bool {
	for v := range m.Values(name) {
		if fold(v, word) {
			return true
		}
	}
	return false
}

// Add appends a header line. Line breaks in the value are refused by writing blanks instead (header injection).
func (m *Message) Add(name, value string) {
	name = CanonicalName(name)
	m.headers = append(m.headers, Header{name, clean(value)})
	m.forget(name)
}

// Set replaces all lines of a header by one, at the place of the first.
func (m *Message) Set(name, value string) {
	name = CanonicalName(name)
	done := false
	keep := m.headers[:0]
	for _, h := range m.headers {
		if h.Name == name {
			if done {
				continue
			}
			done = true
			h.Value = clean(value)
		}
		keep = append(keep, h)
	}
	m.headers = keep
	if !done {
		m.headers = append(m.headers, Header{name, clean(value)})
	}
	m.forget(name)
}

// Del removes all lines of a header.
func (m *Message) Del(name string) {
	name = CanonicalName(name)
	keep := m.headers[:0]
	for _, h := range m.headers {
		if h.Name != name {
			keep = append(keep, h)
		}
	}
	m.headers = keep
	m.forget(name)
}

// SetBody sets the body and its type; an empty body removes the type.
func (m *Message) SetBody(contentType string, body []byte) {
	m.Body = body
	if len(body) == 0 {
		m.Del(HeaderContentType)
		return
	}
	m.Set(HeaderContentType, contentType)
}

func (m *Message) prepend(name, value string) {
	m.headers = append(m.headers, Header{})
	copy(m.headers[1:], m.headers)
	m.headers[0] = Header{name, value}
	m.forget(name)
}

func (m *Message) forget(name string) {
	switch name {
	case HeaderVia:
		m.known &^= knowVia
	case HeaderFrom:
		m.known &^= knowFrom
	case HeaderTo:
		m.known &^= knowTo
	case HeaderCSeq:
		m.known &^= knowSeq
	case HeaderCallID:
		m.known &^= knowCallID
	}
}

// clean keeps a value on one line.
func clean(s string) string {
	for i := range len(s) {
		if s[i] == '\r' || s[i] == '\n' || s[i] == 0 {
			out := []byte(s)
			for j, c := range out {
				if c == '\r' || c == '\n' || c == 0 {
					out[j] = ' '
				}
			}
			return string(out)
		}
	}
	return s
}

// Via is the topmost Via; zero when there is none.
func (m *Message) Via() Via {
	if m.known&knowVia != 0 {
		return m.via
	}
	v, _, _ := cutVia(m.Get(HeaderVia))
	return v
}

// Vias lists all hops, topmost first.
func (m *Message) Vias() []Via {
	var out []Via
	for line := range m.Lines(HeaderVia) {
		for line != "" {
			v, rest, err := cutVia(line)
			if err != nil {
				break
			}
			out = append(out, v)
			line = rest
		}
	}
	return out
}

// From is the sender; zero when absent or malformed.
func (m *Message) From() NameAddr {
	if m.known&knowFrom != 0 {
		return m.from
	}
	a, _ := ParseNameAddr(m.Get(HeaderFrom))
	return a
}

// To is the addressee; zero when absent or malformed.
func (m *Message) To() NameAddr {
	if m.known&knowTo != 0 {
		return m.to
	}
	a, _ := ParseNameAddr(m.Get(HeaderTo))
	return a
}

// CallID is the Call-ID.
func (m *Message) CallID() string {
	if m.known&knowCallID != 0 {
		return m.callID
	}
	return m.Get(HeaderCallID)
}

// CSeq is the sequence number and the method of the CSeq header.
func (m *Message) CSeq() (uint32, string) {
	if m.known&knowSeq != 0 {
		return m.seq, m.Method
	}
	n, method, _ := parseCSeq(m.Get(HeaderCSeq))
	return n, method
}

// parseCSeq reads "number method"; the number must be below 2³¹ (RFC 3261 §8.1.1.5).
func parseCSeq(s string) (uint32, string, bool) {
	i := 0
	for i < len(s) && !isSpace(s[i]) {
		i++
	}
	n, ok := decimal(s[:i], 1<<31-1)
	method := trim(s[i:])
	return uint32(n), method, ok && all(method, charToken)
}

// MaxForwards is the number of hops left; false when absent or malformed.
func (m *Message) MaxForwards() (int, bool) {
	n, ok := decimal(m.Get(HeaderMaxForwards), 255)
	return int(n), ok
}

// Expires is the Expires header in seconds; false when absent or malformed.
func (m *Message) Expires() (uint32, bool) {
	n, ok := decimal(m.Get(HeaderExpires), 1<<32-1)
	return uint32(n), ok
}

// ContentType is the type of the body in lower case without parameters: "application/sdp".
func (m *Message) ContentType() string {
	s := m.Get(HeaderContentType)
	for i := range len(s) {
		if s[i] == ';' {
			s = s[:i]
			break
		}
	}
	return lowerText(trim(s))
}

func lowerText(s string) string {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			out := []byte(s)
			for j := i; j < len(out); j++ {
				out[j] = lower(out[j])
			}
			return string(out)
		}
	}
	return s
}

// Contacts lists the contacts. star is true for the single "*" of RFC 3261 §10.2.2.
func (m *Message) Contacts() (list []NameAddr, star bool, err error) {
	for line := range m.Lines(HeaderContact) {
		if line == "*" {
			star = true
			continue
		}
		for line != "" {
			var a NameAddr
			if a, line, err = cutNameAddr(line); err != nil {
				return nil, false, err
			}
			list = append(list, a)
		}
	}
	if star && len(list) > 0 {
		return nil, false, errAddr
	}
	return list, star, nil
}

// Contact is the first contact; zero when there is none.
func (m *Message) Contact() NameAddr {
	a, _, _ := cutNameAddr(m.Get(HeaderContact))
	return a
}

// Addrs lists the addresses of Route, Record-Route, Path or a similar header; a malformed one ends the list.
func (m *Message) Addrs(name string) []NameAddr {
	var out []NameAddr
	for line := range m.Lines(name) {
		for line != "" {
			a, rest, err := cutNameAddr(line)
			if err != nil {
				return out
			}
			out = append(out, a)
			line = rest
		}
	}
	return out
}

// Append writes the message to a buffer. Content-Length is always written last and always true.
func (m *Message) Append(buf []byte) []byte {
	if m.Status != 0 {
		buf = append(buf, "SIP/2.0 "...)
		buf = strconv.AppendInt(buf, int64(m.Status), 10)
		buf = append(append(buf, ' '), m.Reason...)
	} else {
		buf = append(append(buf, m.Method...), ' ')
		buf = m.URI.Append(buf)
		buf = append(buf, " SIP/2.0"...)
	}
	buf = append(buf, '\r', '\n')
	for i := range m.headers {
		h := &m.headers[i]
		if h.Name == HeaderContentLength {
			continue
		}
		buf = append(append(append(buf, h.Name...), ':', ' '), h.Value...)
		buf = append(buf, '\r', '\n')
	}
	buf = append(buf, "Content-Length: "...)
	buf = strconv.AppendInt(buf, int64(len(m.Body)), 10)
	buf = append(buf, "\r\n\r\n"...)
	return append(buf, m.Body...)
}

// Encode writes the message to new bytes of exactly its length, because answers are kept for a while.
func (m *Message) Encode() []byte {
	buf := getBuffer()
	defer putBuffer(buf)
	*buf = m.Append((*buf)[:0])
	return append(make([]byte, 0, len(*buf)), *buf...)
}
