package sip

import (
	"strings"

	"tandem/pbx"
	"tandem/sip/stack"
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
	pbx.CauseAway:        {480, "Away"},
	pbx.CauseChosen:      {480, "Temporarily Unavailable"},
	pbx.CauseGone:        {481, "Call Does Not Exist"},
	pbx.CauseReturned:    {480, "Temporarily Unavailable"},
	pbx.CauseTransferred: {480, "Temporarily Unavailable"},
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
func warning(text string) string { return "399 " + pbx.Realm + " " + stack.Quote(text) }

// reasonElsewhere tells a ringing phone that this is no missed call (RFC 3326).
const reasonElsewhere = `SIP;cause=200;text="Call completed elsewhere"`
