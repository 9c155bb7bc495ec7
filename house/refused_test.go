package house

import (
	"bytes"
	"context"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/sip"
)

// Whoever refuses phones is never held up by a disk that stands still; what did not fit is counted, and what waited at the end is written.
func TestRefusalsNeverWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lines bytes.Buffer
		disk := make(chan struct{})
		noted := 0
		r := newRefusals(slog.New(slog.NewTextHandler(&lines, nil)), func(context.Context, sip.AuthFailure) {
			<-disk
			noted++
		})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); r.run(ctx) }()
		f := sip.AuthFailure{Source: netip.MustParseAddrPort("[::ffff:203.0.113.9]:5060"), Transport: "udp", Reason: "wrong_secret"}
		r.put(f)
		synctest.Wait() // the one is being written and will be for long
		f.Blocked = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
		for range refusalsMost + 7 {
			r.put(f)
		}
		stop()
		close(disk)
		<-done
		if noted != refusalsMost+1 {
			t.Errorf("%d noted", noted)
		}
		log := lines.String()
		if !strings.Contains(log, "missing=7") || strings.Count(log, "missing=") != 1 {
			t.Errorf("what is missing is said once: %s", log)
		}
		if !strings.Contains(log, "msg=address_blocked ip=203.0.113.9 proto=udp until=2026-05-01T12:00:00Z") {
			t.Errorf("%s", log)
		}
	})
}
