package sip

import (
	"slices"
	"testing"
)

func TestDigestsFor(t *testing.T) {
	both := []algorithm{algorithmSHA256, algorithmMD5}
	for _, tt := range []struct {
		name, agent string
		list, want  []algorithm
	}{
		{"a modern phone gets SHA-256 first", "Linphone/5.2", both, both},
		{"no name, no exception", "", both, both},
		{"an old baresip sees nothing but MD5", "baresip v1.0.0 (x86_64/linux)", both, both[1:]},
		{"a new baresip does not", "baresip v3.1.0", both, both},
		{"MD5 is not offered when it is switched off", "baresip v1.0.0", both[:1], both[:1]},
	} {
		if got := digestsFor(tt.agent, tt.list); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
