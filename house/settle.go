package house

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"tandem/blob"
	"tandem/media"
	"tandem/pbx"
)

// settler writes recordings anew, small, after they have ended: one at a time, three quarters of the time at rest, because calls go first. What lies
// there from before is taken on at the start. A crash loses nothing: what was kept while people talked goes only when the small form is whole.
type settler struct {
	wake chan struct{}

	mu      sync.Mutex
	waiting []pbx.RecordingID

	last sync.Mutex // held while a recording changes its form, or is deleted
}

// settleShare is the part of a processor that settling takes, as one in so many.
const settleShare = 4

// SettledBlob is the beginning of the name under which the small form of a recording lies.
const SettledBlob = "opus_"

// restingAs is the name of the small form of a recording.
func restingAs(id pbx.RecordingID) string { return SettledBlob + string(id) }

func newSettler() *settler { return &settler{wake: make(chan struct{}, 1)} }

// add lets a recording settle soon.
func (s *settler) add(ids ...pbx.RecordingID) {
	s.mu.Lock()
	s.waiting = append(s.waiting, ids...)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *settler) next() (id pbx.RecordingID, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waiting) == 0 {
		return "", false
	}
	id, s.waiting = s.waiting[0], s.waiting[1:]
	return id, true
}

// settleRecordings works until ctx ends.
func (h *House) settleRecordings(ctx context.Context) {
	h.settler.add(h.unsettled()...)
	for {
		id, ok := h.settler.next()
		if !ok {
			select {
			case <-ctx.Done():
				return
			case <-h.settler.wake:
				continue
			}
		}
		if err := h.settleRecording(ctx, id); err != nil && ctx.Err() == nil {
			h.log.Error("a recording stays as large as it was", "recording", id, "error", err)
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// unsettled lists recordings that lie as they came.
func (h *House) unsettled() (ids []pbx.RecordingID) {
	for b, err := range h.Blobs.List() {
		if err != nil {
			h.log.Error("recordings cannot be listed", "error", err)
			return ids
		}
		if strings.HasPrefix(b.ID, "rec_") {
			ids = append(ids, pbx.RecordingID(b.ID))
		}
	}
	return ids
}

// settleRecording brings one recording into its small form. One that must not be deleted stays as it came: it may be evidence (PR-05).
func (h *House) settleRecording(ctx context.Context, id pbx.RecordingID) error {
	row, err := h.Store.Recording(ctx, id)
	if _, missing := errors.AsType[*pbx.Error](err); missing {
		return nil // it was forgotten
	}
	if err != nil || row.Hold || row.Running {
		return err
	}
	r, err := h.Blobs.Open(string(id))
	if errors.Is(err, blob.ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	defer r.Close()
	p, err := media.OpenCapture(r, r.Size())
	if err != nil {
		return err
	}
	if p.IsSettled() {
		return nil
	}
	if err := h.Blobs.Delete(restingAs(id)); err != nil { // what a crash has left of it; nobody knows whether it is whole
		return err
	}
	w, err := h.Blobs.Create(restingAs(id))
	if err != nil {
		return err
	}
	at := time.Now()
	rest := func() error {
		pause := time.NewTimer((settleShare - 1) * time.Since(at))
		defer pause.Stop()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-pause.C:
		}
		at = time.Now()
		return nil
	}
	if err := p.Settle(w, rest); err != nil {
		return errors.Join(err, w.Abort())
	}
	return h.replace(id, w)
}

// replace lets the small form take the place of the other, unless that one was deleted meanwhile.
func (h *House) replace(id pbx.RecordingID, w blob.Writer) error {
	h.settler.last.Lock()
	defer h.settler.last.Unlock()
	r, err := h.Blobs.Open(string(id))
	if err != nil {
		return w.Abort()
	}
	_ = r.Close()
	if err := w.Finish(w.Size()); err != nil {
		return err
	}
	return h.Blobs.Delete(string(id))
}

// deleteRecording deletes the sound of a recording in whichever form.
func (h *House) deleteRecording(id pbx.RecordingID) error {
	h.settler.last.Lock()
	defer h.settler.last.Unlock()
	return errors.Join(h.Blobs.Delete(string(id)), h.Blobs.Delete(restingAs(id)))
}
