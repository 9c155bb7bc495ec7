package house

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// An erasure that a crash cut off goes on at the next start: sound and rows go, no file of the house tells of the number or the name, and the chain of the log holds. What is held
// keeps it waiting (PR-05, PR-06).
func TestErasure(t *testing.T) {
	data := t.TempDir()
	h := archive(t, data)
	ctx, now := t.Context(), time.Now().UTC().Truncate(time.Millisecond)
	const number, name = "+4930123456789", "Zoe Zabel"
	caller := pbx.Party{Name: name, Number: number}
	for _, id := range []pbx.RecordingID{"rec_his", "rec_held", "rec_other"} {
		r := pbx.Recording{ID: id, Call: "cal_1", Started: now, Began: now, Length: time.Second, From: caller, Hold: id == "rec_held", Consent: []pbx.Consent{{Party: caller, At: now}}}
		if id == "rec_other" {
			r.From, r.Consent = pbx.Party{Number: "+4930999"}, nil
		}
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
	message := pbx.Message{ID: "msg_1", User: "usr_1", From: caller, At: now}
	if err := h.note(ctx, event.MessageLeft, pbx.Actor{Kind: pbx.ActorSystem}, pbx.Message{}, message); err != nil {
		t.Fatal(err)
	}
	as, err := privacy{h}.Pseudonym(number)
	if err != nil {
		t.Fatal(err)
	}
	e := pbx.Erasure{ID: "era_1", As: as, Begun: now, Subject: pbx.Subject{Numbers: []string{number}, Words: []string{name}, Country: "DE"}}
	if err := h.tell(ctx, event.PrivacyOrdered, pbx.Actor{Kind: pbx.ActorSystem}, pbx.Difference{Ref: e.Ref()}, store.ErasureKept{Erasure: e}); err != nil {
		t.Fatal(err)
	}
	if err := h.eraseOrdered(ctx); err == nil {
		t.Error("what is held is erased")
	}
	if _, err := h.Store.Recording(ctx, "rec_his"); err != nil {
		t.Errorf("something is erased though it waits: %v", err)
	}
	held, err := h.Store.Recording(ctx, "rec_held")
	if err != nil {
		t.Fatal(err)
	}
	held.Hold = false
	if err := h.tell(ctx, event.RecordingReleased, pbx.Actor{Kind: pbx.ActorSystem}, pbx.Difference{Ref: held.Ref(), After: &held}, store.RecordingKept{Recording: held}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Store.Erase(ctx, &e, event.New(event.PrivacyRewritten, now, pbx.Actor{}, e.Ref(), nil), 1); err != nil { // the crash comes after the first rows
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}

	h = archive(t, data)
	for range 2 {
		if err := h.eraseOrdered(ctx); err != nil {
			t.Fatal(err)
		}
	}
	list, err := h.Store.Erasures(ctx)
	if err != nil || len(list) != 1 || list[0].Ended.IsZero() || list[0].Recordings != 2 || list[0].Messages != 1 || list[0].Facts == 0 {
		t.Errorf("%+v, %v", list[0], err)
	}
	for id, stays := range map[pbx.RecordingID]bool{"rec_his": false, "rec_held": false, "rec_other": true} {
		_, missing := h.Store.Recording(ctx, id)
		p, silent := h.Playback(id)
		if silent == nil {
			_ = p.Close()
		}
		if (missing == nil) != stays || (silent == nil) != stays {
			t.Errorf("%s: row %v, sound %v; want %v", id, missing == nil, silent == nil, stays)
		}
	}
	if v, err := h.Store.Verify(ctx); err != nil || !v.OK {
		t.Errorf("%+v, %v", v, err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		for _, s := range []string{number[1:], name} {
			if bytes.Contains(b, []byte(s)) {
				t.Errorf("%s still tells of %s", path, s)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
