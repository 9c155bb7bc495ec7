package call

import (
	"testing"

	"tandem/pbx"
)

// Who hears whom: the whole table.
func TestHears(t *testing.T) {
	names := [...]string{Subject: "subject", Other: "other", Watcher: "watcher"}
	for w, want := range map[pbx.Watch][2]bool{ // whether the subject and the other hear the watcher
		pbx.WatchListen:       {false, false},
		pbx.WatchWhisper:      {true, false},
		pbx.WatchWhisperOther: {false, true},
		pbx.WatchBarge:        {true, true},
		pbx.WatchSteal:        {false, false}, // until he is one of the two
		"":                    {false, false},
	} {
		for _, ear := range []Part{Subject, Other, Watcher} {
			for _, mouth := range []Part{Subject, Other, Watcher} {
				hears := ear != mouth
				if mouth == Watcher {
					hears = ear == Subject && want[0] || ear == Other && want[1]
				}
				if got := Hears(w, ear, mouth); got != hears {
					t.Errorf("%s: %s hears %s: %v", w, names[ear], names[mouth], got)
				}
			}
		}
	}
}
