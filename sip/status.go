package sip

import (
	"cmp"
	"strings"

	"tandem/pbx"
	"tandem/sip/stack"
)

// answer is how a cause is said to a phone that called (RFC 3261 §21).
type answer struct {
	status int
	reason string
	q850   int // the same for networks behind (RFC 6432): how telephone exchanges call it
}

// answers maps causes to what the calling phone is told. It is the only place where the two vocabularies meet on the way out.
var answers = map[pbx.Cause]answer{
	pbx.CauseHangup:      {480, "Temporarily Unavailable", 16},
	pbx.CauseCancelled:   {487, "Request Terminated", 0},
	pbx.CauseBusy:        {486, "Busy Here", 17},
	pbx.CauseDeclined:    {603, "Decline", 21},
	pbx.CauseNoAnswer:    {480, "No Answer", 19},
	pbx.CauseElsewhere:   {487, "Completed Elsewhere", 26},
	pbx.CauseOffline:     {480, "Not Registered", 20},
	pbx.CauseAway:        {480, "Away", 20},
	pbx.CauseChosen:      {480, "Temporarily Unavailable", 31},
	pbx.CauseGone:        {481, "Call Does Not Exist", 0},
	pbx.CauseDeflected:   {480, "Temporarily Unavailable", 31},
	pbx.CauseReturned:    {480, "Temporarily Unavailable", 31},
	pbx.CauseTransferred: {480, "Temporarily Unavailable", 31},
	pbx.CauseUnknown:     {404, "No Such Number", 1},
	pbx.CauseDenied:      {603, "Not Allowed", 21}, // and no other of the caller's lines shall try it (TF-01)
	pbx.CauseSuspended:   {403, "Account Suspended", 21},
	pbx.CauseNoCodec:     {488, "No Common Codec", 88},
	pbx.CauseInsecure:    {488, "Encryption Required", 88},
	pbx.CauseNoMedia:     {480, "No Sound", 31},
	pbx.CauseTimeout:     {408, "Request Timeout", 102},
	pbx.CauseOverload:    {503, "Too Many Calls", 42},
	pbx.CauseInterrupted: {503, "Stopping", 41},
	pbx.CauseFailed:      {500, "Call Failed", 41},
}

// reasonFor is the value of a Reason header for a call that is refused, with words for people; empty where exchanges have no word for it.
func reasonFor(a answer, text string) string {
	if a.q850 == 0 {
		return ""
	}
	return "Q.850;cause=" + itoa(a.q850) + ";text=" + stack.Quote(cmp.Or(text, a.reason))
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
