package house

import (
	"context"
	"encoding/binary"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"tandem/api"
	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// packets is a recorded conversation as it lies on disk: n packets of 20 ms from the caller.
func packets(n int) []byte {
	b := []byte("TNDMcap1")
	for i := range n {
		b = append(b, 1<<2) // PCMU
		b = binary.LittleEndian.AppendUint32(b, uint32(20*i))
		b = binary.LittleEndian.AppendUint32(b, uint32(160*i))
		b = binary.LittleEndian.AppendUint16(b, 160)
		b = append(b, make([]byte, 160)...)
	}
	return b
}

func archive(t *testing.T, data string) *House {
	t.Helper()
	h, err := Build(t.Context(), Config{Data: data, HTTP: "127.0.0.1:0", SIP: "127.0.0.1:0", Public: "127.0.0.1", RTP: "30000-30099", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// What a crash cut off is closed at the next start: it can be heard up to there, and its voices end with it; one of which nothing was
// written is forgotten (CR-01, CR-04).
func TestRecordingAfterACrash(t *testing.T) {
	data := t.TempDir()
	h := archive(t, data)
	ctx, at := t.Context(), time.Now().UTC().Truncate(time.Millisecond)
	for _, id := range []pbx.RecordingID{"rec_cut", "rec_empty"} {
		r := pbx.Recording{ID: id, Call: "cal_1", Started: at, Began: at, Running: true, Voices: []pbx.RecordingVoice{{User: "usr_1", From: at}}, Mode: pbx.RecordAlways}
		if err := (recordings{h}).Keep(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	w, err := h.Blobs.Create("rec_cut")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(packets(100)); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil { // the writer is left as it is
		t.Fatal(err)
	}

	h = archive(t, data)
	defer func() { _ = h.Close() }()
	r, err := h.Store.Recording(context.Background(), "rec_cut")
	if err != nil {
		t.Fatal(err)
	}
	if r.Running || r.Length < 1400*time.Millisecond || r.Length > 2*time.Second || !r.Voices[0].Until.Equal(at.Add(r.Length)) {
		t.Errorf("%+v", r)
	}
	p, err := h.Playback("rec_cut")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	if b, err := io.ReadAll(p); err != nil || len(b) != 44+int(r.Length/time.Millisecond)*32 {
		t.Errorf("%d bytes of %v, %v", len(b), r.Length, err)
	}
	if _, err := h.Store.Recording(context.Background(), "rec_empty"); err == nil {
		t.Error("a recording without sound stays")
	}
}

// When its time is over a recording goes, sound and row; what somebody holds stays, what was deleted goes after a month; twice is once (PR-05, B-052).
func TestRecordingsExpire(t *testing.T) {
	h := archive(t, t.TempDir())
	defer func() { _ = h.Close() }()
	ctx, now := t.Context(), time.Now()
	for id, change := range map[pbx.RecordingID]func(*pbx.Recording){
		"rec_old":     func(r *pbx.Recording) { r.Expires = now.Add(-time.Hour) },
		"rec_held":    func(r *pbx.Recording) { r.Expires, r.Hold = now.Add(-time.Hour), true },
		"rec_young":   func(r *pbx.Recording) { r.Expires = now.Add(time.Hour) },
		"rec_deleted": func(r *pbx.Recording) { r.Deleted = now.AddDate(0, 0, -31) },
		"rec_bin":     func(r *pbx.Recording) { r.Deleted = now.AddDate(0, 0, -29) },
	} {
		r := pbx.Recording{ID: id, Call: "cal_1", Started: now.AddDate(-1, 0, 0), Began: now.AddDate(-1, 0, 0), Length: time.Second, From: pbx.Party{Number: "+4930123"}, Voices: []pbx.RecordingVoice{{User: "usr_1"}}}
		change(&r)
		w, err := h.Blobs.Create(string(id))
		if err == nil {
			_, err = w.Write(packets(50))
		}
		if err == nil {
			err = w.Finish(int64(len(packets(50))))
		}
		if err == nil {
			err = (recordings{h}).Keep(ctx, r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	head, err := h.Store.Head(ctx, now)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := h.expireRecordings(ctx, now); err != nil {
			t.Fatal(err)
		}
	}
	facts, err := h.Store.After(ctx, head.Seq, 99)
	if err != nil || len(facts) != 2 || facts[0].Kind != event.RecordingExpired {
		t.Errorf("%v, %v", facts, err)
	}
	for id, stays := range map[pbx.RecordingID]bool{"rec_old": false, "rec_held": true, "rec_young": true, "rec_deleted": false, "rec_bin": true} {
		_, missing := h.Store.Recording(ctx, id)
		p, silent := h.Playback(id)
		if silent == nil {
			_ = p.Close()
		}
		if (missing == nil) != stays || (silent == nil) != stays {
			t.Errorf("%s: row %v, sound %v; want %v", id, missing == nil, silent == nil, stays)
		}
	}
	page, err := h.Store.Recordings(ctx, store.RecordingQuery{Sight: store.Scope{All: true}})
	if err != nil || len(page.Items) != 2 {
		t.Errorf("%d listed, %v", len(page.Items), err)
	}
}

// Who is told that somebody listened reads who, how, why and of which call (B-053).
func TestTellHeard(t *testing.T) {
	h := archive(t, t.TempDir())
	defer func() { _ = h.Close() }()
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	for kind, how := range map[event.Kind]string{event.RecordingPlayed: "notice.heard.played", event.RecordingDownloaded: "notice.heard.copied", event.RecordingHeard: "notice.heard.link"} {
		n := h.heardNotice(&api.Heard{To: "usr_1", First: pbx.Recording{ID: "rec_1", Started: at}, N: 1}, event.Fact{Kind: kind, Reason: "a complaint"}, "usr_2")
		if n.Kind != "heard" || n.Users[0] != "usr_1" || n.page != "/recordings?recording=rec_1" || n.says.Words["how"].Key != how || n.says.Args["reason"] != "a complaint" || !n.says.Times["call"].Equal(at) {
			t.Errorf("%s: %+v", kind, n)
		}
	}
	n := h.heardNotice(&api.Heard{To: "usr_1", First: pbx.Recording{ID: "rec_1", Started: at}, N: 300}, event.Fact{Kind: event.RecordingDownloaded}, "usr_2")
	if how := n.says.Words["how"]; how.Key != "notice.heard.copied_many" || !strings.Contains(h.Catalog.Say("en", how), "300") {
		t.Errorf("%+v", how)
	}
}
