package house

import (
	"context"
	"encoding/binary"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"tandem/blob"
	"tandem/command"
	"tandem/media"
	"tandem/pbx"
	"tandem/prompt"
	"tandem/switchboard"
)

// Sounds is the directory of recordings, messages and prompts, and SoundKey the file without which nobody can read them.
func (c Config) Sounds() string { return filepath.Join(c.Data, "sound") }

// SoundKey is kept beside the directory, so that a copy of the one without the other tells nothing. It seals the secrets in the database too.
func (c Config) SoundKey() string { return filepath.Join(c.Data, "sound.key") }

// openBlobs opens the store of sound and finishes what the last process was writing when it ended (BAR CR-04).
func (h *House) openBlobs() error {
	blobs, err := blob.OpenDir(h.Config.Sounds(), h.Keys)
	if err != nil {
		return err
	}
	h.Blobs = blobs
	list, err := blobs.Recover()
	if err != nil {
		return err
	}
	for _, b := range list {
		h.log.Warn("sound that was being written when the last process ended was finished", "id", b.ID, "bytes", b.Size)
	}
	library, err := prompt.Load()
	if err != nil {
		return err
	}
	h.Voice = &switchboard.Voice{Library: library, Own: (&ownSounds{house: h, kept: map[pbx.PromptID]ownSound{}}).find}
	return nil
}

// sweepPrompts removes own sounds of sentences, menus and mailboxes that nothing plays any more and no change that can still be
// taken back has replaced; what was uploaded a moment ago may be about to be used.
func (h *House) sweepPrompts(ctx context.Context, at time.Time) error {
	used := map[string]bool{}
	for _, kind := range command.Sounding() {
		facts, err := h.Store.ChangesOf(ctx, kind, at.Add(-command.SoundsKept))
		if err != nil {
			return err
		}
		former, err := command.FormerSounds(facts)
		if err != nil {
			return err
		}
		for _, blob := range former {
			used[blob] = true
		}
	}
	for n := range h.snapshot().All() {
		for _, blob := range command.SoundsOf(n) {
			used[blob] = true
		}
	}
	_, err := h.Blobs.Sweep(at.Add(-24*time.Hour), func(id string) bool { return !strings.HasPrefix(id, pbx.PromptBlob+"_") || used[id] })
	return err
}

// ownSounds keeps the office's own sounds in memory, once somebody has heard them.
type ownSounds struct {
	house *House
	mu    sync.Mutex
	kept  map[pbx.PromptID]ownSound
}

type ownSound struct {
	blob    string
	samples []int16
}

// find is the sound by which the office has replaced a sentence. One that cannot be read is logged, and the built-in one is heard.
func (o *ownSounds) find(language, key string) (media.Sound, bool) {
	id := pbx.NewPromptID(language, key)
	p := o.house.snapshot().Prompts[id]
	o.mu.Lock()
	defer o.mu.Unlock()
	if p == nil {
		delete(o.kept, id)
		return media.Sound{}, false
	}
	k := o.kept[id]
	if k.blob != p.Blob {
		samples, err := readSamples(o.house.Blobs, p.Blob)
		if err != nil {
			o.house.log.Error("an own sound cannot be read", "prompt", id, "error", err)
			return media.Sound{}, false
		}
		k = ownSound{p.Blob, samples}
		o.kept[id] = k
	}
	return media.Sound{Rate: p.Rate, Samples: k.samples}, true
}

func readSamples(from blob.Store, id string) ([]int16, error) {
	r, err := from.Open(id)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	raw := make([]byte, r.Size())
	if _, err := r.ReadAt(raw, 0); err != nil {
		return nil, err
	}
	samples := make([]int16, len(raw)/2)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	return samples, nil
}
