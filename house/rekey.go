package house

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
	"tandem/vault"
)

// rekeyEvery is how often a server looks whether there is a new key: rounds so far apart that what another process sealed with the former key in the moment of
// the change is found by the round after.
const rekeyEvery = time.Minute

// keys opens the vault of an installation. A new key is made only where nothing is sealed yet.
func (c Config) keys(ctx context.Context, db *store.DB) (*vault.Vault, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	sounds, err := filepath.Glob(filepath.Join(c.Sounds(), "*", "*"))
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	held, err := db.HoldsSealed(ctx)
	if err != nil {
		return nil, err
	}
	keys, err := vault.Open(c.SoundKey(), len(sounds) == 0 && !held)
	if err != nil {
		return nil, fmt.Errorf("%w; with a database elsewhere, --data says where the key is", err)
	}
	return keys, nil
}

// sealAnew looks for a new key at once and then again and again, until ctx ends.
func (h *House) sealAnew(ctx context.Context) {
	const what = "sealing with a new key"
	if err := h.Rekey(ctx); err != nil && ctx.Err() == nil {
		h.log.Error(what, "error", err)
	}
	h.every(ctx, rekeyEvery, what, func() error { return h.Rekey(ctx) })
}

// Rekey seals everything anew while there are former keys, and destroys those when a round finds nothing more to do, as the one before it did
// (BAR PR-07). Calls go on meanwhile. What a crash cuts off goes on with the next round.
func (h *House) Rekey(ctx context.Context) error {
	former, err := h.Keys.Former()
	if err != nil || former == 0 {
		return err
	}
	secrets, err1 := h.DB.Reseal(ctx)
	sounds, err2 := h.Blobs.Rewrap()
	if err := errors.Join(err1, err2); err != nil {
		return fmt.Errorf("the former key stays until everything is sealed anew: %w", err)
	}
	name := h.Keys.Name()
	if secrets+sounds > 0 {
		h.log.Info("sealed anew with a new key", "key", name, "secrets", secrets, "sounds", sounds)
		h.rekeyed = ""
		return nil
	}
	if h.rekeyed != name {
		h.rekeyed = name
		return nil
	}
	if err := h.Keys.Retire(); err != nil {
		return err
	}
	h.log.Info("the former key is destroyed", "key", name)
	return h.tell(ctx, event.SetupRekeyed, pbx.Actor{Kind: pbx.ActorSystem}, pbx.Difference{Ref: pbx.Ref{Kind: pbx.KindSystem, ID: tenant}})
}
