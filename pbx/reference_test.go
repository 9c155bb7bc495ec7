package pbx

import (
	"testing"
	"time"
)

// Reference numbers have six digits, are always the same for one call, and are spread so that two of a day's refusals hardly share one.
func TestReferences(t *testing.T) {
	at := time.Date(2026, 11, 3, 10, 0, 0, 0, time.UTC)
	seen := map[string]int{}
	for i := range 1000 {
		id := CallID(NewID("cal", at.Add(time.Duration(i)*time.Second), [10]byte{byte(i), byte(i >> 8)}))
		ref := id.Reference()
		if len(ref) != 6 || ref[0] == '0' || ref != id.Reference() {
			t.Fatalf("%s has the reference %q", id, ref)
		}
		seen[ref]++
	}
	if len(seen) < 990 {
		t.Errorf("1000 calls have %d references", len(seen))
	}
}
