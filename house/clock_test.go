package house

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unsafe"
)

// TZ-07: more than two seconds are told, in either direction; a slewed clock, a leap second and a night of sleep are not.
func TestAClockThatIsPutIsTold(t *testing.T) {
	put := func(t time.Time, by time.Duration) time.Time { // the reading that nobody sets goes on as before
		*(*uint64)(unsafe.Pointer(&t)) += uint64(int64(by/time.Second)) << 30
		return t
	}
	for _, tt := range []struct {
		by   time.Duration
		told bool
	}{{0, false}, {time.Second, false}, {-time.Second, false}, {2 * time.Second, false}, {3 * time.Second, true}, {-3 * time.Second, true}, {time.Hour, true}, {-time.Hour, true}} {
		var log bytes.Buffer
		h := &House{Memory: &Memory{log: slog.New(slog.NewTextHandler(&log, nil))}}
		w, now := &watched{}, time.Now()
		for i := range 5 {
			at := now.Add(time.Duration(i) * time.Second)
			if i >= 2 {
				at = put(at, tt.by)
			}
			h.lookAtClock(w, at)
		}
		if told := strings.Count(log.String(), "clock of this machine"); told != map[bool]int{true: 1}[tt.told] {
			t.Errorf("by %v: told %d times: %s", tt.by, told, log.String())
		}
	}
}
