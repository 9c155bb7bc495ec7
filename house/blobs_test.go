package house

import (
	"errors"

	"log/slog"
	"testing"
	"time"

	"tandem/blob"
	"tandem/command"
	"tandem/pbx"
)

// N-17: a sound that was replaced is kept as long as the change can be taken back, and no longer; one that nothing ever played
// goes after a day.
func TestReplacedSoundsAreKeptForUndo(t *testing.T) {
	h, err := Build(t.Context(), Config{Data: t.TempDir(), HTTP: "127.0.0.1:0", SIP: "127.0.0.1:0", Public: "127.0.0.1", RTP: "30000-30099", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close() }()
	ctx, now := t.Context(), time.Now()
	system := pbx.Actor{Kind: pbx.ActorSystem}
	for _, id := range []string{"prm_first", "prm_second", "prm_never"} {
		w, err := h.Blobs.Create(id)
		if err == nil {
			_, err = w.Write(make([]byte, 160))
		}
		if err == nil {
			err = w.Finish(160)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, blob := range []string{"prm_first", "prm_second"} {
		if _, err := h.Desk.Do(ctx, system, command.SetPrompt{ID: "de:say.goodbye", Blob: blob, Rate: 8000, Samples: 80}); err != nil {
			t.Fatal(err)
		}
	}
	kept := func(id string) bool {
		r, err := h.Blobs.Open(id)
		if err != nil && !errors.Is(err, blob.ErrMissing) {
			t.Fatal(err)
		}
		if err == nil {
			_ = r.Close()
		}
		return err == nil
	}
	for _, tt := range []struct {
		after                time.Duration
		first, second, never bool
	}{
		{time.Hour, true, true, true},
		{48 * time.Hour, true, true, false},
		{command.SoundsKept - time.Hour, true, true, false},
		{command.SoundsKept + time.Hour, false, true, false},
	} {
		if err := h.sweepPrompts(ctx, now.Add(tt.after)); err != nil {
			t.Fatal(err)
		}
		if a, b, c := kept("prm_first"), kept("prm_second"), kept("prm_never"); a != tt.first || b != tt.second || c != tt.never {
			t.Errorf("after %v: replaced %v, in force %v, never played %v", tt.after, a, b, c)
		}
	}
}
