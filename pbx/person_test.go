package pbx

import (
	"math"
	"testing"
	"time"
)

func TestInstant(t *testing.T) {
	at := time.Date(2026, 3, 20, 10, 0, 0, 1, time.UTC)
	for _, tt := range []struct {
		name      string
		got, want int64
	}{
		{"a moment", Instant(at), at.UnixNano()},
		{"no beginning", Instant(time.Time{}), math.MinInt64},
		{"far away", Instant(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)), math.MaxInt64 - 1},
		{"no end", Deadline(time.Time{}), math.MaxInt64},
		{"an end", Deadline(at), at.UnixNano()},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, tt.got, tt.want)
		}
	}
}

func TestBuiltinRolesAreNumbered(t *testing.T) {
	for i, id := range BuiltinRoles() {
		if id.Builtin() != uint8(i+1) {
			t.Errorf("%s has number %d", id, id.Builtin())
		}
	}
	if RoleID("rol_custom").Builtin() != 0 {
		t.Error("a custom role has a number")
	}
}
