package house

import (
	"fmt"
	"os"
	"path/filepath"

	"tandem/blob"
)

// Sounds is the directory of recordings, messages and prompts, and SoundKey the file without which nobody can read them.
func (c Config) Sounds() string { return filepath.Join(c.Data, "sound") }

// SoundKey is kept beside the directory, so that a copy of the one without the other tells nothing.
func (c Config) SoundKey() string { return filepath.Join(c.Data, "sound.key") }

// openBlobs opens the store of sound and finishes what the last process was writing when it ended (BAR CR-04).
func (h *House) openBlobs() error {
	if err := os.MkdirAll(h.Config.Data, 0o700); err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	blobs, err := blob.OpenDir(h.Config.Sounds(), h.Config.SoundKey())
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
	return nil
}
