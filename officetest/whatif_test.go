package officetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"tandem/pbx"
	"tandem/report"
)

// The end of a restriction is drafted, replayed over calls of the past, looked at down to the call, and applied, in a real browser (N-2); the scenario is
// web/test/browser/whatif.mjs.
func TestWhatIfInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	s := start(t)
	s.claim()
	alice, _ := s.person("Alice", "101")
	for i, number := range []string{"+491701234567", "+493012345678", "+48221234567"} {
		at := time.Now().UTC().Truncate(time.Millisecond) // since she is one of us, she may call outside
		cdr := report.CDR{ID: pbx.CallID(fmt.Sprint("cal_past", i)), From: pbx.Party{User: pbx.UserID(alice), Name: "Alice", Number: "101"}, To: pbx.Party{Number: number}, Dialled: number,
			Users: []pbx.UserID{pbx.UserID(alice)}, Started: at, Answered: at, Ended: at.Add(7 * time.Minute), Cause: pbx.CauseHangup}
		if _, err := s.Store.Append(ctx, []report.CDR{cdr}, nil); err != nil {
			t.Fatal(err)
		}
	}
	s.call(201, "POST", "/v1/restrictions", object{"name": "No mobiles", "on": []object{{"kind": "office"}},
		"rules": []object{{"effect": "deny", "classes": []string{"mobile"}}}})
	s.plays(ctx, "whatif", nil)
}
