package house

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tandem/audio"
	"tandem/blob"
	"tandem/media"
	"tandem/pbx"
)

// kept lays a recording of n packets into the archive, as a call leaves it.
func (h *House) kept(t *testing.T, r pbx.Recording, n int) {
	t.Helper()
	w, err := h.Blobs.Create(string(r.ID))
	if err == nil {
		_, err = w.Write(packets(n))
	}
	if err == nil {
		err = w.Finish(w.Size())
	}
	if err == nil {
		err = (recordings{h}).Keep(t.Context(), r)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (h *House) lies(t *testing.T, name string) (size int64, there bool) {
	t.Helper()
	r, err := h.Blobs.Open(name)
	if errors.Is(err, blob.ErrMissing) {
		return 0, false
	}
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	return r.Size(), true
}

// A recording that has ended lies in its small form soon, and is played as before; one that is held stays as it came (PR-05). One that is deleted
// is gone in both forms.
func TestRecordingSettles(t *testing.T) {
	h := archive(t, t.TempDir())
	defer func() { _ = h.Close() }()
	at := time.Now()
	h.kept(t, pbx.Recording{ID: "rec_some", Call: "cal_1", Started: at, Began: at, Length: 4 * time.Second}, 200)
	h.kept(t, pbx.Recording{ID: "rec_held", Call: "cal_2", Started: at, Began: at, Length: 4 * time.Second, Hold: true}, 200)
	large, _ := h.lies(t, "rec_some")
	before := sound(t, h, "rec_some")

	for {
		id, more := h.settler.next()
		if !more {
			break
		}
		if err := h.settleRecording(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if _, there := h.lies(t, "rec_some"); there {
		t.Error("it lies there twice")
	}
	if small, there := h.lies(t, "opus_rec_some"); !there || small > large/4 {
		t.Errorf("%d bytes of %d", small, large)
	}
	if _, there := h.lies(t, "rec_held"); !there {
		t.Error("one that is held was changed")
	}
	after := sound(t, h, "rec_some")
	if len(after) < 2*len(before) || len(after) > 2*len(before)+4*16000/10 { // 16 kHz now, and up to a packet longer
		t.Errorf("%d bytes became %d", len(before), len(after))
	}
	if err := h.deleteRecording("rec_some"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Playback("rec_some"); !errors.Is(err, blob.ErrMissing) {
		t.Error(err)
	}
}

// Whoever listens at the moment in which the small form takes the place of the other hears the small one: the key of what came is destroyed first,
// and the file goes a moment later.
func TestListeningWhileARecordingSettles(t *testing.T) {
	data := t.TempDir()
	h := archive(t, data)
	defer func() { _ = h.Close() }()
	at := time.Now()
	h.kept(t, pbx.Recording{ID: "rec_some", Call: "cal_1", Started: at, Began: at, Length: 4 * time.Second}, 200)
	before := sound(t, h, "rec_some")
	r, err := h.Blobs.Open("rec_some")
	if err != nil {
		t.Fatal(err)
	}
	p, err := media.OpenCapture(r, r.Size())
	if err != nil {
		t.Fatal(err)
	}
	w, err := h.Blobs.Create(restingAs("rec_some"))
	if err == nil {
		err = errors.Join(p.Settle(w, func() error { return nil }), w.Finish(w.Size()), r.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	name, err := filepath.Glob(filepath.Join(data, "sound", "*", "rec_some*"))
	if err != nil || len(name) != 1 {
		t.Fatal(name, err)
	}
	f, err := os.OpenFile(name[0], os.O_RDWR, 0)
	if err == nil {
		_, err = f.WriteAt(make([]byte, 128), 8)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Blobs.Open("rec_some"); !errors.Is(err, blob.ErrCorrupt) {
		t.Fatalf("its key is still there: %v", err)
	}
	if after := sound(t, h, "rec_some"); len(after) < 2*len(before) {
		t.Errorf("%d bytes became %d", len(before), len(after))
	}
}

// What a crash left in the middle of settling is begun again, and until then the recording is whole (CR-01).
func TestSettlingAfterACrash(t *testing.T) {
	data := t.TempDir()
	h := archive(t, data)
	at := time.Now()
	h.kept(t, pbx.Recording{ID: "rec_some", Call: "cal_1", Started: at, Began: at, Length: 4 * time.Second}, 200)
	w, err := h.Blobs.Create("opus_rec_some")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("TNDMcap1, and not more")); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil { // the writer is left as it is
		t.Fatal(err)
	}
	h = archive(t, data)
	defer func() { _ = h.Close() }()
	whole := sound(t, h, "rec_some")
	if ids := h.unsettled(); len(ids) != 1 || ids[0] != "rec_some" {
		t.Errorf("to be settled: %v", ids)
	}
	for range 2 { // the second time there is nothing to do
		if err := h.settleRecording(t.Context(), "rec_some"); err != nil {
			t.Fatal(err)
		}
		if got := sound(t, h, "rec_some"); len(got) < len(whole) {
			t.Errorf("%d bytes of %d", len(got), len(whole))
		}
	}
	if _, raw := h.lies(t, "rec_some"); raw {
		t.Error("it lies there twice")
	}
}

// One that is deleted while it settles stays deleted.
func TestDeletedWhileSettling(t *testing.T) {
	h := archive(t, t.TempDir())
	defer func() { _ = h.Close() }()
	at := time.Now()
	h.kept(t, pbx.Recording{ID: "rec_some", Call: "cal_1", Started: at, Began: at, Length: time.Second}, 50)
	w, err := h.Blobs.Create("opus_rec_some")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.deleteRecording("rec_some"); err != nil {
		t.Fatal(err)
	}
	if err := h.replace("rec_some", w); err != nil {
		t.Fatal(err)
	}
	if _, there := h.lies(t, "opus_rec_some"); there {
		t.Error("it came back")
	}
}

func sound(t *testing.T, h *House, id pbx.RecordingID) []byte {
	t.Helper()
	p, err := h.Playback(id)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	b, err := io.ReadAll(p)
	if err != nil {
		t.Fatal(err)
	}
	return b[audio.WAVHead:]
}
