package house

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// eraseAtOnce is how many rows are rewritten in one go; calls go in between.
const eraseAtOnce = 100

// privacy is the house as somebody sees it who erases people from it.
type privacy struct{ h *House }

// Pseudonym implements api.Privacy: a hash with a key of the house, so that nobody without it finds out by trying. A new key file gives other pseudonyms.
func (p privacy) Pseudonym(of string) (string, error) {
	keys, err := p.h.Keys.Derived(nil, "tandem pseudonym")
	if err != nil {
		return "", err
	}
	h := hmac.New(sha256.New, keys[0])
	h.Write([]byte(of))
	return "erased-" + hex.EncodeToString(h.Sum(nil)[:8]), nil
}

// Begin implements api.Privacy.
func (p privacy) Begin() {
	select {
	case p.h.erasing <- struct{}{}:
	default: // it looks already
	}
}

// erasePeople carries out what was ordered until ctx ends; what a crash or a legal hold kept it from is taken on at the start and each hour.
func (h *House) erasePeople(ctx context.Context) {
	again := time.NewTicker(tidyEvery)
	defer again.Stop()
	for {
		if err := h.eraseOrdered(ctx); err != nil && ctx.Err() == nil {
			h.log.Error("an erasure is not done; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		case <-h.erasing:
		}
	}
}

func (h *House) eraseOrdered(ctx context.Context) error {
	list, err := h.Store.Erasures(ctx)
	if err != nil {
		return err
	}
	for _, e := range list {
		if !e.Ended.IsZero() {
			continue
		}
		if err := h.erase(ctx, e); err != nil {
			return fmt.Errorf("%s: %w", e.ID, err)
		}
	}
	return nil
}

// erase does one erasure from wherever it is: sound first, then the rows that tell of the subject, the log last (PR-06). Each step is found again after a crash, and
// done twice is done once.
func (h *House) erase(ctx context.Context, e *pbx.Erasure) error {
	who := pbx.Actor{Kind: pbx.ActorUser, User: e.By, Via: "system"}
	if err := h.eraseRecordings(ctx, e, who); err != nil {
		return err
	}
	if err := h.eraseMessages(ctx, e, who); err != nil {
		return err
	}
	for done := false; !done; {
		stored, last, err := h.Store.Erase(ctx, e, event.New(event.PrivacyRewritten, time.Now(), who, e.Ref(), nil), eraseAtOnce)
		if err != nil {
			return err
		}
		if done = last; len(stored) > 0 {
			if err := h.publish(ctx, stored); err != nil {
				return err
			}
		}
	}
	e.Subject = pbx.Subject{} // who it was is told by nothing any more
	if err := h.Store.Keep(ctx, store.ErasureKept{Erasure: *e}); err != nil {
		return err
	}
	if err := h.DB.Scrub(ctx); err != nil {
		return err
	}
	e.Ended = time.Now().UTC().Truncate(time.Millisecond)
	return h.tell(ctx, event.PrivacyErased, who, pbx.Difference{Ref: e.Ref(), After: e}, store.ErasureKept{Erasure: *e})
}

func (h *House) eraseRecordings(ctx context.Context, e *pbx.Erasure, who pbx.Actor) error {
	var gone []pbx.Recording
	for _, q := range store.RecordingsAbout(&e.Subject) {
		for r, err := range h.Store.EachRecording(ctx, q) {
			if err != nil {
				return err
			}
			if r.Hold || r.Running {
				return pbx.Refuse(pbx.Conflict, "", "privacy.held", "n", "1")
			}
			gone = append(gone, *r)
		}
	}
	for _, r := range gone {
		if goes, err := h.Store.Condemn(ctx, r.ID); err != nil {
			return err
		} else if !goes { // a hold that came meanwhile wins
			return pbx.Refuse(pbx.Conflict, "", "privacy.held", "n", "1")
		}
		if err := h.deleteRecording(r.ID); err != nil {
			return err
		}
		e.Recordings++
		named := pbx.Recording{ID: r.ID, Call: r.Call, Started: r.Started, Began: r.Began, Length: r.Length, Groups: r.Groups, Voices: r.Voices}
		if err := h.tell(ctx, event.RecordingDeleted, who, pbx.Difference{Ref: named.Ref(), Before: &named}, store.RecordingGone{ID: r.ID}, store.ErasureKept{Erasure: *e}); err != nil {
			return err
		}
	}
	return nil
}

func (h *House) eraseMessages(ctx context.Context, e *pbx.Erasure, who pbx.Actor) error {
	list, err := h.Store.MessagesAbout(ctx, &e.Subject)
	if err != nil {
		return err
	}
	for _, m := range list {
		if err := h.Blobs.Delete(string(m.ID)); err != nil {
			return err
		}
		e.Messages++
		named := pbx.Message{ID: m.ID, User: m.User, Group: m.Group, At: m.At}
		if err := h.tell(ctx, event.MessageDeleted, who, pbx.Difference{Ref: named.Ref(), Before: &named}, store.MessageGone{ID: m.ID}, store.ErasureKept{Erasure: *e}); err != nil {
			return err
		}
	}
	return nil
}
