package stack

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	mrand "math/rand/v2"
	"strconv"
)

// secret makes tags unguessable and different after each start. It is read once and never changes.
var secret = func() (s [16]byte) { rand.Read(s[:]); return s }()

var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewToken is a random word of 16 letters (80 bit) for tags, branches and Call-IDs. It comes from the runtime's ChaCha8 generator.
func NewToken() string {
	var raw [16]byte
	binary.LittleEndian.PutUint64(raw[:], mrand.Uint64())
	binary.LittleEndian.PutUint64(raw[8:], mrand.Uint64())
	var out [16]byte
	letters.Encode(out[:], raw[:10])
	return string(out[:])
}

// NewRequest makes a request with the headers every request has. Via and Content-Length are added when it is sent.
func NewRequest(method string, to URI, from, addressee NameAddr, callID string, seq uint32) *Message {
	m := newMessage()
	m.Method, m.URI = method, to
	m.headers = append(m.headers,
		Header{HeaderFrom, from.String()},
		Header{HeaderTo, addressee.String()},
		Header{HeaderCallID, clean(callID)},
		Header{HeaderCSeq, strconv.FormatUint(uint64(seq), 10) + " " + method},
		Header{HeaderMaxForwards, "70"})
	m.from, m.to, m.callID, m.seq = from, addressee, clean(callID), seq
	m.known = knowFrom | knowTo | knowCallID | knowSeq
	return m
}

// NewResponse makes a response to a request (RFC 3261 §8.2.6): Via, From, To, Call-ID and CSeq are copied. A To without tag gets one for
// every status but 100; the same request always gets the same tag, so that a stateless reply and its repetition agree, and so do 180 and
// 200. An empty reason means the usual phrase.
func NewResponse(req *Message, status int, reason string) *Message {
	m := newMessage()
	m.Method, m.Status, m.Reason = req.Method, status, reasonText(status, reason)
	for i := range req.headers {
		h := req.headers[i]
		switch h.Name {
		case HeaderVia, HeaderFrom, HeaderCallID, HeaderCSeq:
			m.headers = append(m.headers, h)
		case HeaderTo:
			if status != 100 && (req.known&knowTo == 0 || req.to.Tag() == "") {
				if tag := LocalTag(req); tag != "" {
					h.Value += ";tag=" + tag
				}
			}
			m.headers = append(m.headers, h)
		case HeaderTimestamp:
			if status == 100 {
				m.headers = append(m.headers, h)
			}
		}
	}
	m.via, m.from, m.callID, m.seq = req.via, req.from, req.callID, req.seq
	m.known = req.known &^ knowTo
	return m
}

// LocalTag is the tag we put into To for a request: the one it already carries, or one derived from it.
func LocalTag(req *Message) string {
	to := req.To()
	if tag := to.Tag(); tag != "" {
		return tag
	}
	if to.URI.IsZero() {
		return "" // a To we cannot read is copied as it is
	}
	var space [256]byte
	buf := append(space[:0], secret[:]...)
	buf = append(append(buf, req.CallID()...), 0)
	buf = append(append(buf, req.From().Tag()...), 0)
	buf = append(append(buf, req.Via().Branch()...), 0)
	n, _ := req.CSeq()
	buf = binary.BigEndian.AppendUint32(buf, n)
	sum := sha256.Sum256(buf)
	var out [16]byte
	letters.Encode(out[:], sum[:10])
	return string(out[:])
}

// reasonText keeps a reason phrase printable and on one line.
func reasonText(status int, reason string) string {
	if reason == "" {
		return ReasonPhrase(status)
	}
	for i := range len(reason) {
		if reason[i] < ' ' || reason[i] > '~' {
			out := []byte(reason)
			for j, c := range out {
				if c < ' ' || c > '~' {
					out[j] = ' '
				}
			}
			return string(out)
		}
	}
	return reason
}

// ReasonPhrase is the usual phrase of a status (RFC 3261 §21 and the registry).
func ReasonPhrase(status int) string {
	switch status {
	case 100:
		return "Trying"
	case 180:
		return "Ringing"
	case 181:
		return "Call Is Being Forwarded"
	case 182:
		return "Queued"
	case 183:
		return "Session Progress"
	case 200:
		return "OK"
	case 202:
		return "Accepted"
	case 300:
		return "Multiple Choices"
	case 301:
		return "Moved Permanently"
	case 302:
		return "Moved Temporarily"
	case 400:
		return "Bad Request"
	case 401:
		return "Unauthorized"
	case 403:
		return "Forbidden"
	case 404:
		return "Not Found"
	case 405:
		return "Method Not Allowed"
	case 406:
		return "Not Acceptable"
	case 407:
		return "Proxy Authentication Required"
	case 408:
		return "Request Timeout"
	case 410:
		return "Gone"
	case 412:
		return "Conditional Request Failed"
	case 413:
		return "Request Entity Too Large"
	case 415:
		return "Unsupported Media Type"
	case 416:
		return "Unsupported URI Scheme"
	case 420:
		return "Bad Extension"
	case 421:
		return "Extension Required"
	case 422:
		return "Session Interval Too Small"
	case 423:
		return "Interval Too Brief"
	case 430:
		return "Flow Failed"
	case 480:
		return "Temporarily Unavailable"
	case 481:
		return "Call/Transaction Does Not Exist"
	case 482:
		return "Loop Detected"
	case 483:
		return "Too Many Hops"
	case 484:
		return "Address Incomplete"
	case 486:
		return "Busy Here"
	case 487:
		return "Request Terminated"
	case 488:
		return "Not Acceptable Here"
	case 489:
		return "Bad Event"
	case 491:
		return "Request Pending"
	case 500:
		return "Server Internal Error"
	case 501:
		return "Method Not Known Here"
	case 503:
		return "Service Unavailable"
	case 504:
		return "Server Time-out"
	case 505:
		return "Version Not Supported"
	case 513:
		return "Message Too Large"
	case 600:
		return "Busy Everywhere"
	case 603:
		return "Decline"
	case 604:
		return "Does Not Exist Anywhere"
	case 606:
		return "Not Acceptable"
	}
	switch status / 100 {
	case 1:
		return "Progress"
	case 2:
		return "OK"
	case 3:
		return "Redirect"
	case 4:
		return "Request Failure"
	case 5:
		return "Server Failure"
	}
	return "Global Failure"
}
