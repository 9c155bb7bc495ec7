package stack

import (
	"bytes"
	"errors"
)

// Framer cuts a byte stream into messages (RFC 3261 §18.3). What comes out does not depend on how the bytes were cut (SIP-11).
type Framer struct {
	Head int // most bytes of start line and headers
	Body int // most bytes of a body

	buf     []byte
	start   int // of the message being read
	scanned int // bytes from start that hold no end of the head
	line    bool
	need    int // length of the whole message once its head is complete
}

// The reasons a stream is given up. The connection is closed after each of them, because the place of the next message is unknown.
var (
	errTooBig   = &Problem{Status: 513}
	errNoLength = bad("Content-Length is missing on a stream")
	errLength   = bad("Malformed Content-Length")
	errLengths  = bad("More than one Content-Length")
)

// Write takes bytes in.
func (f *Framer) Write(p []byte) {
	if f.start == len(f.buf) {
		f.buf, f.start = f.buf[:0], 0
	} else if f.start > 4096 && f.start > len(f.buf)/2 {
		n := copy(f.buf, f.buf[f.start:])
		f.buf, f.start = f.buf[:n], 0
	}
	f.buf = append(f.buf, p...)
}

// Pending reports whether a message has begun and is not complete.
func (f *Framer) Pending() bool { return f.start < len(f.buf) }

// Next cuts the next thing off. It returns a message; or nothing with ping set when the far side asks for a sign of life
// (RFC 5626 §4.4.1: double CRLF); or nothing when more bytes are needed. An error ends the stream: ErrNotSIP without an answer, a
// *Problem with one if raw holds a head. raw is valid until the next call of Write.
func (f *Framer) Next() (raw []byte, ping bool, err error) {
	if f.need == 0 {
		for f.start < len(f.buf) && f.buf[f.start] == '\r' {
			rest := f.buf[f.start:]
			if len(rest) >= 4 && string(rest[:4]) == "\r\n\r\n" {
				f.start += 4
				return nil, true, nil
			}
			if len(rest) >= 3 && rest[1] == '\n' && rest[2] != '\r' {
				f.start += 2 // a lone CRLF: the end of a pong, or of an older message
				continue
			}
			if (len(rest) >= 2 && rest[1] != '\n') || (len(rest) >= 4 && rest[3] != '\n') {
				return nil, false, ErrNotSIP
			}
			return nil, false, nil
		}
		if err := f.head(); err != nil || f.need == 0 {
			raw := f.buf[f.start:]
			if i := bytes.Index(raw, headEnd); i >= 0 {
				raw = raw[:i+4]
			}
			if errors.Is(err, ErrNotSIP) || err == nil {
				raw = nil
			}
			return raw, false, err
		}
	}
	if len(f.buf)-f.start < f.need {
		return nil, false, nil
	}
	raw = f.buf[f.start : f.start+f.need]
	f.start += f.need
	f.need, f.scanned, f.line = 0, 0, false
	return raw, false, nil
}

// head looks for the end of the headers and reads Content-Length; need stays 0 while it is incomplete.
func (f *Framer) head() error {
	rest := f.buf[f.start:]
	if !f.line && len(rest) > 0 {
		end := bytes.IndexByte(rest, '\n')
		if done, err := startsSIP(rest, end); err != nil {
			return err
		} else if !done {
			if len(rest) > f.Head {
				return errTooBig
			}
			return nil
		}
		f.line = true
	}
	from := max(f.scanned-3, 0)
	end := bytes.Index(rest[from:], headEnd)
	if end < 0 {
		f.scanned = len(rest)
		if len(rest) > f.Head {
			return errTooBig
		}
		return nil
	}
	end += from
	if end+4 > f.Head {
		return errTooBig
	}
	length, err := contentLength(rest[:end+2])
	if err != nil {
		return err
	}
	if length > f.Body {
		return errTooBig
	}
	f.need = end + 4 + length
	return nil
}

// startsSIP looks at the first line as early as possible, so that foreign protocols are thrown out at once (SIP-14): the first word must be
// a method or a version, the last word a SIP version.
func startsSIP(b []byte, end int) (done bool, err error) {
	line := b
	if end >= 0 {
		line = b[:end]
	}
	i := 0
	for i < len(line) && chars[line[i]]&charToken != 0 {
		i++
	}
	if i == len(line) && end < 0 && i <= 64 {
		return false, nil
	}
	if i == 0 || i == len(line) || i > 64 || (line[i] != ' ' && !(line[i] == '/' && string(line[:i]) == "SIP")) {
		return false, ErrNotSIP
	}
	if end < 0 {
		return false, nil
	}
	line = bytes.TrimRight(line, " \r")
	if !bytes.HasPrefix(line, []byte("SIP/")) {
		last := line[bytes.LastIndexByte(line, ' ')+1:]
		if len(last) < 5 || !fold(string(last[:4]), "SIP/") {
			return false, ErrNotSIP
		}
	}
	return true, nil
}

// contentLength finds the one Content-Length of a head. On a stream it is required and must not be contradicted: whoever can make two
// readers disagree about it can smuggle requests.
func contentLength(head []byte) (int, error) {
	length, found := 0, false
	for len(head) > 0 {
		end := bytes.IndexByte(head, '\n')
		if end < 0 {
			break
		}
		line := head[:end]
		head = head[end+1:]
		if len(line) == 0 || (line[0]|0x20 != 'c' && line[0]|0x20 != 'l') {
			continue
		}
		colon := bytes.IndexByte(line, ':')
		if colon < 0 || colon > 32 || CanonicalName(string(bytes.TrimRight(line[:colon], " \t"))) != HeaderContentLength {
			continue
		}
		if found {
			return 0, errLengths
		}
		value := bytes.TrimRight(line[colon+1:], "\r")
		for len(head) > 0 && isSpace(head[0]) { // folded
			end = bytes.IndexByte(head, '\n')
			value = append(append(bytes.Clone(value), ' '), bytes.TrimRight(head[:end], "\r")...)
			head = head[end+1:]
		}
		n, ok := decimal(trim(string(value)), 1<<31-1)
		if !ok {
			return 0, errLength
		}
		length, found = int(n), true
	}
	if !found {
		return 0, errNoLength
	}
	return length, nil
}
