package sip

import (
	"strings"

	"tandem/pbx"
)

// answer is how a cause is said to a phone that called (RFC 3261 §21).
type answer struct {
	status int
	reason string
}

// answers maps causes to what the calling phone is told. It is the only place where the two vocabularies meet on the way out.
var answers = map[pbx.Cause]answer{
	pbx.CauseHangup:      {480, "Temporarily Unavailable"},
	pbx.CauseCancelled:   {487, "Request Terminated"},
	pbx.CauseBusy:        {486, "Busy Here"},
	pbx.CauseDeclined:    {603, "Decline"},
	pbx.CauseNoAnswer:    {480, "No Answer"},
	pbx.CauseElsewhere:   {487, "Completed Elsewhere"},
	pbx.CauseOffline:     {480, "Not Registered"},
	pbx.CauseUnknown:     {404, "No Such Number"},
	pbx.CauseDenied:      {403, "Not Allowed"},
	pbx.CauseSuspended:   {403, "Account Suspended"},
	pbx.CauseNoCodec:     {488, "No Common Codec"},
	pbx.CauseInsecure:    {488, "Encryption Required"},
	pbx.CauseNoMedia:     {480, "No Sound"},
	pbx.CauseTimeout:     {408, "Request Timeout"},
	pbx.CauseOverload:    {503, "Too Many Calls"},
	pbx.CauseInterrupted: {503, "Stopping"},
	pbx.CauseFailed:      {500, "Call Failed"},
}

// answerFor is the final status of a refused call; an unknown cause is a failure of ours.
func answerFor(c pbx.Cause) answer {
	if a, ok := answers[c]; ok {
		return a
	}
	return answers[pbx.CauseFailed]
}

// causeOf reads the final status of a phone that was called. A redirect is a failure: the phone does not decide where
// calls go (a redirect would have to be authorised as a new call), and so is a challenge, which we never answer on an
// extension's leg (SA-10).
func causeOf(status int) pbx.Cause {
	switch status {
	case 486, 600:
		return pbx.CauseBusy
	case 603, 607, 608:
		return pbx.CauseDeclined
	case 480:
		return pbx.CauseNoAnswer
	case 487:
		return pbx.CauseCancelled
	case 408, 481:
		return pbx.CauseTimeout
	case 404, 410, 430, 604:
		return pbx.CauseOffline // the phone no longer knows the account it registered with
	case 406, 415, 488, 606:
		return pbx.CauseNoCodec
	case 503:
		return pbx.CauseOverload
	}
	return pbx.CauseFailed
}

// phrases are the reason phrases of the statuses that we send for reasons of the protocol.
var phrases = map[int]string{
	100: "Trying", 180: "Ringing", 181: "Call Is Being Forwarded", 182: "Queued", 183: "Session Progress", 200: "OK", 202: "Accepted",
	400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
	408: "Request Timeout", 413: "Request Entity Too Large", 415: "Unsupported Media Type", 416: "Unsupported URI Scheme",
	420: "Bad Extension", 421: "Extension Required", 422: "Session Interval Too Small", 423: "Interval Too Brief",
	469: "Bad Info Package", 480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist", 482: "Loop Detected",
	483: "Too Many Hops", 486: "Busy Here", 487: "Request Terminated", 488: "Not Acceptable Here", 489: "Bad Event",
	491: "Request Pending", 500: "Server Internal Error", 501: "Method Unsupported", 503: "Service Unavailable",
	504: "Server Time-out", 505: "Version Not Supported", 513: "Message Too Large", 600: "Busy Everywhere", 603: "Decline", 606: "Not Acceptable",
}

// phrase is the reason phrase of a status.
func phrase(status int) string {
	if p, ok := phrases[status]; ok {
		return p
	}
	switch status / 100 {
	case 1:
		return "Progress"
	case 2:
		return "OK"
	case 3:
		return "Redirected"
	case 4:
		return "Request Failed"
	case 5:
		return "Server Failed"
	}
	return "Failed"
}

// phraseFrom makes a reason phrase of words for people: printable ASCII only, because old phones choke on the rest and
// because a line break would end the header. Words that do not survive leave the fallback; the Warning header keeps them.
func phraseFrom(text, fallback string) string {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > 120 {
		return fallback
	}
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return fallback
		}
	}
	return text
}

// warning is the value of a Warning header with words for people (RFC 3261 §20.43). The agent is a pseudonym, so that
// nothing about the inside of the house is told.
func warning(text string) string { return "399 " + pbx.Realm + " " + quote(text) }

// reasonElsewhere tells a ringing phone that this is no missed call (RFC 3326).
const reasonElsewhere = `SIP;cause=200;text="Call completed elsewhere"`

// quote makes a quoted-string (RFC 3261 §25.1): UTF-8 stays, control characters become spaces.
func quote(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
