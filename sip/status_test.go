package sip

import (
	"testing"

	"tandem/pbx"
)

func TestEveryCauseHasAnAnswer(t *testing.T) {
	for _, c := range []pbx.Cause{pbx.CauseHangup, pbx.CauseCancelled, pbx.CauseBusy, pbx.CauseDeclined, pbx.CauseNoAnswer, pbx.CauseElsewhere, pbx.CauseOffline,
		pbx.CauseUnknown, pbx.CauseDenied, pbx.CauseSuspended, pbx.CauseNoCodec, pbx.CauseInsecure, pbx.CauseNoMedia, pbx.CauseTimeout, pbx.CauseOverload,
		pbx.CauseInterrupted, pbx.CauseFailed} {
		a, ok := answers[c]
		if !ok || a.status < 400 || a.status > 699 || phraseFrom(a.reason, "") != a.reason {
			t.Errorf("%s: %+v", c, a)
		}
	}
	if answerFor("something new").status != 500 {
		t.Error("an unknown cause must be a failure of ours")
	}
}

func TestCauseOfStatus(t *testing.T) {
	for status, want := range map[int]pbx.Cause{
		302: pbx.CauseFailed, 401: pbx.CauseFailed, 404: pbx.CauseOffline, 408: pbx.CauseTimeout, 480: pbx.CauseNoAnswer, 486: pbx.CauseBusy,
		487: pbx.CauseCancelled, 488: pbx.CauseNoCodec, 500: pbx.CauseFailed, 600: pbx.CauseBusy, 603: pbx.CauseDeclined, 999: pbx.CauseFailed,
	} {
		if got := causeOf(status); got != want {
			t.Errorf("%d = %s, want %s", status, got, want)
		}
	}
}

func TestPhraseFrom(t *testing.T) {
	for text, want := range map[string]string{
		"Nobody has the number 199": "Nobody has the number 199", "": "Not Found", "Nummer 199 gehört niemandem": "Not Found",
		"a\r\nX-Evil: 1": "Not Found", "  trimmed ": "trimmed",
	} {
		if got := phraseFrom(text, "Not Found"); got != want {
			t.Errorf("%q = %q, want %q", text, got, want)
		}
	}
}
