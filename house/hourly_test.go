package house

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// What is done each hour is done soon after the start as well, and goes on after it has failed; a server that is started anew all the time forgets what is old, too.
func TestHourly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lines bytes.Buffer
		h := &House{Memory: &Memory{log: slog.New(slog.NewTextHandler(&lines, nil))}}
		begun := time.Now()
		var at []time.Duration
		ctx, stop := context.WithTimeout(t.Context(), 3*time.Hour)
		defer stop()
		h.hourly(ctx, "tidying", func() error {
			if at = append(at, time.Since(begun)); len(at) == 1 {
				return errors.New("disk is full")
			}
			return nil
		})
		if !slices.Equal(at, []time.Duration{2 * time.Minute, 62 * time.Minute, 122 * time.Minute}) {
			t.Errorf("done after %v", at)
		}
		if told := lines.String(); strings.Count(told, "\n") != 1 || !strings.Contains(told, "tidying") || !strings.Contains(told, "disk is full") {
			t.Errorf("told: %s", told)
		}
	})
}
